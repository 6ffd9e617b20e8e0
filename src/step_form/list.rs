//! The list of suggestions below the field.

use crate::browser;
use rowlock_engine::edit::Completion;
use yew::prelude::*;

/// An open list.
#[derive(Clone, PartialEq)]
pub(super) struct List {
    /// What is offered.
    pub completion: Completion,
    /// The suggestion that Enter takes.
    pub active: Option<usize>,
}

impl List {
    /// The same with the next suggestion active, or the one before; round the ends.
    pub fn moved(&self, down: bool) -> Self {
        let count = self.completion.suggestions.len();
        let next = match (self.active, down) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        Self {
            active: Some(next),
            ..self.clone()
        }
    }
}

/// The id of a suggestion's row.
pub(super) fn option_id(place: usize) -> String {
    format!("step-suggestion-{place}")
}

/// What the list needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub list: List,
    pub on_take: Callback<usize>,
}

/// The list.
#[component]
pub(super) fn Suggestions(props: &Props) -> Html {
    // A list that would not fit below the field takes the field up with it.
    use_effect_with((), |()| {
        let field = browser::element("step-text");
        let list = browser::element("step-suggestions");
        let room = browser::window().and_then(|window| window.inner_height().ok()?.as_f64());
        if let (Some(field), Some(list), Some(room)) = (field, list, room)
            && list.get_bounding_client_rect().bottom() > room
        {
            field.scroll_into_view_with_bool(true);
        }
    });
    // The active row is kept in sight.
    use_effect_with(props.list.active, |active| {
        let row = active.and_then(|active| browser::element(&option_id(active)));
        let list = browser::element("step-suggestions");
        if let (Some(row), Some(list)) = (row, list) {
            let (top, height) = (row.offset_top(), row.offset_height());
            let (from, room) = (list.scroll_top(), list.client_height());
            if top < from {
                list.set_scroll_top(top);
            } else if top + height > from + room {
                list.set_scroll_top(top + height - room);
            }
        }
    });
    let suggestions = &props.list.completion.suggestions;
    // The focus stays in the field.
    let hold = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <>
            <ul id="step-suggestions" class="step-suggestions" role="listbox" aria-label="What can stand here" onmousedown={hold}>
                { for suggestions.iter().enumerate().map(|(place, it)| {
                    let take = props.on_take.reform(move |_: MouseEvent| place);
                    html! {
                        <li id={option_id(place)} role="option" aria-selected={(props.list.active == Some(place)).to_string()} onclick={take}>
                            <code>{ &it.text }</code>
                            <span class="detail">{ if it.detail.is_empty() { it.kind.name() } else { &it.detail } }</span>
                        </li>
                    }
                }) }
            </ul>
            <p class="unseen" role="status">{ format!("{} suggestions", suggestions.len()) }</p>
        </>
    }
}
