//! Who read around whom, and when that is dangerous.
//!
//! An edge `R ---rw--> W` says that R read something without the change that W made to it: in any serial order R comes
//! first. Two such edges in a row can close a cycle, but only if the transaction at the end committed before the others:
//!
//! ```text
//!   Tin ---rw--> Tpivot ---rw--> Tout        Tout commits first
//! ```
//!
//! If Tin is read-only, Tout must even have committed before Tin took its snapshot. A new edge can be the left or the
//! right one of such a structure; [`Ssi::flag`] looks for both, and chooses a victim.
//!
//! Source: `src/backend/storage/lmgr/predicate.c` (`OnConflict_CheckForSerializationFailure`).

use super::failure::Reason;
use super::transaction::{Doom, SerialTransaction};
use super::{SerialId, Ssi};
use crate::db::SqlError;

/// An edge `reader ---rw--> writer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conflict {
    /// Who read the version that was there before.
    pub reader: SerialId,
    /// Who wrote.
    pub writer: SerialId,
}

/// All edges between transactions that still matter, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Conflicts {
    edges: Vec<Conflict>,
}

impl Conflicts {
    pub fn of(edges: impl Iterator<Item = Conflict>) -> Self {
        Self {
            edges: edges.collect(),
        }
    }

    pub fn contains(&self, reader: SerialId, writer: SerialId) -> bool {
        self.edges.contains(&Conflict { reader, writer })
    }

    fn add(&mut self, reader: SerialId, writer: SerialId) {
        if !self.contains(reader, writer) {
            self.edges.push(Conflict { reader, writer });
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Conflict> {
        self.edges.iter().copied()
    }

    /// Whom a transaction read around.
    pub fn writers(&self, reader: SerialId) -> impl Iterator<Item = SerialId> {
        let out = self.iter().filter(move |edge| edge.reader == reader);
        out.map(|edge| edge.writer)
    }

    /// Who read around a transaction.
    pub fn readers(&self, writer: SerialId) -> impl Iterator<Item = SerialId> {
        let into = self.iter().filter(move |edge| edge.writer == writer);
        into.map(|edge| edge.reader)
    }

    pub fn retain(&mut self, mut wanted: impl FnMut(Conflict) -> bool) {
        self.edges.retain(|edge| wanted(*edge));
    }
}

impl Ssi {
    /// Whether an edge is known. One that touches a doomed transaction does not count.
    pub(super) fn has_conflict(&self, reader: SerialId, writer: SerialId) -> bool {
        !self.is_doomed(reader)
            && !self.is_doomed(writer)
            && self.conflicts.contains(reader, writer)
    }

    /// Adds an edge that `me`, one of its ends, has found. If that makes a dangerous structure, the writer has to go: at
    /// once if it is `me`, else at its next step; if it is too late for that, `me` has to.
    pub(super) fn flag(
        &mut self,
        me: SerialId,
        reader: SerialId,
        writer: SerialId,
    ) -> Result<(), SqlError> {
        if self.is_dangerous(reader, writer) {
            if me == writer {
                return Err(Reason::Write.error());
            }
            if let Some(victim) = self.transactions.get_mut(&writer) {
                if victim.prepared().is_some() {
                    return Err(Reason::Read(victim.xid()).error());
                }
                victim.doom = Doom::Doomed;
            }
        }
        self.conflicts.add(reader, writer);
        Ok(())
    }

    fn is_dangerous(&self, reader: SerialId, writer: SerialId) -> bool {
        let (Some(r), Some(w)) = (self.get(reader), self.get(writer)) else {
            return false;
        };
        let outs = self.conflicts.writers(writer);
        let ins = self.conflicts.readers(reader);
        is_old_pivot(w)
            || outs
                .filter_map(|out| self.get(out))
                .any(|out| is_pivot(r, w, out))
            || ins
                .filter_map(|into| self.get(into))
                .any(|into| is_pivot_before(into, r, w))
    }
}

/// `reader --> writer --> (gone)`: the writer committed after one that it had read around, whose edge is forgotten.
fn is_old_pivot(writer: &SerialTransaction) -> bool {
    writer.is_committed() && writer.earliest_out.is_some()
}

/// `reader --> writer --> out`: dangerous if `out` was the first of them to be ready to commit, and, when the reader is
/// read-only, before its snapshot.
fn is_pivot(
    reader: &SerialTransaction,
    writer: &SerialTransaction,
    out: &SerialTransaction,
) -> bool {
    let Some(out) = out.prepared() else {
        return false;
    };
    reader.committed().is_none_or(|committed| out <= committed)
        && writer.committed().is_none_or(|committed| out <= committed)
        && (!reader.read_only || out <= reader.snapshot)
}

/// `into --> reader --> writer`: dangerous if the writer was the first of them to be ready to commit, and, when `into` is
/// read-only, before its snapshot.
fn is_pivot_before(
    into: &SerialTransaction,
    reader: &SerialTransaction,
    writer: &SerialTransaction,
) -> bool {
    let Some(writer) = writer.prepared() else {
        return false;
    };
    !reader.read_only
        && !into.is_doomed()
        && into.committed().is_none_or(|committed| committed >= writer)
        && (!into.read_only || into.snapshot >= writer)
}
