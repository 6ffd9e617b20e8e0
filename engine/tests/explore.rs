//! What all schedules of the gallery's stories come to, as text to be read: `explore/*.txt`.

use rowlock_engine::explore::{Completeness, Explorer, Limits, Report, Status, Symmetry, moves};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::run::Outcome;
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::strategy::Plan;
use std::fmt::Write as _;
use std::path::PathBuf;

fn scenario(text: &str) -> Scenario {
    match read(text) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("{}\n{text}", errors[0]),
    }
}

fn explored(scenario: &Scenario, symmetry: Symmetry, states: u64) -> (Report, Plan) {
    let limits = Limits {
        states,
        ..Limits::default()
    };
    let mut explorer = Explorer::with(scenario, limits, symmetry).expect("the set-up runs");
    while explorer.advance(1_000).status == Status::Running {}
    (explorer.report(), explorer.plan().clone())
}

/// The report as text.
fn account(report: &Report, plan: &Plan) -> String {
    let mut text = String::new();
    let out = &mut text;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{} interleavings, {} states",
        report.interleavings, report.states
    );
    if let Completeness::Bounds { at_most, .. } = &report.completeness {
        let at_most = at_most.as_ref().map_or("?".to_owned(), ToString::to_string);
        let _ = writeln!(
            out,
            "stopped: all counts are at least so many, {at_most} in all at most"
        );
    }
    for kind in &report.outcomes {
        let names: Vec<&str> = kind.anomalies.iter().map(|it| it.as_str()).collect();
        let _ = writeln!(
            out,
            "\n{} ({:.4}, probability {:.4}): {} {}",
            kind.count,
            kind.share,
            kind.likely,
            kind.verdict.as_str(),
            names.join(", ")
        );
        let _ = writeln!(out, "  {}", kind.sentence);
        for (session, end) in kind.sessions.iter().enumerate() {
            let name = &plan.sessions[session].name;
            for ended in end
                .transactions
                .iter()
                .filter(|it| **it != Outcome::Committed)
            {
                let _ = writeln!(out, "  {name}: {}", ended.as_str());
            }
            if end.waits {
                let _ = writeln!(out, "  {name}: waits for ever");
            }
        }
        let steps: Vec<String> = moves(plan, &kind.schedule)
            .into_iter()
            .map(|(session, step)| {
                let first = plan.steps[step.0].action.text().split_whitespace().next();
                format!(
                    "{} {}",
                    plan.sessions[session.0].name,
                    first.unwrap_or_default()
                )
            })
            .collect();
        let _ = writeln!(out, "  {}", steps.join(", "));
    }
    text
}

#[test]
fn what_the_stories_come_to() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/explore");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    for story in STORIES {
        let (report, plan) = explored(&scenario(story.text), Symmetry::Used, 20_000);
        let found = account(&report, &plan);
        let file = folder.join(format!("{}.txt", story.slug));
        if update {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
            std::fs::write(&file, &found).expect("the file can be written");
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != found {
            differing.push((story.slug, found));
        }
    }
    assert!(
        differing.is_empty(),
        "run with ROWLOCK_UPDATE_GOLDEN=1 and read what has changed: {differing:#?}"
    );
}

/// A scenario of so many cashiers.
fn cashiers(count: usize) -> Scenario {
    let mut text = String::from(
        "setup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n  INSERT INTO stock VALUES (42, 10);\n\ntimeline:\n",
    );
    for session in 0..count {
        let _ = writeln!(
            text,
            "  S{session}: BEGIN\n  S{session}: SELECT quantity FROM stock WHERE id = 42\n  \
             S{session}: UPDATE stock SET quantity = :quantity - 1 WHERE id = 42\n  S{session}: COMMIT"
        );
    }
    scenario(&text)
}

#[test]
fn numbers_that_no_enumeration_reaches_are_the_same_with_and_without_symmetry() {
    for (count, interleavings) in [(2, "50"), (3, "13830"), (4, "11587800")] {
        let scenario = cashiers(count);
        let counts = [Symmetry::Used, Symmetry::Ignored].map(|symmetry| {
            let (report, _) = explored(&scenario, symmetry, u64::MAX);
            assert_eq!(report.interleavings.to_string(), interleavings);
            let outcomes = report.outcomes.iter();
            outcomes
                .map(|kind| (kind.count.to_string(), kind.tables.clone()))
                .collect::<Vec<_>>()
        });
        assert_eq!(counts[0], counts[1]);
    }
}

