//! Playing when the reader has come to the figure.

use gloo::timers::callback::Timeout;
use js_sys::{Array, Reflect};
use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::JsValue;
use web_sys::wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver};
use yew::prelude::*;

/// How long the figure is seen before it plays, in milliseconds.
const LOOK: u32 = 600;

/// Calls `seen` once, when the figure is in sight; never unless it is wanted.
#[hook]
pub fn use_sight(figure: &NodeRef, wanted: bool, seen: Callback<()>) {
    use_effect_with((figure.clone(), wanted), move |(figure, wanted)| {
        let observed = figure.cast::<Element>().filter(|_| *wanted);
        let observed = observed.and_then(|figure| {
            let heard = Closure::<dyn FnMut(Array, IntersectionObserver)>::new(
                move |entries: Array, observer: IntersectionObserver| {
                    let is_in = |entry: JsValue| {
                        Reflect::get(&entry, &"isIntersecting".into()) == Ok(JsValue::TRUE)
                    };
                    if entries.iter().any(is_in) {
                        observer.disconnect();
                        let seen = seen.clone();
                        Timeout::new(LOOK, move || seen.emit(())).forget();
                    }
                },
            );
            let observer = IntersectionObserver::new(heard.as_ref().unchecked_ref()).ok()?;
            observer.observe(&figure);
            Some((observer, heard))
        });
        move || {
            if let Some((observer, _heard)) = observed {
                observer.disconnect();
            }
        }
    });
}
