//! The text form: what is printed reads back as the same scenario, and no text makes the reader fail but with an error
//! at its place.

#[path = "support/scenarios.rs"]
mod scenarios;

use proptest::prelude::*;
use rowlock_engine::scenario::{Tick, parse, read};
use scenarios::scenario;

const CASHIERS: &str = "\
title: Two cashiers, one shelf
strategy: pessimistic, nowait
isolation: repeatable read
on conflict: retry 2

sessions:
  A: Cashier A
  B: Cashier B

setup:
  CREATE TABLE stock (id int PRIMARY KEY, quantity int);
  # ten are on the shelf
  INSERT INTO stock
    VALUES (42, 10);

timeline:
  A: BEGIN
  A: SELECT quantity FROM stock WHERE id = 42
  # B does not see A
  B @40: BEGIN
  B: SELECT quantity
       FROM stock WHERE id = 42
  A: require :quantity >= 1 else 'sold out, that''s it'
  A: UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
  A: COMMIT

expect:
  both sales are counted: SELECT quantity = 8 FROM stock WHERE id = 42
# the end
";

#[test]
fn the_example_is_its_own_print() {
    let scenario = read(CASHIERS).expect("the example is sound");
    assert_eq!(scenario.to_text(), CASHIERS);
    assert_eq!(scenario.times()[2], Tick(40));
    assert_eq!(scenario.timeline[2].comments, ["# B does not see A"]);
}

/// Texts that are wrong, and what is said of them.
#[test]
fn errors_stand_at_their_place() {
    let cases = [
        (
            "titel: x",
            "line 1, column 1: `titel` is not a header; expected `title:`? Otherwise title, about",
        ),
        (
            "strategy: hope",
            "line 1, column 11: `hope` is not a strategy; expected none, last-write-wins, atomic",
        ),
        (
            "timeline:\n  A BEGIN",
            "line 2, column 3: there is no `:` in this line",
        ),
        (
            "timeline:\n  A: BEGIN\n  A: MERGE INTO x",
            "line 3, column 6: Rowlock does not simulate MERGE; expected SELECT",
        ),
        (
            "timeline:\n  A: SELECT 1 +",
            "line 2, column 16: the end is not understood here; expected a value",
        ),
        (
            "timeline:\n  A: SELECT\n      1 FROM a JOIN b",
            "line 3, column 22: the end is not understood here; expected `ON` or `USING`",
        ),
        (
            "setup:\n  CREATE TABLE t (a int, b blob);",
            "line 2, column 28: Rowlock does not simulate the type `blob`",
        ),
        (
            "setup:\n  # c\n  CREATE TABLE t (a int);\n  INSERT t;",
            "line 4, column 10: `t` is not understood here",
        ),
        (
            "timeline:\n  A @9: BEGIN\n  A @8: COMMIT",
            "line 3, column 3: time 8 lies before that of the step above, 9",
        ),
        (
            "timeline:\n  A: require :x > 1 or",
            "line 2, column 23: the end is not understood here",
        ),
        (
            "timeline:\n  A: redeliver",
            "line 2, column 6: nothing was sent that could be lost or delivered again",
        ),
        (
            "timeline:\n  A: BEGIN\n  A: SELECT 1\n  A: redeliver",
            "line 4, column 6: the transaction is not over yet",
        ),
        (
            "timeline:\n  A: BEGIN\n  A: crash\n  A: hang",
            "line 4, column 6: the client is gone already",
        ),
        (
            "sessions:\n  A: Ann\n    clock: late",
            "line 3, column 5: `late` is no difference of clocks",
        ),
        (
            "sessions:\n  A: Ann\n    hue: red",
            "line 3, column 5: `hue` is not an option of a session",
        ),
        (
            "sessions:\n  A: Ann\n    colour: red",
            "line 3, column 5: `red` is not a colour of a session; expected blue",
        ),
        (
            "sessions:\n  A: Ann\n    client:",
            "line 3, column 5: the client has no name; expected for whom the session works",
        ),
        (
            "request key: no name",
            "line 1, column 14: `no name` is not a column's name",
        ),
        (
            "setup:\n  SELECT 'a",
            "line 2, column 10: a quote begins here and does not end",
        ),
        // Names.
        (
            "timeline:\n  A: SELECT 1 FROM stock",
            "line 2, column 20: table `stock` does not exist",
        ),
        (
            "setup:\n  CREATE TABLE t (a int);\ntimeline:\n  A: UPDATE t\n       SET b = 1",
            "line 5, column 12: `t` has no column `b`; expected one of a",
        ),
        (
            "timeline:\n  A: SELECT :x",
            "line 2, column 13: :x has no value here",
        ),
        (
            "timeline:\n  A: require :x > 1",
            "line 2, column 14: :x has no value here",
        ),
        (
            "expect:\n  r: SELECT 1, 2",
            "line 2, column 6: a rule is a question with one answer",
        ),
    ];
    for (text, expected) in cases {
        let errors = read(text).expect_err(text);
        let said = errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        assert!(
            said.starts_with(expected),
            "of\n{text}\nis said\n{said}\nwhere was expected\n{expected}"
        );
    }
}

#[test]
fn every_error_is_reported_not_only_the_first() {
    let errors = parse("strategy: a\nisolation: b\ntimeline:\n  A: x\n  B: y\n").unwrap_err();
    assert_eq!(
        errors.iter().map(|error| error.line).collect::<Vec<_>>(),
        [1, 2, 4, 5]
    );
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(scenario in scenario()) {
        let text = scenario.to_text();
        prop_assert_eq!(parse(&text), Ok(scenario), "{}", text);
    }

    #[test]
    fn no_text_is_too_strange(text in "(\\PC|\n){0,200}") {
        if let Ok(scenario) = read(&text) {
            prop_assert_eq!(parse(&scenario.to_text()), Ok(scenario), "{}", text);
        }
    }

    #[test]
    fn a_damaged_text_is_read_or_told_where_it_is_damaged(
        at in 0..CASHIERS.len(), length in 0..30usize, put in "\\PC{0,6}"
    ) {
        let end = (at + length).min(CASHIERS.len());
        let text = format!("{}{put}{}", &CASHIERS[..at], &CASHIERS[end..]);
        match read(&text) {
            Ok(scenario) => prop_assert_eq!(parse(&scenario.to_text()), Ok(scenario), "{}", text),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                let lines = text.split('\n').count();
                prop_assert!(errors.iter().all(|error| (1..=lines).contains(&error.line) && error.length > 0));
            }
        }
    }
}
