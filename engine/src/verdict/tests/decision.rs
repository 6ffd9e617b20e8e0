//! The decision agrees with a check that tries every permutation and knows no graph, no pruning and no memo.

use super::toy::{Op, Toy, plan, run};
use crate::run::{Outcome, Run, TransactionId, told};
use crate::sql::ast::IsolationLevel;
use crate::strategy::Plan;
use crate::verdict::replay::{Replay, job_of, planned, same_tables};
use crate::verdict::serial::{MOST_STATEMENTS, decide, tables};
use crate::verdict::{Graph, Serial};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

fn ops() -> impl Strategy<Value = Vec<(usize, Op)>> {
    let op = prop_oneof![
        3 => (0..3usize).prop_map(Op::Read),
        1 => (0..3usize, 3..7i32).prop_map(|(row, to)| Op::Set(row, to)),
        2 => (0..3usize, -6..2i32).prop_map(|(row, by)| Op::SetRead(row, by)),
        1 => (0..3usize, -6..2i32).prop_map(|(row, by)| Op::Add(row, by)),
        1 => Just(Op::Count),
    ];
    let transaction = prop::collection::vec(op, 1..4).prop_map(|mut ops| {
        ops.insert(0, Op::Begin);
        ops.push(Op::Commit);
        ops
    });
    let session = prop_oneof![
        4 => prop::collection::vec(transaction.clone(), 1),
        1 => prop::collection::vec(transaction, 2),
    ];
    (
        prop::collection::vec(session, 2..5),
        prop::collection::vec(any::<u8>(), 40),
    )
        .prop_map(|(sessions, order)| {
            let mut left: Vec<Vec<Op>> = sessions.into_iter().map(|ops| ops.concat()).collect();
            let mut mixed = Vec::new();
            for pick in order.into_iter().cycle() {
                let ready: Vec<usize> = (0..left.len()).filter(|&s| !left[s].is_empty()).collect();
                let Some(&session) = ready.get(usize::from(pick) % ready.len().max(1)) else {
                    break;
                };
                mixed.push((session, left[session].remove(0)));
            }
            mixed
        })
}

/// Every order of the transactions that keeps each session's own.
fn orders(lanes: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut done = vec![0; lanes.len()];
    fn go(
        lanes: &[Vec<usize>],
        done: &mut Vec<usize>,
        so_far: &mut Vec<usize>,
        all: &mut Vec<Vec<usize>>,
    ) {
        let before = all.len();
        let mut last = true;
        for lane in 0..lanes.len() {
            if done[lane] < lanes[lane].len() {
                last = false;
                so_far.push(lanes[lane][done[lane]]);
                done[lane] += 1;
                go(lanes, done, so_far, all);
                done[lane] -= 1;
                so_far.pop();
            }
        }
        if last {
            assert_eq!(before, all.len());
            all.push(so_far.clone());
        }
    }
    go(lanes, &mut done, &mut Vec::new(), &mut all);
    all
}

fn brute_force(start: &Toy, plan: &Plan, run: &Run) -> bool {
    let mut lanes = vec![Vec::new(); plan.sessions.len()];
    for (id, about) in run.transactions.iter().enumerate() {
        if about.outcome == Outcome::Committed {
            lanes[about.session.0].push(id);
        }
    }
    orders(&lanes).iter().any(|order| {
        let mut world = start.clone();
        let same = order.iter().all(|&id| {
            let job = job_of(run, TransactionId(id));
            for result in &job.known {
                world.remember(job.session, result);
            }
            world.perform(plan, job.session, &job.steps, &|_| true) == told(run, TransactionId(id))
        });
        same && same_tables(&world.tables(), &run.tables)
    })
}

/// Whether neither dependencies nor the sessions' own orders run in a circle.
fn acyclic(run: &Run, graph: &Graph) -> bool {
    let session = |id: &TransactionId| run.transactions[id.0].session;
    let mut own_order = Vec::new();
    for (place, &later) in graph.nodes.iter().enumerate() {
        let earlier = graph.nodes[..place]
            .iter()
            .rfind(|id| session(id) == session(&later));
        own_order.extend(earlier.map(|&earlier| (earlier, later)));
    }
    graph.components_with(&own_order).len() == graph.nodes.len()
}

