//! The tables of the set-up, as far as a strategy has to know them: columns and primary key.

use crate::scenario::SetupStatement;
use crate::sql::ast::{ColumnConstraint, CreateTable, SqlType, Statement};

/// A table of the set-up.
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The primary key's columns; empty without one.
    pub key: Vec<String>,
    /// Which statement of the set-up creates it.
    pub place: usize,
}

/// A column.
pub(super) struct Column {
    pub name: String,
    pub ty: SqlType,
    pub not_null: bool,
    pub has_default: bool,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn new(create: &CreateTable, place: usize) -> Self {
        let columns = create.columns.iter().map(|column| Column {
            name: column.name.name.clone(),
            ty: column.ty,
            not_null: column.constraints.contains(&ColumnConstraint::NotNull),
            has_default: column
                .constraints
                .iter()
                .any(|constraint| matches!(constraint, ColumnConstraint::Default(_))),
        });
        Self {
            name: create.name.name.clone(),
            columns: columns.collect(),
            key: create
                .primary_key()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            place,
        }
    }
}

/// The tables that a set-up creates, in order.
pub(super) fn tables(setup: &[SetupStatement]) -> Vec<Table> {
    let created = setup.iter().enumerate();
    created
        .filter_map(|(place, entry)| match &entry.sql.statement {
            Statement::CreateTable(create) => Some(Table::new(create, place)),
            _ => None,
        })
        .collect()
}
