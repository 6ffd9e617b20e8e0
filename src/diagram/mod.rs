//! The sequence diagram.

use crate::shared::Shared;
use crate::state::Show;
use yew::prelude::*;

/// What the diagram shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// Called with a position when an event is chosen.
    pub on_seek: Callback<usize>,
}

/// The diagram.
#[component]
pub fn SequenceDiagram(_props: &Props) -> Html {
    html! { <div class="diagram" /> }
}
