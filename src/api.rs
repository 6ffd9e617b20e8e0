//! `window.rowlock`: what the page shows, for scripts beside it and for tests.
//!
//! `rowlock.send(message)` takes the messages that an embed takes from the page around, without `ns` and `v`, and returns
//! the answer that it would post: `rowlock.send({ type: "get", what: "outcome" }).value`. `rowlock.listen(function)` has
//! a function called with `step`, `outcome` and `change` messages. `rowlock.text()`, `rowlock.load(text)` and
//! `rowlock.outcome()` are short for three of them; `load` takes a text with errors too, as the editor does. What is returned is made by
//! serde-wasm-bindgen ([`crate::embed::wire`]). It is a public interface: `docs/embedding.md`.

use crate::browser;
use crate::embed::obey::no_figure;
use crate::embed::scene::Scene;
use crate::embed::wire::{Message, value};
use crate::state::Action;
use js_sys::{Function, Reflect};
use rowlock_engine::message::{ToParent, id, read};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

/// What is offered.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the page shows.
    pub scene: Scene,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// Offers `window.rowlock` while it is mounted; shows nothing.
#[component]
pub fn Api(props: &Props) -> Html {
    let latest = use_mut_ref(|| props.scene.clone());
    *latest.borrow_mut() = props.scene.clone();
    let listener = use_mut_ref(|| None::<Function>);
    let dispatch = props.dispatch.clone();
    {
        let listener = listener.clone();
        use_effect_with((), move |()| offer(latest, listener, dispatch));
    }
    let tell = move |listener: &RefCell<Option<Function>>,
                     message: fn(&Scene) -> ToParent,
                     scene: &Scene| {
        let function = listener.borrow().clone();
        if let Some(function) = function {
            let _ = function.call1(&JsValue::NULL, &value(&message(scene)));
        }
    };
    let scene = &props.scene;
    {
        let (listener, scene) = (listener.clone(), scene.clone());
        use_effect_with((scene.position, scene.show.clone()), move |_| {
            tell(&listener, Scene::step, &scene);
        });
    }
    {
        let (listener, scene) = (listener.clone(), scene.clone());
        let run = (scene.show.clone(), scene.counts.clone());
        use_effect_with(run, move |(show, _)| {
            if !show.pending {
                tell(&listener, Scene::outcome, &scene);
            }
        });
    }
    {
        let (listener, scene) = (listener.clone(), scene.clone());
        use_effect_with(scene.text.clone(), move |_| {
            tell(&listener, Scene::change, &scene)
        });
    }
    html! {}
}

/// Puts the object there, and returns what takes it away.
fn offer(
    latest: Rc<RefCell<Scene>>,
    listener: Rc<RefCell<Option<Function>>>,
    dispatch: Callback<Action>,
) -> impl FnOnce() {
    let text = {
        let latest = latest.clone();
        Closure::<dyn Fn() -> String>::new(move || latest.borrow().text.to_string())
    };
    let outcome = {
        let latest = latest.clone();
        Closure::<dyn Fn() -> JsValue>::new(move || {
            let message = value(&latest.borrow().outcome());
            Reflect::get(&message, &"outcome".into()).unwrap_or(JsValue::NULL)
        })
    };
    let load = {
        let dispatch = dispatch.clone();
        Closure::<dyn Fn(String)>::new(move |text: String| {
            dispatch.emit(Action::EditText(text.into()));
        })
    };
    let send = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |message: JsValue| {
        let message = Message(&message);
        let scene = latest.borrow().clone();
        let done = read(&message).and_then(|message| scene.obey(message, &dispatch, no_figure));
        let id = id(&message);
        value(&match done {
            Ok(value) => ToParent::Result { id, value },
            Err(refusal) => ToParent::Error { id, refusal },
        })
    });
    let listen = Closure::<dyn Fn(JsValue)>::new(move |function: JsValue| {
        *listener.borrow_mut() = function.dyn_into().ok();
    });
    let object = js_sys::Object::new();
    for (name, function) in [
        ("text", text.as_ref()),
        ("outcome", outcome.as_ref()),
        ("load", load.as_ref()),
        ("send", send.as_ref()),
        ("listen", listen.as_ref()),
    ] {
        let _ = Reflect::set(&object, &name.into(), function);
    }
    if let Some(window) = browser::window() {
        let _ = Reflect::set(&window, &"rowlock".into(), &object);
    }
    move || {
        if let Some(window) = browser::window() {
            let _ = Reflect::delete_property(&window.into(), &"rowlock".into());
        }
        drop((text, outcome, load, send, listen));
    }
}
