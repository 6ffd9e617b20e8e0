//! A toy database and the runs it makes.
//!
//! One table `t (id, v)` of three rows, row locks for writers, and either a snapshot for every statement or one for the
//! transaction. It shares no code with the real one; only the trace that it writes has the same form.

use crate::db::{Database, Row, RowSet, TupleId, Value};
use crate::ids::{RowId, SessionId, Tick};
use crate::run::*;
use crate::scenario::{OnConflict, Session, Sql};
use crate::sql::ast::IsolationLevel;
use crate::strategy::{ClientPlan, Origin, Plan, PlannedAction, PlannedStep, RowCheck};
use crate::verdict::replay::Replay;

pub const ROWS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Begin,
    /// Reads a row into the client's variable.
    Read(usize),
    /// Writes a constant.
    Set(usize, i32),
    /// Writes the client's variable and something.
    SetRead(usize, i32),
    /// Adds to what is there.
    Add(usize, i32),
    /// Counts rows with 5 and more.
    Count,
    Commit,
}

impl Op {
    fn sql(self) -> String {
        match self {
            Self::Begin => "BEGIN".to_owned(),
            Self::Read(row) => format!("SELECT v FROM t WHERE id = {row}"),
            Self::Set(row, to) => format!("UPDATE t SET v = {to} WHERE id = {row}"),
            Self::SetRead(row, by) => format!("UPDATE t SET v = :v + {by} WHERE id = {row}"),
            Self::Add(row, by) => format!("UPDATE t SET v = v + {by} WHERE id = {row}"),
            Self::Count => "SELECT count(*) FROM t WHERE v >= 5".to_owned(),
            Self::Commit => "COMMIT".to_owned(),
        }
    }

    fn target(self) -> Option<usize> {
        match self {
            Self::Set(row, _) | Self::SetRead(row, _) | Self::Add(row, _) => Some(row),
            _ => None,
        }
    }
}

/// Transactions one after the other.
#[derive(Clone)]
pub struct Toy {
    pub ops: Vec<Op>,
    pub rows: Vec<i32>,
    pub variables: Vec<i32>,
}

impl Toy {
    pub fn new(ops: &[(usize, Op)]) -> Self {
        Self {
            ops: ops.iter().map(|(_, op)| *op).collect(),
            rows: vec![10; ROWS],
            variables: vec![0; 8],
        }
    }
}

impl Replay for Toy {
    fn perform(
        &mut self,
        _: &Plan,
        session: SessionId,
        steps: &[PlannedId],
        goes_on: &dyn Fn(&[Answer]) -> bool,
    ) -> Told {
        let variable = &mut self.variables[session.0];
        let mut answers = Vec::new();
        for step in steps {
            let op = self.ops[step.0];
            let answer = match op {
                Op::Read(row) => {
                    *variable = self.rows[row];
                    one("v", *variable)
                }
                Op::Count => one(
                    "count",
                    self.rows.iter().filter(|v| **v >= 5).count() as i32,
                ),
                Op::Begin => Answer::Tag("BEGIN".to_owned()),
                Op::Commit => Answer::Tag("COMMIT".to_owned()),
                write => {
                    let row = write.target().unwrap();
                    self.rows[row] = written(write, self.rows[row], *variable);
                    Answer::Tag("UPDATE 1".to_owned())
                }
            };
            answers.push(answer);
            if !goes_on(&answers) {
                break;
            }
        }
        Told {
            answers,
            outcome: Outcome::Committed,
        }
    }

    fn remember(&mut self, session: SessionId, result: &RowSet) {
        if let ([column], [row]) = (&result.columns[..], &result.rows[..])
            && let ("v", [Value::Int(v)]) = (column.as_str(), &row[..])
        {
            self.variables[session.0] = *v;
        }
    }

    fn tables(&self) -> Vec<TableState> {
        tables(&self.rows)
    }

    fn contents(&self) -> Vec<Vec<Row>> {
        vec![tables(&self.rows).remove(0).rows]
    }
}

fn one(column: &str, value: i32) -> Answer {
    Answer::Rows(RowSet {
        columns: vec![column.to_owned()],
        rows: vec![vec![Value::Int(value)].into()],
    })
}

fn written(op: Op, old: i32, variable: i32) -> i32 {
    match op {
        Op::Set(_, to) => to,
        Op::SetRead(_, by) => variable + by,
        Op::Add(_, by) => old + by,
        _ => old,
    }
}

