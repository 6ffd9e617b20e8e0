//! How likely a conflict is: 1 - e^(-λt), its curve, and what speaks for which strategy.

use rowlock_engine::load::{Band, band, conflict_probability};
use web_sys::HtmlInputElement;
use yew::prelude::*;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 36.0;
const TOP: f64 = 12.0;
/// The largest λt that the picture shows.
const MOST: f64 = 3.0;

/// A slider whose steps are even on a logarithmic scale: from 10^low to 10^high.
struct Scale {
    low: f64,
    high: f64,
}

/// Writers a second: one in a hundred seconds to a hundred a second.
const LAMBDA: Scale = Scale {
    low: -2.0,
    high: 2.0,
};
/// Seconds from read to write: a millisecond to a hundred seconds.
const TIME: Scale = Scale {
    low: -3.0,
    high: 2.0,
};

impl Scale {
    fn value(&self, slider: u32) -> f64 {
        let exact = 10f64.powf(self.low + (self.high - self.low) * f64::from(slider) / 1000.0);
        // Two significant digits, so that what is said is what is computed with.
        let digit = 10f64.powf(exact.log10().floor() - 1.0);
        (exact / digit).round() * digit
    }

    fn slider(&self, value: f64) -> u32 {
        ((value.log10() - self.low) / (self.high - self.low) * 1000.0).round() as u32
    }
}

/// The room.
#[component]
pub fn Probability() -> Html {
    let lambda = use_state(|| 2.0);
    let time = use_state(|| 0.25);
    let product = *lambda * *time;
    let probability = conflict_probability(*lambda, *time);
    let slide = |state: &UseStateHandle<f64>, scale: &'static Scale| {
        let state = state.clone();
        Callback::from(move |event: InputEvent| {
            let slider = event
                .target_dyn_into::<HtmlInputElement>()
                .and_then(|input| input.value().parse().ok());
            if let Some(slider) = slider {
                state.set(scale.value(slider));
            }
        })
    };
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
    html! {
        <div class="probability" id="probability">
            <div class="sliders">
                <label>
                    <span>{ "λ, writers of this row a second" }</span>
                    <input type="range" id="lambda" min="0" max="1000" value={LAMBDA.slider(*lambda).to_string()}
                        aria-valuetext={format!("{} a second", number(*lambda))} oninput={slide(&lambda, &LAMBDA)} />
                    <output>{ format!("{} / s", number(*lambda)) }</output>
                </label>
                <label>
                    <span>{ "t, from read to write" }</span>
                    <input type="range" id="time" min="0" max="1000" value={TIME.slider(*time).to_string()}
                        aria-valuetext={duration(*time)} oninput={slide(&time, &TIME)} />
                    <output>{ duration(*time) }</output>
                </label>
                <p class="answer" role="status">
                    { "P(conflict) = 1 − e" }<sup>{ format!("−{}", number(product)) }</sup>{ " = " }
                    <strong id="probability-value">{ percent(probability) }</strong>
                </p>
                <p>{ format!("λt = {}: ", number(product)) }<strong id="band">{ favours }</strong>{ format!(", as {why}.") }</p>
                <p class="muted">{ "The chance that another writer comes between your read and your write, if writers come independently (a Poisson process) and every one commits." }</p>
            </div>
            { picture(product, probability) }
        </div>
    }
}

fn x(product: f64) -> f64 {
    LEFT + (WIDTH - LEFT - 8.0) * (product / MOST).min(1.0)
}

fn y(probability: f64) -> f64 {
    TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - probability)
}

fn picture(product: f64, probability: f64) -> Html {
    let curve: Vec<String> = (0..=60)
        .map(|place| f64::from(place) * MOST / 60.0)
        .map(|product| [px(x(product)), px(y(conflict_probability(product, 1.0)))].join(","))
        .collect();
    let bands = [
        (0.0, 0.1, "optimistic"),
        (0.1, 1.0, "measure"),
        (1.0, MOST, "pessimistic"),
    ];
    let text = |left: f64, top: f64, anchor: &'static str, words: String| {
        html! { <text x={px(left)} y={px(top)} text-anchor={anchor}>{ words }</text> }
    };
    let beyond = product > MOST;
    html! {
        <svg class="curve" viewBox="0 0 560 240" role="img"
            aria-label={format!("The curve of 1 − e^(−λt); at λt = {} it is {}", number(product), percent(probability))}>
            { for bands.into_iter().map(|(from, to, class)| html! {
                <g class={classes!("band", class)}>
                    <rect x={px(x(from))} y={px(TOP)} width={px(x(to) - x(from))} height={px(HEIGHT - TOP - BOTTOM)} />
                    { match class {
                        // The band is narrower than its name, which goes where the curve is far.
                        "optimistic" => text(LEFT + 4.0, TOP + 16.0, "start", class.to_owned()),
                        "measure" => text((x(from) + x(to)) / 2.0, TOP + 42.0, "middle", class.to_owned()),
                        _ => text((x(from) + x(to)) / 2.0, HEIGHT - BOTTOM - 8.0, "middle", class.to_owned()),
                    } }
                </g>
            }) }
            <line class="axis" x1={px(LEFT)} x2={px(WIDTH - 8.0)} y1={px(y(0.0))} y2={px(y(0.0))} />
            <line class="axis" x1={px(LEFT)} x2={px(LEFT)} y1={px(TOP)} y2={px(y(0.0))} />
            { for [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().map(|at| text(LEFT - 6.0, y(at) + 4.0, "end", percent(at))) }
            { for [0.0, 1.0, 2.0, 3.0].into_iter().map(|at| text(x(at), HEIGHT - BOTTOM + 16.0, if at == MOST { "end" } else { "middle" }, number(at))) }
            { text((LEFT + WIDTH) / 2.0, HEIGHT - 4.0, "middle", "λt, other writers to expect between read and write".to_owned()) }
            <polyline class="line" points={curve.join(" ")} />
            <line class="drop" x1={px(x(product))} x2={px(x(product))} y1={px(y(probability))} y2={px(y(0.0))} />
            <circle class="point" cx={px(x(product))} cy={px(y(probability))} r="6" />
            if beyond { { text(x(product) - 10.0, y(probability) + 22.0, "end", format!("λt = {} lies off the picture →", number(product))) } }
        </svg>
    }
}

/// A number with so many decimals. (The standard library's way of writing a float costs 30 kB.)
fn fixed(value: f64, decimals: u32) -> String {
    let scale = 10u64.pow(decimals);
    let whole = (value.abs() * scale as f64).round() as u64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    format!(
        "{sign}{}.{:0>width$}",
        whole / scale,
        whole % scale,
        width = decimals as usize
    )
}

/// A coordinate.
fn px(value: f64) -> String {
    fixed(value, 1)
}

/// Up to three significant digits, without zeros at the end.
fn number(value: f64) -> String {
    let decimals = match value {
        _ if value >= 100.0 => return fixed(value, 0),
        _ if value >= 10.0 => 1,
        _ if value >= 1.0 => 2,
        _ if value >= 0.1 => 3,
        _ => 5,
    };
    let text = fixed(value, decimals);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if percent > 0.0 && percent < 1.0 {
        format!("{} %", fixed(percent, 2))
    } else {
        format!("{} %", fixed(percent, 0))
    }
}

fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} ms", number(seconds * 1000.0))
    } else {
        format!("{} s", number(seconds))
    }
}
