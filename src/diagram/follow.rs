//! Keeps the current event in sight by scrolling the diagram's own frame, never the page.

use super::Drawing;
use crate::browser;
use std::rc::Rc;
use web_sys::{Element, ScrollBehavior, ScrollToOptions};
use yew::prelude::*;

/// What is kept free around the current event, in pixels.
const AROUND: i32 = 24;

/// Scrolls when the position leaves the frame.
#[hook]
pub fn use_follow(frame: &NodeRef, drawing: &Rc<Option<Drawing>>, position: usize) {
    let frame = frame.clone();
    let drawing = drawing.clone();
    let drawn = Rc::as_ptr(&drawing) as usize;
    let last = use_mut_ref(|| 0);
    use_effect_with((position, drawn), move |_| {
        // Along a drawing the frame glides; to a place in a new one it jumps.
        let same = std::mem::replace(&mut *last.borrow_mut(), drawn) == drawn;
        if let (Some(frame), Some(drawing)) = (frame.cast::<Element>(), drawing.as_ref()) {
            scroll(
                &frame,
                drawing,
                position,
                same && !browser::reduced_motion(),
            );
        }
    });
}

fn scroll(frame: &Element, drawing: &Drawing, position: usize, glide: bool) {
    let diagram = &drawing.diagram;
    // The heads cover the upper part of the frame.
    let seen = frame.client_height() - diagram.head_height;
    let before = (frame.scroll_top(), frame.scroll_left());
    let (down, across) = match diagram.current(position) {
        Some(slot) => (
            kept_in_sight(before.0, seen, slot.top - AROUND, slot.bottom + AROUND),
            kept_in_sight(
                before.1,
                frame.client_width(),
                slot.left - AROUND,
                slot.right + AROUND,
            ),
        ),
        None => (0, before.1),
    };
    if (down, across) == before {
        return;
    }
    let options = ScrollToOptions::new();
    options.set_top(f64::from(down));
    options.set_left(f64::from(across));
    if glide {
        options.set_behavior(ScrollBehavior::Smooth);
    }
    frame.scroll_to_with_scroll_to_options(&options);
}

/// The offset, as near to the present one as possible, at which a range is seen; its start, when it is too long.
fn kept_in_sight(offset: i32, seen: i32, from: i32, to: i32) -> i32 {
    if from < offset || to - from > seen {
        from.max(0)
    } else if to > offset + seen {
        to - seen
    } else {
        offset
    }
}
