//! The whole state of the server, as one value.
//!
//! A [`Database`] can be copied, compared and hashed; two that are equal behave the same for ever after. Statements
//! go in by [`Database::submit`]; a statement that has to wait is left in its session, and goes on by
//! [`Database::resume`] once [`Database::take_woken`] names the session. Time passes only by [`Database::set_clock`]; what
//! falls due at a time is told by [`Database::next_timer`].

use super::answer::{Answer, Progress, WaitFor, WaitReason};
use super::backend::{Backend, Open, OpenState, Waiting};
use super::catalog::{TableDef, TableId};
use super::exec::{Exec, Flow, bind, define_table};
use super::expr::{EvalContext, eval};
use super::heap::{Heap, View};
use super::lock::deadlock::{DEADLOCK_TIMEOUT, cycle_through};
use super::lock::{LockMode, LockTable, Tag};
use super::xact::{Fate, Transactions, Xid};
use super::{SqlError, SqlState, Timestamp, TupleId, Value};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::{AccessMode, Ident, IsolationLevel, RowLock, Statement, TransactionModes};
use std::collections::VecDeque;
use std::sync::Arc;

/// The server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Database {
    tables: Vec<Arc<TableDef>>,
    heaps: Vec<Heap>,
    /// What became of every transaction.
    pub(super) transactions: Transactions,
    /// Who waits for whom.
    pub(super) locks: LockTable,
    backends: Vec<Backend>,
    names: Arc<[String]>,
    default_isolation: IsolationLevel,
    woken: VecDeque<SessionId>,
    clock: Tick,
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
            backends: vec![Backend::default(); names.len()],
            names: names.into(),
            default_isolation,
            woken: VecDeque::new(),
            clock: Tick(0),
        }
    }

    /// One more session.
    pub fn add_session(&mut self) -> SessionId {
        self.backends.push(Backend::default());
        SessionId(self.backends.len() - 1)
    }

    // ---- statements ----

    /// Carries a statement out, as far as it goes without waiting. The session must not have one that waits.
    pub fn submit(&mut self, session: SessionId, statement: &Statement) -> Progress {
        let backend = &self.backends[session.0];
        debug_assert!(
            backend.waiting.is_none(),
            "a session sends one statement at a time"
        );
        let failed = backend
            .transaction
            .as_ref()
            .is_some_and(|open| open.state == OpenState::Failed);
        match statement {
            Statement::Commit => return self.commit(session),
            Statement::Rollback => return self.rollback(session),
            _ if failed => {
                return Progress::Failed(SqlError::new(
                    SqlState::IN_FAILED_TRANSACTION,
                    "current transaction is aborted, commands ignored until end of transaction block",
                ));
            }
            Statement::Begin(modes) => return self.begin(session, *modes),
            _ => {}
        }
        if self.backends[session.0].transaction.is_none() {
            self.open(session, TransactionModes::default(), OpenState::Implicit);
        }
        let result = match statement {
            Statement::CreateTable(create) => self.create_table(create).map(Started::Done),
            statement => self.start(session, statement).map(Started::Running),
        };
        match result {
            Ok(Started::Done(answer)) => self.finish(session, answer),
            Ok(Started::Running(exec)) => self.go_on(session, exec),
            Err(error) => self.fail(session, error),
        }
    }

    /// Goes on with a statement whose wait is over; `None` if the session has none that waits.
    pub fn resume(&mut self, session: SessionId) -> Option<Progress> {
        let mut waiting = self.backends[session.0].waiting.take()?;
        waiting.exec.wake(session, self);
        Some(self.go_on(session, waiting.exec))
    }

    /// A session whose wait is over, in the order in which they go on.
    pub fn take_woken(&mut self) -> Option<SessionId> {
        self.woken.pop_front()
    }

    fn start(&mut self, session: SessionId, statement: &Statement) -> Result<Box<Exec>, SqlError> {
        let command = bind(statement, self)?;
        let snapshot = self.transactions.snapshot();
        let Some(open) = &mut self.backends[session.0].transaction else {
            return Err(SqlError::new(SqlState("XX000"), "no transaction is open"));
        };
        if open.isolation == IsolationLevel::Serializable {
            return Err(SqlError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "Rowlock does not simulate SERIALIZABLE yet; READ COMMITTED and REPEATABLE READ are understood",
            ));
        }
        if let (AccessMode::ReadOnly, Some(name)) = (open.access, command.write_name()) {
            return Err(SqlError::new(
                SqlState::READ_ONLY_TRANSACTION,
                format!("cannot execute {name} in a read-only transaction"),
            ));
        }
        let snapshot = match open.isolation {
            IsolationLevel::ReadUncommitted | IsolationLevel::ReadCommitted => snapshot,
            IsolationLevel::RepeatableRead | IsolationLevel::Serializable => {
                open.snapshot.get_or_insert(snapshot).clone()
            }
        };
        let view = View {
            snapshot,
            xid: open.xid,
            command: open.commands,
        };
        let context = EvalContext {
            now: now(open.began),
        };
        let isolation = open.isolation;
        Exec::new(command, view, isolation, context, self).map(Box::new)
    }

    fn go_on(&mut self, session: SessionId, mut exec: Box<Exec>) -> Progress {
        match exec.run(session, self) {
            Ok(Flow::Done { tag, rows, effects }) => self.finish(
                session,
                Answer {
                    tag,
                    rows,
                    notices: Vec::new(),
                    effects,
                },
            ),
            Ok(Flow::Wait(for_what)) => {
                let waiting = Waiting {
                    exec,
                    for_what: for_what.clone(),
                    since: self.clock,
                    checked: false,
                };
                self.backends[session.0].waiting = Some(waiting);
                Progress::Waiting(for_what)
            }
            Err(error) => self.fail(session, error),
        }
    }

    /// After a statement that was carried out.
    fn finish(&mut self, session: SessionId, answer: Answer) -> Progress {
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.commands += 1;
            if open.state == OpenState::Implicit {
                self.end(session, Fate::Committed);
            }
        }
        Progress::Done(Box::new(answer))
    }

    /// After a statement that failed: the transaction is rolled back at once, though its block goes on until the client ends
    /// it (`AbortCurrentTransaction`).
    fn fail(&mut self, session: SessionId, error: SqlError) -> Progress {
        let open = self.backends[session.0].transaction.clone();
        self.end(session, Fate::Aborted);
        self.backends[session.0].transaction = open
            .filter(|open| open.state != OpenState::Implicit)
            .map(|open| Open {
                state: OpenState::Failed,
                xid: None,
                ..open
            });
        Progress::Failed(error)
    }

    // ---- transactions ----

    fn open(&mut self, session: SessionId, modes: TransactionModes, state: OpenState) {
        self.backends[session.0].transaction = Some(Open {
            isolation: modes.isolation.unwrap_or(self.default_isolation),
            access: modes.access.unwrap_or(AccessMode::ReadWrite),
            xid: None,
            snapshot: None,
            commands: 0,
            state,
            began: self.clock,
        });
    }

    fn begin(&mut self, session: SessionId, modes: TransactionModes) -> Progress {
        let mut answer = Answer {
            tag: "BEGIN".to_owned(),
            ..Answer::default()
        };
        if self.backends[session.0].transaction.is_some() {
            answer
                .notices
                .push("WARNING:  there is already a transaction in progress".to_owned());
        } else {
            self.open(session, modes, OpenState::Explicit);
        }
        Progress::Done(Box::new(answer))
    }

    fn commit(&mut self, session: SessionId) -> Progress {
        let state = self.backends[session.0]
            .transaction
            .as_ref()
            .map(|open| open.state);
        let mut answer = Answer {
            tag: "COMMIT".to_owned(),
            ..Answer::default()
        };
        match state {
            None => answer
                .notices
                .push("WARNING:  there is no transaction in progress".to_owned()),
            Some(OpenState::Failed) => {
                answer.tag = "ROLLBACK".to_owned();
                self.end(session, Fate::Aborted);
            }
            Some(_) => self.end(session, Fate::Committed),
        }
        Progress::Done(Box::new(answer))
    }

    fn rollback(&mut self, session: SessionId) -> Progress {
        let mut answer = Answer {
            tag: "ROLLBACK".to_owned(),
            ..Answer::default()
        };
        if self.backends[session.0].transaction.is_some() {
            self.end(session, Fate::Aborted);
        } else {
            answer
                .notices
                .push("WARNING:  there is no transaction in progress".to_owned());
        }
        Progress::Done(Box::new(answer))
    }

    /// Ends a session's transaction and lets everything go that it held.
    fn end(&mut self, session: SessionId, fate: Fate) {
        let backend = &mut self.backends[session.0];
        backend.waiting = None;
        if let Some(xid) = backend.transaction.take().and_then(|open| open.xid) {
            self.transactions.end(xid, fate);
        }
        let woken = self.locks.release_all(session);
        self.woken.extend(woken);
    }

    /// The number of a session's transaction, if it has one.
    pub(super) fn xid(&self, session: SessionId) -> Option<Xid> {
        self.backends[session.0]
            .transaction
            .as_ref()
            .and_then(|open| open.xid)
    }

    /// The number of a session's transaction, given now if need be; the transaction holds the lock on it.
    pub(super) fn number(&mut self, session: SessionId) -> Xid {
        if let Some(xid) = self.xid(session) {
            return xid;
        }
        let xid = self.transactions.begin();
        self.locks
            .acquire(session, Tag::Transaction(xid), LockMode::Exclusive);
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.xid = Some(xid);
        }
        xid
    }

    // ---- locks and time ----

    /// Lets a lock go.
    pub(super) fn release(&mut self, session: SessionId, tag: Tag, mode: LockMode) {
        let woken = self.locks.release(session, tag, mode);
        self.woken.extend(woken);
    }

    /// Notes a row lock in a version. Returns whether it is new or stronger than before.
    pub(super) fn lock_version(
        &mut self,
        (table, id): (TableId, TupleId),
        me: Xid,
        strength: RowLock,
    ) -> bool {
        self.heaps[table.0].lock(id, me, strength, &self.transactions)
    }

    /// The lock that a transaction has on a version.
    pub(super) fn lock_strength(
        &self,
        (table, id): (TableId, TupleId),
        me: Xid,
    ) -> Option<RowLock> {
        self.heaps[table.0][id]
            .lockers
            .iter()
            .find(|locker| locker.xid == me)
            .map(|locker| locker.strength)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Tick {
        self.clock
    }

    /// Sets the clock; it does not go back.
    pub fn set_clock(&mut self, to: Tick) {
        self.clock = self.clock.max(to);
    }

    /// The next moment at which something happens by itself, and to whom: a session looks for a deadlock.
    #[must_use]
    pub fn next_timer(&self) -> Option<(Tick, SessionId)> {
        let timers = self
            .backends
            .iter()
            .enumerate()
            .filter_map(|(index, backend)| {
                let waiting = backend
                    .waiting
                    .as_ref()
                    .filter(|waiting| !waiting.checked)?;
                Some((Tick(waiting.since.0 + DEADLOCK_TIMEOUT), SessionId(index)))
            });
        timers.min()
    }

    /// Lets a session's timer go off: it looks for a deadlock, once. `Some` if it is the victim of one.
    pub fn fire_timer(&mut self, session: SessionId) -> Option<Progress> {
        let waiting = self.backends[session.0].waiting.as_mut()?;
        waiting.checked = true;
        let cycle = cycle_through(&self.locks, session)?;
        let error = self.deadlock_error(&cycle);
        Some(self.fail(session, error))
    }

    /// 40P01, with a line for each session of the cycle.
    pub(super) fn deadlock_error(&self, cycle: &[SessionId]) -> SqlError {
        let name = |session: SessionId| self.names.get(session.0).map_or("?", String::as_str);
        let mut lines = Vec::new();
        for (index, &session) in cycle.iter().enumerate() {
            let Some((tag, mode)) = self.locks.waiting(session) else {
                continue;
            };
            let blocker = cycle[(index + 1) % cycle.len()];
            let what = match tag {
                Tag::Transaction(xid) => format!("transaction {}", xid.0),
                Tag::Tuple(table, id) => {
                    format!("tuple {} of relation {}", id.0, self.table(table).name)
                }
            };
            let (mode, waiter, blocker) = (mode.name(), name(session), name(blocker));
            lines.push(format!(
                "Process {waiter} waits for {mode} on {what}; blocked by process {blocker}."
            ));
        }
        SqlError::new(SqlState::DEADLOCK_DETECTED, "deadlock detected")
            .with_detail(lines.join("\n"))
            .with_hint("See server log for query details.")
    }

    /// The sessions that a waiting session waits for: those that hold the row, then those before it in the queue.
    #[must_use]
    pub fn blockers(&self, session: SessionId) -> Vec<SessionId> {
        let mut blockers = Vec::new();
        if let Some(waiting) = &self.backends[session.0].waiting {
            let WaitFor {
                version: (table, id),
                reason,
                ..
            } = waiting.for_what;
            if let WaitReason::Row(strength) = reason {
                use super::heap::Standing::{Held, HeldLater};
                let me = self.xid(session);
                let standing = self.heaps[table.0].standing(id, me, strength, &self.transactions);
                if let Held(holders) | HeldLater(holders) = standing {
                    blockers.extend(holders.into_iter().filter_map(|xid| self.session_of(xid)));
                }
            }
            for blocker in self.locks.blockers(session) {
                if !blockers.contains(&blocker) {
                    blockers.push(blocker);
                }
            }
        }
        blockers
    }

    fn session_of(&self, xid: Xid) -> Option<SessionId> {
        (0..self.backends.len())
            .map(SessionId)
            .find(|&session| self.xid(session) == Some(xid))
    }

    /// What a session's statement waits for.
    #[must_use]
    pub fn waiting(&self, session: SessionId) -> Option<&WaitFor> {
        self.backends[session.0]
            .waiting
            .as_ref()
            .map(|waiting| &waiting.for_what)
    }

    /// Whether a session has a transaction open.
    #[must_use]
    pub fn in_transaction(&self, session: SessionId) -> bool {
        self.backends[session.0].transaction.is_some()
    }

    /// The isolation level of a session's open transaction.
    #[must_use]
    pub fn isolation(&self, session: SessionId) -> Option<IsolationLevel> {
        self.backends[session.0]
            .transaction
            .as_ref()
            .map(|open| open.isolation)
    }

    // ---- tables ----

    fn create_table(&mut self, create: &crate::sql::ast::CreateTable) -> Result<Answer, SqlError> {
        let table = define_table(create)?;
        if self.tables.iter().any(|other| other.name == table.name) {
            return Err(SqlError::new(
                SqlState::DUPLICATE_TABLE,
                format!("relation \"{}\" already exists", table.name),
            )
            .at(create.name.span));
        }
        self.tables.push(Arc::new(table));
        self.heaps.push(Heap::default());
        Ok(Answer {
            tag: "CREATE TABLE".to_owned(),
            ..Answer::default()
        })
    }

    /// The table of this name.
    ///
    /// # Errors
    /// 42P01 when there is none.
    pub fn table_named(&self, name: &Ident) -> Result<TableId, SqlError> {
        self.tables
            .iter()
            .position(|table| table.name == name.name)
            .map(TableId)
            .ok_or_else(|| {
                SqlError::new(
                    SqlState::UNDEFINED_TABLE,
                    format!("relation \"{}\" does not exist", name.name),
                )
                .at(name.span)
            })
    }

    /// A table's definition.
    #[must_use]
    pub fn table(&self, table: TableId) -> &TableDef {
        &self.tables[table.0]
    }

    /// All tables, in the order of their creation.
    pub fn tables(&self) -> impl Iterator<Item = TableId> + use<> {
        (0..self.tables.len()).map(TableId)
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
        let committed =
            |(_, tuple): &(TupleId, &super::heap::Tuple)| tuple.is_committed(&self.transactions);
        self.heaps[table.0]
            .iter()
            .filter(committed)
            .map(|(id, _)| id)
    }

    /// Whether a version was made by a transaction that was not rolled back.
    #[must_use]
    pub fn is_made(&self, table: TableId, id: TupleId) -> bool {
        self.transactions.fate(self.heaps[table.0][id].xmin) == Fate::Committed
    }

    /// Tests a row against NOT NULL and CHECK.
    pub(super) fn test_constraints(
        &self,
        table: TableId,
        row: &[Value],
        context: &EvalContext,
    ) -> Result<(), SqlError> {
        let definition = self.table(table);
        let failing = || {
            let texts: Vec<String> = row
                .iter()
                .map(|value| value.to_text().unwrap_or_else(|| "null".to_owned()))
                .collect();
            format!("Failing row contains ({}).", texts.join(", "))
        };
        for (column, value) in definition.columns.iter().zip(row) {
            if column.not_null && value.is_null() {
                return Err(SqlError::new(
                    SqlState::NOT_NULL_VIOLATION,
                    format!(
                        "null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                        column.name, definition.name
                    ),
                )
                .with_detail(failing()));
            }
        }
        for check in &definition.checks {
            if eval(&check.condition, row, context)? == Value::Boolean(false) {
                return Err(SqlError::new(
                    SqlState::CHECK_VIOLATION,
                    format!(
                        "new row for relation \"{}\" violates check constraint \"{}\"",
                        definition.name, check.name
                    ),
                )
                .with_detail(failing()));
            }
        }
        Ok(())
    }
}

/// A statement that was begun.
enum Started {
    Done(Answer),
    Running(Box<Exec>),
}

/// The simulated wall clock: the timeline begins on 2026-01-01 at midnight.
fn now(tick: Tick) -> Timestamp {
    Timestamp::START.plus_milliseconds(tick.0)
}
