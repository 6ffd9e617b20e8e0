//! Tables, indexes and sequences: made, found, dropped.
//!
//! Definitions have versions as rows do: who created one and who dropped it decides who finds it. Names are looked up with the
//! newest eyes, whatever the transaction's snapshot (manual, section 13.6).

use super::catalog::{ColumnSpec, Statistics, TableDef, TableId};
use super::database::Database;
use super::exec::TAKEN_BACK;
use super::expr::{EvalContext, Projection, is_true};
use super::heap::{Heap, IN_ALL_INDEXES};
use super::plan::{define_index, define_table};
use super::ssi::Relation;
use super::xact::{Fate, Xid};
use super::{Row, SqlError, SqlState, TupleId, Type, Value};
use crate::ids::SessionId;
use crate::sql::ast::{CreateIndex, CreateTable, Ident, RowLock, SqlType};
use std::cmp::Ordering;
use std::sync::Arc;

impl Database {
    /// Whether a session finds what `created` made and `dropped` dropped.
    pub(super) fn is_there(&self, created: Xid, dropped: Option<Xid>, session: SessionId) -> bool {
        let me = self.top_xid(session);
        let counts = |xid: Xid| {
            self.transactions.fate(xid) == Fate::Committed || self.transactions.is_of(xid, me)
        };
        counts(created) && !dropped.is_some_and(counts)
    }

    /// The table of this name, as a session finds it.
    ///
    /// # Errors
    /// 42P01 when there is none.
    pub fn table_named(&self, name: &Ident, session: SessionId) -> Result<TableId, SqlError> {
        self.tables
            .iter()
            .position(|table| {
                table.name == name.name && self.is_there(table.created, table.dropped, session)
            })
            .map(TableId)
            .ok_or_else(|| {
                let message = format!("relation \"{}\" does not exist", name.name);
                SqlError::new(SqlState::UNDEFINED_TABLE, message).at(name.span)
            })
    }

    /// The tables that are there for everybody, in the order of their creation.
    pub fn tables(&self) -> impl Iterator<Item = TableId> {
        let counts = |xid: Xid| self.transactions.fate(xid) == Fate::Committed;
        self.tables
            .iter()
            .enumerate()
            .filter(move |(_, table)| counts(table.created) && !table.dropped.is_some_and(counts))
            .map(|(place, _)| TableId(place))
    }

    /// The definition of every table there ever was.
    pub(crate) fn every_table(&self) -> impl Iterator<Item = &TableDef> {
        self.tables.iter().map(AsRef::as_ref)
    }

    /// The tables that a session finds.
    pub(super) fn tables_seen(&self, session: SessionId) -> Vec<TableId> {
        (0..self.tables.len())
            .map(TableId)
            .filter(|&table| {
                let table = self.table(table);
                self.is_there(table.created, table.dropped, session)
            })
            .collect()
    }

    /// The foreign keys that refer to a table: the referring tables, and which of their keys.
    pub(super) fn referring(&self, table: TableId) -> Vec<(TableId, usize)> {
        let mut referring = Vec::new();
        for (child, definition) in self.tables.iter().enumerate() {
            let dropped = definition
                .dropped
                .is_some_and(|xid| self.transactions.fate(xid) != Fate::Aborted);
            for (place, key) in definition.foreign_keys.iter().enumerate() {
                if key.target == table && !dropped {
                    referring.push((TableId(child), place));
                }
            }
        }
        referring
    }

    pub(super) fn create_table(
        &mut self,
        session: SessionId,
        create: &CreateTable,
    ) -> Result<(), SqlError> {
        if self.table_named(&create.name, session).is_ok() {
            let message = format!("relation \"{}\" already exists", create.name.name);
            return Err(SqlError::new(SqlState::DUPLICATE_TABLE, message).at(create.name.span));
        }
        let id = TableId(self.tables.len());
        let xid = self.number(session);
        let table = define_table(create, (id, xid), self, session)?;
        self.tables.push(Arc::new(table));
        self.heaps.push(Heap::default());
        Ok(())
    }

