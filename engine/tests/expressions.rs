//! Expressions held against a real PostgreSQL 15: `tests/expressions/*.txt` are cases with its answers, recorded by
//! `record.sh`; here ours must be the same to the letter, with result type, SQLSTATE, message, DETAIL and HINT.
//!
//! Where Rowlock deliberately differs, the case stands in [`DIFFERENT`] with what is said instead; and what is
//! double precision there is refused here.

use rowlock_engine::db::expr::{
    Accumulator, Clause, EvalContext, Projection, Scope, bind_assignment, bind_condition,
    bind_limit, bind_projection, eval, is_true,
};
use rowlock_engine::db::{SqlError, Type, Value};
use rowlock_engine::sql::ast::{
    Direction, Expr, Nulls, OrderBy, SelectItem, SqlType, Statement, TableRef,
};
use rowlock_engine::sql::{parse_expression, parse_script, parse_statement};
use std::cmp::Ordering;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What Rowlock answers where it is meant not to answer as PostgreSQL.
const DIFFERENT: &[(&str, &str)] = &[
    // What an INSERT would find in its own table is not looked at.
    (
        "INSERT INTO t (i) VALUES (i)",
        "ERROR: 42703: column \"i\" does not exist",
    ),
];

struct Table {
    name: String,
    columns: Vec<(String, SqlType)>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn scope(&self, alias: &str) -> Scope {
        let columns = self.columns.iter();
        Scope::table(
            alias,
            columns.map(|(name, ty)| (name.as_str(), Type::from(*ty))),
        )
    }
}

const CONTEXT: EvalContext = EvalContext {
    now: rowlock_engine::db::Timestamp(0),
};

fn setup() -> Vec<Table> {
    let script = include_str!("expressions/setup.sql");
    let mut tables: Vec<Table> = Vec::new();
    for (statement, _) in parse_script(script).expect("the set-up can be read") {
        match statement {
            Statement::CreateTable(create) => tables.push(Table {
                name: create.name.name,
                columns: create
                    .columns
                    .into_iter()
                    .map(|column| (column.name.name, column.ty))
                    .collect(),
                rows: Vec::new(),
            }),
            Statement::Insert(insert) => {
                let table = tables
                    .iter_mut()
                    .find(|table| table.name == insert.table.name)
                    .expect("the table is there");
                for row in insert.rows {
                    let values = row.iter().zip(&table.columns).map(|(value, (name, ty))| {
                        let value = value.as_ref().expect("no DEFAULT in the set-up");
                        assigned(value, &Scope::empty(), Clause::Values, name, *ty, &[])
                            .expect("the value fits")
                    });
                    table.rows.push(values.collect());
                }
            }
            _ => panic!("the set-up holds CREATE TABLE and INSERT"),
        }
    }
    tables
}

fn assigned(
    value: &Expr,
    scope: &Scope,
    clause: Clause,
    column: &str,
    ty: SqlType,
    row: &[Value],
) -> Result<Value, SqlError> {
    let column = rowlock_engine::sql::ast::Ident::new(column);
    eval(
        &bind_assignment(value, scope, clause, &column, ty)?,
        row,
        &CONTEXT,
    )
}

fn shown(value: &Value) -> String {
    value.to_text().unwrap_or_else(|| "NULL".to_owned())
}

fn told(error: &SqlError) -> String {
    let mut text = format!("ERROR: {}: {}", error.state.0, error.message);
    for (label, line) in [("DETAIL", &error.detail), ("HINT", &error.hint)] {
        if let Some(line) = line {
            let _ = write!(text, " ~ {label}: {line}");
        }
    }
    text
}

/// The type and value of an expression on the one row of t.
fn value_of(expr: &str, t: &Table) -> Result<String, String> {
    let expr = parse_expression(expr).map_err(|error| format!("not of the subset: {error}"))?;
    let items = [SelectItem::Expr { expr, alias: None }];
    let found = || -> Result<String, SqlError> {
        let projection = bind_projection(&items, &[], &t.scope("t"), Clause::SelectList)?;
        let column = &projection.columns[0];
        let value = eval(column, &t.rows[0], &CONTEXT)?;
        Ok(format!("{} {}", column.ty.name(), shown(&value)))
    };
    Ok(found().unwrap_or_else(|error| told(&error)))
}

