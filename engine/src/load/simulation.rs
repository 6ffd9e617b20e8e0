//! The simulation: traffic against rows, event by event.
//!
//! Time jumps from one event to the next: the next arrival or the next timer, whichever comes first. Every transaction is a small
//! state machine whose [`Phase`] says what its timer means; what it does there is in `attempt.rs`. At each moment a transaction has
//! at most one timer that counts, or waits in one queue.
//!
//! It runs in slices: [`Simulation::run`] takes a budget of events and can be called again and again. It never ends by itself,
//! unless its arrivals are given. Nothing is allocated in a slice once as many transactions have been under way as will be.
//!
//! An **event** is one of: an arrival, the begin of an attempt with its read, a lock asked for, a lock granted, a write, the
//! end of an attempt. Rates of events count these.

use super::agenda::Agenda;
use super::fast_vec::FastVec;
use super::locks::Locks;
use super::measures::Measures;
use super::random::Random;
use super::series::Series;
use super::settings::{Settings, SettingsError};
use super::tally::{Tally, sum};
use super::times::Sampler;
use super::traffic::{Given, Traffic};
use super::transaction::{Phase, Row, Seen, Transaction};
use std::collections::VecDeque;

/// The most transactions under way. Where more come, the system is past all hope; those are turned away, and counted.
pub const MOST_IN_FLIGHT: u32 = 10_000;

/// Arrivals that are simulated before anything is counted, so that the empty start does not show.
const WARM_UP: u64 = 1000;

/// Every arrival since the start, and where it is now: arrivals = commits + rejects + in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Transactions that came, duplicates included.
    pub arrivals: u64,
    /// Readers and writers that committed.
    pub commits: u64,
    /// That ended without: given up after a conflict, crashed, or turned away.
    pub rejects: u64,
    /// Of those, crashed.
    pub crashed: u64,
    /// Of those, turned away because [`MOST_IN_FLIGHT`] were under way.
    pub turned_away: u64,
    /// Under way.
    pub in_flight: u64,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It committed.
    Committed,
    /// It gave up after a conflict.
    GaveUp,
    /// Its client died.
    Crashed,
    /// Too many were under way.
    TurnedAway,
}

/// An entry of the log that a simulation of given arrivals keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// Which arrival, from 0 in the order of their times.
    pub number: u32,
    /// When.
    pub at: f64,
    /// How.
    pub end: End,
    /// How many attempts it made.
    pub attempts: u32,
    /// How long its last attempt waited for locks.
    pub waited: f64,
}

/// What a slice came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// The budget is spent; there is more to come.
    Spent,
    /// The given arrivals have all come and ended, or the time has come until which it was to run.
    Over,
}

/// Traffic under way.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(super) settings: Settings,
    pub(super) traffic: Traffic,
    /// What clients draw: retries, jitter, clocks.
    pub(super) clients: Random,
    pub(super) sampler: Sampler,
    pub(super) agenda: Agenda,
    pub(super) locks: Locks,
    /// Locks of a transaction.
    pub(super) locks_each: u32,
    pub(super) rows: FastVec<Row>,
    /// By transaction and place: the rows it wants.
    pub(super) wanted: FastVec<u32>,
    /// By transaction and place: what it read there.
    pub(super) seen: FastVec<Seen>,
    pub(super) transactions: FastVec<Transaction>,
    pub(super) free: Vec<u32>,
    /// Connections that nobody has.
    pub(super) connections: u32,
    pub(super) pool: VecDeque<u32>,
    /// Got a lock and do not know yet.
    pub(super) granted: Vec<u32>,
    pub(super) now: f64,
    pub(super) events: u64,
    /// How far was looked for deadlocks, in steps that take as long as an event; paid for from the budget.
    pub(super) searched: u64,
    pub(super) in_flight: u32,
    pub(super) waiting: u32,
    pub(super) flow: Flow,
    pub(super) tally: Tally,
    pub(super) series: Series,
    warm: bool,
    /// What was under way when counting began, and when that was.
    base: (u32, f64),
    pub(super) log: Option<Vec<Ended>>,
}