fn row(id: usize, v: i32) -> Row {
    vec![Value::Int(id as i32), Value::Int(v)].into()
}

fn tables(rows: &[i32]) -> Vec<TableState> {
    vec![TableState {
        name: "t".to_owned(),
        columns: vec!["id".to_owned(), "v".to_owned()],
        rows: rows.iter().enumerate().map(|(id, &v)| row(id, v)).collect(),
        ids: (0..rows.len()).map(RowId).collect(),
    }]
}

pub fn plan(ops: &[(usize, Op)], isolation: IsolationLevel) -> Plan {
    let sessions = 1 + ops.iter().map(|(session, _)| *session).max().unwrap_or(0);
    Plan {
        sessions: ["A", "B", "C", "D", "E", "F"][..sessions]
            .iter()
            .map(|name| Session::new(name))
            .collect(),
        clients: vec![ClientPlan::plain(isolation, OnConflict::Reject); sessions],
        lock_escalation: None,
        setup: Vec::new(),
        setup_changed: Vec::new(),
        steps: ops
            .iter()
            .enumerate()
            .map(|(at, (session, op))| PlannedStep {
                session: SessionId(*session),
                at: Tick(at as u64),
                action: PlannedAction::Sql {
                    sql: Sql::parse(&op.sql()).unwrap(),
                    check: RowCheck::Any,
                },
                origin: Origin::Drawn(crate::ids::StepId(at)),
            })
            .collect(),
        dropped: Vec::new(),
        isolation,
        on_conflict: OnConflict::Reject,
        remarks: Vec::new(),
    }
}

struct Version {
    row: usize,
    v: i32,
    /// `None`: the set-up.
    by: Option<usize>,
}

struct Maker<'a> {
    ops: &'a [(usize, Op)],
    isolation: IsolationLevel,
    versions: Vec<Version>,
    events: Vec<Event>,
    transactions: Vec<Transaction>,
    /// For each session the transaction it is in.
    current: Vec<Option<usize>>,
    variables: Vec<i32>,
    /// For each transaction how many events there were when its snapshot was taken.
    snapshots: Vec<Option<usize>>,
}

/// Carries the steps out in their order; one that has to wait is put off, and where all wait one is rolled back.
pub fn run(ops: &[(usize, Op)], isolation: IsolationLevel) -> Run {
    let mut maker = Maker {
        ops,
        isolation,
        versions: (0..ROWS)
            .map(|row| Version {
                row,
                v: 10,
                by: None,
            })
            .collect(),
        events: Vec::new(),
        transactions: Vec::new(),
        current: vec![None; 8],
        variables: vec![0; 8],
        snapshots: Vec::new(),
    };
    let mut left: Vec<usize> = (0..ops.len()).collect();
    while !left.is_empty() {
        let next = (0..left.len()).find(|&place| {
            let session = ops[left[place]].0;
            let first = left[..place].iter().all(|&step| ops[step].0 != session);
            first && !maker.blocked(left[place])
        });
        let place = next.unwrap_or(0);
        let session = ops[left[place]].0;
        let done = next.is_some() && maker.step(left[place]);
        if done {
            left.remove(place);
        } else {
            maker.abort(session);
            let ends = left
                .iter()
                .position(|&step| ops[step] == (session, Op::Commit))
                .unwrap_or(left.len() - 1);
            let gone: Vec<usize> = left[..=ends].to_vec();
            left.retain(|step| !(gone.contains(step) && ops[*step].0 == session));
        }
    }
    maker.finish()
}

