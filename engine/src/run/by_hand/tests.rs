//! Schedules made by hand: told as stories, and whichever way a drawing is run.

use super::*;
use crate::diagram::words::{account, sentence};
use crate::edit::{Edit, apply};
use crate::gallery::{STORIES, story};
use crate::run::{Outcome, execute};
use crate::scenario::{OnConflict, read};
use crate::strategy::Strategy;
use proptest::prelude::*;

const A: SessionId = SessionId(0);
const B: SessionId = SessionId(1);

fn start(text: &str) -> ByHand {
    ByHand::start(read(text).expect("it is sound")).expect("the set-up goes well")
}

fn transfer() -> ByHand {
    start(story("transfer-deadlock").expect("it is there").text)
}

fn choose(hand: &mut ByHand, sessions: &[SessionId]) {
    for session in sessions {
        assert!(hand.choose(*session), "{:?}", hand.choices());
    }
}

/// What is kept of it, as a text.
fn kept(text: &str, hand: &ByHand) -> String {
    let edit = Edit::Reschedule(hand.schedule().to_vec());
    apply(text, &edit)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .text
}

fn timeline(text: &str) -> &str {
    let from = text.find("timeline:\n").expect("it has one") + "timeline:\n".len();
    let rest = &text[from..];
    &rest[..rest.find("\n\n").unwrap_or(rest.len())]
}

/// What happened, without what is only known when all is over.
fn events(run: &Run) -> Vec<Event> {
    let mut events = run.events.clone();
    for event in &mut events {
        if let EventKind::Replied(reply) = &mut event.kind {
            for search in &mut reply.searches {
                search.matching = Vec::new();
            }
        }
    }
    events
}

fn sends(choice: &Choice) -> &str {
    match choice {
        Choice::Sends { text, .. } | Choice::GoesOn { text, .. } => text,
        _ => "",
    }
}

#[test]
fn nothing_happens_until_somebody_is_chosen() {
    let hand = transfer();
    assert!(hand.run().events.is_empty());
    assert!(!hand.can_go_back() && hand.wakes().is_none() && !hand.is_over());
    assert_eq!(hand.scenario().timeline, transfer().drawn.timeline);
    assert!(hand.choices().iter().all(|choice| sends(choice) == "BEGIN"));
}

#[test]
fn one_after_the_other_there_is_no_deadlock_and_the_drawing_keeps_it() {
    let text = story("transfer-deadlock").expect("it is there").text;
    let mut hand = transfer();
    choose(&mut hand, &[A, A, A, A, B, B, B, B]);
    assert!(hand.is_over());
    assert_eq!(hand.choices(), [Choice::Finished, Choice::Finished]);
    let mut outcomes = hand.run().transactions.iter();
    assert!(outcomes.all(|transaction| transaction.outcome == Outcome::Committed));
    assert_eq!(
        timeline(&kept(text, &hand)),
        "  A: BEGIN
  A: UPDATE account SET balance = balance - 100 WHERE id = 1
  A: UPDATE account SET balance = balance + 100 WHERE id = 2
  A: COMMIT
  B: BEGIN
  B: UPDATE account SET balance = balance - 50 WHERE id = 2
  B: UPDATE account SET balance = balance + 50 WHERE id = 1
  B: COMMIT"
    );
}

#[test]
fn who_waits_says_for_whom_and_time_stands_still_until_it_is_let_pass() {
    let text = story("transfer-deadlock").expect("it is there").text;
    let mut hand = transfer();
    choose(&mut hand, &[A, A, B, B, A]);
    let Choice::Blocked(event) = hand.choices()[0] else {
        panic!("{:?}", hand.choices());
    };
    assert_eq!(
        sentence(hand.plan(), hand.run(), event),
        "Ann asks to lock account id = 2 and waits for Bob."
    );
    assert!(!hand.choose(A));
    choose(&mut hand, &[B]);
    // Both wait: nothing can be chosen, and nothing happens until the deadlock is looked for.
    assert!(!hand.choices().iter().any(Choice::is_open));
    assert_eq!(hand.wakes(), Some(Tick(1004)));
    assert!(hand.wait());
    let Choice::Skipped(why) = &hand.choices()[0] else {
        panic!("{:?}", hand.choices());
    };
    assert_eq!(why, "deadlock detected");
    assert_eq!(sends(&hand.choices()[1]), "COMMIT");
    choose(&mut hand, &[B]);
    assert!(hand.is_over());
    let kept = kept(text, &hand);
    assert!(
        timeline(&kept).ends_with("\n  B @1005: COMMIT\n  A: COMMIT"),
        "{kept}"
    );
    // Back to before the deadlock was found, and to the beginning.
    assert!(hand.back() && hand.back());
    assert!(matches!(hand.choices()[0], Choice::Blocked(_)));
    hand.restart();
    assert!(hand.run().events.is_empty() && !hand.back());
}

