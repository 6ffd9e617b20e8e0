//! Edits, as before and after; and any sequence of them.

mod any;
mod sequences;
mod tables;

use super::*;
use crate::gallery::STORIES;

const TEXT: &str = "\
# Kept.
title: Edits

sessions:
  A: Ann
    strategy: pessimistic
  # Ben comes late.
  B: Ben

timeline:
  # Ann begins.
  A: BEGIN
  A @5: select  1   -- her way

  B: BEGIN
  B: SELECT 2
     + 3
  A: COMMIT

expect:
  it holds: SELECT TRUE
";

fn edited(edit: Edit) -> String {
    apply(TEXT, &edit)
        .unwrap_or_else(|error| panic!("{error}"))
        .text
}

/// The lines in which two texts differ, as `-` and `+`.
fn difference(text: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (TEXT.lines().collect(), text.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let lines = |sign: &str, lines: &[&str]| {
        lines
            .iter()
            .map(|line| format!("{sign}{line}\n"))
            .collect::<String>()
    };
    lines("-", &old[same..old.len() - tail]) + &lines("+", &new[same..new.len() - tail])
}

#[test]
fn an_edit_changes_its_own_lines_and_no_other() {
    let step = StepId;
    let cases = [
        (
            Edit::AddStep {
                at: 1,
                session: SessionId(1),
                text: "SELECT 9".to_owned(),
            },
            "+  B: SELECT 9\n",
        ),
        (
            Edit::SetStep {
                step: step(3),
                text: "SELECT 4".to_owned(),
            },
            "-  B: SELECT 2\n-     + 3\n+  B: SELECT 4\n",
        ),
        (
            Edit::RemoveSteps(vec![step(0)]),
            "-  # Ann begins.\n-  A: BEGIN\n",
        ),
        (
            Edit::DuplicateSteps(vec![step(1)]),
            "+  A: select  1   -- her way\n",
        ),
        (
            Edit::MoveSteps {
                steps: vec![step(4)],
                to: 5,
                session: Some(SessionId(1)),
            },
            "-  A: COMMIT\n+  B: COMMIT\n",
        ),
        (
            Edit::RenameSession(SessionId(0), "Anna".to_owned()),
            "-  A: Ann\n+  A: Anna\n",
        ),
        (Edit::AddSession("Cleo".to_owned()), "+  C: Cleo\n"),
        (
            Edit::SetTime(step(2), Some(Tick(9))),
            "-  B: BEGIN\n+  B @9: BEGIN\n",
        ),
        (
            Edit::SetTime(step(1), None),
            "-  A @5: select  1   -- her way\n+  A: select  1   -- her way\n",
        ),
        (
            Edit::Paste {
                at: 3,
                session: SessionId(0),
                text: "\n B @70: COMMIT\nSELECT 'x: y'\n".to_owned(),
            },
            "+  B: COMMIT\n+  A: SELECT 'x: y'\n",
        ),
        (
            Edit::SetTitle(" Edited  twice".to_owned()),
            "-title: Edits\n+title: Edited twice\n",
        ),
        (
            Edit::ColourSession(SessionId(0), Some(Colour::Vermilion)),
            "+    colour: vermilion\n",
        ),
        (
            Edit::ColourSession(SessionId(1), Some(Colour::Sky)),
            "+    colour: sky\n",
        ),
        (
            Edit::SetClient(SessionId(1), " Front  office: desk 2 ".to_owned()),
            "+    client: Front office: desk 2\n",
        ),
    ];
    for (edit, expected) in cases {
        assert_eq!(difference(&edited(edit.clone())), expected, "{edit:?}");
    }
}

#[test]
fn a_title_and_a_colour_come_and_go() {
    let titled = |text: &str, title: &str| {
        let edit = Edit::SetTitle(title.to_owned());
        apply(text, &edit).expect("it can be titled").text
    };
    assert_eq!(titled("", "New"), "title: New\n");
    let text = "# Mine.\nabout: x\n\ntimeline:\n  A: BEGIN\n";
    let expected = "# Mine.\ntitle: New\nabout: x\n\ntimeline:\n  A: BEGIN\n";
    assert_eq!(titled(text, "New"), expected);
    assert_eq!(titled(expected, " "), text);
    let coloured = edited(Edit::ColourSession(SessionId(0), Some(Colour::Grey)));
    let plain = apply(&coloured, &Edit::ColourSession(SessionId(0), None));
    assert_eq!(plain.expect("it can be taken away").text, TEXT);
    let works_for = |text: &str, name: &str| {
        let edit = Edit::SetClient(SessionId(0), name.to_owned());
        apply(text, &edit).expect("it can be said").text
    };
    let one = works_for(&coloured, "Broker");
    assert!(one.contains("colour: grey\n    client: Broker\n"), "{one}");
    let other = works_for(&one, "Customer");
    assert_eq!(other, one.replace("Broker", "Customer"));
    assert_eq!(works_for(&other, " "), coloured);
}

#[test]
fn what_is_copied_can_be_pasted_and_what_is_no_step_cannot() {
    let scenario = parse(TEXT).expect("it is sound");
    let copied = lines_of(TEXT, &scenario, &[StepId(3), StepId(1)]);
    assert_eq!(copied, "A: select  1   -- her way\nB: SELECT 2 + 3\n");
    let paste = |text: &str| {
        let (at, session) = (99, SessionId(1));
        let text = text.to_owned();
        apply(TEXT, &Edit::Paste { at, session, text })
    };
    let pasted = paste(&copied).expect("it was copied here");
    assert_eq!(pasted.steps, [StepId(5), StepId(6)]);
    let end = "  A: COMMIT\n  A: select  1   -- her way\n  B: SELECT 2 + 3\n\nexpect:";
    assert!(pasted.text.contains(end), "{}", pasted.text);
    let error = paste("SELECT 1\nDear all,\n").expect_err("a letter is no step");
    assert_eq!(error.0, "`Dear all,` is no step, so nothing was pasted.");
    assert!(paste(" \n").is_err());
    let late = Edit::SetTime(StepId(0), Some(Tick(50)));
    assert!(apply(TEXT, &late).is_err(), "the next step is at 5");
}

#[test]
fn a_time_that_no_longer_fits_is_left_out() {
    let text = edited(Edit::MoveSteps {
        steps: vec![StepId(0)],
        to: 3,
        session: None,
    });
    assert!(text.contains("  A @5: select  1"), "{text}");
    let late = "timeline:\n  A @9: BEGIN\n  A @20: COMMIT\n";
    let edit = Edit::MoveSteps {
        steps: vec![StepId(1)],
        to: 0,
        session: None,
    };
    let moved = apply(late, &edit).expect("it can be moved").text;
    assert_eq!(moved, "timeline:\n  A: COMMIT\n  A @9: BEGIN\n");
}

#[test]
fn steps_are_put_into_another_order_with_their_comments_and_times() {
    let order = |order: &[(usize, Option<u64>)]| {
        let named = order.iter().map(|(step, at)| (StepId(*step), at.map(Tick)));
        Edit::Reschedule(named.collect())
    };
    let text = edited(order(&[(2, None), (3, Some(7)), (0, Some(7)), (1, None)]));
    assert!(
        text.contains(
            "timeline:\n  B: BEGIN\n  B @7: SELECT 2\n     + 3\n  # Ann begins.\n  A @7: BEGIN\n  \
             A: select  1   -- her way\n\n  A: COMMIT\n\nexpect:"
        ),
        "{text}"
    );
    // As it is, nothing changes; and what is not named follows, with its time.
    let same = [(0, None), (1, Some(5)), (2, None), (3, None), (4, None)];
    assert_eq!(edited(order(&same)), TEXT);
    assert!(edited(order(&[(2, None)])).contains("  A: BEGIN\n  A @5: select"));
    assert!(edited(order(&[(2, Some(9))])).contains("  A: BEGIN\n  A: select"));
    for (wrong, said) in [
        (
            order(&[(1, None)]),
            "The steps of Ann have to stay in their order.",
        ),
        (order(&[(0, None), (0, None)]), "A step stands there twice."),
        (order(&[(9, None)]), "There is no such step."),
        (
            order(&[(0, Some(3)), (2, Some(2))]),
            "Times may not go back.",
        ),
    ] {
        let error = apply(TEXT, &wrong).expect_err("it is no order of the steps");
        assert_eq!(error.0, said);
    }
}

#[test]
fn the_first_step_finds_its_place() {
    for (text, expected) in [
        (
            "sessions:\n  A: Ann\n",
            "sessions:\n  A: Ann\n\ntimeline:\n  A: BEGIN\n",
        ),
        (
            "sessions:\n  A:\n\ntimeline:\n\nexpect:\n  x: SELECT TRUE\n",
            "sessions:\n  A:\n\ntimeline:\n  A: BEGIN\n\nexpect:\n  x: SELECT TRUE\n",
        ),
        (
            "sessions:\n  A:\n\nexpect:\n  x: SELECT TRUE\n",
            "sessions:\n  A:\n\ntimeline:\n  A: BEGIN\n\nexpect:\n  x: SELECT TRUE\n",
        ),
    ] {
        let edit = Edit::AddStep {
            at: 0,
            session: SessionId(0),
            text: "BEGIN".to_owned(),
        };
        assert_eq!(apply(text, &edit).expect("it can be added").text, expected);
    }
    let empty = apply("", &Edit::AddSession(String::new()))
        .expect("it can be added")
        .text;
    assert_eq!(empty, "sessions:\n  A:\n");
}

#[test]
fn what_cannot_be_read_is_refused_with_the_readers_words() {
    let wrong = Edit::SetStep {
        step: StepId(0),
        text: "BEGGIN".to_owned(),
    };
    let error = apply(TEXT, &wrong).expect_err("it is no statement");
    assert!(error.0.contains("beggin"), "{error}");
    assert!(
        apply(
            "timeline:\n  A BEGIN\n",
            &Edit::RemoveSteps(vec![StepId(0)])
        )
        .is_err()
    );
    assert!(apply(TEXT, &Edit::RemoveSteps(vec![StepId(99)])).is_err());
}

#[test]
fn rules_are_added_named_asked_anew_moved_and_taken_away() {
    let text = "expect:\n  # One.\n  a: SELECT TRUE\n\n  b: SELECT FALSE -- no\n\n# End.\n";
    let made = |edit: RuleEdit| match apply(text, &Edit::Rules(edit)) {
        Ok(edited) => edited.text,
        Err(error) => error.0,
    };
    let add = |name: &str, query: &str| RuleEdit::Add {
        name: name.to_owned(),
        query: query.to_owned(),
    };
    let (a, b) = (RulePlace(0), RulePlace(1));
    let cases = [
        (
            add(" c  d ", "SELECT\n TRUE"),
            "expect:\n  # One.\n  a: SELECT TRUE\n\n  b: SELECT FALSE -- no\n  c d: SELECT TRUE\n\n# End.\n",
        ),
        (
            RuleEdit::Rename(a, "first".to_owned()),
            "expect:\n  # One.\n  first: SELECT TRUE\n\n  b: SELECT FALSE -- no\n\n# End.\n",
        ),
        (
            RuleEdit::SetQuery(b, "SELECT 1 = 1".to_owned()),
            "expect:\n  # One.\n  a: SELECT TRUE\n\n  b: SELECT 1 = 1\n\n# End.\n",
        ),
        (
            RuleEdit::Move(b, a),
            "expect:\n  b: SELECT FALSE -- no\n  # One.\n  a: SELECT TRUE\n\n\n# End.\n",
        ),
        (
            RuleEdit::Remove(a),
            "expect:\n  b: SELECT FALSE -- no\n\n# End.\n",
        ),
        (add("a", "SELECT TRUE"), "There is a rule `a` already."),
        (add("", "SELECT TRUE"), "A rule needs a name."),
        (
            add("a: b", "SELECT TRUE"),
            "A rule's name has no colon, and does not begin with `#`.",
        ),
        (
            add("c", " "),
            "A rule asks something: a SELECT of one value that is true or false.",
        ),
        (RuleEdit::Remove(RulePlace(2)), "There is no such rule."),
    ];
    for (edit, expected) in cases {
        assert_eq!(made(edit.clone()), expected, "{edit:?}");
    }
    assert!(made(add("c", "SELEC 1")).contains("selec"));
    for (text, expected) in [
        ("", "expect:\n  all commit: SELECT :failed = 0\n"),
        (
            "setup:\n  CREATE TABLE t (id int PRIMARY KEY);\n\nexpect:\n",
            "setup:\n  CREATE TABLE t (id int PRIMARY KEY);\n\nexpect:\n  t has rows: SELECT COUNT(*) > 0 FROM t\n",
        ),
    ] {
        let edit = RuleEdit::template(&parse(text).expect("it is sound"));
        let made = apply(text, &Edit::Rules(edit)).expect("a template fits");
        assert_eq!(made.text, expected);
    }
    for story in STORIES {
        let mut text = story.text.to_owned();
        for _ in 0..2 {
            let edit = RuleEdit::template(&parse(&text).expect("it is sound"));
            text = apply(&text, &Edit::Rules(edit)).expect("it fits").text;
        }
        assert!(crate::scenario::read(&text).is_ok(), "{text}");
    }
}
