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
//! Traffic is asked for in the same way (`Measure`, `Decide`) and told as charts and tables. Another kind of work is another
//! [`Task`], another job in [`Job::new`] and its own [`Answer`].

mod deciding;
mod exploring;
mod measuring;
mod refining;
mod schedules;
mod settings;
#[cfg(test)]
mod tests;
mod told;
mod traffic;
mod wire;

pub use schedules::{Amount, Known, Outcome, Schedules, StrategyLine};
pub use traffic::{Decision, Measured, Told};

use crate::explore::Progress as Walked;
use crate::load::Settings;
use crate::load::decide::Study;
use crate::load::findings::{Findings, Question};
use exploring::Exploring;
use refining::Refining;
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
    /// To simulate traffic: a workload, all strategies over the load, and a retry storm.
    Measure {
        /// Its number.
        id: u32,
        /// What traffic.
        question: Box<Question>,
    },
    /// To measure all that a decision needs: the workload without a guard, contests, and every strategy.
    Decide {
        /// Its number.
        id: u32,
        /// The workload.
        settings: Box<Settings>,
    },
    /// To stop a task; what is known by then is told.
    Stop {
        /// The task's number.
        id: u32,
    },
    /// To stop a task of which nobody wants to know any more.
    Forget {
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
    /// What was measured of traffic until now; the last one for a task stands.
    Measured {
        /// The task's number.
        id: u32,
        /// What was measured.
        measured: Box<Measured>,
    },
    /// What to decide by what was measured until now; the last one for a task stands.
    Decision {
        /// The task's number.
        id: u32,
        /// What to decide.
        decision: Box<Decision>,
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
    /// How many states were met, of the scenario as it is; of traffic, how many events were simulated.
    pub states: u64,
    /// The probability of the schedules that were followed to their end, from 0 to 1; of traffic, the share that is done.
    pub done: f64,
}

/// Work under way: what each kind of it can do.
trait Work {
    /// Works on for so many states or events, and gives what is worth telling by then. The last answer is `Finished` or `Failed`.
    fn advance(&mut self, budget: usize) -> Vec<Answer>;
    /// How far it is.
    fn progress(&self) -> Progress;
    /// What is known by now, unless the end of that part was told already.
    fn so_far(&mut self) -> Option<Answer>;
    /// Stops, and gives what is known.
    fn stop(&mut self) -> Vec<Answer>;
}

/// Work under way.
pub struct Job {
    id: u32,
    work: Box<dyn Work>,
}

impl Job {
    /// Begins a task; `None` for one that is no work.
    ///
    /// # Errors
    /// When it cannot be done: the answer that says so.
    pub fn new(task: Task) -> Option<Result<Self, Answer>> {
        let id = task.id();
        let work: Result<Box<dyn Work>, String> = match task {
            Task::Explore { text, .. } => boxed(Exploring::new(id, &text)),
            Task::Measure { question, .. } => boxed(Refining::new(id, Findings::of(&question))),
            Task::Decide { settings, .. } => boxed(Refining::new(id, Study::new(&settings))),
            Task::Stop { .. } | Task::Forget { .. } => return None,
        };
        Some(match work {
            Ok(work) => Ok(Self { id, work }),
            Err(message) => Err(Answer::Failed { id, message }),
        })
    }

    /// Works on for so many states or events, and gives what is worth telling by then. The last answer is `Finished` or `Failed`.
    pub fn advance(&mut self, budget: usize) -> Vec<Answer> {
        self.work.advance(budget)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Answer {
        Answer::Progress {
            id: self.id,
            progress: self.work.progress(),
        }
    }

    /// What is known by now, unless the end of that part was told already.
    pub fn so_far(&mut self) -> Option<Answer> {
        self.work.so_far()
    }

    /// Stops, and gives what is known.
    pub fn stop(&mut self) -> Vec<Answer> {
        self.work.stop()
    }

    /// The task's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }
}

fn boxed<T: Work + 'static>(work: Result<T, String>) -> Result<Box<dyn Work>, String> {
    work.map(|work| Box::new(work) as Box<dyn Work>)
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
            Self::Forget { id } => out.number(2).number(u64::from(*id)),
            Self::Measure { id, question } => {
                out.number(3).number(u64::from(*id));
                settings::write(&question.settings, &mut out);
                out.flag(question.keeps_client)
                    .number(question.crowd.into())
            }
            Self::Decide { id, settings } => {
                out.number(4).number(u64::from(*id));
                settings::write(settings, &mut out);
                &mut out
            }
        };
        out.finish()
    }

    /// The same under another number.
    #[must_use]
    pub fn numbered(mut self, number: u32) -> Self {
        match &mut self {
            Self::Explore { id, .. }
            | Self::Measure { id, .. }
            | Self::Decide { id, .. }
            | Self::Stop { id }
            | Self::Forget { id } => *id = number,
        }
        self
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        match self {
            Self::Explore { id, .. }
            | Self::Measure { id, .. }
            | Self::Decide { id, .. }
            | Self::Stop { id }
            | Self::Forget { id } => *id,
        }
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
            2 => Self::Forget { id },
            3 => Self::Measure {
                id,
                question: Box::new(Question {
                    settings: settings::read(&mut from)?,
                    keeps_client: from.flag()?,
                    crowd: from.small()?,
                }),
            },
            4 => Self::Decide {
                id,
                settings: Box::new(settings::read(&mut from)?),
            },
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
            | Self::Measured { id, .. }
            | Self::Decision { id, .. }
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
            Self::Measured { .. } => 6,
            Self::Decision { .. } => 7,
        };
        out.number(kind).number(self.id().unwrap_or(0).into());
        match self {
            Self::Ready | Self::Finished { .. } => {}
            Self::Progress { progress, .. } => {
                out.number(progress.states).real(progress.done);
            }
            Self::Report { report, .. } => report.write(&mut out),
            Self::Line { line, .. } => line.write(&mut out),
            Self::Measured { measured, .. } => measured.write(&mut out),
            Self::Decision { decision, .. } => decision.write(&mut out),
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
            6 => Self::Measured {
                id,
                measured: Box::new(Measured::read(&mut from)?),
            },
            7 => Self::Decision {
                id,
                decision: Box::new(Decision::read(&mut from)?),
            },
            _ => return None,
        };
        from.end(answer)
    }
}
