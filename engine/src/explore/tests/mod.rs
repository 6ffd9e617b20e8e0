//! The walk against the enumeration of all schedules.

mod brute;
mod generated;
mod lost;

use super::count::Count;
use super::lanes::{Lanes, Symmetry};
use super::memory::{Ending, Table};
use super::walk::Walk;
use super::world::{Foresight, Marks, Remember, World};
use super::{Explorer, Limits, OutcomeKind, SessionEnd, Status, draw, follow};
use crate::run::{Run, TableState};
use crate::scenario::{Scenario, read};
use crate::strategy::{Plan, plan};
use crate::verdict::{Judge, RuleResult, VerdictKind};
use brute::each_schedule;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ends in words, with how many schedules end so and how likely that is.
type Histogram = BTreeMap<String, (Count, f64)>;

fn lanes(scenario: &Scenario, plan: &Plan, symmetry: Symmetry) -> Lanes {
    let Ok(db) = crate::run::prepare(plan) else {
        panic!("the set-up fails");
    };
    Lanes::of(scenario, plan, &db, symmetry)
}

fn scenario(text: &str) -> Scenario {
    match read(text) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("{}\n{text}", errors[0]),
    }
}

/// An ending in words, the same for sessions of a class in any order.
fn words(ending: &Ending, lanes: &Lanes) -> String {
    let mut text = format!("{:?}", ending.tables);
    for class in &lanes.classes {
        let mut members: Vec<String> = class
            .iter()
            .map(|&session| format!("{:?}", ending.sessions[session]))
            .collect();
        members.sort();
        text.push_str(&members.join("\n"));
    }
    text
}

fn by_brute_force(scenario: &Scenario, plan: &Plan, most: usize) -> Option<Histogram> {
    let lanes = lanes(scenario, plan, Symmetry::Used);
    let mut found = Histogram::new();
    let all = each_schedule(plan, &lanes, most, &mut |ending, likely, _| {
        let entry = found.entry(words(&ending, &lanes)).or_default();
        entry.0.add(&Count::from(1));
        entry.1 += likely;
    });
    assert!(all.is_ok(), "the set-up fails");
    all.unwrap_or(false).then_some(found)
}

fn by_walk(scenario: &Scenario, plan: &Plan, symmetry: Symmetry) -> (Histogram, u64) {
    let own_lanes = lanes(scenario, plan, symmetry);
    let lanes = lanes(scenario, plan, Symmetry::Used);
    let order: Vec<usize> = own_lanes.classes.concat();
    let Ok((world, start)) = World::new(
        &Arc::new(plan.clone()),
        own_lanes,
        Remember::Words,
        Marks::Used,
        Foresight::Used,
    ) else {
        panic!("the set-up fails");
    };
    let mut walk = Walk::new(world, start);
    while walk.advance(1000, &Limits::default()) == Status::Running {}
    let mut found = Histogram::new();
    for (number, end) in walk.ends.iter().enumerate() {
        let (tables, _, _, _, sessions) = &walk.keys[number as u32];
        let mut by_session = vec![Default::default(); order.len()];
        for (&session, (memory, waits)) in order.iter().zip(sessions) {
            by_session[session] = (walk.world.memory_of(*memory).clone(), *waits);
        }
        let ending = Ending {
            sessions: by_session,
            tables: walk.world.tables_of(*tables).to_vec(),
        };
        let entry = found.entry(words(&ending, &lanes)).or_default();
        entry.0.add(&Count::from_limbs(&end.limbs));
        entry.1 += end.likely;
    }
    (found, walk.met())
}

/// Holds the walk, with and without symmetry, against the enumeration; `None` if there are more than `most` schedules, else
/// how many there are.
fn compare(text: &str, most: usize) -> Option<usize> {
    let scenario = scenario(text);
    let plan = plan(&scenario);
    let expected = by_brute_force(&scenario, &plan, most)?;
    for symmetry in [Symmetry::Ignored, Symmetry::Used] {
        let (found, _) = by_walk(&scenario, &plan, symmetry);
        for (ending, (count, likely)) in &expected {
            let Some((counted, weighed)) = found.get(ending) else {
                panic!(
                    "{symmetry:?}: {count} schedules end so, and the walk finds none:\n{ending}\n{text}\nfound:\n{:#?}",
                    found.keys()
                );
            };
            assert_eq!(counted, count, "{symmetry:?}\n{text}\n{ending}");
            assert!(
                (weighed - likely).abs() < 1e-9,
                "{weighed} {likely}\n{text}"
            );
        }
        assert_eq!(found.len(), expected.len(), "{symmetry:?}\n{text}");
    }
    compare_verdicts(&scenario, &plan, text);
    let counts = expected.values().map(|(count, _)| count.to_f64() as usize);
    Some(counts.sum())
}

