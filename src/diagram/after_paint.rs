//! What is out of sight can wait until what is in sight has been painted.

use crate::browser;
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use yew::prelude::*;

/// A value, or, where it is not wanted at once, the one before it until the next frame has been painted.
#[hook]
pub fn use_after_paint(value: &AttrValue, at_once: bool) -> AttrValue {
    let shown = use_mut_ref(|| value.clone());
    let again = use_force_update();
    if at_once {
        shown.replace(value.clone());
    }
    let now = shown.borrow().clone();
    {
        let is_old = now != *value;
        use_effect_with((value.clone(), is_old), move |(value, is_old)| {
            let value = value.clone();
            let frame = is_old.then(|| {
                Frame::ask(move || {
                    shown.replace(value);
                    again.force_update();
                })
            });
            move || drop(frame)
        });
    }
    now
}

/// A wait for the next frame and what follows it; over when it is dropped.
struct Frame {
    number: i32,
    _call: Closure<dyn FnMut()>,
    _rest: Rc<RefCell<Option<Timeout>>>,
}

impl Frame {
    fn ask(work: impl FnOnce() + 'static) -> Option<Self> {
        let rest = Rc::new(RefCell::new(None));
        let (mut work, timer) = (Some(work), Rc::clone(&rest));
        // The callback comes before the paint, a timer set in it after.
        let call = Closure::<dyn FnMut()>::new(move || {
            timer.replace(work.take().map(|work| Timeout::new(0, work)));
        });
        let asked = browser::window()?.request_animation_frame(call.as_ref().unchecked_ref());
        Some(Self {
            number: asked.ok()?,
            _call: call,
            _rest: rest,
        })
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(window) = browser::window() {
            let _ = window.cancel_animation_frame(self.number);
        }
    }
}
