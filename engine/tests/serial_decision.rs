//! The verdict's decision on random small scenarios agrees with a check that tries every permutation of the committed
//! transactions, without graph, pruning or memo.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rowlock_engine::run::{
    Answer, Outcome, PlannedId, Run, Serially, TableState, Told, TransactionId, execute, told,
};
use rowlock_engine::scenario::{Action, OnConflict, Scenario, SessionId, StepId, parse};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::{ClientPlan, Origin, Plan, PlannedAction, PlannedStep, RowCheck};
use rowlock_engine::verdict::{Serial, VerdictKind, judge};
use std::time::Instant;

fn plan(scenario: &Scenario, isolation: IsolationLevel) -> Plan {
    let steps = scenario.timeline.iter().zip(scenario.times()).enumerate();
    Plan {
        sessions: scenario.sessions.clone(),
        setup: scenario.setup.clone(),
        setup_changed: Vec::new(),
        steps: steps
            .filter_map(|(index, (step, at))| {
                let Action::Sql(sql) = &step.action else {
                    return None;
                };
                Some(PlannedStep {
                    session: step.session,
                    at,
                    action: PlannedAction::Sql {
                        sql: sql.clone(),
                        check: RowCheck::Any,
                    },
                    origin: Origin::Drawn(StepId(index)),
                })
            })
            .collect(),
        dropped: Vec::new(),
        isolation,
        on_conflict: OnConflict::retry(1),
        clients: scenario
            .sessions
            .iter()
            .map(|_| ClientPlan::plain(isolation, OnConflict::retry(1)))
            .collect(),
        lock_escalation: None,
        remarks: Vec::new(),
    }
}

/// One session's transaction: what it does between `BEGIN` and `COMMIT`.
fn transaction() -> impl Strategy<Value = Vec<String>> {
    let id = 1..4i32;
    let statement = prop_oneof![
        id.clone()
            .prop_map(|id| format!("SELECT v FROM t WHERE id = {id}")),
        id.clone()
            .prop_map(|id| format!("UPDATE t SET v = v + 1 WHERE id = {id}")),
        (id.clone(), 3..7).prop_map(|(id, v)| format!("UPDATE t SET v = {v} WHERE id = {id}")),
        Just("UPDATE t SET v = v - 3 WHERE v >= 5".to_owned()),
        Just("SELECT count(*) AS n FROM t WHERE v >= 5".to_owned()),
        Just("SELECT id, v FROM t ORDER BY v".to_owned()),
        Just("SELECT id FROM t WHERE v >= 3 LIMIT 1".to_owned()),
        id.clone()
            .prop_map(|id| format!("DELETE FROM t WHERE id = {id}")),
        (4..6, 3..7).prop_map(|(id, v)| format!("INSERT INTO t VALUES ({id}, {v})")),
        (id.clone(), id).prop_map(|(from, to)| {
            format!("SELECT v FROM t WHERE id = {from};UPDATE t SET v = :v - 1 WHERE id = {to}")
        }),
    ];
    prop::collection::vec(statement, 1..4).prop_map(|statements| {
        let mut all = vec!["BEGIN".to_owned()];
        all.extend(
            statements
                .iter()
                .flat_map(|it| it.split(';').map(str::to_owned)),
        );
        all.push("COMMIT".to_owned());
        all
    })
}

fn timeline() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(transaction(), 2..5),
        prop::collection::vec(any::<u8>(), 40),
    )
        .prop_map(|(mut left, order)| {
            let mut text = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  \
                            INSERT INTO t VALUES (1, 5), (2, 5), (3, 5);\n\ntimeline:\n"
                .to_owned();
            for pick in order.into_iter().cycle() {
                let ready: Vec<usize> = (0..left.len()).filter(|&s| !left[s].is_empty()).collect();
                if ready.is_empty() {
                    break;
                }
                let session = ready[usize::from(pick) % ready.len()];
                let statement = left[session].remove(0);
                text += &format!("  {}: {statement}\n", ["A", "B", "C", "D"][session]);
            }
            text
        })
}

/// What was told, without the order of rows: here every `ORDER BY` is by a column that is shown.
fn canonical(told: &Told) -> Vec<String> {
    let answers = told.answers.iter().map(|answer| match answer {
        Answer::Rows(rows) => {
            let mut rows: Vec<String> = rows.rows.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            rows.join(";")
        }
        other => format!("{other:?}"),
    });
    answers.collect()
}