/// Outcomes in words: tables, verdict, how transactions ended, which rules hold.
fn verdicts_by_brute_force(scenario: &Scenario, plan: &Plan) -> BTreeMap<String, Count> {
    let lanes = lanes(scenario, plan, Symmetry::Used);
    let judge = Judge::new(scenario, plan);
    let mut judged: BTreeMap<String, String> = BTreeMap::new();
    let mut found: BTreeMap<String, Count> = BTreeMap::new();
    let all = each_schedule(plan, &lanes, usize::MAX, &mut |ending, _, schedule| {
        let key = words(&ending, &lanes);
        let outcome = judged.entry(key).or_insert_with(|| {
            let Ok(run) = follow(plan, schedule) else {
                panic!("the set-up fails");
            };
            let verdict = judge.judge(&run);
            let ends: Vec<SessionEnd> = ending
                .sessions
                .iter()
                .map(|(memory, waits)| SessionEnd::of(memory, *waits))
                .collect();
            outcome_words(&lanes, &ending.tables, verdict.kind, &ends, &verdict.rules)
        });
        found
            .entry(outcome.clone())
            .or_default()
            .add(&Count::from(1));
    });
    assert!(all.is_ok());
    found
}

fn outcome_words(
    lanes: &Lanes,
    tables: &[Table],
    verdict: VerdictKind,
    ends: &[SessionEnd],
    rules: &[RuleResult],
) -> String {
    let rows: Vec<_> = tables.iter().map(|table| &table.rows).collect();
    let mut text = format!("{rows:?} {verdict:?}");
    for class in &lanes.classes {
        let mut members: Vec<String> = class
            .iter()
            .map(|&session| format!("{:?}", ends[session]))
            .collect();
        members.sort();
        text.push_str(&members.join(", "));
    }
    let rules: Vec<_> = rules.iter().map(|rule| &rule.holds).collect();
    text + &format!("{rules:?}")
}

/// The words for an outcome of a report, which its own schedule leads to.
fn reported_words(lanes: &Lanes, run: &Run, outcome: &OutcomeKind, text: &str) -> String {
    let rows = |tables: &[TableState]| -> Vec<_> {
        tables.iter().map(|table| table.rows.clone()).collect()
    };
    assert_eq!(rows(&outcome.tables), rows(&run.tables), "{text}");
    outcome_words(
        lanes,
        &super::memory::tables(&run.database),
        outcome.verdict,
        &outcome.sessions,
        &outcome.rules,
    )
}

/// Holds the report against the verdicts on all schedules, and each outcome's schedule against the outcome.
fn compare_verdicts(scenario: &Scenario, plan: &Plan, text: &str) {
    let expected = verdicts_by_brute_force(scenario, plan);
    let lanes = lanes(scenario, plan, Symmetry::Used);
    for symmetry in [Symmetry::Ignored, Symmetry::Used] {
        let Ok(mut explorer) = Explorer::with(scenario, Limits::default(), symmetry) else {
            panic!("the set-up fails");
        };
        while explorer.advance(1000).status == Status::Running {}
        let report = explorer.report();
        let mut found: BTreeMap<String, Count> = BTreeMap::new();
        for outcome in &report.outcomes {
            let Ok(run) = follow(plan, &outcome.schedule) else {
                panic!("the set-up fails");
            };
            let judged = crate::verdict::judge(scenario, plan, &run);
            assert_eq!(judged.kind, outcome.verdict, "{symmetry:?}\n{text}");
            let words = reported_words(&lanes, &run, outcome, text);
            found.entry(words).or_default().add(&outcome.count);
        }
        assert_eq!(found, expected, "{symmetry:?}\n{text}");
    }
}

