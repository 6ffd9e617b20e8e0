//! Each anomaly, and the nearest history that has it not.

use super::toy::Op::{Add, Begin, Commit, Count, Read, Set, SetRead};
use super::toy::{Op, Toy, plan, run};
use crate::sql::ast::IsolationLevel;
use crate::verdict::anomaly::{Scene, name};
use crate::verdict::history::History;
use crate::verdict::serial::{MOST_STATEMENTS, decide};
use crate::verdict::{Anomaly, AnomalyName, CycleClass, Graph, Serial};

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

fn anomalies(ops: &[(usize, Op)], level: IsolationLevel) -> Vec<Anomaly> {
    let plan = plan(ops, level);
    let run = run(ops, level);
    let history = History::of(&run);
    let graph = Graph::of(&run);
    let decision = decide(Toy::new(ops), &plan, &run, &graph, MOST_STATEMENTS);
    if decision.serial != Serial::No {
        return Vec::new();
    }
    let scene = Scene {
        plan: &plan,
        run: &run,
        history: &history,
        graph: &graph,
    };
    let found = name(&scene, decision.never_told);
    for anomaly in &found {
        assert!((2..=4).contains(&anomaly.evidence.len()), "{anomaly:?}");
        assert!(anomaly.evidence.is_sorted());
    }
    found
}

fn names(ops: &[(usize, Op)], level: IsolationLevel) -> Vec<AnomalyName> {
    anomalies(ops, level).iter().map(|it| it.name).collect()
}

fn class(ops: &[(usize, Op)], level: IsolationLevel) -> Vec<CycleClass> {
    let cycles = Graph::of(&run(ops, level)).cycles();
    cycles.iter().map(|cycle| cycle.class).collect()
}

use IsolationLevel::{ReadCommitted, RepeatableRead};

const LOST_UPDATE: [(usize, Op); 8] = [
    (A, Begin),
    (A, Read(0)),
    (B, Begin),
    (B, Read(0)),
    (A, SetRead(0, -1)),
    (A, Commit),
    (B, SetRead(0, -1)),
    (B, Commit),
];

#[test]
fn lost_update() {
    let found = anomalies(&LOST_UPDATE, ReadCommitted);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::LostUpdate);
    assert_eq!(
        found[0].sentence,
        "B overwrote A's update: both read v = 10 of t id = 0, A wrote 9, then B wrote 9; A's update is gone."
    );
    assert_eq!(
        found[0].sessions.iter().map(|s| s.0).collect::<Vec<_>>(),
        [A, B]
    );
    assert_eq!(class(&LOST_UPDATE, ReadCommitted), [CycleClass::GSingle]);
}

#[test]
fn no_lost_update_when_the_second_is_turned_away() {
    assert_eq!(names(&LOST_UPDATE, RepeatableRead), []);
}

#[test]
fn no_lost_update_when_the_arithmetic_is_in_the_update() {
    let atomic = [
        (A, Begin),
        (B, Begin),
        (A, Add(0, -1)),
        (A, Commit),
        (B, Add(0, -1)),
        (B, Commit),
    ];
    assert_eq!(names(&atomic, ReadCommitted), []);
}

#[test]
fn lost_update_of_a_writer_that_never_read() {
    let ops = [
        (B, Begin),
        (B, Read(0)),
        (A, Begin),
        (A, Set(0, 7)),
        (A, Commit),
        (B, SetRead(0, -1)),
        (B, Read(0)),
        (B, Commit),
        (A, Begin),
        (A, Read(0)),
        (A, Commit),
    ];
    // As if A had written first would need B to read 7; as if B first would leave 7.
    let found = anomalies(&ops, ReadCommitted);
    assert_eq!(
        found[0].sentence,
        "B overwrote A's update without having seen it: B read v = 10 of t id = 0, A wrote 7, then B wrote 9; A's update \
         is gone."
    );
}

const TWO_READS: [(usize, Op); 7] = [
    (A, Begin),
    (A, Read(0)),
    (B, Begin),
    (B, Set(0, 7)),
    (B, Commit),
    (A, Read(0)),
    (A, Commit),
];

#[test]
fn non_repeatable_read() {
    let found = anomalies(&TWO_READS, ReadCommitted);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::NonRepeatableRead);
    assert_eq!(
        found[0].sentence,
        "A read v = 10 of t id = 0 and later 7: B changed it in between."
    );
    assert_eq!(names(&TWO_READS, RepeatableRead), []);
}

