//! What a pointer needs to know of the picture, and the marks that follow it without a new drawing.

use super::Aim;
use super::drag::Held;
use super::grid::Grid;
use super::label::label;
use crate::session_mark::class;
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use rowlock_engine::scenario::{SessionId, StepId};
use web_sys::Element;
use yew::prelude::*;

/// What a pointer needs to know.
pub(crate) struct Hold {
    pub grid: Grid,
    pub picture: NodeRef,
    /// The chip that follows the pointer.
    pub ghost: NodeRef,
    /// The mark of the place where a step would be put.
    pub caret: NodeRef,
    pub held: Held,
    pub drawing: Shared<Drawing>,
    /// The position after each step.
    pub seeks: Vec<Option<usize>>,
    pub chosen: Shared<Vec<StepId>>,
    pub disabled: bool,
    /// Aims at a place where a step would be put.
    pub aim: Callback<Aim>,
    pub on_seek: Callback<usize>,
    pub dispatch: Callback<Action>,
}

impl Hold {
    /// Shows a step under the pointer.
    pub fn move_ghost(&self, step: StepId, left: i32, middle: i32) {
        let Some(step) = self.drawing.scenario.timeline.get(step.0) else {
            return;
        };
        self.float(label(&step.action), &class(step.session), left, middle);
    }

    /// Shows a chip at a place of the picture, whether or not it is a step yet.
    pub fn float(&self, words: &str, class: &str, left: i32, middle: i32) {
        let Some(ghost) = self.ghost.cast::<Element>() else {
            return;
        };
        let place = format!("translate({left} {middle})");
        let _ = ghost.set_attribute("transform", &place);
        if ghost.get_attribute("visibility").is_some() {
            let _ = ghost.set_attribute("class", &format!("ghost {class}"));
            let _ = ghost.remove_attribute("visibility");
            if let Some(text) = ghost.last_element_child() {
                text.set_text_content(Some(words));
            }
            self.hold_picture(true);
        }
    }

    /// Takes it away.
    pub fn hide_ghost(&self) {
        if let Some(ghost) = self.ghost.cast::<Element>() {
            let _ = ghost.set_attribute("visibility", "hidden");
        }
        self.show_caret(None);
        self.hold_picture(false);
    }

    fn hold_picture(&self, is_held: bool) {
        if let Some(picture) = self.picture.cast::<Element>() {
            let list = picture.class_list();
            let _ = if is_held {
                list.add_1("holding")
            } else {
                list.remove_1("holding")
            };
        }
    }

    /// Marks the place where a step would be put, or none.
    pub fn show_caret(&self, at: Option<(usize, SessionId)>) {
        let Some(caret) = self.caret.cast::<Element>() else {
            return;
        };
        match at {
            Some((place, lane)) => {
                let (x, y) = (self.grid.left(place) - 4, self.grid.middle(lane));
                let _ = caret.set_attribute("transform", &format!("translate({x} {y})"));
                let _ = caret.remove_attribute("visibility");
            }
            None => {
                let _ = caret.set_attribute("visibility", "hidden");
            }
        }
    }
}
