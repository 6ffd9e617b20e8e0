//! The sliders of the workload: the important ones in sight, the others behind "more".

use super::workload::{ALWAYS, Client, KNOBS, Knob, PLACES, Shape, Workload};
use rowlock_engine::load::number::duration;
use rowlock_engine::load::{AtRetry, Drawn, Faults, Readers};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the controls show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is set.
    pub workload: UseStateHandle<Workload>,
    /// What the drawing says; `None` when its set-up fails.
    pub drawn: Option<Drawn>,
}

type Choice = (&'static str, fn(&mut Workload));

const SHAPES: [Choice; 4] = [
    ("always the same", |it| it.shape = Shape::Fixed),
    ("exponential: many short, some long", |it| {
        it.shape = Shape::Exponential;
    }),
    ("lognormal: as people and networks are", |it| {
        it.shape = Shape::LogNormal;
    }),
    ("as drawn", |it| it.shape = Shape::Drawn),
];
const CLIENTS: [Choice; 4] = [
    ("does what the scenario says", |it| {
        it.client = Client::AsDrawn;
    }),
    ("gives up", |it| it.client = Client::GiveUp),
    ("tries three times more", |it| it.client = Client::Thrice),
    ("tries until it succeeds", |it| it.client = Client::ForEver),
];
const RETRIES: [Choice; 2] = [
    ("takes a new t", |it| it.at_retry = AtRetry::Redraw),
    ("takes the same t again", |it| it.at_retry = AtRetry::Keep),
];
const READERS: [Choice; 2] = [
    ("read their snapshot", |it| it.readers = Readers::Snapshot),
    ("take shared locks", |it| it.readers = Readers::Share),
];

/// The controls.
#[component]
pub fn Controls(props: &Props) -> Html {
    let workload = &props.workload;
    let now: &Workload = workload;
    let change = |edit: &dyn Fn(&mut Workload)| {
        let mut changed = now.clone();
        edit(&mut changed);
        changed
    };
    let slider = |knob: &'static Knob| {
        let is_drawn = knob.id == "time" && now.shape == Shape::Drawn;
        let (place, words) = knob.read(now);
        let words = match &props.drawn {
            Some(drawn) if is_drawn => {
                let count = drawn.distances.len().max(1) as f64;
                format!(
                    "{} as drawn",
                    duration(drawn.distances.iter().sum::<f64>() / count)
                )
            }
            _ => words,
        };
        let set = workload.clone();
        let slide = Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(place) = input.and_then(|input| input.value().parse().ok()) {
                let mut changed = (*set).clone();
                knob.set(&mut changed, place);
                set.set(changed);
            }
        });
        html! {
            <label>
                <span>{ knob.label }</span>
                <input type="range" id={knob.id} min="0" max={PLACES.to_string()} value={place.to_string()}
                    aria-valuetext={words.clone()} disabled={is_drawn} oninput={slide} />
                <output>{ words }</output>
            </label>
        }
    };
    let select = |id: &'static str, label: &'static str, all: &'static [Choice]| {
        let set = workload.clone();
        let pick = Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let place = select.and_then(|select| select.value().parse::<usize>().ok());
            if let Some((_, edit)) = place.and_then(|place| all.get(place)) {
                let mut changed = (*set).clone();
                edit(&mut changed);
                set.set(changed);
            }
        });
        html! {
            <label class="choice"><span>{ label }</span>
                <select {id} onchange={pick}>
                    { for all.iter().enumerate().map(|(place, (words, edit))| html! {
                        <option value={place.to_string()} selected={change(edit) == *now}>{ *words }</option>
                    }) }
                </select>
            </label>
        }
    };
    let distances = props
        .drawn
        .as_ref()
        .map_or(0, |drawn| drawn.distances.len());
    let drawn_t = {
        let set = workload.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut changed = (*set).clone();
                changed.shape = if input.checked() {
                    Shape::Drawn
                } else {
                    Shape::Fixed
                };
                set.set(changed);
            }
        })
    };
    let seed = {
        let set = workload.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(seed) = input.and_then(|input| input.value().parse().ok()) {
                let mut changed = (*set).clone();
                changed.seed = seed;
                set.set(changed);
            }
        })
    };
    let like = props.drawn.as_ref().map(|drawn| now.like(drawn));
    let as_drawn = like.map(|like| {
        let set = workload.clone();
        Callback::from(move |_: MouseEvent| set.set(like.clone()))
    });
    let reset = {
        let set = workload.clone();
        Callback::from(move |_: MouseEvent| set.set(Workload::new(Some(set.seed))))
    };
    html! {
        <div class="sliders" role="group" aria-label="The workload">
            { for KNOBS[..ALWAYS].iter().map(slider) }
            <label class="check"><input type="checkbox" id="drawn-t" checked={now.shape == Shape::Drawn} disabled={distances == 0} onchange={drawn_t} />
                { "Take t from the drawing" }
                if distances == 0 { <span class="muted">{ " (nothing is read there and written later)" }</span> }
            </label>
            <p>
                <button type="button" id="as-drawn" disabled={as_drawn.is_none()} onclick={as_drawn}>{ "Run this timeline under load" }</button>{ " " }
                <button type="button" class="quiet" id="reset-load" onclick={reset}>{ "Reset" }</button>
            </p>
            if now.faults.any() { <p class="muted">{ faults(&now.faults) }</p> }
            <details id="more-load">
                <summary>{ "More: retries, costs, connections, seed" }</summary>
                { select("client", "A client that meets a conflict", &CLIENTS) }
                { select("at-retry", "A retry", &RETRIES) }
                { select("shape", "t is", &SHAPES[..if distances == 0 { 3 } else { 4 }]) }
                { select("readers", "Readers, where writers lock,", &READERS) }
                { for KNOBS[ALWAYS..].iter().map(slider) }
                <label class="choice"><span>{ "seed" }</span><input type="number" id="seed" min="0" step="1" value={now.seed.to_string()} onchange={seed} /></label>
            </details>
        </div>
    }
}

fn faults(faults: &Faults) -> String {
    let share = |share: f64, words: &str| {
        let percent = rowlock_engine::load::number::percent(share);
        (share > 0.0).then(|| format!("{percent} of writers {words}"))
    };
    let all = [
        share(faults.crash, "crash at their write"),
        share(faults.duplicate, "are delivered twice"),
        share(faults.hang, "hang"),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    format!("As in the drawing, {}.", all.join(", "))
}
