//! What a statement needs of its transaction: numbers for what it does, and with whose eyes it looks.

use crate::db::Timestamp;
use crate::db::database::{Database, now};
use crate::db::heap::{Reads, View};
use crate::db::lock::{LockMode, Owner, Tag};
use crate::db::xact::Xid;
use crate::ids::SessionId;
use crate::sql::ast::IsolationLevel;

impl Database {
    /// The number of a session's whole transaction, if it has one.
    #[must_use]
    pub fn top_xid(&self, session: SessionId) -> Option<Xid> {
        let open = self.backends[session.0].transaction.as_ref();
        open.and_then(|open| open.xid)
    }

    /// The number for what a session does now, given if need be, to what is around it first; the session holds the lock on it.
    pub(in crate::db) fn number(&mut self, session: SessionId) -> Xid {
        let top = match self.top_xid(session) {
            Some(top) => top,
            None => {
                let top = self.transactions.begin();
                self.hold_number(session, top, 0);
                if let Some(open) = &mut self.backends[session.0].transaction {
                    open.xid = Some(top);
                }
                self.tell_number(session, top);
                top
            }
        };
        let depth = match &self.backends[session.0].transaction {
            Some(open) => open.savepoints.len(),
            None => 0,
        };
        let mut current = top;
        for place in 0..depth {
            let open = self.backends[session.0].transaction.as_ref();
            let known = open.and_then(|open| open.savepoints[place].xid);
            current = known.unwrap_or_else(|| {
                let xid = self.transactions.begin_sub(top);
                self.hold_number(session, xid, place as u32 + 1);
                if let Some(open) = &mut self.backends[session.0].transaction {
                    open.savepoints[place].xid = Some(xid);
                }
                self.tell_number(session, xid);
                xid
            });
        }
        current
    }

    fn tell_number(&mut self, session: SessionId, xid: Xid) {
        if let Some(id) = self.serial(session) {
            self.ssi.add_xid(id, xid);
        }
    }

    fn hold_number(&mut self, session: SessionId, xid: Xid, level: u32) {
        let tag = Tag::Transaction(xid);
        self.locks
            .acquire(session, tag, LockMode::Exclusive, Owner::Level(level));
    }

    /// A transaction's isolation level, and what `now()` is in it.
    pub(in crate::db) fn transaction_facts(
        &self,
        session: SessionId,
    ) -> (IsolationLevel, Timestamp) {
        match &self.backends[session.0].transaction {
            Some(open) => (open.isolation, now(open.began)),
            None => (self.default_isolation(session), now(self.clock)),
        }
    }

    /// The newest eyes there are, without looking: nothing is a query yet.
    pub(in crate::db) fn latest_view(&self, session: SessionId) -> View {
        let open = self.backends[session.0].transaction.as_ref();
        View {
            snapshot: self.transactions.snapshot(),
            xid: open.and_then(|open| open.xid),
            command: open.map_or(0, |open| open.commands),
            reads: Reads::Committed,
        }
    }

    /// With whose eyes a query would look that a session sent now, without sending one.
    #[must_use]
    pub fn eyes(&self, session: SessionId) -> View {
        let open = self.backends[session.0].transaction.as_ref();
        let isolation = open.map_or(self.default_isolation(session), |open| open.isolation);
        let mut view = self.latest_view(session);
        if let Some(snapshot) = open.and_then(|open| open.snapshot.clone()) {
            view.snapshot = snapshot;
        }
        if matches!(
            isolation,
            IsolationLevel::DirtyRead | IsolationLevel::DirtyWrite
        ) {
            view.reads = Reads::Dirty;
        }
        view
    }

    /// With whose eyes a session's next command looks.
    pub(in crate::db) fn view(&mut self, session: SessionId) -> View {
        self.take_snapshot(session);
        let latest = self.transactions.snapshot();
        match &mut self.backends[session.0].transaction {
            Some(open) => {
                open.queried = true;
                let snapshot = if open.isolation >= IsolationLevel::RepeatableRead {
                    open.snapshot.get_or_insert(latest).clone()
                } else {
                    latest
                };
                View {
                    snapshot,
                    xid: open.xid,
                    command: open.commands,
                    reads: Reads::Committed,
                }
            }
            None => View {
                snapshot: latest,
                xid: None,
                command: 0,
                reads: Reads::Committed,
            },
        }
    }

    /// With whose eyes one more command looks that a statement carries out for its foreign keys: a new snapshot, and all that
    /// the transaction has done so far.
    pub(in crate::db) fn next_command(&mut self, session: SessionId) -> View {
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.commands += 1;
        }
        let snapshot = self.transactions.snapshot();
        View {
            snapshot,
            ..self.view(session)
        }
    }
}
