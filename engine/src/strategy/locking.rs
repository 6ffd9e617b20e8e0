//! Statements that do nothing but lock rows.

use super::build::column;
use super::tables::Table;
use crate::sql::ast::{
    BinaryOp, Direction, Distinct, Expr, FromItem, Ident, Locking, OrderBy, Select, SelectItem,
    Statement, TableRef,
};

/// What a client tells its user when it passed over the row that it wanted.
pub(super) const HAD: &str = "the row is locked by another session, or not there";

/// `SELECT key AS locked_key FROM table WHERE filter ORDER BY key FOR UPDATE`; without `ORDER BY` for one row.
pub(super) fn rows_of(table: &Table, filter: Option<Expr>, locking: Locking) -> Statement {
    let columns: Vec<&str> = if table.key.is_empty() {
        let first = table.columns.first();
        first
            .map(|column| column.name.as_str())
            .into_iter()
            .collect()
    } else {
        table.key.iter().map(String::as_str).collect()
    };
    let order_by = table.key.iter().map(|name| OrderBy {
        expr: column(name),
        direction: Direction::Asc,
        nulls: None,
    });
    Statement::Select(Select {
        items: columns
            .into_iter()
            // Another name, so that no host variable of the session is bound anew.
            .map(|name| SelectItem::Expr {
                expr: column(name),
                alias: Some(Ident::new(&format!("locked_{name}"))),
            })
            .collect(),
        with: Vec::new(),
        distinct: Distinct::No,
        from: vec![FromItem::Table(TableRef {
            name: Ident::new(&table.name),
            alias: None,
        })],
        group_by: Vec::new(),
        having: None,
        compound: Vec::new(),
        order_by: if pins(table, filter.as_ref()) {
            Vec::new()
        } else {
            order_by.collect()
        },
        filter: filter.map(unqualified),
        limit: None,
        offset: None,
        locking: vec![locking],
    })
}

/// Conditions written for an alias, for the table itself.
fn unqualified(mut filter: Expr) -> Expr {
    crate::sql::visit::walk_mut(&mut filter, &mut |expr| {
        if let Expr::Column { table, .. } = expr {
            *table = None;
        }
    });
    filter
}

/// Whether a condition equates every column of the key with something.
fn pins(table: &Table, filter: Option<&Expr>) -> bool {
    fn equated<'a>(expr: &'a Expr, names: &mut Vec<&'a str>) {
        match expr {
            Expr::Binary(left, BinaryOp::And, right) => {
                equated(left, names);
                equated(right, names);
            }
            Expr::Binary(left, BinaryOp::Eq, right) => {
                for side in [left, right] {
                    if let Expr::Column { name, .. } = &**side {
                        names.push(&name.name);
                    }
                }
            }
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Some(filter) = filter {
        equated(filter, &mut names);
    }
    !table.key.is_empty() && table.key.iter().all(|key| names.contains(&key.as_str()))
}
