//! What can be known to be wrong before anything runs: names of tables, columns and host variables.

use super::error::Lines;
use super::piece::Piece;
use super::text::{setup_indent, step_indent};
use super::{Action, Scenario, TextError};
use crate::db::expr::output_name;
use crate::sql::Span;
use crate::sql::ast::{Expr, Ident, Insert, InsertSource, SelectItem, Statement, TableRef};
use crate::sql::visit::{each_expr, walk};

/// Where a client is, as far as faults have to fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClientState {
    /// It has done nothing yet.
    Fresh,
    /// It is in a transaction block.
    Inside,
    /// It is between transactions.
    Between,
    /// It has crashed or hangs.
    Gone,
}

impl ClientState {
    /// It makes a step; else what is wrong, and what would be right.
    fn step(&mut self, action: &Action) -> Result<(), (&'static str, &'static str)> {
        use crate::scenario::Fault;
        let fault = match action {
            Action::Fault(fault) => fault,
            Action::Sql(sql) => {
                *self = match (*self, &sql.statement) {
                    (Self::Gone, _) => Self::Gone,
                    (_, Statement::Begin(_)) => Self::Inside,
                    (_, Statement::Commit | Statement::Rollback) => Self::Between,
                    (Self::Inside, _) => Self::Inside,
                    _ => Self::Between,
                };
                return Ok(());
            }
            Action::Require(_) => return Ok(()),
        };
        match (fault, *self) {
            (Fault::Crash | Fault::Hang, Self::Gone) => {
                return Err(("the client is gone already", "`restart` before it"));
            }
            (Fault::Crash | Fault::Hang, _) => *self = Self::Gone,
            (Fault::Restart, Self::Gone) => *self = Self::Between,
            (Fault::Restart, _) => {
                return Err(("there is nothing to start again", "`restart` after `crash`"));
            }
            (_, Self::Fresh) => {
                return Err((
                    "nothing was sent that could be lost or delivered again",
                    "the step after the transaction, as in `A: COMMIT`, then `A: lose reply`",
                ));
            }
            (_, Self::Gone) => {
                return Err(("the client is gone", "`restart` before it"));
            }
            (Fault::Redeliver, Self::Inside) => {
                return Err((
                    "the transaction is not over yet",
                    "`redeliver` after COMMIT or ROLLBACK",
                ));
            }
            (Fault::LoseReply, _) => *self = Self::Between,
            (Fault::Redeliver, _) => {}
        }
        Ok(())
    }
}

/// Finds tables, columns and host variables that no step can mean. `text` is what the scenario was read from.
#[must_use]
pub fn check(scenario: &Scenario, text: &str) -> Vec<TextError> {
    let mut checker = Checker {
        lines: Lines::new(text),
        tables: Vec::new(),
        errors: Vec::new(),
    };
    for step in &scenario.timeline {
        if let Action::Sql(sql) = &step.action
            && let Statement::CreateTable(create) = &sql.statement
        {
            let span = Piece::cut(text, step.place, step_indent(text, step.place))
                .in_document(create.name.span);
            let message = "Rowlock creates tables in the set-up only";
            checker.errors.push(checker.lines.error(
                span,
                message.to_owned(),
                "CREATE TABLE under `setup:`",
            ));
        }
    }
    for entry in &scenario.setup {
        let piece = Piece::cut(text, entry.place, setup_indent(text, entry.place));
        checker.statement(&entry.sql.statement, &piece);
        checker.variables(&entry.sql.statement, &piece, &[]);
        checker.create(&entry.sql.statement, &piece);
    }
    let mut bound: Vec<Vec<String>> = vec![Vec::new(); scenario.sessions.len()];
    let mut clients = vec![ClientState::Fresh; scenario.sessions.len()];
    for step in &scenario.timeline {
        let piece = Piece::cut(text, step.place, step_indent(text, step.place));
        let known = &mut bound[step.session.0];
        if let Err((message, expected)) = clients[step.session.0].step(&step.action) {
            let span = Span::new(0, piece.text.len());
            checker.fail(&piece, span, message.to_owned(), expected);
        }
        match &step.action {
            Action::Sql(sql) => {
                checker.statement(&sql.statement, &piece);
                checker.variables(&sql.statement, &piece, known);
                known.extend(binds(&sql.statement, &checker.tables));
                crate::collections::sort_by(known, Ord::cmp);
                known.dedup();
            }
            Action::Require(require) => {
                // The condition was read from what follows `require`.
                let offset = piece.text.len() - piece.text["require".len()..].len();
                walk(&require.condition, &mut |expr| match expr {
                    Expr::HostVariable(name) => {
                        checker.variable(name, name.span.shifted(offset), &piece, known)
                    }
                    Expr::Column { name, .. } => checker.fail(
                        &piece,
                        name.span.shifted(offset),
                        format!("`{}` is a column, which a client cannot see", name.name),
                        "a host variable, as in `:balance`",
                    ),
                    _ => {}
                });
            }
            Action::Fault(_) => {}
        }
    }
    let facts = ["committed", "failed", "waiting", "longest_wait"].map(str::to_owned);
    for rule in &scenario.expect {
        let piece = Piece::cut(text, rule.place, step_indent(text, rule.place));
        match &rule.query.statement {
            Statement::Select(select) if select.items.len() == 1 && select.locking.is_empty() => {}
            _ => checker.fail(
                &piece,
                Span::new(0, piece.text.len()),
                "a rule is a question with one answer".to_owned(),
                "a SELECT of one value that is true or false",
            ),
        }
        checker.statement(&rule.query.statement, &piece);
        checker.variables(&rule.query.statement, &piece, &facts);
    }
    crate::collections::sort_by_key(&mut checker.errors, |error| (error.line, error.column));
    checker.errors
}

