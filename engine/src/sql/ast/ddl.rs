//! Tables, columns, constraints and indexes as they are made.

use super::{Expr, Ident, Select};

/// `CREATE [UNIQUE] INDEX [name] ON table (columns) [WHERE condition]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateIndex {
    /// Its name; PostgreSQL makes one up when there is none.
    pub name: Option<Ident>,
    /// Whether `UNIQUE` is written.
    pub unique: bool,
    /// The table.
    pub table: Ident,
    /// The columns, most significant first.
    pub columns: Vec<Ident>,
    /// The condition of a partial index.
    pub filter: Option<Expr>,
}

/// `DROP TABLE [IF EXISTS] names [CASCADE]`, `DROP INDEX` likewise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DropTable {
    /// What is dropped.
    pub names: Vec<Ident>,
    /// Whether a missing one is only worth a notice.
    pub if_exists: bool,
    /// Whether foreign keys that refer to it go as well.
    pub cascade: bool,
}

/// `CREATE TABLE name (...)`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateTable {
    /// The new table.
    pub name: Ident,
    /// Whether `IF NOT EXISTS` is written.
    pub if_not_exists: bool,
    /// Its columns, in order.
    pub columns: Vec<ColumnDef>,
    /// Constraints that stand by themselves.
    pub constraints: Vec<TableConstraint>,
    /// `AS query`: columns and rows come from there.
    pub query: Option<Box<Select>>,
}

impl CreateTable {
    /// The columns of its primary key, whether that stands at a column or apart; empty without one.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&str> {
        let inline = self
            .columns
            .iter()
            .filter(|column| column.constraints.contains(&ColumnConstraint::PrimaryKey))
            .map(|column| column.name.name.as_str());
        let apart = self
            .constraints
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                TableConstraintKind::PrimaryKey(columns) => Some(columns),
                _ => None,
            })
            .flatten()
            .map(|column| column.name.as_str());
        inline.chain(apart).collect()
    }
}

/// One column of a `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnDef {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: SqlType,
    /// `NOT NULL`, `DEFAULT` and the like, in the order written.
    pub constraints: Vec<ColumnConstraint>,
}

/// A column type. `int4`, `integer` and `serial`-like spellings are folded to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// `smallint`, 16 bits.
    SmallInt,
    /// `int`, 32 bits.
    Int,
    /// `bigint`, 64 bits.
    BigInt,
    /// `numeric`, `numeric(precision, scale)`, `decimal`.
    Numeric(Option<(u16, u16)>),
    /// `text`, and `varchar` without a length.
    Text,
    /// `varchar(n)`
    Varchar(u32),
    /// `char(n)`, padded with blanks.
    Char(u32),
    /// `boolean`
    Boolean,
    /// `timestamp` (without time zone).
    Timestamp,
    /// `timestamp with time zone`; the session's time zone is UTC.
    TimestampTz,
    /// `date`
    Date,
}

/// What may follow a column's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ColumnConstraint {
    /// `NOT NULL`
    NotNull,
    /// `NULL`, which says nothing.
    Null,
    /// `DEFAULT expr`
    Default(Expr),
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `CHECK (expr)`
    Check(Expr),
    /// `REFERENCES table (column) ...`
    References(References),
    /// `serial`, `bigserial`, `GENERATED ... AS IDENTITY`: the next number of a sequence of its own by default.
    Serial,
}

/// `REFERENCES table [(columns)] [ON DELETE action] [ON UPDATE action] [DEFERRABLE [INITIALLY DEFERRED]]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct References {
    /// The table that is referred to.
    pub table: Ident,
    /// Its columns; empty: the primary key.
    pub columns: Vec<Ident>,
    /// What becomes of the referring row when the row it refers to is deleted.
    pub on_delete: ReferentialAction,
    /// What becomes of it when the key it refers to changes.
    pub on_update: ReferentialAction,
    /// When it is tested.
    pub timing: Timing,
}

/// What a foreign key does about a key that goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReferentialAction {
    /// An error, unless somebody mends it before the statement (or a deferred constraint's transaction) ends.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// The referring row goes, or changes, as well.
    Cascade,
    /// The referring columns become NULL.
    SetNull,
    /// The referring columns get their defaults.
    SetDefault,
}

/// When a foreign key is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Timing {
    /// At the end of each statement.
    #[default]
    NotDeferrable,
    /// At the end of each statement, unless `SET CONSTRAINTS` says otherwise.
    InitiallyImmediate,
    /// When the transaction commits.
    InitiallyDeferred,
}

/// A constraint of the whole table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableConstraint {
    /// `CONSTRAINT name`
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: TableConstraintKind,
}

/// What a table constraint demands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TableConstraintKind {
    /// `PRIMARY KEY (columns)`
    PrimaryKey(Vec<Ident>),
    /// `UNIQUE (columns)`
    Unique(Vec<Ident>),
    /// `CHECK (expr)`
    Check(Expr),
    /// `FOREIGN KEY (columns) REFERENCES ...`
    ForeignKey(Vec<Ident>, References),
}
