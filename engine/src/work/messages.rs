//! What the page asks for and what it is told, and both as bytes.

use super::bytes::{Reader, Writer};
use super::settings;
use super::{Decision, Measured, Schedules, StrategyLine};
use crate::explore::Progress as Walked;
use crate::load::Settings;
use crate::load::findings::Question;

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
