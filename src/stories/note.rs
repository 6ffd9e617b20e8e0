//! What is said about the story that is open: what breaks it, what keeps it, what to try next.

use crate::state::Action;
use rowlock_engine::gallery::Story;
use rowlock_engine::strategy::Strategy;
use yew::prelude::*;

/// What the note shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The story.
    pub story: &'static Story,
    /// The strategy that is chosen.
    pub strategy: Strategy,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The note.
#[component]
pub fn StoryNote(props: &Props) -> Html {
    let story = props.story;
    html! {
        <details class="story-note" id="story-note">
            <summary>{ "About this story" }</summary>
            <p>{ "It shows " }{ story.teaches }{ "." }</p>
            <p>{ buttons("Breaks under", "breaks", story.breaks, props) }</p>
            <p>{ buttons("Holds under", "keeps", story.keeps, props) }</p>
            <p>{ "Try next: " }{ story.next }</p>
        </details>
    }
}

/// The strategies of a list, each to be chosen.
fn buttons(label: &str, class: &'static str, strategies: &[&'static str], props: &Props) -> Html {
    if strategies.is_empty() {
        return html! {};
    }
    html! {
        <>
            { label }{ ": " }
            { for strategies.iter().filter_map(|text| text.parse::<Strategy>().ok()).map(|strategy| {
                let dispatch = props.dispatch.clone();
                html! {
                    <button type="button" class={classes!("pill", class)} aria-pressed={(strategy == props.strategy).to_string()}
                        onclick={Callback::from(move |_| dispatch.emit(Action::PickStrategy(strategy)))}>
                        { strategy.to_string() }
                    </button>
                }
            }) }
        </>
    }
}