/// Sessions that lock before they read, and transfers in opposite directions. The numbers are those of a model of its own,
/// which knows no SQL: queues of rows, tuple locks, and the deadlock check by who began to wait first. That check may roll back
/// who is not to blame: whoever holds the turn for a row stands in the circle of those who have it and want it. The model
/// has more states, 137 and 276 for five and six who lock, 37, 163 and 801 for transfers: it remembers since when everybody waits.
#[test]
fn counts_are_those_of_a_model() {
    let mut found = Vec::new();
    let setup = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 9), (2, 9);\n\ntimeline:\n";
    for sessions in 2..=6 {
        let mut text = setup.to_owned();
        for session in 0..sessions {
            let _ = writeln!(
                text,
                "  S{session}: BEGIN\n  S{session}: SELECT v FROM t WHERE id = 1 FOR UPDATE\n  \
                 S{session}: UPDATE t SET v = :v - 1 WHERE id = 1\n  S{session}: COMMIT"
            );
        }
        let (report, _) = explored(&scenario(&text), Symmetry::Used, u64::MAX);
        assert!(report.outcomes.iter().all(|kind| kind.is_correct()));
        found.push((report.interleavings.to_string(), report.states));
    }
    for sessions in 2..=4 {
        let mut text = setup.to_owned();
        for session in 0..sessions {
            let (from, to) = if session % 2 == 0 { (1, 2) } else { (2, 1) };
            let _ = writeln!(
                text,
                "  S{session}: BEGIN\n  S{session}: UPDATE t SET v = v - 1 WHERE id = {from}\n  \
                 S{session}: UPDATE t SET v = v + 1 WHERE id = {to}\n  S{session}: COMMIT"
            );
        }
        let (report, _) = explored(&scenario(&text), Symmetry::Used, u64::MAX);
        found.push((report.interleavings.to_string(), report.states));
    }
    let expected = [
        ("24", 14),
        ("2070", 32),
        ("398880", 67),
        ("137840400", 135),
        ("75282566400", 266),
        ("30", 29),
        ("2538", 97),
        ("419208", 356),
    ];
    let found: Vec<(&str, u64)> = found
        .iter()
        .map(|(count, states)| (count.as_str(), *states))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_limit_gives_bounds_that_hold() {
    let scenario = cashiers(3);
    let (all, _) = explored(&scenario, Symmetry::Used, u64::MAX);
    let mut explorer =
        Explorer::with(&scenario, Limits::default(), Symmetry::Used).expect("the set-up runs");
    while explorer.progress().done == 0.0 {
        explorer.advance(1);
    }
    explorer.stop();
    let some = explorer.report();
    let Completeness::Bounds { open, at_most } = &some.completeness else {
        panic!("it was stopped");
    };
    assert!(some.interleavings < all.interleavings);
    assert!(
        at_most
            .as_ref()
            .is_some_and(|most| *most >= all.interleavings)
    );
    for kind in &some.outcomes {
        let same = all
            .outcomes
            .iter()
            .find(|other| other.tables == kind.tables);
        let same = same.expect("an outcome of all");
        assert!(kind.count <= same.count);
        assert!(kind.likely <= same.likely && same.likely <= kind.likely + open + 1e-12);
    }
    assert_eq!(explorer.advance(1).status, Status::Stopped);
}

#[test]
fn statements_outside_transactions_interleave_one_by_one() {
    // No lock is held over a step, so that nobody is ever blocked.
    let text = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 0), (2, 0);\n\ntimeline:\n  \
                A: SELECT v FROM t WHERE id = 1\n  A: UPDATE t SET v = :v + 1 WHERE id = 1\n  \
                B: SELECT v FROM t WHERE id = 1\n  B: UPDATE t SET v = :v + 1 WHERE id = 1\n";
    let (report, _) = explored(&scenario(text), Symmetry::Used, u64::MAX);
    let counts: Vec<String> = report
        .outcomes
        .iter()
        .map(|it| it.count.to_string())
        .collect();
    assert_eq!(
        (report.interleavings.to_string().as_str(), counts),
        ("6", vec!["4".to_owned(), "2".to_owned()])
    );
}
