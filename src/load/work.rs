//! What is measured beside the page, in its worker, as a room sees it.
//!
//! A task goes in, and what is known by then comes out whenever there is something new to see. When the task changes, another is
//! asked after a short rest; until something of it is known the old answer stands. Nothing is measured while nobody looks: the
//! task is forgotten with the component that gave it. Where there is no worker, a sentence says why.

use crate::shared::Shared;
use crate::worker::{Question, ask};
use gloo::timers::callback::Timeout;
use rowlock_engine::load::number::fixed;
use rowlock_engine::work::{Answer, Task};
use std::rc::Rc;
use yew::prelude::*;

/// How long a task must rest before it is asked, in milliseconds.
const REST: u32 = 180;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// It is measured, or soon will be.
    #[default]
    Measuring,
    /// The visitor has stopped it.
    Stopped,
    /// All is measured.
    Over,
    /// It failed, and why.
    Failed(String),
}

/// What is known.
#[derive(Clone, Default, PartialEq)]
pub struct View {
    /// How far it is.
    pub phase: Phase,
    /// The share that is done.
    pub progress: f64,
    /// The last answer that says something, and what task it is about.
    pub found: Option<(Task, Shared<Answer>)>,
    task: Option<Task>,
}

/// What happens to it.
pub enum Happening {
    /// A task is asked.
    Begin(Task),
    /// Something is told of it.
    Heard(Answer),
    /// The visitor stops it.
    Stop,
}

impl Reducible for View {
    type Action = Happening;

    fn reduce(self: Rc<Self>, happening: Happening) -> Rc<Self> {
        let mut view = Self::clone(&self);
        match happening {
            Happening::Begin(task) => {
                view.phase = Phase::Measuring;
                view.progress = 0.0;
                view.task = Some(task);
            }
            Happening::Heard(Answer::Progress { progress, .. }) => view.progress = progress.done,
            Happening::Heard(Answer::Failed { message, .. }) => view.phase = Phase::Failed(message),
            Happening::Heard(Answer::Finished { .. }) if view.progress >= 1.0 => {
                view.phase = Phase::Over;
            }
            Happening::Heard(Answer::Finished { .. }) | Happening::Stop => {
                view.phase = Phase::Stopped;
            }
            Happening::Heard(answer) => {
                view.found = view.task.clone().map(|task| (task, Shared::new(answer)));
            }
        }
        Rc::new(view)
    }
}

/// Work, as a component sees it.
pub struct Work {
    /// What is known.
    pub view: UseReducerHandle<View>,
    /// Stops it, or begins anew.
    toggle: Callback<MouseEvent>,
}

/// Has a task done while the component is there.
#[hook]
pub fn use_work(task: Task) -> Work {
    let view = use_reducer(View::default);
    let question = use_mut_ref(|| None::<Question>);
    let rest = use_mut_ref(|| None::<Timeout>);
    let again = use_state(|| 0u32);
    {
        let (question, rest, dispatcher) = (question.clone(), rest.clone(), view.dispatcher());
        use_effect_with((task, *again), move |(task, _)| {
            let task = task.clone();
            let is_first = question.borrow().is_none();
            *rest.borrow_mut() = Some(Timeout::new(if is_first { 0 } else { REST }, move || {
                dispatcher.dispatch(Happening::Begin(task.clone()));
                let hear = move |answer| dispatcher.dispatch(Happening::Heard(answer));
                let before = question.borrow_mut().take();
                let asked = ask(before, |id| task.numbered(id), Callback::from(hear));
                *question.borrow_mut() = Some(asked);
            }));
        });
    }
    {
        let (question, rest) = (question.clone(), rest.clone());
        use_effect_with((), move |()| {
            move || {
                drop(rest.take());
                drop(question.take());
            }
        });
    }
    let toggle = {
        let (view, dispatcher) = (view.clone(), view.dispatcher());
        Callback::from(move |_: MouseEvent| {
            if view.phase != Phase::Measuring {
                return again.set(*again + 1);
            }
            drop(rest.take());
            dispatcher.dispatch(Happening::Stop);
            if let Some(question) = &*question.borrow() {
                question.stop();
            }
        })
    };
    Work { view, toggle }
}

impl Work {
    /// How far it is, with a button that stops it; `otherwise` says what there is without.
    pub fn progress(&self, id: &'static str, otherwise: &'static str) -> Html {
        let view = &self.view;
        let button = |label: &'static str| html! { <button type="button" class="pill" onclick={self.toggle.clone()}>{ label }</button> };
        let is_over = view.phase == Phase::Over;
        html! {
            <>
                <p class="progress" {id} data-over={is_over.to_string()}>
                    <progress max="1" value={fixed(view.progress, 3)} aria-label="Measured"></progress>
                    { match view.phase {
                        Phase::Over => html! { <span class="muted">{ "Measured." }</span> },
                        Phase::Measuring => html! { <>{ button("Stop") }<span class="muted">{ "Measuring …" }</span></> },
                        Phase::Stopped => html! { <>{ button("Measure again") }<span class="muted">{ "Stopped." }</span></> },
                        Phase::Failed(_) => button("Measure again"),
                    } }
                </p>
                if let Phase::Failed(why) = &view.phase {
                    <p class="bad" role="alert">{ why }{ " " }{ otherwise }</p>
                }
            </>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::load::Settings;
    use rowlock_engine::work::{Decision, Job};

    fn happens(view: &View, happening: Happening) -> View {
        View::clone(&Rc::new(view.clone()).reduce(happening))
    }

    fn decide(seed: u64) -> Task {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        Task::Decide {
            id: 0,
            settings: Box::new(settings),
        }
    }

    fn decision(view: &View) -> &Decision {
        match view.found.as_ref().map(|(_, answer)| &**answer) {
            Some(Answer::Decision { decision, .. }) => decision,
            other => panic!("a decision: {other:?}"),
        }
    }

    #[test]
    fn an_answer_stands_until_there_is_another_and_says_what_it_is_about() {
        let mut view = happens(&View::default(), Happening::Begin(decide(1)));
        let mut job = match Job::new(decide(1).numbered(4)) {
            Some(Ok(job)) => job,
            _ => panic!("it is work"),
        };
        while view.phase == Phase::Measuring {
            for answer in job.advance(1_000_000) {
                view = happens(&view, Happening::Heard(answer));
            }
        }
        assert_eq!((view.phase.clone(), view.progress), (Phase::Over, 1.0));
        assert_eq!(decision(&view).told.len(), 16);
        let next = happens(&view, Happening::Begin(decide(2)));
        assert_eq!((next.phase.clone(), next.progress), (Phase::Measuring, 0.0));
        assert_eq!(next.found.as_ref().map(|it| &it.0), Some(&decide(1)));
        // Stopped before its end it is over without being done.
        let stopped = happens(&next, Happening::Heard(Answer::Finished { id: 5 }));
        assert_eq!(stopped.phase, Phase::Stopped);
        let message = "There is no worker.".to_owned();
        let failed = Answer::Failed { id: 5, message };
        let failed = happens(&next, Happening::Heard(failed));
        assert!(matches!(failed.phase, Phase::Failed(_)) && failed.found.is_some());
    }
}
