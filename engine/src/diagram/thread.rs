//! Which events belong together: a statement, its waits and its answer.

use crate::run::{EventKind, Run};

/// What an event hangs together with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thread {
    /// The `Sent` of the statement under way in the event's session, the event itself included.
    pub sent: Option<usize>,
    /// The latest `Blocked` of that statement, before this event.
    pub blocked: Option<usize>,
    /// Whether the session's locks go with this event.
    pub releases: bool,
}

/// One for each event.
pub(crate) fn threads(run: &Run, sessions: usize) -> Vec<Thread> {
    let mut open: Vec<Thread> = vec![Thread::default(); sessions];
    run.events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let session = event.session.0;
            let mut thread = open[session].clone();
            match &event.kind {
                EventKind::Sent { .. } => {
                    thread = Thread {
                        sent: Some(index),
                        ..Thread::default()
                    };
                    open[session] = thread.clone();
                }
                EventKind::Blocked(_) => open[session].blocked = Some(index),
                EventKind::Replied(_) | EventKind::Failed(_) => open[session] = Thread::default(),
                _ => thread = Thread::default(),
            }
            let ends = event.transaction.is_some_and(|id| {
                let transaction = &run.transactions[id.0];
                transaction.last == index && transaction.outcome != crate::run::Outcome::Open
            });
            thread.releases = ends || matches!(event.kind, EventKind::Failed(_));
            thread
        })
        .collect()
}

/// Whether an event goes on in the row of the one before it: the immediate answer to a statement.
pub(crate) fn continues(threads: &[Thread], index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else {
        return false;
    };
    threads[index].sent == Some(before)
}
