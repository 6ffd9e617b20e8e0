//! All strategies side by side: which of them keeps the rule in every schedule?

use super::count::Count;
use super::explorer::{Explorer, Limits, Status};
use super::lanes::Symmetry;
use super::report::{Completeness, OutcomeKind, Report};
use crate::scenario::Scenario;
use crate::strategy::Strategy;
use crate::verdict::VerdictKind;
use std::fmt::{self, Display, Formatter};

/// What all schedules come to under one strategy.
#[derive(Clone, Debug)]
pub struct Line {
    /// The strategy.
    pub strategy: Strategy,
    /// Whether every schedule was counted; if not, the numbers are lower bounds.
    pub completeness: Completeness,
    /// How many schedules there are.
    pub interleavings: Count,
    /// How many are correct: a serial order gives the same, and every rule holds.
    pub correct: Count,
    /// How many are broken: no serial order gives the same, or a rule fails although all went through.
    pub broken: Count,
    /// How many are right as far as they go, but somebody was turned away (and told so), so that a rule fails.
    pub rejected: Count,
    /// How many end with somebody waiting for ever or in a transaction that is open.
    pub unfinished: Count,
    /// How many could not be decided.
    pub undecided: Count,
    /// In how many a transaction ended as the victim of a deadlock. These are among the others.
    pub deadlocked: Count,
    /// The same shares by how likely they are when everybody who has a move is equally likely to be next: correct, broken,
    /// rejected, deadlocked.
    pub likely: [f64; 4],
}

impl Line {
    fn of(strategy: Strategy, report: &Report) -> Self {
        let of = |kinds: &[VerdictKind]| report.sum(|it| kinds.contains(&it.verdict));
        let correct = of(&[VerdictKind::Correct]);
        let broken = of(&[VerdictKind::Anomaly, VerdictKind::RuleBroken]);
        let rejected = of(&[VerdictKind::TurnedAway]);
        let deadlocked = report.sum(OutcomeKind::has_deadlock);
        Self {
            strategy,
            completeness: report.completeness.clone(),
            interleavings: report.interleavings.clone(),
            likely: [correct.2, broken.2, rejected.2, deadlocked.2],
            correct: correct.0,
            broken: broken.0,
            rejected: rejected.0,
            unfinished: of(&[VerdictKind::Unfinished]).0,
            undecided: of(&[VerdictKind::Undecided]).0,
            deadlocked: deadlocked.0,
        }
    }
}

/// A table in the making: one strategy after the other.
pub struct Comparison {
    scenario: Scenario,
    limits: Limits,
    next: usize,
    running: Option<Explorer>,
    lines: Vec<Line>,
}

impl Comparison {
    /// Before the first strategy. Sessions that have a strategy of their own keep it.
    #[must_use]
    pub fn new(scenario: &Scenario, limits: Limits) -> Self {
        Self {
            scenario: scenario.clone(),
            limits,
            next: 0,
            running: None,
            lines: Vec::new(),
        }
    }

    /// Goes through so many states of the strategy that it is at, or begins with the next; `false` when all are done. A
    /// strategy whose set-up fails is left out.
    pub fn advance(&mut self, budget: usize) -> bool {
        let strategy = |place: usize| Strategy::ALL.get(place).copied();
        match (&mut self.running, strategy(self.next)) {
            (Some(explorer), Some(strategy)) => {
                if explorer.advance(budget).status != Status::Running {
                    let report = explorer.report_of(0);
                    self.lines.push(Line::of(strategy, &report));
                    self.running = None;
                    self.next += 1;
                }
                true
            }
            (None, Some(strategy)) => {
                let mut scenario = self.scenario.clone();
                scenario.strategy = strategy;
                match Explorer::with(&scenario, self.limits, Symmetry::Used) {
                    Ok(explorer) => self.running = Some(explorer),
                    Err(_) => self.next += 1,
                }
                true
            }
            (_, None) => false,
        }
    }

    /// The strategies that are done.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16} {:>22} {:>9} {:>9} {:>9} {:>9} {:>10}",
            "strategy", "interleavings", "correct", "broken", "rejected", "deadlock", "unfinished"
        )?;
        for line in &self.lines {
            let percent = |count: &Count| {
                if count.is_zero() {
                    "none".to_owned()
                } else if *count == line.interleavings {
                    "all".to_owned()
                } else {
                    format!("{:.2} %", count.share_of(&line.interleavings) * 100.0)
                }
            };
            let bound = match line.completeness {
                Completeness::All => "",
                Completeness::Bounds { .. } => "≥ ",
            };
            writeln!(
                f,
                "{:<16} {:>22} {:>9} {:>9} {:>9} {:>9} {:>10}",
                line.strategy.slug(),
                format!("{bound}{}", line.interleavings),
                percent(&line.correct),
                percent(&line.broken),
                percent(&line.rejected),
                percent(&line.deadlocked),
                percent(&line.unfinished),
            )?;
        }
        Ok(())
    }
}
