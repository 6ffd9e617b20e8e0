//! Schedules that are counted from their ends, against the same walk without that.

use super::generated::Dice;
use super::{Histogram, compare, lanes, reported_words, scenario};
use crate::explore::lanes::Symmetry;
use crate::explore::{Completeness, Count, Explorer, Limits, Report, Status, follow};
use crate::scenario::Scenario;
use crate::strategy::plan;
use std::fmt::Write as _;

/// Sessions that read values, and write them back with something added, as a strategy that locks nothing has it.
fn readers_and_writers(seed: u64, sessions: usize) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::from(
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 30), (2, 70);\n\ntimeline:\n",
    );
    let shapes: Vec<Vec<String>> = (0..2).map(|_| steps(&mut dice)).collect();
    let same = dice.below(4) == 0;
    for session in 0..sessions {
        // Most do the same but for what they add; of some it is the same.
        let shape = &shapes[usize::from(dice.below(4) == 0)];
        let adds = if same { 1 } else { dice.below(sessions) + 1 };
        for step in shape {
            let step = step.replace('#', &adds.to_string());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  S{session}: {step}");
        }
    }
    text
}

fn steps(dice: &mut Dice) -> Vec<String> {
    let row = 1 + usize::from(dice.below(4) == 0);
    let mut steps = vec!["BEGIN".to_owned()];
    steps.push(format!("SELECT v FROM t WHERE id = {row}"));
    let write = dice.of(&[
        "v = :v - #",
        "v = :v - #",
        "v = :v + 1 - #",
        "v = v + #",
        "v = #",
        "v = :v",
    ]);
    let to = if dice.below(8) == 0 { 3 - row } else { row };
    steps.push(format!("UPDATE t SET {write} WHERE id = {to}"));
    if dice.below(8) == 0 {
        steps.push("UPDATE t SET v = v + # WHERE id = 2".to_owned());
    }
    steps.push("COMMIT".to_owned());
    if dice.below(4) == 0 {
        steps = steps.split_off(1);
        steps.pop();
    }
    steps
}

fn explored(mut explorer: Explorer) -> (Report, bool) {
    while explorer.advance(777).status == Status::Running {}
    (explorer.report(), explorer.foresaw())
}

/// Outcomes in words, with their numbers and the length of a shortest schedule.
fn outcomes(scenario: &Scenario, report: &Report) -> (Histogram, Vec<(String, usize)>) {
    let plan = plan(scenario);
    let lanes = lanes(scenario, &plan, Symmetry::Used);
    let mut found = Histogram::new();
    let mut shortest: Vec<(String, usize)> = Vec::new();
    for outcome in &report.outcomes {
        let Ok(run) = follow(&plan, &outcome.schedule) else {
            panic!("the set-up fails");
        };
        let words = reported_words(&lanes, &run, outcome, "");
        let entry = found.entry(words.clone()).or_default();
        entry.0.add(&outcome.count);
        entry.1 += outcome.likely;
        shortest.push((words, outcome.schedule.len()));
    }
    shortest.sort_unstable();
    (found, shortest)
}

#[test]
fn counted_from_the_ends_or_forwards_is_the_same() {
    let (mut lost, mut saved) = (0, 0);
    for seed in 0..80 {
        let text = readers_and_writers(seed, 3 + (seed % 2) as usize);
        let scenario = scenario(&text);
        let (Ok(with), Ok(without)) = (
            Explorer::new(&scenario),
            Explorer::without_foresight(&scenario),
        ) else {
            panic!("the set-up fails: {text}");
        };
        let ((with, foresaw), (without, _)) = (explored(with), explored(without));
        assert_eq!(with.interleavings, without.interleavings, "{text}");
        let (found, shortest) = outcomes(&scenario, &with);
        let (expected, as_short) = outcomes(&scenario, &without);
        assert_eq!(shortest, as_short, "{text}");
        assert_eq!(found.len(), expected.len(), "{text}");
        for (words, (count, likely)) in expected {
            let (counted, weighed) = &found[&words];
            assert_eq!(*counted, count, "{words}\n{text}");
            assert!((weighed - likely).abs() < 1e-9, "{words}\n{text}");
        }
        lost += usize::from(foresaw);
        saved += usize::from(with.states < without.states);
    }
    // Else this would say nothing.
    assert!(lost > 30 && saved > 10, "{lost} {saved}");
}

