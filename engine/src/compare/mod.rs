//! One timeline under several strategies: what each comes to in numbers, and at which drawn step they part.
//!
//! Strategies send different statements, so that runs are not compared event by event but drawn step by drawn step: what
//! did this step come to, seen by whoever drew it? Columns that only a strategy has (its version, its time stamp) do not
//! count, and a step that a strategy does not send at all says nothing about it. A strategy's own statement before a step
//! (the lock it takes) counts where it waits or fails. The first step that does not come to the same under all of them is
//! where they part.

mod came_to;

pub use came_to::came_to;

use crate::ids::StepId;
use crate::run::{EventKind, Outcome, PlannedId, Run, SetupError, execute};
use crate::scenario::Scenario;
use crate::strategy::{Plan, Strategy, plan};
use crate::verdict::{Verdict, judge};

/// The same timeline under several strategies.
#[derive(Debug)]
pub struct Comparison {
    /// One for each strategy, in the order asked for.
    pub sides: Vec<Side>,
    /// Where they part; `None` when every step comes to the same.
    pub parting: Option<Parting>,
}

/// The timeline under one strategy.
#[derive(Debug)]
pub struct Side {
    /// The scenario with this strategy.
    pub scenario: Scenario,
    /// What is sent.
    pub plan: Plan,
    /// What happened.
    pub run: Run,
    /// What is said of it.
    pub verdict: Verdict,
    /// The same in numbers.
    pub counts: Counts,
}

/// A run in numbers. Attempts count one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions that committed.
    pub committed: usize,
    /// Transactions that were rolled back, for whatever reason, or lost.
    pub aborted: usize,
    /// How often a client began a transaction again.
    pub retried: usize,
    /// Statements that had to wait.
    pub waits: usize,
    /// How long they waited, all together, in milliseconds; a wait that does not end counts to the end of the run.
    pub waited: u64,
    /// Statements that were sent.
    pub statements: usize,
    /// Rules that hold.
    pub rules_kept: usize,
    /// Rules that there are.
    pub rules: usize,
}

/// Where runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The drawn step.
    pub step: StepId,
    /// What it came to under each strategy; `None` where it is not sent.
    pub came_to: Vec<Option<String>>,
    /// The event that says so, in each run (a place in [`Run::events`]).
    pub events: Vec<Option<usize>>,
}

/// Runs a scenario under each of these strategies, for all of its sessions, and compares.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn compare(scenario: &Scenario, strategies: &[Strategy]) -> Result<Comparison, SetupError> {
    let mut sides = Vec::new();
    for strategy in strategies {
        let mut scenario = scenario.clone();
        scenario.strategy = *strategy;
        for session in &mut scenario.sessions {
            session.strategy = None;
        }
        let plan = plan(&scenario);
        let run = execute(&plan)?;
        let verdict = judge(&scenario, &plan, &run);
        sides.push(Side {
            counts: counts(&run, &verdict),
            scenario,
            plan,
            run,
            verdict,
        });
    }
    let parting = parting(&sides, scenario.timeline.len());
    Ok(Comparison { sides, parting })
}

fn counts(run: &Run, verdict: &Verdict) -> Counts {
    let mut counts = Counts {
        rules: verdict.rules.len(),
        rules_kept: verdict
            .rules
            .iter()
            .filter(|rule| rule.holds == Ok(true))
            .count(),
        ..Counts::default()
    };
    for transaction in &run.transactions {
        match transaction.outcome {
            Outcome::Committed => counts.committed += 1,
            Outcome::Open => {}
            _ => counts.aborted += 1,
        }
    }
    let end = run.events.last().map_or(0, |event| event.at.0);
    for (place, event) in run.events.iter().enumerate() {
        match &event.kind {
            EventKind::Sent { .. } => counts.statements += 1,
            EventKind::Retry { .. } => counts.retried += 1,
            EventKind::Blocked(_) => {
                // A wait may go on for another lock; it is one wait all the same.
                let same = |other: &&crate::run::Event| other.session == event.session;
                let before = run.events[..place].iter().rev().find(same);
                let goes_on =
                    before.is_some_and(|other| matches!(other.kind, EventKind::Blocked(_)));
                counts.waits += usize::from(!goes_on);
                let next = run.events[place + 1..].iter().find(same);
                counts.waited += next
                    .map_or(end, |next| next.at.0)
                    .saturating_sub(event.at.0);
            }
            _ => {}
        }
    }
    counts
}

/// The first drawn step that does not come to the same everywhere.
fn parting(sides: &[Side], steps: usize) -> Option<Parting> {
    (0..steps).map(StepId).find_map(|step| {
        let found: Vec<_> = sides
            .iter()
            .map(|side| came_to(sides, side, step))
            .collect();
        let mut known = found.iter().flatten().map(|(what, _)| what);
        let first = known.next()?;
        if known.all(|other| other == first) {
            return None;
        }
        Some(Parting {
            step,
            events: found
                .iter()
                .map(|found| found.as_ref().and_then(|(_, event)| *event))
                .collect(),
            came_to: found
                .into_iter()
                .map(|found| found.map(|(what, _)| what))
                .collect(),
        })
    })
}

/// The events of a drawn step in a run: those of its own statement, and those of what the strategy put before it.
fn events_of(side: &Side, step: StepId) -> impl Iterator<Item = (usize, &EventKind, PlannedId)> {
    side.run
        .events
        .iter()
        .enumerate()
        .filter_map(move |(place, event)| {
            let planned = event.step?;
            (side.plan.steps.get(planned.0)?.origin.step() == step).then_some((
                place,
                &event.kind,
                planned,
            ))
        })
}