struct Checker<'a> {
    lines: Lines<'a>,
    tables: Columns,
    errors: Vec<TextError>,
}

impl Checker<'_> {
    fn fail(&mut self, piece: &Piece, span: Span, message: String, expected: &str) {
        self.errors
            .push(self.lines.error(piece.in_document(span), message, expected));
    }

    fn create(&mut self, statement: &Statement, piece: &Piece) {
        let Statement::CreateTable(create) = statement else {
            return;
        };
        let mut columns: Vec<String> = Vec::new();
        for column in &create.columns {
            if columns.contains(&column.name.name) {
                let message = format!("column `{}` stands here a second time", column.name.name);
                self.fail(piece, column.name.span, message, "each column once");
            }
            columns.push(column.name.name.clone());
        }
        if self.columns(&create.name.name).is_some() {
            let message = format!("table `{}` is there already", create.name.name);
            self.fail(piece, create.name.span, message, "another name");
        }
        if let Some(query) = &create.query {
            columns.append(&mut binds(
                &Statement::Select((**query).clone()),
                &self.tables,
            ));
        }
        self.tables.push((create.name.name.clone(), columns));
    }

    fn columns(&self, table: &str) -> Option<&[String]> {
        self.tables
            .iter()
            .find(|(name, _)| name == table)
            .map(|(_, columns)| columns.as_slice())
    }

    /// Tables and columns.
    fn statement(&mut self, statement: &Statement, piece: &Piece) {
        let (table, named): (Option<TableRef>, Vec<&Ident>) = match statement {
            Statement::Select(select) if !select.is_plain() => return,
            Statement::Select(select) => (select.single_table().cloned(), Vec::new()),
            Statement::Insert(Insert { table, columns, .. }) => {
                (Some(table.clone()), columns.iter().collect())
            }
            Statement::Update(update) => {
                let named = update
                    .assignments
                    .iter()
                    .map(|assignment| &assignment.column)
                    .collect();
                (Some(update.table.clone()), named)
            }
            Statement::Delete(delete) => (Some(delete.table.clone()), Vec::new()),
            _ => return,
        };
        let Some(table) = table else { return };
        let Some(columns) = self.columns(&table.name.name).map(<[String]>::to_vec) else {
            let tables: Vec<&str> = self.tables.iter().map(|(name, _)| name.as_str()).collect();
            let expected = match tables.as_slice() {
                [] => "a CREATE TABLE for it under `setup:`".to_owned(),
                tables => format!("one of {}", tables.join(", ")),
            };
            let message = format!("table `{}` does not exist", table.name.name);
            return self.fail(piece, table.name.span, message, &expected);
        };
        // An alias of the select list may stand in ORDER BY.
        let mut aliases: Vec<&str> = Vec::new();
        if let Statement::Select(select) = statement {
            for item in &select.items {
                if let SelectItem::Expr {
                    alias: Some(alias), ..
                } = item
                {
                    aliases.push(&alias.name);
                }
            }
        }
        let mut unknown: Vec<&Ident> = named
            .into_iter()
            .filter(|name| !columns.contains(&name.name))
            .collect();
        let one_table = names_one_table(statement);
        each_expr(statement, &mut |expr| {
            walk(expr, &mut |expr| {
                if let Expr::Column { name, .. } = expr
                    && one_table
                    && !columns.contains(&name.name)
                    && !aliases.contains(&name.name.as_str())
                {
                    unknown.push(name);
                }
            });
        });
        for name in unknown {
            let message = format!("`{}` has no column `{}`", table.name.name, name.name);
            self.fail(
                piece,
                name.span,
                message,
                &format!("one of {}", columns.join(", ")),
            );
        }
    }

    fn variables(&mut self, statement: &Statement, piece: &Piece, known: &[String]) {
        let mut used: Vec<&Ident> = Vec::new();
        each_expr(statement, &mut |expr| {
            walk(expr, &mut |expr| {
                if let Expr::HostVariable(name) = expr {
                    used.push(name);
                }
            });
        });
        for name in used {
            self.variable(name, name.span, piece, known);
        }
    }

    fn variable(&mut self, name: &Ident, span: Span, piece: &Piece, known: &[String]) {
        if known.contains(&name.name) {
            return;
        }
        let expected = match known {
            [] => "a SELECT before it that reads a column of this name".to_owned(),
            known => {
                let known: Vec<String> = known.iter().map(|name| format!(":{name}")).collect();
                format!(
                    "{}, or a SELECT before it that reads a column of this name",
                    known.join(", ")
                )
            }
        };
        self.fail(
            piece,
            span,
            format!(":{} has no value here", name.name),
            &expected,
        );
    }
}

