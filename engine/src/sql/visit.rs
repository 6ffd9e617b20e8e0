//! Walks over the expressions of a statement.

use super::ast::{CallArgs, ColumnConstraint, Expr, SelectItem, Statement, TableConstraintKind};

/// Calls `f` with every outermost expression of a statement, in the order of the text.
pub fn each_expr<'a>(statement: &'a Statement, f: &mut dyn FnMut(&'a Expr)) {
    let items = |items: &'a [SelectItem], f: &mut dyn FnMut(&'a Expr)| {
        for item in items {
            if let SelectItem::Expr { expr, .. } = item {
                f(expr);
            }
        }
    };
    match statement {
        Statement::CreateTable(create) => {
            for constraint in create.columns.iter().flat_map(|column| &column.constraints) {
                if let ColumnConstraint::Default(expr) | ColumnConstraint::Check(expr) = constraint
                {
                    f(expr);
                }
            }
            for constraint in &create.constraints {
                if let TableConstraintKind::Check(expr) = &constraint.kind {
                    f(expr);
                }
            }
        }
        Statement::Insert(insert) => {
            insert.rows.iter().flatten().flatten().for_each(&mut *f);
            items(&insert.returning, f);
        }
        Statement::Select(select) => {
            items(&select.items, f);
            select.filter.iter().for_each(&mut *f);
            select.order_by.iter().for_each(|key| f(&key.expr));
            select.limit.iter().chain(&select.offset).for_each(&mut *f);
        }
        Statement::Update(update) => {
            update
                .assignments
                .iter()
                .filter_map(|assignment| assignment.value.as_ref())
                .for_each(&mut *f);
            update.filter.iter().for_each(&mut *f);
            items(&update.returning, f);
        }
        Statement::Delete(delete) => {
            delete.filter.iter().for_each(&mut *f);
            items(&delete.returning, f);
        }
        Statement::Begin(_) | Statement::Commit | Statement::Rollback => {}
    }
}

/// Calls `f` with every outermost expression of a statement, to change it.
pub fn each_expr_mut(statement: &mut Statement, f: &mut dyn FnMut(&mut Expr)) {
    fn items(items: &mut [SelectItem], f: &mut dyn FnMut(&mut Expr)) {
        for item in items {
            if let SelectItem::Expr { expr, .. } = item {
                f(expr);
            }
        }
    }
    match statement {
        Statement::CreateTable(create) => {
            for constraint in create
                .columns
                .iter_mut()
                .flat_map(|column| &mut column.constraints)
            {
                if let ColumnConstraint::Default(expr) | ColumnConstraint::Check(expr) = constraint
                {
                    f(expr);
                }
            }
            for constraint in &mut create.constraints {
                if let TableConstraintKind::Check(expr) = &mut constraint.kind {
                    f(expr);
                }
            }
        }
        Statement::Insert(insert) => {
            insert.rows.iter_mut().flatten().flatten().for_each(&mut *f);
            items(&mut insert.returning, f);
        }
        Statement::Select(select) => {
            items(&mut select.items, f);
            select.filter.iter_mut().for_each(&mut *f);
            select.order_by.iter_mut().for_each(|key| f(&mut key.expr));
            select
                .limit
                .iter_mut()
                .chain(&mut select.offset)
                .for_each(&mut *f);
        }
        Statement::Update(update) => {
            update
                .assignments
                .iter_mut()
                .filter_map(|assignment| assignment.value.as_mut())
                .for_each(&mut *f);
            update.filter.iter_mut().for_each(&mut *f);
            items(&mut update.returning, f);
        }
        Statement::Delete(delete) => {
            delete.filter.iter_mut().for_each(&mut *f);
            items(&mut delete.returning, f);
        }
        Statement::Begin(_) | Statement::Commit | Statement::Rollback => {}
    }
}

/// Calls `f` with an expression and everything inside it, parents first.
pub fn walk<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    match expr {
        Expr::Literal(..) | Expr::Column { .. } | Expr::HostVariable(_) => {}
        Expr::Unary(_, operand) => walk(operand, f),
        Expr::IsNull { expr, .. } | Expr::IsBool { expr, .. } | Expr::Cast(expr, _) => {
            walk(expr, f)
        }
        Expr::Binary(left, _, right) | Expr::IsDistinct { left, right, .. } => {
            walk(left, f);
            walk(right, f);
        }
        Expr::InList { expr, list, .. } => {
            walk(expr, f);
            list.iter().for_each(|expr| walk(expr, f));
        }
        Expr::Between {
            expr, low, high, ..
        } => {
            walk(expr, f);
            walk(low, f);
            walk(high, f);
        }
        Expr::Case {
            operand,
            branches,
            otherwise,
        } => {
            operand.iter().for_each(|expr| walk(expr, f));
            for (when, then) in branches {
                walk(when, f);
                walk(then, f);
            }
            otherwise.iter().for_each(|expr| walk(expr, f));
        }
        Expr::Call(call) => match &call.args {
            CallArgs::Star => {}
            CallArgs::List(args) | CallArgs::Distinct(args) => {
                args.iter().for_each(|expr| walk(expr, f))
            }
        },
    }
}

/// Calls `f` with everything inside an expression and itself, children first, to change it.
pub fn walk_mut(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::Literal(..) | Expr::Column { .. } | Expr::HostVariable(_) => {}
        Expr::Unary(_, operand) => walk_mut(operand, f),
        Expr::IsNull { expr, .. } | Expr::IsBool { expr, .. } | Expr::Cast(expr, _) => {
            walk_mut(expr, f)
        }
        Expr::Binary(left, _, right) | Expr::IsDistinct { left, right, .. } => {
            walk_mut(left, f);
            walk_mut(right, f);
        }
        Expr::InList { expr, list, .. } => {
            walk_mut(expr, f);
            list.iter_mut().for_each(|expr| walk_mut(expr, f));
        }
        Expr::Between {
            expr, low, high, ..
        } => {
            walk_mut(expr, f);
            walk_mut(low, f);
            walk_mut(high, f);
        }
        Expr::Case {
            operand,
            branches,
            otherwise,
        } => {
            operand.iter_mut().for_each(|expr| walk_mut(expr, f));
            for (when, then) in branches {
                walk_mut(when, f);
                walk_mut(then, f);
            }
            otherwise.iter_mut().for_each(|expr| walk_mut(expr, f));
        }
        Expr::Call(call) => match &mut call.args {
            CallArgs::Star => {}
            CallArgs::List(args) | CallArgs::Distinct(args) => {
                args.iter_mut().for_each(|expr| walk_mut(expr, f))
            }
        },
    }
    f(expr);
}
