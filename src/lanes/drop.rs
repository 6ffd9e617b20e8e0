//! A step that is dragged out of the palette into a lane.

use super::drag::{LONG_PRESS, point};
use super::hold::Hold;
use crate::browser;
use crate::session_mark::class;
use gloo::timers::callback::Timeout;
use rowlock_engine::scenario::SessionId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, PointerEvent};

/// What is being dragged out.
struct Carried {
    from: (i32, i32),
    /// A finger has to rest before it drags.
    ready: bool,
    /// Where it would be put.
    over: Option<(usize, SessionId)>,
    /// Whether it has left its place: then the click that follows is none.
    left: bool,
    _press: Option<Timeout>,
}

/// What is carried, if anything.
#[derive(Default)]
pub(super) struct Carry {
    carried: RefCell<Option<Carried>>,
    /// Whether the next click is the end of a drag.
    swallow: Cell<bool>,
}

impl Carry {
    /// Whether a finger or mouse holds something: then the page does not scroll.
    pub fn is_ready(&self) -> bool {
        self.carried
            .borrow()
            .as_ref()
            .is_some_and(|carried| carried.ready)
    }

    /// Whether a click is one: the one at the end of a drag is not.
    pub fn is_click(&self) -> bool {
        !self.swallow.replace(false)
    }
}

const SLACK: i32 = 5;

/// The pointer goes down on a button of the palette.
pub(super) fn take(event: &PointerEvent, carry: &Rc<Carry>) {
    carry.swallow.set(false);
    if event.button() != 0 {
        return;
    }
    // The page listens at its root, so that the button is the target, not what listens.
    let button = event
        .target()
        .and_then(|it| it.dyn_into::<Element>().ok()?.closest("button").ok()?);
    let finger = event.pointer_type() == "touch";
    let pointer = event.pointer_id();
    let press = finger.then(|| {
        let (carry, button) = (carry.clone(), button.clone());
        Timeout::new(LONG_PRESS, move || {
            if let Some(carried) = carry.carried.borrow_mut().as_mut() {
                carried.ready = true;
                if let Some(button) = &button {
                    let _ = button.set_pointer_capture(pointer);
                }
                browser::buzz();
            }
        })
    });
    if let (false, Some(button)) = (finger, &button) {
        let _ = button.set_pointer_capture(pointer);
    }
    *carry.carried.borrow_mut() = Some(Carried {
        from: (event.client_x(), event.client_y()),
        ready: !finger,
        over: None,
        left: false,
        _press: press,
    });
}

/// The pointer moves with it.
pub(super) fn carry_on(event: &PointerEvent, carry: &Carry, hold: &Hold, words: &str) {
    let mut held = carry.carried.borrow_mut();
    let Some(carried) = held.as_mut() else {
        return;
    };
    let (dx, dy) = (
        event.client_x() - carried.from.0,
        event.client_y() - carried.from.1,
    );
    if !carried.left && dx.abs() <= SLACK && dy.abs() <= SLACK {
        return;
    }
    if !carried.ready {
        *held = None;
        return;
    }
    carried.left = true;
    let Some(picture) = hold.picture.cast::<Element>() else {
        return;
    };
    let (x, y) = point(event, &picture);
    carried.over = hold.grid.gap(x, y);
    hold.show_caret(carried.over);
    let of_lane = carried
        .over
        .map(|(_, lane)| class(lane))
        .unwrap_or_default();
    hold.float(words, &of_lane, x - hold.grid.chip / 2, y);
}

/// The pointer goes up: where it is put, if it is over a lane. A button that was not left stays a button.
pub(super) fn put(carry: &Carry, hold: &Hold) -> Option<(usize, SessionId)> {
    let carried = carry.carried.borrow_mut().take();
    hold.hide_ghost();
    let carried = carried.filter(|carried| carried.left)?;
    carry.swallow.set(true);
    carried.over
}