/// Tables with their columns, in the order in which they are made.
pub(crate) type Columns = Vec<(String, Vec<String>)>;

/// The host variables that a statement's result binds, sorted.
pub(crate) fn binds(statement: &Statement, tables: &Columns) -> Vec<String> {
    let mut names = Vec::new();
    let (items, table) = match statement {
        Statement::Select(select) => (&select.items, select.single_table().map(|from| &from.name)),
        Statement::Insert(insert) => (&insert.returning, Some(&insert.table.name)),
        Statement::Update(update) => (&update.returning, Some(&update.table.name)),
        Statement::Delete(delete) => (&delete.returning, Some(&delete.table.name)),
        _ => return names,
    };
    for item in items {
        match item {
            SelectItem::Star(_) | SelectItem::TableStar(_) => {
                let of_table = table.and_then(|table| {
                    tables
                        .iter()
                        .find(|(name, _)| *name == table.name)
                        .map(|(_, columns)| columns)
                });
                names.extend(of_table.into_iter().flatten().cloned());
            }
            SelectItem::Expr {
                alias: Some(alias), ..
            } => names.push(alias.name.clone()),
            SelectItem::Expr { expr, alias: None } => names.push(output_name(expr)),
        }
    }
    crate::collections::sort_by(&mut names, Ord::cmp);
    names.dedup();
    names.retain(|name| name != "?column?");
    names
}

/// Whether every column that a statement names is of its one table; with a subquery or a second table only the database
/// itself can tell.
fn names_one_table(statement: &Statement) -> bool {
    let alone = match statement {
        Statement::Insert(insert) => matches!(insert.source, InsertSource::Values(_)),
        Statement::Update(update) => update.from.is_empty() && update.with.is_empty(),
        Statement::Delete(delete) => delete.using.is_empty() && delete.with.is_empty(),
        _ => true,
    };
    let mut nested = false;
    each_expr(statement, &mut |expr| {
        walk(expr, &mut |expr| {
            nested |= matches!(
                expr,
                Expr::Subquery(_) | Expr::Exists(_) | Expr::InSubquery { .. }
            );
        });
    });
    alone && !nested
}
