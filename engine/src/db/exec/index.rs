//! Index entries and the uniqueness of keys.
//!
//! A new version enters the table's indexes one after the other. In a unique index it looks for another row with its key
//! (`_bt_check_unique`): one that is there is an error; one whose transaction is still in progress is waited for.

use super::super::catalog::Index;
use super::super::expr::holds;
use super::super::heap::IN_ALL_INDEXES;
use super::super::xact::Fate;
use super::*;
use std::cmp::Ordering;

/// `entries` of a version that was taken back because `ON CONFLICT` found a rival.
pub const TAKEN_BACK: usize = usize::MAX - 1;

/// Another row with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rival {
    /// There is none.
    None,
    /// This version is there.
    Exists(TupleId),
    /// That depends on how this transaction ends.
    DependsOn(Xid, TupleId),
}

impl Work<'_> {
    /// Enters a new version into the indexes that it is not in yet. Returns false if a rival stood in the way in one of
    /// `arbiters`; then it is taken back.
    pub(super) fn enter_indexes(
        &mut self,
        table: TableId,
        new: TupleId,
        arbiters: &[usize],
    ) -> Step<bool> {
        if self.db.heap(table)[new].root != new {
            return Ok(true);
        }
        let definition = self.db.table_shared(table);
        let values = Row::clone(&self.db.heap(table)[new].values);
        for (place, index) in definition.indexes.iter().enumerate() {
            let there = self.db.is_there(index.created, index.dropped, self.session);
            if there && self.is_in_index(index, &values)? {
                if index.kind.is_unique() {
                    match self.rival(table, place, index, &values, Some(new))? {
                        Rival::None => {}
                        _ if arbiters.contains(&place) => {
                            self.act(&mut |work| work.db.take_back(table, new))?;
                            return Ok(false);
                        }
                        _ => {
                            self.write_index(table, place, new)?;
                            return Err(duplicate_key(&definition, index, &values).into());
                        }
                    }
                }
                self.write_index(table, place, new)?;
            }
            self.act(&mut |work| work.db.heap_mut(table)[new].entries = place + 1)?;
        }
        self.act(&mut |work| work.db.heap_mut(table)[new].entries = IN_ALL_INDEXES)?;
        Ok(true)
    }

    /// A row that is there with a key of a proposed one, in one of some indexes; whoever is inserting or deleting one is waited
    /// for.
    pub(super) fn conflicting(
        &mut self,
        table: TableId,
        row: &Row,
        arbiters: &[usize],
    ) -> Step<Option<TupleId>> {
        let definition = self.db.table_shared(table);
        for &place in arbiters {
            let index = &definition.indexes[place];
            if !self.is_in_index(index, row)? {
                continue;
            }
            if let Rival::Exists(id) = self.rival(table, place, index, row, None)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Whether there is another row with the same key, once that is settled.
    fn rival(
        &mut self,
        table: TableId,
        place: usize,
        index: &Index,
        values: &Row,
        new: Option<TupleId>,
    ) -> Step<Rival> {
        loop {
            let found = self.once(&mut |work| {
                let rival = work.find_rival(table, place, index, values, new)?;
                Ok(Done::Rival(table, rival))
            })?;
            match found {
                Done::Rival(_, Rival::DependsOn(xid, id)) => {
                    let about = new.unwrap_or(id);
                    self.wait_for_end(xid, (table, about), WaitReason::Key(place))?;
                }
                Done::Rival(_, rival) => return Ok(rival),
                _ => return Err(internal("the log does not fit the statement").into()),
            }
        }
    }

    fn find_rival(
        &mut self,
        table: TableId,
        place: usize,
        index: &Index,
        values: &Row,
        new: Option<TupleId>,
    ) -> Step<Rival> {
        if index.columns.iter().any(|&column| values[column].is_null()) {
            return Ok(Rival::None);
        }
        let me = self.me();
        let first = self.db.heap(table).first(me, &self.db.transactions);
        for at in first..self.db.heap(table).len() {
            let id = TupleId(at);
            let tuple = &self.db.heap(table)[id];
            let known = &self.db.transactions;
            let made = known.fate(tuple.xmin);
            let same_key = |values: &Row| {
                index
                    .columns
                    .iter()
                    .all(|&column| tuple.values[column].sql_cmp(&values[column]) == Ordering::Equal)
            };
            let out = tuple.entries == TAKEN_BACK || tuple.entries <= place;
            if Some(id) == new || out || made == Fate::Aborted || !same_key(values) {
                continue;
            }
            let (xmin, updater) = (tuple.xmin, tuple.updater);
            if index.filter.is_some() {
                let other = Row::clone(&tuple.values);
                if !self.is_in_index(index, &other)? {
                    continue;
                }
            }
            let known = &self.db.transactions;
            if made == Fate::InProgress && !known.is_of(xmin, me) {
                return Ok(Rival::DependsOn(xmin, id));
            }
            let Some(updater) = updater else {
                return Ok(Rival::Exists(id));
            };
            match known.fate(updater.xid) {
                Fate::Aborted => return Ok(Rival::Exists(id)),
                Fate::Committed => {}
                Fate::InProgress if known.is_of(updater.xid, me) => {}
                Fate::InProgress => return Ok(Rival::DependsOn(updater.xid, id)),
            }
        }
        Ok(Rival::None)
    }

    /// Whether a row has an entry in an index: a partial one leaves out what does not meet its condition.
    pub(super) fn is_in_index(&mut self, index: &Index, values: &Row) -> Step<bool> {
        match &index.filter {
            Some(filter) => holds(filter, values, self),
            None => Ok(true),
        }
    }
}

fn duplicate_key(table: &crate::db::catalog::TableDef, index: &Index, values: &Row) -> SqlError {
    SqlError::new(
        SqlState::UNIQUE_VIOLATION,
        format!(
            "duplicate key value violates unique constraint \"{}\"",
            index.name
        ),
    )
    .with_detail(format!(
        "Key {} already exists.",
        table.key_text(&index.columns, values)
    ))
}
