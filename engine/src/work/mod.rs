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

mod bytes;
mod deciding;
mod exploring;
mod measuring;
mod messages;
mod refining;
mod rehearsal;
mod schedules;
mod settings;
#[cfg(test)]
mod tests;
mod told;
mod traffic;

pub use messages::{Answer, Progress, Task};
pub use rehearsal::{Rehearsal, rehearsals};
pub use schedules::{Amount, Known, Outcome, Schedules, StrategyLine};
pub use traffic::{Decision, Measured, Told};

use crate::load::decide::Study;
use crate::load::findings::Findings;
use exploring::Exploring;
use refining::Refining;

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
            Task::Measure { question, .. } => {
                boxed(Refining::new(id, Findings::of(&question), measuring::tell))
            }
            Task::Decide { settings, .. } => {
                boxed(Refining::new(id, Study::new(&settings), deciding::tell))
            }
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
