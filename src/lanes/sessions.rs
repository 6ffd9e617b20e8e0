//! The sessions: added, renamed, coloured, given a client, moved, copied, removed.

use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{Colour, SessionId};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the list needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub drawing: Shared<Drawing>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The list.
#[component]
pub(super) fn Sessions(props: &Props) -> Html {
    let sessions = &props.drawing.scenario.sessions;
    let count = sessions.len();
    let off = props.disabled;
    let button = |name: &'static str, label: String, disabled: bool, edit: Edit| {
        let dispatch = props.dispatch.clone();
        html! {
            <button type="button" class="pill" aria-label={label} disabled={off || disabled}
                onclick={Callback::from(move |_| dispatch.emit(Action::Change(edit.clone())))}>{ name }</button>
        }
    };
    html! {
        <details class="sessions" id="sessions">
            <summary>{ "Sessions" }</summary>
            <ul>
                { for sessions.iter().enumerate().map(|(place, session)| {
                    let id = SessionId(place);
                    let name = session.display_name();
                    let dispatch = props.dispatch.clone();
                    let rename = Callback::from(move |event: Event| {
                        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                            dispatch.emit(Action::Change(Edit::RenameSession(id, field.value())));
                        }
                    });
                    let dispatch = props.dispatch.clone();
                    let recolour = Callback::from(move |event: Event| {
                        if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
                            dispatch.emit(Action::Change(Edit::ColourSession(id, list.value().parse().ok())));
                        }
                    });
                    let dispatch = props.dispatch.clone();
                    let employ = Callback::from(move |event: Event| {
                        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                            dispatch.emit(Action::Change(Edit::SetClient(id, field.value())));
                        }
                    });
                    html! {
                        <li class={class(id)}>
                            <span class="mark" aria-hidden="true">{ mark(id) }</span>
                            <code>{ &session.name }</code>
                            <input dir="auto" aria-label={format!("Name of session {}", session.name)} disabled={off}
                                value={session.label.clone().unwrap_or_default()} onchange={rename} />
                            <select aria-label={format!("Colour of {name}")} disabled={off} onchange={recolour}>
                                <option value="" selected={session.colour.is_none()}>{ "its lane's colour" }</option>
                                { for Colour::ALL.into_iter().map(|colour| html! {
                                    <option value={colour.as_str()} selected={session.colour == Some(colour)}>{ colour.as_str() }</option>
                                }) }
                            </select>
                            <label>
                                { "works for" }
                                <input aria-label={format!("{name} works for")} disabled={off}
                                    value={session.client.clone().unwrap_or_default()} onchange={employ} />
                            </label>
                            { button("↑", format!("Move {name} up"), place == 0, Edit::MoveSession(id, place.saturating_sub(1))) }
                            { button("↓", format!("Move {name} down"), place + 1 == count, Edit::MoveSession(id, place + 1)) }
                            { button("Duplicate", format!("Duplicate {name} with its steps"), false, Edit::DuplicateSession(id)) }
                            { button("Remove", format!("Remove {name} and its steps"), count == 1, Edit::RemoveSession(id)) }
                        </li>
                    }
                }) }
            </ul>
            { button("+ session", "Add a session".to_owned(), false, Edit::AddSession(String::new())) }
        </details>
    }
}
