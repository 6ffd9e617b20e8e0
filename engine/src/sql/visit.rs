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
use super::ast::{
    CallArgs, ColumnConstraint, ConflictAction, ConflictTarget, Expr, FromItem, InsertSource,
    JoinCondition, Select, SelectItem, Statement, TableConstraintKind,
};

/// Which expressions a statement and an expression hold, written once for looking at them and for changing them:
/// `$iter` is `iter` or `iter_mut`, `$mutable` is `mut` or nothing.
macro_rules! parts {
    (
        $(#[$statement_doc:meta])* $of_statement:ident, $(#[$expr_doc:meta])* $of_expr:ident,
        $of_select:ident, $of_from:ident, $of_items:ident, $iter:ident, $($mutable:tt)?
    ) => {
        $(#[$statement_doc])*
        pub fn $of_statement<'a>(statement: &'a $($mutable)? Statement, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            match statement {
                Statement::CreateTable(create) => {
                    for constraint in create.columns.$iter().flat_map(|column| column.constraints.$iter()) {
                        match constraint {
                            ColumnConstraint::Default(expr) | ColumnConstraint::Check(expr) => f(expr),
                            _ => {}
                        }
                    }
                    for constraint in create.constraints.$iter() {
                        if let TableConstraintKind::Check(expr) = &$($mutable)? constraint.kind {
                            f(expr);
                        }
                    }
                    create.query.$iter().for_each(|query| $of_select(query, f));
                }
                Statement::CreateIndex(create) => create.filter.$iter().for_each(f),
                Statement::Insert(insert) => {
                    insert.with.$iter().for_each(|member| $of_statement(&$($mutable)? member.statement, f));
                    match &$($mutable)? insert.source {
                        InsertSource::Values(rows) => {
                            rows.$iter().flatten().flatten().for_each(&mut *f);
                        }
                        InsertSource::Query(query) => $of_select(query, f),
                    }
                    if let Some(on_conflict) = &$($mutable)? insert.on_conflict {
                        if let Some(ConflictTarget::Columns(_, filter)) = &$($mutable)? on_conflict.target {
                            filter.$iter().for_each(&mut *f);
                        }
                        if let ConflictAction::Update { assignments, filter } = &$($mutable)? on_conflict.action {
                            assignments.$iter().flat_map(|assignment| assignment.value.$iter()).for_each(&mut *f);
                            filter.$iter().for_each(&mut *f);
                        }
                    }
                    $of_items(&$($mutable)? insert.returning, f);
                }
                Statement::Select(select) => $of_select(select, f),
                Statement::Update(update) => {
                    update.with.$iter().for_each(|member| $of_statement(&$($mutable)? member.statement, f));
                    update.assignments.$iter().flat_map(|assignment| assignment.value.$iter()).for_each(&mut *f);
                    update.from.$iter().for_each(|item| $of_from(item, f));
                    update.filter.$iter().for_each(&mut *f);
                    $of_items(&$($mutable)? update.returning, f);
                }
                Statement::Delete(delete) => {
                    delete.with.$iter().for_each(|member| $of_statement(&$($mutable)? member.statement, f));
                    delete.using.$iter().for_each(|item| $of_from(item, f));
                    delete.filter.$iter().for_each(&mut *f);
                    $of_items(&$($mutable)? delete.returning, f);
                }
                Statement::Prepare(prepare) => $of_statement(&$($mutable)? prepare.statement, f),
                Statement::Execute(execute) => execute.args.$iter().for_each(f),
                _ => {}
            }
        }

        fn $of_select<'a>(select: &'a $($mutable)? Select, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            select.with.$iter().for_each(|member| $of_statement(&$($mutable)? member.statement, f));
            $of_items(&$($mutable)? select.items, f);
            select.from.$iter().for_each(|item| $of_from(item, f));
            select.filter.$iter().for_each(&mut *f);
            select.group_by.$iter().for_each(&mut *f);
            select.having.$iter().for_each(&mut *f);
            select.compound.$iter().for_each(|(_, other)| $of_select(other, f));
            select.order_by.$iter().for_each(|key| f(&$($mutable)? key.expr));
            select.limit.$iter().for_each(&mut *f);
            select.offset.$iter().for_each(&mut *f);
        }

        fn $of_items<'a>(items: &'a $($mutable)? [SelectItem], f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            for item in items.$iter() {
                if let SelectItem::Expr { expr, .. } = item {
                    f(expr);
                }
            }
        }

        fn $of_from<'a>(item: &'a $($mutable)? FromItem, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            match item {
                FromItem::Table(_) => {}
                FromItem::Query(query, _) => $of_select(query, f),
                FromItem::Values(rows, _) => rows.$iter().flatten().for_each(f),
                FromItem::Function(call, _) => match &$($mutable)? call.args {
                    CallArgs::Star => {}
                    CallArgs::List(args) | CallArgs::Distinct(args) => args.$iter().for_each(f),
                },
                FromItem::Join(join) => {
                    $of_from(&$($mutable)? join.left, f);
                    $of_from(&$($mutable)? join.right, f);
                    if let JoinCondition::On(condition) = &$($mutable)? join.on {
                        f(condition);
                    }
                }
            }
        }

        $(#[$expr_doc])*
        pub fn $of_expr<'a>(expr: &'a $($mutable)? Expr, f: &mut dyn FnMut(&'a $($mutable)? Expr)) {
            match expr {
                Expr::Literal(..) | Expr::Column { .. } | Expr::HostVariable(_) | Expr::Parameter(..) => {}
                Expr::Unary(_, expr)
                | Expr::IsNull { expr, .. }
                | Expr::IsBool { expr, .. }
                | Expr::Cast(expr, _) => f(expr),
                Expr::Binary(left, _, right)
                | Expr::IsDistinct { left, right, .. }
                | Expr::Like { expr: left, pattern: right, .. } => {
                    f(left);
                    f(right);
                }
                Expr::Row(items) => items.$iter().for_each(f),
                Expr::Subquery(query) | Expr::Exists(query) => $of_select(query, f),
                Expr::InSubquery { expr, query, .. } | Expr::Quantified { left: expr, query, .. } => {
                    f(expr);
                    $of_select(query, f);
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
    of_select, of_from, of_items, iter,
}

parts! {
    /// Calls `f` with every outermost expression of a statement, to change it.
    each_expr_mut,
    /// Calls `f` with every operand of an expression, to change it.
    each_operand_mut,
    of_select_mut, of_from_mut, of_items_mut, iter_mut, mut
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
