//! Generated scenarios, for property tests.

use proptest::prelude::*;
use rowlock_engine::scenario::{
    Action, Backoff, Colour, Fault, OnConflict, Require, Rule, Scenario, Session, SessionId,
    SetupStatement, Sql, Step, Tick,
};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::sql::{Span, parse_expression};
use rowlock_engine::strategy::Strategy as Guard;

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

/// Any scenario that can be written down. It need not run.
pub fn scenario() -> impl Strategy<Value = Scenario> {
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
        prop::option::of("[A-Z#:][A-Za-z:#é]{0,6}( [a-z]{1,5})?"),
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
                    let (strategy, on_conflict, clock, slow, colour, client) = own;
                    Session {
                        label,
                        comments,
                        strategy,
                        isolation: strategy.and_then(|strategy| strategy.isolation()),
                        on_conflict,
                        clock,
                        slow,
                        colour,
                        client,
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
