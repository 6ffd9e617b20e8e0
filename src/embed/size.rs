//! How high the figure would like to be, whatever the height of its frame.

use crate::browser;
use gloo::timers::callback::Timeout;
use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// A diagram higher than this scrolls, however much room there is.
const MOST: i32 = 640;

/// Calls `tell` with width and height after each change of either.
#[hook]
pub fn use_size(figure: &NodeRef, tell: impl Fn(u32, u32) + 'static) {
    let observer = use_mut_ref(|| None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    let tell = use_mut_ref(|| std::rc::Rc::new(tell));
    let figure = figure.clone();
    // After each rendering there may be other parts to look at.
    use_effect(move || {
        let Some(root) = figure.cast::<Element>() else {
            return;
        };
        let mut observer = observer.borrow_mut();
        if observer.is_none() {
            let (root, tell) = (root.clone(), tell.borrow().clone());
            let heard = Closure::<dyn FnMut()>::new(move || {
                let (root, tell) = (root.clone(), tell.clone());
                Timeout::new(0, move || {
                    let (width, height) = measure(&root);
                    tell(width, height);
                })
                .forget();
            });
            let made = ResizeObserver::new(heard.as_ref().unchecked_ref());
            *observer = made.ok().map(|made| (made, heard));
        }
        if let Some((observer, _)) = &*observer {
            observer.observe(&root);
            // The frame of the diagram may stay as it is when what is in it grows.
            let parts = root.query_selector_all(".embed-part,.sequence-body,.player,.embed-notice");
            for part in parts.iter().flat_map(|parts| (0..parts.length()).map(|at| parts.item(at))) {
                if let Some(part) = part.and_then(|part| part.dyn_into::<Element>().ok()) {
                    observer.observe(&part);
                }
            }
        }
    });
}

fn measure(root: &Element) -> (u32, u32) {
    let hidden = match root.query_selector(".sequence") {
        Ok(Some(diagram)) => diagram.scroll_height().min(MOST) - diagram.client_height(),
        _ => 0,
    };
    let height = root.scroll_height() + hidden.max(0);
    let width = browser::document().and_then(|document| document.document_element());
    let width = width.map_or(0, |root| root.client_width());
    (width.unsigned_abs(), height.unsigned_abs())
}
