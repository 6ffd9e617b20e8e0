//! What a client knows and decides: its host variables, where it is in its steps, and what it makes of an answer.

use super::{PlannedId, RowSet, TransactionId};
use crate::collections::Map;
use crate::db::{SqlError, Value};
use crate::ids::{SessionId, Tick};
use crate::scenario::Fault;
use crate::sql::ast::Statement;
use crate::strategy::{Plan, PlannedAction, ProcessCall};
use std::sync::Arc;

/// Host variables: the columns of the last one-row result that had them, or why they have no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Variables {
    values: Map<String, Result<Value, String>>,
}

impl Variables {
    /// A variable's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.values
            .get(name)
            .and_then(|value| value.as_ref().ok())
            .cloned()
    }

    /// Binds the columns of a result, as psql's `\gset` does. Returns what was bound. A result without a row, or with
    /// several, leaves its columns without a value.
    pub fn bind(&mut self, result: &RowSet) -> Vec<(String, Value)> {
        let mut bound = Vec::new();
        for (column, name) in result
            .columns
            .iter()
            .enumerate()
            .filter(|(_, name)| *name != "?column?")
        {
            let value = match result.rows.as_slice() {
                [row] => Ok(row[column].clone()),
                [] => Err("the query that reads it found no row".to_owned()),
                rows => Err(format!(
                    "the query that reads it found {} rows, not one",
                    rows.len()
                )),
            };
            if let Ok(value) = &value {
                bound.push((name.clone(), value.clone()));
            }
            self.values.insert(name.clone(), value);
        }
        bound
    }

    /// Shows each that has a value, to be changed.
    pub fn each_mut(&mut self, visit: &mut dyn FnMut(&str, &mut Value)) {
        for (name, value) in self.values.iter_mut() {
            if let Ok(value) = value {
                visit(name, value);
            }
        }
    }

    /// Keeps those whose names are wanted.
    pub fn retain(&mut self, wanted: &dyn Fn(&str) -> bool) {
        self.values.retain(|name, _| wanted(name));
    }

    /// Why a variable has no value, as a sentence without a full stop.
    #[must_use]
    pub fn why_unbound(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(Err(why)) => format!(":{name} has no value: {why}"),
            _ => format!(":{name} has no value: no earlier query of this session reads it"),
        }
    }
}

/// A client under way.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Client {
    /// Whose.
    pub session: SessionId,
    /// Its steps, in order.
    pub steps: Vec<PlannedId>,
    /// The next of them.
    pub next: usize,
    /// When it can go on.
    pub ready: Tick,
    /// Its host variables.
    pub variables: Variables,
    /// The statement it has sent and not heard of.
    pub pending: Option<Pending>,
    /// The transaction it is in.
    pub current: Option<Current>,
    /// The attempt it is about to make.
    pub retry: Option<Attempt>,
    /// How many transactions it has begun, attempts at the same one not counted.
    pub begun: usize,
    /// The stamp of the process's lock that it noted.
    pub stamp: Option<u64>,
    /// The transaction that ended last, which a fault may have it make again.
    pub last: Option<Attempt>,
    /// Faults that have happened; each happens once.
    pub faults: Vec<PlannedId>,
    /// How often its current request was made before.
    pub delivery: u32,
}

/// A statement that was sent.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Pending {
    pub step: PlannedId,
    pub statement: Arc<Statement>,
    /// What it waited for when last looked at.
    pub wait: Option<super::Wait>,
}

/// The transaction a client is in.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Current {
    pub id: TransactionId,
    pub attempt: Attempt,
}

/// What a client needs to start its transaction again.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// Which of the client's steps begins the transaction.
    pub start: usize,
    /// The variables before it, to which a new attempt goes back.
    pub variables: Variables,
}

