//! Strategies: how plain transactions, as drawn, are guarded.
//!
//! A strategy is a pure function from a [`Scenario`] to a [`Plan`]: the statements that each session really sends and
//! what its client does on a conflict. The plan says of each statement where it came from and why, so that a reader can
//! see both as a difference. A strategy that cannot express what was drawn leaves it and says so; it never changes the
//! meaning silently. One file a strategy.

mod atomic;
mod build;
mod by_key;
mod difference;
mod draft;
mod drawn;
mod keys;
mod locking;
mod none;
mod optimistic;
mod pessimistic;
mod plan;
mod tables;
mod transactions;
mod version;

#[cfg(test)]
mod tests;

pub use difference::difference;

pub use plan::{Dropped, Origin, Plan, PlannedAction, PlannedStep, RowCheck};

use crate::scenario::{OnConflict, Scenario};
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
    /// One of each strategy, with the options it has to begin with, in the order of a picker.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Atomic,
        Self::Optimistic,
        Self::Pessimistic {
            wait: WaitPolicy::Block,
            order: LockOrder::AsDrawn,
        },
    ];

    /// The name, as people say it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Atomic => "atomic statement",
            Self::Optimistic => "optimistic",
            Self::Pessimistic { .. } => "pessimistic",
        }
    }

    /// What it does, in one sentence.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match self {
            Self::None => "Sent as drawn: read, compute, write back.",
            Self::Atomic => {
                "The arithmetic moves into the UPDATE, which computes from the stored value."
            }
            Self::Optimistic => {
                "Each row carries a version; a write goes through only if the version is unchanged."
            }
            Self::Pessimistic { .. } => {
                "The first read of a row to be written locks it (SELECT ... FOR UPDATE)."
            }
        }
    }

    /// What a client does on a conflict unless the scenario says otherwise: under optimistic locking a conflict is the
    /// normal course, so it tries again, three times; elsewhere it tells its user.
    #[must_use]
    pub fn default_on_conflict(&self) -> OnConflict {
        match self {
            Self::Optimistic => OnConflict::Retry { limit: 3 },
            Self::None | Self::Atomic | Self::Pessimistic { .. } => OnConflict::Reject,
        }
    }

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
pub fn plan(scenario: &Scenario) -> Plan {
    let drawn = drawn::Drawn::new(scenario);
    let mut draft = draft::Draft::new(scenario);
    match scenario.strategy {
        Strategy::None => none::apply(&mut draft),
        Strategy::Atomic => atomic::apply(&mut draft, &drawn),
        Strategy::Optimistic => {
            optimistic::apply(&mut draft, &drawn);
            draft.remark_on_earlier_readings(&drawn);
        }
        Strategy::Pessimistic { wait, order } => {
            pessimistic::apply(&mut draft, &drawn, wait, order);
            draft.remark_on_earlier_readings(&drawn);
        }
    }
    if draft.is_as_drawn() && drawn.has_writes() {
        draft.remark(nothing_to_do(scenario.strategy).to_owned());
    }
    draft.finish()
}

/// Why a strategy leaves everything as drawn, where it has nothing else to say.
fn nothing_to_do(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::None => "",
        Strategy::Atomic => {
            "No write computes from a value read before, so there is no arithmetic to move: all is sent as drawn."
        }
        Strategy::Optimistic => {
            "No transaction reads a row before it writes it, so there is no version to compare: all is sent as drawn."
        }
        Strategy::Pessimistic { .. } => {
            "No transaction reads a row unlocked before it writes it, and a write locks its row by itself: all is sent as drawn."
        }
    }
}
