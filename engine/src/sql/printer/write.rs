//! `INSERT`, `UPDATE`, `DELETE`.

use super::{List, ValueOrDefault, clause, list_clause, with};
use crate::sql::ast::{
    Assignment, ConflictAction, ConflictTarget, Delete, Insert, InsertSource, OnConflict, Update,
};
use std::fmt::{self, Display, Formatter};

impl Display for Insert {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "INSERT INTO {}", self.table)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        match &self.source {
            InsertSource::Query(query) => write!(f, " {query}")?,
            InsertSource::Values(rows) if rows.iter().all(Vec::is_empty) => {
                f.write_str(" DEFAULT VALUES")?;
            }
            InsertSource::Values(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    let values: Vec<ValueOrDefault<'_>> = row.iter().map(ValueOrDefault).collect();
                    let word = if index == 0 { " VALUES" } else { "," };
                    write!(f, "{word} ({})", List(&values))?;
                }
            }
        }
        if let Some(on_conflict) = &self.on_conflict {
            on_conflict.fmt(f)?;
        }
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for OnConflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(" ON CONFLICT")?;
        match &self.target {
            None => {}
            Some(ConflictTarget::Constraint(name)) => write!(f, " ON CONSTRAINT {name}")?,
            Some(ConflictTarget::Columns(columns, filter)) => {
                write!(f, " ({})", List(columns))?;
                clause(f, "WHERE", filter.as_ref())?;
            }
        }
        match &self.action {
            ConflictAction::Nothing => f.write_str(" DO NOTHING"),
            ConflictAction::Update {
                assignments,
                filter,
            } => {
                write!(f, " DO UPDATE SET {}", List(assignments))?;
                clause(f, "WHERE", filter.as_ref())
            }
        }
    }
}

impl Display for Assignment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.column, ValueOrDefault(&self.value))
    }
}

impl Display for Update {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "UPDATE {} SET {}", self.table, List(&self.assignments))?;
        list_clause(f, "FROM", &self.from)?;
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for Delete {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "DELETE FROM {}", self.table)?;
        list_clause(f, "USING", &self.using)?;
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "RETURNING", &self.returning)
    }
}
