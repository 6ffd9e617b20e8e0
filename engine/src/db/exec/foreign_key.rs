//! Foreign keys.
//!
//! They are tested at the end of the statement, row by row in the order of the changes, as PostgreSQL's triggers do
//! (`ri_triggers.c`):
//!
//! | change                          | what is done                                                                |
//! |---------------------------------|-----------------------------------------------------------------------------|
//! | a referring row comes, or its columns change | the row referred to is locked FOR KEY SHARE; an error if there is none |
//! | a row referred to goes, or its key changes   | `NO ACTION`, `RESTRICT`: an error if a row refers to it; otherwise those rows are deleted or changed |
//!
//! The lock FOR KEY SHARE keeps the row referred to from being deleted, or its key from changing, until the referring
//! transaction ends. What these queries change is tested in its turn.
//!
//! Under READ COMMITTED each query has a snapshot of its own. Under REPEATABLE READ the row referred to is sought with the
//! transaction's snapshot, but rows that refer to a key that goes with a new one; one that the transaction's snapshot does not see
//! and that would have to be changed is 40001.

use super::row_lock::{Got, concurrent_update};
use super::*;
use crate::db::catalog::ForeignKey;
use crate::db::expr::Bound;
use crate::sql::ast::{ReferentialAction, RowLock, Timing, WaitPolicy};
use std::cmp::Ordering;

/// A row that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowEvent {
    /// The table.
    pub table: TableId,
    /// The version that was replaced or deleted; `None`: an insert.
    pub old: Option<TupleId>,
    /// The version that was made; `None`: a delete.
    pub new: Option<TupleId>,
}

/// What a query of a foreign key looks with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Eyes {
    /// The transaction's snapshot, where it has one.
    Transaction,
    /// A new snapshot.
    Latest,
}

/// A row that a foreign key looks for: the table, the columns, and what stands in them.
struct Wanted<'a> {
    table: TableId,
    columns: &'a [usize],
    values: Vec<Value>,
}

