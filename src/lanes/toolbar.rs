//! What can be done with the chosen steps, without dragging.

use super::clipboard::paste_after;
use super::keys::KEYS;
use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use crate::step_form::StepForm;
use crate::step_form::drafts::Drafts;
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{SessionId, StepId, Tick};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the toolbar needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub drawing: Shared<Drawing>,
    pub chosen: Shared<Vec<StepId>>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The toolbar; without a chosen step, how to choose one.
#[component]
pub(super) fn Toolbar(props: &Props) -> Html {
    // What the buttons copy they can paste; the keys use the clipboard of the system.
    let copied = use_state(String::new);
    let drafts = use_reducer(Drafts::default);
    let scenario = &props.drawing.scenario;
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
    let paste_button = {
        let edit = paste_after(&props.drawing, &steps, (*copied).clone());
        let dispatch = props.dispatch.clone();
        let paste = Callback::from(move |_| dispatch.emit(Action::Change(edit.clone())));
        html! {
            if !copied.is_empty() {
                <button type="button" class="pill" id="paste-steps" disabled={props.disabled} onclick={paste}>{ "Paste" }</button>
            }
        }
    };
    let unfinished = unfinished(props, &drafts.steps(scenario));
    let (Some(first), Some(last)) = (steps.iter().min().copied(), steps.iter().max().copied())
    else {
        return html! { <div class="toolbar"><span class="muted">{ "Click a step to change it, drag it to move it." }</span>{ unfinished }{ keys }{ paste_button }</div> };
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
    let set_time = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                let at = field.value().trim().parse().ok().map(Tick);
                dispatch.emit(Action::Change(Edit::SetTime(first, at)));
            }
        })
    };
    let copy = |cuts: bool| {
        let (copied, drawing, steps) = (copied.clone(), props.drawing.clone(), steps.clone());
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            let lines = drawing.lines_of(&steps);
            browser::copy(&lines, |_| ());
            copied.set(lines);
            if cuts {
                dispatch.emit(Action::Change(Edit::RemoveSteps(steps.clone())));
            }
        })
    };
    let off = props.disabled;
    html! {
        <div class="toolbar" role="group" aria-label="The chosen step">
            if steps.len() == 1 {
                <StepForm drawing={props.drawing.clone()} step={first} drafts={drafts.clone()} disabled={off} dispatch={props.dispatch.clone()} />
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
            if steps.len() == 1 {
                <label><span>{ "At" }</span>
                    <input id="step-time" class="time" inputmode="numeric" disabled={off} placeholder="next" size="5" aria-label="Sent at, in milliseconds; empty: after the step before it"
                        value={step.at.map(|at| at.0.to_string()).unwrap_or_default()} onchange={set_time} />
                    <span>{ "ms" }</span>
                </label>
            }
            <button type="button" class="pill" id="duplicate" disabled={off} onclick={change(Edit::DuplicateSteps(steps.clone()))}>{ "Duplicate" }</button>
            <button type="button" class="pill" id="copy-steps" onclick={copy(false)}>{ "Copy" }</button>
            <button type="button" class="pill" id="cut-steps" disabled={off} onclick={copy(true)}>{ "Cut" }</button>
            { paste_button }
            <button type="button" class="pill" id="remove" disabled={off} onclick={change(Edit::RemoveSteps(steps.clone()))}>{ "Remove" }</button>
            { unfinished }
            { keys }
        </div>
    }
}

/// The steps with a draft that is no step yet, so that one finds back to them.
fn unfinished(props: &Props, steps: &[StepId]) -> Html {
    let others: Vec<StepId> = steps
        .iter()
        .copied()
        .filter(|step| **props.chosen != [*step])
        .collect();
    if others.is_empty() {
        return Html::default();
    }
    html! {
        <span class="unfinished" id="unfinished">
            { "Unfinished: " }
            { for others.into_iter().map(|step| {
                let choose = props.dispatch.reform(move |_: MouseEvent| Action::Choose(vec![step]));
                html! { <button type="button" class="pill" onclick={choose}>{ format!("step {}", step.0 + 1) }</button> }
            }) }
        </span>
    }
}
