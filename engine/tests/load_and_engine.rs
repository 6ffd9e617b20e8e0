//! Traffic against the real engine: the same arrivals go through the simulation and through the little PostgreSQL, and every
//! transaction ends in the same way, at the same millisecond, with the same value left in the row.
//!
//! In the engine each client takes so many milliseconds after every answer (`slow:`). So its read comes `STEP` after its BEGIN,
//! its write `STEP` after the read, its commit `STEP` after the write: t and the time of a commit are both `STEP`.
//!
//! Who goes on after a wait is served first come, first served in the simulation. PostgreSQL queues waiters at a *version* of the
//! row, so one that comes after an update may be served before one that waits at the old version (README.tuplock). Which
//! transaction it is makes no difference to the times at which something happens; where waiters go on, those are compared.

use proptest::prelude::*;
use rowlock_engine::load::{
    Costs, End, Given, Locking, OnConflict, Policy, Settings, Simulation, Slice, Times,
};
use rowlock_engine::run::{EventKind, Outcome, execute};
use rowlock_engine::scenario::read;
use rowlock_engine::strategy::plan;
use std::fmt::Write as _;

const STEP: u64 = 1000;

/// How a transaction ended: when, whether with a commit, after how many attempts, and whether it waited in the last.
#[derive(Clone, Debug, PartialEq)]
struct Ended {
    committed: bool,
    at: u64,
    attempts: u32,
    waited: bool,
}

/// What the engine makes of these arrivals, and what is left in the row.
fn in_the_engine(arrivals: &[u64], header: &str) -> (Vec<Ended>, i64) {
    let mut text = format!("{header}\nsessions:\n");
    for session in 0..arrivals.len() {
        writeln!(text, "  S{session}: Client {session}\n    slow: {STEP}").unwrap();
    }
    text += "setup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n  INSERT INTO stock VALUES (1, 0);\ntimeline:\n";
    for (session, at) in arrivals.iter().enumerate() {
        for step in [
            "BEGIN",
            "SELECT quantity FROM stock WHERE id = 1",
            "UPDATE stock SET quantity = :quantity + 1 WHERE id = 1",
            "COMMIT",
        ] {
            writeln!(text, "  S{session} @{at}: {step}").unwrap();
        }
    }
    let scenario = read(&text).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0]));
    let plan = plan(&scenario);
    let run = execute(&plan).expect("the set-up runs");
    let ended = (0..arrivals.len()).map(|session| {
        let mut attempts = run
            .transactions
            .iter()
            .filter(|transaction| transaction.session.0 == session)
            .collect::<Vec<_>>();
        attempts.sort_by_key(|transaction| transaction.attempt);
        let last = attempts.last().expect("it has begun");
        let blocked = run.events[last.first..=last.last]
            .iter()
            .any(|event| event.session.0 == session && matches!(event.kind, EventKind::Blocked(_)));
        let committed = last.outcome == Outcome::Committed;
        // A transaction that fails is over when its client hears of it.
        let over = run.events[last.first..=last.last]
            .iter()
            .rposition(|event| {
                event.session.0 == session
                    && (committed
                        || matches!(
                            event.kind,
                            EventKind::Failed(_) | EventKind::VersionConflict
                        ))
            });
        Ended {
            committed,
            at: run.events[last.first + over.expect("it is over")].at.0,
            attempts: last.attempt,
            waited: blocked,
        }
    });
    let quantity = run.tables[0].rows[0][1].to_literal().to_string();
    (ended.collect(), quantity.parse().expect("it is a number"))
}

/// What the simulation makes of them.
fn simulated(arrivals: &[u64], policy: Policy, on_conflict: OnConflict) -> (Vec<Ended>, i64) {
    let step = STEP as f64 / 1000.0;
    let settings = Settings {
        times: Times::Fixed(step),
        policy,
        on_conflict,
        costs: Costs {
            commit: step,
            // A client that fails begins again a millisecond later, with a BEGIN.
            retry: step + 0.001,
            ..Costs::default()
        },
        ..Settings::default()
    };
    let given = arrivals.iter().map(|at| Given {
        at: *at as f64 / 1000.0 + step,
        t: step,
        writes: true,
        rows: vec![0],
    });
    let mut simulation = Simulation::on(&settings, given.collect()).expect("they are in range");
    assert_eq!(simulation.run(1_000_000), Slice::Over);
    let mut log = simulation.log().to_vec();
    log.sort_by_key(|ended| ended.number);
    let ended = log.iter().map(|ended| Ended {
        committed: ended.end == End::Committed,
        at: (ended.at * 1000.0).round() as u64,
        attempts: ended.attempts,
        waited: ended.waited > 0.0,
    });
    (ended.collect(), simulation.value())
}

/// Arrivals in order, no two of which ever do something at the same millisecond.
fn arrivals() -> impl Strategy<Value = Vec<u64>> {
    let places = (0..40u64).collect::<Vec<_>>();
    (
        prop::collection::vec(0..20u64, 2..14),
        Just(places).prop_shuffle(),
    )
        .prop_map(|(seconds, places)| {
            let mut all: Vec<u64> = seconds
                .iter()
                .zip(places)
                .map(|(second, place)| second * STEP + place * 20 + 3)
                .collect();
            all.sort_unstable();
            all
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn the_simulation_does_what_the_engine_does(arrivals in arrivals()) {
        let retry = OnConflict { retries: Some(3), ..OnConflict::RETRY };
        for (header, policy, on_conflict) in [
            ("strategy: none", Policy::None, OnConflict::REJECT),
            ("strategy: atomic", Policy::Atomic, OnConflict::REJECT),
            ("strategy: pessimistic", Policy::Pessimistic(Locking::default()), OnConflict::REJECT),
            ("strategy: optimistic\non conflict: reject", Policy::Optimistic, OnConflict::REJECT),
            ("strategy: optimistic\non conflict: retry 3", Policy::Optimistic, retry),
            ("strategy: snapshot\non conflict: reject", Policy::Snapshot, OnConflict::REJECT),
            ("strategy: snapshot\non conflict: retry 3", Policy::Snapshot, retry),
            ("strategy: serializable\non conflict: reject", Policy::Serializable, OnConflict::REJECT),
        ] {
            // Three that try again would wait for one another, fail and begin again at the same millisecond.
            let some = if on_conflict == retry { 2 } else { arrivals.len() };
            let arrivals = &arrivals[..some];
            let mut engine = in_the_engine(arrivals, header);
            let mut ours = simulated(arrivals, policy, on_conflict);
            if !policy.compares_versions() {
                engine.0.sort_by_key(|ended| ended.at);
                ours.0.sort_by_key(|ended| ended.at);
            }
            prop_assert_eq!(engine, ours, "{} {:?}", header, arrivals);
        }
    }
}
