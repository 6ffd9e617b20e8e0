//! Copy, cut and paste of steps, as the lines of text that they are. The browser's own events carry them, so that no
//! permission is asked for, and what is copied here can be pasted into a text and back.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use gloo::events::{EventListener, EventListenerOptions};
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{SessionId, StepId};
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, Event};
use yew::prelude::*;

/// Listens while steps can be copied.
#[hook]
pub(super) fn use_clipboard(
    drawing: &Shared<Drawing>,
    chosen: &Shared<Vec<StepId>>,
    disabled: bool,
    dispatch: &Callback<Action>,
) {
    let dispatch = dispatch.clone();
    use_effect_with(
        (drawing.clone(), chosen.clone(), disabled),
        move |(drawing, chosen, disabled)| {
            let (drawing, chosen, disabled) = (drawing.clone(), chosen.clone(), *disabled);
            let listen = |name: &'static str| {
                let window = browser::window()?;
                let (drawing, chosen, dispatch) =
                    (drawing.clone(), chosen.clone(), dispatch.clone());
                let options = EventListenerOptions::enable_prevent_default();
                Some(EventListener::new_with_options(
                    &window,
                    name,
                    options,
                    move |event| {
                        if !disabled && is_on_a_step() {
                            obey(event, name, &drawing, &chosen, &dispatch);
                        }
                    },
                ))
            };
            let listeners = ["copy", "cut", "paste"].map(listen);
            move || drop(listeners)
        },
    );
}

/// Text that is marked or written elsewhere is not ours.
fn is_on_a_step() -> bool {
    browser::focused_id().is_some_and(|id| id.starts_with("step-at-"))
}

fn obey(
    event: &Event,
    name: &str,
    drawing: &Drawing,
    chosen: &[StepId],
    dispatch: &Callback<Action>,
) {
    let Some(data) = event
        .dyn_ref::<ClipboardEvent>()
        .and_then(ClipboardEvent::clipboard_data)
    else {
        return;
    };
    let focused = browser::focused_id();
    let focused = focused.and_then(|id| id.strip_prefix("step-at-")?.parse().ok());
    let steps: Vec<StepId> = match focused.map(StepId) {
        Some(step) if !chosen.contains(&step) => vec![step],
        _ => chosen.to_vec(),
    };
    event.prevent_default();
    if name == "paste" {
        if let Ok(text) = data.get_data("text/plain") {
            dispatch.emit(Action::Change(paste_after(drawing, &steps, text)));
        }
    } else if data
        .set_data("text/plain", &drawing.lines_of(&steps))
        .is_ok()
        && name == "cut"
    {
        dispatch.emit(Action::Change(Edit::RemoveSteps(steps)));
    }
}

/// The change that puts lines after some steps, or at the end.
pub(super) fn paste_after(drawing: &Drawing, steps: &[StepId], text: String) -> Edit {
    let timeline = &drawing.scenario.timeline;
    let last = steps.iter().max().filter(|step| step.0 < timeline.len());
    Edit::Paste {
        at: last.map_or(timeline.len(), |last| last.0 + 1),
        session: last.map_or(SessionId(0), |last| timeline[last.0].session),
        text,
    }
}
