//! The explorer: all schedules of one scenario, worked out in slices.

use super::count::Count;
use super::judge::{Ends, SessionEnd};
use super::lanes::{Lanes, Symmetry};
use super::memory::Ending;
use super::report::{Completeness, OutcomeKind, Report};
use super::walk::Walk;
use super::world::{Foresight, Marks, Remember, World};
use crate::ids::SessionId;
use crate::run::{Driven, PlannedId, Run, SetupError, prepare};
use crate::scenario::Scenario;
use crate::strategy::{Plan, plan};
use crate::verdict::Judge;
use std::sync::Arc;

/// Where to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most states.
    pub states: u64,
    /// The most memory for states and what is learned of moves, in bytes, roughly.
    pub memory: usize,
}

impl Default for Limits {
    /// Twenty million states and 700 MB: what a page can bear.
    fn default() -> Self {
        Self {
            states: 20_000_000,
            memory: 700 << 20,
        }
    }
}

/// How far an explorer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There are more states to go through.
    Running,
    /// All is counted.
    Finished,
    /// A limit was reached; what was counted are bounds.
    Stopped,
}

/// How far an explorer is, in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Whether to go on.
    pub status: Status,
    /// How many states were met.
    pub states: u64,
    /// How many moves lead to the states that are gone through now.
    pub moves: usize,
    /// The probability of the schedules that are counted to their end, from 0 to 1: a measure of how much is done.
    pub done: f64,
}

/// All schedules of a scenario, worked out in slices.
///
/// ```
/// use rowlock_engine::explore::{Explorer, Status};
/// # let text = "setup:\n  CREATE TABLE t (a int);\ntimeline:\n  A: SELECT 1\n  B: SELECT 2\n";
/// let scenario = rowlock_engine::scenario::read(text).unwrap();
/// let mut explorer = Explorer::new(&scenario).unwrap();
/// while explorer.advance(10_000).status == Status::Running {}
/// assert_eq!(explorer.report().interleavings.to_string(), "2");
/// ```
pub struct Explorer {
    scenario: Scenario,
    plan: Arc<Plan>,
    walk: Walk,
    ends: Ends,
    limits: Limits,
    symmetry: Symmetry,
    status: Status,
}

/// A walk that has not begun.
fn walk(
    scenario: &Scenario,
    plan: &Arc<Plan>,
    symmetry: Symmetry,
    marks: Marks,
    foresight: Foresight,
) -> Result<Walk, SetupError> {
    let lanes = Lanes::of(scenario, plan, &prepare(plan)?, symmetry);
    let (world, start) = World::new(plan, lanes, Remember::Orders, marks, foresight)?;
    Ok(Walk::new(world, start))
}

impl Explorer {
    /// Before the first state.
    ///
    /// # Errors
    /// When a statement of the set-up fails.
    pub fn new(scenario: &Scenario) -> Result<Self, SetupError> {
        Self::with(scenario, Limits::default(), Symmetry::Used)
    }

    /// The same with limits of one's own, and with or without symmetry.
    ///
    /// # Errors
    /// When a statement of the set-up fails.
    pub fn with(
        scenario: &Scenario,
        limits: Limits,
        symmetry: Symmetry,
    ) -> Result<Self, SetupError> {
        let plan = Arc::new(plan(scenario));
        Ok(Self {
            scenario: scenario.clone(),
            ends: Ends::new(&plan)?,
            walk: walk(scenario, &plan, symmetry, Marks::Used, Foresight::Used)?,
            plan,
            limits,
            symmetry,
            status: Status::Running,
        })
    }

    /// The same without counting lost schedules from their ends, to hold that against.
    #[cfg(test)]
    pub(super) fn without_foresight(scenario: &Scenario) -> Result<Self, SetupError> {
        let mut it = Self::new(scenario)?;
        let how = (Marks::Used, Foresight::Ignored);
        it.walk = walk(scenario, &it.plan, it.symmetry, how.0, how.1)?;
        Ok(it)
    }

    /// Whether schedules were lost, and counted so.
    #[cfg(test)]
    pub(super) fn foresaw(&self) -> bool {
        self.walk.world.foresaw && self.walk.world.foresees
    }

