//! Counting every schedule of a scenario, and then those of every strategy.

use super::{Amount, Answer, Known, Outcome, Progress, Schedules, StrategyLine, Work, told};
use crate::explore::{
    Comparison, Completeness, Count, Explorer, Limits, Line, OutcomeKind, Status, draw,
};
use crate::scenario::{self, Scenario};
use crate::verdict::VerdictKind;

/// So many kinds of outcome are told.
const MOST_OUTCOMES: usize = 40;
/// The same while the work goes on.
const MOST_SO_FAR: usize = 12;
/// What is put on one strategy of twelve: a tenth of what the scenario as it is may take.
const LIMITS_OF_A_LINE: Limits = Limits {
    states: 2_000_000,
    memory: 200 << 20,
};

pub(super) struct Exploring {
    id: u32,
    scenario: Scenario,
    part: Part,
    progress: Progress,
}

/// What is done at the moment.
enum Part {
    /// The scenario as it is.
    Own(Box<Explorer>),
    /// All strategies; so many were told.
    Strategies(Box<Comparison>, usize),
    Over,
}

impl Exploring {
    pub fn new(id: u32, text: &str) -> Result<Self, String> {
        let scenario = scenario::read(text).map_err(|errors| {
            let first = errors.first().map(ToString::to_string);
            format!(
                "The scenario cannot be read: {}.",
                first.unwrap_or_default()
            )
        })?;
        let explorer = Explorer::new(&scenario)
            .map_err(|error| format!("The set-up fails: {}.", error.error))?;
        Ok(Self {
            id,
            progress: explorer.progress().into(),
            part: Part::Own(Box::new(explorer)),
            scenario,
        })
    }
}

impl Work for Exploring {
    fn advance(&mut self, budget: usize) -> Vec<Answer> {
        let id = self.id;
        match &mut self.part {
            Part::Own(explorer) => {
                let walked = explorer.advance(budget);
                self.progress = walked.into();
                if walked.status == Status::Running {
                    return Vec::new();
                }
                let report = report_of(&self.scenario, explorer, MOST_OUTCOMES, End::Limit);
                let comparison = Comparison::new(&self.scenario, LIMITS_OF_A_LINE);
                self.part = Part::Strategies(Box::new(comparison), 0);
                let progress = self.progress;
                vec![
                    Answer::Progress { id, progress },
                    Answer::Report { id, report },
                ]
            }
            Part::Strategies(comparison, told) => {
                let goes_on = comparison.advance(budget);
                let new = comparison.lines().iter().skip(*told).map(|line| {
                    let line = Box::new(line_of(line));
                    Answer::Line { id, line }
                });
                let mut answers: Vec<Answer> = new.collect();
                *told += answers.len();
                if !goes_on {
                    self.part = Part::Over;
                    answers.push(Answer::Finished { id });
                }
                answers
            }
            Part::Over => vec![Answer::Finished { id }],
        }
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    fn so_far(&mut self) -> Option<Answer> {
        let Part::Own(explorer) = &mut self.part else {
            return None;
        };
        let report = report_of(&self.scenario, explorer, MOST_SO_FAR, End::NotYet);
        Some(Answer::Report {
            id: self.id,
            report,
        })
    }

    fn stop(&mut self) -> Vec<Answer> {
        let id = self.id;
        let mut answers = Vec::new();
        if let Part::Own(explorer) = &mut self.part {
            explorer.stop();
            let report = report_of(&self.scenario, explorer, MOST_OUTCOMES, End::Asked);
            answers.push(Answer::Report { id, report });
        }
        self.part = Part::Over;
        answers.push(Answer::Finished { id });
        answers
    }
}

/// Why there is nothing more to come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    Limit,
    Asked,
}

fn report_of(
    scenario: &Scenario,
    explorer: &mut Explorer,
    most: usize,
    end: End,
) -> Box<Schedules> {
    let report = explorer.report_of(most);
    let amount = |wanted: &dyn Fn(&OutcomeKind) -> bool| {
        let (count, share, likely) = report.sum(wanted);
        Amount {
            count: count.to_string(),
            share,
            likely,
        }
    };
    let of = |kinds: &[VerdictKind]| amount(&|it| kinds.contains(&it.verdict));
    let outcomes = report.outcomes.iter().take(most);
    Box::new(Schedules {
        known: match (&report.completeness, end) {
            (Completeness::All, _) => Known::All,
            (_, End::NotYet) => Known::SoFar,
            (Completeness::Bounds { open, at_most }, end) => Known::Bounds {
                open: *open,
                at_most: at_most.as_ref().map(ToString::to_string),
                stopped: end == End::Asked,
            },
        },
        interleavings: report.interleavings.to_string(),
        states: report.states,
        correct: of(&[VerdictKind::Correct]),
        wrong: of(&[VerdictKind::Anomaly, VerdictKind::RuleBroken]),
        turned_away: of(&[VerdictKind::TurnedAway]),
        unfinished: of(&[VerdictKind::Unfinished, VerdictKind::Undecided]),
        deadlocked: amount(&OutcomeKind::has_deadlock),
        outcomes: outcomes
            .map(|kind| outcome_of(scenario, explorer, kind))
            .collect(),
        more: report.outcomes.len().saturating_sub(most),
    })
}

fn outcome_of(scenario: &Scenario, explorer: &Explorer, kind: &OutcomeKind) -> Outcome {
    let sessions = scenario.sessions.iter().zip(&kind.sessions);
    let drawing = draw(scenario, explorer.plan(), &kind.schedule).ok();
    let broken = kind.rules.iter().filter(|rule| rule.holds != Ok(true));
    Outcome {
        amount: Amount {
            count: kind.count.to_string(),
            share: kind.share,
            likely: kind.likely,
        },
        verdict: kind.verdict,
        anomalies: kind
            .anomalies
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
        sentence: kind.sentence.clone(),
        deadlock: kind.has_deadlock(),
        broken_rules: broken.map(|rule| rule.name.clone()).collect(),
        tables: kind.tables.iter().map(told::table).collect(),
        sessions: sessions
            .map(|(session, end)| (session.display_name().to_owned(), told::session(end)))
            .collect(),
        faithful: drawing.as_ref().is_some_and(|drawing| drawing.is_faithful),
        order: drawing.map_or(Vec::new(), |drawing| drawing.order),
    }
}

fn line_of(line: &Line) -> StrategyLine {
    let amount = |count: &Count, likely: f64| Amount {
        count: count.to_string(),
        share: count.share_of(&line.interleavings),
        likely,
    };
    let mut open = line.unfinished.clone();
    open.add(&line.undecided);
    let [correct, broken, rejected, deadlocked] = line.likely;
    let rest = (1.0 - correct - broken - rejected).max(0.0);
    StrategyLine {
        strategy: line.strategy,
        is_exact: line.completeness == Completeness::All,
        interleavings: line.interleavings.to_string(),
        amounts: [
            amount(&line.correct, correct),
            amount(&line.broken, broken),
            amount(&line.rejected, rejected),
            amount(&line.deadlocked, deadlocked),
            amount(&open, rest),
        ],
    }
}
