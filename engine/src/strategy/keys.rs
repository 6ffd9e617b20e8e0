//! Which rows a statement means: its table, its condition, and the primary key if the condition pins it.
//!
//! ```text
//! UPDATE stock SET ... WHERE id = 42 AND quantity > 0     one row of stock, at most: id = 42
//! SELECT ... FROM stock WHERE quantity > 0                any rows of stock
//! ```

use super::tables::Table;
use crate::sql::ast::{BinaryOp, Expr, Literal, Statement, UnaryOp};
use crate::sql::visit::{walk, walk_mut};

/// What a statement searches.
pub(super) struct Search {
    /// The table's place among the tables.
    pub table: usize,
    /// The condition, split at its `AND`s; columns without the table's name before them.
    pub conditions: Vec<Expr>,
    /// The values that the condition equates the primary key's columns with, in the key's order.
    pub key: Option<Vec<Expr>>,
}

impl Search {
    /// What a SELECT, UPDATE or DELETE searches.
    pub fn of(statement: &Statement, tables: &[Table]) -> Option<Self> {
        let (name, filter) = match statement {
            Statement::Select(select) if select.is_plain() => {
                (&select.single_table()?.name.name, &select.filter)
            }
            Statement::Update(update) if update.from.is_empty() && update.with.is_empty() => {
                (&update.table.name.name, &update.filter)
            }
            Statement::Delete(delete) if delete.using.is_empty() && delete.with.is_empty() => {
                (&delete.table.name.name, &delete.filter)
            }
            _ => return None,
        };
        let table = tables.iter().position(|table| table.name == *name)?;
        let mut conditions = Vec::new();
        if let Some(filter) = filter {
            split(filter, &mut conditions);
        }
        Some(Self {
            key: pinned(&tables[table].key, &conditions),
            table,
            conditions,
        })
    }

    /// Whether the condition pins the key and says nothing else.
    pub fn is_key_alone(&self) -> bool {
        let key = self.key.as_deref().unwrap_or_default();
        !key.is_empty() && key.len() == self.conditions.len()
    }

    /// The key's values if all are constants, so that they can be known before anything runs.
    pub fn constant_key(&self) -> Option<Vec<Constant>> {
        self.key.as_ref()?.iter().map(Constant::of).collect()
    }
}

/// A constant that can be compared and put in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl Constant {
    fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Literal(Literal::Number(digits), _) => digits.parse().ok().map(Self::Number),
            Expr::Literal(Literal::String(text), _) => Some(Self::Text(text.clone())),
            Expr::Unary(UnaryOp::Minus, inner) => match Self::of(inner)? {
                Self::Number(number) => Some(Self::Number(-number)),
                Self::Text(_) => None,
            },
            _ => None,
        }
    }

    /// Whether they surely differ; `'7'` and `7` may not.
    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one != other,
            (Self::Text(one), Self::Text(other)) => one != other,
            _ => false,
        }
    }

    /// The constant as an expression.
    pub fn to_expr(&self) -> Expr {
        let span = crate::sql::Span::default();
        match self {
            Self::Number(number) => {
                let digits = Literal::Number(number.unsigned_abs().to_string());
                let digits = Expr::Literal(digits, span);
                if *number < 0 {
                    Expr::Unary(UnaryOp::Minus, Box::new(digits))
                } else {
                    digits
                }
            }
            Self::Text(text) => Expr::Literal(Literal::String(text.clone()), span),
        }
    }
}

/// Splits a condition at its `AND`s.
fn split(expr: &Expr, parts: &mut Vec<Expr>) {
    if let Expr::Binary(left, BinaryOp::And, right) = expr {
        split(left, parts);
        split(right, parts);
    } else {
        let mut part = expr.clone();
        walk_mut(&mut part, &mut |expr| {
            if let Expr::Column { table, .. } = expr {
                *table = None;
            }
        });
        parts.push(part);
    }
}

/// What a condition equates the columns of a key with.
fn pinned(key: &[String], conditions: &[Expr]) -> Option<Vec<Expr>> {
    if key.is_empty() {
        return None;
    }
    let value = |column: &String| {
        conditions.iter().find_map(|condition| match condition {
            Expr::Binary(left, BinaryOp::Eq, right) => match (&**left, &**right) {
                (Expr::Column { name, .. }, value) | (value, Expr::Column { name, .. })
                    if name.name == *column && !has_column(value) =>
                {
                    Some(value.clone())
                }
                _ => None,
            },
            _ => None,
        })
    };
    key.iter().map(value).collect()
}

fn has_column(expr: &Expr) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| {
        found |= matches!(expr, Expr::Column { .. })
    });
    found
}
