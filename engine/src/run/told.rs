//! What a client was told: the part of a run that its transaction can act on.

use super::{EventKind, Outcome, Run, TransactionId};
use crate::db::{RowSet, SqlError};

/// What a transaction was told, in order, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// The answers.
    pub answers: Vec<Answer>,
    /// How it ended.
    pub outcome: Outcome,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Result rows, in the order in which they came.
    Rows(RowSet),
    /// A command tag.
    Tag(String),
    /// An error.
    Error(SqlError),
    /// Whether the client's own check held.
    Require(bool),
}

/// What a transaction of a run was told.
#[must_use]
pub fn told(run: &Run, id: TransactionId) -> Told {
    let transaction = &run.transactions[id.0];
    let events = run
        .events
        .get(transaction.first..=transaction.last)
        .unwrap_or_default();
    let answers = events
        .iter()
        .filter(|event| event.transaction == Some(id))
        .filter_map(|event| match &event.kind {
            EventKind::Replied(reply) => Some(match &reply.rows {
                Some(rows) => Answer::Rows(rows.clone()),
                None => Answer::Tag(reply.tag.clone()),
            }),
            EventKind::Failed(error) => Some(Answer::Error(error.clone())),
            EventKind::RequireHeld { .. } => Some(Answer::Require(true)),
            EventKind::RequireFailed { .. } => Some(Answer::Require(false)),
            _ => None,
        });
    Told {
        answers: answers.collect(),
        outcome: transaction.outcome.clone(),
    }
}