#[test]
fn counted_from_the_ends_or_one_by_one_is_the_same() {
    let mut compared = 0;
    for seed in 100..140 {
        let text = readers_and_writers(seed, 2 + usize::from(seed % 4 == 0));
        compared += compare(&text, 1500).unwrap_or(0);
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn what_is_counted_when_it_is_stopped_are_bounds() {
    let text = readers_and_writers(5, 4);
    let scenario = scenario(&text);
    let Ok(explorer) = Explorer::new(&scenario) else {
        panic!("the set-up fails");
    };
    let (all, foresaw) = explored(explorer);
    assert!(foresaw);
    let (expected, _) = outcomes(&scenario, &all);
    let mut bounds = 0;
    for states in [1, 20, 100, 300, 700, 1000] {
        let limits = Limits {
            states,
            ..Limits::default()
        };
        let Ok(explorer) = Explorer::with(&scenario, limits, Symmetry::Used) else {
            panic!("the set-up fails");
        };
        let (some, _) = explored(explorer);
        let Completeness::Bounds { open, at_most } = &some.completeness else {
            continue;
        };
        bounds += 1;
        let counted: f64 = some.outcomes.iter().map(|it| it.likely).sum();
        assert!((open + counted - 1.0).abs() < 1e-9);
        assert!(at_most.as_ref() >= Some(&all.interleavings));
        let (found, _) = outcomes(&scenario, &some);
        for (words, (count, likely)) in found {
            let (most, most_likely) = &expected[&words];
            assert!(count <= *most && likely <= most_likely + 1e-9);
        }
    }
    assert!(bounds > 3, "{bounds}");
}

#[test]
fn seven_who_take_different_amounts_are_counted() {
    let mut text = String::from(
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 100);\n\ntimeline:\n",
    );
    for session in 1..=7 {
        for step in [
            "BEGIN",
            "SELECT v FROM t WHERE id = 1",
            "UPDATE t SET v = :v - # WHERE id = 1",
            "COMMIT",
        ] {
            let step = step.replace('#', &session.to_string());
            let _ = writeln!(text, "  S{session}: {step}");
        }
    }
    let Ok(explorer) = Explorer::new(&scenario(&text)) else {
        panic!("the set-up fails");
    };
    let (report, foresaw) = explored(explorer);
    assert!(foresaw);
    // As many as of seven who do the same, which are counted without all this.
    let same = text.replace(":v - ", ":v - 1 -- ");
    let Ok(explorer) = Explorer::without_foresight(&scenario(&same)) else {
        panic!("the set-up fails");
    };
    let (expected, _) = explored(explorer);
    assert_eq!(report.interleavings, expected.interleavings);
    let correct = |report: &Report| report.sum(|outcome| outcome.is_correct()).0;
    assert_eq!(correct(&report), correct(&expected));
    assert!(correct(&report) > Count::default());
    assert!(report.states < 100_000, "{}", report.states);
}

#[test]
fn a_table_may_have_hundreds_of_rows() {
    let rows = (1..=300).map(|id| format!("({id}, {id})"));
    let rows: Vec<String> = rows.collect();
    let mut text = format!(
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES {};\n\ntimeline:\n",
        rows.join(", ")
    );
    for (session, takes) in [("A", 1), ("B", 2)] {
        for step in [
            "BEGIN".to_owned(),
            "SELECT v FROM t WHERE id = 300".to_owned(),
            format!("UPDATE t SET v = :v - {takes} WHERE id = 300"),
            "COMMIT".to_owned(),
        ] {
            let _ = writeln!(text, "  {session}: {step}");
        }
    }
    assert_eq!(compare(&text, 100), Some(50));
}