    /// `CREATE TABLE ... AS query`
    pub(super) fn create_table_as(
        &mut self,
        session: SessionId,
        create: &CreateTable,
        projection: &Projection,
        rows: &[Row],
        command: u32,
    ) -> Result<(), SqlError> {
        let mut plain = create.clone();
        plain.query = None;
        self.create_table(session, &plain)?;
        let place = self.tables.len() - 1;
        let table = Arc::make_mut(&mut self.tables[place]);
        for (name, column) in projection.names.iter().zip(&projection.columns) {
            table.columns.push(ColumnSpec {
                name: name.clone(),
                ty: column_type(column.ty),
                not_null: false,
                default: None,
            });
        }
        let xid = self.number(session);
        for row in rows {
            let made = self.heaps[place].insert(Row::clone(row), xid, command);
            self.heaps[place][made].entries = IN_ALL_INDEXES;
        }
        Ok(())
    }

    pub(super) fn create_index(
        &mut self,
        session: SessionId,
        table: TableId,
        create: &CreateIndex,
    ) -> Result<(), SqlError> {
        let xid = self.number(session);
        let index = define_index(create, self.table(table), xid)?;
        let taken = |table: &TableId| {
            let table = self.table(*table);
            let index_is = |other: &super::catalog::Index| {
                other.name == index.name && self.is_there(other.created, other.dropped, session)
            };
            table.name == index.name || table.indexes.iter().any(index_is)
        };
        if self.tables_seen(session).iter().any(taken) {
            let message = format!("relation \"{}\" already exists", index.name);
            return Err(SqlError::new(SqlState::DUPLICATE_TABLE, message));
        }
        if index.kind.is_unique() {
            let context = EvalContext::default();
            let mut rows: Vec<Row> = Vec::new();
            for id in self.live(table, session) {
                let row = Row::clone(&self.heaps[table.0][id].values);
                let in_index = match &index.filter {
                    Some(filter) => is_true(filter, &row, &context)?,
                    None => true,
                };
                let null = index.columns.iter().any(|&column| row[column].is_null());
                if !in_index || null {
                    continue;
                }
                let same = |other: &Row| {
                    let columns = index.columns.iter();
                    columns
                        .map(|&column| other[column].sql_cmp(&row[column]))
                        .all(|order| order == Ordering::Equal)
                };
                if rows.iter().any(same) {
                    let message = format!("could not create unique index \"{}\"", index.name);
                    let key = self.table(table).key_text(&index.columns, &row);
                    return Err(SqlError::new(SqlState::UNIQUE_VIOLATION, message)
                        .with_detail(format!("Key {key} is duplicated.")));
                }
                rows.push(row);
            }
        }
        Arc::make_mut(&mut self.tables[table.0]).indexes.push(index);
        if !self.live(table, session).is_empty() {
            self.count_rows(table);
        }
        Ok(())
    }

    /// The rows that are there for a session by now, whatever its snapshot.
    fn live(&self, table: TableId, session: SessionId) -> Vec<TupleId> {
        let me = self.top_xid(session);
        let known = &self.transactions;
        let counts = |xid: Xid| known.fate(xid) == Fate::Committed || known.is_of(xid, me);
        let heap = &self.heaps[table.0];
        let first = heap.first(me, known);
        heap.iter()
            .filter(|(id, tuple)| {
                let gone = tuple.updater.is_some_and(|updater| counts(updater.xid));
                id.0 >= first && counts(tuple.xmin) && !gone
            })
            .map(|(id, _)| id)
            .collect()
    }

    /// `ANALYZE` and `VACUUM`: the planner knows from now on how large the table is.
    pub(super) fn count_rows(&mut self, table: TableId) {
        let rows = self.committed(table).count();
        let pages = self.heaps[table.0].pages();
        Arc::make_mut(&mut self.tables[table.0]).statistics = Some(Statistics { pages, rows });
    }

    pub(super) fn drop_table(&mut self, session: SessionId, table: TableId) {
        let xid = self.number(session);
        Arc::make_mut(&mut self.tables[table.0]).dropped = Some(xid);
    }

