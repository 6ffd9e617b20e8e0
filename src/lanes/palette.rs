//! What can be put into a lane: after the chosen step, else at the end.

use super::keys::focus_later;
use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::edit::{Edit, Template};
use rowlock_engine::scenario::{Fault, SessionId, StepId};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the palette needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub show: Shared<Show>,
    pub chosen: Shared<Vec<StepId>>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The palette.
#[component]
pub(super) fn Palette(props: &Props) -> Html {
    let scenario = &props.show.scenario;
    // The lane that was picked; it follows the chosen step.
    let lane = use_state(|| 0usize);
    {
        let (lane, show) = (lane.clone(), props.show.clone());
        use_effect_with(props.chosen.clone(), move |chosen| {
            let step = chosen
                .first()
                .and_then(|step| show.scenario.timeline.get(step.0));
            if let Some(step) = step {
                lane.set(step.session.0);
            }
        });
    }
    let session = SessionId((*lane).min(scenario.sessions.len().saturating_sub(1)));
    let at = props.chosen.iter().map(|step| step.0 + 1).max();
    let at = at.unwrap_or(scenario.timeline.len());
    let off = props.disabled || scenario.sessions.is_empty();
    let add = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |text: String| {
            dispatch.emit(Action::Change(Edit::AddStep { at, session, text }));
            focus_later("step-text");
        })
    };
    let pick_lane = Callback::from(move |event: Event| {
        if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
            lane.set(list.value().parse().unwrap_or(0));
        }
    });
    let pick_fault = {
        let add = add.clone();
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
                let value = list.value();
                list.set_value("");
                if !value.is_empty() {
                    add.emit(value);
                }
            }
        })
    };
    html! {
        <div class="palette" role="group" aria-label="Add a step">
            <label><span>{ "Add to" }</span>
                <select id="lane" disabled={off} onchange={pick_lane}>
                    { for scenario.sessions.iter().enumerate().map(|(place, it)| html! {
                        <option value={place.to_string()} selected={place == session.0}>{ it.display_name() }</option>
                    }) }
                </select>
            </label>
            { for Template::ALL.into_iter().map(|template| {
                let (add, show) = (add.clone(), props.show.clone());
                html! {
                    <button type="button" class="pill" data-template={template.name()} disabled={off}
                        onclick={Callback::from(move |_| add.emit(template.text(&show.scenario)))}>{ template.name() }</button>
                }
            }) }
            <select id="fault" aria-label="Add something that goes wrong" disabled={off} onchange={pick_fault}>
                <option value="" selected=true>{ "fault …" }</option>
                { for Fault::ALL.into_iter().map(|fault| html! {
                    <option value={fault.as_str()} title={fault.description()}>{ fault.as_str() }</option>
                }) }
            </select>
        </div>
    }
}
