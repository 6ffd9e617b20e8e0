//! The dependency graph of the committed transactions, its cycle marked, and what each arrow rests on.

use crate::picture::Picture;
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::diagram::graphs::{DependencyLine, dependencies};
use rowlock_engine::diagram::svg::own_colours;
use yew::prelude::*;

/// More arrows than this are not told one by one.
const MOST_LINES: usize = 40;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// Called with a position when one is chosen.
    pub on_seek: Callback<usize>,
}

/// The room.
#[component]
pub fn DependencyGraph(props: &Props) -> Html {
    let show = &props.show;
    let graph = use_memo(show.clone(), |show| dependencies(&show.plan, &show.run));
    let line = |line: &DependencyLine| {
        let step = |event: usize, what: &'static str| {
            let on_seek = props.on_seek.clone();
            html! {
                <button type="button" class="pill" aria-label={format!("{what} one: event {}", event + 1)}
                    onclick={Callback::from(move |_| on_seek.emit(event + 1))}>{ format!("event {}", event + 1) }</button>
            }
        };
        html! {
            <li class={line.on_cycle.then_some("on-cycle")}>
                <strong>{ line.kind }</strong>
                if line.on_cycle { { " (cycle)" } }
                { ": " }{ &line.sentence }{ " " }
                { step(line.events[0], "The first") }{ " " }{ step(line.events[1], "The second") }
            </li>
        }
    };
    html! {
        <div class="dependencies" id="dependencies">
            <p class="muted">
                { "Arrows between committed transactions: ww, wrote over the other's version; wr, read the other's version; rw, wrote over what the other had read. Each says who must come first." }
            </p>
            if graph.figure.nodes.is_empty() {
                <p>{ "Nothing has committed." }</p>
            } else if graph.list.is_empty() {
                <p>{ "No transaction depends on another." }</p>
            } else {
                <Picture figure={graph.figure.clone()} own={own_colours(&show.scenario)} label={match graph.class {
                    Some(class) => format!("Dependency graph with a cycle of class {}", class.as_str()),
                    None => "Dependency graph without a cycle".to_owned(),
                }} />
                if graph.left_out > 0 {
                    <p class="muted">{ format!("{} more transactions are not drawn.", graph.left_out) }</p>
                }
                <ul class="plain">{ for graph.list.iter().take(MOST_LINES).map(line) }</ul>
                if graph.list.len() > MOST_LINES {
                    <p class="muted">{ format!("and {} arrows more", graph.list.len() - MOST_LINES) }</p>
                }
            }
        </div>
    }
}
