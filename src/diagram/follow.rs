//! Keeps the current event in sight by scrolling the diagram's own frame, never the page.

use super::Drawing;
use crate::browser;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Element, ScrollBehavior, ScrollToOptions};
use yew::prelude::*;

/// What is kept free around the current event, in pixels.
const AROUND: i32 = 24;

/// Scrolls when the position leaves the frame.
#[hook]
pub fn use_follow(frame: &NodeRef, drawing: &Rc<Option<Drawing>>, position: usize) {
    let frame = frame.clone();
    let last: Rc<RefCell<Option<(Same, Place)>>> = use_mut_ref(|| None);
    use_effect_with(
        (position, Same(drawing.clone())),
        move |(position, drawing)| {
            let place = place(drawing, *position);
            let last = last.borrow_mut().replace((drawing.clone(), place));
            // Where an edit leaves the event in its place there is nothing to measure, which would cost a layout.
            if place.is_some() && last.as_ref().is_some_and(|(_, last)| *last == place) {
                return;
            }
            // Along a drawing the frame glides; to a place in a new one it jumps.
            let same = last.is_some_and(|(last, _)| last == *drawing);
            if let (Some(frame), Some(drawing)) = (frame.cast::<Element>(), drawing.0.as_ref()) {
                scroll(
                    &frame,
                    drawing,
                    *position,
                    same && !browser::reduced_motion(),
                );
            }
        },
    );
}

/// A drawing that is kept for as long as it is compared with, so that its address is its own.
#[derive(Clone)]
struct Same(Rc<Option<Drawing>>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Where the current event stands: the position, the height of the heads, and its upper, lower, left and right edge.
type Place = Option<(usize, i32, [i32; 4])>;

fn place(drawing: &Same, position: usize) -> Place {
    let diagram = &drawing.0.as_ref().as_ref()?.diagram;
    let slot = diagram.current(position)?;
    let edges = [slot.top, slot.bottom, slot.left, slot.right];
    Some((position, diagram.head_height, edges))
}

fn scroll(frame: &Element, drawing: &Drawing, position: usize, glide: bool) {
    let diagram = &drawing.diagram;
    // The heads cover the upper part of the frame.
    let seen = uncovered(frame) - diagram.head_height;
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

/// So much of a frame must be free for that to count; else the visitor has scrolled it away.
const ENOUGH: i32 = 160;

/// The height of the frame's upper part that the player, which sticks to the window's lower edge, does not cover.
fn uncovered(frame: &Element) -> i32 {
    let whole = frame.client_height();
    let player = frame.parent_element();
    let player = player.and_then(|room| room.query_selector(".player").ok().flatten());
    let Some(player) = player else {
        return whole;
    };
    let free = player.get_bounding_client_rect().top() - frame.get_bounding_client_rect().top();
    match free as i32 {
        free if free >= ENOUGH => free.min(whole),
        _ => whole,
    }
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
