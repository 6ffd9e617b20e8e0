//! The tables with their starting rows, and the rules, to be edited: what stands under `setup:` and `expect:`.
//!
//! Every change is an [`Edit`] of the text. What can be edited in the text only is shown as it stands. A rule says at once
//! whether it holds of the run on the screen.

mod column;
mod field;
mod rules;
mod table;

use crate::shared::Shared;
use crate::state::{Action, Drawing, Show};
use field::focus_later;
use rowlock_engine::edit::{Edit, TableEdit, TablePlace, loose_statements, tables};
use rules::Rules;
use std::rc::Rc;
use table::TableRoom;
use web_sys::Element;
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is drawn now.
    pub drawing: Shared<Drawing>,
    /// The last run that was sound.
    pub show: Shared<Show>,
    /// What the last change came to.
    pub told: Rc<str>,
    /// While the text cannot be read nothing can be edited.
    pub disabled: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The room.
#[component]
pub fn Schema(props: &Props) -> Html {
    let scenario = &props.drawing.scenario;
    let sketches = use_memo(props.drawing.clone(), |drawing| tables(&drawing.scenario));
    let is_empty = sketches.is_empty();
    // Whoever begins with nothing begins here.
    let open = use_state(|| is_empty);
    {
        let open = open.clone();
        use_effect_with(is_empty, move |is_empty| {
            if *is_empty {
                open.set(true);
            }
        });
    }
    let toggle = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            // Options of columns open and close as well.
            if let Some(element) = event.target_dyn_into::<Element>()
                && element.id() == "schema"
            {
                open.set(element.has_attribute("open"));
            }
        })
    };
    let add_table = {
        let (dispatch, place) = (props.dispatch.clone(), sketches.len());
        let names: Vec<String> = sketches.iter().map(|table| table.name.clone()).collect();
        Callback::from(move |_: MouseEvent| {
            let name = free("table", place + 1, &names);
            dispatch.emit(Action::Change(Edit::Tables(TableEdit::Add(name))));
            focus_later(format!("table-{place}-name"));
        })
    };
    html! {
        <details class="schema" id="schema" open={*open} ontoggle={toggle}>
            <summary>{ "Tables and rules" }</summary>
            if *open {
                if props.disabled {
                    <p class="muted">{ "The text cannot be read; mend it there first." }</p>
                }
                if is_empty {
                    <p class="muted">{ "No tables yet." }</p>
                }
                { for sketches.iter().enumerate().map(|(place, sketch)| html! {
                    <TableRoom key={place} place={TablePlace(place)} sketch={sketch.clone()} disabled={props.disabled}
                        dispatch={props.dispatch.clone()} />
                }) }
                { fixed(loose_statements(scenario).into_iter().map(|text| (text.to_owned(), "")).collect()) }
                <p class="buttons">
                    <button type="button" class="pill" id="add-table" aria-label="Add a table" disabled={props.disabled}
                        onclick={add_table}>{ "+ table" }</button>
                </p>
                <Rules drawing={props.drawing.clone()} show={props.show.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
                // The timeline's own sentence is what a screen reader is told.
                <p class="told muted" aria-hidden="true">{ &*props.told }</p>
            }
        </details>
    }
}

/// What can be edited in the text only, as it stands.
fn fixed(statements: Vec<(String, &'static str)>) -> Html {
    if statements.is_empty() {
        return Html::default();
    }
    html! {
        <div class="fixed">
            <p class="muted">{ "As it stands; edit it in the text:" }</p>
            <ul>
                { for statements.into_iter().map(|(text, why)| html! {
                    <li><code>{ text }</code>if !why.is_empty() { <span class="muted">{ format!(" {why}") }</span> }</li>
                }) }
            </ul>
        </div>
    }
}

/// The first name of a row of numbered ones that is not taken.
fn free(stem: &str, from: usize, taken: &[String]) -> String {
    let mut names = (from..).map(|number| format!("{stem}_{number}"));
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
