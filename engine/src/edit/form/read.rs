//! A step, read as a form.

use super::{Compare, Comparison, Conflict, Form, Names, Setting};
use crate::edit::names::{Table, tables};
use crate::scenario::{Action, Scenario, read_action};
use crate::sql::ast::{
    Assignment, BinaryOp, ConflictAction, ConflictTarget, Expr, Ident, Insert, InsertSource,
    Select, SelectItem, Statement, TableRef, Update, WaitPolicy,
};

impl Form {
    /// The form of a step, if it says all that the step does: what it writes is read as the same step.
    #[must_use]
    pub fn of(text: &str, scenario: &Scenario) -> Option<Self> {
        let action = read_action(text.trim()).ok()?;
        let tables = tables(scenario);
        let form = match &action {
            Action::Fault(fault) => Self::Fault(*fault),
            Action::Require(require) => {
                let Expr::Binary(left, op, right) = &require.condition else {
                    return None;
                };
                Self::Require {
                    left: left.to_string(),
                    compare: compare(*op)?,
                    right: right.to_string(),
                    reason: require.reason.clone().unwrap_or_default(),
                }
            }
            Action::Sql(sql) => statement(&sql.statement, &tables)?,
        };
        let again = read_action(&form.sql(scenario)).ok()?;
        same(&again, &action).then_some(form)
    }
}

/// Whether two steps say the same, however they are spelled.
fn same(one: &Action, other: &Action) -> bool {
    match (one, other) {
        (Action::Sql(one), Action::Sql(other)) => one.statement == other.statement,
        (Action::Require(one), Action::Require(other)) => {
            one.condition == other.condition && one.reason == other.reason
        }
        (one, other) => one == other,
    }
}

fn statement(statement: &Statement, tables: &[Table]) -> Option<Form> {
    Some(match statement {
        Statement::Select(it) => select(it, tables)?,
        Statement::Update(it) => update(it, tables)?,
        Statement::Insert(it) => insert(it, tables)?,
        Statement::Delete(it) => {
            let table = known(&it.table, tables)?;
            Form::Delete {
                table: table.name.clone(),
                rows: rows(it.filter.as_ref(), table)?,
            }
        }
        Statement::LockTable(lock) => {
            let [name] = &lock.tables[..] else {
                return None;
            };
            Form::LockTable {
                table: tables.iter().find(|it| it.name == name.name)?.name.clone(),
                mode: lock.mode,
                wait: if lock.nowait {
                    WaitPolicy::NoWait
                } else {
                    WaitPolicy::Block
                },
            }
        }
        Statement::Begin(modes) => Form::Begin {
            isolation: modes.isolation,
            access: modes.access,
        },
        Statement::Commit => Form::Commit,
        Statement::Rollback => Form::Rollback,
        _ => return None,
    })
}

fn select(select: &Select, tables: &[Table]) -> Option<Form> {
    let table = known(select.single_table()?, tables)?;
    let order = match &select.order_by[..] {
        [] => None,
        [key] => Some((column(&key.expr, table)?, key.direction)),
        _ => return None,
    };
    Some(Form::Select {
        table: table.name.clone(),
        columns: match &select.items[..] {
            [SelectItem::Star(_)] => Vec::new(),
            items => columns(items, table)?,
        },
        rows: rows(select.filter.as_ref(), table)?,
        order,
        limit: select.limit.as_ref().map(ToString::to_string),
        lock: match &select.locking[..] {
            [] => None,
            [locking] => Some((locking.strength, locking.wait)),
            _ => return None,
        },
    })
}

fn update(update: &Update, tables: &[Table]) -> Option<Form> {
    let table = known(&update.table, tables)?;
    Some(Form::Update {
        table: table.name.clone(),
        sets: settings(&update.assignments, table)?,
        rows: rows(update.filter.as_ref(), table)?,
        returning: columns(&update.returning, table)?,
    })
}

