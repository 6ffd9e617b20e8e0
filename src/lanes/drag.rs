//! Steps under the pointer.
//!
//! A mouse or pen drags at once, a finger after a long press, so that a swipe still scrolls. What is held follows the pointer
//! as a ghost, which is moved without drawing anything anew; the drawing changes only when another place or lane is reached.
//! All of one drag is undone together.

use super::Hold;
use super::grid::LEFT;
use crate::browser;
use crate::state::Action;
use gloo::timers::callback::Timeout;
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{SessionId, StepId};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Element, PointerEvent};

/// Steps that are held.
pub(crate) struct Drag {
    /// The one under the pointer, as it stood at first.
    step: StepId,
    /// How far the pointer stands from the place where its chip begins.
    grip: (i32, i32),
    /// Where the pointer went down.
    from: (i32, i32),
    /// How many of the steps that are held stand before the one under the pointer.
    before: usize,
    /// Whether a move begins a drag; a finger has to rest first.
    ready: bool,
    /// Whether something has been moved.
    moved: bool,
    /// What makes a finger ready.
    _press: Option<Timeout>,
}

/// What is held, if anything.
pub(crate) type Held = Rc<RefCell<Option<Drag>>>;

/// So far a pointer may go before a click is a drag, in pixels.
const SLACK: i32 = 5;
/// So long a finger has to rest, in milliseconds.
pub(super) const LONG_PRESS: u32 = 380;

/// Whether something is being dragged: then the page does not scroll.
pub(super) fn is_ready(held: &Held) -> bool {
    held.borrow().as_ref().is_some_and(|drag| drag.ready)
}

/// A point of the picture.
pub(super) fn point(event: &PointerEvent, picture: &Element) -> (i32, i32) {
    let rect = picture.get_bounding_client_rect();
    (
        event.client_x() - rect.left() as i32,
        event.client_y() - rect.top() as i32,
    )
}

/// The pointer goes down.
pub(super) fn down(event: &PointerEvent, hold: &Hold) {
    let Some(picture) = hold.picture.cast::<Element>() else {
        return;
    };
    let (x, y) = point(event, &picture);
    let Some((place, lane)) = hold.grid.at(x, y).filter(|_| event.button() == 0) else {
        return;
    };
    // Only where a step stands; elsewhere a place is meant.
    let own = hold.drawing.scenario.timeline.get(place);
    if own.map(|step| step.session) != Some(lane) {
        hold.aim.emit(hold.grid.gap(x, y));
        return;
    }
    let step = StepId(place);
    let held: &[StepId] = if hold.chosen.contains(&step) {
        &hold.chosen
    } else {
        &[]
    };
    let finger = event.pointer_type() == "touch";
    let press = finger.then(|| {
        let (held, picture, pointer) = (hold.held.clone(), picture.clone(), event.pointer_id());
        Timeout::new(LONG_PRESS, move || {
            if let Some(drag) = held.borrow_mut().as_mut() {
                drag.ready = true;
                let _ = picture.set_pointer_capture(pointer);
                let _ = picture.class_list().add_1("holding");
                browser::buzz();
            }
        })
    });
    *hold.held.borrow_mut() = Some(Drag {
        step,
        grip: (x - hold.grid.left(place), y - hold.grid.middle(lane)),
        from: (event.client_x(), event.client_y()),
        before: held.iter().filter(|other| other.0 < place).count(),
        ready: !finger,
        moved: false,
        _press: press,
    });
    if !finger {
        let _ = picture.set_pointer_capture(event.pointer_id());
    }
}

/// The pointer moves.
pub(super) fn over(event: &PointerEvent, hold: &Hold) {
    let mut held = hold.held.borrow_mut();
    let Some(drag) = held.as_mut() else {
        return;
    };
    let (dx, dy) = (
        event.client_x() - drag.from.0,
        event.client_y() - drag.from.1,
    );
    let still = !drag.moved && dx.abs() <= SLACK && dy.abs() <= SLACK;
    if still {
        return;
    }
    if !drag.ready {
        // A finger that moves at once scrolls.
        *held = None;
        return;
    }
    let Some(picture) = hold.picture.cast::<Element>().filter(|_| !hold.disabled) else {
        return;
    };
    let (x, y) = point(event, &picture);
    let (left, middle) = (x - drag.grip.0, y - drag.grip.1);
    hold.move_ghost(drag.step, left, middle);
    let steps = if drag.moved || hold.chosen.contains(&drag.step) {
        hold.chosen.to_vec()
    } else {
        vec![drag.step]
    };
    let Some((place, lane)) = hold.grid.at((left + hold.grid.step / 2).max(LEFT), y) else {
        return;
    };
    let Some(edit) = move_to(hold, &steps, place.saturating_sub(drag.before), lane) else {
        return;
    };
    let goes_on = std::mem::replace(&mut drag.moved, true);
    drop(held);
    // From now on what is chosen is what is held.
    if !goes_on && steps.len() == 1 {
        hold.dispatch.emit(Action::Choose(steps));
    }
    hold.dispatch.emit(if goes_on {
        Action::GoOnChanging(edit)
    } else {
        Action::Change(edit)
    });
}

/// The change that has some steps begin at a place; `None` if they do.
fn move_to(hold: &Hold, steps: &[StepId], place: usize, lane: SessionId) -> Option<Edit> {
    let timeline = &hold.drawing.scenario.timeline;
    let stay: Vec<usize> = (0..timeline.len())
        .filter(|at| !steps.contains(&StepId(*at)))
        .collect();
    let place = place.min(stay.len());
    let to = place.checked_sub(1).map_or(0, |above| stay[above] + 1);
    let mut order = steps.iter().map(|step| step.0).collect::<Vec<_>>();
    rowlock_engine::collections::sort_by(&mut order, Ord::cmp);
    let together = order.iter().enumerate().all(|(at, it)| *it == place + at);
    let lanes: Vec<SessionId> = order
        .iter()
        .filter_map(|at| Some(timeline.get(*at)?.session))
        .collect();
    // Steps of several lanes keep theirs.
    let of_one = lanes.iter().all(|own| Some(own) == lanes.first());
    let session = (of_one && lanes.first() != Some(&lane)).then_some(lane);
    (!together || session.is_some()).then(|| Edit::MoveSteps {
        steps: steps.to_vec(),
        to,
        session,
    })
}

/// The pointer goes up: without a move that was a click.
pub(super) fn up(event: &PointerEvent, hold: &Hold) {
    let Some(drag) = hold.held.borrow_mut().take() else {
        return;
    };
    hold.hide_ghost();
    if drag.moved {
        hold.dispatch.emit(Action::CatchUp);
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
    hold.aim.emit(None);
    if let Some(Some(to)) = hold.seeks.get(drag.step.0) {
        hold.on_seek.emit(*to);
    }
}

/// The pointer is taken away, as by a scroll.
pub(super) fn cancel(_: &PointerEvent, hold: &Hold) {
    *hold.held.borrow_mut() = None;
    hold.hide_ghost();
}
