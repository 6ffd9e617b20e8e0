//! Who waits around for whom, and who is rolled back for it.

use super::WaitsFor;
use crate::db::SqlState;
use crate::ids::SessionId;
use crate::run::{EventKind, Run};

/// A cycle of waits, each session waiting for the next and the last for the first; empty when there is none.
#[must_use]
pub fn cycle(waits: &[WaitsFor]) -> Vec<SessionId> {
    for wait in waits {
        let mut path = vec![wait.waiter];
        let mut dead_ends = Vec::new();
        if leads_back(waits, &mut path, &mut dead_ends) {
            return path;
        }
    }
    Vec::new()
}

/// Goes on from the end of a path until it comes back to its beginning. What has been tried in vain is not tried again.
fn leads_back(
    waits: &[WaitsFor],
    path: &mut Vec<SessionId>,
    dead_ends: &mut Vec<SessionId>,
) -> bool {
    let (Some(&start), Some(&last)) = (path.first(), path.last()) else {
        return false;
    };
    for wait in waits.iter().filter(|wait| wait.waiter == last) {
        if wait.blocker == start {
            return true;
        }
        if path.contains(&wait.blocker) || dead_ends.contains(&wait.blocker) {
            continue;
        }
        path.push(wait.blocker);
        if leads_back(waits, path, dead_ends) {
            return true;
        }
        dead_ends.extend(path.pop());
    }
    false
}

/// The session that the server rolls back, after so many events, to break a deadlock among these; with the event.
#[must_use]
pub fn victim(run: &Run, position: usize, among: &[SessionId]) -> Option<(SessionId, usize)> {
    let later = run.events.iter().enumerate().skip(position);
    later
        .filter(|(_, event)| among.contains(&event.session))
        .find_map(|(place, event)| match &event.kind {
            EventKind::Failed(error) if error.state == SqlState::DEADLOCK_DETECTED => {
                Some((event.session, place))
            }
            _ => None,
        })
}
