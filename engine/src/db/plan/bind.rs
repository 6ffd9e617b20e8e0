//! From syntax tree to [`Command`].

use super::*;
use crate::db::expr::{BindsQueries, Scope};
use crate::db::{Database, SqlError, SqlState};
use crate::ids::SessionId;
use crate::sql::ast::{CommonTable, Select, Statement};
use std::cell::Cell;

/// Settles the names and types of a `SELECT`, `INSERT`, `UPDATE` or `DELETE`, as `session` sees the tables.
///
/// # Errors
/// What PostgreSQL's parser says of it; 0A000 for other statements.
pub fn bind(statement: &Statement, db: &Database, session: SessionId) -> Result<Command, SqlError> {
    let numbers = Cell::new(0);
    Planner::new(db, session, &numbers).command(statement)
}

/// What is known while a statement is bound.
#[derive(Clone)]
pub struct Planner<'a> {
    pub(super) db: &'a Database,
    pub(super) session: SessionId,
    /// The members of `WITH` that can be named here, innermost last.
    pub(super) ctes: Vec<CteName>,
    /// How many members of `WITH` there are in the whole statement.
    numbers: &'a Cell<usize>,
}

/// A member of `WITH` that can be named.
#[derive(Clone)]
pub(super) struct CteName {
    pub name: String,
    pub number: usize,
    pub columns: Vec<(String, Type)>,
}

impl BindsQueries for Planner<'_> {
    fn bind(&self, select: &Select, outer: Option<&Scope<'_>>) -> Result<Query, SqlError> {
        self.query(select, outer)
    }
}

impl<'a> Planner<'a> {
    /// With nothing but the tables; `numbers` counts members of `WITH`.
    #[must_use]
    pub fn new(db: &'a Database, session: SessionId, numbers: &'a Cell<usize>) -> Self {
        Self {
            db,
            session,
            ctes: Vec::new(),
            numbers,
        }
    }

    fn command(&self, statement: &Statement) -> Result<Command, SqlError> {
        match statement {
            Statement::Select(select) => self.query(select, None).map(Command::Select),
            Statement::Insert(insert) => self.insert(insert).map(Command::Insert),
            Statement::Update(update) => self.update(update).map(Command::Modify),
            Statement::Delete(delete) => self.delete(delete).map(Command::Modify),
            _ => Err(SqlError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "Rowlock does not simulate this statement here",
            )),
        }
    }

    /// Binds a `WITH`; what it names can be named by the planner that is given back.
    pub(super) fn with(&self, with: &[CommonTable]) -> Result<(Self, Vec<Cte>), SqlError> {
        let mut planner = self.clone();
        let mut ctes = Vec::with_capacity(with.len());
        for member in with {
            let command = planner.command(&member.statement)?;
            let number = self.numbers.get();
            self.numbers.set(number + 1);
            let mut columns: Vec<(String, Type)> = match command.result() {
                Some(result) => result
                    .names
                    .iter()
                    .cloned()
                    .zip(result.columns.iter().map(|column| column.ty))
                    .collect(),
                None => Vec::new(),
            };
            rename(&mut columns, &member.columns, &member.name)?;
            planner.ctes.push(CteName {
                name: member.name.name.clone(),
                number,
                columns,
            });
            ctes.push(Cte { number, command });
        }
        Ok((planner, ctes))
    }
}

/// Gives columns the names that an alias lists.
pub(super) fn rename(
    columns: &mut [(String, Type)],
    names: &[crate::sql::ast::Ident],
    table: &crate::sql::ast::Ident,
) -> Result<(), SqlError> {
    if names.len() > columns.len() {
        let message = format!(
            "table \"{}\" has {} columns available but {} columns specified",
            table.name,
            columns.len(),
            names.len()
        );
        return Err(SqlError::new(SqlState::INVALID_COLUMN_REFERENCE, message).at(table.span));
    }
    for (column, name) in columns.iter_mut().zip(names) {
        column.0.clone_from(&name.name);
    }
    Ok(())
}
