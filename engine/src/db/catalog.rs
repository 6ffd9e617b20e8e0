//! What tables there are and what they demand of their rows.

use super::Row;
use super::expr::Bound;
use crate::sql::ast::SqlType;

/// A table, by its place in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub usize);

/// A table's definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableDef {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ColumnSpec>,
    /// Its primary key and unique constraints, each of which is an index.
    pub uniques: Vec<Unique>,
    /// Its CHECK constraints, in the order of their names, in which PostgreSQL tests them.
    pub checks: Vec<Check>,
}

/// A column's definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: SqlType,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// What it gets when an INSERT does not name it.
    pub default: Option<Bound>,
}

/// A primary key or unique constraint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unique {
    /// Its name, as error messages have it.
    pub name: String,
    /// The columns, by place.
    pub columns: Vec<usize>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Check {
    /// Its name, as error messages have it.
    pub name: String,
    /// What must not be false.
    pub condition: Bound,
}

impl TableDef {
    /// A column's place.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The columns of the primary key; empty without one.
    #[must_use]
    pub fn primary_key(&self) -> &[usize] {
        self.uniques
            .iter()
            .find(|unique| unique.primary)
            .map_or(&[], |unique| &unique.columns)
    }

    /// Whether two versions of a row differ in a column of a unique index, which makes a change a change of the key.
    #[must_use]
    pub fn key_differs(&self, old: &Row, new: &Row) -> bool {
        self.uniques
            .iter()
            .flat_map(|unique| &unique.columns)
            .any(|&column| old[column] != new[column])
    }

    /// Columns with values, as `id = 42, part = 7`.
    #[must_use]
    pub fn describe(&self, columns: &[usize], row: &Row) -> String {
        let mut text = String::new();
        for &column in columns {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&self.columns[column].name);
            text.push_str(" = ");
            text.push_str(&row[column].to_literal().to_string());
        }
        text
    }
}
