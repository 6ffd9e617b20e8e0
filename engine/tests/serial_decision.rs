//! The verdict's decision on random small scenarios agrees with a check that tries every permutation of the committed
//! transactions, without graph, pruning or memo.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rowlock_engine::db::TupleId;
use rowlock_engine::run::{
    Answer, EventKind, Outcome, PlannedId, RowId, Run, Serially, TableState, Told, TransactionId,
    execute, told,
};
use rowlock_engine::scenario::{Action, OnConflict, Scenario, SessionId, StepId, parse};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::{ClientPlan, Origin, Plan, PlannedAction, PlannedStep, RowCheck};
use rowlock_engine::verdict::{AnomalyName, Serial, VerdictKind, judge};
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

/// What one committed transaction did to single rows, read off the trace and nothing else.
#[derive(Default)]
struct Deeds {
    /// Rows and versions read, with the event.
    reads: Vec<(RowId, TupleId, usize)>,
    /// Rows written: the version replaced and the one made, with the event.
    writes: Vec<(RowId, Option<TupleId>, Option<TupleId>, usize)>,
    /// What its searches would have found of all versions there ever were.
    searched: Vec<TupleId>,
    /// Its last event.
    end: usize,
}

/// The deeds of every transaction that committed; the scenarios here have one table.
fn deeds(run: &Run) -> Vec<Deeds> {
    let mut all: Vec<Deeds> = Vec::new();
    for (id, about) in run.transactions.iter().enumerate() {
        if about.outcome != Outcome::Committed {
            continue;
        }
        let mut own = Deeds {
            end: about.last,
            ..Deeds::default()
        };
        for (place, event) in run.events.iter().enumerate() {
            let EventKind::Replied(reply) = &event.kind else {
                continue;
            };
            if event.transaction != Some(TransactionId(id)) {
                continue;
            }
            own.reads
                .extend(reply.reads.iter().map(|it| (it.row, it.version, place)));
            own.writes.extend(
                reply
                    .writes
                    .iter()
                    .map(|it| (it.row, it.before, it.after, place)),
            );
            own.searched.extend(
                reply
                    .searches
                    .iter()
                    .flat_map(|it| it.matching.iter().copied()),
            );
        }
        all.push(own);
    }
    all
}

/// `later` put a version in the place of one that `earlier` made.
fn wrote_over(earlier: &Deeds, later: &Deeds) -> bool {
    later.writes.iter().any(|(_, before, ..)| {
        before.is_some()
            && earlier
                .writes
                .iter()
                .any(|(_, _, after, _)| after == before)
    })
}

/// `reader` read a version that `writer` made.
fn read_from(writer: &Deeds, reader: &Deeds) -> bool {
    reader.reads.iter().any(|(_, version, _)| {
        writer
            .writes
            .iter()
            .any(|(_, _, after, _)| *after == Some(*version))
    })
}

/// `writer` wrote a row after the version of it that `reader` read, or a row that a search of `reader` looked for.
fn missed(reader: &Deeds, writer: &Deeds) -> bool {
    let by_row = reader.reads.iter().any(|(row, version, _)| {
        writer.writes.iter().any(|(other, before, after, _)| {
            // Versions are numbered in the order of their making.
            row == other && before.is_some_and(|it| it >= *version) && *after != Some(*version)
        })
    });
    by_row || concerns_search(writer, reader)
}

/// `writer` changed a row that a search of `reader` would have found before or after.
fn concerns_search(writer: &Deeds, reader: &Deeds) -> bool {
    let mut versions = writer.writes.iter().flat_map(|it| [it.1, it.2]).flatten();
    versions.any(|it| reader.searched.contains(&it))
}

