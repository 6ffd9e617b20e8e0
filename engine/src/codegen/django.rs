//! Python with Django 5: `select_for_update`, filter-by-version updates, `F` expressions, and a cursor where Django has no words.

use super::host::{self, Host};
use super::model::{
    Client, End, Model, Part, kind_of, named_columns, one_line, pascal, quote, snake,
};
use super::python;
use super::writer::Writer;
use super::{Sample, params};
use crate::scenario::OnConflict;
use crate::sql::ast::{
    BinaryOp, ColumnConstraint, CreateTable, Expr, RowLock, Select, SqlType, Statement, WaitPolicy,
};
use crate::strategy::{PlannedAction, PlannedStep, RowCheck};

const HELPERS: &str = include_str!("python/conflicts_django.py");

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut out = Writer::new("    ");
    out.line("import random\nimport threading\nimport time\n");
    out.line("from django.db import OperationalError, connection, models, transaction");
    out.line("from django.db.models import F\n\n");
    for table in &model.tables {
        class(&mut out, table);
    }
    out.line(HELPERS.trim_end());
    for client in &model.sessions {
        out.line("\n");
        session(&mut out, model, client);
    }
    vec![Sample {
        file: "shop.py".to_owned(),
        text: out.finish(),
    }]
}

fn class(out: &mut Writer, table: &CreateTable) {
    let key = table.primary_key();
    out.open(&format!(
        "class {}(models.Model):",
        pascal(&table.name.name)
    ));
    for column in &table.columns {
        let (field, mut arguments) = match column.ty {
            SqlType::Numeric(size) => {
                let (digits, scale) = size.unwrap_or((20, 2));
                (
                    "DecimalField",
                    format!("max_digits={digits}, decimal_places={scale}"),
                )
            }
            ty => match kind_of(ty) {
                super::model::Kind::Int => ("BigIntegerField", String::new()),
                super::model::Kind::Bool => ("BooleanField", String::new()),
                super::model::Kind::Time => ("DateTimeField", String::new()),
                _ => ("TextField", String::new()),
            },
        };
        let is_key = key.as_slice() == [column.name.name.as_str()]
            || key.is_empty() && column == &table.columns[0];
        let extra = if is_key {
            "primary_key=True"
        } else if column.constraints.contains(&ColumnConstraint::NotNull) {
            ""
        } else {
            "null=True"
        };
        if !extra.is_empty() {
            if !arguments.is_empty() {
                arguments.push_str(", ");
            }
            arguments.push_str(extra);
        }
        out.line(&format!(
            "{} = models.{field}({arguments})",
            python::name(&column.name.name)
        ));
    }
    out.blank();
    out.open("class Meta:");
    out.line(&format!("db_table = {}", quote(&table.name.name)));
    out.up();
    out.up();
    out.line("\n");
}

fn session(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    out.open(&format!("def {}() -> None:", client.name));
    out.line(&format!(
        "\"\"\"What {} does. {}\"\"\"",
        client.label.replace(['"', '\\'], ""),
        model.on_conflict(client)
    ));
    let mut nest = python::Nest::default();
    for part in &client.parts {
        match part {
            Part::Alone(step) if nest.call(out, step) => {}
            Part::Alone(step) => self::step(out, model, step),
            Part::Block {
                isolation,
                steps,
                end,
            } => {
                let attempts = model.attempts(client);
                out.open(&format!("for attempt in range(1, {}):", attempts + 1));
                out.open("try:");
                out.open("with transaction.atomic():");
                if let Some(level) = isolation {
                    let level = level.to_string().to_ascii_uppercase();
                    out.line(&format!(
                        "connection.cursor().execute({})",
                        quote(&format!("SET TRANSACTION ISOLATION LEVEL {level}"))
                    ));
                }
                for step in steps {
                    self::step(out, model, step);
                }
                match end {
                    End::Commit => out.line("pass  # leaving the block commits"),
                    End::Rollback => out.line("transaction.set_rollback(True)  # as drawn"),
                    End::Never => out.line("threading.Event().wait()  # never commits: the transaction and its locks stay"),
                }
                out.up();
                out.line("break");
                out.up();
                out.open("except AlreadyDone:");
                out.line("break");
                out.up();
                out.open("except (Conflict, OperationalError) as error:");
                out.open(&format!(
                    "if attempt == {attempts} or not is_conflict(error):"
                ));
                out.line("raise");
                out.up();
                if matches!(client.plan.on_conflict, OnConflict::Retry { .. }) {
                    out.line(&format!("pause(attempt, {})", model.pause(client)));
                }
                out.up();
                out.up();
            }
        }
    }
    nest.end(out);
    out.line("return None");
    out.up();
}

fn step(out: &mut Writer, model: &Model<'_>, step: &PlannedStep) {
    let PlannedAction::Sql { sql, check } = &step.action else {
        return python::other(out, model, step);
    };
    if in_its_own_words(out, model, step, &sql.statement, check).is_none() {
        as_text(
            out,
            model,
            step,
            &one_line(&sql.text),
            &sql.statement,
            check,
        );
    }
}

