//! New names for transactions, versions, sessions.

use crate::collections::Map;
use crate::db::answer::{Until, WaitFor};
use crate::db::backend::{Backend, Waiting};
use crate::db::exec::RowEvent;
use crate::db::lock::Tag;
use crate::db::ssi::SerialId;
use crate::db::xact::Snapshot;
use crate::db::{TableId, TupleId, Xid};
use std::sync::Arc;

/// No new name: it is gone.
pub(super) const GONE: u32 = u32::MAX;

/// How things are called anew.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Names {
    /// By old number; [`GONE`] and 0 are transactions that count as always there, or as never.
    pub(super) xids: Vec<u32>,
    /// The whole transaction of each old number.
    pub(super) tops: Vec<Xid>,
    /// How many numbers are in use then.
    pub(super) xids_after: u32,
    /// By table and old place.
    pub(super) tuples: Vec<Vec<u32>>,
    /// By old number.
    pub(super) actors: Vec<u32>,
    /// The serializable transactions, where any is known.
    pub(super) serials: Map<SerialId, SerialId>,
}

impl Names {
    /// Nothing is called anew.
    pub fn none() -> Self {
        Self {
            xids: Vec::new(),
            tops: Vec::new(),
            xids_after: 0,
            tuples: Vec::new(),
            actors: Vec::new(),
            serials: Map::new(),
        }
    }

    /// Whether nothing that is still there changes its name.
    pub fn is_same(&self) -> bool {
        let same = |names: &[u32]| {
            let mut all = names.iter().enumerate();
            all.all(|(old, &new)| new == GONE || new as usize == old)
        };
        let kept = |names: &[u32]| names.iter().all(|&new| new != GONE);
        same(&self.actors)
            && same(&self.xids)
            && kept(&self.xids)
            && self.tuples.iter().all(|names| same(names))
            && self.serials.iter().all(|(old, new)| old == new)
    }

    /// An actor's new number.
    pub fn actor(&self, old: usize) -> Option<usize> {
        let new = self.actors.get(old).copied().filter(|&new| new != GONE);
        new.map(|new| new as usize)
    }

    pub(super) fn xid(&self, old: Xid) -> Xid {
        let new = self.xids.get(old.0 as usize).copied();
        Xid(new.filter(|&new| new != GONE).unwrap_or(0))
    }

    pub(super) fn tuple(&self, table: TableId, old: TupleId) -> TupleId {
        let new = self.tuples.get(table.0).and_then(|names| names.get(old.0));
        TupleId(
            new.filter(|&&new| new != GONE)
                .map_or(0, |&new| new as usize),
        )
    }

    pub(super) fn tag(&self, tag: Tag) -> Tag {
        match tag {
            Tag::Tuple(table, id) => Tag::Tuple(table, self.tuple(table, id)),
            Tag::Transaction(xid) => Tag::Transaction(self.xid(xid)),
            other => other,
        }
    }

    /// The same snapshot in one form for all that see the same: transactions from `end` on are not seen, and `end` is as low
    /// as can be.
    pub(super) fn snapshot(&self, snapshot: &Snapshot) -> Snapshot {
        let mut hidden = vec![false; self.xids_after.max(1) as usize];
        for (old, (&new, &top)) in self.xids.iter().zip(&self.tops).enumerate() {
            if new != GONE && new != 0 && snapshot.hides(Xid(old as u32), top) {
                hidden[new as usize] = true;
            }
        }
        let end = hidden
            .iter()
            .rposition(|hidden| !hidden)
            .map_or(0, |last| last + 1);
        let running = (0..end)
            .filter(|&xid| hidden[xid])
            .map(|xid| Xid(xid as u32));
        Snapshot::new(Xid(end as u32), running.collect())
    }

    pub(super) fn wait(&self, wait: &mut WaitFor) {
        if let Some((table, id)) = &mut wait.version {
            *id = self.tuple(*table, *id);
        }
        if let Until::Granted(tag, _) = &mut wait.until {
            *tag = self.tag(*tag);
        }
    }

    fn event(&self, event: &mut RowEvent) {
        for id in [&mut event.old, &mut event.new].into_iter().flatten() {
            *id = self.tuple(event.table, *id);
        }
    }

    /// Puts the new names into what a session has to itself.
    pub fn apply(&self, backend: &mut Backend) {
        if let Some(open) = &mut backend.transaction {
            for xid in open.xid.iter_mut().chain(
                open.savepoints
                    .iter_mut()
                    .flat_map(|savepoint| savepoint.xid.iter_mut().chain(&mut savepoint.released)),
            ) {
                *xid = self.xid(*xid);
            }
            if let Some(snapshot) = &mut open.snapshot {
                *snapshot = self.snapshot(snapshot);
            }
            if let Some(serial) = &mut open.serial {
                *serial = self.serials.get(serial).copied().unwrap_or(*serial);
            }
            for event in &mut open.deferred {
                self.event(event);
            }
        }
        if let Some(Waiting { exec, for_what, .. }) = &mut backend.waiting {
            self.wait(for_what);
            Arc::make_mut(exec).rename(
                &|snapshot| self.snapshot(snapshot),
                &|xid| self.xid(xid),
                &|table, id| self.tuple(table, id),
            );
        }
    }
}
