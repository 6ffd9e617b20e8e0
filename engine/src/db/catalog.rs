//! What tables there are and what they demand of their rows.

use super::Row;
use super::expr::Bound;
use super::xact::Xid;
use crate::sql::ast::{ReferentialAction, SqlType, Timing};

/// A table, by its place in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub usize);

/// A table's definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableDef {
    /// Its name.
    pub name: String,
    /// Who created it.
    pub created: Xid,
    /// Who dropped it, unless that was rolled back.
    pub dropped: Option<Xid>,
    /// Its columns, in order.
    pub columns: Vec<ColumnSpec>,
    /// Its indexes, in the order of their making.
    pub indexes: Vec<Index>,
    /// Its CHECK constraints, in the order of their names, in which PostgreSQL tests them.
    pub checks: Vec<Check>,
    /// Its foreign keys, in the order of their making.
    pub foreign_keys: Vec<ForeignKey>,
    /// The last number given by the sequence of each `serial` column.
    pub sequences: Vec<(usize, i64)>,
    /// How many pages and rows the planner thinks it has; `None` while nothing has counted them.
    pub statistics: Option<Statistics>,
}

/// What `ANALYZE`, `VACUUM` or `CREATE INDEX` counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Statistics {
    /// Pages.
    pub pages: usize,
    /// Rows.
    pub rows: usize,
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

impl IndexKind {
    /// Whether a key may be there once only.
    #[must_use]
    pub fn is_unique(self) -> bool {
        self != Self::Plain
    }

    /// Whether it is a constraint of the table, which `DROP INDEX` leaves alone and `ON CONSTRAINT` may name.
    #[must_use]
    pub fn is_constraint(self) -> bool {
        matches!(self, Self::Primary | Self::UniqueConstraint)
    }
}

/// An index: a primary key, a unique constraint, or what `CREATE INDEX` made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Index {
    /// Its name, as error messages have it.
    pub name: String,
    /// Who created it.
    pub created: Xid,
    /// Who dropped it, unless that was rolled back.
    pub dropped: Option<Xid>,
    /// The columns, by place.
    pub columns: Vec<usize>,
    /// What it allows.
    pub kind: IndexKind,
    /// The condition of a partial index.
    pub filter: Option<Bound>,
}

/// What an index allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// Each key once, none NULL.
    Primary,
    /// Each key once; `ON CONFLICT ON CONSTRAINT` and foreign keys may name it.
    UniqueConstraint,
    /// Each key once.
    Unique,
    /// Anything.
    Plain,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForeignKey {
    /// Its name, as error messages have it.
    pub name: String,
    /// The referring columns, by place.
    pub columns: Vec<usize>,
    /// The table referred to.
    pub target: TableId,
    /// Its columns, by place, in the order of `columns`.
    pub target_columns: Vec<usize>,
    /// What is done when a key that is referred to goes.
    pub on_delete: ReferentialAction,
    /// What is done when it changes.
    pub on_update: ReferentialAction,
    /// When it is tested.
    pub timing: Timing,
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
        self.indexes
            .iter()
            .find(|index| index.kind == IndexKind::Primary)
            .map_or(&[], |index| &index.columns)
    }

    /// Whether two versions of a row differ in a column of a unique index that is not partial, which makes a change a change
    /// of the key (`RelationGetIndexAttrBitmap`, `INDEX_ATTR_BITMAP_KEY`).
    #[must_use]
    pub fn key_differs(&self, old: &Row, new: &Row) -> bool {
        self.key_columns().any(|column| old[column] != new[column])
    }

    /// The columns of unique indexes that are not partial.
    pub fn key_columns(&self) -> impl Iterator<Item = usize> {
        self.indexes
            .iter()
            .filter(|index| index.kind != IndexKind::Plain && index.filter.is_none())
            .flat_map(|index| index.columns.iter().copied())
    }

    /// Whether two versions of a row differ in a column that any index looks at, its condition included.
    #[must_use]
    pub fn entry_differs(&self, old: &Row, new: &Row) -> bool {
        self.indexes.iter().any(|index| {
            let in_filter = index.filter.iter().flat_map(Bound::columns);
            index
                .columns
                .iter()
                .copied()
                .chain(in_filter)
                .any(|column| old[column] != new[column])
        })
    }

    /// Columns with values, as PostgreSQL's messages have them: `(id, part)=(42, 7)`.
    #[must_use]
    pub fn key_text(&self, columns: &[usize], row: &Row) -> String {
        let names: Vec<&str> = columns
            .iter()
            .map(|&column| self.columns[column].name.as_str())
            .collect();
        let texts: Vec<String> = columns
            .iter()
            .map(|&column| row[column].to_text().unwrap_or_else(|| "null".to_owned()))
            .collect();
        format!("({})=({})", names.join(", "), texts.join(", "))
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