#[test]
fn a_repeated_read_of_an_equal_value_is_harmless() {
    let mut same = TWO_READS;
    same[3].1 = Set(0, 10);
    assert_eq!(names(&same, ReadCommitted), []);
}

#[test]
fn phantom() {
    let ops = [
        (A, Begin),
        (A, Count),
        (B, Begin),
        (B, Set(0, 3)),
        (B, Commit),
        (A, Count),
        (A, Commit),
    ];
    let found = anomalies(&ops, ReadCommitted);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::Phantom);
    assert_eq!(
        found[0].sentence,
        "A searched t for v >= 5 twice and found 3 rows and then 2: B changed id = 0 in between."
    );
    assert_eq!(names(&ops, RepeatableRead), []);
}

#[test]
fn read_skew() {
    let ops = [
        (A, Begin),
        (A, Read(0)),
        (B, Begin),
        (B, Set(0, 5)),
        (B, Set(1, 15)),
        (B, Commit),
        (A, Read(1)),
        (A, Commit),
    ];
    let found = anomalies(&ops, ReadCommitted);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::ReadSkew);
    assert_eq!(
        found[0].sentence,
        "A saw one half of B's transaction: A read v = 10 of t id = 0, which B then changed to 5, and A read v = 15 of t \
         id = 1, which B had written."
    );
    assert_eq!(names(&ops, RepeatableRead), []);
}

const WRITE_SKEW: [(usize, Op); 8] = [
    (A, Begin),
    (A, Read(0)),
    (B, Begin),
    (B, Read(1)),
    (A, SetRead(1, 1)),
    (B, SetRead(0, 2)),
    (A, Commit),
    (B, Commit),
];

#[test]
fn write_skew() {
    let found = anomalies(&WRITE_SKEW, RepeatableRead);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::WriteSkew);
    assert_eq!(
        found[0].sentence,
        "A and B each decided on what the other then changed: A read v = 10 of t id = 0, which B then changed to 12, and \
         B read v = 10 of t id = 1, which A then changed to 11."
    );
    assert_eq!(class(&WRITE_SKEW, RepeatableRead), [CycleClass::G2Item]);
}

#[test]
fn no_write_skew_one_after_the_other() {
    let mut ops = WRITE_SKEW;
    ops.sort_by_key(|(session, _)| *session);
    assert_eq!(names(&ops, RepeatableRead), []);
    assert_eq!(class(&ops, RepeatableRead), []);
}

#[test]
fn write_skew_on_a_search_is_g2() {
    let ops = [
        (A, Begin),
        (B, Begin),
        (A, Count),
        (B, Count),
        (A, Set(0, 3)),
        (B, Set(1, 3)),
        (A, Commit),
        (B, Commit),
    ];
    assert_eq!(names(&ops, RepeatableRead), [AnomalyName::WriteSkew]);
}

#[test]
fn the_read_only_anomaly_is_a_longer_cycle() {
    // Fekete, O'Neil and O'Neil 2004: without C, A before B would do.
    let ops = [
        (A, Begin),
        (A, Read(0)),
        (A, Read(1)),
        (B, Begin),
        (B, Read(1)),
        (B, SetRead(1, 20)),
        (B, Commit),
        (C, Begin),
        (C, Read(0)),
        (C, Read(1)),
        (C, Commit),
        (A, Set(0, -11)),
        (A, Commit),
    ];
    let found = anomalies(&ops, RepeatableRead);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, AnomalyName::SerializationAnomaly);
    assert_eq!(found[0].sessions.len(), 3);
    let mut without: Vec<_> = ops.to_vec();
    without.retain(|(session, _)| *session != C);
    assert_eq!(names(&without, RepeatableRead), []);
}

#[test]
fn three_who_lose() {
    let mut ops = Vec::new();
    for session in [A, B, C] {
        ops.extend([(session, Begin), (session, Read(0))]);
    }
    for session in [A, B, C] {
        ops.extend([(session, SetRead(0, -1)), (session, Commit)]);
    }
    use AnomalyName::LostUpdate;
    assert_eq!(names(&ops, ReadCommitted), [LostUpdate, LostUpdate]);
}
