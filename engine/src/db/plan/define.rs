//! `CREATE TABLE` and `CREATE INDEX`.

use super::bind::Planner;
use super::write::columns_of;
use super::*;
use crate::db::catalog::{Check, ColumnSpec, ForeignKey, Index, IndexKind, TableDef};
use crate::db::expr::{Clause, Node, Scope, Shown, Volatile, bind_assignment, bind_condition};
use crate::db::{Database, SqlError, SqlState, Value, Xid};
use crate::ids::SessionId;
use crate::sql::Span;
use crate::sql::ast::{
    ColumnConstraint, CreateIndex, CreateTable, Expr, Ident, References, TableConstraintKind,
};
use std::cell::Cell;

/// Settles a `CREATE TABLE`: types, defaults, and the names that PostgreSQL gives to constraints without one. The table will be
/// number `id`, made by `xid`.
///
/// # Errors
/// A column twice, two primary keys, a key over a column that is not there, a default or CHECK that cannot be bound, a foreign
/// key to what is no key.
pub fn define_table(
    create: &CreateTable,
    (id, xid): (TableId, Xid),
    db: &Database,
    session: SessionId,
) -> Result<TableDef, SqlError> {
    let name = &create.name.name;
    let mut table = TableDef {
        name: name.clone(),
        created: xid,
        dropped: None,
        columns: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        sequences: Vec::new(),
        statistics: None,
    };
    for column in &create.columns {
        if table.column(&column.name.name).is_some() {
            return Err(SqlError::new(
                SqlState::DUPLICATE_COLUMN,
                format!("column \"{}\" specified more than once", column.name.name),
            )
            .at(column.name.span));
        }
        let mut spec = ColumnSpec {
            name: column.name.name.clone(),
            ty: column.ty,
            not_null: false,
            default: None,
        };
        for constraint in &column.constraints {
            match constraint {
                ColumnConstraint::NotNull | ColumnConstraint::PrimaryKey => spec.not_null = true,
                ColumnConstraint::Serial => {
                    spec.not_null = true;
                    let sequence = format!("{name}_{}_seq", column.name.name);
                    let sequence = Bound::constant(Value::from(sequence.as_str()), Type::Text);
                    let next = Node::Volatile(Volatile::NextValue, vec![sequence]);
                    let next = Bound::new(next, Type::Int8);
                    spec.default = Some(crate::db::expr::assign_bound(
                        next,
                        column.ty,
                        &column.name,
                    )?);
                    table.sequences.push((table.columns.len(), 0));
                }
                ColumnConstraint::Default(value) => {
                    let scope = Scope::empty();
                    spec.default = Some(bind_assignment(
                        value,
                        &scope,
                        Clause::Default,
                        &column.name,
                        column.ty,
                    )?);
                }
                _ => {}
            }
        }
        table.columns.push(spec);
    }
    let numbers = Cell::new(0);
    let planner = Planner::new(db, session, &numbers);
    for (place, column) in create.columns.iter().enumerate() {
        for constraint in &column.constraints {
            match constraint {
                ColumnConstraint::PrimaryKey => add_unique(
                    &mut table,
                    None,
                    vec![place],
                    IndexKind::Primary,
                    column.name.span,
                )?,
                ColumnConstraint::Unique => add_unique(
                    &mut table,
                    None,
                    vec![place],
                    IndexKind::UniqueConstraint,
                    column.name.span,
                )?,
                ColumnConstraint::Check(condition) => {
                    add_check(&mut table, None, Some(&column.name.name), condition)?;
                }
                _ => {}
            }
        }
    }
    for constraint in &create.constraints {
        let given = constraint.name.as_ref().map(|name| name.name.clone());
        match &constraint.kind {
            TableConstraintKind::PrimaryKey(names) => {
                let places = key_columns(&table, names)?;
                for &place in &places {
                    table.columns[place].not_null = true;
                }
                let span = create.name.span;
                add_unique(&mut table, given, places, IndexKind::Primary, span)?;
            }
            TableConstraintKind::Unique(names) => {
                let places = key_columns(&table, names)?;
                let span = create.name.span;
                add_unique(&mut table, given, places, IndexKind::UniqueConstraint, span)?;
            }
            TableConstraintKind::Check(condition) => {
                add_check(&mut table, given, None, condition)?;
            }
            TableConstraintKind::ForeignKey(..) => {}
        }
    }
    // The primary key's index is made first, and an INSERT looks at the indexes in the order of their making.
    crate::collections::sort_by_key(&mut table.indexes, |index| index.kind != IndexKind::Primary);
    crate::collections::sort_by(&mut table.checks, |a, b| a.name.cmp(&b.name));
    // A foreign key may refer to its own table, so it comes last.
    for (place, column) in create.columns.iter().enumerate() {
        for constraint in &column.constraints {
            if let ColumnConstraint::References(references) = constraint {
                planner.add_foreign_key(&mut table, id, None, vec![place], references)?;
            }
        }
    }
    for constraint in &create.constraints {
        if let TableConstraintKind::ForeignKey(names, references) = &constraint.kind {
            let given = constraint.name.as_ref().map(|name| name.name.clone());
            let places = key_columns(&table, names)?;
            planner.add_foreign_key(&mut table, id, given, places, references)?;
        }
    }
    Ok(table)
}

