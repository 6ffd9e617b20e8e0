//! How wide an element is, and when that changes.

use gloo::timers::callback::Timeout;
use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// The width of an element in whole pixels; 0 until it is known.
#[hook]
pub fn use_width(node: &NodeRef) -> i32 {
    let width = use_state_eq(|| 0);
    let (set, set_now) = (width.setter(), width.setter());
    use_effect_with(node.clone(), move |node| {
        let observed = node.cast::<Element>().and_then(|element| {
            let measured = element.clone();
            // What follows may bring a scroll bar and so another width; the browser complains when that happens at once.
            let heard = Closure::<dyn FnMut()>::new(move || {
                let (set, measured) = (set.clone(), measured.clone());
                Timeout::new(0, move || set.set(measured.client_width())).forget();
            });
            let observer = ResizeObserver::new(heard.as_ref().unchecked_ref()).ok()?;
            observer.observe(&element);
            // A frame out of sight is not drawn, and its observers wait for that; what it would like to be is known before.
            set_now.set(element.client_width());
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
