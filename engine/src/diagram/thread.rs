//! Which events belong together: a statement, its waits and its answer; and who held what when somebody had to wait.

use crate::ids::SessionId;
use crate::run::{EventKind, LockTarget, Run};

/// What an event hangs together with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thread {
    /// The `Sent` of the statement under way in the event's session, the event itself included.
    pub sent: Option<usize>,
    /// The latest `Blocked` of that statement, before this event.
    pub blocked: Option<usize>,
    /// For a `Blocked`: those of the blockers that held the row then. The others stand before it in the queue.
    pub holders: Vec<SessionId>,
    /// Whether the session's locks go with this event.
    pub releases: bool,
}

/// One for each event.
pub(crate) fn threads(run: &Run, sessions: usize) -> Vec<Thread> {
    let mut open: Vec<Thread> = vec![Thread::default(); sessions];
    let mut held: Vec<Vec<&LockTarget>> = vec![Vec::new(); sessions];
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
                EventKind::Blocked(wait) => {
                    open[session].blocked = Some(index);
                    let holds = |who: &&SessionId| held[who.0].contains(&&wait.target);
                    thread.holders = wait.blockers.iter().filter(holds).copied().collect();
                }
                EventKind::Replied(reply) => {
                    held[session].extend(reply.locked.iter().map(|lock| &lock.target));
                    open[session] = Thread::default();
                }
                EventKind::Failed(_) => open[session] = Thread::default(),
                _ => thread = Thread::default(),
            }
            let ends = event.transaction.is_some_and(|id| {
                let transaction = &run.transactions[id.0];
                transaction.last == index && transaction.outcome != crate::run::Outcome::Open
            });
            thread.releases = ends || matches!(event.kind, EventKind::Failed(_));
            if thread.releases {
                held[session].clear();
            }
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
