//! What SSI knows a transaction as, and snapshots that have to be safe.

use crate::db::database::Database;
use crate::db::ssi::{Access, Safety, SerialId};
use crate::ids::SessionId;
use crate::sql::ast::{AccessMode, Deferrable, IsolationLevel};

impl Database {
    /// What SSI knows a session's transaction as, unless it needs no tracking.
    pub(in crate::db) fn serial(&self, session: SessionId) -> Option<SerialId> {
        let open = self.backends[session.0].transaction.as_ref();
        open.and_then(|open| open.serial)
    }

    pub(super) fn session_of_serial(&self, id: SerialId) -> Option<SessionId> {
        (0..self.backends.len())
            .map(SessionId)
            .find(|session| self.serial(*session) == Some(id))
    }

    /// The sessions whose transactions one waits for that wants a safe snapshot.
    pub(in crate::db) fn safety_blockers(&self, session: SessionId) -> Vec<SessionId> {
        let Some(id) = self.serial(session) else {
            return Vec::new();
        };
        let writers = self.ssi.waits_for(id);
        writers
            .filter_map(|writer| self.session_of_serial(writer))
            .collect()
    }

    /// Takes the snapshot of a whole transaction, unless it has it or its level wants none.
    pub(super) fn take_snapshot(&mut self, session: SessionId) {
        let Some(open) = &mut self.backends[session.0].transaction else {
            return;
        };
        if open.isolation < IsolationLevel::RepeatableRead || open.snapshot.is_some() {
            return;
        }
        let snapshot = self.transactions.snapshot();
        if open.isolation == IsolationLevel::Serializable {
            let access = match (open.access, open.deferrable) {
                (AccessMode::ReadWrite, _) => Access::ReadWrite,
                (AccessMode::ReadOnly, Deferrable::No) => Access::ReadOnly,
                (AccessMode::ReadOnly, Deferrable::Yes) => Access::ReadOnlyDeferrable,
            };
            // A number that the transaction had before its snapshot (for LOCK TABLE ... ACCESS EXCLUSIVE) is not told, so nobody
            // is found to have read around it (`RegisterPredicateLockingXid`).
            open.serial = self.ssi.register(snapshot.oldest(), access);
        }
        open.snapshot = Some(snapshot);
    }

    /// Takes the snapshot of a `DEFERRABLE` transaction, and says whether it must wait until that is known to be safe.
    pub(in crate::db) fn waits_for_safety(&mut self, session: SessionId) -> bool {
        let Some(open) = &self.backends[session.0].transaction else {
            return false;
        };
        let waits = open.isolation == IsolationLevel::Serializable
            && open.access == AccessMode::ReadOnly
            && open.deferrable == Deferrable::Yes
            && open.snapshot.is_none();
        if waits {
            self.take_snapshot(session);
        }
        waits && self.serial(session).is_some()
    }

    /// Whether the snapshot of a `DEFERRABLE` transaction has turned out to be safe; if not, it is given up.
    pub(in crate::db) fn settle_safety(&mut self, session: SessionId) -> bool {
        let Some(id) = self.serial(session) else {
            return true;
        };
        let safe = self.ssi.settle(id) == Safety::Safe;
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.serial = None;
            if !safe {
                open.snapshot = None;
            }
        }
        safe
    }
}
