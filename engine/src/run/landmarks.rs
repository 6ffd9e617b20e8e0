//! The events of a run that one jumps to: waits, conflicts, commits.

use super::{ClientNote, EventKind, Outcome, Run};

/// What an event is worth a jump for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Landmark {
    /// A session has to wait.
    Wait,
    /// Something is refused, or fails: an error, a version that has changed, a check that does not hold, a lock not given.
    Conflict,
    /// A transaction's work is in the tables.
    Commit,
}

impl Landmark {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wait, Self::Conflict, Self::Commit];

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Conflict => "conflict",
            Self::Commit => "commit",
        }
    }
}

/// What an event is worth a jump for, if anything.
#[must_use]
pub fn landmark(run: &Run, event: usize) -> Option<Landmark> {
    let what = run.events.get(event)?;
    match &what.kind {
        EventKind::Blocked(_) => Some(Landmark::Wait),
        EventKind::Failed(_)
        | EventKind::VersionConflict
        | EventKind::RequireFailed { .. }
        | EventKind::Unsendable { .. }
        | EventKind::Client(
            ClientNote::NotGranted | ClientNote::StampBad | ClientNote::OlderDropped,
        ) => Some(Landmark::Conflict),
        EventKind::Replied(reply) => {
            let about = run.transactions.get(what.transaction?.0)?;
            // Outside a block a statement commits with its answer.
            let ends = about.last == event || reply.tag == "COMMIT";
            (ends && about.outcome == Outcome::Committed).then_some(Landmark::Commit)
        }
        _ => None,
    }
}

/// The position just after the next event of a kind beyond a position, or the last one before it.
#[must_use]
pub fn jump(run: &Run, position: usize, to: Landmark, forward: bool) -> Option<usize> {
    let is_one = |event: &usize| landmark(run, *event) == Some(to);
    let found = if forward {
        (position..run.events.len()).find(is_one)
    } else {
        (0..position.saturating_sub(1)).rev().find(is_one)
    };
    found.map(|event| event + 1)
}
