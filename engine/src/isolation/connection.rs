//! The driver's connections: messages of several statements go in, replies come out, and the clock moves.
//!
//! This is the only place that knows how the database is asked. A message is what libpq's simple protocol sends: all of a
//! block's statements at once; the first that fails ends it.

use crate::db::answer::Answer;
use crate::db::{Batch, BatchEnd, Database, SqlError};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::{IsolationLevel, Statement};
use std::sync::Arc;

/// What came back for a message.
#[derive(Debug, Default)]
pub struct Reply {
    /// Of the statements that were carried out.
    pub answers: Vec<Answer>,
    /// Of the one that was not.
    pub error: Option<SqlError>,
    /// Whether the early notices were told.
    heard: bool,
}

impl Reply {
    /// The notices that libpq hands on before it has the first result. It looks one message further than a result goes
    /// (`pqParseInput3`), so that those of a second statement without rows are among them; the notices of a statement with
    /// rows come after the description of the rows. They are returned once.
    pub fn early_notices(&mut self) -> Vec<String> {
        if self.heard {
            return Vec::new();
        }
        self.heard = true;
        let first = self.answers.first().map(|answer| answer.notices.clone());
        let mut notices = first.unwrap_or_default();
        notices.extend(self.notices_after(0));
        notices
    }

    /// The notices that come before the result of the statement at a place is printed, but for the early ones.
    pub fn notices_before(&self, place: usize) -> Vec<String> {
        if place == 0 {
            return Vec::new();
        }
        let answer = &self.answers[place];
        let own = answer.rows.as_ref().map(|_| answer.notices.clone());
        let mut notices = own.unwrap_or_default();
        notices.extend(self.notices_after(place));
        notices
    }

    /// Those that come at once behind the result of a statement.
    fn notices_after(&self, place: usize) -> Vec<String> {
        match self.answers.get(place + 1) {
            Some(next) if next.rows.is_none() => next.notices.clone(),
            _ => Vec::new(),
        }
    }
}

/// The database with a connection for each session of the spec, and one that controls.
pub struct Server {
    database: Database,
    connections: Vec<Connection>,
}

#[derive(Default)]
struct Connection {
    reply: Reply,
    busy: bool,
}

impl Server {
    /// Connects the sessions of these names, and the control connection after them.
    pub fn connect(mut names: Vec<String>) -> Self {
        names.push("control connection".to_owned());
        Self {
            connections: names.iter().map(|_| Connection::default()).collect(),
            database: Database::new(&names, IsolationLevel::ReadCommitted),
        }
    }

    /// The connection that runs the spec's setups and teardown.
    pub fn control(&self) -> usize {
        self.connections.len() - 1
    }

    /// Milliseconds since the start.
    pub fn clock(&self) -> u64 {
        self.database.clock().0
    }

    /// Sends a message. The connection must not be busy.
    pub fn send(&mut self, connection: usize, message: &[Statement]) {
        self.connections[connection] = Connection {
            reply: Reply::default(),
            busy: true,
        };
        let message = message.iter().cloned().map(Arc::new).collect();
        let batch = self.database.send(SessionId(connection), message);
        self.progressed(connection, batch);
        self.wake();
        self.pass(1);
    }

    /// Whether a message is still being worked at.
    pub fn is_busy(&self, connection: usize) -> bool {
        self.connections[connection].busy
    }

    /// Whether a connection waits for a session of the spec, as `pg_isolation_test_session_is_blocked` finds out.
    pub fn is_blocked(&self, connection: usize) -> bool {
        let blockers = self.database.blockers(SessionId(connection));
        blockers.iter().any(|blocker| blocker.0 != self.control())
    }

    /// What has come back for the last message.
    pub fn reply(&mut self, connection: usize) -> &mut Reply {
        &mut self.connections[connection].reply
    }

    /// The same, taken.
    pub fn take_reply(&mut self, connection: usize) -> Reply {
        std::mem::take(&mut self.connections[connection].reply)
    }

    /// Waits for the reply, at most so many milliseconds.
    pub fn wait(&mut self, connection: usize, milliseconds: u64) {
        let end = self.clock() + milliseconds;
        while self.is_busy(connection) && self.clock() < end {
            self.go_to_next_timer(end);
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, milliseconds: u64) {
        let end = self.clock() + milliseconds;
        while self.clock() < end {
            self.go_to_next_timer(end);
        }
    }

    /// Cancels what a connection waits in; `false` where it waits for nothing.
    pub fn cancel(&mut self, connection: usize) -> bool {
        let cancelled = self.database.cancel(SessionId(connection));
        let found = cancelled.is_some();
        if let Some(batch) = cancelled {
            self.progressed(connection, batch);
            self.wake();
        }
        found
    }

    /// Whether anything will happen by itself.
    pub fn is_still(&self) -> bool {
        self.database.next_timer().is_none()
    }

    /// Moves the clock to the next timer, which goes off, or to `end` where none comes before.
    fn go_to_next_timer(&mut self, end: u64) {
        match self.database.next_timer() {
            Some((at, session)) if at.0 <= end => {
                self.database.set_clock(at);
                if let Some(batch) = self.database.fire_timer(session) {
                    self.progressed(session.0, batch);
                }
                self.wake();
            }
            _ => self.database.set_clock(Tick(end)),
        }
    }

    /// Lets those go on whose waits are over.
    fn wake(&mut self) {
        while let Some(session) = self.database.take_woken() {
            if let Some(batch) = self.database.resume(session) {
                self.progressed(session.0, batch);
            }
        }
    }

    fn progressed(&mut self, connection: usize, batch: Batch) {
        let of = &mut self.connections[connection];
        of.reply.answers.extend(batch.answers);
        match batch.end {
            BatchEnd::Waiting(_) => {}
            BatchEnd::Done => of.busy = false,
            BatchEnd::Failed(error) => {
                of.reply.error = Some(error);
                of.busy = false;
            }
        }
    }
}
