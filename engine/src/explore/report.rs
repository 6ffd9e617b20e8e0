//! What all schedules come to.

use super::count::Count;
use super::judge::SessionEnd;
use crate::ids::SessionId;
use crate::run::TableState;
use crate::verdict::{AnomalyName, RuleResult, VerdictKind};

/// What is known of all schedules of a plan.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whether every schedule was counted.
    pub completeness: Completeness,
    /// How many schedules were counted to their end.
    pub interleavings: Count,
    /// How many different states were met, those that identical sessions make of one another once.
    pub states: u64,
    /// The outcomes, those that most schedules have first.
    pub outcomes: Vec<OutcomeKind>,
}

/// Whether every schedule was counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Completeness {
    /// All were: every number is exact.
    All,
    /// Not all: every count is one that schedules have at least, and every probability is too low by at most that of the
    /// schedules that were not followed to their end.
    Bounds {
        /// The probability that a schedule was not followed to its end.
        open: f64,
        /// There are at most so many schedules in all; `None` where the sessions may try again.
        at_most: Option<Count>,
    },
}

/// An outcome: schedules with the same final tables, the same verdict, and the same ends of transactions (sessions that do
/// the same taken in any order).
#[derive(Clone, Debug)]
pub struct OutcomeKind {
    /// How many schedules have it.
    pub count: Count,
    /// Their share among those counted, from 0 to 1: the probability of the outcome when every *schedule* is equally likely.
    pub share: f64,
    /// The probability of the outcome when at each point every *session* that has a move is equally likely to make the next.
    pub likely: f64,
    /// The verdict, the same for all of them.
    pub verdict: VerdictKind,
    /// What went wrong, by name, in the shortest schedule; others that end so may have come to it another way.
    pub anomalies: Vec<AnomalyName>,
    /// The verdict on the shortest schedule in one sentence.
    pub sentence: String,
    /// The rules of the scenario.
    pub rules: Vec<RuleResult>,
    /// The final tables.
    pub tables: Vec<TableState>,
    /// How each session ends in the shortest schedule.
    pub sessions: Vec<SessionEnd>,
    /// How many ends it has that differ in what somebody was told.
    pub variants: usize,
    /// A shortest schedule: who makes each move.
    pub schedule: Vec<SessionId>,
}

impl OutcomeKind {
    /// Whether it is correct: some serial order gives it, and every rule holds.
    #[must_use]
    pub fn is_correct(&self) -> bool {
        self.verdict == VerdictKind::Correct
    }

    /// Whether a transaction ends as the victim of a deadlock.
    #[must_use]
    pub fn has_deadlock(&self) -> bool {
        use crate::run::{Conflict, Outcome};
        let victim = |outcome: &Outcome| {
            matches!(outcome, Outcome::Conflict(Conflict::Server(error))
                if error.state == crate::db::SqlState::DEADLOCK_DETECTED)
        };
        let mut all = self
            .sessions
            .iter()
            .flat_map(|session| &session.transactions);
        all.any(victim)
    }
}

impl Report {
    /// How many schedules have an outcome like this, their share, and the probability with equally likely sessions.
    #[must_use]
    pub fn sum(&self, wanted: impl Fn(&OutcomeKind) -> bool) -> (Count, f64, f64) {
        let mut count = Count::default();
        let mut likely = 0.0;
        for outcome in self.outcomes.iter().filter(|outcome| wanted(outcome)) {
            count.add(&outcome.count);
            likely += outcome.likely;
        }
        let share = count.share_of(&self.interleavings);
        (count, share, likely)
    }
}
