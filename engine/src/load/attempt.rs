//! What a transaction does, phase by phase.
//!
//! ```text
//!   Connect -> Begin -> (Ask -> ...)* -> Write -> (AskToWrite)* -> Commit
//!                 \-> Think -> Reconnect -/          |
//!      ^                                             v
//!      +------------------ pause <-------------- conflict, deadlock, timeout
//! ```

use super::locks::Mode;
use super::policy::{Order, Policy, Readers, Scope};
use super::settings::AtRetry;
use super::simulation::{End, Simulation};
use super::tally::sum;
use super::transaction::{Phase, Row, Seen, Transaction};

/// What comes after a phase.
enum Next {
    /// The next phase, after so many seconds.
    After(f64),
    /// A queue, or nothing any more.
    Stop,
}
use Next::{After, Stop};

/// Why an attempt failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The row is another version than the one that was read.
    Version,
    Deadlock,
    Timeout,
}

impl Simulation {
    /// Has a transaction go on with its phase, and with those that follow at the same moment.
    #[cfg_attr(made_small, optimize(speed))]
    pub(super) fn go_on(&mut self, slot: u32) {
        loop {
            let next = match self.transactions[slot as usize].phase {
                Phase::Connect => self.connect(slot, Phase::Begin),
                Phase::Begin => self.begin(slot),
                Phase::Ask | Phase::AskToWrite => self.ask(slot),
                Phase::Think => self.think(slot),
                Phase::Reconnect => self.connect(slot, Phase::Write),
                Phase::Write => self.write(slot),
                Phase::Commit => self.commit(slot),
                Phase::ReadEnd => self.read_end(slot),
                Phase::LookForDeadlock => self.look_for_deadlock(slot),
                Phase::GiveUp => self.fail(slot, Failure::Timeout),
            };
            match next {
                After(time) if time > 0.0 => {
                    self.transactions[slot as usize].timer = self.agenda.set(self.now + time, slot);
                    return;
                }
                After(_) => {}
                Stop => return,
            }
        }
    }

    /// Has those go on that got their locks.
    #[inline]
    pub(super) fn tell_granted(&mut self) {
        let mut next = 0;
        while next < self.granted.len() {
            let slot = self.granted[next];
            next += 1;
            let transaction = &mut self.transactions[slot as usize];
            transaction.timer = 0;
            self.waiting -= 1;
            let waited = self.now - transaction.since;
            transaction.waited += waited;
            if transaction.writes {
                self.tally.now[sum::WAIT_TIME] += waited;
            }
            match self.have(slot) {
                After(time) if time > 0.0 => {
                    self.transactions[slot as usize].timer = self.agenda.set(self.now + time, slot);
                }
                After(_) => self.go_on(slot),
                Stop => {}
            }
        }
        self.granted.clear();
    }

    // ---- connections ----

    fn is_pooled(&self) -> bool {
        self.settings.connections.is_some()
    }

    fn connect(&mut self, slot: u32, then: Phase) -> Next {
        let pooled = self.is_pooled();
        let transaction = &mut self.transactions[slot as usize];
        transaction.phase = then;
        if !pooled {
            return After(0.0);
        }
        if self.connections == 0 {
            transaction.since = self.now;
            self.pool.push_back(slot);
            return Stop;
        }
        self.connections -= 1;
        transaction.connected = true;
        After(0.0)
    }

    fn disconnect(&mut self, slot: u32) {
        let transaction = &mut self.transactions[slot as usize];
        if !std::mem::take(&mut transaction.connected) {
            return;
        }
        match self.pool.pop_front() {
            None => self.connections += 1,
            Some(next) => {
                let transaction = &mut self.transactions[next as usize];
                transaction.connected = true;
                let waited = self.now - transaction.since;
                // An attempt that waits for a connection before its write has not worked meanwhile.
                transaction.waited += waited;
                self.tally.now[sum::POOL_WAIT] += waited;
                // It goes on at this moment, after whoever is at it now.
                transaction.timer = self.agenda.set(self.now, next);
            }
        }
    }

    // ---- an attempt ----

    /// From the read to the write, thinking and hanging included.
    fn length(&self, slot: u32) -> f64 {
        let transaction = &self.transactions[slot as usize];
        let hang = if transaction.hangs {
            self.settings.faults.hang_time
        } else {
            0.0
        };
        transaction.t + self.settings.costs.think + hang
    }

