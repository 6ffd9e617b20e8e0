//! Walks over the expressions of statements.
//!
//! [`each_expr`] meets the outermost expressions of a statement, [`walk`] everything inside one; together they find,
//! say, the host variables of a statement:
//!
//! ```
//! use rowlock_engine::sql::{ast::Expr, parse_statement, visit};
//! let statement = parse_statement("UPDATE stock SET quantity = :q - 1 WHERE id = :id").unwrap();
//! let mut names = Vec::new();
//! visit::each_expr(&statement, &mut |outer| {
//!     visit::walk(outer, &mut |expr| {
//!         if let Expr::HostVariable(name) = expr {
//!             names.push(name.name.as_str());
//!         }
//!     });
//! });
//! assert_eq!(names, ["q", "id"]);
//! ```

use super::Span;
use super::ast::{CallArgs, ColumnConstraint, Expr, SelectItem, Statement, TableConstraintKind};

/// Which expressions a statement and an expression hold, written once for looking at them and for changing them:
/// `$iter` is `iter` or `iter_mut`, `$mutable` is `mut` or nothing.
macro_rules! parts {
    ($(#[$statement_doc:meta])* $of_statement:ident, $(#[$expr_doc:meta])* $of_expr:ident, $iter:ident, $($mutable:tt)?) => {
        $(#[$statement_doc])*
        pub fn $of_statement<'a>(statement: &'a $($mutable)? Statement, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            let items = match statement {
                Statement::CreateTable(create) => {
                    for constraint in create.columns.$iter().flat_map(|column| column.constraints.$iter()) {
                        match constraint {
                            ColumnConstraint::Default(expr) | ColumnConstraint::Check(expr) => f(expr),
                            ColumnConstraint::NotNull
                            | ColumnConstraint::Null
                            | ColumnConstraint::PrimaryKey
                            | ColumnConstraint::Unique => {}
                        }
                    }
                    for constraint in create.constraints.$iter() {
                        match &$($mutable)? constraint.kind {
                            TableConstraintKind::Check(expr) => f(expr),
                            TableConstraintKind::PrimaryKey(_) | TableConstraintKind::Unique(_) => {}
                        }
                    }
                    return;
                }
                Statement::Insert(insert) => {
                    insert.rows.$iter().flatten().flatten().for_each(&mut *f);
                    &$($mutable)? insert.returning
                }
                Statement::Select(select) => {
                    for item in select.items.$iter() {
                        if let SelectItem::Expr { expr, .. } = item {
                            f(expr);
                        }
                    }
                    select.filter.$iter().for_each(&mut *f);
                    select.order_by.$iter().for_each(|key| f(&$($mutable)? key.expr));
                    select.limit.$iter().for_each(&mut *f);
                    select.offset.$iter().for_each(&mut *f);
                    return;
                }
                Statement::Update(update) => {
                    update.assignments.$iter().flat_map(|assignment| assignment.value.$iter()).for_each(&mut *f);
                    update.filter.$iter().for_each(&mut *f);
                    &$($mutable)? update.returning
                }
                Statement::Delete(delete) => {
                    delete.filter.$iter().for_each(&mut *f);
                    &$($mutable)? delete.returning
                }
                Statement::Begin(_) | Statement::Commit | Statement::Rollback => return,
            };
            for item in items.$iter() {
                if let SelectItem::Expr { expr, .. } = item {
                    f(expr);
                }
            }
        }

        $(#[$expr_doc])*
        pub fn $of_expr<'a>(expr: &'a $($mutable)? Expr, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            match expr {
                Expr::Literal(..) | Expr::Column { .. } | Expr::HostVariable(_) => {}
                Expr::Unary(_, expr)
                | Expr::IsNull { expr, .. }
                | Expr::IsBool { expr, .. }
                | Expr::Cast(expr, _) => f(expr),
                Expr::Binary(left, _, right) | Expr::IsDistinct { left, right, .. } => {
                    f(left);
                    f(right);
                }
                Expr::InList { expr, list, .. } => {
                    f(expr);
                    list.$iter().for_each(&mut *f);
                }
                Expr::Between { expr, low, high, .. } => {
                    f(expr);
                    f(low);
                    f(high);
                }
                Expr::Case { operand, branches, otherwise } => {
                    operand.$iter().for_each(|expr| f(expr));
                    for (when, then) in branches.$iter() {
                        f(when);
                        f(then);
                    }
                    otherwise.$iter().for_each(|expr| f(expr));
                }
                Expr::Call(call) => match &$($mutable)? call.args {
                    CallArgs::Star => {}
                    CallArgs::List(args) | CallArgs::Distinct(args) => args.$iter().for_each(&mut *f),
                },
            }
        }
    };
}

parts! {
    /// Calls `f` with every outermost expression of a statement, in the order of the text.
    each_expr,
    /// Calls `f` with every operand of an expression, in the order of the text.
    each_operand,
    iter,
}

parts! {
    /// Calls `f` with every outermost expression of a statement, to change it.
    each_expr_mut,
    /// Calls `f` with every operand of an expression, to change it.
    each_operand_mut,
    iter_mut, mut
}

/// Calls `f` with an expression and everything inside it, parents first.
pub fn walk<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    each_operand(expr, &mut |operand| walk(operand, f));
}

/// Calls `f` with everything inside an expression and itself, children first, to change it.
pub fn walk_mut(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    each_operand_mut(expr, &mut |operand| walk_mut(operand, f));
    f(expr);
}

/// From the first to the last name or constant of an expression; parentheses and keywords around them have no place
/// in the tree.
#[must_use]
pub fn span(expr: &Expr) -> Option<Span> {
    let mut whole: Option<Span> = None;
    walk(expr, &mut |inner| {
        let own = match inner {
            Expr::Literal(_, span) => *span,
            Expr::Column { table, name } => table
                .as_ref()
                .map_or(name.span, |table| table.span.to(name.span)),
            Expr::HostVariable(name) => name.span,
            Expr::Call(call) => call.name.span,
            _ => return,
        };
        whole = Some(whole.map_or(own, |whole| whole.to(own)));
    });
    whole
}
