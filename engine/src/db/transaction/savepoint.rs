//! Savepoints: set, let go, rolled back to.

use super::tagged;
use crate::db::answer::Answer;
use crate::db::backend::{OpenState, Savepoint};
use crate::db::database::Database;
use crate::db::lock::{LockMode, Owner, Tag};
use crate::db::xact::Xid;
use crate::db::{SqlError, SqlState};
use crate::ids::SessionId;
use crate::sql::ast::Ident;

impl Database {
    fn must_be_in_block(&self, session: SessionId, what: &str) -> Result<(), SqlError> {
        let in_block = matches!(
            self.state(session),
            Some(OpenState::Explicit | OpenState::Failed)
        );
        if in_block {
            return Ok(());
        }
        let message = format!("{what} can only be used in transaction blocks");
        Err(SqlError::new(SqlState::NO_ACTIVE_TRANSACTION, message))
    }

    pub(in crate::db) fn savepoint(
        &mut self,
        session: SessionId,
        name: &Ident,
    ) -> Result<Answer, SqlError> {
        self.must_be_in_block(session, "SAVEPOINT")?;
        let settings = self.backends[session.0].settings.clone();
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.savepoints.push(Savepoint {
                name: name.name.clone(),
                xid: None,
                released: Vec::new(),
                settings,
                deferred: open.deferred.len(),
            });
        }
        Ok(tagged("SAVEPOINT"))
    }

    /// The place of a savepoint among those of the transaction.
    fn place_of(&self, session: SessionId, name: &Ident) -> Result<usize, SqlError> {
        let open = self.backends[session.0].transaction.as_ref();
        open.and_then(|open| {
            open.savepoints
                .iter()
                .rposition(|savepoint| savepoint.name == name.name)
        })
        .ok_or_else(|| {
            let message = format!("savepoint \"{}\" does not exist", name.name);
            SqlError::new(SqlState::INVALID_SAVEPOINT, message).at(name.span)
        })
    }

    pub(in crate::db) fn release_savepoint(
        &mut self,
        session: SessionId,
        name: &Ident,
    ) -> Result<Answer, SqlError> {
        self.must_be_in_block(session, "RELEASE SAVEPOINT")?;
        let place = self.place_of(session, name)?;
        let Some(open) = &mut self.backends[session.0].transaction else {
            return Ok(tagged("RELEASE"));
        };
        let gone = open.savepoints.split_off(place);
        let numbers: Vec<Xid> = gone
            .iter()
            .flat_map(|savepoint| savepoint.released.iter().copied().chain(savepoint.xid))
            .collect();
        if let Some(around) = open.savepoints.last_mut() {
            around.released.extend(&numbers);
        }
        // Who waited for the part alone looks again, and waits for the whole (`XactLockTableDelete`).
        for savepoint in gone.iter().rev() {
            if let Some(xid) = savepoint.xid {
                self.release(session, Tag::Transaction(xid), LockMode::Exclusive);
            }
        }
        let level = place as u32;
        self.locks.hand_over(session, level + 1, level);
        Ok(tagged("RELEASE"))
    }

    pub(in crate::db) fn roll_back_to(
        &mut self,
        session: SessionId,
        name: &Ident,
    ) -> Result<Answer, SqlError> {
        self.must_be_in_block(session, "ROLLBACK TO SAVEPOINT")?;
        let place = self.place_of(session, name)?;
        self.undo_level(session, place);
        let backend = &mut self.backends[session.0];
        if let Some(open) = &mut backend.transaction {
            open.savepoints.truncate(place + 1);
            open.state = OpenState::Explicit;
            if let Some(savepoint) = open.savepoints.last() {
                backend.settings = savepoint.settings.clone();
                open.deferred.truncate(savepoint.deferred);
            }
        }
        Ok(tagged("ROLLBACK"))
    }

    /// Undoes what was done behind a savepoint and lets go what was taken there; the savepoint stays.
    pub(in crate::db) fn undo_level(&mut self, session: SessionId, place: usize) {
        let mut numbers: Vec<Xid> = Vec::new();
        if let Some(open) = &mut self.backends[session.0].transaction {
            for savepoint in &mut open.savepoints[place..] {
                numbers.extend(savepoint.xid.take());
                numbers.append(&mut savepoint.released);
            }
        }
        for xid in numbers {
            self.transactions.abort_sub(xid);
        }
        let level = place as u32 + 1;
        let deep = move |owner| matches!(owner, Owner::Level(of) if of >= level);
        let woken = self.locks.release_all(session, &deep);
        self.woken.extend(woken);
    }

    /// Whether a savepoint is open, to which what is done now may be rolled back.
    pub(in crate::db) fn has_savepoint(&self, session: SessionId) -> bool {
        let open = self.backends[session.0].transaction.as_ref();
        open.is_some_and(|open| !open.savepoints.is_empty())
    }
}
