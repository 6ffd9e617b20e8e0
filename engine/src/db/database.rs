//! The whole state of the server, as one value.
//!
//! A [`Database`] can be copied, compared and hashed; two that are equal behave the same for ever after. Statements go in by
//! [`Database::submit`] (one) or [`Database::send`] (several at once); one that has to wait is left in its session, and goes on
//! by [`Database::resume`] once [`Database::take_woken`] names the session. Time passes only by [`Database::set_clock`]; what
//! falls due at a time is told by [`Database::next_timer`].
//!
//! What happens to a message is in `message.rs`, to a transaction in `transaction/`, to time in `timers.rs`, to tables in
//! `tables.rs`.

use super::backend::Backend;
use super::catalog::{TableDef, TableId};
use super::heap::Heap;
use super::lock::{AdvisoryKey, Edge, LockMode, LockTable, Owner, Tag};
use super::settings::Setting;
use super::ssi::Ssi;
use super::xact::{Fate, Transactions, Xid};
use super::{SqlError, SqlState, Timestamp, TupleId};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::IsolationLevel;
use std::collections::VecDeque;
use std::sync::Arc;

/// The server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Database {
    pub(super) tables: Vec<Arc<TableDef>>,
    pub(super) heaps: Vec<Heap>,
    /// What became of every transaction.
    pub(super) transactions: Transactions,
    /// Who waits for whom.
    pub(super) locks: LockTable,
    /// Who has read around whom.
    pub(super) ssi: Ssi,
    pub(super) backends: Vec<Backend>,
    names: Arc<[String]>,
    pub(super) default_isolation: IsolationLevel,
    pub(super) lock_escalation: Option<u32>,
    pub(super) woken: VecDeque<SessionId>,
    pub(super) clock: Tick,
}

impl Database {
    /// An empty database with one session for each name, whose transactions run at `default_isolation` unless their `BEGIN`
    /// says otherwise.
    #[must_use]
    pub fn new(names: &[String], default_isolation: IsolationLevel) -> Self {
        Self {
            tables: Vec::new(),
            heaps: Vec::new(),
            transactions: Transactions::default(),
            locks: LockTable::default(),
            ssi: Ssi::default(),
            backends: vec![Backend::default(); names.len()],
            names: names.into(),
            default_isolation,
            lock_escalation: None,
            woken: VecDeque::new(),
            clock: Tick(0),
        }
    }

    /// The level of a session's transactions that do not say otherwise.
    pub(super) fn default_isolation(&self, session: SessionId) -> IsolationLevel {
        let own = self.backends[session.0].default_isolation;
        own.unwrap_or(self.default_isolation)
    }

    /// Gives a session a level of its own.
    pub fn set_default_isolation(&mut self, session: SessionId, level: IsolationLevel) {
        if let Some(backend) = self.backends.get_mut(session.0) {
            backend.default_isolation = Some(level);
        }
    }

    /// Has the database lock a whole table in place of single rows, once a transaction holds so many row locks on it. No
    /// PostgreSQL does that.
    pub fn escalate_locks(&mut self, after: u32) {
        self.lock_escalation = Some(after);
    }

    /// One more session.
    pub fn add_session(&mut self) -> SessionId {
        self.backends.push(Backend::default());
        SessionId(self.backends.len() - 1)
    }

    /// A session whose wait is over, in the order in which they go on. Of those that are woken together, one that waited for a
    /// row is at it before one that waited for a table has so much as planned its statement.
    pub fn take_woken(&mut self) -> Option<SessionId> {
        self.woken.remove(self.first_woken())
    }

    /// The same, and it stays woken.
    pub(crate) fn next_woken(&self) -> Option<SessionId> {
        self.woken.get(self.first_woken()).copied()
    }

    fn first_woken(&self) -> usize {
        let waits_for_row = |session: &SessionId| {
            self.waiting(*session)
                .is_some_and(|wait| wait.version.is_some())
        };
        let place = self.woken.iter().position(waits_for_row);
        place.unwrap_or(0)
    }

    // ---- locks ----

    /// Lets a lock go.
    pub(super) fn release(&mut self, session: SessionId, tag: Tag, mode: LockMode) {
        let woken = self.locks.release(session, tag, mode, None);
        self.woken.extend(woken.into_iter().flatten());
    }

    /// Until when a lock is held that a session takes now: to the end of its transaction, or back to its last savepoint.
    pub(super) fn owner(&self, session: SessionId) -> Owner {
        let open = self.backends[session.0].transaction.as_ref();
        Owner::Level(open.map_or(0, |open| open.savepoints.len() as u32))
    }

    /// Lets an advisory lock go that the session holds for itself; `false` when it does not.
    pub(super) fn unlock_advisory(
        &mut self,
        session: SessionId,
        key: AdvisoryKey,
        mode: LockMode,
    ) -> bool {
        let tag = Tag::Advisory(key);
        let released = self.locks.release(session, tag, mode, Some(Owner::Session));
        let owned = released.is_some();
        self.woken.extend(released.into_iter().flatten());
        owned
    }

