//! What is said about the chosen strategy, and what a library would raise in this run.

use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::gallery::story;
use rowlock_engine::run::Outcome;
use rowlock_engine::strategy::{Raised, Strategy, raised};
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The room.
#[component]
pub fn Explain(props: &Props) -> Html {
    let mut strategies: Vec<Strategy> = Vec::new();
    for client in &props.show.plan.clients {
        if !strategies
            .iter()
            .any(|known| known.slug() == client.strategy.slug())
        {
            strategies.push(client.strategy);
        }
    }
    let raised = errors(&props.show);
    html! {
        <div class="explain" id="explain">
            { for strategies.into_iter().map(|strategy| about(strategy, &props.dispatch)) }
            if !raised.is_empty() {
                <section>
                    <h2>{ "What the application gets here" }</h2>
                    <dl>{ for raised.iter().map(|it| line(it.library, it.error)) }</dl>
                </section>
            }
        </div>
    }
}

fn about(strategy: Strategy, dispatch: &Callback<Action>) -> Html {
    let said = strategy.explanation();
    let (dispatch, slug) = (dispatch.clone(), said.story);
    html! {
        <section>
            <h2>{ strategy.name() }</h2>
            <p>{ strategy.description() }</p>
            <dl>
                { line("Assumes", said.assumes) }
                { line("Good", said.strengths) }
                { line("Bad", said.weaknesses) }
                { line("Use it for", said.use_for) }
                { line("Classic mistake", said.mistake) }
            </dl>
            if let Some(story) = story(slug) {
                <p>{ "Seen in: " }<button type="button" class="pill" data-story={slug}
                    onclick={Callback::from(move |_| dispatch.emit(Action::PickStory(slug)))}>{ story.title }</button></p>
            }
        </section>
    }
}

fn line(name: &'static str, value: &'static str) -> Html {
    html! { <><dt>{ name }</dt><dd>{ value }</dd></> }
}

/// What libraries raise for the last conflict of the run.
fn errors(show: &Show) -> &'static [Raised] {
    let mut conflicts = show
        .run
        .transactions
        .iter()
        .filter_map(|about| match &about.outcome {
            Outcome::Conflict(conflict) => Some(conflict),
            _ => None,
        });
    conflicts.next_back().map_or(&[], raised)
}
