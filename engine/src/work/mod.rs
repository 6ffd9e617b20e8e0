//! Long work, done beside the page: what the page asks for, what it is told, and the work itself in slices.
//!
//! ```text
//!   page                                worker
//!     Explore {id, text}      ->
//!                             <-        Progress {id, ..}, Report {id, ..}, Progress, ...
//!     Stop {id}               ->
//!                             <-        Report {id, ..} with bounds
//! ```
//!
//! The worker is a browser's thread, or anything else that hands a [`Task`] to a [`Job`] and calls [`Job::advance`] until it is
//! over. Answers are ready to be shown: counts are digits, rows are lines, schedules are orders of drawn steps. So the page
//! needs to know nothing of how they were found, and holds no code for it.
//!
//! Another kind of work is another [`Task`], another job in [`Job::new`] and its own [`Answer`].

mod exploring;
#[cfg(test)]
mod tests;
mod told;
mod wire;

use crate::explore::Progress as Walked;
use crate::ids::{StepId, Tick};
use crate::strategy::Strategy;
use crate::verdict::VerdictKind;
use exploring::Exploring;
use wire::{Reader, Writer};

/// What the page asks for. `id` is the page's own number for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// To count every schedule of a scenario, given as text, and then those of every strategy.
    Explore {
        /// Its number.
        id: u32,
        /// The scenario.
        text: String,
    },
    /// To stop a task; what is known by then is told.
    Stop {
        /// The task's number.
        id: u32,
    },
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The worker listens.
    Ready,
    /// How far a task is.
    Progress {
        /// The task's number.
        id: u32,
        /// How far.
        progress: Progress,
    },
    /// What is known of all schedules; the last one for a task stands.
    Report {
        /// The task's number.
        id: u32,
        /// What is known.
        report: Box<Schedules>,
    },
    /// What all schedules come to under one strategy.
    Line {
        /// The task's number.
        id: u32,
        /// What they come to.
        line: Box<StrategyLine>,
    },
    /// A task is over.
    Finished {
        /// Its number.
        id: u32,
    },
    /// A task could not be done.
    Failed {
        /// Its number.
        id: u32,
        /// Why, in a sentence.
        message: String,
    },
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How many states were met, of the scenario as it is.
    pub states: u64,
    /// The probability of the schedules that were followed to their end, from 0 to 1.
    pub done: f64,
}

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

/// Work under way.
pub struct Job(Exploring);

impl Job {
    /// Begins a task; `None` for one that is no work.
    ///
    /// # Errors
    /// When it cannot be done: the answer that says so.
    pub fn new(task: Task) -> Option<Result<Self, Answer>> {
        match task {
            Task::Explore { id, text } => Some(Exploring::new(id, &text).map(Self)),
            Task::Stop { .. } => None,
        }
    }

    /// Works on for so many states, and gives what is worth telling by then. The last answer is `Finished` or `Failed`.
    pub fn advance(&mut self, budget: usize) -> Vec<Answer> {
        self.0.advance(budget)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Answer {
        self.0.progress()
    }

    /// What is known by now, unless the end of that part was told already.
    pub fn so_far(&mut self) -> Option<Answer> {
        self.0.so_far()
    }

    /// Stops, and gives what is known.
    pub fn stop(&mut self) -> Vec<Answer> {
        self.0.stop()
    }

    /// The task's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id
    }
}

impl From<Walked> for Progress {
    fn from(walked: Walked) -> Self {
        Self {
            states: walked.states,
            done: walked.done,
        }
    }
}

impl Task {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Explore { id, text } => out.number(0).number(u64::from(*id)).text(text),
            Self::Stop { id } => out.number(1).number(u64::from(*id)),
        };
        out.finish()
    }

    /// From bytes; `None` if they are no task.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let kind = from.number()?;
        let id = from.small()?;
        let task = match kind {
            0 => Self::Explore {
                id,
                text: from.text()?,
            },
            1 => Self::Stop { id },
            _ => return None,
        };
        from.end(task)
    }
}

impl Answer {
    /// The number of the task that it is about; `None`: about none.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        match self {
            Self::Ready => None,
            Self::Progress { id, .. }
            | Self::Report { id, .. }
            | Self::Line { id, .. }
            | Self::Finished { id }
            | Self::Failed { id, .. } => Some(*id),
        }
    }

    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let kind = match self {
            Self::Ready => 0,
            Self::Progress { .. } => 1,
            Self::Report { .. } => 2,
            Self::Line { .. } => 3,
            Self::Finished { .. } => 4,
            Self::Failed { .. } => 5,
        };
        out.number(kind).number(self.id().unwrap_or(0).into());
        match self {
            Self::Ready | Self::Finished { .. } => {}
            Self::Progress { progress, .. } => {
                out.number(progress.states).real(progress.done);
            }
            Self::Report { report, .. } => report.write(&mut out),
            Self::Line { line, .. } => line.write(&mut out),
            Self::Failed { message, .. } => {
                out.text(message);
            }
        }
        out.finish()
    }

    /// From bytes; `None` if they are no answer.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let kind = from.number()?;
        let id = from.small()?;
        let answer = match kind {
            0 => Self::Ready,
            1 => Self::Progress {
                id,
                progress: Progress {
                    states: from.number()?,
                    done: from.real()?,
                },
            },
            2 => Self::Report {
                id,
                report: Box::new(Schedules::read(&mut from)?),
            },
            3 => Self::Line {
                id,
                line: Box::new(StrategyLine::read(&mut from)?),
            },
            4 => Self::Finished { id },
            5 => Self::Failed {
                id,
                message: from.text()?,
            },
            _ => return None,
        };
        from.end(answer)
    }
}

impl Amount {
    fn write(&self, out: &mut Writer) {
        out.text(&self.count).real(self.share).real(self.likely);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            count: from.text()?,
            share: from.real()?,
            likely: from.real()?,
        })
    }
}

impl Known {
    fn write(&self, out: &mut Writer) {
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

    fn read(from: &mut Reader<'_>) -> Option<Self> {
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
    fn write(&self, out: &mut Writer) {
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

    fn read(from: &mut Reader<'_>) -> Option<Self> {
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
    fn write(&self, out: &mut Writer) {
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

    fn read(from: &mut Reader<'_>) -> Option<Self> {
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
    fn write(&self, out: &mut Writer) {
        out.text(&self.strategy.to_string())
            .flag(self.is_exact)
            .text(&self.interleavings)
            .list(&self.amounts, |out, amount| amount.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            strategy: from.text()?.parse().ok()?,
            is_exact: from.flag()?,
            interleavings: from.text()?,
            amounts: from.list(Amount::read)?.try_into().ok()?,
        })
    }
}
