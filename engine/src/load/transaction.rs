//! A transaction under way: its phase, and what it remembers of the rows.

/// What a transaction is about to do when its timer goes off or its wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Wants a connection for an attempt.
    Connect,
    /// Begins an attempt.
    Begin,
    /// Asks for its next lock, before it reads.
    Ask,
    /// Its user begins to think, and gives the connection back.
    Think,
    /// Wants a connection for its write.
    Reconnect,
    /// Writes.
    Write,
    /// Asks for the next lock that its write needs.
    AskToWrite,
    /// Commits.
    Commit,
    /// A reader is done.
    ReadEnd,
    /// Waits for a lock; the timer has it look for a deadlock.
    LookForDeadlock,
    /// Waits for a lock; the timer has it give up.
    GiveUp,
}

/// A transaction under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transaction {
    /// Which arrival it is.
    pub number: u32,
    pub phase: Phase,
    /// The timer that counts; 0: none.
    pub timer: u32,
    /// From 1.
    pub attempt: u32,
    /// How many locks it has.
    pub locked: u32,
    /// Its locks are to be let go.
    pub holds: bool,
    pub writes: bool,
    pub crashes: bool,
    pub comes_again: bool,
    pub hangs: bool,
    /// This is the second time that the request came.
    pub is_duplicate: bool,
    pub connected: bool,
    /// Another writer was in the way of this attempt.
    pub met: bool,
    pub arrived: f64,
    pub begun: f64,
    /// Since when it waits for a lock or a connection.
    pub since: f64,
    /// How long this attempt has waited.
    pub waited: f64,
    pub t: f64,
}

/// A row, as its committed version has it. Its value counts the updates that are in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub version: u32,
    pub value: i64,
    pub stamp: f64,
}

/// What a transaction remembers of a row that it read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub version: u32,
    pub value: i64,
}
