//! What is really sent.

use super::options::Strategy;
use crate::scenario::{
    Fault, OnConflict, Require, Session, SessionId, SetupStatement, Sql, StepId, Tick,
};
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
    /// What clients do on a conflict unless they have a way of their own.
    pub on_conflict: OnConflict,
    /// Each session's client.
    pub clients: Vec<ClientPlan>,
    /// After how many row locks on one table the database locks the whole table; `None`: never, as in PostgreSQL.
    pub lock_escalation: Option<u32>,
    /// What the strategy could not do, and the nearest thing it did, as full sentences.
    pub remarks: Vec<String>,
}

/// How one session's client behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientPlan {
    /// The strategy that its steps were made with.
    pub strategy: Strategy,
    /// The level of its transactions whose `BEGIN` does not name one.
    pub isolation: IsolationLevel,
    /// What it does on a conflict.
    pub on_conflict: OnConflict,
    /// How many milliseconds it takes after each answer.
    pub slow: u64,
}

impl ClientPlan {
    /// A client of transactions that are sent as drawn.
    #[must_use]
    pub fn plain(isolation: IsolationLevel, on_conflict: OnConflict) -> Self {
        Self {
            strategy: Strategy::None,
            isolation,
            on_conflict,
            slow: 0,
        }
    }
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
    /// Something goes wrong.
    Fault(Fault),
    /// A call on the lock in the process's memory.
    Process(ProcessCall),
}

impl PlannedAction {
    /// What it says: the statement, the condition, the fault, the call.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Sql { sql, .. } => &sql.text,
            Self::Require(require) => &require.text,
            Self::Fault(fault) => fault.as_str(),
            Self::Process(call) => call.as_str(),
        }
    }
}

/// A call on the lock that the threads of one process share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessCall {
    /// Takes it, waiting for it if need be.
    Lock(Hold),
    /// Lets it go.
    Unlock,
    /// Notes the lock's stamp and goes on without it; at a second attempt takes the lock instead.
    Stamp(Hold),
    /// Checks that nobody has held it for writing since the stamp.
    Validate,
    /// Turns the stamp into a write lock, if nobody has held it for writing since and nobody holds it now.
    Convert,
}

/// How a lock in the process's memory is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Alone.
    Write,
    /// With other readers.
    Read,
}

impl ProcessCall {
    /// The call as code has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lock(Hold::Write) => "lock()",
            Self::Lock(Hold::Read) => "readLock().lock()",
            Self::Unlock => "unlock()",
            Self::Stamp(_) => "tryOptimisticRead()",
            Self::Validate => "validate(stamp)",
            Self::Convert => "tryConvertToWriteLock(stamp)",
        }
    }
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
    /// At least one; none means that a newer write is stored already and this one is dropped. The client goes on.
    Newest,
    /// At least one; none means that the request has been carried out before, and the client stops here, content.
    NewRequest,
    /// One row with one `true`; else the lock was not to be had, which is a conflict.
    Granted,
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
        /// The drawn step it is sent before or right after.
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
