//! Searching a table: which versions a scan finds, in which order.
//!
//! A sequential scan meets the versions in the order of the heap. An index scan follows the entries of the index in the order
//! of their keys, each to the root of a chain and along the chain to the version that is seen; a bitmap scan does the same in
//! the order of the roots (README.HOT).

use super::super::expr::{Bound, holds};
use super::*;
use crate::db::plan::Relation;
use crate::db::plan::access::{Access, IndexAccess};
use crate::sql::ast::Direction;
use std::cmp::Ordering;

impl Work<'_> {
    /// The versions that a scan of a relation meets and the statement sees. Conditions on index keys are tested here, the
    /// others are the caller's.
    pub(super) fn search(
        &mut self,
        relation: &Relation,
        table: TableId,
        left: &[Value],
    ) -> Step<Vec<TupleId>> {
        self.note_search(relation, table);
        let found = match &relation.access {
            Access::Sequential => {
                self.read_table(table)?;
                self.visible(table, (0..self.db.heap(table).len()).map(TupleId))
            }
            Access::Index(index) => {
                let roots = self.roots(relation, index, table, left)?;
                self.read_index(table, index.index, &roots)?;
                self.follow_chains(table, roots)
            }
            Access::Bitmap(index) => {
                let mut roots = self.roots(relation, index, table, left)?;
                self.read_index(table, index.index, &roots)?;
                crate::collections::sort_by_key(&mut roots, |root| root.0);
                self.follow_chains(table, roots)
            }
        };
        Ok(found)
    }

    /// For the verdict: what was looked for.
    fn note_search(&mut self, relation: &Relation, table: TableId) {
        let own = relation.first..relation.first + relation.width;
        let mut condition: Option<Bound> = None;
        for filter in &relation.filters {
            if !filter.columns().iter().all(|column| own.contains(column)) {
                continue;
            }
            let filter = filter.moved(0, relation.first);
            condition = Some(match condition {
                Some(condition) => condition.and(filter),
                None => filter,
            });
        }
        let search = (table, condition);
        if !self.effects.searches.contains(&search) {
            self.effects.searches.push(search);
        }
    }

    /// Those of some versions that the statement sees.
    pub(super) fn visible(
        &self,
        table: TableId,
        ids: impl Iterator<Item = TupleId>,
    ) -> Vec<TupleId> {
        let heap = self.db.heap(table);
        let first = heap.first(self.me(), &self.db.transactions);
        let seen =
            |id: &TupleId| id.0 >= first && heap[*id].is_visible(&self.view, &self.db.transactions);
        ids.filter(seen).collect()
    }

    /// From roots to the versions that are seen.
    pub(super) fn follow_chains(&self, table: TableId, roots: Vec<TupleId>) -> Vec<TupleId> {
        let heap = self.db.heap(table);
        let mut found = Vec::new();
        for root in roots {
            let mut at = Some(root);
            while let Some(id) = at {
                if heap[id].is_visible(&self.view, &self.db.transactions) {
                    found.push(id);
                    break;
                }
                at = heap.next_in_chain(id);
            }
        }
        found
    }

    /// The roots that the entries of an index lead to whose keys meet the scan's conditions, in the order of the keys.
    fn roots(
        &mut self,
        relation: &Relation,
        access: &IndexAccess,
        table: TableId,
        left: &[Value],
    ) -> Step<Vec<TupleId>> {
        let mut roots = Vec::new();
        for root in self.entries(table, access.index)? {
            let mut row = left.to_vec();
            row.extend_from_slice(&self.db.heap(table)[root].values);
            let mut meets = true;
            for &condition in &access.conditions {
                meets = meets && holds(&relation.filters[condition], &row, self)?;
            }
            if meets {
                roots.push(root);
            }
        }
        if access.direction == Direction::Desc {
            roots.reverse();
        }
        Ok(roots)
    }

    /// All entries of an index in the order of their keys, equal ones in the order of the heap.
    pub(super) fn entries(&mut self, table: TableId, place: usize) -> Step<Vec<TupleId>> {
        let first = self.db.heap(table).first(self.me(), &self.db.transactions);
        let index = self.db.table(table).indexes[place].clone();
        let mut entries = Vec::new();
        for at in first..self.db.heap(table).len() {
            let id = TupleId(at);
            let tuple = &self.db.heap(table)[id];
            if tuple.root != id || tuple.entries <= place {
                continue;
            }
            let values = Row::clone(&tuple.values);
            if self.is_in_index(&index, &values)? {
                entries.push(id);
            }
        }
        let heap = self.db.heap(table);
        crate::collections::sort_by(&mut entries, |a, b| {
            let by_key = index
                .columns
                .iter()
                .map(|&column| heap[*a].values[column].sql_cmp(&heap[*b].values[column]));
            by_key.fold(Ordering::Equal, Ordering::then)
        });
        Ok(entries)
    }
}