#[test]
fn three_queue_for_one_row() {
    let changes = [
        ["v = v + 1", "v = v + 1", "v = v + 1"],
        ["v = v + 1", "v = v * 2", "v = 7"],
        ["v = v - 2", "v = v - 3", "v = v - 1"],
    ];
    let mut compared = 0;
    for column in ["v int", "v int NOT NULL", "v int CHECK (v >= 0)"] {
        for guard in ["", " AND v >= 2"] {
            for (lock, changes) in [
                "",
                "SELECT v FROM t WHERE id = 1 FOR UPDATE",
                "DELETE FROM t WHERE id = 1",
            ]
            .iter()
            .zip(changes)
            {
                let mut text = format!(
                    "setup:\n  CREATE TABLE t (id int PRIMARY KEY, {column});\n  INSERT INTO t VALUES (1, 4), (2, 4);\n\ntimeline:\n"
                );
                for (session, change) in ["A", "B", "C"].iter().zip(changes) {
                    text.push_str(&format!("  {session}: BEGIN\n"));
                    if *session == "B" && !lock.is_empty() {
                        text.push_str(&format!("  {session}: {lock}\n"));
                    }
                    text.push_str(&format!(
                        "  {session}: UPDATE t SET {change} WHERE id = 1{guard}\n  {session}: COMMIT\n"
                    ));
                }
                compared += compare(&text, 3000).unwrap_or(0);
            }
        }
    }
    assert!(compared > 4000, "{compared}");
}

#[test]
fn who_locks_one_row_may_wait_for_more_than_rows() {
    let unique = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int UNIQUE);\n";
    let whole = "lock escalation: 1\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n";
    for setup in [unique, whole] {
        // For the number that the other has taken, or for the table.
        let text = format!(
            "{setup}  INSERT INTO t VALUES (1, 1), (2, 2);\n\ntimeline:\n\
             \x20 A: BEGIN\n  A: UPDATE t SET v = 10 WHERE id = 1\n  A: UPDATE t SET v = 20 WHERE id = 1\n  A: COMMIT\n\
             \x20 B: BEGIN\n  B: UPDATE t SET v = 20 WHERE id = 2\n  B: UPDATE t SET v = 10 WHERE id = 2\n  B: COMMIT\n"
        );
        assert!(compare(&text, 1000).is_some(), "{text}");
    }
}

#[test]
fn sessions_may_differ_in_a_number_only() {
    let read_and_write = [
        "BEGIN",
        "SELECT v FROM t WHERE id = 1",
        "UPDATE t SET v = :v - # WHERE id = 1",
        "COMMIT",
    ];
    let stories: [(&str, usize, &[&str]); 12] = [
        ("", 2, &read_and_write),
        ("", 3, &read_and_write[1..3]),
        ("isolation: repeatable read\n", 2, &read_and_write),
        (
            "isolation: serializable\non conflict: retry 1\n",
            2,
            &read_and_write,
        ),
        (
            "strategy: optimistic\non conflict: retry 1\n",
            2,
            &read_and_write,
        ),
        ("strategy: pessimistic, timeout 50\n", 2, &read_and_write),
        ("strategy: in-process-lock\n", 2, &read_and_write),
        (
            "",
            3,
            &["BEGIN", "UPDATE t SET v = v - # WHERE id = 1", "COMMIT"],
        ),
        (
            "",
            3,
            &[
                "BEGIN",
                "UPDATE t SET v = # WHERE id = 1 AND v > 1",
                "COMMIT",
            ],
        ),
        ("", 3, &["BEGIN", "INSERT INTO t VALUES (7, #)", "COMMIT"]),
        (
            "",
            2,
            &[
                "BEGIN",
                "SAVEPOINT s",
                "UPDATE t SET v = v + # WHERE id = 1",
                "ROLLBACK TO SAVEPOINT s",
                "COMMIT",
            ],
        ),
        // The rows are numbers as well: some wait for each other, some for nobody.
        (
            "",
            3,
            &[
                "BEGIN",
                "UPDATE t SET v = v - 1 WHERE id = #",
                "UPDATE t SET v = v + 1 WHERE id = 1",
                "COMMIT",
            ],
        ),
    ];
    for (header, sessions, steps) in stories {
        let mut text = format!(
            "{header}setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 9), (2, 9), (3, 9);\n\ntimeline:\n"
        );
        for session in 1..=sessions {
            for step in steps {
                let step = step.replace('#', &session.to_string());
                text.push_str(&format!("  S{session}: {step}\n"));
            }
        }
        assert!(compare(&text, 10_000).is_some(), "{text}");
    }
}

