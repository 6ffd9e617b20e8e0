//! A sound scenario with everything that follows from it.

use super::Drawing;
use crate::shared::Shared;
use rowlock_engine::run::locks::LockLog;
use rowlock_engine::run::{EventKind, PlannedId, Run, execute, execute_logged};
use rowlock_engine::scenario::{Scenario, StepId, TextError, line_and_column};
use rowlock_engine::strategy::{Plan, Strategy, plan};
use rowlock_engine::verdict::{Judge, Serial, Verdict, VerdictKind};

/// How long the search for a serial order may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// None: the drawing is big, and its picture is wanted first.
    Glance,
    /// A few milliseconds: a key stroke waits for it.
    Quick,
    /// So long that every story is decided; the page stands still for it.
    Full,
}

/// A sound scenario with everything that follows from it.
#[derive(Clone, Debug)]
pub struct Show {
    /// What was drawn.
    pub scenario: Scenario,
    /// What is sent.
    pub plan: Plan,
    /// What happened.
    pub run: Run,
    /// The locks through it.
    pub locks: LockLog,
    /// What is said of it.
    pub verdict: Verdict,
    /// Whether the search for a serial order was cut short, so that the verdict is yet to come.
    pub pending: bool,
    /// The drawing that was run.
    pub drawing: Shared<Drawing>,
    /// Whether it is run by hand, and more may come.
    pub goes_on: bool,
}

impl Default for Show {
    fn default() -> Self {
        match Self::of(Shared::new(Drawing::default()), "", Effort::Full) {
            Ok(show) => show,
            Err(_) => unreachable!("an empty scenario has no set-up that could fail"),
        }
    }
}

/// What is said of a run, after so much effort.
pub(super) fn verdict(scenario: &Scenario, plan: &Plan, run: &Run, effort: Effort) -> Verdict {
    // A search for a serial order may carry out so many statements.
    let judge = match effort {
        Effort::Glance => Judge::at_a_glance(scenario, plan),
        Effort::Quick => Judge::new(scenario, plan).within(250),
        Effort::Full => Judge::new(scenario, plan).within(3000),
    };
    judge.judge(run)
}

impl Show {
    /// Runs and judges a scenario.
    ///
    /// # Errors
    /// When a statement of the set-up fails, in its place in `text`.
    pub fn of(
        drawing: Shared<Drawing>,
        text: &str,
        effort: Effort,
    ) -> Result<Self, Vec<TextError>> {
        let scenario = drawing.scenario.clone();
        let plan = plan(&scenario);
        let (run, locks) = execute_logged(&plan).map_err(|failure| {
            let place = plan.setup[failure.statement].place;
            let (line, column) = line_and_column(text, place.start);
            let first_line = plan.setup[failure.statement]
                .sql
                .text
                .lines()
                .next()
                .unwrap_or_default();
            vec![TextError {
                line,
                column,
                length: first_line.chars().count().max(1),
                message: format!("the set-up fails here: {}", failure.error),
                expected: "statements that PostgreSQL carries out".to_owned(),
            }]
        })?;
        let verdict = verdict(&scenario, &plan, &run, effort);
        // What a glance leaves out is found out later even where it would not change the verdict.
        let pending = effort == Effort::Glance
            || effort == Effort::Quick && verdict.serial == Serial::Undecided;
        Ok(Self {
            scenario,
            plan,
            run,
            locks,
            verdict,
            pending,
            drawing,
            goes_on: false,
        })
    }

    /// The same, judged with all effort.
    #[must_use]
    pub fn judged(&self) -> Self {
        Self {
            verdict: verdict(&self.scenario, &self.plan, &self.run, Effort::Full),
            pending: false,
            ..self.clone()
        }
    }

