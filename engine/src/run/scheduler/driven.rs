//! A run in which somebody else decides who goes next.
//!
//! The rule, which "every interleaving" means too:
//!
//! - A *move* is the next step of one session: a statement, a `require`, a fault, a call on the process's lock. What follows
//!   from it by itself belongs to it: the answer, the `ROLLBACK` of a client that was set back, and that of every session
//!   that waited for what was let go.
//! - A session that waits for an answer, or for the process's lock, has no move. A thread that waits for an *unfair* lock has
//!   one when the lock is free: it races with whoever asks meanwhile. A fair lock is handed over, which is no move.
//! - When a step was drawn does not matter, nor how slow a client is or how long it pauses before it tries again.
//! - While anybody has a move, no clock strikes. When nobody has, the clock jumps to what is due first: a session looks for a
//!   deadlock, gives a wait up, has slept enough. Of two that wait equally long, the one that began first is due first.
//! - Each move takes a millisecond, and so does each answer to a session that waited; so no two waits begin together.
//! - The run is over when nobody has a move and nothing is due.

use super::{Client, Database, Event, PlannedAction, ProcessLockState, Scheduler, Transaction};
use crate::ids::{SessionId, Tick};
use crate::run::{PlannedId, Run, SetupError};
use crate::strategy::{Fairness, Plan};

/// A run under way.
#[derive(Clone)]
pub struct Driven<'a> {
    scheduler: Scheduler<'a>,
}

impl<'a> Driven<'a> {
    /// Before the first move.
    ///
    /// # Errors
    /// When a statement of the set-up fails.
    pub fn start(plan: &'a Plan) -> Result<Self, SetupError> {
        let scheduler = Scheduler::start(plan, usize::MAX)?;
        Ok(Self { scheduler })
    }

    /// The sessions that have a move, in their order.
    #[must_use]
    pub fn movable(&self) -> Vec<SessionId> {
        let sessions = (0..self.scheduler.clients.len()).map(SessionId);
        sessions
            .filter(|&session| self.scheduler.has_move(session))
            .collect()
    }

    /// The step of a session's next move, if it has one.
    #[must_use]
    pub fn next_step(&self, session: SessionId) -> Option<PlannedId> {
        let client = self.scheduler.clients.get(session.0)?;
        client.due(self.scheduler.plan).map(|(_, step)| step)
    }

    /// The simulated clock.
    #[must_use]
    pub fn clock(&self) -> Tick {
        self.scheduler.db.clock()
    }

    /// A session makes its move, and all that follows from it happens; `false` when it has none.
    pub fn go(&mut self, session: SessionId) -> bool {
        let has = session.0 < self.scheduler.clients.len() && self.scheduler.has_move(session);
        if has {
            self.scheduler.make_move(session);
            self.scheduler.settle();
        }
        has
    }

    /// How many ways there are to go on to the end. Each is gone: that takes as long as there are ways, and is what counts are
    /// held against.
    #[must_use]
    pub fn schedules(&self) -> u64 {
        let moves = self.movable();
        if moves.is_empty() {
            return 1;
        }
        let ways = moves.into_iter().map(|session| {
            let mut next = self.clone();
            next.go(session);
            next.schedules()
        });
        ways.sum()
    }

    /// What is written down of it by now.
    #[must_use]
    pub fn finish(self) -> Run {
        self.scheduler.finish()
    }
}

/// One session's part of a state, on a server of which it sees no more than it can.
pub(crate) struct Stage {
    pub db: Database,
    pub process: ProcessLockState,
    pub client: Client,
    /// The transaction that is open.
    pub open: Option<Transaction>,
}

/// Why a session does something.
pub(crate) enum Cause {
    /// It makes a move, or is handed the process's lock.
    Move,
    /// It was woken.
    Woken,
    /// Time brings it something.
    Time(Tick),
}

/// What came of it.
pub(crate) struct Played {
    pub db: Database,
    pub process: ProcessLockState,
    pub client: Client,
    /// What happened, all of it to the session.
    pub events: Vec<Event>,
    /// The transactions it was in; that which was open comes first.
    pub transactions: Vec<Transaction>,
}

/// Lets one session do one thing. Sessions that it wakes are left woken.
pub(crate) fn play(plan: &Plan, session: SessionId, cause: Cause, stage: Stage) -> Played {
    let idle = || Client::idle(session);
    let mut clients: Vec<Client> = (0..session.0).map(|_| idle()).collect();
    clients.push(stage.client);
    let mut scheduler = Scheduler {
        plan,
        sent_for: usize::MAX,
        db: stage.db,
        clients,
        events: Vec::new(),
        transactions: stage.open.into_iter().collect(),
        searches: Vec::new(),
        process: stage.process,
        initial: Vec::new(),
        alarmed: None,
        watcher: None,
    };
    match cause {
        Cause::Move => scheduler.make_move(session),
        Cause::Woken => {
            if let Some(session) = scheduler.db.take_woken() {
                scheduler.go_on(session);
            }
        }
        Cause::Time(at) => scheduler.strike(at, session),
    }
    Played {
        client: scheduler.clients.pop().unwrap_or_else(idle),
        db: scheduler.db,
        process: scheduler.process,
        events: scheduler.events,
        transactions: scheduler.transactions,
    }
}

impl Scheduler<'_> {
    /// One millisecond passes.
    pub(super) fn tick(&mut self) {
        self.db.set_clock(Tick(self.db.clock().0 + 1));
    }

    /// Whether a session has a move.
    pub(super) fn has_move(&self, session: SessionId) -> bool {
        let fairness = super::process_steps::fairness(self.plan, session);
        let can_go_on = || self.process.can_go_on(session, fairness).is_some();
        self.clients[session.0].due(self.plan).is_some()
            && (!self.process.waits(session) || fairness == Fairness::Unfair && can_go_on())
    }

    /// A session makes its next step.
    pub(super) fn make_move(&mut self, session: SessionId) {
        if let Some((_, step)) = self.clients[session.0].due(self.plan) {
            self.tick();
            self.take_step(session, step);
        }
    }

    /// Whoever was woken goes on, and time passes while nobody has a move.
    fn settle(&mut self) {
        loop {
            if let Some(session) = self.db.take_woken() {
                self.go_on(session);
            } else if let Some(session) = self.heir() {
                self.make_move(session);
            } else if (0..self.clients.len()).any(|session| self.has_move(SessionId(session))) {
                return;
            } else if let Some((at, session)) = self.db.next_timer() {
                self.strike(at, session);
            } else {
                return;
            }
        }
    }

    /// A session that was woken goes on.
    pub(super) fn go_on(&mut self, session: SessionId) {
        self.tick();
        if let Some(batch) = self.db.resume(session) {
            self.heard(session, batch.into_progress());
        }
    }

    /// Time brings something to a session.
    pub(super) fn strike(&mut self, at: Tick, session: SessionId) {
        self.db.set_clock(at);
        if let Some(batch) = self.db.fire_timer(session) {
            self.heard(session, batch.into_progress());
        }
    }

    /// Who is handed the process's lock, which is free and fair.
    pub(super) fn heir(&self) -> Option<SessionId> {
        let fair = |session: &SessionId| {
            let fairness = super::process_steps::fairness(self.plan, *session);
            fairness == Fairness::Fair && self.process.can_go_on(*session, fairness).is_some()
        };
        let heir = self.process.waiters().find(fair)?;
        let (_, step) = self.clients[heir.0].due(self.plan)?;
        let asks = matches!(self.plan.steps[step.0].action, PlannedAction::Process(_));
        asks.then_some(heir)
    }
}
