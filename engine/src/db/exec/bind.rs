//! From syntax tree to [`Command`]: tables, columns, types.

use super::super::catalog::{Check, ColumnSpec, TableDef, Unique};
use super::super::expr::{
    Clause, Scope, bind_assignment, bind_condition, bind_limit, bind_projection,
};
use super::super::types::Type;
use super::*;
use crate::db::SqlState;
use crate::sql::ast::{
    self, ColumnConstraint, CreateTable, Expr, Ident, SelectItem, Statement, TableConstraintKind,
};

/// Settles the names and types of a `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
///
/// # Errors
/// What PostgreSQL's parser says of it; 0A000 for other statements.
pub fn bind(statement: &Statement, db: &Database) -> Result<Command, SqlError> {
    match statement {
        Statement::Select(select) => bind_select(select, db).map(Command::Select),
        Statement::Insert(insert) => bind_insert(insert, db).map(Command::Insert),
        Statement::Update(update) => {
            let (table, scope) = table_scope(&update.table, db)?;
            let mut assignments: Vec<(usize, Option<Bound>)> = Vec::new();
            for assignment in &update.assignments {
                let column = &assignment.column;
                let place = target_column(db.table(table), column)?;
                if assignments.iter().any(|(other, _)| *other == place) {
                    return Err(SqlError::new(
                        SqlState::SYNTAX_ERROR,
                        format!("multiple assignments to same column \"{}\"", column.name),
                    )
                    .at(column.span));
                }
                let value = match &assignment.value {
                    Some(value) => Some(bind_value(
                        value,
                        &scope,
                        Clause::UpdateSet,
                        column,
                        db.table(table),
                    )?),
                    None => db.table(table).columns[place].default.clone(),
                };
                assignments.push((place, value));
            }
            let filter = bind_filter(update.filter.as_ref(), &scope)?;
            let returning = bind_returning(&update.returning, &scope)?;
            Ok(Command::Update(ModifyCommand {
                table,
                filter,
                assignments,
                returning,
            }))
        }
        Statement::Delete(delete) => {
            let (table, scope) = table_scope(&delete.table, db)?;
            let filter = bind_filter(delete.filter.as_ref(), &scope)?;
            let returning = bind_returning(&delete.returning, &scope)?;
            Ok(Command::Delete(ModifyCommand {
                table,
                filter,
                assignments: Vec::new(),
                returning,
            }))
        }
        _ => Err(SqlError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            "Rowlock does not simulate this statement here",
        )),
    }
}

fn bind_select(select: &ast::Select, db: &Database) -> Result<SelectCommand, SqlError> {
    let (table, scope) = match &select.from {
        Some(from) => {
            let (table, scope) = table_scope(from, db)?;
            (Some(table), scope)
        }
        None => (None, Scope::empty()),
    };
    let projection = bind_projection(&select.items, &select.order_by, &scope, Clause::SelectList)?;
    if select.locking.is_some() && !projection.aggregates.is_empty() {
        let clause = select
            .locking
            .map_or("", |locking| locking.strength.clause());
        return Err(SqlError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            format!("{clause} is not allowed with aggregate functions"),
        ));
    }
    let bound = |expr: &Option<Expr>, clause| {
        expr.as_ref()
            .map(|expr| bind_limit(expr, clause))
            .transpose()
    };
    Ok(SelectCommand {
        table,
        filter: bind_filter(select.filter.as_ref(), &scope)?,
        projection,
        order_by: select.order_by.clone(),
        limit: bound(&select.limit, Clause::Limit)?,
        offset: bound(&select.offset, Clause::Offset)?,
        locking: select.locking,
    })
}

fn bind_insert(insert: &ast::Insert, db: &Database) -> Result<InsertCommand, SqlError> {
    let table = db.table_named(&insert.table)?;
    let definition = db.table(table);
    let mut targets: Vec<usize> = Vec::new();
    for column in &insert.columns {
        let place = target_column(definition, column)?;
        if targets.contains(&place) {
            return Err(SqlError::new(
                SqlState::DUPLICATE_COLUMN,
                format!("column \"{}\" specified more than once", column.name),
            )
            .at(column.span));
        }
        targets.push(place);
    }
    let named = !targets.is_empty();
    if !named {
        targets = (0..definition.columns.len()).collect();
    }
    let mut rows = Vec::with_capacity(insert.rows.len());
    for values in &insert.rows {
        if insert.rows[0].len() != values.len() {
            return Err(SqlError::new(
                SqlState::SYNTAX_ERROR,
                "VALUES lists must all be the same length",
            ));
        }
        if values.len() > targets.len() {
            let message = "INSERT has more expressions than target columns";
            return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
        }
        if named && values.len() < targets.len() {
            let message = "INSERT has more target columns than expressions";
            return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
        }
        let mut row: Vec<Option<Bound>> = definition
            .columns
            .iter()
            .map(|column| column.default.clone())
            .collect();
        for (&place, value) in targets.iter().zip(values) {
            if let Some(value) = value {
                let column = Ident::new(&definition.columns[place].name);
                row[place] = Some(bind_value(
                    value,
                    &Scope::empty(),
                    Clause::Values,
                    &column,
                    definition,
                )?);
            }
        }
        rows.push(row);
    }
    let returning = bind_returning(&insert.returning, &scope_of(definition, &definition.name))?;
    Ok(InsertCommand {
        table,
        rows,
        returning,
    })
}