impl Simulation {
    /// Before the first arrival.
    ///
    /// # Errors
    /// When the settings are out of range.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let locks_each = settings.locks_each().max(settings.rows_each);
        let queue = settings
            .policy
            .locking()
            .map_or(super::policy::Queue::FirstCome, |locking| locking.queue);
        Ok(Self {
            traffic: Traffic::new(settings),
            clients: Random::new(settings.seed, 1),
            sampler: settings.times.sampler(),
            agenda: Agenda::default(),
            locks: Locks::new(settings.rows, locks_each, queue),
            locks_each: settings.locks_each(),
            rows: FastVec::of(Row::default(), settings.rows as usize),
            wanted: FastVec::new(),
            seen: FastVec::new(),
            transactions: FastVec::new(),
            free: Vec::new(),
            connections: settings.connections.unwrap_or(u32::MAX),
            pool: VecDeque::new(),
            granted: Vec::new(),
            now: 0.0,
            events: 0,
            searched: 0,
            in_flight: 0,
            waiting: 0,
            flow: Flow::default(),
            tally: Tally::default(),
            series: Series::new((settings.distance() / 8.0).max(0.25 / settings.arrivals())),
            warm: settings.burst.is_some(),
            base: (0, 0.0),
            log: None,
            settings: settings.clone(),
        })
    }

    /// The same on these arrivals and no others, with a log of how each ended and without a warm-up.
    ///
    /// # Errors
    /// When the settings are out of range.
    pub fn on(settings: &Settings, given: Vec<Given>) -> Result<Self, SettingsError> {
        let mut simulation = Self::new(settings)?;
        simulation.log = Some(Vec::with_capacity(given.len()));
        simulation.traffic.give(given);
        simulation.warm = true;
        Ok(simulation)
    }

    /// Goes on for so many events.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn run(&mut self, budget: u64) -> Slice {
        self.run_until(f64::INFINITY, budget)
    }

    /// Goes on for so many events, but not beyond a simulated time; [`Slice::Over`] when it is reached.
    pub fn run_until(&mut self, until: f64, budget: u64) -> Slice {
        let end = self.spent().saturating_add(budget);
        while self.spent() < end {
            let timer = self.agenda.next_at();
            let arrival = self.traffic.next_at();
            let at = if timer <= arrival { timer } else { arrival };
            if at > until || at == f64::INFINITY {
                if self.now < until && until < f64::INFINITY {
                    self.advance(until);
                }
                return Slice::Over;
            }
            self.advance(at);
            if timer <= arrival {
                let Some(timer) = self.agenda.take() else {
                    continue;
                };
                let transaction = &mut self.transactions[timer.slot as usize];
                if transaction.timer != timer.number {
                    continue;
                }
                transaction.timer = 0;
                self.go_on(timer.slot);
            } else {
                self.arrive();
            }
            self.tell_granted();
        }
        Slice::Spent
    }

    /// Lets time pass.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn advance(&mut self, to: f64) {
        let passed = to - self.now;
        let (in_flight, waiting) = (f64::from(self.in_flight), f64::from(self.waiting));
        let sums = &mut self.tally.now;
        sums[sum::TIME] += passed;
        sums[sum::IN_FLIGHT] += passed * in_flight;
        sums[sum::WAITING] += passed * waiting;
        self.series.advance(to, in_flight, waiting);
        self.now = to;
    }

    /// A transaction comes.
    fn arrive(&mut self) {
        let slot = self.new_slot();
        let each = self.settings.rows_each as usize;
        let from = slot as usize * each;
        let arrival = self.traffic.take(&mut self.wanted[from..from + each]);
        if self.sorts() {
            crate::collections::sort_by(&mut self.wanted[from..from + each], u32::cmp);
        }
        self.welcome(
            slot,
            Transaction {
                t: arrival.t,
                writes: arrival.writes,
                crashes: arrival.crashes,
                comes_again: arrival.comes_again,
                hangs: arrival.hangs,
                ..self.blank()
            },
        );
        if !self.warm && self.flow.arrivals >= WARM_UP && self.now >= 5.0 * self.settings.distance()
        {
            self.warm = true;
            self.tally = Tally::default();
            self.base = (self.in_flight, self.now);
        }
    }

    fn sorts(&self) -> bool {
        let locking = self.settings.policy.locking();
        self.settings.rows_each > 1
            && locking.is_some_and(|it| it.order == super::policy::Order::Sorted)
    }

    /// A transaction of which nothing is known yet.
    pub(super) fn blank(&self) -> Transaction {
        Transaction {
            number: self.flow.arrivals as u32,
            phase: Phase::Connect,
            timer: 0,
            attempt: 0,
            locked: 0,
            holds: false,
            writes: true,
            crashes: false,
            comes_again: false,
            hangs: false,
            is_duplicate: false,
            connected: false,
            met: false,
            arrived: self.now,
            begun: self.now,
            since: self.now,
            waited: 0.0,
            t: 0.0,
        }
    }

    /// A free slot with room for a transaction's rows.
    #[inline]
    pub(super) fn new_slot(&mut self) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        let slot = self.transactions.len();
        let blank = self.blank();
        self.transactions.push(blank);
        let each = self.settings.rows_each as usize;
        self.wanted.resize((slot + 1) * each, 0);
        self.seen.resize((slot + 1) * each, Seen::default());
        self.locks.add_transaction();
        slot as u32
    }

    /// Lets a transaction in.
    #[cfg_attr(made_small, optimize(speed))]
    pub(super) fn welcome(&mut self, slot: u32, transaction: Transaction) {
        self.events += 1;
        self.flow.arrivals += 1;
        self.series.bin().arrivals += 1.0;
        self.tally.arrived();
        self.transactions[slot as usize] = transaction;
        if self.in_flight >= MOST_IN_FLIGHT {
            self.flow.rejects += 1;
            self.flow.turned_away += 1;
            if transaction.writes {
                self.tally.now[sum::REJECTS] += 1.0;
            }
            self.series.bin().rejects += 1.0;
            self.note(&transaction, End::TurnedAway);
            self.free.push(slot);
            return;
        }
        self.in_flight += 1;
        self.flow.in_flight += 1;
        self.tally.most_in_flight = self.tally.most_in_flight.max(self.in_flight);
        self.go_on(slot);
    }

    /// Writes into the log, if there is one.
    pub(super) fn note(&mut self, transaction: &Transaction, end: End) {
        if let Some(log) = &mut self.log {
            log.push(Ended {
                number: transaction.number,
                at: self.now,
                end,
                attempts: transaction.attempt,
                waited: transaction.waited,
            });
        }
    }

    /// What is simulated.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many events there were.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// What budgets paid for until now: events, and the search for deadlocks where queues are long.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.events + self.searched
    }

    /// The simulated time, in seconds.
    #[must_use]
    pub fn now(&self) -> f64 {
        self.now
    }

    /// Where every arrival is.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// How each transaction ended, in the order of the ends; empty unless arrivals were given.
    #[must_use]
    pub fn log(&self) -> &[Ended] {
        self.log.as_deref().unwrap_or_default()
    }

    /// The updates that are in all rows together. Each commit of a writer adds one to each of its rows; what is missing was lost.
    #[must_use]
    pub fn value(&self) -> i64 {
        self.rows.iter().map(|row| row.value).sum()
    }

    /// What happened over time.
    #[must_use]
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// What was counted since the warm-up; can be merged with that of another seed.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether the system falls behind: what is under way has grown since counting began, by more than a fiftieth of what came,
    /// or transactions were turned away.
    #[must_use]
    pub fn falls_behind(&self) -> bool {
        let grown = f64::from(self.in_flight) - f64::from(self.base.0);
        let came = self.tally.total(sum::ARRIVALS);
        self.flow.turned_away > 0 || grown > 100.0 && grown > 0.02 * came
    }

    /// The conflict probability as measured until now; quicker than all measures.
    #[must_use]
    pub fn conflicts(&self) -> super::Estimate {
        self.tally.ratio(sum::CONFLICTS, sum::ATTEMPTS, true)
    }

    /// What was measured until now.
    #[must_use]
    pub fn measures(&self) -> Measures {
        Measures::of(&self.tally, self.events, self.falls_behind())
    }

    /// Whether what is counted in passing agrees with the state: every transaction under way waits for a timer, a lock or a
    /// connection, and connections are neither lost nor made.
    #[cfg(test)]
    pub(super) fn is_consistent(&self) -> bool {
        let mut free = vec![false; self.transactions.len()];
        for slot in &self.free {
            free[*slot as usize] = true;
        }
        let under_way = (0..self.transactions.len() as u32).filter(|slot| !free[*slot as usize]);
        let mut waiting = 0;
        let mut connected = 0;
        for slot in under_way.clone() {
            let transaction = &self.transactions[slot as usize];
            let waits = self.locks.is_waiting(slot);
            waiting += u32::from(waits);
            connected += u32::from(transaction.connected);
            if !(waits || transaction.timer != 0 || self.pool.contains(&slot)) {
                return false;
            }
        }
        let connections = self
            .settings
            .connections
            .is_none_or(|all| all == self.connections + connected);
        connections
            && waiting == self.waiting
            && under_way.count() as u32 == self.in_flight
            && u64::from(self.in_flight) == self.flow.in_flight
            && self.granted.is_empty()
    }
}