fn insert(insert: &Insert, tables: &[Table]) -> Option<Form> {
    let table = known(&insert.table, tables)?;
    let InsertSource::Values(values) = &insert.source else {
        return None;
    };
    let ([row], []) = (&values[..], &insert.returning[..]) else {
        return None;
    };
    let (names, columns): (Names, Vec<&str>) = if insert.columns.is_empty() {
        let columns = table.columns.iter().map(|it| it.name.as_str());
        (Names::LeftOut, columns.collect())
    } else {
        let columns = insert.columns.iter().map(|it| it.name.as_str());
        (Names::Written, columns.collect())
    };
    if columns.len() != row.len() || columns.iter().any(|it| table.column(it).is_none()) {
        return None;
    }
    let conflict = match &insert.on_conflict {
        None => None,
        Some(on_conflict) => Some(Conflict {
            target: match &on_conflict.target {
                None => Vec::new(),
                Some(ConflictTarget::Columns(columns, None)) => of_table(columns, table)?,
                Some(_) => return None,
            },
            sets: match &on_conflict.action {
                ConflictAction::Nothing => Vec::new(),
                ConflictAction::Update {
                    assignments,
                    filter: None,
                } => settings(assignments, table)?,
                ConflictAction::Update { .. } => return None,
            },
        }),
    };
    let values = columns.iter().zip(row).map(|(column, value)| Setting {
        column: (*column).to_owned(),
        value: written(value.as_ref()),
    });
    Some(Form::Insert {
        table: table.name.clone(),
        names,
        values: values.collect(),
        conflict,
    })
}

fn known<'t>(table: &TableRef, tables: &'t [Table]) -> Option<&'t Table> {
    let found = tables.iter().find(|it| it.name == table.name.name)?;
    table.alias.is_none().then_some(found)
}

/// The table's own columns, each once.
fn of_table(columns: &[Ident], table: &Table) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        table.column(&column.name)?;
        if names.contains(&column.name) {
            return None;
        }
        names.push(column.name.clone());
    }
    Some(names)
}

fn column(expr: &Expr, table: &Table) -> Option<String> {
    match expr {
        Expr::Column { table: None, name } => Some(table.column(&name.name)?.name.clone()),
        _ => None,
    }
}

fn columns(items: &[SelectItem], table: &Table) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for item in items {
        let SelectItem::Expr { expr, alias: None } = item else {
            return None;
        };
        let name = column(expr, table)?;
        if names.contains(&name) {
            return None;
        }
        names.push(name);
    }
    Some(names)
}

fn settings(assignments: &[Assignment], table: &Table) -> Option<Vec<Setting>> {
    let setting = |assignment: &Assignment| {
        Some(Setting {
            column: table.column(&assignment.column.name)?.name.clone(),
            value: written(assignment.value.as_ref()),
        })
    };
    assignments.iter().map(setting).collect()
}

fn written(value: Option<&Expr>) -> String {
    value.map_or_else(|| "DEFAULT".to_owned(), ToString::to_string)
}

fn rows(filter: Option<&Expr>, table: &Table) -> Option<Vec<Comparison>> {
    let mut rows = Vec::new();
    match filter {
        None => Some(rows),
        Some(filter) => conjunction(filter, table, &mut rows).then_some(rows),
    }
}

/// Comparisons joined by AND; `false` where there is something else.
fn conjunction(filter: &Expr, table: &Table, rows: &mut Vec<Comparison>) -> bool {
    if let Expr::Binary(left, BinaryOp::And, right) = filter {
        return conjunction(left, table, rows) && conjunction(right, table, rows);
    }
    let row = comparison(filter, table);
    let found = row.is_some();
    rows.extend(row);
    found
}

fn comparison(filter: &Expr, table: &Table) -> Option<Comparison> {
    let (left, compare, value) = match filter {
        Expr::Binary(left, op, right) => (&**left, compare(*op)?, right.to_string()),
        Expr::IsNull { expr, negated } => {
            let compare = if *negated {
                Compare::IsNotNull
            } else {
                Compare::IsNull
            };
            (&**expr, compare, String::new())
        }
        Expr::Column { .. } => (filter, Compare::IsTrue, String::new()),
        _ => return None,
    };
    Some(Comparison {
        column: column(left, table)?,
        compare,
        value,
    })
}

fn compare(op: BinaryOp) -> Option<Compare> {
    Some(match op {
        BinaryOp::Eq => Compare::Equal,
        BinaryOp::NotEq => Compare::NotEqual,
        BinaryOp::Lt => Compare::Less,
        BinaryOp::LtEq => Compare::LessOrEqual,
        BinaryOp::Gt => Compare::Greater,
        BinaryOp::GtEq => Compare::GreaterOrEqual,
        _ => return None,
    })
}
