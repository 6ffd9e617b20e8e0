//! How likely, how fast: the workload of the scenario, its closed forms, and what a simulation measures of it.

pub mod controls;
pub mod decide;
mod figure;
pub mod work;
pub mod workload;

use crate::shared::Shared;
use crate::state::{Action, Show};
use controls::Controls;
use figure::Plot;
use rowlock_engine::load::findings::{BESIDE, Question};
use rowlock_engine::load::forms::famous;
use rowlock_engine::load::number::{duration, percent, significant};
use rowlock_engine::load::shown::{Chart, conflicts};
use rowlock_engine::load::{
    Band, Drawn, Policy, Prediction, Settings, band, drawn, explanation, predictions,
};
use rowlock_engine::markup::attribute as escape;
use rowlock_engine::work::{Answer, Measured, Task};
use web_sys::HtmlSelectElement;
use work::use_work;
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

/// What the room draws of what was measured.
struct Charts {
    throughput: Shared<Chart>,
    latencies: Vec<Shared<Chart>>,
    histogram: Shared<Chart>,
    storm: Shared<Chart>,
    table: AttrValue,
}

impl Charts {
    fn of(measured: &Measured) -> Self {
        let shared = |chart: &Chart| Shared::new(chart.clone());
        Self {
            throughput: shared(&measured.throughput),
            latencies: measured.latencies.iter().map(shared).collect(),
            histogram: shared(&measured.histogram),
            storm: shared(&measured.storm),
            table: measured.table.clone().into(),
        }
    }
}

/// What was measured, if it is that.
fn measured(answer: &Answer) -> Option<&Measured> {
    match answer {
        Answer::Measured { measured, .. } => Some(measured),
        _ => None,
    }
}

/// The room.
#[component]
pub fn Load(props: &Props) -> Html {
    let drawn = use_drawn(&props.show);
    let scenario = &props.show.scenario;
    let settings = props.workload.settings(scenario, drawn.as_ref().as_ref());
    let question = Question {
        settings: settings.clone(),
        keeps_client: props.workload.client == Client::GiveUp,
        crowd: props.workload.crowd as u32,
    };
    let others_retry = question.comparable() != settings;
    let task = Task::Measure {
        id: 0,
        question: Box::new(question),
    };
    let work = use_work(task.clone());
    let found = work.view.found.clone();
    // The second; the first is the median.
    let latency = use_state(|| 1usize);
    // Dots of another workload would belong to another curve.
    let own = found.clone().filter(|(about, _)| *about == task);
    let own = use_memo((settings.clone(), own), |(settings, own)| {
        let dots = own.as_ref().and_then(|(_, answer)| measured(answer));
        Shared::new(conflicts(settings, dots.map(|it| &it.conflicts)))
    });
    let charts = use_memo(found.map(|(_, answer)| answer), |answer| {
        let answer = answer.as_ref().and_then(|answer| measured(answer));
        answer.map(Charts::of)
    });
    let pick = {
        let latency = latency.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.and_then(|select| select.value().parse::<usize>().ok());
            if let Some(place) = place {
                latency.set(place);
            }
        })
    };
    html! {
        <div class="load" id="probability">
            <div class="side">
                <Controls workload={props.workload.clone()} drawn={(*drawn).clone()} />
            </div>
            <div class="main">
                { answer(&settings) }
                { work.progress("load-progress", "What the formulas say is drawn all the same.") }
                <Plot chart={(*own).clone()} />
                <p id="which-curve">{ explanation(&settings)[0] }{ " " }{ explanation(&settings)[1] }</p>
                if let Some(remark) = Policy::of(&scenario.strategy).1 { <p class="muted">{ remark }</p> }
                if others_retry { <p class="muted">{ "In the pictures of all strategies, a client that meets a conflict tries again three times, though this strategy’s own does not." }</p> }
                if let Some(charts) = &*charts {
                    <Plot chart={charts.throughput.clone()} />
                    <p>{ &charts.throughput.summary }</p>
                    <label class="choice">{ "Latency as " }
                        <select id="which-latency" onchange={pick}>
                            { for Measured::LATENCIES.iter().enumerate().map(|(place, which)| html! {
                                <option value={place.to_string()} selected={place == *latency}>{ which.label() }</option>
                            }) }
                        </select>
                    </label>
                    if let Some(latencies) = charts.latencies.get(*latency) {
                        <Plot chart={latencies.clone()} />
                        <p>{ &latencies.summary }</p>
                    }
                    if charts.histogram.stops.is_empty() {
                        <p>{ "No writer takes any time here: the statement reads and writes in one step, and its commit is set to take none." }</p>
                    } else {
                        <Plot chart={charts.histogram.clone()} />
                    }
                    <Plot chart={charts.storm.clone()} />
                    <p id="storm-words">{ &charts.storm.summary }{ beside(&settings) }</p>
                    <div class="wide" tabindex="0" role="group" aria-label="Everything that is measured">{ Html::from_html_unchecked(charts.table.clone()) }</div>
                }
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
    let product = settings.lambda_t().min(BESIDE);
    format!(
        " Beside them goes traffic of λt = {}.",
        significant(product, 3)
    )
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