fn bind_value(
    value: &Expr,
    scope: &Scope,
    clause: Clause,
    column: &Ident,
    table: &TableDef,
) -> Result<Bound, SqlError> {
    let place = target_column(table, column)?;
    bind_assignment(value, scope, clause, column, table.columns[place].ty)
}

fn bind_filter(filter: Option<&Expr>, scope: &Scope) -> Result<Option<Bound>, SqlError> {
    filter
        .map(|filter| bind_condition(filter, scope, Clause::Where))
        .transpose()
}

fn bind_returning(items: &[SelectItem], scope: &Scope) -> Result<Option<Projection>, SqlError> {
    if items.is_empty() {
        return Ok(None);
    }
    bind_projection(items, &[], scope, Clause::Returning).map(Some)
}

fn table_scope(from: &ast::TableRef, db: &Database) -> Result<(TableId, Scope), SqlError> {
    let table = db.table_named(&from.name)?;
    let alias = from.alias.as_ref().unwrap_or(&from.name);
    Ok((table, scope_of(db.table(table), &alias.name)))
}

fn scope_of(table: &TableDef, alias: &str) -> Scope {
    Scope::table(
        alias,
        table
            .columns
            .iter()
            .map(|column| (column.name.as_str(), Type::from(column.ty))),
    )
}

fn target_column(table: &TableDef, column: &Ident) -> Result<usize, SqlError> {
    table.column(&column.name).ok_or_else(|| {
        SqlError::new(
            SqlState::UNDEFINED_COLUMN,
            format!(
                "column \"{}\" of relation \"{}\" does not exist",
                column.name, table.name
            ),
        )
        .at(column.span)
    })
}

/// A table whose definition was found to be sound.
pub type CheckedTable = TableDef;

/// Settles a `CREATE TABLE`: types, defaults, and the names that PostgreSQL gives to constraints without one.
///
/// # Errors
/// A column twice, two primary keys, a key over a column that is not there, a default or CHECK that cannot be bound.
pub fn define_table(create: &CreateTable) -> Result<CheckedTable, SqlError> {
    let name = &create.name.name;
    let mut columns: Vec<ColumnSpec> = Vec::new();
    for column in &create.columns {
        if columns.iter().any(|other| other.name == column.name.name) {
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
                ColumnConstraint::Null | ColumnConstraint::Unique | ColumnConstraint::Check(_) => {}
            }
        }
        columns.push(spec);
    }
    let mut table = TableDef {
        name: name.clone(),
        columns,
        uniques: Vec::new(),
        checks: Vec::new(),
    };
    let scope = scope_of(&table, name);
    for (place, column) in create.columns.iter().enumerate() {
        for constraint in &column.constraints {
            match constraint {
                ColumnConstraint::PrimaryKey => {
                    add_unique(&mut table, None, vec![place], true, column.name.span)?
                }
                ColumnConstraint::Unique => {
                    add_unique(&mut table, None, vec![place], false, column.name.span)?
                }
                ColumnConstraint::Check(condition) => {
                    add_check(&mut table, None, Some(&column.name.name), condition, &scope)?;
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
                add_unique(&mut table, given, places, true, create.name.span)?;
            }
            TableConstraintKind::Unique(names) => {
                let places = key_columns(&table, names)?;
                add_unique(&mut table, given, places, false, create.name.span)?;
            }
            TableConstraintKind::Check(condition) => {
                add_check(&mut table, given, None, condition, &scope)?
            }
        }
    }
    // The primary key's index is made first, and an INSERT looks at the indexes in the order of their making.
    crate::collections::sort_by_key(&mut table.uniques, |unique| !unique.primary);
    crate::collections::sort_by(&mut table.checks, |a, b| a.name.cmp(&b.name));
    Ok(table)
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
    primary: bool,
    span: crate::sql::Span,
) -> Result<(), SqlError> {
    if primary && table.uniques.iter().any(|unique| unique.primary) {
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
        table.uniques.iter().any(|unique| unique.name == name)
    });
    table.uniques.push(Unique {
        name,
        columns,
        primary,
    });
    Ok(())
}

fn add_check(
    table: &mut TableDef,
    given: Option<String>,
    column: Option<&str>,
    condition: &Expr,
    scope: &Scope,
) -> Result<(), SqlError> {
    let condition = bind_condition(condition, scope, Clause::Check)?;
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