/// Whether what a name says did happen: its textbook definition, on the trace.
fn is_so(name: AnomalyName, run: &Run, level: IsolationLevel) -> bool {
    let all = deeds(run);
    let pairs = || {
        all.iter().enumerate().flat_map(|(one, a)| {
            let others = all
                .iter()
                .enumerate()
                .filter(move |(other, _)| *other != one);
            others.map(move |(_, b)| (a, b))
        })
    };
    let depends = |one: &Deeds, other: &Deeds| {
        wrote_over(one, other) || read_from(one, other) || concerns_search(one, other)
    };
    // Who comes after whom, over others.
    let reaches = |from: usize, to: usize, also_missed: bool| {
        let mut seen = vec![from];
        let mut at = 0;
        while at < seen.len() {
            for next in 0..all.len() {
                let (a, b) = (&all[seen[at]], &all[next]);
                if !seen.contains(&next) && (depends(a, b) || also_missed && missed(a, b)) {
                    seen.push(next);
                }
            }
            at += 1;
        }
        seen.contains(&to)
    };
    match name {
        // r1[x] ... w2[x] ... w1[x]
        AnomalyName::LostUpdate => pairs().any(|(one, other)| {
            one.reads.iter().any(|(row, version, _)| {
                let own = one
                    .writes
                    .iter()
                    .filter(|it| it.0 == *row)
                    .map(|it| it.3)
                    .max();
                let others = other.writes.iter().filter(|it| it.0 == *row);
                let between = others
                    .filter(|it| it.2 != Some(*version))
                    .map(|it| it.3)
                    .min();
                own.zip(between).is_some_and(|(own, between)| between < own)
            })
        }),
        // w1[x] ... r2[x] ... (a1, or w1[x] again)
        AnomalyName::DirtyRead => all.iter().any(|reader| {
            reader.reads.iter().any(|(_, version, event)| {
                let committed = all
                    .iter()
                    .find(|it| it.writes.iter().any(|w| w.2 == Some(*version)));
                match committed {
                    Some(writer) => !std::ptr::eq(writer, reader) && writer.end > *event,
                    // Made by nobody who committed: it is the set-up's, or was taken back.
                    None => run.events.iter().any(|other| {
                        matches!(&other.kind, EventKind::Replied(reply)
                            if reply.writes.iter().any(|w| w.after == Some(*version)))
                    }),
                }
            })
        }),
        // w1[x] ... w2[x] ... (c1 or a1)
        AnomalyName::DirtyWrite => pairs().any(|(one, other)| {
            other.writes.iter().any(|(_, before, _, event)| {
                before.is_some()
                    && *event < one.end
                    && one.writes.iter().any(|(_, _, after, _)| after == before)
            })
        }),
        // r1[x] ... w2[x] ... c2 ... r1[x]
        AnomalyName::NonRepeatableRead => all.iter().any(|one| {
            one.reads.iter().any(|(row, version, _)| {
                one.reads
                    .iter()
                    .any(|(other, again, _)| row == other && version != again)
            })
        }),
        // r1[P] ... w2[y in P] ... r1[P]
        AnomalyName::Phantom => pairs().any(|(one, other)| concerns_search(other, one)),
        // One arrow against the others: somebody read before a writer whose work it depends on.
        AnomalyName::ReadSkew => (0..all.len()).any(|one| {
            (0..all.len()).any(|other| {
                one != other && missed(&all[one], &all[other]) && reaches(other, one, false)
            })
        }),
        AnomalyName::WriteSkew => {
            pairs().any(|(one, other)| missed(one, other) && missed(other, one))
        }
        // What is not there because somebody has deleted it and not committed leaves no trace as a version: at the levels
        // that no database has, an answer that no order gives may be all there is.
        AnomalyName::SerializationAnomaly if level < IsolationLevel::ReadCommitted => true,
        AnomalyName::SerializationAnomaly => (0..all.len()).any(|one| {
            (0..all.len())
                .any(|other| one != other && reaches(one, other, true) && reaches(other, one, true))
        }),
        AnomalyName::DoubleProcessing | AnomalyName::SilentOverwrite => false,
    }
}

/// Where brute force over all orders says that there is none, what the verdict names has happened, by the name's own
/// definition and without the verdict's graph; and where brute force finds an order, nothing is named.
#[test]
fn every_name_is_what_its_definition_says() {
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let levels = [
        IsolationLevel::DirtyWrite,
        IsolationLevel::DirtyRead,
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
    ];
    let named = std::cell::RefCell::new(std::collections::BTreeMap::new());
    TestRunner::new_with_rng(config, rng)
        .run(&timeline(), |text| {
            let scenario =
                parse(&text).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
            for level in levels {
                let plan = plan(&scenario, level);
                let run = execute(&plan).unwrap();
                let verdict = judge(&scenario, &plan, &run);
                let committed: Vec<TransactionId> = (0..run.transactions.len())
                    .filter(|&id| run.transactions[id].outcome == Outcome::Committed)
                    .map(TransactionId)
                    .collect();
                let start = Serially::start(&plan).unwrap();
                let serial = some_order(&start, &plan, &run, &committed);
                prop_assert_eq!(
                    verdict.anomalies.is_empty(),
                    serial,
                    "{} at {}",
                    text,
                    level
                );
                for anomaly in &verdict.anomalies {
                    prop_assert!(
                        is_so(anomaly.name, &run, level),
                        "{:?} is not so at {}: {}\n{}",
                        anomaly.name,
                        level,
                        anomaly.sentence,
                        text
                    );
                    // The evidence is of the sessions that are named, and in order.
                    prop_assert!(anomaly.evidence.windows(2).all(|pair| pair[0] < pair[1]));
                    for event in &anomaly.evidence {
                        let session = run.events[*event].session;
                        prop_assert!(
                            anomaly.sessions.contains(&session),
                            "{:?}: {} is not among {:?}\n{}",
                            anomaly.name,
                            session.0,
                            anomaly.sessions,
                            text
                        );
                    }
                    *named.borrow_mut().entry(anomaly.name).or_insert(0) += 1;
                }
            }
            Ok(())
        })
        .unwrap();
    let named = named.into_inner();
    for name in [
        AnomalyName::LostUpdate,
        AnomalyName::DirtyWrite,
        AnomalyName::DirtyRead,
        AnomalyName::NonRepeatableRead,
        AnomalyName::Phantom,
        AnomalyName::ReadSkew,
        AnomalyName::WriteSkew,
    ] {
        assert!(
            named.get(&name).is_some_and(|count| *count > 4),
            "{named:?}"
        );
    }
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
