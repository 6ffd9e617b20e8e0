//! One schedule: a plan executed on a database, step by step, and what is written down of it.
//!
//! The result is a [`Run`], an ordered list of [`Event`]s. Every view of a run (diagram, rows, locks, verdict, account
//! in words) is a function of the run and a position in it; a position is the number of events that have happened.
//!
//! The clock of the timeline counts milliseconds. A step is sent when it is due and its session is free; a session that
//! waited catches up, one step a millisecond. When nothing is due the clock jumps to the next thing that happens by
//! itself, such as a waiting session that looks for a deadlock.

mod by_hand;
mod client;
pub mod landmarks;
pub mod locks;
mod note;
mod process;
mod recorder;
mod scheduler;
mod serially;
mod told;
mod trace;
mod view;

pub use by_hand::{ByHand, Choice};
pub(crate) use client::{Client, Variables};
pub use locks::execute_logged;
pub use note::{ClientNote, Tone};
pub(crate) use process::ProcessLockState;
pub(crate) use scheduler::{Cause, Stage, fairness, play};
pub use scheduler::{Driven, execute};

pub use serially::Serially;
pub use told::{Answer, Told, told};
pub use trace::*;
pub use view::{Maker, RowStatus, RowView, TableView, Version, VersionEnd, View, view_at};

use crate::db::{Database, SqlError};
use crate::sql::ast::Statement;
use crate::strategy::Plan;

/// A statement of the set-up that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError {
    /// Its place in [`Plan::setup`].
    pub statement: usize,
    /// Why.
    pub error: SqlError,
}

/// A database with the plan's sessions, on which the set-up has run.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn prepare(plan: &Plan) -> Result<Database, SetupError> {
    use crate::db::answer::Progress;
    use crate::ids::SessionId;
    let mut names: Vec<String> = plan
        .sessions
        .iter()
        .map(|session| session.name.clone())
        .collect();
    // The set-up has a session of its own, which the timeline does not see.
    names.push("setup".to_owned());
    let setup = SessionId(plan.sessions.len());
    let mut db = Database::new(&names, plan.isolation);
    for (session, client) in plan.clients.iter().enumerate() {
        if client.isolation != plan.isolation {
            db.set_default_isolation(SessionId(session), client.isolation);
        }
    }
    if let Some(rows) = plan.lock_escalation {
        db.escalate_locks(rows);
    }
    for (statement, entry) in plan.setup.iter().enumerate() {
        match db.submit(setup, &entry.sql.statement) {
            Progress::Done(_) => {}
            Progress::Failed(error) => return Err(SetupError { statement, error }),
            // One session alone waits for nobody.
            Progress::Waiting(_) => {}
        }
    }
    // A set-up that began a transaction and did not end it has done nothing.
    db.submit(setup, &Statement::Rollback);
    Ok(db)
}

/// The committed rows of every table, in key order.
pub(crate) fn tables(db: &Database) -> Vec<TableState> {
    recorder::tables(db)
}

/// What a query gives on the committed tables of a database.
///
/// # Errors
/// What the query fails with.
pub fn ask(db: &Database, query: &Statement) -> Result<RowSet, SqlError> {
    use crate::db::SqlState;
    use crate::db::answer::Progress;
    let mut db = db.clone();
    let asker = db.add_session();
    match db.submit(asker, query) {
        Progress::Done(answer) => Ok(answer.rows.unwrap_or_default()),
        Progress::Failed(error) => Err(error),
        Progress::Waiting(_) => Err(SqlError::new(
            SqlState::LOCK_NOT_AVAILABLE,
            "the query waits for a lock that nobody lets go",
        )),
    }
}
