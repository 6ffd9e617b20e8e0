//! What can be done with the chosen steps, without dragging.

use super::keys::KEYS;
use crate::shared::Shared;
use crate::state::{Action, Show};
use crate::step_form::StepForm;
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{SessionId, StepId};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the toolbar needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub show: Shared<Show>,
    pub chosen: Shared<Vec<StepId>>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The toolbar; without a chosen step, how to choose one.
#[component]
pub(super) fn Toolbar(props: &Props) -> Html {
    let scenario = &props.show.scenario;
    let count = scenario.timeline.len();
    let steps: Vec<StepId> = props
        .chosen
        .iter()
        .copied()
        .filter(|step| step.0 < count)
        .collect();
    let keys = html! {
        <details class="keys" id="keys">
            <summary>{ "Keys" }</summary>
            <dl>{ for KEYS.iter().map(|(key, what)| html! { <><dt><kbd>{ *key }</kbd></dt><dd>{ *what }</dd></> }) }</dl>
        </details>
    };
    let (Some(first), Some(last)) = (steps.iter().min().copied(), steps.iter().max().copied())
    else {
        return html! { <div class="toolbar"><span class="muted">{ "Click a step to change it, drag it to move it." }</span>{ keys }</div> };
    };
    let step = &scenario.timeline[first.0];
    let change = |edit: Edit| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Change(edit.clone())))
    };
    let shift = |to: usize| {
        change(Edit::MoveSteps {
            steps: steps.clone(),
            to,
            session: None,
        })
    };
    let to_lane = {
        let (dispatch, steps) = (props.dispatch.clone(), steps.clone());
        Callback::from(move |event: Event| {
            let list = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(lane) = list.and_then(|list| list.value().parse().ok()) {
                dispatch.emit(Action::Change(Edit::MoveSteps {
                    steps: steps.clone(),
                    to: first.0,
                    session: Some(SessionId(lane)),
                }));
            }
        })
    };
    let off = props.disabled;
    html! {
        <div class="toolbar" role="group" aria-label="The chosen step">
            if steps.len() == 1 {
                <StepForm show={props.show.clone()} step={first} disabled={off} dispatch={props.dispatch.clone()} />
            } else {
                <span>{ format!("{} steps", steps.len()) }</span>
            }
            <button type="button" class="pill" id="earlier" disabled={off || first.0 == 0} onclick={shift(first.0.saturating_sub(1))}>{ "← earlier" }</button>
            <button type="button" class="pill" id="later" disabled={off || last.0 + 1 >= count} onclick={shift(last.0 + 2)}>{ "later →" }</button>
            <label><span>{ "Lane" }</span>
                <select id="to-lane" disabled={off} onchange={to_lane}>
                    { for scenario.sessions.iter().enumerate().map(|(place, it)| html! {
                        <option value={place.to_string()} selected={place == step.session.0}>{ it.display_name() }</option>
                    }) }
                </select>
            </label>
            <button type="button" class="pill" id="duplicate" disabled={off} onclick={change(Edit::DuplicateSteps(steps.clone()))}>{ "Copy" }</button>
            <button type="button" class="pill" id="remove" disabled={off} onclick={change(Edit::RemoveSteps(steps.clone()))}>{ "Remove" }</button>
            { keys }
        </div>
    }
}
