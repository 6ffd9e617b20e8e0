//! What can be put into a lane: at the place that is aimed at, after the chosen step, or at the end; by its button, or dragged
//! to where it is wanted.

use super::Aim;
use super::drop::{self, Carry};
use super::hold::Hold;
use super::keys::focus_later;
use super::use_steady_touch;
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use rowlock_engine::edit::{Edit, Template};
use rowlock_engine::scenario::{Fault, Scenario, SessionId, StepId};
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the palette needs.
#[derive(Properties)]
pub(super) struct Props {
    pub drawing: Shared<Drawing>,
    pub chosen: Shared<Vec<StepId>>,
    /// The place that is aimed at.
    pub aim: Aim,
    /// The picture that steps are dragged into.
    pub hold: Shared<Hold>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        // The picture is made of the rest.
        self.drawing == other.drawing
            && self.chosen == other.chosen
            && self.aim == other.aim
            && self.disabled == other.disabled
    }
}

/// The palette.
#[component]
pub(super) fn Palette(props: &Props) -> Html {
    let scenario = &props.drawing.scenario;
    // The lane that was picked; it follows the chosen step and the place that is aimed at.
    let lane = use_state(|| 0usize);
    {
        let (lane, drawing) = (lane.clone(), props.drawing.clone());
        use_effect_with((props.chosen.clone(), props.aim), move |(chosen, aim)| {
            let step = chosen
                .first()
                .and_then(|step| drawing.scenario.timeline.get(step.0));
            let of_step = step.map(|step| step.session);
            if let Some(session) = aim.map(|(_, lane)| lane).or(of_step) {
                lane.set(session.0);
            }
        });
    }
    let session = SessionId((*lane).min(scenario.sessions.len().saturating_sub(1)));
    let at = props.aim.map(|(place, _)| place);
    let at = at.or_else(|| props.chosen.iter().map(|step| step.0 + 1).max());
    let at = at.unwrap_or(scenario.timeline.len());
    let off = props.disabled || scenario.sessions.is_empty();
    let carry = use_memo((), |()| Carry::default());
    let palette = use_node_ref();
    {
        let carry = carry.clone();
        use_steady_touch(&palette, true, move || carry.is_ready());
    }
    let add = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |(text, at, session): (String, usize, SessionId)| {
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
                    add.emit((value, at, session));
                }
            }
        })
    };
    let buttons = Template::ALL.into_iter().enumerate().map(|(number, template)| {
        let words = template.name();
        let id = (number == 0).then_some("palette-first");
        let put = {
            let (carry, drawing, add) = (carry.clone(), props.drawing.clone(), add.clone());
            Callback::from(move |_| {
                if carry.is_click() {
                    add.emit((template.text(&drawing.scenario), at, session));
                }
            })
        };
        let dropped = {
            let (carry, hold, drawing, add) =
                (carry.clone(), props.hold.clone(), props.drawing.clone(), add.clone());
            Callback::from(move |_: PointerEvent| {
                if let Some((at, session)) = drop::put(&carry, &hold) {
                    add.emit((template.text(&drawing.scenario), at, session));
                }
            })
        };
        let (taken, carried, lost) = pointers(&carry, &props.hold, words);
        html! {
            <button type="button" class="pill" {id} data-template={words} disabled={off} onclick={put} onpointerdown={taken}
                onpointermove={carried} onpointerup={dropped} onpointercancel={lost}>{ words }</button>
        }
    });
    html! {
        <div class="palette" role="group" aria-label="Add a step" ref={palette}>
            <label><span>{ "Add to" }</span>
                <select id="lane" disabled={off} onchange={pick_lane}>
                    { for scenario.sessions.iter().enumerate().map(|(place, it)| html! {
                        <option value={place.to_string()} selected={place == session.0}>{ it.display_name() }</option>
                    }) }
                </select>
                <span class="where">{ place_in_words(scenario, at) }</span>
            </label>
            { for buttons }
            <select id="fault" aria-label="Add something that goes wrong" disabled={off} onchange={pick_fault}>
                <option value="" selected=true>{ "fault …" }</option>
                { for Fault::ALL.into_iter().map(|fault| html! {
                    <option value={fault.as_str()} title={fault.description()}>{ fault.as_str() }</option>
                }) }
            </select>
        </div>
    }
}

/// What the pointer does with a button that can be dragged: taken, carried, lost.
fn pointers(
    carry: &Rc<Carry>,
    hold: &Shared<Hold>,
    words: &'static str,
) -> (
    Callback<PointerEvent>,
    Callback<PointerEvent>,
    Callback<PointerEvent>,
) {
    let taken = {
        let carry = carry.clone();
        Callback::from(move |event: PointerEvent| drop::take(&event, &carry))
    };
    let carried = {
        let (carry, hold) = (carry.clone(), hold.clone());
        Callback::from(move |event: PointerEvent| drop::carry_on(&event, &carry, &hold, words))
    };
    let lost = {
        let (carry, hold) = (carry.clone(), hold.clone());
        Callback::from(move |_: PointerEvent| {
            drop::put(&carry, &hold);
        })
    };
    (taken, carried, lost)
}

/// Where a step would be put.
fn place_in_words(scenario: &Scenario, at: usize) -> String {
    match at {
        _ if at >= scenario.timeline.len() => "at the end".to_owned(),
        0 => "at the beginning".to_owned(),
        _ => format!("after step {at}"),
    }
}
