//! The conversation with the page around: what comes in is obeyed, and what that page wants to know is told.

use super::scene::Scene;
use super::{Look, wire};
use crate::browser;
use crate::state::Action;
use gloo::events::EventListener;
use rowlock_engine::message::{Conversation, FromParent, Heard, ToParent, Topic};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::MessageEvent;
use yew::prelude::*;

/// Hears the page around, and tells it what it wants to know. What comes back tells it of something else.
#[hook]
pub(super) fn use_conversation(
    scene: &Scene,
    talk: &Rc<RefCell<Conversation>>,
    look: &UseStateHandle<Look>,
    dispatch: &Callback<Action>,
) -> Callback<ToParent> {
    let latest = use_mut_ref(|| (scene.clone(), look.clone()));
    *latest.borrow_mut() = (scene.clone(), look.clone());
    let tell = {
        let talk = talk.clone();
        use_callback((), move |message: ToParent, ()| {
            let to = talk.borrow().tell(&message);
            if let Some(to) = to {
                wire::post(&message, &to);
            }
        })
    };
    {
        let (talk, dispatch, tell) = (talk.clone(), dispatch.clone(), tell.clone());
        use_effect_with((), move |()| {
            let listener = browser::window().map(|window| {
                let tell = tell.clone();
                EventListener::new(&window, "message", move |event| {
                    if let Some(event) = event.dyn_ref::<MessageEvent>() {
                        let (scene, look) = latest.borrow().clone();
                        hear(event, &talk, &scene, &look, &dispatch, &tell);
                    }
                })
            });
            tell.emit(ToParent::Ready);
            move || drop(listener)
        });
    }
    {
        let (talk, tell, scene) = (talk.clone(), tell.clone(), scene.clone());
        use_effect_with((scene.position, scene.show.clone()), move |_| {
            if talk.borrow().wants(Topic::Step) {
                tell.emit(scene.step());
            }
        });
    }
    {
        let (talk, tell, scene) = (talk.clone(), tell.clone(), scene.clone());
        // And again when all its schedules were counted.
        let run = (scene.show.clone(), scene.counts.clone());
        use_effect_with(run, move |(show, _)| {
            if !show.pending && talk.borrow().wants(Topic::Outcome) {
                tell.emit(scene.outcome());
            }
        });
    }
    {
        let (talk, tell, scene) = (talk.clone(), tell.clone(), scene.clone());
        use_effect_with(scene.text.clone(), move |_| {
            if talk.borrow().wants(Topic::Change) {
                tell.emit(scene.change());
            }
        });
    }
    tell
}

/// Takes what has come in.
fn hear(
    event: &MessageEvent,
    talk: &RefCell<Conversation>,
    scene: &Scene,
    look: &UseStateHandle<Look>,
    dispatch: &Callback<Action>,
    tell: &Callback<ToParent>,
) {
    let source = js_sys::Reflect::get(event, &"source".into());
    let from_parent = wire::parent().is_some_and(|parent| source == Ok(JsValue::from(parent)));
    let data = event.data();
    let heard = talk
        .borrow_mut()
        .hear(from_parent, &event.origin(), &wire::Message(&data));
    match heard {
        Heard::Nothing => {}
        Heard::Refused {
            id,
            refusal,
            answer_to,
        } => wire::post(&ToParent::Error { id, refusal }, &answer_to),
        Heard::Message {
            id,
            message,
            answer_to,
        } => {
            let hello = matches!(message, FromParent::Hello { .. });
            let done = scene.obey(message, dispatch, |settings| {
                look.set(Look {
                    show: settings.show.clone().unwrap_or_else(|| look.show.clone()),
                    edit: settings.edit.unwrap_or(look.edit),
                });
                Ok(())
            });
            let answer = match done {
                Ok(value) => ToParent::Result { id, value },
                Err(refusal) => ToParent::Error { id, refusal },
            };
            wire::post(&answer, &answer_to);
            if hello {
                // Who has just come knows nothing yet.
                tell.emit(scene.step());
                tell.emit(scene.outcome());
            }
        }
    }
}