#[test]
fn a_pause_does_not_end_while_others_are_chosen() {
    let text = format!(
        "on conflict: retry 1, backoff 2\n{}",
        story("transfer-deadlock").expect("it is there").text
    );
    let text = text.replace(
        "  B: COMMIT\n",
        "  B: COMMIT\n  B: SELECT 1\n  B: SELECT 2\n",
    );
    let mut hand = start(&text);
    choose(&mut hand, &[A, A, B, B, A, B]);
    assert!(hand.wait());
    // Ann's second attempt is due in two milliseconds; Bob is chosen three times, and it has not begun.
    for left in ["COMMIT", "SELECT 1", "SELECT 2"] {
        assert_eq!(sends(&hand.choices()[1]), left);
        choose(&mut hand, &[B]);
        let goes_on = Choice::GoesOn {
            text: "BEGIN".to_owned(),
            at: Tick(1006),
        };
        assert_eq!(hand.choices()[0], goes_on);
    }
    assert_eq!(hand.choices()[1], Choice::Finished);
    assert_eq!(hand.run().transactions.len(), 4);
    while hand.choices()[0].is_open() {
        choose(&mut hand, &[A]);
    }
    let run = execute(&plan(&read(&kept(&text, &hand)).expect("it is sound"))).expect("it runs");
    assert_eq!(events(&run), events(hand.run()));
    let kept = kept(&text, &hand);
    assert!(
        timeline(&kept).contains("  B @1005: COMMIT\n  B @1005: SELECT 1\n  B @1005: SELECT 2\n"),
        "{kept}"
    );
}

#[test]
fn what_is_skipped_stands_before_what_comes_after_it() {
    let text = "setup:
  CREATE TABLE t (n int);

timeline:
  A: BEGIN
  A: SELECT n FROM t
  A: require 1 = 2 else 'never'
  A: SELECT 1
  A: COMMIT
  B: SELECT 3
  A: SELECT :n
  A: SELECT 2
";
    let mut hand = start(text);
    choose(&mut hand, &[A, A, A]);
    let Choice::Sends {
        text: next,
        unsendable,
        ..
    } = &hand.choices()[0]
    else {
        panic!("{:?}", hand.choices());
    };
    assert_eq!(next, "SELECT :n");
    assert!(
        unsendable
            .as_ref()
            .is_some_and(|why| why.starts_with(":n has no value"))
    );
    choose(&mut hand, &[A]);
    assert!(matches!(&hand.choices()[0], Choice::Skipped(why) if why.contains(":n has no value")));
    choose(&mut hand, &[B]);
    assert_eq!(
        timeline(&kept(text, &hand)),
        "  A: BEGIN
  A: SELECT n FROM t
  A: require 1 = 2 else 'never'
  A: SELECT 1
  A: COMMIT
  A: SELECT :n
  B: SELECT 3
  A: SELECT 2
"
    );
}

