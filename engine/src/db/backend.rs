//! What the server knows of one session.

use super::answer::WaitFor;
use super::exec::{Exec, RowEvent};
use super::settings::Settings;
use super::ssi::SerialId;
use super::xact::{Snapshot, Xid};
use crate::ids::Tick;
use crate::sql::ast::{AccessMode, Deferrable, IsolationLevel, Prepare, Statement};
use std::sync::Arc;

/// The server's side of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Backend {
    /// The transaction that is open, be it that of a single statement.
    pub transaction: Option<Open>,
    /// The statement that waits.
    pub waiting: Option<Waiting>,
    /// The message whose statements are being carried out.
    pub message: Option<Message>,
    /// What the session has set.
    pub settings: Settings,
    /// Prepared statements, by name.
    pub prepared: Vec<(String, Arc<Prepare>)>,
    /// The level of its transactions that do not say otherwise, where it is not the database's.
    pub default_isolation: Option<IsolationLevel>,
    /// Sequences that gave the session a number, with the last.
    pub sequences: Vec<(String, i64)>,
}

impl Backend {
    /// The number of the whole transaction, if it has one.
    #[must_use]
    pub fn top_xid(&self) -> Option<Xid> {
        self.transaction.as_ref().and_then(|open| open.xid)
    }
}

/// Statements that were sent together. Outside of a block they are one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// All of them.
    pub statements: Arc<[Arc<Statement>]>,
    /// The next one.
    pub next: usize,
}

/// An open transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Open {
    /// Its isolation level.
    pub isolation: IsolationLevel,
    /// Whether it may write.
    pub access: AccessMode,
    /// Whether it waits for a safe snapshot.
    pub deferrable: Deferrable,
    /// Its number, once it has written or locked something.
    pub xid: Option<Xid>,
    /// Its savepoints, innermost last.
    pub savepoints: Vec<Savepoint>,
    /// The snapshot of the whole transaction, at the levels that have one, once the first statement has run.
    pub snapshot: Option<Snapshot>,
    /// What SSI knows it as, unless it needs no tracking.
    pub serial: Option<SerialId>,
    /// Whether a query was carried out, after which the level cannot be set any more.
    pub queried: bool,
    /// How many commands it has carried out.
    pub commands: u32,
    /// How it came to be and whether it still can commit.
    pub state: OpenState,
    /// When it began, which is what `now()` says in it.
    pub began: Tick,
    /// Changes whose foreign keys are tested when it commits.
    pub deferred: Vec<RowEvent>,
    /// The settings before it, which a rollback brings back.
    pub settings: Settings,
}

/// A savepoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Savepoint {
    /// Its name.
    pub name: String,
    /// The number of what is done behind it, once something is.
    pub xid: Option<Xid>,
    /// The numbers of savepoints behind it that were released.
    pub released: Vec<Xid>,
    /// The settings at it.
    pub settings: Settings,
    /// How many changes were deferred by then.
    pub deferred: usize,
}

/// How a transaction came to be, and whether it still can commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenState {
    /// Around a single statement; it ends with it.
    Single,
    /// Around statements that were sent together; it ends with them.
    Message,
    /// Begun by `BEGIN`.
    Explicit,
    /// Begun by `BEGIN`, and a statement in it has failed: it, or what is behind its last savepoint, has been rolled back and
    /// waits for the client to say so.
    Failed,
}

/// A statement that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// What it has done so far.
    pub exec: Arc<Exec>,
    /// What it waits for.
    pub for_what: WaitFor,
    /// Since when.
    pub since: Tick,
    /// Whether it has looked for a deadlock.
    pub checked: bool,
}