    fn begin(&mut self, slot: u32) -> Next {
        self.events += 1;
        self.series.bin().attempts += 1.0;
        let transaction = &mut self.transactions[slot as usize];
        transaction.attempt += 1;
        transaction.begun = self.now;
        transaction.waited = 0.0;
        transaction.met = false;
        transaction.locked = 0;
        if transaction.attempt > 1 {
            // The client that hung has been killed.
            transaction.hangs = false;
            if self.settings.at_retry == AtRetry::Redraw {
                transaction.t = self.sampler.draw(&mut self.clients);
            }
        }
        let (writes, t) = (transaction.writes, transaction.t);
        let policy = self.settings.policy;
        if let Some(locking) = policy.locking()
            && (writes || locking.readers == Readers::Share)
        {
            // The record of the request is a statement of its own.
            let record = matches!(policy, Policy::UpsertLock(_)) && writes;
            transaction.phase = Phase::Ask;
            return After(if record {
                self.settings.costs.lock_round_trip
            } else {
                0.0
            });
        }
        if !writes {
            transaction.phase = Phase::ReadEnd;
            return After(self.length(slot));
        }
        let gives_back =
            self.is_pooled() && !policy.keeps_transaction_open() && self.settings.costs.think > 0.0;
        let is_atomic = policy == Policy::Atomic;
        let transaction = &mut self.transactions[slot as usize];
        transaction.phase = if gives_back {
            Phase::Think
        } else {
            Phase::Write
        };
        if is_atomic {
            // There is no read, so nothing lies between it and the write but the user's thinking.
            return After(if gives_back {
                0.0
            } else {
                self.length(slot) - t
            });
        }
        self.read(slot);
        After(if gives_back { t } else { self.length(slot) })
    }

    /// Remembers what is in the rows.
    #[inline]
    fn read(&mut self, slot: u32) {
        let each = self.settings.rows_each as usize;
        let from = slot as usize * each;
        let wanted = &self.wanted[from..from + each];
        for (seen, row) in self.seen[from..from + each].iter_mut().zip(wanted) {
            let row = self.rows[*row as usize];
            *seen = Seen {
                version: row.version,
                value: row.value,
            };
        }
    }

    fn think(&mut self, slot: u32) -> Next {
        let transaction = &mut self.transactions[slot as usize];
        transaction.phase = Phase::Reconnect;
        let t = transaction.t;
        self.disconnect(slot);
        After(self.length(slot) - t)
    }

    // ---- locks ----

    /// Whether a waiter may wait for itself.
    fn may_deadlock(&self) -> bool {
        match self.settings.policy.locking() {
            Some(locking) => self.locks_each > 1 && locking.order == Order::AsDrawn,
            None => self.settings.rows_each > 1,
        }
    }

    fn ask(&mut self, slot: u32) -> Next {
        let transaction = &self.transactions[slot as usize];
        let place = transaction.locked;
        let locking = self.settings.policy.locking();
        if locking.is_none() && !self.is_as_read(slot, place) {
            return self.fail(slot, Failure::Version);
        }
        let lock = match locking {
            Some(locking) if locking.scope == Scope::All => 0,
            _ => self.wanted[(slot * self.settings.rows_each + place) as usize],
        };
        let mode = if transaction.writes {
            Mode::Exclusive
        } else {
            Mode::Shared
        };
        self.events += 1;
        self.transactions[slot as usize].holds = true;
        if self.locks.ask(slot, place, lock, mode) {
            return self.have(slot);
        }
        let timeout = locking.and_then(|locking| locking.timeout);
        let patience = locking.map_or(0.0, |locking| locking.deadlock_timeout);
        let blocks = locking.is_some() || self.settings.policy == Policy::Atomic;
        let transaction = &mut self.transactions[slot as usize];
        transaction.since = self.now;
        if transaction.writes {
            transaction.met |= blocks;
            self.tally.now[sum::WAITS] += 1.0;
        }
        self.waiting += 1;
        self.tally.most_waiting = self.tally.most_waiting.max(self.waiting);
        if timeout == Some(0.0) {
            return self.fail(slot, Failure::Timeout);
        }
        if self.may_deadlock() {
            if patience == 0.0 {
                return self.look_for_deadlock(slot);
            }
            if timeout.is_none_or(|timeout| patience < timeout) {
                self.transactions[slot as usize].phase = Phase::LookForDeadlock;
                return After(patience);
            }
        }
        self.give_up_after(slot, timeout)
    }

    /// Has a waiter give up so long after it began to wait.
    fn give_up_after(&mut self, slot: u32, timeout: Option<f64>) -> Next {
        let transaction = &mut self.transactions[slot as usize];
        transaction.phase = Phase::GiveUp;
        match timeout {
            Some(timeout) => After((transaction.since + timeout - self.now).max(f64::MIN_POSITIVE)),
            None => Stop,
        }
    }

