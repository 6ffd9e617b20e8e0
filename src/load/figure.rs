//! A chart on the page: the picture, what it says at a place, the same as a table, and as files.

use crate::browser;
use crate::diagram::measure::use_width;
use crate::shared::Shared;
use rowlock_engine::load::number::fixed;
use rowlock_engine::load::shown::Chart;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// Wider than this a picture only gets emptier.
const WIDEST: i32 = 880;
/// The width of a picture that is taken away: a column of an article.
const ARTICLE: i32 = 720;

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The chart.
    pub chart: Shared<Chart>,
}

/// The chart.
#[component]
pub fn Plot(props: &Props) -> Html {
    let chart = &props.chart;
    let (ruler, paper) = (use_node_ref(), use_node_ref());
    let width = use_width(&ruler).min(WIDEST);
    let stop = use_state_eq(|| None::<usize>);
    let as_table = use_state(|| false);
    let svg = use_memo((chart.clone(), width), |(chart, width)| {
        (*width > 0).then(|| AttrValue::from(chart.svg(*width, false)))
    });
    let frame = chart.frame(width);
    let last = chart.stops.len().saturating_sub(1);
    let shown = stop.map(|stop| stop.min(last));
    let way = |stop: usize| chart.stops.get(stop).map_or(0.0, |at| chart.x.way(*at));
    let point = {
        let (chart, stop, paper) = (chart.clone(), stop.clone(), paper.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(paper) = paper.cast::<Element>() {
                let at = f64::from(event.client_x()) - paper.get_bounding_client_rect().left();
                let way = (at - frame.left) / frame.width;
                let off = |place: &usize| (chart.x.way(chart.stops[*place]) - way).abs();
                let places = 0..chart.stops.len();
                stop.set(places.min_by(|a, b| off(a).total_cmp(&off(b))));
            }
        })
    };
    let slide = {
        let stop = stop.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            stop.set(input.and_then(|input| input.value().parse().ok()));
        })
    };
    let toggle = {
        let as_table = as_table.clone();
        Callback::from(move |_| as_table.set(!*as_table))
    };
    let save = |is_picture: bool| {
        let chart = chart.clone();
        Callback::from(move |_: MouseEvent| {
            let (kind, ending, text) = if is_picture {
                ("image/svg+xml", "svg", chart.svg(ARTICLE, true))
            } else {
                ("text/csv", "csv", chart.csv())
            };
            download(&format!("{}.{ending}", chart.id), kind, &text);
        })
    };
    // The policy of the page allows no style in an attribute.
    let figure = use_node_ref();
    let places = [
        (
            "--at",
            shown.map(|stop| fixed(frame.left + frame.width * way(stop), 1)),
        ),
        ("--left", Some(fixed(frame.left - 8.0, 0))),
        ("--width", Some(fixed(frame.width + 16.0, 0))),
    ];
    {
        let figure = figure.clone();
        use_effect_with(places, move |places| {
            if let Some(figure) = figure.cast::<HtmlElement>() {
                for (name, pixels) in places {
                    let pixels = pixels.as_ref().map(|pixels| format!("{pixels}px"));
                    browser::set_property(&figure, name, pixels.as_deref());
                }
            }
        });
    }
    let read = shown.map_or_else(String::new, |stop| chart.read(stop));
    html! {
        <figure class="plot" id={chart.id.to_string()} ref={figure}>
            <figcaption>{ &chart.title }</figcaption>
            <div class="sequence-ruler" ref={ruler} />
            <div class="paper" ref={paper} onpointermove={point.clone()} onpointerdown={point}>
                if let Some(svg) = svg.as_ref() { { Html::from_html_unchecked(svg.clone()) } }
                if shown.is_some() {
                    <span class="cursor" />
                }
            </div>
            <input type="range" min="0" max={last.to_string()} value={shown.unwrap_or(last / 2).to_string()} oninput={slide}
                aria-label={format!("Read off: {}", chart.title)} aria-valuetext={read.clone()} />
            <p class="read">
                if read.is_empty() {
                    <span class="muted">{ "Point at the picture or move the slider to read it off." }</span>
                } else { { read } }
            </p>
            <p class="takes">
                <button type="button" class="pill" aria-expanded={as_table.to_string()} onclick={toggle}>{ "As a table" }</button>
                <button type="button" class="pill" aria-label={format!("Save “{}” as SVG", chart.title)} onclick={save(true)}>{ "SVG" }</button>
                <button type="button" class="pill" aria-label={format!("Save “{}” as CSV", chart.title)} onclick={save(false)}>{ "CSV" }</button>
            </p>
            if *as_table {
                <div class="wide" tabindex="0" role="group" aria-label={format!("{} as a table", chart.title)}>
                    { Html::from_html_unchecked(chart.table().into()) }
                </div>
            }
        </figure>
    }
}

/// Has the browser save a file. Where it is not allowed (in a frame without `allow-downloads`), nothing happens.
fn download(name: &str, kind: &str, text: &str) {
    let link = browser::document().and_then(|document| document.create_element("a").ok());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let data = String::from(js_sys::encode_uri_component(text));
    let _ = link.set_attribute("href", &format!("data:{kind};charset=utf-8,{data}"));
    let _ = link.set_attribute("download", name);
    link.click();
}
