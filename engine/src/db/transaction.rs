//! Transactions and savepoints: how they begin, what they see, how they end.

use super::answer::{Answer, Progress};
use super::backend::{Open, OpenState, Savepoint};
use super::database::{Database, now};
use super::exec::RowEvent;
use super::heap::{Reads, View};
use super::lock::{LockMode, Owner, Tag};
use super::settings::Setting;
use super::ssi::{Access, Safety, SerialId};
use super::xact::{Fate, Xid};
use super::{SqlError, SqlState, Timestamp};
use crate::ids::SessionId;
use crate::sql::ast::{AccessMode, Deferrable, Ident, IsolationLevel, SetScope, TransactionModes};

impl Database {
    pub(super) fn open(&mut self, session: SessionId, modes: TransactionModes, state: OpenState) {
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

    pub(super) fn state(&self, session: SessionId) -> Option<OpenState> {
        let open = self.backends[session.0].transaction.as_ref();
        open.map(|open| open.state)
    }

    /// Whether no `BEGIN` and no other statement is around the one that is being carried out.
    pub(super) fn is_implicit(&self, session: SessionId) -> bool {
        self.state(session) == Some(OpenState::Single)
    }

    pub(super) fn begin(&mut self, session: SessionId, modes: TransactionModes) -> Progress {
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

    pub(super) fn commit(&mut self, session: SessionId) -> Progress {
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

    pub(super) fn rollback(&mut self, session: SessionId) -> Progress {
        let mut answer = tagged("ROLLBACK");
        if matches!(self.state(session), None | Some(OpenState::Message)) {
            let warning = "WARNING:  there is no transaction in progress";
            answer.notices.push(warning.to_owned());
        }
        self.end(session, Fate::Aborted);
        Progress::Done(Box::new(answer))
    }

    /// Ends a session's transaction and lets everything go that it held.
    pub(super) fn end(&mut self, session: SessionId, fate: Fate) {
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

    // ---- savepoints ----

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

    pub(super) fn savepoint(
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

    pub(super) fn release_savepoint(
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

    pub(super) fn roll_back_to(
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
    pub(super) fn undo_level(&mut self, session: SessionId, place: usize) {
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

    // ---- modes ----

    pub(super) fn set_transaction(
        &mut self,
        session: SessionId,
        modes: TransactionModes,
        scope: SetScope,
    ) -> Result<Answer, SqlError> {
        let mut answer = tagged("SET");
        if scope == SetScope::Session {
            let settings = &mut self.backends[session.0].settings;
            if let Some(level) = modes.isolation {
                let name = "default_transaction_isolation";
                settings.set(name, Some(level.setting_name()), false)?;
            }
            if let Some(access) = modes.access {
                let on = access == AccessMode::ReadOnly;
                let value = if on { "on" } else { "off" };
                settings.set("default_transaction_read_only", Some(value), false)?;
            }
            if let Some(deferrable) = modes.deferrable {
                let on = deferrable == Deferrable::Yes;
                let value = if on { "on" } else { "off" };
                settings.set("default_transaction_deferrable", Some(value), false)?;
            }
            return Ok(answer);
        }
        if self.is_implicit(session) {
            let warning = "WARNING:  SET TRANSACTION can only be used in transaction blocks";
            answer.notices.push(warning.to_owned());
        }
        self.set_modes(session, modes)?;
        Ok(answer)
    }

    pub(super) fn set_modes(
        &mut self,
        session: SessionId,
        modes: TransactionModes,
    ) -> Result<(), SqlError> {
        let Some(open) = &mut self.backends[session.0].transaction else {
            return Ok(());
        };
        let too_late = |what: &str| {
            let message = format!("{what} must be called before any query");
            Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message))
        };
        if let Some(level) = modes.isolation
            && level != open.isolation
        {
            if open.queried {
                return too_late("SET TRANSACTION ISOLATION LEVEL");
            }
            if !open.savepoints.is_empty() {
                let message =
                    "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction";
                return Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message));
            }
            open.isolation = level;
        }
        if let Some(access) = modes.access {
            if access == AccessMode::ReadWrite
                && open.access == AccessMode::ReadOnly
                && open.queried
            {
                let message = "transaction read-write mode must be set before any query";
                return Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message));
            }
            open.access = access;
        }
        if let Some(deferrable) = modes.deferrable {
            if open.queried {
                return too_late("SET TRANSACTION [NOT] DEFERRABLE");
            }
            open.deferrable = deferrable;
        }
        Ok(())
    }

    /// What `SHOW` shows, the modes of the transaction included.
    pub(super) fn show(&self, session: SessionId, name: &str) -> Result<String, SqlError> {
        let backend = &self.backends[session.0];
        let open = backend.transaction.as_ref();
        let on_off = |on: bool| if on { "on" } else { "off" }.to_owned();
        Ok(match name {
            "transaction_isolation" => {
                let level = open.map_or(self.default_isolation(session), |open| open.isolation);
                level.setting_name().to_owned()
            }
            "transaction_read_only" => on_off(self.is_read_only(session)),
            "transaction_deferrable" => {
                on_off(open.is_some_and(|open| open.deferrable == Deferrable::Yes))
            }
            _ => return backend.settings.show(name),
        })
    }

    // ---- what a statement asks ----

    /// The number of a session's whole transaction, if it has one.
    #[must_use]
    pub fn top_xid(&self, session: SessionId) -> Option<Xid> {
        let open = self.backends[session.0].transaction.as_ref();
        open.and_then(|open| open.xid)
    }

    /// The number for what a session does now, given if need be, to what is around it first; the session holds the lock on it.
    pub(super) fn number(&mut self, session: SessionId) -> Xid {
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
    pub(super) fn transaction_facts(&self, session: SessionId) -> (IsolationLevel, Timestamp) {
        match &self.backends[session.0].transaction {
            Some(open) => (open.isolation, now(open.began)),
            None => (self.default_isolation(session), now(self.clock)),
        }
    }

    /// The newest eyes there are, without looking: nothing is a query yet.
    pub(super) fn latest_view(&self, session: SessionId) -> View {
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
    pub(super) fn view(&mut self, session: SessionId) -> View {
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

    // ---- SERIALIZABLE ----

    /// What SSI knows a session's transaction as, unless it needs no tracking.
    pub(super) fn serial(&self, session: SessionId) -> Option<SerialId> {
        let open = self.backends[session.0].transaction.as_ref();
        open.and_then(|open| open.serial)
    }

    fn session_of_serial(&self, id: SerialId) -> Option<SessionId> {
        (0..self.backends.len())
            .map(SessionId)
            .find(|session| self.serial(*session) == Some(id))
    }

    /// The sessions whose transactions one waits for that wants a safe snapshot.
    pub(super) fn safety_blockers(&self, session: SessionId) -> Vec<SessionId> {
        let Some(id) = self.serial(session) else {
            return Vec::new();
        };
        let writers = self.ssi.waits_for(id);
        writers
            .filter_map(|writer| self.session_of_serial(writer))
            .collect()
    }

    /// Takes the snapshot of a whole transaction, unless it has it or its level wants none.
    fn take_snapshot(&mut self, session: SessionId) {
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
    pub(super) fn waits_for_safety(&mut self, session: SessionId) -> bool {
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
    pub(super) fn settle_safety(&mut self, session: SessionId) -> bool {
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

    /// Whether a savepoint is open, to which what is done now may be rolled back.
    pub(super) fn has_savepoint(&self, session: SessionId) -> bool {
        let open = self.backends[session.0].transaction.as_ref();
        open.is_some_and(|open| !open.savepoints.is_empty())
    }

    /// With whose eyes one more command looks that a statement carries out for its foreign keys: a new snapshot, and all that
    /// the transaction has done so far.
    pub(super) fn next_command(&mut self, session: SessionId) -> View {
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.commands += 1;
        }
        let snapshot = self.transactions.snapshot();
        View {
            snapshot,
            ..self.view(session)
        }
    }

    /// Whether a session's transaction may only read.
    pub(super) fn is_read_only(&self, session: SessionId) -> bool {
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

    pub(super) fn defer(&mut self, session: SessionId, event: RowEvent) {
        if let Some(open) = &mut self.backends[session.0].transaction
            && !open.deferred.contains(&event)
        {
            open.deferred.push(event);
        }
    }

    pub(super) fn deferred(&self, session: SessionId) -> Vec<RowEvent> {
        let open = self.backends[session.0].transaction.as_ref();
        open.map(|open| open.deferred.clone()).unwrap_or_default()
    }

    pub(super) fn backends_have_deferred(&self, session: SessionId) -> bool {
        let open = self.backends[session.0].transaction.as_ref();
        open.is_some_and(|open| open.state != OpenState::Failed && !open.deferred.is_empty())
    }

    pub(super) fn forget_deferred(&mut self, session: SessionId) {
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
