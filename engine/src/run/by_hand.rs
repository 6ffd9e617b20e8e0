//! The visitor as scheduler: at each moment they choose which session makes its next step.
//!
//! The choices so far are a schedule: drawn steps in the order of their choosing, each at a time. They and the steps that
//! nobody has chosen yet, behind them, are a whole drawing again, [`ByHand::scenario`]. What has happened so far is the run of
//! that drawing, by the ordinary scheduler, up to the present moment; since all that is not chosen yet is due later, the
//! drawing gives the very same run when it is kept. A strategy sees whole transactions, as ever.
//!
//! Time stands still while nobody is chosen. A chosen step is due one millisecond after the one before it, as steps are that
//! are drawn without a time. Where something would happen by itself meanwhile (a timer, a step of another session that is due
//! again or had waited for a lock), it is due in the very moment of the one before it and carries that time. What happens by
//! itself happens when the visitor lets time pass, or chooses the session that it happens to.
//!
//! Which step is next is asked of the scheduler's own clients: they skip what is left of a transaction that has failed and go
//! back to where a second attempt begins. Steps that were skipped stand before the step that was chosen after them.
//!
//! Limits: in the millisecond in which a timer has run out no step can follow it, and a client that is slow takes its time;
//! what is due before such a step is made happens before it. The clock knows no less than a millisecond.

use super::scheduler::{Frozen, Standing, freeze};
use super::{ClientNote, Event, EventKind, PlannedId, Run, SetupError};
use crate::ids::{SessionId, StepId, Tick};
use crate::scenario::{Action, Scenario};
use crate::strategy::{Plan, plan};
use std::rc::Rc;

/// What a session can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It makes its next step.
    Sends {
        /// Which, by its place in the drawing.
        step: StepId,
        /// What is drawn there.
        text: String,
        /// Why that will fail before it reaches the server, if it will: a host variable has no value.
        unsendable: Option<String>,
    },
    /// It goes on with a step that was chosen before: after a wait, at another attempt, or because its strategy sends several
    /// statements there.
    GoesOn {
        /// What it sends.
        text: String,
        /// When it does that by itself.
        at: Tick,
    },
    /// It waits; the event of the run that says for what and whom.
    Blocked(usize),
    /// It has made all its steps.
    Finished,
    /// What is left of its steps is skipped, and why, in a few words.
    Skipped(String),
}

impl Choice {
    /// Whether it can be chosen.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Sends { .. } | Self::GoesOn { .. })
    }
}

/// A drawing that is run by hand, and how far it has come.
#[derive(Clone, Debug)]
pub struct ByHand {
    drawn: Scenario,
    /// The steps so far, and when each is due.
    placed: Vec<(StepId, Tick)>,
    /// Up to when everything has happened; `None`: nothing has been chosen.
    now: Option<Tick>,
    /// How many steps were placed, and when it was, before each choice.
    past: Vec<(usize, Option<Tick>)>,
    moment: Rc<Moment>,
}

/// What follows from the choices.
#[derive(Debug)]
struct Moment {
    schedule: Vec<(StepId, Option<Tick>)>,
    scenario: Scenario,
    plan: Plan,
    frozen: Frozen,
    /// The moment at which the next event comes by itself.
    wakes: Option<Tick>,
}

impl ByHand {
    /// Nobody has done anything yet.
    ///
    /// # Errors
    /// When a statement of the set-up fails.
    pub fn start(drawn: Scenario) -> Result<Self, SetupError> {
        let moment = Rc::new(Moment::of(&drawn, &[], None)?);
        Ok(Self {
            drawn,
            placed: Vec::new(),
            now: None,
            past: Vec::new(),
            moment,
        })
    }

