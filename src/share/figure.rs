//! The figure for somebody else's page: its options, what it looks like, and what an author pastes.

use super::copy::Copyable;
use crate::browser;
use crate::embed::scene::Scene;
use rowlock_engine::export::headline;
use rowlock_engine::link::{Controls, Load, Part, Query, Snippet, ThemeChoice};
use rowlock_engine::markup::fence;
use rowlock_engine::strategy::Strategy;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What can be shown, with what it is called.
const PARTS: [(Part, &str); 7] = [
    (Part::Draw, "timeline"),
    (Part::Diagram, "diagram"),
    (Part::Verdict, "verdict"),
    (Part::Rows, "rows"),
    (Part::Locks, "locks"),
    (Part::Load, "load"),
    (Part::Code, "code"),
];

/// What the figure is of.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the page shows.
    pub scene: Scene,
}

/// The room.
#[component]
pub fn Figure(props: &Props) -> Html {
    let query = use_state(Query::default);
    let height = use_state(|| 420u32);
    let scene = &props.scene;
    let change = |change: fn(&mut Query, bool)| {
        let query = query.clone();
        Callback::from(move |event: Event| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                let mut changed = (*query).clone();
                change(&mut changed, field.checked());
                query.set(changed);
            }
        })
    };
    let choose = |change: fn(&mut Query, &str)| {
        let query = query.clone();
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
                let mut changed = (*query).clone();
                change(&mut changed, &list.value());
                query.set(changed);
            }
        })
    };
    let toggle_part = |part: Part| {
        let query = query.clone();
        Callback::from(move |_: Event| {
            let kept = |other: &Part| query.show.contains(other) != (*other == part);
            let show = PARTS.iter().map(|(part, _)| *part).filter(kept);
            let show: Vec<Part> = show.collect();
            // A figure of nothing is none.
            let show = if show.is_empty() { vec![part] } else { show };
            query.set(Query {
                show,
                ..(*query).clone()
            });
        })
    };
    let toggle_strategy = |strategy: Strategy| {
        let query = query.clone();
        Callback::from(move |_: Event| {
            let kept = |other: &Strategy| query.strategies.contains(other) != (*other == strategy);
            let strategies = Strategy::ALL.into_iter().filter(kept).collect();
            query.set(Query {
                strategies,
                ..(*query).clone()
            });
        })
    };
    let set_height = {
        let height = height.clone();
        Callback::from(move |event: Event| {
            let field = event.target_dyn_into::<HtmlInputElement>();
            if let Some(value) = field.and_then(|field| field.value().parse::<u32>().ok()) {
                height.set(value.clamp(120, 4000));
            }
        })
    };
    let title = headline(&scene.show.scenario, &scene.show.verdict);
    let (page, fragment) = (browser::page_address(), scene.fragment(true));
    // Only stories have a picture that lies somewhere.
    let picture = scene
        .story_page()
        .map_or(String::new(), |page| page + "card.png");
    let snippet = Snippet {
        page: &page,
        query: &query,
        fragment: &fragment,
        title: &title,
        height: *height,
        picture: &picture,
    };
    let (address, markdown) = (snippet.address(), snippet.markdown());
    let check =
        |id: &'static str, label: &'static str, checked: bool, onchange: Callback<Event>| {
            html! {
                <label><input type="checkbox" {id} {checked} {onchange} />{ label }</label>
            }
        };
    html! {
        <div class="share-figure">
            <div class="share-options">
                <fieldset>
                    <legend>{ "Show" }</legend>
                    { for PARTS.iter().map(|(part, label)| html! {
                        <label><input type="checkbox" data-part={part.as_str()} checked={query.show.contains(part)} onchange={toggle_part(*part)} />{ *label }</label>
                    }) }
                </fieldset>
                <fieldset>
                    <legend>{ "Strategies to switch between" }</legend>
                    { for Strategy::ALL.into_iter().map(|strategy| html! {
                        <label><input type="checkbox" data-strategy={strategy.slug()} checked={query.strategies.contains(&strategy)}
                            onchange={toggle_strategy(strategy)} />{ strategy.name() }</label>
                    }) }
                </fieldset>
                <fieldset>
                    <legend>{ "How" }</legend>
                    <label>{ "Theme" }
                        <select id="figure-theme" onchange={choose(|query, name| query.theme = ThemeChoice::named(name).unwrap_or(ThemeChoice::Auto))}>
                            { for ["auto", "light", "dark"].map(|name| html! { <option selected={query.theme.as_str() == name}>{ name }</option> }) }
                        </select>
                    </label>
                    <label>{ "Height" }<input type="number" id="figure-height" min="120" max="4000" step="10" value={height.to_string()} onchange={set_height} /></label>
                    { check("figure-bare", "no buttons", query.controls == Controls::None,
                        change(|query, on| query.controls = if on { Controls::None } else { Controls::Auto })) }
                    { check("figure-play", "plays when seen", query.play, change(|query, on| query.play = on)) }
                    { check("figure-edit", "can be edited", query.edit, change(|query, on| query.edit = on)) }
                    { check("figure-click", "waits for a click", query.load == Load::Click,
                        change(|query, on| query.load = if on { Load::Click } else { Load::Eager })) }
                </fieldset>
            </div>
            <iframe key={address.clone()} id="figure-preview" src={address.clone()} title={format!("Preview: {title}")} height={height.to_string()} />
            <Copyable id="figure-iframe" label="Frame (HTML)" text={snippet.iframe()} rows={4} />
            <Copyable id="figure-markdown" label="Link for feeds and plain Markdown" text={markdown} rows={2} />
            <Copyable id="figure-fence" label="Block for blogs with rowlock-embed.js" text={fence(&scene.text)} rows={5} />
        </div>
    }
}
