//! Lists that open over the page close when the visitor goes on elsewhere.

use crate::browser;
use gloo::events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, Node};
use yew::prelude::*;

/// While something is open: calls `close` when a pointer goes down outside of `inside`, or Escape is pressed anywhere.
#[hook]
pub fn use_dismiss(inside: &NodeRef, is_open: bool, close: &Callback<()>) {
    let (inside, close) = (inside.clone(), close.clone());
    use_effect_with(is_open, move |is_open| {
        let listen = |name: &'static str| {
            let window = browser::window().filter(|_| *is_open)?;
            let (inside, close) = (inside.clone(), close.clone());
            Some(EventListener::new(&window, name, move |event| {
                let ends = match event.dyn_ref::<KeyboardEvent>() {
                    Some(key) => key.key() == "Escape",
                    None => {
                        let target = event.target().and_then(|it| it.dyn_into::<Node>().ok());
                        let own = inside.cast::<Element>();
                        !own.is_some_and(|own| own.contains(target.as_ref()))
                    }
                };
                if ends {
                    close.emit(());
                }
            }))
        };
        let listeners = ["pointerdown", "keydown"].map(listen);
        move || drop(listeners)
    });
}