impl Maker<'_> {
    fn committed(&self, transaction: usize, before: usize) -> bool {
        let about = &self.transactions[transaction];
        about.outcome == Outcome::Committed && about.last < before
    }

    /// The newest version of a row that a transaction sees.
    fn visible(&self, row: usize, transaction: usize, before: usize) -> usize {
        let sees = |version: &Version| match version.by {
            None => true,
            Some(by) => by == transaction || self.committed(by, before),
        };
        self.versions
            .iter()
            .rposition(|version| version.row == row && sees(version))
            .unwrap()
    }

    fn blocked(&self, step: usize) -> bool {
        let (session, op) = self.ops[step];
        op.target().is_some_and(|row| {
            self.versions.iter().any(|version| {
                version.row == row
                    && version.by.is_some_and(|by| {
                        Some(by) != self.current[session]
                            && self.transactions[by].outcome == Outcome::Open
                    })
            })
        })
    }

    /// Carries a step out; `false` if its transaction has to be rolled back.
    fn step(&mut self, step: usize) -> bool {
        let (session, op) = self.ops[step];
        let start = self.events.len();
        let me = *self.current[session].get_or_insert_with(|| {
            self.transactions.push(Transaction {
                session: SessionId(session),
                number: 0,
                attempt: 1,
                delivery: 0,
                isolation: self.isolation,
                first: start,
                last: start,
                outcome: Outcome::Open,
            });
            self.snapshots.push(None);
            self.transactions.len() - 1
        });
        self.transactions[me].number = (0..me)
            .filter(|&other| self.transactions[other].session.0 == session)
            .count();
        if op != Op::Begin && self.snapshots[me].is_none() {
            self.snapshots[me] = Some(start);
        }
        let before = match self.isolation {
            IsolationLevel::ReadCommitted => start,
            _ => self.snapshots[me].unwrap_or(start),
        };
        let read = |row: usize, version: usize| Read {
            table: "t".to_owned(),
            row: RowId(row),
            key: format!("id = {row}"),
            version: TupleId(version),
        };
        let mut reply = Reply::default();
        match op {
            Op::Begin | Op::Commit => reply.tag = op.sql(),
            Op::Read(row) => {
                let version = self.visible(row, me, before);
                self.variables[session] = self.versions[version].v;
                reply.reads = vec![read(row, version)];
                reply.rows = rows(one("v", self.versions[version].v));
            }
            Op::Count => {
                let seen: Vec<_> = (0..ROWS)
                    .map(|row| (row, self.visible(row, me, before)))
                    .collect();
                let found = seen
                    .into_iter()
                    .filter(|(_, version)| self.versions[*version].v >= 5);
                reply.reads = found.map(|(row, version)| read(row, version)).collect();
                reply.rows = rows(one("count", reply.reads.len() as i32));
                reply.searches = vec![Search {
                    table: "t".to_owned(),
                    condition: "v >= 5".to_owned(),
                    matching: Vec::new(),
                }];
            }
            write => {
                let target = write.target().unwrap();
                let newest = self.visible(target, me, usize::MAX);
                if self.visible(target, me, before) != newest
                    && self.isolation != IsolationLevel::ReadCommitted
                {
                    return false;
                }
                let old = self.versions[newest].v;
                let v = written(write, old, self.variables[session]);
                self.versions.push(Version {
                    row: target,
                    v,
                    by: Some(me),
                });
                reply.tag = "UPDATE 1".to_owned();
                reply.reads = vec![read(target, newest)];
                reply.writes = vec![Write {
                    table: "t".to_owned(),
                    row: RowId(target),
                    key: format!("id = {target}"),
                    before: Some(TupleId(newest)),
                    after: Some(TupleId(self.versions.len() - 1)),
                    old: Some(row(target, old)),
                    new: Some(row(target, v)),
                }];
            }
        }
        for kind in [EventKind::Sent { sql: op.sql() }, EventKind::Replied(reply)] {
            self.transactions[me].last = self.events.len();
            self.events.push(Event {
                at: Tick(step as u64),
                session: SessionId(session),
                transaction: Some(TransactionId(me)),
                step: Some(PlannedId(step)),
                kind,
            });
        }
        if op == Op::Commit {
            self.transactions[me].outcome = Outcome::Committed;
            self.current[session] = None;
        }
        true
    }

    fn abort(&mut self, session: usize) {
        if let Some(me) = self.current[session].take() {
            self.transactions[me].outcome = Outcome::Conflict(Conflict::Version);
        }
    }

    fn finish(mut self) -> Run {
        let found: Vec<TupleId> = (0..self.versions.len())
            .filter(|&version| self.versions[version].v >= 5)
            .map(TupleId)
            .collect();
        for event in &mut self.events {
            if let EventKind::Replied(reply) = &mut event.kind {
                for search in &mut reply.searches {
                    search.matching = found.clone();
                }
            }
        }
        let last: Vec<i32> = (0..ROWS)
            .map(|row| self.versions[self.visible(row, usize::MAX, usize::MAX)].v)
            .collect();
        Run {
            events: self.events,
            transactions: self.transactions,
            initial: tables(&[10; ROWS]),
            tables: tables(&last),
            database: Database::new(&[], self.isolation),
        }
    }
}

fn rows(answer: Answer) -> Option<RowSet> {
    match answer {
        Answer::Rows(rows) => Some(rows),
        _ => None,
    }
}
