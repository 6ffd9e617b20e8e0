//! Who knows which snapshots and versions by name.

use crate::collections::Set;
use crate::db::backend::{Backend, Waiting};
use crate::db::xact::Snapshot;
use crate::db::{TableId, TupleId};

/// What a session knows by name that is no part of its backend's stub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pins {
    pub snapshots: Vec<Snapshot>,
    pub tuples: Set<(TableId, TupleId)>,
}

impl Pins {
    pub fn of(backend: &Backend) -> Self {
        let mut pins = Self::default();
        let mut tuples: Vec<(TableId, TupleId)> = Vec::new();
        let mut snapshots: Vec<Snapshot> = Vec::new();
        if let Some(open) = &backend.transaction {
            snapshots.extend(open.snapshot.clone());
            for event in &open.deferred {
                let versions = [event.old, event.new];
                tuples.extend(versions.into_iter().flatten().map(|id| (event.table, id)));
            }
        }
        if let Some(Waiting { exec, for_what, .. }) = &backend.waiting {
            tuples.extend(for_what.version);
            exec.names(
                &mut |snapshot| {
                    if !snapshots.contains(snapshot) {
                        snapshots.push(snapshot.clone());
                    }
                },
                &mut |table, id| tuples.push((table, id)),
            );
        }
        pins.snapshots = snapshots;
        pins.tuples = tuples.into_iter().collect();
        pins
    }

    pub fn is_empty(&self) -> bool {
        self.snapshots.is_empty() && self.tuples.is_empty()
    }
}
