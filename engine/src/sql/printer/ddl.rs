//! Tables, columns, constraints and indexes.

use super::expr::{Operand, TIGHTEST};
use super::{List, clause};
use crate::sql::ast::{
    ColumnConstraint, ColumnDef, CreateIndex, CreateTable, DropTable, References,
    ReferentialAction, SqlType, TableConstraint, TableConstraintKind, Timing,
};
use std::fmt::{self, Display, Formatter};

impl Display for CreateIndex {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.unique {
            "CREATE UNIQUE INDEX"
        } else {
            "CREATE INDEX"
        })?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        write!(f, " ON {} ({})", self.table, List(&self.columns))?;
        clause(f, "WHERE", self.filter.as_ref())
    }
}

impl Display for DropTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        List(&self.names).fmt(f)?;
        f.write_str(if self.cascade { " CASCADE" } else { "" })
    }
}

impl Display for CreateTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let exists = if self.if_not_exists {
            "IF NOT EXISTS "
        } else {
            ""
        };
        write!(f, "CREATE TABLE {exists}{}", self.name)?;
        if let Some(query) = &self.query {
            return write!(f, " AS {query}");
        }
        write!(f, " ({}", List(&self.columns))?;
        if !self.columns.is_empty() && !self.constraints.is_empty() {
            f.write_str(", ")?;
        }
        write!(f, "{})", List(&self.constraints))
    }
}

impl Display for ColumnDef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_serial = |constraint: &&ColumnConstraint| **constraint == ColumnConstraint::Serial;
        let serial = self
            .constraints
            .iter()
            .any(|constraint| is_serial(&constraint));
        match (serial, self.ty) {
            (true, SqlType::SmallInt) => write!(f, "{} smallserial", self.name)?,
            (true, SqlType::BigInt) => write!(f, "{} bigserial", self.name)?,
            (true, _) => write!(f, "{} serial", self.name)?,
            (false, ty) => write!(f, "{} {ty}", self.name)?,
        }
        self.constraints
            .iter()
            .filter(|constraint| !is_serial(constraint))
            .try_for_each(|constraint| write!(f, " {constraint}"))
    }
}

impl Display for ColumnConstraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("NOT NULL"),
            Self::Null => f.write_str("NULL"),
            Self::Default(value) => write!(f, "DEFAULT {}", Operand(value, TIGHTEST)),
            Self::PrimaryKey => f.write_str("PRIMARY KEY"),
            Self::Unique => f.write_str("UNIQUE"),
            Self::Check(condition) => write!(f, "CHECK ({condition})"),
            Self::References(references) => references.fmt(f),
            Self::Serial => Ok(()),
        }
    }
}

impl Display for References {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "REFERENCES {}", self.table)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        for (word, action) in [("DELETE", self.on_delete), ("UPDATE", self.on_update)] {
            if action != ReferentialAction::NoAction {
                write!(f, " ON {word} {}", action.sql())?;
            }
        }
        f.write_str(match self.timing {
            Timing::NotDeferrable => "",
            Timing::InitiallyImmediate => " DEFERRABLE",
            Timing::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        })
    }
}

impl ReferentialAction {
    /// The action as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

impl Display for TableConstraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "CONSTRAINT {name} ")?;
        }
        match &self.kind {
            TableConstraintKind::PrimaryKey(columns) => {
                write!(f, "PRIMARY KEY ({})", List(columns))
            }
            TableConstraintKind::Unique(columns) => write!(f, "UNIQUE ({})", List(columns)),
            TableConstraintKind::Check(condition) => write!(f, "CHECK ({condition})"),
            TableConstraintKind::ForeignKey(columns, references) => {
                write!(f, "FOREIGN KEY ({}) {references}", List(columns))
            }
        }
    }
}

impl Display for SqlType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallInt => f.write_str("smallint"),
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Numeric(None) => f.write_str("numeric"),
            Self::Numeric(Some((precision, scale))) => write!(f, "numeric({precision}, {scale})"),
            Self::Text => f.write_str("text"),
            Self::Varchar(length) => write!(f, "varchar({length})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Char(length) => write!(f, "char({length})"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampTz => f.write_str("timestamptz"),
            Self::Date => f.write_str("date"),
        }
    }
}
