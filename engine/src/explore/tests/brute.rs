//! Every interleaving, one after the other: what the walk over merged states is held against.
//!
//! Nothing is merged and nothing is forgotten here; each schedule is a run of its own. That takes as long as there are
//! schedules.

use super::super::lanes::Lanes;
use super::super::memory::Ending;
use crate::ids::SessionId;
use crate::run::{Driven, SetupError};
use crate::strategy::Plan;

/// All schedules of a plan, shown one by one with how each ends and how likely it is when everybody who has a move is equally
/// likely to be next; `false` if there are more than `most`.
///
/// # Errors
/// When a statement of the set-up fails.
pub(super) fn each_schedule(
    plan: &Plan,
    lanes: &Lanes,
    most: usize,
    visit: &mut dyn FnMut(Ending, f64, &[SessionId]),
) -> Result<bool, SetupError> {
    let start = Driven::start(plan)?;
    let mut left = most;
    let mut path = Vec::new();
    Ok(descend(
        &start, plan, lanes, 1.0, &mut left, &mut path, visit,
    ))
}

fn descend(
    at: &Driven<'_>,
    plan: &Plan,
    lanes: &Lanes,
    likely: f64,
    left: &mut usize,
    path: &mut Vec<SessionId>,
    visit: &mut dyn FnMut(Ending, f64, &[SessionId]),
) -> bool {
    let moves = at.movable();
    if moves.is_empty() {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let ending = Ending::of(
            &at.clone().finish(),
            plan.sessions.len(),
            &lanes.steps,
            lanes.times,
        );
        visit(ending, likely, path);
        return true;
    }
    let share = likely / moves.len() as f64;
    moves.into_iter().all(|session| {
        let mut next = at.clone();
        next.go(session);
        path.push(session);
        let all = descend(&next, plan, lanes, share, left, path, visit);
        path.pop();
        all
    })
}