/// Stories, and what has timers, pauses and slow clients in it.
fn texts() -> Vec<String> {
    let timers = "\
sessions:
  A:
  B:
    slow: 7
  C:

setup:
  CREATE TABLE t (id int PRIMARY KEY, n int);
  INSERT INTO t VALUES (1, 0), (2, 0), (3, 0);

timeline:
  A: SET lock_timeout = 3
  A: BEGIN
  B @5: BEGIN
  A: SELECT n FROM t WHERE id = 1
  A: UPDATE t SET n = :n + 1 WHERE id = 1
  B: UPDATE t SET n = n + 1 WHERE id = 2
  B: SELECT n FROM t WHERE id = 1
  B @40: UPDATE t SET n = :n + 1 WHERE id = 1
  # C goes last.
  C: BEGIN
  C: SET LOCAL deadlock_timeout = 5
  C @50: UPDATE t SET n = 5 WHERE id = 3
  A: UPDATE t SET n = n + 1 WHERE id = 2
  C: UPDATE t SET n = n + 1 WHERE id = 1
  A: COMMIT
  B: UPDATE t SET n = n + 1 WHERE id = 3
  B: COMMIT
  C: COMMIT
  A: SELECT pg_sleep(0.002)
  A: SELECT n FROM t WHERE id = 3
";
    let stories = STORIES.iter().map(|story| story.text.to_owned());
    stories
        .chain([
            timers.to_owned(),
            timers.replace("  C:\n\n", "  C:\n    on conflict: retry 2, backoff 4\n\n"),
        ])
        .collect()
}

/// The text under another strategy and another way with conflicts.
fn under(text: &str, strategy: Strategy, on_conflict: Option<OnConflict>) -> String {
    let mut scenario = read(text).expect("it is sound");
    scenario.strategy = strategy;
    scenario.on_conflict = on_conflict.or(scenario.on_conflict);
    scenario.to_text()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// What has happened stays; what is kept gives the same run, as far as it has come; and when all is over, the whole of it.
    #[test]
    fn the_drawing_that_is_kept_gives_the_run_that_was_made_by_hand(
        which in 0..texts().len(),
        strategy in 0..Strategy::ALL.len(),
        retry in prop::sample::select(vec![None, Some("reject"), Some("retry 2"), Some("retry 2, backoff 3")]),
        moves in prop::collection::vec((0..8u32, 0..100u8), 1..60),
    ) {
        let on_conflict = retry.map(|retry| retry.parse().expect("it is one"));
        let text = under(&texts()[which], Strategy::ALL[strategy], on_conflict);
        let mut hand = start(&text);
        for (session, what) in moves {
            let before = events(hand.run());
            let (schedule, past) = (hand.schedule().to_vec(), hand.past.clone());
            let open: Vec<usize> = hand.choices().iter().enumerate()
                .filter(|(_, choice)| choice.is_open()).map(|(place, _)| place).collect();
            match (what, open.as_slice()) {
                (0..15, _) if hand.wakes().is_some() => prop_assert!(hand.wait()),
                (15..22, _) if hand.can_go_back() => {
                    let (to, at) = past[past.len() - 1];
                    prop_assert!(hand.back());
                    prop_assert_eq!((hand.placed(), hand.now), (to, at));
                    let now = events(hand.run());
                    prop_assert_eq!(&before[..now.len()], &now[..]);
                    continue;
                }
                (_, []) if hand.wakes().is_some() => prop_assert!(hand.wait()),
                (_, []) => {
                    prop_assert!(hand.is_over());
                    break;
                }
                (_, open) => prop_assert!(hand.choose(SessionId(open[session as usize % open.len()]))),
            }
            let now = events(hand.run());
            prop_assert!(now.starts_with(&before), "{:?}\n{:#?}", schedule, account(hand.scenario(), hand.plan(), hand.run()));
        }
        let kept = kept(&text, &hand);
        let scenario = read(&kept).expect("what is kept is sound");
        let steps = |scenario: &Scenario| -> Vec<_> {
            let steps = scenario.timeline.iter();
            steps.map(|step| (step.session, step.at, step.action.clone(), step.comments.clone())).collect()
        };
        prop_assert_eq!(steps(&scenario), steps(hand.scenario()));
        let run = execute(&plan(&scenario)).expect("the set-up goes well");
        let (kept_events, by_hand) = (events(&run), events(hand.run()));
        prop_assert!(kept_events.starts_with(&by_hand), "{}", kept);
        if hand.is_over() {
            prop_assert_eq!(kept_events.len(), by_hand.len());
            prop_assert_eq!(&run.transactions, &hand.run().transactions);
            prop_assert_eq!(&run.tables, &hand.run().tables);
        }
    }
}
