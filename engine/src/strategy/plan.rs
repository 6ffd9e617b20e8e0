//! What is really sent.

use crate::scenario::{OnConflict, Require, Session, SessionId, SetupStatement, Sql, StepId, Tick};
use crate::sql::ast::IsolationLevel;

/// The statements each session would really send, and what its client does on a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The sessions, as in the scenario.
    pub sessions: Vec<Session>,
    /// The set-up, with what the strategy adds to it (a version column).
    pub setup: Vec<SetupStatement>,
    /// Which statements of `setup` differ from the scenario's.
    pub setup_changed: Vec<usize>,
    /// All steps in the order in which they are due; steps of the same time in the order in which they stand here.
    pub steps: Vec<PlannedStep>,
    /// Steps that were drawn and are not sent.
    pub dropped: Vec<Dropped>,
    /// The level of transactions whose `BEGIN` does not name one.
    pub isolation: IsolationLevel,
    /// What each client does on a conflict.
    pub on_conflict: OnConflict,
    /// What the strategy could not do, and the nearest thing it did, as full sentences.
    pub remarks: Vec<String>,
}

/// One step that a session makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// Who.
    pub session: SessionId,
    /// When it is due. It is sent then, or as soon as its session is free.
    pub at: Tick,
    /// What.
    pub action: PlannedAction,
    /// Where it came from.
    pub origin: Origin,
}

/// What a planned step does.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every step is a statement"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedAction {
    /// Sends a statement and looks at what comes back.
    Sql {
        /// The statement, host variables in it.
        sql: Sql,
        /// What the client demands of the number of rows.
        check: RowCheck,
    },
    /// The client's own check.
    Require(Require),
}

/// What a client demands of the number of rows that a statement touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RowCheck {
    /// Nothing.
    #[default]
    Any,
    /// At least one; none is a version conflict (somebody else changed the row since it was read).
    VersionMatched,
    /// At least one; none means that the guard in the `WHERE` clause did not hold, and the client rolls back with this
    /// reason, as a failed `require` does.
    GuardHeld(Option<String>),
}

/// Where a planned step came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// As drawn.
    Drawn(StepId),
    /// Drawn, and changed by the strategy.
    Changed {
        /// The step that was drawn.
        step: StepId,
        /// Why it was changed, as a short sentence.
        why: String,
    },
    /// Added by the strategy.
    Added {
        /// The drawn step it is sent before.
        before: StepId,
        /// Why it was added, as a short sentence.
        why: String,
    },
}

impl Origin {
    /// The drawn step this belongs to.
    #[must_use]
    pub fn step(&self) -> StepId {
        match self {
            Self::Drawn(step) | Self::Changed { step, .. } | Self::Added { before: step, .. } => {
                *step
            }
        }
    }
}

/// A drawn step that the strategy does not send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Which.
    pub step: StepId,
    /// Why, as a short sentence.
    pub why: String,
}
