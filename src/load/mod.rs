//! How likely, how fast: the workload of the scenario, its closed forms, and what a simulation measures of it.

pub mod chart;
pub mod controls;
pub mod curves;
pub mod decide;
mod figure;
pub mod findings;
pub mod work;
pub mod workload;

use crate::shared::Shared;
use crate::state::{Action, Show};
use controls::Controls;
use figure::Plot;
use findings::{Findings, Question};
use rowlock_engine::load::forms::famous;
use rowlock_engine::load::number::{duration, percent, significant};
use rowlock_engine::load::{
    Band, Drawn, Policy, Prediction, Quantity, Settings, band, drawn, explanation, predictions,
};
use rowlock_engine::markup::attribute as escape;
use std::fmt::Write as _;
use web_sys::HtmlSelectElement;
use work::{progress, use_work};
use workload::{Client, Workload};
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// What the controls say.
    pub workload: UseStateHandle<Workload>,
}

/// What the drawing on the screen says of its traffic.
#[hook]
fn use_drawn(show: &Shared<Show>) -> std::rc::Rc<Option<Drawn>> {
    let scenario = show.clone();
    use_memo(show.drawing.clone(), move |_| {
        drawn(&scenario.scenario).ok()
    })
}

/// What the controls say: it stands while rooms are opened and closed, and has the seed of the link that was followed last.
#[hook]
pub fn use_workload(seed: Option<u64>) -> UseStateHandle<Workload> {
    let workload = use_state_eq(|| Workload::new(seed));
    {
        let workload = workload.clone();
        use_effect_with(seed, move |seed| {
            if let Some(seed) = *seed {
                let now = (*workload).clone();
                workload.set(Workload { seed, ..now });
            }
        });
    }
    workload
}

/// A seed that the controls choose is the page's, and goes with its links.
#[hook]
pub fn use_seed(
    workload: &UseStateHandle<Workload>,
    known: Option<u64>,
    dispatch: &Callback<Action>,
) {
    let dispatch = dispatch.clone();
    let first = use_mut_ref(|| true);
    use_effect_with(workload.seed, move |seed| {
        let begins = std::mem::take(&mut *first.borrow_mut());
        if !begins && known != Some(*seed) {
            dispatch.emit(Action::Seed(*seed));
        }
    });
}

/// What the room shows where it stands alone.
#[derive(Properties, PartialEq)]
pub struct OwnProps {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// Where chance begins, as it was asked for.
    pub seed: Option<u64>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The room where it stands alone: with controls of its own.
#[component]
pub fn LoadOfItsOwn(props: &OwnProps) -> Html {
    let workload = use_workload(props.seed);
    use_seed(&workload, props.seed, &props.dispatch);
    html! { <Load show={props.show.clone()} {workload} /> }
}

const LATENCIES: [Quantity; 4] = [
    Quantity::LatencyP50,
    Quantity::LatencyP95,
    Quantity::LatencyP99,
    Quantity::Latency,
];

/// The room.
#[component]
pub fn Load(props: &Props) -> Html {
    let drawn = use_drawn(&props.show);
    let scenario = &props.show.scenario;
    let settings = props.workload.settings(scenario, drawn.as_ref().as_ref());
    let question = Question {
        settings: settings.clone(),
        comparable: if props.workload.client == Client::GiveUp {
            settings.clone()
        } else {
            settings.with_client_that_retries()
        },
        crowd: props.workload.crowd as u32,
    };
    let others_retry = question.comparable != settings;
    let work = use_work(question.clone(), Findings::of);
    let latency = use_state(|| Quantity::LatencyP95);
    let own = use_memo((question, work.seen), |(question, _)| {
        let chart = |findings: Option<&Findings>| curves::conflicts(&question.settings, findings);
        // Dots of another workload would belong to another curve.
        let measured = work.look(|it| (it.question == *question).then(|| chart(Some(it))));
        Shared::new(measured.flatten().unwrap_or_else(|| chart(None)))
    });
    let charts = use_memo((*latency, work.seen), |(latency, _)| {
        let all = work.look(|it| {
            [
                curves::sweep(it, Quantity::Throughput),
                curves::sweep(it, *latency),
                curves::histogram(it),
                curves::storm(it),
            ]
        });
        all.map(|all| all.map(Shared::new))
    });
    let table = use_memo(work.seen, |_| {
        let table = work.look(|it| AttrValue::from(measured(it)));
        table.unwrap_or_default()
    });
    let pick = {
        let latency = latency.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.and_then(|select| select.value().parse::<usize>().ok());
            if let Some(quantity) = place.and_then(|place| LATENCIES.get(place)) {
                latency.set(*quantity);
            }
        })
    };
    let error = settings.check().err();
    html! {
        <div class="load" id="probability">
            <div class="side">
                <Controls workload={props.workload.clone()} drawn={(*drawn).clone()} />
            </div>
            <div class="main">
                { answer(&settings) }
                if let Some(error) = error { <p class="bad" role="alert">{ error.to_string() }</p> }
                { progress(&work, "load-progress") }
                <Plot chart={(*own).clone()} />
                <p id="which-curve">{ explanation(&settings)[0] }{ " " }{ explanation(&settings)[1] }</p>
                if let Some(remark) = Policy::of(&scenario.strategy).1 { <p class="muted">{ remark }</p> }
                if others_retry { <p class="muted">{ "In the pictures of all strategies, a client that meets a conflict tries again three times, though this strategy’s own does not." }</p> }
                if let Some([throughput, latencies, histogram, storm]) = charts.as_ref() {
                    <Plot chart={throughput.clone()} />
                    <p>{ &throughput.summary }</p>
                    <label class="choice">{ "Latency as " }
                        <select id="which-latency" onchange={pick}>
                            { for LATENCIES.iter().enumerate().map(|(place, which)| html! {
                                <option value={place.to_string()} selected={*which == *latency}>{ which.label() }</option>
                            }) }
                        </select>
                    </label>
                    <Plot chart={latencies.clone()} />
                    <p>{ &latencies.summary }</p>
                    if histogram.stops.is_empty() {
                        <p>{ "No writer takes any time here: the statement reads and writes in one step, and its commit is set to take none." }</p>
                    } else {
                        <Plot chart={histogram.clone()} />
                    }
                    <Plot chart={storm.clone()} />
                    <p id="storm-words">{ &storm.summary }{ beside(&settings) }</p>
                }
                <div class="wide" tabindex="0" role="group" aria-label="Everything that is measured">{ Html::from_html_unchecked((*table).clone()) }</div>
                <details id="forms"><summary>{ "The closed forms: sources, and where they hold" }</summary>
                    { Html::from_html_unchecked(forms(&settings).into()) }
                </details>
            </div>
        </div>
    }
}

