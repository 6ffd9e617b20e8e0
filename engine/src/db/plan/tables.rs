//! Which tables a statement names, and how it locks them (manual, section 13.3.1).
//!
//! PostgreSQL locks a table when it looks its name up, before the statement is carried out and before its snapshot is taken.
//! The order is that of parse analysis: `WITH`, the target, `FROM`, then the other clauses.

use crate::db::lock::LockMode;
use crate::sql::ast::{
    CommonTable, Expr, FromItem, Ident, InsertSource, JoinCondition, Select, SelectItem, Statement,
};
use crate::sql::visit;

/// A table that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedTable {
    /// Its name.
    pub name: Ident,
    /// The lock that the statement takes on it.
    pub mode: LockMode,
}

/// The tables of a `SELECT`, `INSERT`, `UPDATE` or `DELETE`, in the order in which they are locked. Some may stand there twice.
#[must_use]
pub fn tables_of(statement: &Statement) -> Vec<NamedTable> {
    let mut walk = Walk::default();
    walk.statement(statement);
    walk.tables
}

#[derive(Default)]
struct Walk {
    tables: Vec<NamedTable>,
    /// Names of `WITH` that are no tables here.
    ctes: Vec<String>,
}

impl Walk {
    fn statement(&mut self, statement: &Statement) {
        let before = self.ctes.len();
        match statement {
            Statement::Select(select) => self.select(select),
            Statement::Insert(insert) => {
                self.with(&insert.with);
                self.add(&insert.table.name, LockMode::RowExclusive);
                match &insert.source {
                    InsertSource::Query(select) => self.select(select),
                    InsertSource::Values(rows) => {
                        rows.iter()
                            .flatten()
                            .flatten()
                            .for_each(|expr| self.expr(expr));
                    }
                }
                self.items(&insert.returning);
            }
            Statement::Update(update) => {
                self.with(&update.with);
                self.add(&update.table.name, LockMode::RowExclusive);
                update.from.iter().for_each(|item| self.from(item, None));
                for assignment in &update.assignments {
                    assignment.value.iter().for_each(|expr| self.expr(expr));
                }
                update.filter.iter().for_each(|expr| self.expr(expr));
                self.items(&update.returning);
            }
            Statement::Delete(delete) => {
                self.with(&delete.with);
                self.add(&delete.table.name, LockMode::RowExclusive);
                delete.using.iter().for_each(|item| self.from(item, None));
                delete.filter.iter().for_each(|expr| self.expr(expr));
                self.items(&delete.returning);
            }
            _ => {}
        }
        self.ctes.truncate(before);
    }

    fn with(&mut self, with: &[CommonTable]) {
        for member in with {
            self.statement(&member.statement);
            self.ctes.push(member.name.name.clone());
        }
    }

    fn select(&mut self, select: &Select) {
        let before = self.ctes.len();
        self.with(&select.with);
        select
            .from
            .iter()
            .for_each(|item| self.from(item, Some(select)));
        self.items(&select.items);
        let clauses = select
            .filter
            .iter()
            .chain(&select.group_by)
            .chain(&select.having)
            .chain(select.order_by.iter().map(|key| &key.expr));
        clauses.for_each(|expr| self.expr(expr));
        select
            .compound
            .iter()
            .for_each(|(_, other)| self.select(other));
        self.ctes.truncate(before);
    }

    fn items(&mut self, items: &[SelectItem]) {
        for item in items {
            if let SelectItem::Expr { expr, .. } = item {
                self.expr(expr);
            }
        }
    }

    fn from(&mut self, item: &FromItem, select: Option<&Select>) {
        match item {
            FromItem::Table(table) if self.ctes.contains(&table.name.name) => {}
            FromItem::Table(table) => {
                let visible = &table.visible_name().name;
                let is_locked = select.is_some_and(|select| {
                    select.locking.iter().any(|locking| {
                        locking.of.is_empty() || locking.of.iter().any(|of| of.name == *visible)
                    })
                });
                let mode = if is_locked {
                    LockMode::RowShare
                } else {
                    LockMode::AccessShare
                };
                self.add(&table.name, mode);
            }
            FromItem::Query(query, _) => self.select(query),
            FromItem::Values(rows, _) => rows.iter().flatten().for_each(|expr| self.expr(expr)),
            FromItem::Function(..) => {}
            FromItem::Join(join) => {
                self.from(&join.left, select);
                self.from(&join.right, select);
                if let JoinCondition::On(condition) = &join.on {
                    self.expr(condition);
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let mut queries: Vec<&Select> = Vec::new();
        visit::walk(expr, &mut |inner| match inner {
            Expr::Subquery(query)
            | Expr::Exists(query)
            | Expr::InSubquery { query, .. }
            | Expr::Quantified { query, .. } => queries.push(query),
            _ => {}
        });
        queries.into_iter().for_each(|query| self.select(query));
    }

    fn add(&mut self, name: &Ident, mode: LockMode) {
        self.tables.push(NamedTable {
            name: name.clone(),
            mode,
        });
    }
}
