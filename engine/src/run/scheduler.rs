//! Who does what next.

mod driven;
mod faults;
mod frozen;
mod process_steps;

pub use driven::Driven;
pub(crate) use driven::{Cause, Stage, play};
pub(super) use frozen::{Frozen, Standing, freeze};
pub(crate) use process_steps::fairness;

use super::client::{Attempt, Client, Current, Pending, Setback};
use super::process::ProcessLockState;
use super::recorder::{self, PendingSearch};
use super::{
    ClientNote, Conflict, Event, EventKind, Outcome, PlannedId, Reply, Run, SetupError, TableState,
    Transaction, TransactionId, prepare,
};
use crate::db::Database;
use crate::db::answer::Progress;
use crate::db::expr::{
    Clause, EvalContext, Scope, bind_condition, is_true, substitute, substitute_expr,
};
use crate::ids::{SessionId, Tick};
use crate::scenario::{OnConflict, Require};
use crate::sql::ast::Statement;
use crate::strategy::{Plan, PlannedAction, RowCheck};
use std::sync::Arc;

/// The most events a run may have; a plan that retries for ever ends there.
const MOST_EVENTS: usize = 100_000;

/// Runs a plan.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn execute(plan: &Plan) -> Result<Run, SetupError> {
    execute_watched(plan, None)
}

/// Who is told, after each event, which there were by now and how server and process stand.
pub(super) type Watcher<'a> = &'a dyn Fn(&[Event], &Database, &ProcessLockState);

/// Runs a plan before a watcher's eyes.
pub(super) fn execute_watched<'a>(
    plan: &'a Plan,
    watcher: Option<Watcher<'a>>,
) -> Result<Run, SetupError> {
    let mut scheduler = Scheduler::start(plan, usize::MAX)?;
    scheduler.watcher = watcher;
    if let Some(watcher) = watcher {
        watcher(&[], &scheduler.db, &scheduler.process);
    }
    scheduler.run_until(Tick(u64::MAX));
    Ok(scheduler.finish())
}

#[derive(Clone)]
struct Scheduler<'a> {
    plan: &'a Plan,
    /// So many drawn steps, from the first, are sent for; the others never come up.
    sent_for: usize,
    db: Database,
    clients: Vec<Client>,
    events: Vec<Event>,
    transactions: Vec<Transaction>,
    searches: Vec<PendingSearch>,
    /// The lock that all sessions share as threads of one process.
    process: ProcessLockState,
    /// The tables as the set-up left them.
    initial: Vec<TableState>,
    /// When something last happened because time had passed.
    alarmed: Option<Tick>,
    watcher: Option<Watcher<'a>>,
}

impl<'a> Scheduler<'a> {
    /// Before the first step: the set-up has run, and nobody has done anything yet.
    fn start(plan: &'a Plan, sent_for: usize) -> Result<Self, SetupError> {
        let db = prepare(plan)?;
        Ok(Self {
            plan,
            sent_for,
            initial: recorder::tables(&db),
            db,
            clients: (0..plan.sessions.len())
                .map(|index| Client::new(SessionId(index), plan))
                .collect(),
            events: Vec::new(),
            transactions: Vec::new(),
            searches: Vec::new(),
            process: ProcessLockState::default(),
            alarmed: None,
            watcher: None,
        })
    }
}

