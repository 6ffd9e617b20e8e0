//! What the server knows of one session.

use super::answer::WaitFor;
use super::exec::Exec;
use super::xact::{Snapshot, Xid};
use crate::ids::Tick;
use crate::sql::ast::{AccessMode, IsolationLevel};

/// The server's side of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Backend {
    /// The transaction that is open, be it that of a single statement.
    pub transaction: Option<Open>,
    /// The statement that waits.
    pub waiting: Option<Waiting>,
}

/// An open transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Open {
    /// Its isolation level.
    pub isolation: IsolationLevel,
    /// Whether it may write.
    pub access: AccessMode,
    /// Its number, once it has written or locked something.
    pub xid: Option<Xid>,
    /// The snapshot of the whole transaction, at the levels that have one, once the first statement has run.
    pub snapshot: Option<Snapshot>,
    /// How many commands it has carried out.
    pub commands: u32,
    /// How it came to be and whether it still can commit.
    pub state: OpenState,
    /// When it began, which is what `now()` says in it.
    pub began: Tick,
}

/// How a transaction came to be, and whether it still can commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenState {
    /// Around a single statement; it ends with it.
    Implicit,
    /// Begun by `BEGIN`.
    Explicit,
    /// Begun by `BEGIN`, and a statement in it has failed: it has been rolled back and waits for the client to say so.
    Failed,
}

/// A statement that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// What is left to do.
    pub exec: Box<Exec>,
    /// What it waits for.
    pub for_what: WaitFor,
    /// Since when.
    pub since: Tick,
    /// Whether it has looked for a deadlock.
    pub checked: bool,
}
