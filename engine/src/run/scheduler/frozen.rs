//! A run that stands still: how far it has come by a moment, and what each session would do next.

use super::Scheduler;
use crate::db::expr::{substitute, substitute_expr};
use crate::ids::{SessionId, Tick};
use crate::run::client::Client;
use crate::run::{PlannedId, Run, SetupError};
use crate::strategy::{Plan, PlannedAction};

/// A run up to a moment.
#[derive(Debug)]
pub(in crate::run) struct Frozen {
    /// What has happened so far.
    pub run: Run,
    /// Where each session stands.
    pub sessions: Vec<Standing>,
    /// When the next thing would happen by itself: a step that was sent for is due, or a timer runs out.
    pub next: Option<Tick>,
    /// When a timer last ran out.
    pub alarmed: Option<Tick>,
}

/// Where a session stands.
#[derive(Debug)]
pub(in crate::run) enum Standing {
    /// It waits for a lock or an answer.
    Waits,
    /// It makes this step next.
    Next {
        /// Which.
        step: PlannedId,
        /// When it is due if it has been sent for, else when its client is ready.
        at: Tick,
        /// Why it cannot be sent as matters stand: a host variable has no value.
        unsendable: Option<String>,
    },
    /// It makes no step any more.
    Over,
}

/// Runs the first `sent_for` drawn steps of a plan, those before its others, up to a moment (`None`: only the set-up).
///
/// # Errors
/// When a statement of the set-up fails.
pub(in crate::run) fn freeze(
    plan: &Plan,
    sent_for: usize,
    until: Option<Tick>,
) -> Result<Frozen, SetupError> {
    let mut scheduler = Scheduler::start(plan, sent_for)?;
    if let Some(until) = until {
        scheduler.run_until(until);
    }
    let due = |client| Some(scheduler.due(client)?.0.0);
    let steps = scheduler.clients.iter().filter_map(due);
    let timer = scheduler.db.next_timer().map(|(at, _)| at);
    let next = steps.chain(timer).min();
    let sessions = scheduler
        .clients
        .iter()
        .map(|client| scheduler.standing(client));
    Ok(Frozen {
        sessions: sessions.collect(),
        next,
        alarmed: scheduler.alarmed,
        run: scheduler.finish(),
    })
}

impl Scheduler<'_> {
    fn standing(&self, client: &Client) -> Standing {
        let Some(step) = client.steps.get(client.next).copied() else {
            // The last step may wait for its answer.
            return if client.pending.is_some() {
                Standing::Waits
            } else {
                Standing::Over
            };
        };
        let sent_for = self.plan.steps[step.0].origin.step().0 < self.sent_for;
        let at = match self.due(client) {
            Some(((at, _), _)) => at,
            None if sent_for || client.pending.is_some() => return Standing::Waits,
            None => client.ready,
        };
        Standing::Next {
            step,
            at,
            unsendable: self.unsendable(client.session, step),
        }
    }

    /// Why a session could not send a step now.
    fn unsendable(&self, session: SessionId, step: PlannedId) -> Option<String> {
        let variables = &self.clients[session.0].variables;
        let value = |name: &str| variables.get(name);
        let unbound = match &self.plan.steps[step.0].action {
            PlannedAction::Sql { sql, .. } => substitute(&sql.statement, &value).err(),
            PlannedAction::Require(require) => substitute_expr(&require.condition, &value).err(),
            PlannedAction::Fault(_) | PlannedAction::Process(_) => None,
        };
        unbound.map(|name| variables.why_unbound(&name))
    }
}
