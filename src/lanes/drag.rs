//! A step under the pointer.

use super::Hold;
use crate::state::Action;
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{SessionId, StepId};
use web_sys::{Element, PointerEvent};

/// Where steps stand in the picture.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    /// The room for names, at the left.
    pub head: usize,
    /// The width of a step's place.
    pub step: usize,
    /// The height of a lane.
    pub lane: usize,
    /// How many steps there are.
    pub steps: usize,
    /// How many lanes there are.
    pub lanes: usize,
}

/// A step that is held.
#[derive(Clone, Copy)]
pub(crate) struct Drag {
    /// Which, as it stands now.
    step: StepId,
    /// Where the pointer went down.
    from: (i32, i32),
    /// Whether it has been moved.
    moved: bool,
}

/// So far a pointer may go before a click is a drag, in pixels.
const SLACK: i32 = 5;

impl Grid {
    /// The place and lane at a point of the picture; `None` at the names.
    fn at(&self, x: i32, y: i32) -> Option<(StepId, SessionId)> {
        let x = usize::try_from(x).ok()?.checked_sub(self.head)?;
        let y = usize::try_from(y - 4).unwrap_or(0);
        let place = (x / self.step).min(self.steps.checked_sub(1)?);
        let lane = (y / self.lane).min(self.lanes.checked_sub(1)?);
        Some((StepId(place), SessionId(lane)))
    }
}

/// A point of the picture.
fn point(event: &PointerEvent, hold: &Hold) -> Option<(i32, i32)> {
    let rect = hold.picture.cast::<Element>()?.get_bounding_client_rect();
    let (left, top) = (rect.left() as i32, rect.top() as i32);
    Some((event.client_x() - left, event.client_y() - top))
}

/// The pointer goes down.
pub(super) fn down(event: &PointerEvent, hold: &Hold) {
    let Some((x, y)) = point(event, hold) else {
        return;
    };
    let Some((step, lane)) = hold.grid.at(x, y).filter(|_| event.button() == 0) else {
        return;
    };
    // Only where a step stands.
    let own = hold.show.scenario.timeline.get(step.0).map(|it| it.session);
    if own != Some(lane) {
        return;
    }
    *hold.dragging.borrow_mut() = Some(Drag {
        step,
        from: (event.client_x(), event.client_y()),
        moved: false,
    });
    // A finger scrolls; buttons move the step for it.
    if event.pointer_type() != "touch"
        && let Some(picture) = hold.picture.cast::<Element>()
    {
        let _ = picture.set_pointer_capture(event.pointer_id());
    }
}

/// The pointer moves.
pub(super) fn over(event: &PointerEvent, hold: &Hold) {
    let Some(drag) = *hold.dragging.borrow() else {
        return;
    };
    let (dx, dy) = (
        event.client_x() - drag.from.0,
        event.client_y() - drag.from.1,
    );
    let still = !drag.moved && dx.abs() <= SLACK && dy.abs() <= SLACK;
    if still || hold.disabled || event.pointer_type() == "touch" {
        return;
    }
    let Some((x, y)) = point(event, hold) else {
        return;
    };
    let Some((place, lane)) = hold.grid.at(x, y) else {
        return;
    };
    let own = hold
        .show
        .scenario
        .timeline
        .get(drag.step.0)
        .map(|it| it.session);
    if place == drag.step && own == Some(lane) {
        return;
    }
    let edit = Edit::MoveSteps {
        steps: vec![drag.step],
        to: place.0 + usize::from(place.0 > drag.step.0),
        session: Some(lane),
    };
    *hold.dragging.borrow_mut() = Some(Drag {
        step: place,
        moved: true,
        ..drag
    });
    hold.dispatch.emit(if drag.moved {
        Action::GoOnChanging(edit)
    } else {
        Action::Change(edit)
    });
}

/// The pointer goes up: without a move that was a click.
pub(super) fn up(event: &PointerEvent, hold: &Hold) {
    let Some(drag) = hold.dragging.borrow_mut().take() else {
        return;
    };
    if drag.moved {
        return;
    }
    let mut chosen = vec![drag.step];
    if event.shift_key() || event.ctrl_key() || event.meta_key() {
        let others = hold
            .chosen
            .iter()
            .copied()
            .filter(|step| *step != drag.step);
        chosen.extend(others);
        if hold.chosen.contains(&drag.step) {
            chosen.remove(0);
        }
    }
    hold.dispatch.emit(Action::Choose(chosen));
    if let Some(Some(to)) = hold.seeks.get(drag.step.0) {
        hold.on_seek.emit(*to);
    }
}

/// The pointer is taken away, as by a scroll.
pub(super) fn cancel(_: &PointerEvent, hold: &Hold) {
    *hold.dragging.borrow_mut() = None;
}