    fn look_for_deadlock(&mut self, slot: u32) -> Next {
        let mut steps = 0;
        let found = self.locks.is_deadlocked(slot, &mut steps);
        self.searched += steps / 8;
        if found {
            return self.fail(slot, Failure::Deadlock);
        }
        let timeout = self
            .settings
            .policy
            .locking()
            .and_then(|locking| locking.timeout);
        self.give_up_after(slot, timeout)
    }

    /// After a lock was granted.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn have(&mut self, slot: u32) -> Next {
        self.events += 1;
        let each = self.settings.rows_each;
        let place = self.transactions[slot as usize].locked;
        let costs = &self.settings.costs;
        let Some(locking) = self.settings.policy.locking() else {
            let commit = costs.commit;
            let transaction = &mut self.transactions[slot as usize];
            transaction.locked += 1;
            let last = transaction.locked == each;
            if !self.is_as_read(slot, place) {
                return self.fail(slot, Failure::Version);
            }
            let transaction = &mut self.transactions[slot as usize];
            if !last {
                transaction.phase = Phase::AskToWrite;
                return After(0.0);
            }
            transaction.phase = Phase::Commit;
            return After(commit);
        };
        let (order, all, round_trip) = (
            locking.order,
            locking.scope == Scope::All,
            costs.lock_round_trip,
        );
        if all {
            self.read(slot);
        } else {
            let at = (slot * each + place) as usize;
            let row = self.rows[self.wanted[at] as usize];
            self.seen[at] = Seen {
                version: row.version,
                value: row.value,
            };
        }
        let length = self.length(slot);
        let transaction = &mut self.transactions[slot as usize];
        transaction.locked += 1;
        let last = transaction.locked == self.locks_each;
        transaction.phase = match (last, transaction.writes) {
            (false, _) => Phase::Ask,
            (true, true) => Phase::Write,
            (true, false) => Phase::ReadEnd,
        };
        let work = match order {
            Order::AsDrawn => length / f64::from(self.locks_each),
            Order::Sorted if last => length,
            Order::Sorted => 0.0,
        };
        After(round_trip + work)
    }

    /// Whether a row is still what it was at the read, as far as the strategy cares.
    #[inline]
    fn is_as_read(&self, slot: u32, place: u32) -> bool {
        let at = (slot * self.settings.rows_each + place) as usize;
        !self.settings.policy.compares_versions()
            || self.rows[self.wanted[at] as usize].version == self.seen[at].version
    }

    #[cfg_attr(made_small, optimize(speed))]
    fn let_go(&mut self, slot: u32) {
        let transaction = &mut self.transactions[slot as usize];
        if !std::mem::take(&mut transaction.holds) {
            return;
        }
        let last = transaction.locked;
        if self.locks.is_waiting(slot) {
            self.waiting -= 1;
            let waited = self.now - transaction.since;
            transaction.waited += waited;
            if transaction.writes {
                self.tally.now[sum::WAIT_TIME] += waited;
            }
            self.locks.release(slot, last, &mut self.granted);
        }
        for place in 0..last {
            self.locks.release(slot, place, &mut self.granted);
        }
    }

    // ---- the write ----

    fn write(&mut self, slot: u32) -> Next {
        self.events += 1;
        if self.transactions[slot as usize].crashes {
            self.let_go(slot);
            return self.end(slot, End::Crashed);
        }
        let commit = self.settings.costs.commit;
        if self.settings.policy.locking().is_none() {
            if commit > 0.0 {
                self.transactions[slot as usize].phase = Phase::AskToWrite;
                return After(0.0);
            }
            for place in 0..self.settings.rows_each {
                if !self.is_as_read(slot, place) {
                    return self.fail(slot, Failure::Version);
                }
            }
        }
        self.transactions[slot as usize].phase = Phase::Commit;
        After(commit)
    }

    fn commit(&mut self, slot: u32) -> Next {
        let transaction = self.transactions[slot as usize];
        let known = transaction.is_duplicate && self.settings.policy.knows_requests();
        let mut met = transaction.met;
        if !known {
            met |= self.apply(slot);
        }
        if transaction.is_duplicate {
            self.tally.now[sum::DUPLICATES] += 1.0;
            self.tally.now[sum::APPLIED_TWICE] += f64::from(u8::from(!known));
        }
        self.let_go(slot);
        let work = self.now - transaction.begun - transaction.waited;
        let sums = &mut self.tally.now;
        sums[sum::ATTEMPTS] += 1.0;
        sums[sum::CONFLICTS] += f64::from(u8::from(met));
        sums[sum::WORK] += work;
        self.end(slot, End::Committed)
    }

    /// Puts what it wrote into the rows; whether another writer came in between.
    #[cfg_attr(made_small, optimize(speed))]
    fn apply(&mut self, slot: u32) -> bool {
        let each = self.settings.rows_each as usize;
        let from = slot as usize * each;
        let mut met = false;
        let mut stamp = self.now;
        if let Policy::LastWriteWins { skew } = self.settings.policy
            && skew > 0.0
        {
            stamp += skew * (2.0 * self.clients.unit() - 1.0);
        }
        for at in from..from + each {
            let row: &mut Row = &mut self.rows[self.wanted[at] as usize];
            let seen = self.seen[at];
            let before = row.value;
            match self.settings.policy {
                Policy::Atomic => row.value += 1,
                Policy::LastWriteWins { .. } if stamp < row.stamp => {
                    met = true;
                    self.tally.now[sum::DROPPED] += 1.0;
                    self.tally.now[sum::LOST] += 1.0;
                    continue;
                }
                _ => {
                    met |= row.version != seen.version;
                    row.value = seen.value + 1;
                }
            }
            row.stamp = stamp;
            row.version = row.version.wrapping_add(1);
            self.tally.now[sum::LOST] += (before + 1 - row.value) as f64;
        }
        met
    }

    fn read_end(&mut self, slot: u32) -> Next {
        self.let_go(slot);
        self.end(slot, End::Committed)
    }

    // ---- the end ----

    fn fail(&mut self, slot: u32, why: Failure) -> Next {
        self.let_go(slot);
        self.series.bin().failures += 1.0;
        let transaction = &mut self.transactions[slot as usize];
        let work = self.now - transaction.begun - transaction.waited;
        let sums = &mut self.tally.now;
        if transaction.writes {
            sums[sum::ATTEMPTS] += 1.0;
            sums[sum::CONFLICTS] += 1.0;
            sums[sum::FAILURES] += 1.0;
            sums[sum::WORK] += work;
            sums[sum::WASTED] += work;
        }
        match why {
            Failure::Version => {}
            Failure::Deadlock => sums[sum::DEADLOCKS] += 1.0,
            Failure::Timeout => sums[sum::TIMEOUTS] += 1.0,
        }
        let client = self.settings.on_conflict;
        if client
            .retries
            .is_some_and(|limit| transaction.attempt > limit)
        {
            return self.end(slot, End::GaveUp);
        }
        if transaction.writes {
            sums[sum::RETRIES] += 1.0;
        }
        self.events += 1;
        let mut pause = client.pause(transaction.attempt + 1);
        if client.jitter && pause > 0.0 {
            pause *= self.clients.unit();
        }
        pause += self.settings.costs.retry;
        if pause == 0.0 && self.now <= transaction.begun {
            // An attempt that took no time and begins again at once would stop the clock: two victims could take turns at one
            // moment for ever. It leaves the others time to commit.
            pause = self.settings.costs.commit;
        }
        if pause > 0.0 && transaction.connected {
            transaction.phase = Phase::Connect;
            self.disconnect(slot);
        } else {
            transaction.phase = Phase::Begin;
        }
        After(pause)
    }

    #[cfg_attr(made_small, optimize(speed))]
    fn end(&mut self, slot: u32, end: End) -> Next {
        self.events += 1;
        let transaction = self.transactions[slot as usize];
        let latency = self.now - transaction.arrived;
        let sums = &mut self.tally.now;
        if end == End::Committed {
            self.flow.commits += 1;
            self.series.bin().commits += 1.0;
            if transaction.writes {
                sums[sum::COMMITS] += 1.0;
                sums[sum::LATENCY] += latency;
                sums[sum::LATENCY_SQUARES] += latency * latency;
                self.tally.writers.add(latency);
            } else {
                sums[sum::READS] += 1.0;
                sums[sum::READ_LATENCY] += latency;
                self.tally.readers.add(latency);
            }
        } else {
            self.flow.rejects += 1;
            self.flow.crashed += u64::from(end == End::Crashed);
            self.series.bin().rejects += 1.0;
            if transaction.writes {
                sums[sum::REJECTS] += 1.0;
            }
        }
        self.note(&transaction, end);
        self.in_flight -= 1;
        self.flow.in_flight -= 1;
        self.disconnect(slot);
        self.transactions[slot as usize].timer = 0;
        self.free.push(slot);
        if end == End::Committed && transaction.comes_again {
            self.come_again(slot, transaction.t);
        }
        Stop
    }

    /// The request that was carried out comes a second time, with the same rows.
    fn come_again(&mut self, first: u32, t: f64) {
        let slot = self.new_slot();
        let each = self.settings.rows_each as usize;
        let (from, to) = (first as usize * each, slot as usize * each);
        self.wanted.copy_within(from..from + each, to);
        let again = Transaction {
            t,
            is_duplicate: true,
            ..self.blank()
        };
        self.welcome(slot, again);
    }
}
