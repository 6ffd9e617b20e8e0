//! The text form: what is printed reads back as the same scenario, and no text makes the reader fail but with an error
//! at its place.

use proptest::prelude::*;
use rowlock_engine::scenario::{
    Action, Backoff, Colour, Fault, OnConflict, Require, Rule, Scenario, Session, SessionId,
    SetupStatement, Sql, Step, Tick, parse, read,
};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::sql::{Span, parse_expression};
use rowlock_engine::strategy::Strategy as Guard;

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
            "sessions:\n  A: Ann\n    colour: red",
            "line 3, column 5: `colour` is not an option of a session",
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

fn statement() -> impl Strategy<Value = Sql> {
    let sql = prop::sample::select(vec![
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "select quantity from stock where id=42 for update",
        "UPDATE stock\n  SET quantity = quantity - 1\nWHERE id = 42",
        "INSERT INTO stock VALUES (1, 'a -- b'), (2, NULL) RETURNING id",
        "DELETE FROM stock -- gone",
        "SELECT count(*) AS n, sum(quantity) FROM stock WHERE NOT quantity BETWEEN 1 AND 2 OR id IN (1, 2)",
    ]);
    sql.prop_map(|text| Sql::parse(text).expect("it is of the subset"))
}

fn comments() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        prop::sample::select(vec!["# why", "#", "# : ' \""]).prop_map(str::to_owned),
        0..3,
    )
}

fn step(sessions: usize) -> impl Strategy<Value = Step> {
    let condition =
        prop::sample::select(vec![":x >= 1", "CASE WHEN :x = 1 THEN TRUE ELSE FALSE END"]);
    let require = (condition, "[a-z' ]{1,8}").prop_map(|(text, reason)| {
        let condition = parse_expression(text).expect("it is of the subset");
        Action::Require(Require {
            text: text.to_owned(),
            condition,
            reason: Some(reason),
        })
    });
    let fault = prop::sample::select(Fault::ALL.to_vec()).prop_map(Action::Fault);
    let action = prop_oneof![8 => statement().prop_map(Action::Sql), 2 => require, 1 => fault];
    (0..sessions, action, comments()).prop_map(|(session, action, comments)| Step {
        session: SessionId(session),
        at: None,
        action,
        comments,
        place: Span::default(),
    })
}

/// Any strategy with any of its options.
fn guard() -> impl Strategy<Value = Guard> {
    let texts = vec![
        "none",
        "last-write-wins",
        "atomic",
        "atomic, unguarded",
        "optimistic",
        "optimistic, updated_at",
        "pessimistic",
        "pessimistic, for share, nowait",
        "pessimistic, skip locked, by key",
        "pessimistic, timeout 250",
        "upsert, do nothing",
        "upsert, do update",
        "upsert-lock",
        "snapshot",
        "serializable",
        "advisory-lock, shared, try, key -3",
        "table-lock, share row exclusive",
        "in-process-lock, stamped, fair",
        "in-process-lock, read-write",
    ];
    prop::sample::select(texts).prop_map(|text| text.parse().expect("a strategy"))
}

fn on_conflict() -> impl Strategy<Value = OnConflict> {
    let backoff = (0..1000u32, prop::option::of(0..9u32))
        .prop_map(|(first, jitter)| Backoff { first, jitter });
    let retry =
        (1u8..=20, backoff).prop_map(|(limit, backoff)| OnConflict::Retry { limit, backoff });
    prop_oneof![Just(OnConflict::Reject), Just(OnConflict::Abort), retry]
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let guard = guard();
    let levels = vec![
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
        IsolationLevel::ReadUncommitted,
    ];
    let isolation = prop::option::of(prop::sample::select(levels));
    let on_conflict = prop::option::of(on_conflict());
    let label = prop::option::of("[A-Z][a-z:]{0,6}( [a-z]{1,5})?");
    let own = (
        prop::option::of(self::guard()),
        prop::option::of(self::on_conflict()),
        prop_oneof![Just(0i64), -5000..5000i64],
        prop_oneof![Just(0u64), 0..100u64],
        prop::option::of(prop::sample::select(Colour::ALL.to_vec())),
    );
    let sessions = prop::collection::vec((label, comments(), own), 1..4);
    let header = (
        "[A-Za-z][a-z ,:]{0,20}[a-z]",
        guard,
        isolation,
        on_conflict,
        comments(),
    );
    (header, sessions).prop_flat_map(
        |((title, strategy, isolation, on_conflict, leading), sessions)| {
            let sessions: Vec<Session> = sessions
                .into_iter()
                .enumerate()
                .map(|(place, (label, comments, own))| {
                    let (strategy, on_conflict, clock, slow, colour) = own;
                    Session {
                        label,
                        comments,
                        strategy,
                        isolation: strategy.and_then(|strategy| strategy.isolation()),
                        on_conflict,
                        clock,
                        slow,
                        colour,
                        ..Session::new(&format!("s{place}"))
                    }
                })
                .collect();
            let setup = prop::collection::vec((statement(), comments()), 0..4);
            let steps =
                prop::collection::vec((step(sessions.len()), prop::option::of(0u64..50)), 0..12);
            let rules =
                prop::collection::vec((statement(), comments(), "[a-z][a-z ]{0,12}[a-z]"), 0..3);
            (setup, steps, rules, comments()).prop_map(move |(setup, steps, rules, trailing)| {
                let place = Span::default();
                let mut last = 0;
                let timeline = steps.into_iter().map(|(mut step, jump)| {
                    last += jump.map_or(1, |jump| jump + 1);
                    step.at = jump.map(|_| Tick(last));
                    step
                });
                Scenario {
                    title: title.clone(),
                    about: String::new(),
                    strategy,
                    isolation,
                    on_conflict,
                    request_key: (title.len() % 3 == 0).then(|| "event_id".to_owned()),
                    lock_escalation: (title.len() % 5 == 0).then_some(100),
                    setup: setup
                        .into_iter()
                        .map(|(sql, comments)| SetupStatement {
                            sql,
                            comments,
                            place,
                        })
                        .collect(),
                    sessions: sessions.clone(),
                    timeline: timeline.collect(),
                    expect: rules
                        .into_iter()
                        .map(|(query, comments, name)| Rule {
                            name,
                            query,
                            comments,
                            place,
                        })
                        .collect(),
                    leading_comments: leading.clone(),
                    trailing_comments: trailing,
                }
            })
        },
    )
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