/// As Django says it; `None` if it has no words for it.
fn in_its_own_words(
    out: &mut Writer,
    model: &Model<'_>,
    step: &PlannedStep,
    statement: &Statement,
    check: &RowCheck,
) -> Option<()> {
    match statement {
        Statement::Select(select) => self::select(out, model, step, select, check),
        Statement::Update(update)
            if update.from.is_empty() && update.with.is_empty() && update.returning.is_empty() =>
        {
            let rows = filtered(
                model,
                &update.table.name.name,
                update.filter.as_ref(),
                "objects",
            )?;
            let column = |name: &str| format!("F({})", quote(name));
            let values: Option<Vec<String>> = update
                .assignments
                .iter()
                .map(|set| {
                    let value =
                        host::expression(model, Host::Python, set.value.as_ref()?, Some(&column))?;
                    Some(format!("{}={value}", python::name(&set.column.name)))
                })
                .collect();
            out.line(&format!("rows = {rows}.update({})", values?.join(", ")));
            python::check(out, "rows == 0", check);
            Some(())
        }
        Statement::Delete(delete)
            if delete.using.is_empty() && delete.with.is_empty() && delete.returning.is_empty() =>
        {
            let rows = filtered(
                model,
                &delete.table.name.name,
                delete.filter.as_ref(),
                "objects",
            )?;
            out.line(&format!("rows, _ = {rows}.delete()"));
            python::check(out, "rows == 0", check);
            Some(())
        }
        Statement::Insert(insert)
            if insert.on_conflict.is_none() && insert.returning.is_empty() =>
        {
            for row in python::inserted(model, insert)? {
                out.line(&format!(
                    "{}.objects.create({row})",
                    pascal(&insert.table.name.name)
                ));
            }
            Some(())
        }
        _ => None,
    }
}

fn select(
    out: &mut Writer,
    model: &Model<'_>,
    step: &PlannedStep,
    select: &Select,
    check: &RowCheck,
) -> Option<()> {
    if !select.is_plain()
        || *check != RowCheck::Any
        || !select.order_by.is_empty()
        || select.limit.is_some()
        || select.offset.is_some()
    {
        return None;
    }
    let columns = named_columns(select)?;
    let manager = match select.locking.as_slice() {
        [] => "objects".to_owned(),
        [one] => {
            let mut arguments = match one.strength {
                RowLock::Update => vec![],
                RowLock::NoKeyUpdate => vec!["no_key=True"],
                // Django has no words for the shared ones.
                RowLock::Share | RowLock::KeyShare => return None,
            };
            match one.wait {
                WaitPolicy::Block => {}
                WaitPolicy::NoWait => arguments.push("nowait=True"),
                WaitPolicy::SkipLocked => arguments.push("skip_locked=True"),
            }
            format!("objects.select_for_update({})", arguments.join(", "))
        }
        _ => return None,
    };
    let table = &select.single_table()?.name.name;
    let rows = filtered(model, table, select.filter.as_ref(), &manager)?;
    let bound = model.bound(&Statement::Select(select.clone()));
    if model.is_used(step, &bound) {
        let object = snake(table);
        out.line(&format!("{object} = {rows}.get()"));
        for (variable, column) in columns {
            out.line(&format!(
                "{} = {object}.{}",
                python::name(variable),
                python::name(column)
            ));
        }
    } else {
        out.line(&format!("list({rows})"));
    }
    Some(())
}

/// `Stock.objects.filter(id=42, quantity__gte=1)`
fn filtered(
    model: &Model<'_>,
    table: &str,
    filter: Option<&Expr>,
    manager: &str,
) -> Option<String> {
    let mut conditions = Vec::new();
    let mut rest: Vec<&Expr> = filter.into_iter().collect();
    let column = |name: &str| format!("F({})", quote(name));
    while let Some(expr) = rest.pop() {
        let Expr::Binary(left, op, right) = expr else {
            if let Expr::Column { name, .. } = expr {
                conditions.push(format!("{}=True", python::name(&name.name)));
                continue;
            }
            return None;
        };
        if *op == BinaryOp::And {
            rest.push(right);
            rest.push(left);
            continue;
        }
        let Expr::Column { name, .. } = &**left else {
            return None;
        };
        let lookup = match op {
            BinaryOp::Eq => "",
            BinaryOp::Lt => "__lt",
            BinaryOp::LtEq => "__lte",
            BinaryOp::Gt => "__gt",
            BinaryOp::GtEq => "__gte",
            _ => return None,
        };
        let value = host::expression(model, Host::Python, right, Some(&column))?;
        conditions.push(format!("{}{lookup}={value}", name.name));
    }
    Some(if conditions.is_empty() {
        format!("{}.{manager}.all()", pascal(table))
    } else {
        format!(
            "{}.{manager}.filter({})",
            pascal(table),
            conditions.join(", ")
        )
    })
}

/// The statement itself, by a cursor.
fn as_text(
    out: &mut Writer,
    model: &Model<'_>,
    step: &PlannedStep,
    sql: &str,
    statement: &Statement,
    check: &RowCheck,
) {
    let text = params::replace(&sql.replace('%', "%%"), &mut |name| format!("%({name})s"));
    // Without parameters a percent sign stands for itself.
    let text = if params::names(sql).is_empty() {
        sql
    } else {
        &text
    };
    let params = python::params_of(sql, "");
    let bound = model.bound(statement);
    out.open("with connection.cursor() as cursor:");
    out.line(&format!("cursor.execute({}{params})", quote(text)));
    if *check == RowCheck::Granted {
        python::check(out, "not cursor.fetchone()[0]", check);
    } else if model.is_used(step, &bound) {
        let names: Vec<String> = bound.iter().map(|name| python::name(name)).collect();
        out.line(&format!(
            "{}{} = cursor.fetchone()",
            names.join(", "),
            if names.len() == 1 { "," } else { "" }
        ));
    } else {
        python::check(out, "cursor.rowcount == 0", check);
    }
    out.up();
}
