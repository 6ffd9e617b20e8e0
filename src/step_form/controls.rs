//! The controls that the form is made of: a list to choose from, a line to write in, a box to tick, a button.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What a control is called.
#[derive(Clone, Copy)]
pub(super) enum Label<'a> {
    /// Written before it.
    Shown(&'a str),
    /// Only told.
    Unseen(&'a str),
}

impl Label<'_> {
    fn html(self) -> Html {
        match self {
            Self::Shown(label) => html! { <span>{ label }</span> },
            Self::Unseen(label) => html! { <span class="unseen">{ label }</span> },
        }
    }
}

/// A list; tells the place of what is chosen.
pub(super) fn pick(
    label: Label<'_>,
    options: &[String],
    chosen: Option<usize>,
    on: Callback<usize>,
) -> Html {
    let change = Callback::from(move |event: Event| {
        let list = event.target_dyn_into::<HtmlSelectElement>();
        if let Some(place) = list.and_then(|list| list.value().parse().ok()) {
            on.emit(place);
        }
    });
    html! {
        <label>{ label.html() }
            <select onchange={change}>
                { for options.iter().enumerate().map(|(place, name)| html! {
                    <option value={place.to_string()} selected={chosen == Some(place)}>{ name }</option>
                }) }
            </select>
        </label>
    }
}

/// What is written, at every key stroke and when it is done.
#[derive(Clone, PartialEq)]
pub(super) struct Written {
    pub typed: Callback<String>,
    pub done: Callback<String>,
}

/// A line to write in, with `suggestions` to choose from.
pub(super) fn line(
    label: Label<'_>,
    value: &str,
    id: &str,
    suggestions: &[String],
    on: Written,
) -> Html {
    let read = |then: Callback<String>| {
        move |target: Option<HtmlInputElement>| {
            if let Some(field) = target {
                then.emit(field.value());
            }
        }
    };
    let (typed, done) = (read(on.typed), read(on.done));
    let typed = Callback::from(move |event: InputEvent| typed(event.target_dyn_into()));
    let done = Callback::from(move |event: Event| done(event.target_dyn_into()));
    let list = format!("{id}-list");
    html! {
        <label class="line">{ label.html() }
            <input id={id.to_owned()} list={(!suggestions.is_empty()).then(|| list.clone())} value={value.to_owned()} spellcheck="false"
                autocapitalize="off" autocomplete="off" oninput={typed} onchange={done} />
            if !suggestions.is_empty() {
                <datalist id={list}>{ for suggestions.iter().map(|it| html! { <option value={it.clone()} /> }) }</datalist>
            }
        </label>
    }
}

/// A box to tick.
pub(super) fn tick(label: &str, is_on: bool, on: Callback<bool>) -> Html {
    let change = Callback::from(move |event: Event| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            on.emit(field.checked());
        }
    });
    html! { <label class="tick"><input type="checkbox" checked={is_on} onchange={change} /><span>{ label }</span></label> }
}

/// A button.
pub(super) fn button(label: &str, title: &str, on: Callback<()>) -> Html {
    let click = on.reform(|_: MouseEvent| ());
    html! { <button type="button" class="pill" title={title.to_owned()} aria-label={title.to_owned()} onclick={click}>{ label }</button> }
}
