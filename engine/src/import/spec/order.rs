//! When the driver launches which step.
//!
//! It waits for a step to be done, or to wait for a lock, before it launches the next. A scenario has times instead.

use super::Reader;
use crate::run::{EventKind, Run, execute};
use crate::scenario::{Action, Scenario, TextError, Tick};
use crate::sql::ast::Statement;
use crate::strategy::plan;

impl Reader<'_> {
    /// Gives steps that would go out before an earlier one is done a later time, as the driver does.
    pub(super) fn keep_order(
        &mut self,
        scenario: &mut Scenario,
        setups: usize,
    ) -> Result<(), TextError> {
        /// Each turn puts at least one step right; what is left after so many stays as it is.
        const MOST_TURNS: usize = 64;
        for _ in 0..MOST_TURNS {
            let Ok(run) = execute(&plan(scenario)) else {
                // A set-up that fails is shown where the scenario is.
                return Ok(());
            };
            let launched = launched(scenario, &run);
            self.skipped(scenario, &launched, setups)?;
            let mut latest = 0;
            let mut early = None;
            for (place, step) in scenario.timeline.iter().enumerate() {
                let Some(times) = launched[place] else {
                    // It would have gone out once its session was free.
                    let before = scenario.timeline.iter().zip(&launched).take(place);
                    let same = before.filter(|(other, _)| other.session == step.session);
                    let free = same.filter_map(|(_, times)| times.map(|times| times.done));
                    latest = latest.max(free.max().unwrap_or(0));
                    continue;
                };
                if times.sent < latest {
                    early = Some((place, latest));
                    break;
                }
                latest = latest.max(times.over);
            }
            let Some((step, time)) = early else {
                return Ok(());
            };
            scenario.timeline[step].at = Some(Tick(time + 1));
            for later in &mut scenario.timeline[step + 1..] {
                later.at = None;
            }
        }
        Ok(())
    }

    /// After an error a client rolls back and skips the rest of its transaction. To the driver that is as if the rest failed,
    /// except where the rest goes back to a savepoint.
    fn skipped(
        &mut self,
        scenario: &Scenario,
        launched: &[Option<Times>],
        setups: usize,
    ) -> Result<(), TextError> {
        for (place, step) in scenario.timeline.iter().enumerate() {
            let Action::Sql(sql) = &step.action else {
                continue;
            };
            if launched[place].is_none()
                && matches!(sql.statement, Statement::RollbackTo(_))
                && let Some(piece) = self.pieces.get(setups + place)
            {
                return Err(self.error(
                    *piece,
                    "a client that goes back to a savepoint after an error is nothing that a scenario can say",
                    "a transaction that ends with its first error",
                ));
            }
        }
        Ok(())
    }
}

/// The times of a step, in ticks.
#[derive(Clone, Copy)]
struct Times {
    /// When it was sent.
    sent: u64,
    /// When the driver would go on: at once, or when what is no lock has let it go.
    over: u64,
    /// When it was answered.
    done: u64,
}

/// The times of each step; `None`: it was not sent.
fn launched(scenario: &Scenario, run: &Run) -> Vec<Option<Times>> {
    let mut times: Vec<Option<Times>> = vec![None; scenario.timeline.len()];
    let mut sleeps = vec![false; scenario.sessions.len()];
    for event in &run.events {
        // Under no strategy each planned step is the drawn one.
        let Some(step) = event.step.and_then(|step| times.get_mut(step.0)) else {
            continue;
        };
        let at = event.at.0;
        match &event.kind {
            EventKind::Sent { .. } => {
                sleeps[event.session.0] = false;
                *step = step.or(Some(Times {
                    sent: at,
                    over: at,
                    done: at,
                }));
            }
            EventKind::Blocked(wait) => sleeps[event.session.0] = wait.blockers.is_empty(),
            EventKind::Replied(_) | EventKind::Failed(_) => {
                if let Some(times) = step {
                    times.done = at;
                    if sleeps[event.session.0] {
                        times.over = at;
                    }
                }
            }
            _ => {}
        }
    }
    times
}