impl Client {
    /// A client before its first step.
    pub fn new(session: SessionId, plan: &Plan) -> Self {
        let steps = plan
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.session == session);
        Self {
            steps: steps.map(|(index, _)| PlannedId(index)).collect(),
            ..Self::idle(session)
        }
    }

    /// A client that does nothing.
    pub fn idle(session: SessionId) -> Self {
        Self {
            session,
            steps: Vec::new(),
            next: 0,
            ready: Tick(0),
            variables: Variables::default(),
            pending: None,
            current: None,
            retry: None,
            begun: 0,
            stamp: None,
            last: None,
            faults: Vec::new(),
            delivery: 0,
        }
    }

    /// Forgets what has no effect on what it will do. `used(place, name)`: whether a step from that place on uses a
    /// variable; `again`: whether it may try a transaction again; `twice`: whether a request of its may be made twice.
    pub fn forget(&mut self, used: &dyn Fn(usize, &str) -> bool, again: bool, twice: bool) {
        self.ready = Tick(0);
        if let Some(pending) = &mut self.pending {
            pending.wait = None;
        }
        let over = self.next >= self.steps.len() && self.pending.is_none();
        let next = if over { self.steps.len() } else { self.next };
        self.variables.retain(&|name| used(next, name));
        let current = self.current.as_mut().map(|current| {
            current.id = TransactionId(0);
            &mut current.attempt
        });
        for attempt in current
            .into_iter()
            .chain(&mut self.retry)
            .chain(&mut self.last)
        {
            let wanted = !over && (again || twice);
            let start = attempt.start;
            attempt
                .variables
                .retain(&|name| wanted && used(start, name));
        }
        if over || !twice {
            self.last = None;
        }
        if over {
            self.faults.clear();
            self.stamp = None;
            self.begun = 0;
            self.delivery = 0;
            self.retry = None;
        }
    }

    /// How many steps it has left.
    pub fn left(&self) -> usize {
        self.steps.len().saturating_sub(self.next)
    }

    /// Whether it has sent a statement and not heard of it.
    pub fn is_waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether it makes no step any more.
    pub fn is_over(&self) -> bool {
        self.next >= self.steps.len() && self.pending.is_none()
    }

    /// The next step and when it is due; `None` while it waits for an answer or when it is done.
    pub fn due(&self, plan: &Plan) -> Option<(Tick, PlannedId)> {
        let step = *self
            .steps
            .get(self.next)
            .filter(|_| self.pending.is_none())?;
        Some((plan.steps[step.0].at.max(self.ready), step))
    }

    /// Skips what is left of the transaction that begins at `start`.
    pub fn skip_transaction(&mut self, start: usize, plan: &Plan) {
        let is_call =
            |place: &usize| matches!(self.action(*place, plan), Some(PlannedAction::Process(_)));
        let first = (start..self.steps.len()).find(|place| !is_call(place));
        let begins = first
            .is_some_and(|first| matches!(self.statement(first, plan), Some(Statement::Begin(_))));
        if !begins {
            return self.skip_calls(plan);
        }
        while self.next < self.steps.len() {
            let ends = matches!(
                self.statement(self.next, plan),
                Some(Statement::Commit | Statement::Rollback)
            );
            self.next += 1;
            if ends {
                break;
            }
        }
        self.skip_calls(plan);
    }

    /// Skips the calls that belong to the end of a transaction.
    fn skip_calls(&mut self, plan: &Plan) {
        while matches!(self.action(self.next, plan), Some(PlannedAction::Process(call))
            if matches!(call, ProcessCall::Unlock | ProcessCall::Validate))
        {
            self.next += 1;
        }
    }

    /// Skips to the step after the next `restart`, or to the end.
    pub fn skip_to_restart(&mut self, plan: &Plan) {
        let restart = Some(&PlannedAction::Fault(Fault::Restart));
        while self.next < self.steps.len() && self.action(self.next, plan) != restart {
            self.next += 1;
        }
    }

    fn action<'a>(&self, place: usize, plan: &'a Plan) -> Option<&'a PlannedAction> {
        let step = self.steps.get(place)?;
        Some(&plan.steps[step.0].action)
    }

    /// Where the transaction begins whose first statement has just been taken up: at that, or at the calls on the
    /// process's lock before it.
    pub fn start(&self, plan: &Plan) -> usize {
        let mut start = self.next.saturating_sub(1);
        while start > 0
            && matches!(
                self.action(start - 1, plan),
                Some(PlannedAction::Process(
                    ProcessCall::Lock(_) | ProcessCall::Stamp(_)
                ))
            )
        {
            start -= 1;
        }
        start
    }

    /// Skips everything before the next `BEGIN`.
    pub fn skip_to_block(&mut self, plan: &Plan) {
        while self.next < self.steps.len()
            && !matches!(self.statement(self.next, plan), Some(Statement::Begin(_)))
        {
            self.next += 1;
        }
    }

    /// The statement that one of the client's steps sends.
    fn statement<'a>(&self, place: usize, plan: &'a Plan) -> Option<&'a Statement> {
        match &plan.steps[self.steps[place].0].action {
            PlannedAction::Sql { sql, .. } => Some(&sql.statement),
            _ => None,
        }
    }
}

/// Why a step cannot be sent, or a transaction not go on.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setback {
    /// The server refused.
    Error(SqlError),
    /// An `UPDATE` that names the version it read touched no row.
    VersionConflict,
    /// A `require` or guard did not hold.
    Refused(String),
    /// A host variable has no value.
    Unsendable(String),
    /// A lock that it would not wait for was taken.
    NotGranted,
    /// Somebody wrote under the process's lock since its stamp.
    Stamp,
    /// Its request was carried out before.
    AlreadyDone,
}
