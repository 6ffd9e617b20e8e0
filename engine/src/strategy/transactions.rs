//! A session's drawn steps, split into transactions.
//!
//! From `BEGIN` to `COMMIT` or `ROLLBACK` (or the end of the timeline) is one; outside such a block every statement
//! commits by itself and is one alone (manual, section 3.4).

use crate::scenario::{Action, Scenario, SessionId, StepId};
use crate::sql::ast::Statement;

/// A transaction as drawn.
#[derive(Clone)]
pub(super) struct Transaction {
    pub session: SessionId,
    pub extent: Extent,
    /// Its steps in order, `BEGIN` and `COMMIT` among them; never empty.
    pub steps: Vec<StepId>,
}

/// How far a transaction reaches, and so for how long its locks are held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// From `BEGIN` to its end.
    Block,
    /// One statement.
    Statement,
}

impl Transaction {
    /// Its `BEGIN`, if it has one.
    pub fn begin(&self) -> Option<StepId> {
        (self.extent == Extent::Block)
            .then(|| self.steps.first().copied())
            .flatten()
    }

    /// Its steps before `step`.
    pub fn before(&self, step: StepId) -> impl DoubleEndedIterator<Item = StepId> {
        self.steps
            .iter()
            .copied()
            .filter(move |other| *other < step)
    }

    /// Its steps after `step`.
    pub fn after(&self, step: StepId) -> impl DoubleEndedIterator<Item = StepId> {
        self.steps
            .iter()
            .copied()
            .filter(move |other| *other > step)
    }

    /// Its steps after `first` and before `last`.
    pub fn between(&self, first: StepId, last: StepId) -> impl DoubleEndedIterator<Item = StepId> {
        self.after(first).filter(move |other| *other < last)
    }
}

/// The statement that a step draws; `None` for a `require`.
pub(super) fn statement(scenario: &Scenario, step: StepId) -> Option<&Statement> {
    match &scenario.timeline[step.0].action {
        Action::Sql(sql) => Some(&sql.statement),
        Action::Require(_) | Action::Fault(_) => None,
    }
}

/// All transactions, session by session, in order.
pub(super) fn transactions(scenario: &Scenario) -> Vec<Transaction> {
    let mut all = Vec::new();
    for session in (0..scenario.sessions.len()).map(SessionId) {
        let mut open: Option<Transaction> = None;
        let steps = (0..scenario.timeline.len())
            .map(StepId)
            .filter(|step| scenario.timeline[step.0].session == session);
        for step in steps {
            let begun = |extent| Transaction {
                session,
                extent,
                steps: vec![step],
            };
            match (&mut open, statement(scenario, step)) {
                (Some(block), drawn) => {
                    block.steps.push(step);
                    if matches!(drawn, Some(Statement::Commit | Statement::Rollback)) {
                        all.extend(open.take());
                    }
                }
                (None, Some(Statement::Begin(_))) => open = Some(begun(Extent::Block)),
                (None, _) => all.push(begun(Extent::Statement)),
            }
        }
        all.extend(open);
    }
    all
}