/// The famous formula's value, and what it speaks for.
fn answer(settings: &Settings) -> Html {
    let product = settings.lambda_t();
    let (favours, why) = match band(product) {
        Band::Optimistic => (
            "favours optimistic locking",
            "conflicts are rare, so the occasional retry is cheaper than a lock every time",
        ),
        Band::Measure => (
            "measure under real load",
            "between the bands the cost of a retry and of a wait decide",
        ),
        Band::Pessimistic => (
            "favours pessimistic locking",
            "most optimistic attempts would have to be repeated",
        ),
    };
    let shown = significant(product, 3);
    html! {
        <div role="status">
            <p class="answer">
                { "P(conflict) = 1 − e" }<sup>{ format!("−{shown}") }</sup>{ " = " }
                <strong id="probability-value">{ percent(famous(product)) }</strong>
            </p>
            <p>{ format!("λt = {shown} with t = {}: ", duration(settings.distance())) }<strong id="band">{ favours }</strong>{ format!(", as {why}.") }</p>
        </div>
    }
}

/// What traffic there is beside the storm.
fn beside(settings: &Settings) -> String {
    let product = settings.lambda_t().min(findings::BESIDE);
    format!(
        " Beside them goes traffic of λt = {}.",
        significant(product, 3)
    )
}

/// Everything that was measured of the workload, and the closed forms beside it.
fn measured(findings: &Findings) -> String {
    let measures = findings.measures();
    let settings = &findings.question.settings;
    let forms = predictions(settings);
    let mut out = format!(
        "<table class=\"grid\" id=\"measures\"><caption>{}: λ = {} a second, t = {}, seed {}; {} events, {} of traffic</caption>\
        <thead><tr><th scope=\"col\">measure</th><th scope=\"col\">measured</th><th scope=\"col\">95 % interval</th><th scope=\"col\">closed form</th></tr></thead><tbody>",
        curves::name(&settings.policy),
        significant(settings.lambda(), 3),
        duration(settings.distance()),
        settings.seed,
        measures.events,
        duration(measures.time)
    );
    for (quantity, estimate) in measures.all() {
        let show = |value| quantity.unit().show(value);
        let interval = if estimate.low.is_nan() {
            String::new()
        } else {
            format!("{} to {}", show(estimate.low), show(estimate.high))
        };
        let beside: Vec<String> = forms
            .iter()
            .filter(|it| it.quantity == quantity)
            .map(|it| {
                format!(
                    "{} ({}, {})",
                    show(it.value),
                    it.standing.as_str(),
                    escape(it.form.formula)
                )
            })
            .collect();
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{interval}</td><td>{}</td></tr>",
            quantity.label(),
            show(estimate.value),
            beside.join("<br>")
        );
    }
    out.push_str("</tbody></table>");
    if measures.falls_behind {
        out.push_str("<p><strong>More comes than can be done:</strong> queues grow as long as this goes on, and latencies only tell for how long it went on.</p>");
    }
    out
}

/// The closed forms that belong to the workload.
fn forms(settings: &Settings) -> String {
    let line = |it: Prediction| {
        format!(
            "<dt>{}</dt><dd>{} of {}: {}. Source: {}. Holds where: {}.</dd>",
            escape(it.form.formula),
            it.standing.as_str(),
            it.quantity.label(),
            it.quantity.unit().show(it.value),
            escape(it.form.source),
            escape(it.form.valid)
        )
    };
    let all: String = predictions(settings).into_iter().map(line).collect();
    format!("<dl>{all}</dl>")
}