    /// The drawing with the steps that were chosen in their new order, and the others behind them.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.moment.scenario
    }

    /// What its strategy makes of it.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.moment.plan
    }

    /// What has happened.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.moment.frozen.run
    }

    /// All steps of the drawing in their new order, each with its time where it does not just follow the one above it.
    #[must_use]
    pub fn schedule(&self) -> &[(StepId, Option<Tick>)] {
        &self.moment.schedule
    }

    /// How many steps have been made or skipped.
    #[must_use]
    pub fn placed(&self) -> usize {
        self.placed.len()
    }

    /// Whether there is a choice to take back.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        !self.past.is_empty()
    }

    /// The moment at which the next thing happens by itself, if anything does.
    #[must_use]
    pub fn wakes(&self) -> Option<Tick> {
        self.moment.wakes
    }

    /// Whether everything has happened.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.wakes().is_none() && !self.choices().iter().any(Choice::is_open)
    }

    /// What each session can do next.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let sessions = 0..self.moment.frozen.sessions.len();
        sessions
            .map(|place| self.choice(SessionId(place)))
            .collect()
    }

    fn choice(&self, session: SessionId) -> Choice {
        let own = |event: &&Event| event.session == session;
        let events = &self.run().events;
        match &self.moment.frozen.sessions[session.0] {
            Standing::Next {
                step,
                at,
                unsendable,
            } => match self.drawn_step(*step) {
                Some(step) => Choice::Sends {
                    step,
                    text: text(&self.drawn.timeline[step.0].action),
                    unsendable: unsendable.clone(),
                },
                None => Choice::GoesOn {
                    text: self.plan().steps[step.0].action.text().to_owned(),
                    at: *at,
                },
            },
            Standing::Waits => {
                let blocked = |event: &Event| {
                    event.session == session && matches!(event.kind, EventKind::Blocked(_))
                };
                Choice::Blocked(events.iter().rposition(blocked).unwrap_or(0))
            }
            Standing::Over => {
                let reason = events.iter().rev().filter(own).find_map(why_skipped);
                match reason {
                    Some(reason) if self.leaves_steps(session) => Choice::Skipped(reason),
                    _ => Choice::Finished,
                }
            }
        }
    }

    /// The drawn step that a planned one begins, unless that was chosen before.
    fn drawn_step(&self, step: PlannedId) -> Option<StepId> {
        let place = self.plan().steps[step.0].origin.step().0;
        let is_new = place >= self.placed.len();
        is_new.then(|| self.schedule()[place].0)
    }

    /// Whether a session has planned steps behind those that were chosen.
    fn leaves_steps(&self, session: SessionId) -> bool {
        let mut steps = self.plan().steps.iter();
        steps.any(|step| step.session == session && step.origin.step().0 >= self.placed.len())
    }

    /// A session makes its next step, or goes on with one; `false` if it cannot.
    pub fn choose(&mut self, session: SessionId) -> bool {
        let Some(Standing::Next { step, at, .. }) = self.moment.frozen.sessions.get(session.0)
        else {
            return false;
        };
        let (step, at) = (*step, *at);
        match self.drawn_step(step) {
            Some(step) => self.place(session, step, at),
            None => self.pass(at),
        }
    }

    /// Lets time pass until the next thing happens by itself; `false` if nothing does.
    pub fn wait(&mut self) -> bool {
        self.wakes().is_some_and(|wakes| self.pass(wakes))
    }

    /// Takes the last choice back; `false` if there is none.
    pub fn back(&mut self) -> bool {
        let Some((placed, now)) = self.past.last().copied() else {
            return false;
        };
        let is_back = self.come_to(self.placed[..placed].to_vec(), now);
        if is_back {
            self.past.pop();
        }
        is_back
    }

    /// Takes all choices back.
    pub fn restart(&mut self) {
        if self.come_to(Vec::new(), None) {
            self.past.clear();
        }
    }

    /// A session makes a step when it is ready; what it has skipped comes before it.
    fn place(&mut self, session: SessionId, step: StepId, ready: Tick) -> bool {
        let is_open = |place: &usize| !self.placed.iter().any(|(placed, _)| placed.0 == *place);
        let own = |place: &usize| self.drawn.timeline[*place].session == session;
        let skipped: Vec<usize> = (0..step.0).filter(own).filter(is_open).collect();
        let times = self.times(skipped.len(), ready.0);
        let steps = skipped.into_iter().chain([step.0]).map(StepId);
        let mut placed = self.placed.clone();
        placed.extend(steps.zip(times.iter().copied().map(Tick)));
        let now = times.last().copied().map(Tick);
        self.remember_and_come_to(placed, now)
    }

    /// When so many skipped steps and then one that is ready at a moment are due.
    fn times(&self, skipped: usize, ready: u64) -> Vec<u64> {
        let next = self.now.map_or(0, |now| now.0 + 1);
        let nothing_comes_first = |at: u64| self.moment.frozen.next.is_none_or(|next| next.0 > at);
        let one_by_one = next + skipped as u64;
        let at_once = next.max(ready);
        if nothing_comes_first(one_by_one.max(ready)) {
            let mut times: Vec<u64> = (next..one_by_one).collect();
            times.push(one_by_one.max(ready));
            return times;
        }
        // At the present moment a step comes after the steps that were chosen before it, and before timers.
        let still = self
            .now
            .filter(|now| ready <= now.0 && self.moment.frozen.alarmed != Some(*now));
        let (first, last) = match still {
            Some(now) if !nothing_comes_first(at_once) => (now.0, now.0),
            _ => (next, at_once),
        };
        let mut times = vec![first; skipped];
        times.push(last);
        times
    }

    /// Time passes, up to a moment.
    fn pass(&mut self, to: Tick) -> bool {
        let to = self.now.map_or(to, |now| now.max(to));
        self.remember_and_come_to(self.placed.clone(), Some(to))
    }

    fn remember_and_come_to(&mut self, placed: Vec<(StepId, Tick)>, now: Option<Tick>) -> bool {
        let before = (self.placed.len(), self.now);
        let has_come = self.come_to(placed, now);
        if has_come {
            self.past.push(before);
        }
        has_come
    }

    fn come_to(&mut self, placed: Vec<(StepId, Tick)>, now: Option<Tick>) -> bool {
        // A set-up that went well goes well again; should it not, nothing is changed.
        let Ok(moment) = Moment::of(&self.drawn, &placed, now) else {
            return false;
        };
        self.moment = Rc::new(moment);
        self.placed = placed;
        self.now = now;
        true
    }
}

