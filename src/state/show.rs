//! A sound scenario with everything that follows from it.

use rowlock_engine::run::{EventKind, PlannedId, Run, execute};
use rowlock_engine::scenario::{Scenario, StepId, TextError, line_and_column};
use rowlock_engine::strategy::{Plan, Strategy, plan};
use rowlock_engine::verdict::{Verdict, VerdictKind, judge};

/// A sound scenario with everything that follows from it.
#[derive(Debug)]
pub struct Show {
    /// What was drawn.
    pub scenario: Scenario,
    /// What is sent.
    pub plan: Plan,
    /// What happened.
    pub run: Run,
    /// What is said of it.
    pub verdict: Verdict,
    /// The line of the text, from 1, in which each drawn step stands.
    pub lines: Vec<usize>,
    /// Whether it is run by hand, and more may come.
    pub goes_on: bool,
}

impl Default for Show {
    fn default() -> Self {
        match Self::of(Scenario::default(), "") {
            Ok(show) => show,
            Err(_) => unreachable!("an empty scenario has no set-up that could fail"),
        }
    }
}

impl Show {
    /// Runs and judges a scenario.
    ///
    /// # Errors
    /// When a statement of the set-up fails, in its place in `text`.
    pub fn of(scenario: Scenario, text: &str) -> Result<Self, Vec<TextError>> {
        let plan = plan(&scenario);
        let run = execute(&plan).map_err(|failure| {
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
        let verdict = judge(&scenario, &plan, &run);
        let lines = step_lines(&scenario, text);
        Ok(Self {
            scenario,
            plan,
            run,
            verdict,
            lines,
            goes_on: false,
        })
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

    /// The strategies that make the same drawing come out right.
    #[must_use]
    pub fn cures(&self) -> Vec<Strategy> {
        use rowlock_engine::sql::ast::RowLock;
        use rowlock_engine::strategy::{LockOrder, LockWait};
        let by_key = Strategy::Pessimistic {
            strength: RowLock::Update,
            wait: LockWait::Block,
            order: LockOrder::ByKey,
        };
        let mut cures: Vec<Strategy> = Vec::new();
        if self.goes_on {
            return cures;
        }
        for strategy in Strategy::ALL.into_iter().chain([by_key]) {
            let covered = cures.iter().any(|cure| cure.slug() == strategy.slug());
            if strategy == self.scenario.strategy || covered {
                continue;
            }
            let mut scenario = self.scenario.clone();
            scenario.strategy = strategy;
            for session in &mut scenario.sessions {
                session.strategy = None;
            }
            let plan = plan(&scenario);
            let right = execute(&plan)
                .is_ok_and(|run| judge(&scenario, &plan, &run).kind == VerdictKind::Correct);
            if right {
                cures.push(strategy);
            }
        }
        cures
    }
}

/// The line in which each step stands, found in one pass.
fn step_lines(scenario: &Scenario, text: &str) -> Vec<usize> {
    let (mut line, mut from) = (1, 0);
    let steps = scenario.timeline.iter().map(|step| {
        let to = text.floor_char_boundary(step.place.start).max(from);
        line += text[from..to].matches('\n').count();
        from = to;
        line
    });
    steps.collect()
}