fn sorted(tables: &[TableState]) -> Vec<Vec<String>> {
    let rows = |table: &TableState| {
        let mut rows: Vec<String> = table.rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        rows
    };
    tables.iter().map(rows).collect()
}

/// Whether some order of these transactions gives the outcome of the run.
fn some_order(world: &Serially, plan: &Plan, run: &Run, left: &[TransactionId]) -> bool {
    if left.is_empty() {
        return sorted(&world.tables()) == sorted(&run.tables);
    }
    left.iter().any(|&id| {
        let about = &run.transactions[id.0];
        let mut steps: Vec<PlannedId> = run
            .events
            .iter()
            .filter(|event| event.transaction == Some(id))
            .filter_map(|event| event.step)
            .collect();
        steps.dedup();
        let mut next = world.clone();
        let heard = next.perform(plan, SessionId(about.session.0), &steps, &|_| true);
        let rest: Vec<TransactionId> = left.iter().copied().filter(|&other| other != id).collect();
        canonical(&heard) == canonical(&told(run, id))
            && heard.outcome == about.outcome
            && some_order(&next, plan, run, &rest)
    })
}

#[test]
fn every_permutation_agrees() {
    let config = ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let levels = [
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
    ];
    let anomalies = std::cell::Cell::new(0);
    TestRunner::new_with_rng(config, rng)
        .run(&timeline(), |text| {
            let scenario =
                parse(&text).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
            for level in levels {
                let plan = plan(&scenario, level);
                let run = execute(&plan).unwrap();
                let committed: Vec<TransactionId> = (0..run.transactions.len())
                    .filter(|&id| run.transactions[id].outcome == Outcome::Committed)
                    .map(TransactionId)
                    .collect();
                let start = Serially::start(&plan).unwrap();
                let expected = some_order(&start, &plan, &run, &committed);
                let verdict = judge(&scenario, &plan, &run);
                match &verdict.serial {
                    Serial::Yes(_) => prop_assert!(expected, "{}", text),
                    Serial::No => prop_assert!(!expected, "{}", text),
                    Serial::Undecided => prop_assert!(false, "so small a run is decided"),
                }
                prop_assert_eq!(verdict.kind == VerdictKind::Anomaly, !expected);
                prop_assert_eq!(verdict.anomalies.is_empty(), expected);
                anomalies.set(anomalies.get() + usize::from(!expected));
                prop_assert!(verdict.sentence.ends_with('.'));
                prop_assert!(!verdict.sentence.contains(".."));
            }
            Ok(())
        })
        .unwrap();
    assert!(
        (100..1_900).contains(&anomalies.get()),
        "{anomalies:?} of 2000"
    );
}

/// How long a verdict takes; `cargo test --release -- --ignored --nocapture` tells.
#[test]
#[ignore = "measures"]
fn how_long_it_takes() {
    for (name, statement) in [
        ("own rows", "UPDATE t SET v = v + 1 WHERE id = {}"),
        ("one row, atomic", "UPDATE t SET v = v + 1 WHERE id = 1"),
    ] {
        let mut text =
            "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 5), (2, 5), (3, 5), (4, 5), \
             (5, 5), (6, 5);\n\ntimeline:\n"
                .to_owned();
        for place in 0..20 {
            for (session, id) in ["A", "B", "C", "D", "E", "F"].iter().zip(1..) {
                let statement = match place {
                    0 => "BEGIN".to_owned(),
                    19 => "COMMIT".to_owned(),
                    _ => statement.replace("{}", &id.to_string()),
                };
                text += &format!("  {session}: {statement}\n");
            }
        }
        let scenario = parse(&text).unwrap();
        let plan = plan(&scenario, IsolationLevel::ReadCommitted);
        let run = execute(&plan).unwrap();
        let judge = rowlock_engine::verdict::Judge::new(&scenario, &plan);
        let times = 100;
        let start = Instant::now();
        for _ in 0..times {
            let _ = rowlock_engine::verdict::Judge::new(&scenario, &plan);
        }
        let all_orders = start.elapsed() / times;
        let start = Instant::now();
        for _ in 0..times {
            let _ = judge.judge(&run);
        }
        let verdict = start.elapsed() / times;
        println!(
            "{name}: all serial orders {all_orders:?}, verdict {verdict:?}: {}",
            judge.judge(&run).sentence
        );
    }
}
