//! New names for all that SSI knows, for `canonical`.

use super::conflicts::Conflicts;
use super::transaction::Phase;
use super::{CommitSeq, SerialId, Ssi, Target};
use crate::collections::{Map, Set};
use crate::db::{TableId, TupleId, Xid};

impl Ssi {
    /// The serializable transactions that are known, numbered in the order of their age.
    pub fn normal_names(&self) -> Map<SerialId, SerialId> {
        let known = self.transactions.keys().enumerate();
        known
            .map(|(new, old)| (*old, SerialId(new as u32)))
            .collect()
    }

    /// Shows every number of a transaction that it knows.
    pub fn xids(&self, visit: &mut dyn FnMut(Xid)) {
        for transaction in self.transactions.values() {
            visit(transaction.xmin);
            visit(transaction.finished_before);
            for xid in &transaction.xids {
                visit(*xid);
            }
        }
    }

    /// Calls everything anew; moments in the order of commits become as small as their order allows.
    pub fn rename(
        &mut self,
        serials: &Map<SerialId, SerialId>,
        xid: &dyn Fn(Xid) -> Xid,
        tuple: &dyn Fn(TableId, TupleId) -> TupleId,
    ) {
        let mut moments: Set<CommitSeq> = Set::new();
        self.each_moment(&mut |at| {
            moments.insert(*at);
        });
        let new = |at: CommitSeq| moments.iter().position(|other| *other == at).unwrap_or(0);
        self.each_moment(&mut |at| *at = CommitSeq(new(*at) as u32));
        let serial = |old: SerialId| serials.get(&old).copied().unwrap_or(old);
        let transactions = std::mem::take(&mut self.transactions);
        self.transactions = transactions
            .into_iter()
            .map(|(id, mut transaction)| {
                transaction.xmin = xid(transaction.xmin);
                transaction.finished_before = xid(transaction.finished_before);
                for own in &mut transaction.xids {
                    *own = xid(*own);
                }
                (serial(id), transaction)
            })
            .collect();
        self.next_id = serials.len() as u32;
        self.finished.retain(|id| serials.contains_key(id));
        for id in &mut self.finished {
            *id = serial(*id);
        }
        let target = |target: Target| match target {
            Target::Tuple(relation, page, id) => {
                let (super::Relation::Heap(table) | super::Relation::Index(table, _)) = relation;
                Target::Tuple(relation, page, tuple(table, id))
            }
            other => other,
        };
        self.locks.rename(&serial, &target);
        self.conflicts = Conflicts::of(self.conflicts.iter().map(|mut edge| {
            edge.reader = serial(edge.reader);
            edge.writer = serial(edge.writer);
            edge
        }));
        for possible in &mut self.possible {
            possible.reader = serial(possible.reader);
            possible.writer = serial(possible.writer);
        }
    }

    fn each_moment(&mut self, visit: &mut dyn FnMut(&mut CommitSeq)) {
        visit(&mut self.last_commit);
        visit(&mut self.can_clear_through);
        visit(&mut self.cleared_through);
        for transaction in self.transactions.values_mut() {
            visit(&mut transaction.snapshot);
            if let Some(out) = &mut transaction.earliest_out {
                visit(out);
            }
            match &mut transaction.phase {
                Phase::Active => {}
                Phase::Prepared(prepared) => visit(prepared),
                Phase::Committed {
                    prepared,
                    committed,
                } => {
                    visit(prepared);
                    visit(committed);
                }
            }
        }
    }
}
