//! What the page is told of all schedules.

use super::bytes::{Reader, Writer};
use crate::ids::{StepId, Tick};
use crate::strategy::Strategy;
use crate::verdict::VerdictKind;

/// How much is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// The work goes on: counts are lower bounds.
    SoFar,
    /// Every schedule was counted.
    All,
    /// A limit was reached, or somebody stopped it: counts are lower bounds.
    Bounds {
        /// The probability that a schedule was not followed to its end, from 0 to 1.
        open: f64,
        /// There are at most so many schedules, in decimal digits; `None` where there is no such bound.
        at_most: Option<String>,
        /// Whether somebody stopped it.
        stopped: bool,
    },
}

/// So many schedules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amount {
    /// How many, in decimal digits.
    pub count: String,
    /// Their share in all that were counted, from 0 to 1.
    pub share: f64,
    /// How likely one of them is when at each point every session that can go on is equally likely to be next.
    pub likely: f64,
}

impl Amount {
    /// Whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.count == "0"
    }
}

/// What is known of all schedules.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedules {
    /// Whether that is everything.
    pub known: Known,
    /// How many schedules were counted to their end, in decimal digits.
    pub interleavings: String,
    /// How many states were met.
    pub states: u64,
    /// Those that are correct.
    pub correct: Amount,
    /// Those that go wrong: no serial order gives the same, or a rule fails although nobody was turned away.
    pub wrong: Amount,
    /// Those in which somebody was turned away and told so, so that a rule fails.
    pub turned_away: Amount,
    /// Those that end with somebody waiting for ever or in an open transaction, or that could not be decided.
    pub unfinished: Amount,
    /// Those in which a transaction is the victim of a deadlock; they are among the others too.
    pub deadlocked: Amount,
    /// The outcomes that most schedules have, the most frequent first.
    pub outcomes: Vec<Outcome>,
    /// How many kinds of outcome there are beyond those.
    pub more: usize,
}

/// Schedules that end in the same way.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How many.
    pub amount: Amount,
    /// The verdict on them.
    pub verdict: VerdictKind,
    /// What went wrong, by name.
    pub anomalies: Vec<String>,
    /// The verdict on the shortest of them, in one sentence.
    pub sentence: String,
    /// Whether a transaction is the victim of a deadlock.
    pub deadlock: bool,
    /// The rules that do not hold.
    pub broken_rules: Vec<String>,
    /// The final tables, a line each.
    pub tables: Vec<String>,
    /// How each session ends: its name, and what it was told.
    pub sessions: Vec<(String, String)>,
    /// The drawn steps in the order of the shortest schedule, with the times that they need.
    pub order: Vec<(StepId, Option<Tick>)>,
    /// Whether that order, drawn, ends as the schedule does.
    pub faithful: bool,
}

/// What all schedules come to under one strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyLine {
    /// The strategy.
    pub strategy: Strategy,
    /// Whether every schedule was counted; if not, counts are lower bounds.
    pub is_exact: bool,
    /// How many schedules there are, in decimal digits.
    pub interleavings: String,
    /// Correct, wrong, turned away, deadlocked, and unfinished or undecided.
    pub amounts: [Amount; 5],
}

impl Amount {
    pub(super) fn write(&self, out: &mut Writer) {
        out.text(&self.count).real(self.share).real(self.likely);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            count: from.text()?,
            share: from.real()?,
            likely: from.real()?,
        })
    }
}

impl Known {
    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Self::SoFar => out.number(0),
            Self::All => out.number(1),
            Self::Bounds {
                open,
                at_most,
                stopped,
            } => out
                .number(2)
                .real(*open)
                .option(at_most.as_deref(), |out, at_most| {
                    out.text(at_most);
                })
                .flag(*stopped),
        };
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(match from.number()? {
            0 => Self::SoFar,
            1 => Self::All,
            2 => Self::Bounds {
                open: from.real()?,
                at_most: from.option(Reader::text)?,
                stopped: from.flag()?,
            },
            _ => return None,
        })
    }
}

impl Schedules {
    pub(super) fn write(&self, out: &mut Writer) {
        self.known.write(out);
        out.text(&self.interleavings).number(self.states);
        for amount in [
            &self.correct,
            &self.wrong,
            &self.turned_away,
            &self.unfinished,
            &self.deadlocked,
        ] {
            amount.write(out);
        }
        out.list(&self.outcomes, |out, outcome| outcome.write(out))
            .number(self.more as u64);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            known: Known::read(from)?,
            interleavings: from.text()?,
            states: from.number()?,
            correct: Amount::read(from)?,
            wrong: Amount::read(from)?,
            turned_away: Amount::read(from)?,
            unfinished: Amount::read(from)?,
            deadlocked: Amount::read(from)?,
            outcomes: from.list(Outcome::read)?,
            more: from.size()?,
        })
    }
}

/// The verdicts, by their numbers in a message.
const VERDICTS: [VerdictKind; 6] = [
    VerdictKind::Correct,
    VerdictKind::TurnedAway,
    VerdictKind::RuleBroken,
    VerdictKind::Anomaly,
    VerdictKind::Unfinished,
    VerdictKind::Undecided,
];

impl Outcome {
    pub(super) fn write(&self, out: &mut Writer) {
        self.amount.write(out);
        let verdict = VERDICTS.iter().position(|it| *it == self.verdict);
        out.number(verdict.unwrap_or_default() as u64)
            .texts(&self.anomalies)
            .text(&self.sentence)
            .flag(self.deadlock)
            .texts(&self.broken_rules)
            .texts(&self.tables)
            .list(&self.sessions, |out, (name, told)| {
                out.text(name).text(told);
            })
            .list(&self.order, |out, (step, at)| {
                out.number(step.0 as u64).option(*at, |out, at| {
                    out.number(at.0);
                });
            })
            .flag(self.faithful);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            amount: Amount::read(from)?,
            verdict: *VERDICTS.get(from.size()?)?,
            anomalies: from.texts()?,
            sentence: from.text()?,
            deadlock: from.flag()?,
            broken_rules: from.texts()?,
            tables: from.texts()?,
            sessions: from.list(|from| Some((from.text()?, from.text()?)))?,
            order: from.list(|from| {
                let step = StepId(from.size()?);
                Some((step, from.option(Reader::number)?.map(Tick)))
            })?,
            faithful: from.flag()?,
        })
    }
}

impl StrategyLine {
    pub(super) fn write(&self, out: &mut Writer) {
        out.text(&self.strategy.to_string())
            .flag(self.is_exact)
            .text(&self.interleavings)
            .list(&self.amounts, |out, amount| amount.write(out));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            strategy: from.text()?.parse().ok()?,
            is_exact: from.flag()?,
            interleavings: from.text()?,
            amounts: from.list(Amount::read)?.try_into().ok()?,
        })
    }
}