impl Work<'_> {
    /// Tests the foreign keys that the statement's changes concern. Those that are deferred are left for the end of the
    /// transaction.
    pub(super) fn fire(&mut self) -> Step<()> {
        let mut next = 0;
        while next < self.events.len() {
            let event = self.events[next];
            next += 1;
            self.fire_event(event, false)?;
        }
        Ok(())
    }

    /// Tests what was left for the end of the transaction.
    pub(super) fn fire_deferred(&mut self) -> Step<()> {
        for event in self.db.deferred(self.session) {
            self.fire_event(event, true)?;
        }
        self.fire()
    }

    fn fire_event(&mut self, event: RowEvent, at_end: bool) -> Step<()> {
        if event.old.is_some() {
            for (child, place) in self.db.referring(event.table) {
                let key = self.db.table(child).foreign_keys[place].clone();
                let deferrable = !matches!(
                    (key.on_delete, key.on_update),
                    (ReferentialAction::Restrict, _) | (_, ReferentialAction::Restrict)
                );
                if self.is_due(&key, at_end, event, deferrable)? {
                    self.referred_row_went(event, child, &key)?;
                }
            }
        }
        if let Some(new) = event.new {
            let definition = self.db.table_shared(event.table);
            for key in &definition.foreign_keys {
                if self.is_due(key, at_end, event, true)? {
                    self.referring_row_came(event, new, key)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a foreign key is tested now; one that is deferred is noted for later.
    fn is_due(
        &mut self,
        key: &ForeignKey,
        at_end: bool,
        event: RowEvent,
        deferrable: bool,
    ) -> Step<bool> {
        let deferred = deferrable && key.timing == Timing::InitiallyDeferred;
        if deferred && !at_end {
            self.act(&mut |work| work.db.defer(work.session, event))?;
        }
        Ok(deferred == at_end)
    }

    /// `RI_FKey_check`
    fn referring_row_came(&mut self, event: RowEvent, new: TupleId, key: &ForeignKey) -> Step<()> {
        let heap = self.db.heap(event.table);
        let values = Row::clone(&heap[new].values);
        let referring: Vec<Value> = key.columns.iter().map(|&at| values[at].clone()).collect();
        if let Some(old) = event.old {
            // A row that did not change its reference need not be tested, unless this very transaction made it.
            let before = &heap[old];
            let same = key
                .columns
                .iter()
                .all(|&at| before.values[at] == values[at]);
            if same && !self.db.transactions.is_of(before.xmin, self.me()) {
                return Ok(());
            }
        }
        // The row may have been replaced or deleted again by then.
        let gone = self.once(&mut |work| {
            let updater = work.db.heap(event.table)[new].updater;
            let known = &work.db.transactions;
            let gone = updater.is_some_and(|updater| known.is_of(updater.xid, work.me()));
            Ok(Done::Flag(gone))
        })?;
        if gone == Done::Flag(true) {
            return Ok(());
        }
        // The table referred to is locked also where NULL refers to nothing in it, but then let go at once.
        self.lock_table(key.target, LockMode::RowShare)?;
        if referring.iter().any(Value::is_null) {
            let tag = Tag::Table(key.target);
            return self.act(&mut |work| work.db.release(work.session, tag, LockMode::RowShare));
        }
        let wanted = Wanted {
            table: key.target,
            columns: &key.target_columns,
            values: referring,
        };
        if self.find_and_share(&wanted, Eyes::Transaction)? {
            return Ok(());
        }
        let child = self.db.table(event.table);
        Err(SqlError::new(
            SqlState::FOREIGN_KEY_VIOLATION,
            format!(
                "insert or update on table \"{}\" violates foreign key constraint \"{}\"",
                child.name, key.name
            ),
        )
        .with_detail(format!(
            "Key {} is not present in table \"{}\".",
            child.key_text(&key.columns, &values),
            self.db.table(key.target).name
        ))
        .into())
    }

    /// `RI_FKey_noaction_del` and its kin.
    fn referred_row_went(&mut self, event: RowEvent, child: TableId, key: &ForeignKey) -> Step<()> {
        let Some(old) = event.old else { return Ok(()) };
        let parent = self.db.heap(event.table);
        let before = Row::clone(&parent[old].values);
        let after = event.new.map(|new| Row::clone(&parent[new].values));
        let referred: Vec<Value> = key
            .target_columns
            .iter()
            .map(|&at| before[at].clone())
            .collect();
        if referred.iter().any(Value::is_null) {
            return Ok(());
        }
        let action = match &after {
            None => key.on_delete,
            Some(after) => {
                if key.target_columns.iter().all(|&at| after[at] == before[at]) {
                    return Ok(());
                }
                key.on_update
            }
        };
        let wanted = Wanted {
            table: child,
            columns: &key.columns,
            values: referred.clone(),
        };
        match action {
            ReferentialAction::NoAction | ReferentialAction::Restrict => {
                self.must_not_be_referred(event.table, &wanted, key, &before, action)
            }
            ReferentialAction::Cascade => {
                let new = after.map(|after| {
                    let values = key.target_columns.iter().map(|&at| after[at].clone());
                    values.collect::<Vec<Value>>()
                });
                self.change_referring(&wanted, new)
            }
            ReferentialAction::SetNull => {
                self.change_referring(&wanted, Some(vec![Value::Null; key.columns.len()]))
            }
            ReferentialAction::SetDefault => {
                let definition = self.db.table_shared(child);
                let mut defaults = Vec::with_capacity(key.columns.len());
                for &column in &key.columns {
                    let default: Option<&Bound> = definition.columns[column].default.as_ref();
                    defaults.push(match default {
                        Some(default) => evaluate(default, &[], self)?,
                        None => Value::Null,
                    });
                }
                self.change_referring(&wanted, Some(defaults))?;
                // The default may be the very key that goes.
                let action = ReferentialAction::NoAction;
                self.must_not_be_referred(event.table, &wanted, key, &before, action)
            }
        }
    }

    fn must_not_be_referred(
        &mut self,
        parent: TableId,
        wanted: &Wanted<'_>,
        key: &ForeignKey,
        before: &Row,
        action: ReferentialAction,
    ) -> Step<()> {
        if action == ReferentialAction::NoAction {
            // Another row may have the key by now (`ri_Check_Pk_Match`).
            let same = Wanted {
                table: parent,
                columns: &key.target_columns,
                values: wanted.values.clone(),
            };
            if self.find_and_share(&same, Eyes::Latest)? {
                return Ok(());
            }
        }
        if !self.find_and_share(wanted, Eyes::Latest)? {
            return Ok(());
        }
        let (parent, child) = (self.db.table(parent), self.db.table(wanted.table));
        Err(SqlError::new(
            SqlState::FOREIGN_KEY_VIOLATION,
            format!(
                "update or delete on table \"{}\" violates foreign key constraint \"{}\" on table \"{}\"",
                parent.name, key.name, child.name
            ),
        )
        .with_detail(format!(
            "Key {} is still referenced from table \"{}\".",
            parent.key_text(&key.target_columns, before),
            child.name
        ))
        .into())
    }

    /// Looks for a row and locks it FOR KEY SHARE.
    fn find_and_share(&mut self, wanted: &Wanted<'_>, eyes: Eyes) -> Step<bool> {
        let before = self.look_anew(wanted.table, LockMode::RowShare, eyes)?;
        let shared = self.share_first(wanted);
        self.view = before;
        shared
    }

    fn share_first(&mut self, wanted: &Wanted<'_>) -> Step<bool> {
        let (table, strength) = (wanted.table, RowLock::KeyShare);
        for id in self.matching(wanted)? {
            match self.claim_for_clause((table, id), strength, WaitPolicy::Block)? {
                Got::Free => {
                    self.take((table, id), strength)?;
                    return Ok(true);
                }
                Got::Replaced(_) | Got::Deleted if !self.follows_changes() => {
                    return Err(concurrent_update().into());
                }
                Got::Replaced(next) => {
                    let newest = self.lock_newest((table, next), strength, WaitPolicy::Block)?;
                    if newest.is_some_and(|id| self.matches(wanted, id)) {
                        return Ok(true);
                    }
                }
                Got::Deleted | Got::OwnChange | Got::Skipped => {}
            }
        }
        Ok(false)
    }

    /// Deletes the rows that refer to a key (`None`), or gives them another reference.
    fn change_referring(&mut self, wanted: &Wanted<'_>, new: Option<Vec<Value>>) -> Step<()> {
        let before = self.look_anew(wanted.table, LockMode::RowExclusive, Eyes::Latest)?;
        let changed = self.change_matching(wanted, new.as_deref(), &before);
        self.view = before;
        changed
    }

    fn change_matching(
        &mut self,
        wanted: &Wanted<'_>,
        new: Option<&[Value]>,
        transaction: &View,
    ) -> Step<()> {
        let table = wanted.table;
        'rows: for mut id in self.matching(wanted)? {
            loop {
                let old = Row::clone(&self.db.heap(table)[id].values);
                let row: Option<Row> = new.map(|values| {
                    let mut row = old.to_vec();
                    for (&column, value) in wanted.columns.iter().zip(values) {
                        row[column] = value.clone();
                    }
                    row.into()
                });
                if let Some(row) = &row {
                    self.test_constraints(table, row)?;
                }
                let strength = self.change_strength(table, id, row.as_ref());
                match self.claim((table, id), strength, WaitPolicy::Block)? {
                    Got::Free => {
                        if !self.follows_changes() && !self.was_visible(table, id, transaction) {
                            return Err(concurrent_update().into());
                        }
                        match row {
                            Some(row) => {
                                self.replace(table, id, row, strength)?;
                            }
                            None => self.remove(table, id)?,
                        }
                        continue 'rows;
                    }
                    Got::Replaced(_) | Got::Deleted if !self.follows_changes() => {
                        return Err(concurrent_update().into());
                    }
                    Got::Replaced(next) => {
                        let newest =
                            self.lock_newest((table, next), strength, WaitPolicy::Block)?;
                        match newest.filter(|id| self.matches(wanted, *id)) {
                            Some(newest) => id = newest,
                            None => continue 'rows,
                        }
                    }
                    Got::Deleted | Got::OwnChange | Got::Skipped => continue 'rows,
                }
            }
        }
        Ok(())
    }

    /// Whether the transaction's own snapshot sees a version, or it made it itself.
    fn was_visible(&self, table: TableId, id: TupleId, transaction: &View) -> bool {
        let tuple = &self.db.heap(table)[id];
        self.db.transactions.is_of(tuple.xmin, self.me())
            || transaction.snapshot.sees(tuple.xmin, &self.db.transactions)
    }

    /// Locks a table and looks with the eyes of one more command of the transaction; gives back the view before.
    fn look_anew(&mut self, table: TableId, mode: LockMode, eyes: Eyes) -> Step<View> {
        self.lock_table(table, mode)?;
        let fresh = self.follows_changes() || eyes == Eyes::Latest;
        let snapshot = self.view.snapshot.clone();
        let done = self.once(&mut |work| {
            let mut view = work.db.next_command(work.session);
            if !fresh {
                view.snapshot = snapshot.clone();
            }
            Ok(Done::View(view))
        })?;
        match done {
            Done::View(view) => Ok(std::mem::replace(&mut self.view, view)),
            _ => Err(internal("the log does not fit the statement").into()),
        }
    }

    /// The versions that are seen and have the wanted values, found as the planner would.
    fn matching(&mut self, wanted: &Wanted<'_>) -> Step<Vec<TupleId>> {
        let table = wanted.table;
        let definition = self.db.table_shared(table);
        let serves = |index: &crate::db::catalog::Index| {
            let leading = index.columns.first();
            index.filter.is_none() && leading.is_some_and(|column| wanted.columns.contains(column))
        };
        let place = definition.indexes.iter().position(serves);
        let all = match place {
            Some(place) => {
                let columns = &definition.indexes[place].columns;
                let mut roots = self.entries(table, place)?;
                roots.retain(|root| {
                    let row = &self.db.heap(table)[*root].values;
                    columns.iter().all(|column| {
                        let asked = wanted.columns.iter().position(|other| other == column);
                        asked.is_none_or(|at| {
                            row[*column].sql_cmp(&wanted.values[at]) == Ordering::Equal
                        })
                    })
                });
                self.read_index(table, place, &roots)?;
                self.follow_chains(table, roots)
            }
            None => {
                self.read_table(table)?;
                self.visible(table, (0..self.db.heap(table).len()).map(TupleId))
            }
        };
        Ok(all
            .into_iter()
            .filter(|id| self.matches(wanted, *id))
            .collect())
    }

    fn matches(&self, wanted: &Wanted<'_>, id: TupleId) -> bool {
        let row = &self.db.heap(wanted.table)[id].values;
        wanted
            .columns
            .iter()
            .zip(&wanted.values)
            .all(|(&column, value)| row[column].sql_cmp(value) == Ordering::Equal)
    }
}
