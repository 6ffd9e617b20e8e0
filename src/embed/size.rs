//! How high the figure would like to be, whatever the height of its frame.

use crate::browser;
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// A diagram higher than this scrolls, however much room there is.
const MOST: i32 = 640;
/// By then what was rendered is drawn, in milliseconds.
const DRAWN: u32 = 120;

/// Calls `tell` with width and height after each change of either.
#[hook]
pub fn use_size(figure: &NodeRef, tell: impl Fn(u32, u32) + 'static) {
    let observer = use_mut_ref(|| None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    let tell = use_mut_ref(|| Rc::new(tell) as Rc<dyn Fn(u32, u32)>);
    let figure = figure.clone();
    // After each rendering there may be other parts to look at.
    use_effect(move || {
        let Some(root) = figure.cast::<Element>() else {
            return;
        };
        let (mut observer, tell) = (observer.borrow_mut(), tell.borrow().clone());
        if observer.is_none() {
            let (root, tell) = (root.clone(), tell.clone());
            let heard = Closure::<dyn FnMut()>::new(move || {
                let (root, tell) = (root.clone(), tell.clone());
                later(0, root, tell);
            });
            let made = ResizeObserver::new(heard.as_ref().unchecked_ref());
            *observer = made.ok().map(|made| (made, heard));
        }
        if let Some((observer, _)) = &*observer {
            observer.observe(&root);
            // The frame of the diagram may stay as it is when what is in it grows.
            let parts = root.query_selector_all(".embed-part,.sequence-body,.player,.embed-notice");
            for part in parts
                .iter()
                .flat_map(|parts| (0..parts.length()).map(|at| parts.item(at)))
            {
                if let Some(part) = part.and_then(|part| part.dyn_into::<Element>().ok()) {
                    observer.observe(&part);
                }
            }
        }
        // Observers of a frame out of sight wait until it is seen, and that is too late to be higher.
        later(DRAWN, root, tell);
    });
}

fn later(milliseconds: u32, root: Element, tell: Rc<dyn Fn(u32, u32)>) {
    Timeout::new(milliseconds, move || {
        let (width, height) = measure(&root);
        tell(width, height);
    })
    .forget();
}

fn measure(root: &Element) -> (u32, u32) {
    // Where several stand side by side, the one that hides most.
    let diagrams = root.query_selector_all(".sequence").ok();
    let hidden = diagrams
        .iter()
        .flat_map(|all| (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<Element>().ok()))
        .map(|diagram| diagram.scroll_height().min(MOST) - diagram.client_height())
        .fold(0, i32::max);
    let height = root.scroll_height() + hidden;
    // That of the frame: a scroll bar may come and go with the height.
    let width = browser::window().and_then(|window| window.inner_width().ok()?.as_f64());
    (width.unwrap_or_default() as u32, height.unsigned_abs())
}
