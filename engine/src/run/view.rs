//! A run at a position: the tables, the locks and what each session is doing, after so many events.

use super::{EventKind, LockTarget, Run, TransactionId, Wait};
use crate::db::Row;
use crate::ids::{RowId, SessionId};
use crate::sql::ast::RowLock;

/// A run at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The tables.
    pub tables: Vec<TableView>,
    /// Row locks held, in the order of their taking.
    pub locks: Vec<LockView>,
    /// What each session is doing.
    pub sessions: Vec<SessionStatus>,
}

/// A table at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<RowView>,
}

/// A row at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// Which.
    pub id: RowId,
    /// Its committed values; `None` while it has been inserted and that is not committed.
    pub committed: Option<Row>,
    /// A change that is not committed.
    pub status: RowStatus,
}

/// A change of a row that is not committed.
#[derive(Clone, Debug, PartialEq)]
pub enum RowStatus {
    /// None.
    Settled,
    /// This session has written these values and not committed.
    Written(SessionId, Row),
    /// This session has deleted it and not committed.
    Deleted(SessionId),
}

/// A row lock that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockView {
    /// Who holds it.
    pub session: SessionId,
    /// What is locked.
    pub target: LockTarget,
    /// How strongly.
    pub strength: RowLock,
}

/// What a session is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SessionStatus {
    /// Nothing.
    #[default]
    Idle,
    /// It has a transaction open.
    InTransaction(TransactionId),
    /// Its statement waits.
    Waiting(Wait),
}

/// The view after the first `position` events.
#[must_use]
pub fn view_at(run: &Run, position: usize) -> View {
    let mut view = View {
        tables: run.initial.iter().map(initial_table).collect(),
        locks: Vec::new(),
        sessions: vec![
            SessionStatus::Idle;
            run.events
                .iter()
                .map(|event| event.session.0 + 1)
                .max()
                .unwrap_or(0)
        ],
    };
    for (index, event) in run.events.iter().enumerate().take(position) {
        let session = event.session;
        let inside = event
            .transaction
            .map_or(SessionStatus::Idle, SessionStatus::InTransaction);
        match &event.kind {
            EventKind::Blocked(wait) => {
                view.sessions[session.0] = SessionStatus::Waiting(wait.clone())
            }
            EventKind::Replied(reply) => {
                view.sessions[session.0] = inside;
                for write in &reply.writes {
                    if let Some(table) = view
                        .tables
                        .iter_mut()
                        .find(|table| table.name == write.table)
                    {
                        let status = match &write.new {
                            Some(new) => RowStatus::Written(session, new.clone()),
                            None => RowStatus::Deleted(session),
                        };
                        match table.rows.iter_mut().find(|row| row.id == write.row) {
                            Some(row) => row.status = status,
                            None => table.rows.push(RowView {
                                id: write.row,
                                committed: None,
                                status,
                            }),
                        }
                    }
                }
                for lock in &reply.locked {
                    let lock = LockView {
                        session,
                        target: lock.target.clone(),
                        strength: lock.strength,
                    };
                    view.locks
                        .retain(|held| held.session != session || held.target != lock.target);
                    view.locks.push(lock);
                }
                let last = event
                    .transaction
                    .is_some_and(|id| run.transactions[id.0].last == index);
                match reply.tag.as_str() {
                    "COMMIT" => view.end(session, Ending::Commit),
                    "ROLLBACK" => view.end(session, Ending::Rollback),
                    _ if last && reply.tag != "BEGIN" => view.end(session, Ending::Commit),
                    _ => {}
                }
            }
            EventKind::Failed(_) => {
                view.end(session, Ending::Rollback);
                view.sessions[session.0] = inside;
            }
            _ => {}
        }
    }
    view
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Commit,
    Rollback,
}

impl View {
    /// A session's transaction ends.
    fn end(&mut self, session: SessionId, ending: Ending) {
        self.sessions[session.0] = SessionStatus::Idle;
        self.locks.retain(|lock| lock.session != session);
        for table in &mut self.tables {
            for row in &mut table.rows {
                match &row.status {
                    RowStatus::Written(who, values) if *who == session => {
                        if ending == Ending::Commit {
                            row.committed = Some(values.clone());
                        }
                        row.status = RowStatus::Settled;
                    }
                    RowStatus::Deleted(who) if *who == session => {
                        if ending == Ending::Commit {
                            row.committed = None;
                        }
                        row.status = RowStatus::Settled;
                    }
                    _ => {}
                }
            }
            table
                .rows
                .retain(|row| row.committed.is_some() || row.status != RowStatus::Settled);
        }
    }
}

fn initial_table(table: &super::TableState) -> TableView {
    let rows = table.ids.iter().zip(&table.rows);
    TableView {
        name: table.name.clone(),
        columns: table.columns.clone(),
        rows: rows
            .map(|(id, row)| RowView {
                id: *id,
                committed: Some(row.clone()),
                status: RowStatus::Settled,
            })
            .collect(),
    }
}
