//! All schedules of the drawing: how many there are, what they come to, and what each strategy makes of them.
//!
//! The counting is done by the worker ([`crate::worker`]), anew at every edit when it rests. What was known of the drawing before
//! stays on the screen, marked as such, until something is known of the new one.

mod numbers;
mod outcomes;
mod sentences;
mod state;
mod strategies;

use crate::shared::Shared;
use crate::state::{Action, Show};
use crate::worker::{Question, ask};
use gloo::timers::callback::Timeout;
use numbers::{probability, shown};
use rowlock_engine::message::Counts;
use rowlock_engine::work::{Known, Task};
use state::{Happening, Phase, View};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How long a drawing must rest before it is counted, in milliseconds.
const REST: u32 = 200;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// Whether the text has gone on since, or is broken: nothing of this can be put into it.
    pub stale: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The room.
#[component]
pub fn AllSchedules(props: &Props) -> Html {
    let view = use_reducer(View::default);
    let again = use_state(|| 0);
    let question = use_counting(&props.show, *again, &view);
    use_telling(&view, &props.dispatch);
    let all_digits = use_state(|| false);
    let by_hand = props.show.goes_on;
    let is_about = view.is_about(&props.show.drawing);
    let stop = Callback::from(move |_: MouseEvent| {
        if let Some(question) = &*question.borrow() {
            question.stop();
        }
    });
    let once_more = {
        let again = again.clone();
        Callback::from(move |_: MouseEvent| again.set(*again + 1))
    };
    let set_digits = {
        let all_digits = all_digits.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                all_digits.set(input.checked());
            }
        })
    };
    let digits = *all_digits;
    let is_final = |known: &Known| *known != Known::SoFar;
    let report = view.report.as_ref();
    let headline = match (&view.phase, report) {
        (Phase::Failed(message), _) => message.clone(),
        (_, Some(report)) if is_final(&report.known) => sentences::headline(report, digits),
        _ => "Counting every schedule.".to_owned(),
    };
    let failed = matches!(view.phase, Phase::Failed(_));
    let bounds = report.and_then(|report| sentences::bounds(report, digits));
    let is_stopped = report.is_some_and(|report| matches!(report.known, Known::Bounds { .. }));
    html! {
        <div class="schedules" id="schedules" data-phase={phase_name(&view.phase)} aria-busy={view.is_busy().to_string()}>
            <p class={classes!("headline", (!is_about && !failed).then_some("old"))} id="schedules-headline" role="status">{ headline }</p>
            if by_hand {
                <p class="muted">{ "While you run it by hand this stays as it was." }</p>
            }
            if let (Some(bounds), false) = (bounds, failed) {
                <p class="bounds" id="schedules-bounds">{ bounds }</p>
            }
            <div class="controls">
                { progress(&view) }
                if view.is_busy() {
                    <button type="button" class="pill" id="schedules-stop" onclick={stop}>{ "Stop" }</button>
                } else if failed || is_stopped {
                    <button type="button" class="pill" id="schedules-again" onclick={once_more}>{ "Count again" }</button>
                }
                <label><input type="checkbox" id="all-digits" checked={digits} onchange={set_digits} />{ " All digits" }</label>
            </div>
            if let Some(report) = &view.report {
                <section class={classes!((!is_about).then_some("old"))} aria-labelledby="outcomes-heading">
                    <h2 id="outcomes-heading">{ "What they come to" }</h2>
                    <outcomes::Outcomes report={report.clone()} all_digits={digits} can_draw={is_about && !props.stale && !by_hand}
                        dispatch={props.dispatch.clone()} />
                </section>
            }
            <section aria-labelledby="strategies-heading">
                <h2 id="strategies-heading">{ "Which strategy keeps my rule in every schedule?" }</h2>
                <strategies::Strategies view={(*view).clone()} all_digits={digits} chosen={props.show.scenario.strategy}
                    has_own={props.show.scenario.sessions.iter().any(|session| session.strategy.is_some())}
                    disabled={props.stale || by_hand} dispatch={props.dispatch.clone()} />
            </section>
        </div>
    }
}

/// The drawing is counted when it rests; and again when `again` changes.
#[hook]
fn use_counting(
    show: &Shared<Show>,
    again: u32,
    view: &UseReducerHandle<View>,
) -> std::rc::Rc<std::cell::RefCell<Option<Question>>> {
    let question = use_mut_ref(|| None::<Question>);
    let is_first = use_mut_ref(|| true);
    {
        let (question, dispatcher, show) = (question.clone(), view.dispatcher(), show.clone());
        let rest = if std::mem::take(&mut *is_first.borrow_mut()) {
            0
        } else {
            REST
        };
        let state = (show.drawing.clone(), show.goes_on, again);
        use_effect_with(state, move |(drawing, by_hand, _)| {
            let drawing = drawing.clone();
            let timeout = (!by_hand).then(|| {
                Timeout::new(rest, move || {
                    dispatcher.dispatch(Happening::Begin(drawing));
                    let hear = move |answer| dispatcher.dispatch(Happening::Heard(answer));
                    let text = show.scenario.to_text();
                    let asked = ask(|id| Task::Explore { id, text }, Callback::from(hear));
                    // The one before is dropped after this one was asked, so that the worker lives on.
                    *question.borrow_mut() = Some(asked);
                })
            });
            move || drop(timeout)
        });
    }
    let asked = question.clone();
    use_effect_with((), move |()| move || drop(asked.take()));
    question
}

/// What was counted is told to the page, which tells it to programs.
#[hook]
fn use_telling(view: &UseReducerHandle<View>, dispatch: &Callback<Action>) {
    let dispatch = dispatch.clone();
    let known = (view.report.clone(), view.report_of.clone());
    use_effect_with(known, move |(report, of)| {
        if let (Some(report), Some(of)) = (report, of)
            && report.known == Known::All
        {
            let counts = Counts {
                schedules: report.interleavings.clone(),
                wrong: report.wrong.count.clone(),
            };
            dispatch.emit(Action::Counted(of.clone(), counts));
        }
    });
}

fn phase_name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Waiting => "waiting",
        Phase::Counting => "counting",
        Phase::Strategies => "strategies",
        Phase::Over => "over",
        Phase::Failed(_) => "failed",
    }
}

/// How far the counting is. It ticks, so nobody reads it out by itself.
fn progress(view: &View) -> Html {
    let (words, done) = match (&view.phase, view.progress) {
        (Phase::Counting, Some(progress)) => (
            format!(
                "{} states so far; schedules with a probability of {} followed to their end",
                shown(&progress.states.to_string(), true),
                probability(progress.done)
            ),
            Some(progress.done),
        ),
        (Phase::Counting | Phase::Waiting, _) => ("Counting.".to_owned(), None),
        (Phase::Strategies, _) => ("The strategies, one after the other.".to_owned(), None),
        (Phase::Over, _) => {
            let states = view.report.as_ref().map_or(0, |report| report.states);
            (format!("{} states", shown(&states.to_string(), true)), None)
        }
        (Phase::Failed(_), _) => return Html::default(),
    };
    let value = done.map(|done| ((done * 1000.0).round() as u32).to_string());
    html! {
        <>
            if let Some(value) = value {
                <progress max="1000" {value} aria-label="Followed to their end" />
            }
            <span class="muted" id="schedules-progress">{ words }</span>
        </>
    }
}