    /// Goes through so many states, unless it is finished or stopped. One takes less than a microsecond where all its moves are
    /// known, and some tens of them for each move that has to be learned: who has a frame to fill begins with a small budget.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn advance(&mut self, budget: usize) -> Progress {
        if self.status == Status::Running {
            let status = self.walk.advance(budget, &self.limits);
            if let Some(again) = self.again() {
                self.walk = again;
                return self.progress();
            }
            match status {
                Status::Running => {}
                Status::Stopped => self.stop(),
                // Judging is cheap beside walking, but not where there are very many ends.
                Status::Finished => {
                    let all = self
                        .ends
                        .judge(&self.scenario, &self.plan, &self.walk, budget);
                    if all {
                        self.status = Status::Finished;
                    }
                }
            }
        }
        self.progress()
    }

    /// A walk from the beginning, if it has turned out that this one takes for granted what is not so.
    fn again(&mut self) -> Option<Walk> {
        let world = &self.walk.world;
        let (marks, foresight) = match (world.escaped, world.refuted) {
            (true, _) => (Marks::Ignored, Foresight::Ignored),
            (false, true) => (Marks::Used, Foresight::Ignored),
            (false, false) => return None,
        };
        walk(&self.scenario, &self.plan, self.symmetry, marks, foresight).ok()
    }

    /// Stops; what was counted by now are bounds.
    pub fn stop(&mut self) {
        if self.status == Status::Running {
            self.walk.settle(&mut usize::MAX.clone());
            self.ends
                .judge(&self.scenario, &self.plan, &self.walk, usize::MAX);
            self.status = Status::Stopped;
        }
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            status: self.status,
            states: self.walk.met(),
            moves: self.walk.moves(),
            done: self.walk.ends.iter().map(|end| end.likely).sum(),
        }
    }

    /// What is sent: schedules are of its steps.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Everything that is known by now, with the shortest schedule of each outcome judged.
    #[must_use]
    pub fn report(&mut self) -> Report {
        self.report_of(usize::MAX)
    }

    /// The same, with the shortest schedules of the first so many outcomes judged; of the others, anomalies and sentence are
    /// empty.
    #[must_use]
    pub fn report_of(&mut self, judged: usize) -> Report {
        if self.status == Status::Running {
            self.ends
                .judge(&self.scenario, &self.plan, &self.walk, usize::MAX);
        }
        let mut interleavings = Count::default();
        let kinds = self.ends.kinds(&self.walk);
        for kind in &kinds {
            interleavings.add(&kind.count);
        }
        let plan = Arc::clone(&self.plan);
        let scenario = self.scenario.clone();
        let judge = Judge::new(&scenario, &plan);
        let outcomes = kinds
            .into_iter()
            .enumerate()
            .map(|(place, kind)| {
                let schedule = self.walk.schedule(kind.first);
                let schedule: Vec<SessionId> = schedule.into_iter().map(SessionId).collect();
                let mut outcome = OutcomeKind {
                    share: kind.count.share_of(&interleavings),
                    count: kind.count,
                    likely: kind.likely,
                    verdict: kind.verdict,
                    anomalies: Vec::new(),
                    sentence: String::new(),
                    rules: self.ends.rules(kind.rules).to_vec(),
                    tables: Vec::new(),
                    sessions: Vec::new(),
                    variants: kind.ends,
                    schedule,
                };
                let end = &self.walk.ends[kind.first as usize];
                outcome.tables = crate::run::tables(&self.walk.world.database(&end.state));
                let Ok(run) = follow(&plan, &outcome.schedule) else {
                    return outcome;
                };
                if place < judged {
                    let verdict = judge.judge(&run);
                    outcome.anomalies = verdict.anomalies.iter().map(|it| it.name).collect();
                    outcome.anomalies.dedup();
                    outcome.sentence = verdict.sentence;
                }
                let lanes = self.walk.world.lanes();
                let ending = Ending::of(&run, plan.sessions.len(), &lanes.steps, false);
                let sessions = ending.sessions.iter();
                outcome.sessions = sessions
                    .map(|(memory, waits)| SessionEnd::of(memory, *waits))
                    .collect();
                outcome
            })
            .collect();
        Report {
            completeness: if self.status == Status::Finished {
                Completeness::All
            } else {
                let done: f64 = self.walk.ends.iter().map(|end| end.likely).sum();
                Completeness::Bounds {
                    open: (1.0 - done).clamp(0.0, 1.0),
                    at_most: self.walk.at_most(&interleavings),
                }
            },
            interleavings,
            states: self.walk.met(),
            outcomes,
        }
    }
}

/// The steps that the moves of a schedule make. One that waits for an unfair lock of the process makes its step again.
#[must_use]
pub fn moves(plan: &Plan, schedule: &[SessionId]) -> Vec<(SessionId, PlannedId)> {
    let Ok(mut driven) = Driven::start(plan) else {
        return Vec::new();
    };
    let made = schedule.iter().filter_map(|session| {
        let step = driven.next_step(*session);
        driven.go(*session);
        step.map(|step| (*session, step))
    });
    made.collect()
}

/// The run in which the sessions make these moves, as far as they have any.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn follow(plan: &Plan, schedule: &[SessionId]) -> Result<Run, SetupError> {
    let mut driven = Driven::start(plan)?;
    for session in schedule {
        driven.go(*session);
    }
    Ok(driven.finish())
}