/// Settles a `CREATE INDEX` on a table.
///
/// # Errors
/// A column that is not there, a condition that cannot be bound.
pub fn define_index(create: &CreateIndex, table: &TableDef, xid: Xid) -> Result<Index, SqlError> {
    let mut columns = Vec::with_capacity(create.columns.len());
    for name in &create.columns {
        let place = table.column(&name.name).ok_or_else(|| {
            let message = format!("column \"{}\" does not exist", name.name);
            SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span)
        })?;
        columns.push(place);
    }
    let scope = table_scope(table);
    let filter = match &create.filter {
        Some(filter) => Some(bind_condition(filter, &scope, Clause::IndexFilter)?),
        None => None,
    };
    let name = match &create.name {
        Some(name) => name.name.clone(),
        None => {
            let names: Vec<&str> = columns
                .iter()
                .map(|&column| table.columns[column].name.as_str())
                .collect();
            let wanted = format!("{}_{}_idx", table.name, names.join("_"));
            free_name(wanted, |name| {
                table.indexes.iter().any(|index| index.name == name)
            })
        }
    };
    Ok(Index {
        name,
        created: xid,
        dropped: None,
        columns,
        kind: if create.unique {
            IndexKind::Unique
        } else {
            IndexKind::Plain
        },
        filter,
    })
}

fn table_scope(table: &TableDef) -> Scope<'static> {
    Scope {
        columns: columns_of(table, &table.name, Shown::Always),
        ..Scope::default()
    }
}

impl Planner<'_> {
    fn add_foreign_key(
        &self,
        table: &mut TableDef,
        id: TableId,
        given: Option<String>,
        columns: Vec<usize>,
        references: &References,
    ) -> Result<(), SqlError> {
        let itself = references.table.name == table.name;
        let target = if itself {
            id
        } else {
            self.db.table_named(&references.table, self.session)?
        };
        let definition = if itself {
            &*table
        } else {
            self.db.table(target)
        };
        let target_columns = if references.columns.is_empty() {
            let key = definition.primary_key().to_vec();
            if key.is_empty() {
                let message = format!(
                    "there is no primary key for referenced table \"{}\"",
                    definition.name
                );
                let state = SqlState::UNDEFINED_OBJECT;
                return Err(SqlError::new(state, message).at(references.table.span));
            }
            key
        } else {
            let mut places = Vec::new();
            for name in &references.columns {
                places.push(definition.column(&name.name).ok_or_else(|| {
                    let message = format!(
                        "column \"{}\" referenced in foreign key constraint does not exist",
                        name.name
                    );
                    SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span)
                })?);
            }
            places
        };
        if target_columns.len() != columns.len() {
            let message = "number of referencing and referenced columns for foreign key disagree";
            return Err(SqlError::new(SqlState::INVALID_FOREIGN_KEY, message));
        }
        let is_key = definition.indexes.iter().any(|index| {
            index.kind.is_unique()
                && index.filter.is_none()
                && index.columns.len() == target_columns.len()
                && index
                    .columns
                    .iter()
                    .all(|column| target_columns.contains(column))
        });
        if !is_key {
            let message = format!(
                "there is no unique constraint matching given keys for referenced table \"{}\"",
                definition.name
            );
            return Err(SqlError::new(SqlState::INVALID_FOREIGN_KEY, message));
        }
        let wanted = given.unwrap_or_else(|| {
            let names: Vec<&str> = columns
                .iter()
                .map(|&column| table.columns[column].name.as_str())
                .collect();
            format!("{}_{}_fkey", table.name, names.join("_"))
        });
        let name = free_name(wanted, |name| {
            table.foreign_keys.iter().any(|key| key.name == name)
        });
        table.foreign_keys.push(ForeignKey {
            name,
            columns,
            target,
            target_columns,
            on_delete: references.on_delete,
            on_update: references.on_update,
            timing: references.timing,
        });
        Ok(())
    }
}

fn key_columns(table: &TableDef, names: &[Ident]) -> Result<Vec<usize>, SqlError> {
    names
        .iter()
        .map(|name| {
            table.column(&name.name).ok_or_else(|| {
                SqlError::new(
                    SqlState::UNDEFINED_COLUMN,
                    format!("column \"{}\" named in key does not exist", name.name),
                )
                .at(name.span)
            })
        })
        .collect()
}

fn add_unique(
    table: &mut TableDef,
    given: Option<String>,
    columns: Vec<usize>,
    kind: IndexKind,
    span: Span,
) -> Result<(), SqlError> {
    let primary = kind == IndexKind::Primary;
    if primary && !table.primary_key().is_empty() {
        return Err(SqlError::new(
            SqlState::INVALID_TABLE_DEFINITION,
            format!(
                "multiple primary keys for table \"{}\" are not allowed",
                table.name
            ),
        )
        .at(span));
    }
    let wanted = given.unwrap_or_else(|| {
        if primary {
            return format!("{}_pkey", table.name);
        }
        let columns: Vec<&str> = columns
            .iter()
            .map(|&column| table.columns[column].name.as_str())
            .collect();
        format!("{}_{}_key", table.name, columns.join("_"))
    });
    let name = free_name(wanted, |name| {
        table.indexes.iter().any(|index| index.name == name)
    });
    table.indexes.push(Index {
        name,
        created: table.created,
        dropped: None,
        columns,
        kind,
        filter: None,
    });
    Ok(())
}

fn add_check(
    table: &mut TableDef,
    given: Option<String>,
    column: Option<&str>,
    condition: &Expr,
) -> Result<(), SqlError> {
    let condition = bind_condition(condition, &table_scope(table), Clause::Check)?;
    let wanted = given.unwrap_or_else(|| match column {
        Some(column) => format!("{}_{column}_check", table.name),
        None => format!("{}_check", table.name),
    });
    let name = free_name(wanted, |name| {
        table.checks.iter().any(|check| check.name == name)
    });
    table.checks.push(Check { name, condition });
    Ok(())
}

/// The name, with the first number behind it that makes it free.
fn free_name(wanted: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&wanted) {
        return wanted;
    }
    let mut number = 1;
    loop {
        let name = format!("{wanted}{number}");
        if !taken(&name) {
            return name;
        }
        number += 1;
    }
}