/// The name of a result column and its type.
fn name_of(expr: &str, t: &Table) -> Result<String, String> {
    let expr = parse_expression(expr).map_err(|error| format!("not of the subset: {error}"))?;
    let items = [SelectItem::Expr { expr, alias: None }];
    let projection = bind_projection(&items, &[], &t.scope("t"), Clause::SelectList)
        .map_err(|error| told(&error))?;
    let ty = projection.columns[0].ty.name();
    Ok(format!("{} {ty}", projection.names[0]))
}

/// The rows that a statement gives back.
fn rows_of(statement: &str, tables: &[Table]) -> Result<String, String> {
    let statement =
        parse_statement(statement).map_err(|error| format!("not of the subset: {error}"))?;
    let rows = run(&statement, tables);
    Ok(match rows {
        Err(error) => told(&error),
        Ok(rows) => {
            let rows: Vec<String> = rows
                .iter()
                .map(|row| row.iter().map(shown).collect::<Vec<_>>().join(", "))
                .collect();
            rows.join(" ~ ")
        }
    })
}

/// The statement without a database: no effects, only what expressions have to do with it.
fn run(statement: &Statement, tables: &[Table]) -> Result<Vec<Vec<Value>>, SqlError> {
    let find = |name: &str| {
        tables
            .iter()
            .find(|table| table.name == name)
            .expect("the table is there")
    };
    let scope_of = |from: &TableRef| {
        let alias = from.alias.as_ref().unwrap_or(&from.name);
        find(&from.name.name).scope(&alias.name)
    };
    let kept = |filter: &Option<Expr>, scope: &Scope, rows: &[Vec<Value>]| {
        let Some(filter) = filter else {
            return Ok(rows.to_vec());
        };
        let condition = bind_condition(filter, scope, Clause::Where)?;
        let mut kept = Vec::new();
        for row in rows {
            if is_true(&condition, row, &CONTEXT)? {
                kept.push(row.clone());
            }
        }
        Ok::<_, SqlError>(kept)
    };
    match statement {
        Statement::Select(select) => {
            let (scope, rows) = match &select.from {
                Some(from) => (scope_of(from), find(&from.name.name).rows.clone()),
                None => (Scope::empty(), vec![Vec::new()]),
            };
            let projection =
                bind_projection(&select.items, &select.order_by, &scope, Clause::SelectList)?;
            let bound = |expr: &Option<Expr>, clause| match expr {
                Some(expr) => eval(&bind_limit(expr, clause)?, &[], &CONTEXT),
                None => Ok(Value::Null),
            };
            let condition = kept(&select.filter, &scope, &rows)?;
            let offset = bound(&select.offset, Clause::Offset)?;
            let limit = bound(&select.limit, Clause::Limit)?;
            let rows = projected(&projection, &select.order_by, condition)?;
            let number = |value: Value, otherwise| match value {
                Value::BigInt(value) => usize::try_from(value).unwrap_or(otherwise),
                _ => otherwise,
            };
            Ok(rows
                .into_iter()
                .skip(number(offset, 0))
                .take(number(limit, usize::MAX))
                .collect())
        }
        Statement::Insert(insert) => {
            let table = find(&insert.table.name);
            let mut row = vec![Value::Null; table.columns.len()];
            for (name, value) in insert.columns.iter().zip(&insert.rows[0]) {
                let place = place(table, &name.name);
                let (column, ty) = &table.columns[place];
                let value = value.as_ref().expect("no DEFAULT in the cases");
                row[place] = assigned(value, &Scope::empty(), Clause::Values, column, *ty, &[])?;
            }
            returned(&insert.returning, &table.scope(&table.name), vec![row])
        }
        Statement::Update(update) => {
            let (table, scope) = (find(&update.table.name.name), scope_of(&update.table));
            let mut values = Vec::new();
            for assignment in &update.assignments {
                let place = place(table, &assignment.column.name);
                let value = assignment.value.as_ref().expect("no DEFAULT in the cases");
                let ty = table.columns[place].1;
                let bound =
                    bind_assignment(value, &scope, Clause::UpdateSet, &assignment.column, ty)?;
                values.push((place, bound));
            }
            let mut rows = kept(&update.filter, &scope, &table.rows)?;
            for row in &mut rows {
                let old = row.clone();
                for (place, value) in &values {
                    row[*place] = eval(value, &old, &CONTEXT)?;
                }
            }
            returned(&update.returning, &scope, rows)
        }
        Statement::Delete(delete) => {
            let scope = scope_of(&delete.table);
            let rows = kept(&delete.filter, &scope, &find(&delete.table.name.name).rows)?;
            returned(&delete.returning, &scope, rows)
        }
        _ => panic!("the cases hold no such statement"),
    }
}