    /// The index of this name that `CREATE INDEX` made.
    pub(super) fn index_named(&self, name: &str, session: SessionId) -> Option<(TableId, usize)> {
        self.tables_seen(session).into_iter().find_map(|table| {
            let place = self.table(table).indexes.iter().position(|index| {
                index.name == name
                    && !index.kind.is_constraint()
                    && self.is_there(index.created, index.dropped, session)
            })?;
            Some((table, place))
        })
    }

    pub(super) fn drop_index(&mut self, session: SessionId, table: TableId, place: usize) {
        let xid = self.number(session);
        self.ssi.move_locks_to_heap(Relation::Index(table, place));
        Arc::make_mut(&mut self.tables[table.0]).indexes[place].dropped = Some(xid);
    }

    // ---- sequences ----

    /// The column whose sequence has this name.
    fn sequence(&self, session: SessionId, name: &str) -> Result<(TableId, usize), SqlError> {
        for table in self.tables_seen(session) {
            let definition: &TableDef = self.table(table);
            let found = definition.sequences.iter().position(|(column, _)| {
                let column = &definition.columns[*column].name;
                format!("{}_{column}_seq", definition.name) == name
            });
            if let Some(place) = found {
                return Ok((table, place));
            }
        }
        let message = format!("relation \"{name}\" does not exist");
        Err(SqlError::new(SqlState::UNDEFINED_TABLE, message))
    }

    /// `nextval`: a number that is never given back, even by a rollback.
    pub(super) fn next_value(&mut self, session: SessionId, name: &str) -> Result<Value, SqlError> {
        let (table, place) = self.sequence(session, name)?;
        let last = &mut Arc::make_mut(&mut self.tables[table.0]).sequences[place].1;
        *last = last.saturating_add(1);
        let number = *last;
        let known = &mut self.backends[session.0].sequences;
        known.retain(|(other, _)| other != name);
        known.push((name.to_owned(), number));
        Ok(Value::BigInt(number))
    }

    /// `currval`
    pub(super) fn current_value(&self, session: SessionId, name: &str) -> Result<Value, SqlError> {
        self.sequence(session, name)?;
        let known = &self.backends[session.0].sequences;
        match known.iter().find(|(other, _)| other == name) {
            Some((_, number)) => Ok(Value::BigInt(*number)),
            None => {
                let message =
                    format!("currval of sequence \"{name}\" is not yet defined in this session");
                Err(SqlError::new(SqlState::NOT_IN_STATE, message))
            }
        }
    }

    // ---- versions ----

    /// Notes a row lock in a version. Returns whether it is new or stronger than before.
    pub(super) fn lock_version(
        &mut self,
        (table, id): (TableId, TupleId),
        me: Xid,
        strength: RowLock,
    ) -> bool {
        self.heaps[table.0].lock(id, me, strength, &self.transactions)
    }

    /// Puts a new version in the place of one that nobody holds.
    pub(super) fn replace(
        &mut self,
        (table, id): (TableId, TupleId),
        row: Row,
        by: (Xid, u32),
        strength: RowLock,
    ) -> TupleId {
        let same_keys = !self.tables[table.0].entry_differs(&self.heaps[table.0][id].values, &row);
        self.heaps[table.0].replace(id, row, by, strength, same_keys, &self.transactions)
    }

    /// Takes a row back that `ON CONFLICT` inserted too soon.
    pub(super) fn take_back(&mut self, table: TableId, id: TupleId) {
        self.heaps[table.0][id].entries = TAKEN_BACK;
        let xmin = self.heaps[table.0][id].xmin;
        self.heaps[table.0].delete(id, xmin, 0);
    }
}

fn column_type(ty: Type) -> SqlType {
    match ty {
        Type::Int4 => SqlType::Int,
        Type::Int8 => SqlType::BigInt,
        Type::Numeric => SqlType::Numeric(None),
        Type::Bool => SqlType::Boolean,
        Type::Timestamp => SqlType::Timestamp,
        _ => SqlType::Text,
    }
}
