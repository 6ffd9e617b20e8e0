//! A schedule as a drawing: the scenario whose timeline has its order.
//!
//! The steps are put in the order in which the schedule sends them, one a millisecond. Where the schedule waits for time to pass
//! (until a deadlock is found), the next step gets a time of its own. What a drawing cannot say is when a further attempt at
//! a transaction makes its steps, or a step that a strategy added: they come as soon as they can. So the drawing is run, and it
//! is told whether it ends as the schedule does.

use super::memory::Ending;
use crate::ids::{SessionId, StepId, Tick};
use crate::run::{Driven, PlannedId, Run, SetupError, execute};
use crate::scenario::{Scenario, Step};
use crate::strategy::{Plan, plan};

/// More time than moves take has passed: something else happened by itself.
const JUMP: u64 = 100;

/// A schedule as a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The scenario with the timeline in the order of the schedule.
    pub scenario: Scenario,
    /// The same as a change of the drawn order: the drawn steps as they follow each other now, each with the time it needs.
    pub order: Vec<(StepId, Option<Tick>)>,
    /// Whether the drawing ends as the schedule does: the same tables, everybody told the same. It may not, where transactions
    /// are tried again or steps were added by a strategy.
    pub is_faithful: bool,
}

/// Draws a schedule of a plan that was made of a scenario.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn draw(
    scenario: &Scenario,
    sent: &Plan,
    schedule: &[SessionId],
) -> Result<Drawing, SetupError> {
    // When each drawn step is sent, and whether time has passed before.
    let mut times: Vec<Option<(usize, Option<Tick>)>> = vec![None; scenario.timeline.len()];
    let mut driven = Driven::start(sent)?;
    let mut before = 0;
    for (place, session) in schedule.iter().enumerate() {
        let step = driven.next_step(*session).map(|step| origin(sent, step));
        let now = driven.clock().0;
        driven.go(*session);
        if let Some(time) = step.and_then(|step| times.get_mut(step.0)) {
            let jumped = now.saturating_sub(before) > JUMP;
            time.get_or_insert((place, jumped.then_some(Tick(now + 1))));
        }
        before = now;
    }
    let mut order: Vec<(usize, usize, Option<Tick>)> = Vec::new();
    let mut last = vec![0; scenario.sessions.len()];
    for (step, drawn) in scenario.timeline.iter().enumerate() {
        let own = &mut last[drawn.session.0];
        // What is never sent stands behind what its session did before.
        let (place, at) = times[step].unwrap_or((*own, None));
        *own = (*own).max(place);
        order.push((*own, step, at));
    }
    crate::collections::sort_by_key(&mut order, |(place, ..)| *place);
    let order: Vec<(StepId, Option<Tick>)> = order
        .into_iter()
        .map(|(_, step, at)| (StepId(step), at))
        .collect();
    let mut drawn = scenario.clone();
    drawn.timeline = order
        .iter()
        .map(|(step, at)| Step {
            at: *at,
            ..scenario.timeline[step.0].clone()
        })
        .collect();
    let is_faithful = is_faithful(sent, &driven.finish(), &drawn)?;
    Ok(Drawing {
        scenario: drawn,
        order,
        is_faithful,
    })
}

fn origin(plan: &Plan, step: PlannedId) -> StepId {
    plan.steps[step.0].origin.step()
}

/// Whether what is drawn ends as a run of what is sent did.
fn is_faithful(sent: &Plan, run: &Run, drawn: &Scenario) -> Result<bool, SetupError> {
    let ending = |plan: &Plan, run: &Run| {
        let mut steps: Vec<Vec<PlannedId>> = vec![Vec::new(); plan.sessions.len()];
        for (place, step) in plan.steps.iter().enumerate() {
            steps[step.session.0].push(PlannedId(place));
        }
        Ending::of(run, plan.sessions.len(), &steps, false)
    };
    let again = plan(drawn);
    Ok(ending(sent, run) == ending(&again, &execute(&again)?))
}