#[test]
fn values_may_come_to_the_end_of_their_type() {
    // The first are too large to be carried about at all, the next become so on the way; some additions fail.
    for (ty, value) in [
        ("int", 2_147_483_646i64),
        ("int", 1_073_741_823),
        ("bigint", 1_073_741_822),
        ("int", -1_073_741_824),
        ("bigint", 9_223_372_036_854_775_806),
    ] {
        let text = format!(
            "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v {ty});\n  INSERT INTO t VALUES (1, {value});\n\ntimeline:\n  \
             A: BEGIN\n  A: SELECT v FROM t WHERE id = 1\n  A: UPDATE t SET v = :v + 1 WHERE id = 1\n  A: COMMIT\n  \
             B: BEGIN\n  B: UPDATE t SET v = v - 3 + 4 WHERE id = 1\n  B: UPDATE t SET v = 1 + v WHERE id = 1\n  B: COMMIT\n  \
             C: UPDATE t SET v = 5 WHERE id = 1\n"
        );
        assert!(compare(&text, 5000).is_some(), "{text}");
    }
}

#[test]
fn two_cashiers() {
    let text = include_str!("../../../gallery/two-cashiers.rowlock");
    assert_eq!(compare(text, 1000), Some(50));
    let scenario = scenario(text);
    let plan = plan(&scenario);
    let (found, states) = by_walk(&scenario, &plan, Symmetry::Used);
    let mut counts: Vec<String> = found.values().map(|(count, _)| count.to_string()).collect();
    counts.sort();
    assert_eq!(
        (counts, states),
        (vec!["10".to_owned(), "40".to_owned()], 18)
    );
}

#[test]
fn a_schedule_can_be_drawn() {
    let mut drawings = 0;
    for story in crate::gallery::STORIES {
        let scenario = scenario(story.text);
        let Ok(mut explorer) = Explorer::with(
            &scenario,
            Limits {
                states: 2_000,
                ..Limits::default()
            },
            Symmetry::Used,
        ) else {
            panic!("{}", story.slug);
        };
        while explorer.advance(500).status == Status::Running {}
        let report = explorer.report_of(0);
        let sent = explorer.plan().clone();
        for outcome in report.outcomes.iter().take(5) {
            let Ok(drawing) = draw(&scenario, &sent, &outcome.schedule) else {
                panic!("{}", story.slug);
            };
            let text = drawing.scenario.to_text();
            assert_eq!(
                read(&text).as_ref().map(Scenario::to_text),
                Ok(text.clone())
            );
            let again = plan(&drawing.scenario);
            let Ok(run) = crate::run::execute(&again) else {
                panic!("{text}");
            };
            let verdict = crate::verdict::judge(&drawing.scenario, &again, &run);
            if drawing.is_faithful {
                drawings += 1;
                assert_eq!(verdict.kind, outcome.verdict, "{text}");
            } else {
                println!(
                    "{} {:?} cannot be drawn:\n{text}",
                    story.slug, outcome.verdict
                );
            }
        }
    }
    assert!(drawings > 40, "{drawings}");
}

#[test]
fn rules_may_ask_how_long_somebody_waited() {
    let text = include_str!("../../../gallery/two-cashiers.rowlock");
    let text = format!("{text}\n  nobody waits long: SELECT :longest_wait <= 3\n");
    assert_eq!(compare(&text, 1000), Some(50));
}

#[test]
fn a_wide_table_of_counts_is_exact() {
    // 24 sessions of two statements each: 48! / 2^24, far beyond 128 bits.
    let mut text =
        String::from("setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n\ntimeline:\n");
    for session in 0..24 {
        text.push_str(&format!("  S{session}: SELECT 1\n  S{session}: SELECT 2\n"));
    }
    let scenario = scenario(&text);
    let plan = plan(&scenario);
    let (found, _) = by_walk(&scenario, &plan, Symmetry::Used);
    let mut factorial = Count::from(1);
    for factor in 2..=48 {
        factorial.scale(factor, if factor % 2 == 0 { 2 } else { 1 });
    }
    let counts: Vec<Count> = found.into_values().map(|(count, _)| count).collect();
    assert_eq!(counts, [factorial]);
}

#[test]
fn the_gallery() {
    let mut compared = Vec::new();
    for story in crate::gallery::STORIES {
        if let Some(schedules) = compare(story.text, 3000) {
            compared.push((story.slug, schedules));
        }
    }
    assert!(compared.len() > 8, "{compared:?}");
}
