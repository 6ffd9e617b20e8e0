//! What the room has heard of the counting.

use crate::shared::Shared;
use crate::state::Drawing;
use rowlock_engine::strategy::Strategy;
use rowlock_engine::work::{Answer, Progress, Schedules, StrategyLine};
use std::rc::Rc;
use yew::Reducible;

/// How far the counting is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// It has not begun.
    #[default]
    Waiting,
    /// The schedules of the drawing are counted.
    Counting,
    /// They are; the other strategies are under way.
    Strategies,
    /// All is told.
    Over,
    /// It failed, and why.
    Failed(String),
}

/// What the room knows.
#[derive(Clone, Default, PartialEq)]
pub struct View {
    /// How far the counting is.
    pub phase: Phase,
    /// The drawing that is counted.
    pub drawing: Option<Shared<Drawing>>,
    /// How far it is, in numbers.
    pub progress: Option<Progress>,
    /// What is known; of the drawing before until there is something of this one.
    pub report: Option<Shared<Schedules>>,
    /// The drawing that the report is about.
    pub report_of: Option<Shared<Drawing>>,
    /// What each strategy comes to, and whether that is about this drawing.
    pub lines: Vec<(StrategyLine, bool)>,
}

/// What happens to it.
pub enum Happening {
    /// The counting of a drawing begins.
    Begin(Shared<Drawing>),
    /// Something is told of it.
    Heard(Answer),
}

impl View {
    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::Counting | Phase::Strategies)
    }

    /// Whether the report is about this drawing.
    pub fn is_about(&self, drawing: &Shared<Drawing>) -> bool {
        self.report_of.as_ref() == Some(drawing)
    }

    /// What a strategy comes to, if it is known, and whether that is about this drawing.
    pub fn line(&self, strategy: Strategy) -> Option<&(StrategyLine, bool)> {
        self.lines
            .iter()
            .find(|(line, _)| line.strategy == strategy)
    }
}

impl Reducible for View {
    type Action = Happening;

    fn reduce(self: Rc<Self>, happening: Happening) -> Rc<Self> {
        let mut view = Self::clone(&self);
        match happening {
            Happening::Begin(drawing) => {
                view.phase = Phase::Counting;
                view.drawing = Some(drawing);
                view.progress = None;
                for (_, is_fresh) in &mut view.lines {
                    *is_fresh = false;
                }
            }
            Happening::Heard(answer) => view.hear(answer),
        }
        Rc::new(view)
    }
}

impl View {
    fn hear(&mut self, answer: Answer) {
        use rowlock_engine::work::Known;
        match answer {
            // Of other kinds of work it has asked nothing.
            Answer::Ready | Answer::Measured { .. } | Answer::Decision { .. } => {}
            Answer::Progress { progress, .. } => self.progress = Some(progress),
            Answer::Report { report, .. } => {
                if report.known != Known::SoFar {
                    self.phase = Phase::Strategies;
                }
                self.report = Some(Shared::new(*report));
                self.report_of = self.drawing.clone();
            }
            Answer::Line { line, .. } => {
                let mut lines = self.lines.iter_mut();
                match lines.find(|(it, _)| it.strategy == line.strategy) {
                    Some(place) => *place = (*line, true),
                    None => self.lines.push((*line, true)),
                }
            }
            Answer::Finished { .. } => self.phase = Phase::Over,
            Answer::Failed { message, .. } => self.phase = Phase::Failed(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::gallery::STORIES;
    use rowlock_engine::work::{Job, Known, Task};

    fn happens(view: View, happening: Happening) -> View {
        View::clone(&Rc::new(view).reduce(happening))
    }

    fn job() -> Job {
        let text = STORIES[0].text.to_owned();
        match Job::new(Task::Explore { id: 1, text }) {
            Some(Ok(job)) => job,
            _ => panic!("a story can be explored"),
        }
    }

    #[test]
    fn what_was_known_stays_until_something_new_is() {
        let first = Shared::new(Drawing::default());
        let mut view = happens(View::default(), Happening::Begin(first.clone()));
        assert!(view.is_busy() && view.report.is_none());
        let mut job = job();
        while view.phase != Phase::Over {
            for answer in job.advance(1000) {
                view = happens(view, Happening::Heard(answer));
            }
        }
        assert!(view.is_about(&first) && view.lines.len() == Strategy::ALL.len());
        let second = Shared::new(Drawing::default());
        let view = happens(view, Happening::Begin(second.clone()));
        assert!(view.is_about(&first) && !view.is_about(&second) && view.is_busy());
        assert!(view.lines.iter().all(|(_, is_fresh)| !is_fresh));
        let message = "It broke down.".to_owned();
        let view = happens(view, Happening::Heard(Answer::Failed { id: 2, message }));
        assert!(!view.is_busy() && view.report.is_some());
    }

    #[test]
    fn what_is_known_so_far_does_not_end_the_counting() {
        let drawing = Shared::new(Drawing::default());
        let view = happens(View::default(), Happening::Begin(drawing.clone()));
        let mut job = job();
        job.advance(1);
        let so_far = job.so_far().expect("it is under way");
        let mut view = happens(view, Happening::Heard(so_far));
        assert_eq!(view.phase, Phase::Counting);
        assert!(view.is_about(&drawing));
        for answer in job.stop() {
            view = happens(view, Happening::Heard(answer));
        }
        let report = view.report.expect("there is one");
        assert!(matches!(report.known, Known::Bounds { stopped: true, .. }));
        assert_eq!(view.phase, Phase::Over);
    }
}
