//! How wide an element is, and when that changes.

use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// The width of an element in whole pixels; 0 until it is known. The element should have no height of its own: an observer
/// that changes the size of what it observes makes the browser complain.
#[hook]
pub fn use_width(node: &NodeRef) -> i32 {
    let width = use_state_eq(|| 0);
    let set = width.setter();
    use_effect_with(node.clone(), move |node| {
        let observed = node.cast::<Element>().and_then(|element| {
            let measured = element.clone();
            let heard = Closure::<dyn FnMut()>::new(move || set.set(measured.client_width()));
            let observer = ResizeObserver::new(heard.as_ref().unchecked_ref()).ok()?;
            observer.observe(&element);
            Some((observer, heard))
        });
        move || {
            if let Some((observer, _heard)) = observed {
                observer.disconnect();
            }
        }
    });
    *width
}