#[test]
fn every_permutation_agrees() {
    let seed = [7; 32];
    let config = ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut counts = [0, 0, 0];
    let levels = [
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
    ];
    TestRunner::new_with_rng(config, rng)
        .run(&ops(), |ops| {
            for level in levels {
                let plan = plan(&ops, level);
                let run = run(&ops, level);
                let start = Toy::new(&ops);
                let graph = Graph::of(&run);
                let decision = decide(start.clone(), &plan, &run, &graph, MOST_STATEMENTS);
                let expected = brute_force(&start, &plan, &run);
                match &decision.serial {
                    Serial::Yes(order) => {
                        prop_assert!(expected);
                        prop_assert_eq!(order.len(), graph.nodes.len());
                    }
                    Serial::No => prop_assert!(!expected),
                    Serial::Undecided => prop_assert!(false, "so small a run is decided"),
                }
                if acyclic(&run, &graph) {
                    prop_assert!(expected, "without a cycle there is a serial order");
                }
            }
            Ok(())
        })
        .unwrap();
    // The cases must not all be of one kind.
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed),
    );
    for _ in 0..300 {
        let ops = ops().new_tree(&mut runner).unwrap().current();
        let run = run(&ops, levels[0]);
        let graph = Graph::of(&run);
        let serial = decide(
            Toy::new(&ops),
            &plan(&ops, levels[0]),
            &run,
            &graph,
            MOST_STATEMENTS,
        )
        .serial;
        let kind = match (serial, graph.cycles().is_empty()) {
            (Serial::No, _) => 0,
            (_, true) => 1,
            (_, false) => 2,
        };
        counts[kind] += 1;
    }
    assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
}

#[test]
fn all_final_tables_are_found() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[8; 32]),
    );
    for _ in 0..500 {
        let ops = ops().new_tree(&mut runner).unwrap().current();
        let plan = plan(&ops, IsolationLevel::ReadCommitted);
        let jobs = planned(&plan);
        let mut number = 0;
        let lanes: Vec<Vec<usize>> = jobs
            .iter()
            .map(|lane| {
                lane.iter()
                    .map(|_| {
                        number += 1;
                        number - 1
                    })
                    .collect()
            })
            .collect();
        let jobs = jobs.concat();
        let mut expected: Vec<Vec<i32>> = orders(&lanes)
            .iter()
            .map(|order| {
                let mut world = Toy::new(&ops);
                for &job in order {
                    world.perform(&plan, jobs[job].session, &jobs[job].steps, &|_| true);
                }
                world.rows
            })
            .collect();
        expected.sort();
        expected.dedup();
        assert_eq!(
            tables(Toy::new(&ops), &plan, usize::MAX).len(),
            expected.len()
        );
    }
}

#[test]
fn too_many_orders_are_undecided() {
    // What they do is blind, so that no order is given up early.
    let mut ops = Vec::new();
    for session in 0..6 {
        for _ in 0..60 {
            ops.push((session, Op::Begin));
            ops.push((session, Op::Set(session % 3, (session * 7) as i32)));
            ops.push((session, Op::Commit));
        }
    }
    let plan = plan(&ops, IsolationLevel::ReadCommitted);
    let mut run = run(&ops, IsolationLevel::ReadCommitted);
    let graph = Graph::of(&run);
    assert!(matches!(
        decide(Toy::new(&ops), &plan, &run, &graph, MOST_STATEMENTS).serial,
        Serial::Yes(_)
    ));
    // A final table that cannot be.
    run.tables[0].rows.pop();
    assert_eq!(
        decide(Toy::new(&ops), &plan, &run, &graph, MOST_STATEMENTS).serial,
        Serial::Undecided
    );
}