fn place(table: &Table, column: &str) -> usize {
    table
        .columns
        .iter()
        .position(|(name, _)| name == column)
        .expect("the column is there")
}

fn returned(
    items: &[SelectItem],
    scope: &Scope,
    rows: Vec<Vec<Value>>,
) -> Result<Vec<Vec<Value>>, SqlError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let projection = bind_projection(items, &[], scope, Clause::Returning)?;
    projected(&projection, &[], rows)
}

fn projected(
    projection: &Projection,
    order_by: &[OrderBy],
    mut rows: Vec<Vec<Value>>,
) -> Result<Vec<Vec<Value>>, SqlError> {
    if !projection.aggregates.is_empty() {
        let mut results = Vec::new();
        for aggregate in &projection.aggregates {
            let mut accumulator = Accumulator::new(aggregate);
            for row in &rows {
                accumulator.update(row, &CONTEXT)?;
            }
            results.push(accumulator.finish()?);
        }
        rows = vec![results];
    }
    let evaluated = |bounds: &[_], row: &[Value]| {
        bounds
            .iter()
            .map(|bound| eval(bound, row, &CONTEXT))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut found = Vec::new();
    for row in &rows {
        found.push((
            evaluated(&projection.order_by, row)?,
            evaluated(&projection.columns, row)?,
        ));
    }
    found.sort_by(|(left, _), (right, _)| {
        let keys = order_by.iter().zip(left.iter().zip(right));
        keys.fold(Ordering::Equal, |order, (key, (left, right))| {
            order.then_with(|| compared(key, left, right))
        })
    });
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

fn compared(key: &OrderBy, left: &Value, right: &Value) -> Ordering {
    if key.nulls == Some(Nulls::First) && left.is_null() != right.is_null() {
        return right.is_null().cmp(&left.is_null());
    }
    match key.direction {
        Direction::Asc => left.sql_cmp(right),
        Direction::Desc => right.sql_cmp(left),
    }
}

#[test]
fn answers_are_those_of_postgresql() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expressions");
    let tables = setup();
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let (mut cases, mut wrong) = (0, String::new());
    for path in files {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let form = text.lines().next();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with("--") {
                continue;
            }
            let (case, expected) = line
                .split_once(" -->")
                .expect("every case has its answer: run record.sh");
            let expected = DIFFERENT
                .iter()
                .find(|(different, _)| *different == case)
                .map_or(expected.trim(), |(_, ours)| ours);
            let ours = match form {
                Some("-- statements") => rows_of(case, &tables),
                Some("-- names") => name_of(case, &tables[0]),
                _ => value_of(case, &tables[0]),
            };
            let ours = ours.unwrap_or_else(|error| error);
            cases += 1;
            // What would be floating point is refused.
            let refused =
                expected.starts_with("double precision") && ours.starts_with("ERROR: 0A000");
            if ours != expected && !refused {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let _ = write!(
                    wrong,
                    "\n{file}:{}: {case}\n  PostgreSQL: {expected}\n  ours:       {ours}",
                    number + 1
                );
            }
        }
    }
    assert!(cases > 800, "only {cases} cases were found");
    assert!(wrong.is_empty(), "{wrong}");
}
