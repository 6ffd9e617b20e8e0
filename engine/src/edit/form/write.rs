//! A form, written as a step.

use super::{Compare, Comparison, Form, Names, Setting};
use crate::edit::names::tables;
use crate::scenario::Scenario;
use crate::sql::ast::{
    BinaryOp, Direction, Expr, Ident, Statement, TransactionModes, UnaryOp, WaitPolicy,
};
use crate::sql::parse_expression;

impl Form {
    /// The step that it says. Can be read where all expressions in it can.
    #[must_use]
    pub fn sql(&self, scenario: &Scenario) -> String {
        match self {
            Self::Select {
                table,
                columns,
                rows,
                order,
                limit,
                lock,
            } => {
                let list = if columns.is_empty() {
                    "*".to_owned()
                } else {
                    names(columns)
                };
                let mut sql = format!("SELECT {list} FROM {}", name(table));
                condition(&mut sql, rows);
                if let Some((column, direction)) = order {
                    let down = match direction {
                        Direction::Asc => "",
                        Direction::Desc => " DESC",
                    };
                    sql.push_str(&format!(" ORDER BY {}{down}", name(column)));
                }
                if let Some(limit) = limit {
                    sql.push_str(&format!(" LIMIT {}", operand(limit)));
                }
                if let Some((strength, wait)) = lock {
                    sql.push_str(&format!(" {}{}", strength.clause(), waiting(*wait)));
                }
                sql
            }
            Self::Update {
                table,
                sets,
                rows,
                returning,
            } => {
                let mut sql = format!("UPDATE {} SET {}", name(table), settings(sets));
                condition(&mut sql, rows);
                if !returning.is_empty() {
                    sql.push_str(&format!(" RETURNING {}", names(returning)));
                }
                sql
            }
            Self::Delete { table, rows } => {
                let mut sql = format!("DELETE FROM {}", name(table));
                condition(&mut sql, rows);
                sql
            }
            Self::Insert {
                table,
                names: written,
                values,
                conflict,
            } => {
                let mut sql = format!("INSERT INTO {}", name(table));
                let columns: Vec<String> = values.iter().map(|it| it.column.clone()).collect();
                if *written == Names::Written || !is_whole_row(table, &columns, scenario) {
                    sql.push_str(&format!(" ({})", names(&columns)));
                }
                let values: Vec<String> = values.iter().map(|it| value(&it.value)).collect();
                sql.push_str(&format!(" VALUES ({})", values.join(", ")));
                if let Some(conflict) = conflict {
                    sql.push_str(" ON CONFLICT");
                    if !conflict.target.is_empty() {
                        sql.push_str(&format!(" ({})", names(&conflict.target)));
                    }
                    if conflict.sets.is_empty() {
                        sql.push_str(" DO NOTHING");
                    } else {
                        sql.push_str(&format!(" DO UPDATE SET {}", settings(&conflict.sets)));
                    }
                }
                sql
            }
            Self::LockTable { table, mode, wait } => {
                format!(
                    "LOCK TABLE {} IN {} MODE{}",
                    name(table),
                    mode.sql(),
                    waiting(*wait)
                )
            }
            Self::Require {
                left,
                compare,
                right,
                reason,
            } => {
                let mut text = format!(
                    "require {} {} {}",
                    operand(left),
                    compare.name(),
                    operand(right)
                );
                if !reason.is_empty() {
                    text.push_str(&format!(" else '{}'", reason.replace('\'', "''")));
                }
                text
            }
            Self::Begin { isolation, access } => Statement::Begin(TransactionModes {
                isolation: *isolation,
                access: *access,
                deferrable: None,
            })
            .to_string(),
            Self::Commit => "COMMIT".to_owned(),
            Self::Rollback => "ROLLBACK".to_owned(),
            Self::Fault(fault) => fault.to_string(),
        }
    }
}

fn name(name: &str) -> String {
    Ident::new(name).to_string()
}

fn names(columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|it| name(it)).collect();
    columns.join(", ")
}

fn settings(sets: &[Setting]) -> String {
    let sets: Vec<String> = sets
        .iter()
        .map(|set| format!("{} = {}", name(&set.column), value(&set.value)))
        .collect();
    sets.join(", ")
}

fn condition(sql: &mut String, rows: &[Comparison]) {
    for (place, row) in rows.iter().enumerate() {
        sql.push_str(if place == 0 { " WHERE " } else { " AND " });
        sql.push_str(&name(&row.column));
        if row.compare.has_value() {
            sql.push_str(&format!(" {} {}", row.compare.name(), operand(&row.value)));
        } else if row.compare != Compare::IsTrue {
            sql.push_str(&format!(" {}", row.compare.name()));
        }
    }
}

fn waiting(wait: WaitPolicy) -> &'static str {
    match wait {
        WaitPolicy::Block => "",
        WaitPolicy::NoWait => " NOWAIT",
        WaitPolicy::SkipLocked => " SKIP LOCKED",
    }
}

/// An expression that stands alone.
fn value(text: &str) -> String {
    parse_expression(text).map_or_else(|_| text.trim().to_owned(), |expr| expr.to_string())
}

/// An expression beside a comparison.
fn operand(text: &str) -> String {
    match parse_expression(text) {
        Ok(expr) if binds_tighter(&expr) => expr.to_string(),
        Ok(expr) => format!("({expr})"),
        Err(_) => text.trim().to_owned(),
    }
}

/// Whether an expression needs no parentheses beside a comparison.
fn binds_tighter(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..)
        | Expr::Column { .. }
        | Expr::HostVariable(_)
        | Expr::Parameter(..)
        | Expr::Call(_)
        | Expr::Cast(..)
        | Expr::Row(_)
        | Expr::Subquery(_)
        | Expr::Case { .. } => true,
        Expr::Unary(op, _) => *op != UnaryOp::Not,
        Expr::Binary(_, op, _) => matches!(
            op,
            BinaryOp::Plus
                | BinaryOp::Minus
                | BinaryOp::Multiply
                | BinaryOp::Divide
                | BinaryOp::Modulo
        ),
        _ => false,
    }
}

/// Whether a row has a value for each column, in their order.
fn is_whole_row(table: &str, columns: &[String], scenario: &Scenario) -> bool {
    let tables = tables(scenario);
    let table = tables.iter().find(|it| it.name == table);
    table.is_some_and(|table| table.columns.iter().map(|it| &it.name).eq(columns))
}
