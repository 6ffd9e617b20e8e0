//! Deciding: both trees walked with the scenario's own numbers, the recommendation, and every strategy measured on this workload.

use super::controls::Controls;
use super::work::{Phase, use_work};
use super::workload::Workload;
use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::load::Drawn;
use rowlock_engine::load::decide::Answers;
use rowlock_engine::scenario::{OnConflict, Scenario};
use rowlock_engine::strategy::Strategy;
use rowlock_engine::work::{Answer, Task, Told};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// What the controls say.
    pub workload: UseStateHandle<Workload>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

type Choice = (&'static str, &'static str, fn(&mut Answers) -> &mut bool);

const ANSWERS: [Choice; 4] = [
    ("can-retry", "The application can do its work again", |it| {
        &mut it.can_retry
    }),
    ("wrong-costs", "A wrong result costs something", |it| {
        &mut it.wrong_is_costly
    }),
    ("may-vanish", "An older write may vanish silently", |it| {
        &mut it.older_may_vanish
    }),
    (
        "is-arithmetic",
        "The database can compute the new value from the stored one",
        |it| &mut it.is_arithmetic,
    ),
];

/// What the drawing answers, until the visitor says otherwise.
fn answered(scenario: &Scenario, drawn: Option<&Drawn>) -> Answers {
    let gives_up = |client| !matches!(client, OnConflict::Retry { .. });
    Answers {
        can_retry: !scenario.on_conflict.is_some_and(gives_up),
        wrong_is_costly: !scenario.expect.is_empty(),
        older_may_vanish: matches!(scenario.strategy, Strategy::LastWriteWins),
        is_arithmetic: drawn.is_some_and(|drawn| drawn.is_arithmetic),
    }
}

/// The room.
#[component]
pub fn Decide(props: &Props) -> Html {
    let drawn = super::use_drawn(&props.show);
    let scenario = &props.show.scenario;
    let settings = props.workload.settings(scenario, drawn.as_ref().as_ref());
    let work = use_work(Task::Decide {
        id: 0,
        settings: Box::new(settings),
    });
    // What the visitor has said stands, whatever is drawn afterwards.
    let said = use_state(|| [None::<bool>; ANSWERS.len()]);
    let mut answers = answered(scenario, drawn.as_ref().as_ref());
    for ((_, _, field), said) in ANSWERS.iter().zip(*said) {
        if let Some(said) = said {
            *field(&mut answers) = said;
        }
    }
    let found = work.view.found.as_ref();
    let decision = match found.map(|(_, answer)| &**answer) {
        Some(Answer::Decision { decision, .. }) => Some(decision),
        _ => None,
    };
    let raw = |html: &String| Html::from_html_unchecked(html.clone().into());
    let questions = ANSWERS.iter().enumerate().map(|(place, (id, label, field))| {
        let said = said.clone();
        let say = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut all = *said;
                all[place] = Some(input.checked());
                said.set(all);
            }
        });
        html! { <label class="check"><input type="checkbox" id={*id} checked={*field(&mut answers)} onchange={say} />{ *label }</label> }
    });
    html! {
        <div class="load" id="decide">
            <div class="side">
                <fieldset><legend>{ "What numbers cannot tell" }</legend>{ for questions }</fieldset>
                <Controls workload={props.workload.clone()} drawn={(*drawn).clone()} />
            </div>
            <div class="main">
                { work.progress("decide-progress", "A recommendation needs what is measured.") }
                if let Some((decision, told)) = decision.and_then(|it| Some((it, it.told(&answers)?))) {
                    { recommended(told, scenario.strategy, &props.dispatch) }
                    <h2>{ "Both decision trees, walked" }</h2>
                    <div class="trees">{ raw(&decision.trees) }</div>
                    <h2>{ "The questions that decide" }</h2>
                    <dl>{ for told.questions.iter().map(|(question, answer, is_measured)| html! {
                        <><dt>{ question }</dt><dd>{ answer }<span class="muted">{ if *is_measured { " measured" } else { " set" } }</span></dd></>
                    }) }</dl>
                    <div class="wide" tabindex="0" role="group" aria-label="The literature’s advice and this workload’s own measurement">{ raw(&decision.points) }</div>
                    <div class="wide" tabindex="0" role="group" aria-label="Every strategy on this workload">{ raw(&decision.comparison) }</div>
                } else if work.view.phase == Phase::Measuring {
                    <p>{ "Measuring this workload under every strategy …" }</p>
                }
            </div>
        </div>
    }
}

/// The recommendation, its reasons, and what would change it.
fn recommended(told: &Told, now: Strategy, dispatch: &Callback<Action>) -> Html {
    let strategy = told.strategy;
    let pick = dispatch.reform(move |_: MouseEvent| Action::PickStrategy(strategy));
    let is_on = now == strategy;
    let list = |lines: &[String]| html! { <ul>{ for lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul> };
    html! {
        <section class="told">
            <h2>{ "Recommended" }</h2>
            <p class="answer" id="recommendation" role="status">{ &told.sentence }</p>
            <p><button type="button" id="take-advice" disabled={is_on} onclick={pick}>
                { if is_on { format!("{strategy} is on") } else { format!("Use {strategy}") } }
            </button></p>
            <h2>{ "Because" }</h2>
            { list(&told.reasons) }
            <h2>{ "What would change it" }</h2>
            { list(&told.would_change) }
        </section>
    }
}
