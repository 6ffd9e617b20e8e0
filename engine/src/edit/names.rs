//! The names that mean something in a scenario: tables and columns of the set-up, and the host variables that a session has
//! read by a place on the timeline.
//!
//! What completion offers and what the form's lists hold comes from here. The set-up is read, not run: rows that a query makes
//! (`INSERT ... SELECT`) are not known.

use crate::collections::Map;
use crate::scenario::{Action, Columns, Fault, Scenario, SessionId, StepId, binds};
use crate::sql::ast::{ColumnConstraint, CreateTable, Expr, InsertSource, SqlType, Statement};

/// How many values of a column are remembered.
const MOST_VALUES: usize = 8;

/// A table of the set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, without quotes.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, without quotes.
    pub name: String,
    /// Its type; `None` where a query made the table.
    pub ty: Option<SqlType>,
    /// Whether it is of the primary key.
    pub is_key: bool,
    /// Whether it names rows: of the primary key, or unique.
    pub is_unique: bool,
    /// The first constants that the set-up puts into it, as they are written in SQL, each once.
    pub values: Vec<String>,
}

impl Table {
    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn of(create: &CreateTable, known: &Columns) -> Self {
        let key = create.primary_key();
        let mut columns: Vec<Column> = create
            .columns
            .iter()
            .map(|column| {
                let is_key = key.contains(&column.name.name.as_str());
                Column {
                    name: column.name.name.clone(),
                    ty: Some(column.ty),
                    is_key,
                    is_unique: is_key || column.constraints.contains(&ColumnConstraint::Unique),
                    values: Vec::new(),
                }
            })
            .collect();
        if let Some(query) = &create.query {
            let names = binds(&Statement::Select((**query).clone()), known);
            columns.extend(names.into_iter().map(|name| Column {
                name,
                ty: None,
                is_key: false,
                is_unique: false,
                values: Vec::new(),
            }));
        }
        Self {
            name: create.name.name.clone(),
            columns,
        }
    }
}

/// The tables that the set-up makes.
#[must_use]
pub fn tables(scenario: &Scenario) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for entry in &scenario.setup {
        match &entry.sql.statement {
            Statement::CreateTable(create) => {
                let table = Table::of(create, &columns(&tables));
                tables.push(table);
            }
            Statement::Insert(insert) => {
                let InsertSource::Values(rows) = &insert.source else {
                    continue;
                };
                let name = &insert.table.name.name;
                let Some(table) = tables.iter_mut().find(|table| table.name == *name) else {
                    continue;
                };
                let named: Vec<&str> = insert.columns.iter().map(|it| it.name.as_str()).collect();
                for row in rows {
                    for (place, value) in row.iter().enumerate() {
                        let column = match named.get(place) {
                            Some(name) => table.columns.iter_mut().find(|it| it.name == *name),
                            None if named.is_empty() => table.columns.get_mut(place),
                            None => None,
                        };
                        if let (Some(column), Some(value)) = (column, value) {
                            remember(column, value);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    tables
}

fn remember(column: &mut Column, value: &Expr) {
    let is_constant = match value {
        Expr::Literal(..) => true,
        Expr::Unary(_, inner) => matches!(**inner, Expr::Literal(..)),
        _ => false,
    };
    if column.values.len() < MOST_VALUES && is_constant {
        let value = value.to_string();
        if !column.values.contains(&value) {
            column.values.push(value);
        }
    }
}

/// The same as names alone, as the check of names wants them.
pub(super) fn columns(tables: &[Table]) -> Columns {
    let of_table = |table: &Table| {
        let columns = table.columns.iter().map(|column| column.name.clone());
        (table.name.clone(), columns.collect())
    };
    tables.iter().map(of_table).collect()
}

/// The host variables that a session has read by a place on the timeline, each with the step that read it last.
#[must_use]
pub fn variables(
    scenario: &Scenario,
    tables: &[Table],
    session: SessionId,
    at: usize,
) -> Vec<(String, StepId)> {
    let columns = columns(tables);
    let mut bound: Map<String, StepId> = Map::new();
    for (place, step) in scenario.timeline.iter().enumerate().take(at) {
        if step.session != session {
            continue;
        }
        match &step.action {
            Action::Sql(sql) => {
                for name in binds(&sql.statement, &columns) {
                    bound.insert(name, StepId(place));
                }
            }
            // A client that is started again knows nothing of what it had read.
            Action::Fault(Fault::Restart) => bound = Map::new(),
            Action::Require(_) | Action::Fault(_) => {}
        }
    }
    let mut bound: Vec<(String, StepId)> = bound.into_iter().collect();
    // What was read last comes first.
    crate::collections::sort_by(&mut bound, |a, b| b.1.cmp(&a.1));
    bound
}
