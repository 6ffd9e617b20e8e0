//! Transactions: how they begin and how they end, and what they put off to their end.

mod eyes;
mod modes;
mod safety;
mod savepoint;

use crate::db::SqlError;
use crate::db::answer::{Answer, Progress};
use crate::db::backend::{Open, OpenState};
use crate::db::database::Database;
use crate::db::exec::RowEvent;
use crate::db::lock::Owner;
use crate::db::settings::Setting;
use crate::db::xact::Fate;
use crate::ids::SessionId;
use crate::sql::ast::{AccessMode, Deferrable, IsolationLevel, TransactionModes};

impl Database {
    pub(in crate::db) fn open(
        &mut self,
        session: SessionId,
        modes: TransactionModes,
        state: OpenState,
    ) {
        let settings = &self.backends[session.0].settings;
        let default = self.default_isolation(session);
        let isolation = settings.isolation().unwrap_or(default);
        let access = if settings.is_on(Setting::DefaultReadOnly) {
            AccessMode::ReadOnly
        } else {
            AccessMode::ReadWrite
        };
        let deferrable = if settings.is_on(Setting::DefaultDeferrable) {
            Deferrable::Yes
        } else {
            Deferrable::No
        };
        let open = Open {
            isolation: modes.isolation.unwrap_or(isolation),
            access: modes.access.unwrap_or(access),
            deferrable: modes.deferrable.unwrap_or(deferrable),
            xid: None,
            savepoints: Vec::new(),
            snapshot: None,
            serial: None,
            queried: false,
            commands: 0,
            state,
            began: self.clock,
            deferred: Vec::new(),
            settings: settings.clone(),
        };
        self.backends[session.0].transaction = Some(open);
    }

    pub(in crate::db) fn state(&self, session: SessionId) -> Option<OpenState> {
        let open = self.backends[session.0].transaction.as_ref();
        open.map(|open| open.state)
    }

    /// Whether no `BEGIN` and no other statement is around the one that is being carried out.
    pub(in crate::db) fn is_implicit(&self, session: SessionId) -> bool {
        self.state(session) == Some(OpenState::Single)
    }

    pub(in crate::db) fn begin(&mut self, session: SessionId, modes: TransactionModes) -> Progress {
        let mut answer = tagged("BEGIN");
        match &mut self.backends[session.0].transaction {
            // What was sent before it in the same message belongs to it.
            Some(open) if open.state == OpenState::Message => open.state = OpenState::Explicit,
            Some(_) => {
                let warning = "WARNING:  there is already a transaction in progress";
                answer.notices.push(warning.to_owned());
            }
            None => {
                self.open(session, modes, OpenState::Explicit);
                return Progress::Done(Box::new(answer));
            }
        }
        if let Err(error) = self.set_modes(session, modes) {
            return self.fail(session, error);
        }
        Progress::Done(Box::new(answer))
    }

    pub(in crate::db) fn commit(&mut self, session: SessionId) -> Progress {
        let mut answer = tagged("COMMIT");
        let state = self.state(session);
        if matches!(state, None | Some(OpenState::Message)) && !self.message_is_over(session) {
            let warning = "WARNING:  there is no transaction in progress";
            answer.notices.push(warning.to_owned());
        }
        match state {
            None => {}
            Some(OpenState::Failed) => {
                "ROLLBACK".clone_into(&mut answer.tag);
                self.end(session, Fate::Aborted);
            }
            Some(_) => {
                if let Err(error) = self.may_commit(session) {
                    self.end(session, Fate::Aborted);
                    return Progress::Failed(error);
                }
                self.end(session, Fate::Committed);
            }
        }
        Progress::Done(Box::new(answer))
    }

    /// Whether the commit is that of a message whose statements are all done, rather than one that was sent.
    fn message_is_over(&self, session: SessionId) -> bool {
        let message = self.backends[session.0].message.as_ref();
        self.state(session) == Some(OpenState::Message)
            && message.is_some_and(|message| {
                let last = message.statements.last().map(|last| &**last);
                message.next == message.statements.len()
                    && !matches!(last, Some(crate::sql::ast::Statement::Commit))
            })
    }

    /// SSI has the last word.
    fn may_commit(&mut self, session: SessionId) -> Result<(), SqlError> {
        match self.serial(session) {
            Some(id) => self.ssi.pre_commit(id),
            None => Ok(()),
        }
    }

    pub(in crate::db) fn rollback(&mut self, session: SessionId) -> Progress {
        let mut answer = tagged("ROLLBACK");
        if matches!(self.state(session), None | Some(OpenState::Message)) {
            let warning = "WARNING:  there is no transaction in progress";
            answer.notices.push(warning.to_owned());
        }
        self.end(session, Fate::Aborted);
        Progress::Done(Box::new(answer))
    }

    /// Ends a session's transaction and lets everything go that it held.
    pub(in crate::db) fn end(&mut self, session: SessionId, fate: Fate) {
        let backend = &mut self.backends[session.0];
        backend.waiting = None;
        let open = backend.transaction.take();
        let mut serial = None;
        if let Some(open) = open {
            if fate == Fate::Aborted {
                backend.settings = open.settings;
            }
            backend.settings.end_local();
            if let Some(xid) = open.xid {
                self.transactions.end(xid, fate);
                if fate == Fate::Aborted && open.isolation == IsolationLevel::DirtyWrite {
                    for heap in &mut self.heaps {
                        heap.take_back(xid);
                    }
                }
            }
            serial = open.serial;
        }
        let of_transaction = |owner| owner != Owner::Session;
        let woken = self.locks.release_all(session, &of_transaction);
        self.woken.extend(woken);
        if let Some(id) = serial {
            let woken = match fate {
                Fate::Committed => self.ssi.commit(id, self.transactions.next()),
                _ => self.ssi.abort(id),
            };
            for id in woken {
                let session = self.session_of_serial(id);
                self.woken.extend(session);
            }
        }
    }

    /// Whether a session's transaction may only read.
    pub(in crate::db) fn is_read_only(&self, session: SessionId) -> bool {
        let open = self.backends[session.0].transaction.as_ref();
        open.is_some_and(|open| open.access == AccessMode::ReadOnly)
    }

    /// Whether a session has a transaction open.
    #[must_use]
    pub fn in_transaction(&self, session: SessionId) -> bool {
        self.backends[session.0].transaction.is_some()
    }

    /// The isolation level of a session's open transaction.
    #[must_use]
    pub fn isolation(&self, session: SessionId) -> Option<IsolationLevel> {
        let open = self.backends[session.0].transaction.as_ref();
        open.map(|open| open.isolation)
    }

    // ---- deferred foreign keys ----

    pub(in crate::db) fn defer(&mut self, session: SessionId, event: RowEvent) {
        if let Some(open) = &mut self.backends[session.0].transaction
            && !open.deferred.contains(&event)
        {
            open.deferred.push(event);
        }
    }

    pub(in crate::db) fn deferred(&self, session: SessionId) -> Vec<RowEvent> {
        let open = self.backends[session.0].transaction.as_ref();
        open.map(|open| open.deferred.clone()).unwrap_or_default()
    }

    pub(in crate::db) fn backends_have_deferred(&self, session: SessionId) -> bool {
        let open = self.backends[session.0].transaction.as_ref();
        open.is_some_and(|open| open.state != OpenState::Failed && !open.deferred.is_empty())
    }

    pub(in crate::db) fn forget_deferred(&mut self, session: SessionId) {
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.deferred.clear();
        }
    }
}

fn tagged(tag: &str) -> Answer {
    Answer {
        tag: tag.to_owned(),
        ..Answer::default()
    }
}