impl Moment {
    fn of(
        drawn: &Scenario,
        placed: &[(StepId, Tick)],
        now: Option<Tick>,
    ) -> Result<Self, SetupError> {
        let mut scenario = drawn.clone();
        let schedule = schedule(drawn, placed, now);
        scenario.timeline = schedule
            .iter()
            .map(|(step, at)| {
                let mut step = drawn.timeline[step.0].clone();
                step.at = *at;
                step
            })
            .collect();
        let plan = plan(&scenario);
        let frozen = freeze(&plan, placed.len(), now)?;
        let wakes = wakes(&plan, &frozen, now, placed.len())?;
        Ok(Self {
            schedule,
            scenario,
            plan,
            frozen,
            wakes,
        })
    }
}

/// When the next event comes by itself. A timer may run out and nothing be heard of it: then it is the next one.
fn wakes(
    plan: &Plan,
    frozen: &Frozen,
    now: Option<Tick>,
    sent_for: usize,
) -> Result<Option<Tick>, SetupError> {
    let (mut now, mut next) = (now, frozen.next);
    while let Some(at) = next.filter(|at| now.is_none_or(|now| *at > now)) {
        let after = freeze(plan, sent_for, Some(at))?;
        if after.run.events.len() > frozen.run.events.len() {
            return Ok(Some(at));
        }
        (now, next) = (Some(at), after.next);
    }
    Ok(None)
}

/// All steps: those that were placed, then the others in the order in which they were drawn. Those are due after the present
/// moment; a time that they were drawn with stays as long as it fits.
fn schedule(
    drawn: &Scenario,
    placed: &[(StepId, Tick)],
    now: Option<Tick>,
) -> Vec<(StepId, Option<Tick>)> {
    let mut schedule = Vec::new();
    let mut is_placed = vec![false; drawn.timeline.len()];
    // When a step is due that has no time of its own.
    let mut follows = 0;
    let mut put = |step: StepId, at: u64, has_time: bool| {
        let time = (has_time || at != follows).then_some(Tick(at));
        schedule.push((step, time));
        follows = at + 1;
        at
    };
    let mut last = 0;
    for (step, at) in placed {
        last = put(*step, at.0, false);
        is_placed[step.0] = true;
    }
    let mut least = now.map_or(0, |now| now.0 + 1);
    for (place, step) in drawn.timeline.iter().enumerate() {
        if is_placed[place] {
            continue;
        }
        let own = step.at.map(|at| at.0);
        let own = own.filter(|at| *at >= least && *at >= last);
        last = put(StepId(place), own.unwrap_or(least), own.is_some());
        least = last + 1;
    }
    schedule
}

/// What a drawn step says.
fn text(action: &Action) -> String {
    match action {
        Action::Sql(sql) => sql.text.clone(),
        Action::Require(require) => format!("require {}", require.text),
        Action::Fault(fault) => fault.to_string(),
    }
}

/// Why a client makes no more steps, if this event is what ended it.
fn why_skipped(event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::GaveUp { reason } => Some(reason.clone()),
        EventKind::Client(
            note @ (ClientNote::Crashed | ClientNote::Hung | ClientNote::AlreadyDone),
        ) => Some(note.words()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