    /// The position that tells the story: just after the last step that proves what went wrong, else the end.
    #[must_use]
    pub fn telling_moment(&self) -> usize {
        let evidence = self
            .verdict
            .anomalies
            .first()
            .and_then(|anomaly| anomaly.evidence.iter().max());
        let failure = || {
            self.run
                .events
                .iter()
                .position(|event| matches!(event.kind, EventKind::Failed(_)))
        };
        match evidence {
            Some(last) => last + 1,
            None if self.verdict.kind != VerdictKind::Correct => {
                failure().map_or(self.run.events.len(), |at| at + 1)
            }
            None => self.run.events.len(),
        }
    }

    /// The drawn step that an event belongs to.
    #[must_use]
    pub fn step_of(&self, event: usize) -> Option<StepId> {
        let PlannedId(planned) = self.run.events.get(event)?.step?;
        Some(self.plan.steps[planned].origin.step())
    }

    /// The strategies that might make the same drawing come out right, in the order in which they are tried; none where there is
    /// nothing to cure.
    #[must_use]
    pub fn remedies(&self) -> Vec<Strategy> {
        use rowlock_engine::sql::ast::RowLock;
        use rowlock_engine::strategy::{LockOrder, LockWait};
        let by_key = Strategy::Pessimistic {
            strength: RowLock::Update,
            wait: LockWait::Block,
            order: LockOrder::ByKey,
        };
        if self.goes_on || self.verdict.kind == VerdictKind::Correct {
            return Vec::new();
        }
        let all = Strategy::ALL.into_iter().chain([by_key]);
        all.filter(|strategy| *strategy != self.scenario.strategy)
            .collect()
    }

    /// Whether a strategy makes the same drawing come out right.
    #[must_use]
    pub fn is_cured_by(&self, strategy: Strategy) -> bool {
        let mut scenario = self.scenario.clone();
        scenario.strategy = strategy;
        for session in &mut scenario.sessions {
            session.strategy = None;
        }
        let plan = plan(&scenario);
        execute(&plan).is_ok_and(|run| {
            verdict(&scenario, &plan, &run, Effort::Quick).kind == VerdictKind::Correct
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::gallery::STORIES;
    use rowlock_engine::scenario::read;

    #[test]
    fn every_story_is_decided_under_every_strategy() {
        for story in STORIES {
            let mut scenario = read(story.text).expect("a story is sound");
            for strategy in Strategy::ALL {
                scenario.strategy = strategy;
                let drawing = Drawing::of(scenario.clone(), story.text.into());
                let show = Show::of(Shared::new(drawing), story.text, Effort::Full);
                let show = show.expect("its set-up is sound");
                let decided = show.verdict.serial != Serial::Undecided;
                assert!(decided, "{} under {strategy}", story.slug);
            }
        }
    }

    #[test]
    fn what_a_quick_look_leaves_open_is_judged_later() {
        let mut text = String::from("setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n");
        let names = ["A", "B", "C", "D", "E", "F"];
        for row in 0..names.len() {
            text.push_str(&format!("  INSERT INTO t VALUES ({row}, 0);\n"));
        }
        text.push_str("timeline:\n");
        for step in 0..12 {
            for (row, name) in names.iter().enumerate() {
                let next = (row + 1) % names.len();
                text.push_str(&match step {
                    0 => format!("  {name}: BEGIN\n"),
                    11 => format!("  {name}: COMMIT\n"),
                    _ if step % 2 == 1 => format!("  {name}: SELECT v FROM t WHERE id = {next}\n"),
                    _ => format!("  {name}: UPDATE t SET v = :v + 1 WHERE id = {row}\n"),
                });
            }
        }
        let drawing = Drawing::of(read(&text).expect("it is sound"), text.as_str().into());
        let show = Show::of(Shared::new(drawing), &text, Effort::Quick).expect("it runs");
        assert!(show.pending);
        let judged = show.judged();
        assert_eq!(
            (judged.pending, &judged.verdict.serial),
            (false, &Serial::No)
        );
        assert_eq!(judged.run, show.run);
    }
}
