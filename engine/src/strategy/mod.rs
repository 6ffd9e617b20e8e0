//! Strategies: how plain transactions, as drawn, are guarded.
//!
//! A strategy is a pure function from a [`Scenario`] to a [`Plan`]: the statements that each session really sends and
//! what its client does on a conflict. The plan says of each statement where it came from and why, so that a reader can
//! see both as a difference. A strategy that cannot express what was drawn leaves it and says so; it never changes the
//! meaning silently. One file a strategy.

mod plan;

pub use plan::{Dropped, Origin, Plan, PlannedAction, PlannedStep, RowCheck};

use crate::scenario::Scenario;
use crate::sql::ast::WaitPolicy;

/// How the transactions of a scenario are guarded, with options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// S1: sent as drawn.
    #[default]
    None,
    /// S3: the arithmetic moves into the `UPDATE`.
    Atomic,
    /// S4: a version column, compared at the write.
    Optimistic,
    /// S5: the first read of a row to be written locks it.
    Pessimistic {
        /// What a locking read does about a row that is locked.
        wait: WaitPolicy,
        /// In which order several rows are locked.
        order: LockOrder,
    },
}

impl Strategy {
    /// The name, as the text form and links have it.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Atomic => "atomic",
            Self::Optimistic => "optimistic",
            Self::Pessimistic { .. } => "pessimistic",
        }
    }
}

/// In which order a transaction locks several rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LockOrder {
    /// As the statements come.
    #[default]
    AsDrawn,
    /// All at the start, by key, so that two transactions cannot wait for each other.
    ByKey,
}

/// What is really sent under the scenario's strategy.
#[must_use]
pub fn plan(_scenario: &Scenario) -> Plan {
    todo!()
}