impl Scheduler<'_> {
    /// Lets everything happen that happens up to a moment, that moment included.
    fn run_until(&mut self, end: Tick) {
        while self.events.len() < MOST_EVENTS && self.advance(end) {}
    }

    /// Lets the next thing happen; `false` when nothing is left up to `end`. Beyond it no time passes.
    fn advance(&mut self, end: Tick) -> bool {
        if let Some(session) = self.db.take_woken() {
            if let Some(batch) = self.db.resume(session) {
                self.heard(session, batch.into_progress());
            }
            return true;
        }
        let next = self
            .clients
            .iter()
            .filter_map(|client| self.due(client))
            .filter(|((at, _), _)| *at <= end)
            .min();
        let timer = self.db.next_timer().filter(|(at, _)| *at <= end);
        match (next, timer) {
            (Some(((at, step), session)), timer) if timer.is_none_or(|(time, _)| at <= time) => {
                self.db.set_clock(at);
                self.take_step(session, step);
            }
            (_, Some((at, session))) => {
                self.db.set_clock(at);
                self.alarmed = Some(at);
                if let Some(batch) = self.db.fire_timer(session) {
                    self.heard(session, batch.into_progress());
                }
            }
            (_, None) => return false,
        }
        true
    }

    /// A client's next step, and when it is due; `None` while it waits, when nobody has sent for it,
    /// or when it is done.
    fn due(&self, client: &Client) -> Option<((Tick, PlannedId), SessionId)> {
        let (mut at, step) = client.due(self.plan)?;
        if self.plan.steps[step.0].origin.step().0 >= self.sent_for {
            return None;
        }
        if self.process.waits(client.session) {
            let fairness = process_steps::fairness(self.plan, client.session);
            at = at.max(self.process.can_go_on(client.session, fairness)?);
        }
        Some(((at, step), client.session))
    }

    /// A session makes its next step.
    fn take_step(&mut self, session: SessionId, id: PlannedId) {
        let plan = self.plan;
        self.clients[session.0].next += 1;
        match &plan.steps[id.0].action {
            PlannedAction::Sql { sql, .. } => {
                let variables = &self.clients[session.0].variables;
                match substitute(&sql.statement, &|name| variables.get(name)) {
                    Ok(statement) => self.send(session, id, statement),
                    Err(name) => {
                        let why = variables.why_unbound(&name);
                        self.set_back(session, id, Setback::Unsendable(why));
                    }
                }
            }
            PlannedAction::Require(require) => self.require(session, id, require),
            PlannedAction::Fault(fault) => self.suffer(session, id, *fault),
            PlannedAction::Process(call) => self.call(session, id, *call),
        }
    }

    fn send(&mut self, session: SessionId, step: PlannedId, statement: Statement) {
        self.enter_transaction(session, &statement);
        self.record(
            session,
            Some(step),
            EventKind::Sent {
                sql: statement.to_string(),
            },
        );
        let statement = Arc::new(statement);
        let progress = self.db.submit_shared(session, Arc::clone(&statement));
        self.answered(
            session,
            Pending {
                step,
                statement,
                wait: None,
            },
            progress,
        );
    }

    /// A statement begins a transaction, if its session is in none.
    fn enter_transaction(&mut self, session: SessionId, statement: &Statement) {
        let client = &mut self.clients[session.0];
        if client.current.is_some() || matches!(statement, Statement::Commit | Statement::Rollback)
        {
            return;
        }
        let start = client.start(self.plan);
        let attempt = client.retry.take().unwrap_or_else(|| {
            client.begun += 1;
            client.delivery = 0;
            Attempt {
                number: 1,
                start,
                variables: client.variables.clone(),
            }
        });
        self.transactions.push(Transaction {
            session,
            number: client.begun - 1,
            attempt: attempt.number,
            delivery: client.delivery,
            isolation: match statement {
                Statement::Begin(modes) => modes.isolation,
                _ => None,
            }
            .unwrap_or(self.plan.clients[session.0].isolation),
            first: self.events.len(),
            last: self.events.len(),
            outcome: Outcome::Open,
        });
        client.current = Some(Current {
            id: TransactionId(self.transactions.len() - 1),
            attempt,
        });
    }

    /// What the client makes of how far its statement has come, when it hears of it later.
    fn heard(&mut self, session: SessionId, progress: Progress) {
        if let Some(pending) = self.clients[session.0].pending.take() {
            self.answered(session, pending, progress);
        }
    }

    /// What the client makes of how far its statement has come.
    fn answered(&mut self, session: SessionId, mut pending: Pending, progress: Progress) {
        let step = pending.step;
        match progress {
            Progress::Waiting(_) => {
                let wait = recorder::wait(&self.db, session);
                if pending.wait != wait
                    && let Some(wait) = &wait
                {
                    self.record(session, Some(step), EventKind::Blocked(wait.clone()));
                }
                pending.wait = wait;
                self.clients[session.0].pending = Some(pending);
            }
            Progress::Failed(error) => {
                self.record(session, Some(step), EventKind::Failed(error.clone()));
                self.set_back(session, step, Setback::Error(error));
            }
            Progress::Done(answer) => {
                let event = self.events.len();
                let mut reply = recorder::reply(
                    &self.db,
                    *answer,
                    &pending.statement,
                    event,
                    &mut self.searches,
                );
                let client = &mut self.clients[session.0];
                if let Some(rows) = &reply.rows {
                    reply.bound = client.variables.bind(rows);
                }
                // A step that was sent and answered on time leaves the next one its own time; one that was late does not.
                let now = self.db.clock();
                let late = u64::from(self.plan.steps[step.0].at != now);
                client.ready = Tick(now.0 + late.max(self.plan.clients[session.0].slow));
                self.replied(session, step, &pending.statement, reply);
            }
        }
    }

    /// A statement was carried out: the client looks at the number of rows, and its transaction may have ended.
    fn replied(
        &mut self,
        session: SessionId,
        step: PlannedId,
        statement: &Statement,
        reply: Reply,
    ) {
        let touched = reply
            .tag
            .rsplit(' ')
            .next()
            .and_then(|count| count.parse::<u64>().ok());
        let tag_is_rollback = reply.tag == "ROLLBACK";
        let granted = is_true_alone(&reply);
        self.record(session, Some(step), EventKind::Replied(reply));
        match (&self.plan.steps[step.0].action, touched) {
            (
                PlannedAction::Sql {
                    check: RowCheck::VersionMatched,
                    ..
                },
                Some(0),
            ) => {
                self.record(session, Some(step), EventKind::VersionConflict);
                return self.set_back(session, step, Setback::VersionConflict);
            }
            (
                PlannedAction::Sql {
                    check: RowCheck::GuardHeld(reason),
                    ..
                },
                Some(0),
            ) => {
                let condition = recorder::condition(statement);
                let reason = reason
                    .clone()
                    .unwrap_or_else(|| format!("no row met {condition}"));
                self.record(
                    session,
                    Some(step),
                    EventKind::RequireFailed {
                        condition,
                        reason: reason.clone(),
                    },
                );
                return self.set_back(session, step, Setback::Refused(reason));
            }
            (
                PlannedAction::Sql {
                    check: RowCheck::NewRequest,
                    ..
                },
                Some(0),
            ) => {
                self.note(session, step, ClientNote::AlreadyDone);
                return self.set_back(session, step, Setback::AlreadyDone);
            }
            (
                PlannedAction::Sql {
                    check: RowCheck::Newest,
                    ..
                },
                Some(0),
            ) => self.note(session, step, ClientNote::OlderDropped),
            (
                PlannedAction::Sql {
                    check: RowCheck::Granted,
                    ..
                },
                _,
            ) if !granted => {
                self.note(session, step, ClientNote::NotGranted);
                return self.set_back(session, step, Setback::NotGranted);
            }
            _ => {}
        }
        let ended = match statement {
            Statement::Rollback => Some(Outcome::RolledBack),
            Statement::Commit if tag_is_rollback => Some(Outcome::RolledBack),
            Statement::Commit => Some(Outcome::Committed),
            // Outside a block every statement is a transaction of its own.
            _ if !self.db.in_transaction(session) => Some(Outcome::Committed),
            _ => None,
        };
        if let Some(outcome) = ended {
            self.leave_transaction(session, outcome);
        }
    }

    /// The client's own check.
    fn require(&mut self, session: SessionId, step: PlannedId, require: &Require) {
        let variables = &self.clients[session.0].variables;
        let now = self.db.clock();
        match substitute_expr(&require.condition, &|name| variables.get(name)) {
            Err(name) => {
                let why = variables.why_unbound(&name);
                self.set_back(session, step, Setback::Unsendable(why));
            }
            Ok(condition) => {
                let text = condition.to_string();
                let holds = bind_condition(&condition, &Scope::empty(), Clause::Where)
                    .and_then(|condition| is_true(&condition, &[], &EvalContext::default()));
                match holds {
                    Ok(true) => self.record(
                        session,
                        Some(step),
                        EventKind::RequireHeld { condition: text },
                    ),
                    Ok(false) => {
                        let reason = require
                            .reason
                            .clone()
                            .unwrap_or_else(|| format!("{} is not so", require.text));
                        let kind = EventKind::RequireFailed {
                            condition: text,
                            reason: reason.clone(),
                        };
                        self.record(session, Some(step), kind);
                        self.set_back(session, step, Setback::Refused(reason));
                    }
                    Err(error) => {
                        self.set_back(session, step, Setback::Unsendable(error.into_message()))
                    }
                }
                let on_time = self.plan.steps[step.0].at == now;
                let ready = if on_time { now } else { Tick(now.0 + 1) };
                let client = &mut self.clients[session.0];
                client.ready = client.ready.max(ready);
            }
        }
    }

    /// Something went wrong in a transaction: the client rolls it back, and starts again or gives up.
    pub(super) fn set_back(&mut self, session: SessionId, step: PlannedId, setback: Setback) {
        if let Setback::Unsendable(reason) = &setback {
            self.record(
                session,
                Some(step),
                EventKind::Unsendable {
                    reason: reason.clone(),
                },
            );
        }
        if self.db.in_transaction(session) {
            self.record(
                session,
                None,
                EventKind::Sent {
                    sql: Statement::Rollback.to_string(),
                },
            );
            if let Progress::Done(answer) = self.db.submit(session, &Statement::Rollback) {
                let reply = Reply {
                    tag: answer.tag,
                    notices: answer.notices,
                    ..Reply::default()
                };
                self.record(session, None, EventKind::Replied(reply));
            }
        }
        self.let_go(session);
        let conflict = |conflict: Conflict, reason: String| (Outcome::Conflict(conflict), reason);
        let (outcome, reason) = match setback.clone() {
            Setback::Error(error) if error.is_conflict() => {
                conflict(Conflict::Server(error.clone()), error.into_message())
            }
            Setback::Error(error) => (Outcome::Failed(error.clone()), error.into_message()),
            Setback::VersionConflict => conflict(
                Conflict::Version,
                "the row has changed since it was read".to_owned(),
            ),
            Setback::NotGranted => conflict(
                Conflict::NotGranted,
                "somebody else holds the lock".to_owned(),
            ),
            Setback::Stamp => conflict(
                Conflict::Stamp,
                "somebody has written since the stamp".to_owned(),
            ),
            Setback::AlreadyDone => (Outcome::AlreadyDone, String::new()),
            Setback::Refused(reason) | Setback::Unsendable(reason) => {
                (Outcome::Refused(reason.clone()), reason)
            }
        };
        let is_conflict = matches!(outcome, Outcome::Conflict(_));
        let now = self.db.clock();
        let left = self.leave_transaction(session, outcome);
        self.clients[session.0].ready = Tick(now.0 + 1);
        let Some(attempt) = left else {
            // Outside a transaction a check guards what follows it, up to the next transaction.
            self.record(session, None, EventKind::GaveUp { reason });
            self.clients[session.0].skip_to_block(self.plan);
            return;
        };
        let on_conflict = match setback {
            // A stamp that is not good any more has its own second attempt, under the lock.
            Setback::Stamp => OnConflict::retry(1),
            _ => self.plan.clients[session.0].on_conflict,
        };
        match on_conflict {
            OnConflict::Retry { limit, backoff }
                if is_conflict && attempt.number <= u32::from(limit) =>
            {
                let number = attempt.number + 1;
                let pause = backoff.before(session.0, number);
                if pause > 0 {
                    self.record(session, None, EventKind::Client(ClientNote::Paused(pause)));
                }
                self.record(session, None, EventKind::Retry { attempt: number });
                self.begin_again(session, Attempt { number, ..attempt });
                self.clients[session.0].ready = Tick(now.0 + pause.max(1));
            }
            on_conflict => {
                if setback != Setback::AlreadyDone {
                    self.record(session, None, EventKind::GaveUp { reason });
                }
                let client = &mut self.clients[session.0];
                client.skip_transaction(attempt.start, self.plan);
                if is_conflict && on_conflict == OnConflict::Abort {
                    client.next = client.steps.len();
                }
            }
        }
    }

    /// A client goes back to where a transaction begins.
    pub(super) fn begin_again(&mut self, session: SessionId, attempt: Attempt) {
        let client = &mut self.clients[session.0];
        client.next = attempt.start;
        client.variables = attempt.variables.clone();
        client.retry = Some(attempt);
    }

    /// A session's transaction has ended.
    pub(super) fn leave_transaction(
        &mut self,
        session: SessionId,
        outcome: Outcome,
    ) -> Option<Attempt> {
        let current = self.clients[session.0].current.take()?;
        self.transactions[current.id.0].outcome = outcome;
        self.clients[session.0].last = Some(current.attempt.clone());
        Some(current.attempt)
    }

    /// Something happens to a client at a step.
    pub(super) fn note(&mut self, session: SessionId, step: PlannedId, note: ClientNote) {
        self.record(session, Some(step), EventKind::Client(note));
    }

    pub(super) fn record(&mut self, session: SessionId, step: Option<PlannedId>, kind: EventKind) {
        let transaction = self.clients[session.0]
            .current
            .as_ref()
            .map(|current| current.id);
        if let Some(id) = transaction {
            self.transactions[id.0].last = self.events.len();
        }
        self.events.push(Event {
            at: self.db.clock(),
            session,
            transaction,
            step,
            kind,
        });
        if let Some(watcher) = self.watcher {
            watcher(&self.events, &self.db, &self.process);
        }
    }

    fn finish(mut self) -> Run {
        for search in &self.searches {
            let matching = recorder::matching(&self.db, search);
            if let EventKind::Replied(reply) = &mut self.events[search.event].kind {
                reply.searches[search.search].matching = matching;
            }
        }
        Run {
            events: self.events,
            transactions: self.transactions,
            initial: self.initial,
            tables: recorder::tables(&self.db),
            database: self.db,
        }
    }
}

/// Whether an answer is one row with one `true`: a try-lock that was granted.
pub(super) fn is_true_alone(reply: &Reply) -> bool {
    let rows = reply.rows.iter().flat_map(|rows| &rows.rows);
    let mut values = rows.flat_map(|row| row.iter());
    values.next() == Some(&crate::db::Value::Boolean(true))
}