    /// Lets all advisory locks go that the session holds for itself.
    pub(super) fn unlock_all_advisory(&mut self, session: SessionId) {
        let woken = self
            .locks
            .release_all(session, &|owner| owner == Owner::Session);
        self.woken.extend(woken);
    }

    /// 40P01, with a line for each edge of the cycle.
    pub(super) fn deadlock_error(&self, edges: &[Edge]) -> SqlError {
        let name = |session: SessionId| self.names.get(session.0).map_or("?", String::as_str);
        let line = |edge: &Edge| {
            let what = match edge.tag {
                Tag::Table(table) => format!("relation {}", self.table(table).name),
                Tag::Transaction(xid) => format!("transaction {}", xid.0),
                Tag::Tuple(table, id) => {
                    format!("tuple {} of relation {}", id.0, self.table(table).name)
                }
                Tag::Advisory(AdvisoryKey::Single(key)) => format!("advisory lock {key}"),
                Tag::Advisory(AdvisoryKey::Pair(one, two)) => {
                    format!("advisory lock {one}, {two}")
                }
            };
            format!(
                "Process {} waits for {} on {what}; blocked by process {}.",
                name(edge.waiter),
                edge.mode.name(),
                name(edge.blocker)
            )
        };
        let lines: Vec<String> = edges.iter().map(line).collect();
        SqlError::new(SqlState::DEADLOCK_DETECTED, "deadlock detected")
            .with_detail(lines.join("\n"))
            .with_hint("See server log for query details.")
    }

    /// The sessions that a waiting session waits for: those that hold the row, then those before it in the queue.
    #[must_use]
    pub fn blockers(&self, session: SessionId) -> Vec<SessionId> {
        use super::answer::WaitReason;
        use super::heap::Standing::{Held, HeldLater};
        let mut blockers = Vec::new();
        let Some(waiting) = &self.backends[session.0].waiting else {
            return blockers;
        };
        if let (WaitReason::Row(strength), Some((table, id))) =
            (waiting.for_what.reason, waiting.for_what.version)
        {
            let me = self.top_xid(session);
            let standing = self.heaps[table.0].standing(id, me, strength, &self.transactions);
            if let Held(holders) | HeldLater(holders) = standing {
                blockers.extend(holders.into_iter().filter_map(|xid| self.session_of(xid)));
            }
        }
        for writer in self.safety_blockers(session) {
            blockers.push(writer);
        }
        for blocker in self.locks.blockers(session) {
            if !blockers.contains(&blocker) {
                blockers.push(blocker);
            }
        }
        blockers
    }

    /// Every lock of the lock table.
    #[must_use]
    pub fn locks(&self) -> &LockTable {
        &self.locks
    }

    /// What became of every transaction that has a number.
    #[must_use]
    pub fn transactions(&self) -> &Transactions {
        &self.transactions
    }

    /// The session whose transaction a number belongs to, while that is in progress.
    #[must_use]
    pub fn session_of(&self, xid: Xid) -> Option<SessionId> {
        let top = self.transactions.top(xid);
        (0..self.backends.len())
            .map(SessionId)
            .find(|&session| self.top_xid(session) == Some(top))
    }

    // ---- what a statement asks ----

    /// Whether a setting of a session is on.
    pub(super) fn setting_is_on(&self, session: SessionId, setting: Setting) -> bool {
        self.backends[session.0].settings.is_on(setting)
    }

    /// What the clock on the wall says: the timeline begins on 2026-01-01 at midnight.
    #[must_use]
    pub(super) fn wall_clock(&self) -> Timestamp {
        now(self.clock)
    }

    /// A table's definition.
    #[must_use]
    pub fn table(&self, table: TableId) -> &TableDef {
        &self.tables[table.0]
    }

    /// A table's definition, to be kept while the database changes.
    #[must_use]
    pub(super) fn table_shared(&self, table: TableId) -> Arc<TableDef> {
        Arc::clone(&self.tables[table.0])
    }

    /// A table's versions.
    #[must_use]
    pub fn heap(&self, table: TableId) -> &Heap {
        &self.heaps[table.0]
    }

    pub(super) fn heap_mut(&mut self, table: TableId) -> &mut Heap {
        &mut self.heaps[table.0]
    }

    /// The versions of a table's rows that are committed now, in the order of their making.
    pub fn committed(&self, table: TableId) -> impl Iterator<Item = TupleId> {
        let first = self.heaps[table.0].first(None, &self.transactions);
        self.heaps[table.0]
            .iter()
            .filter(move |(id, tuple)| id.0 >= first && tuple.is_committed(&self.transactions))
            .map(|(id, _)| id)
    }

    /// Whether a version was made by a transaction that was not rolled back.
    #[must_use]
    pub fn is_made(&self, table: TableId, id: TupleId) -> bool {
        self.transactions.fate(self.heaps[table.0][id].xmin) == Fate::Committed
    }
}

/// The simulated wall clock: the timeline begins on 2026-01-01 at midnight.
pub(super) fn now(tick: Tick) -> Timestamp {
    Timestamp::START.plus_milliseconds(tick.0)
}
