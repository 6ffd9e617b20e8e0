//! What drawn statements are about: transactions, tables, rows, host variables.

use crate::db::expr::output_name;
use crate::scenario::{Action, Scenario, SessionId, SetupStatement, StepId};
use crate::sql::ast::{
    BinaryOp, ColumnConstraint, Expr, Select, SelectItem, Statement, TableConstraintKind,
};
use crate::sql::visit::{each_expr, walk};

/// A transaction as drawn: the steps of one session from its `BEGIN` to its end, or a statement alone.
pub(super) struct Transaction {
    pub session: SessionId,
    pub steps: Vec<StepId>,
}

impl Transaction {
    /// Whether it is a block with `BEGIN`, and so holds what it locks beyond one statement.
    pub fn is_block(&self, scenario: &Scenario) -> bool {
        matches!(
            drawn_statement(scenario, self.steps[0]),
            Some(Statement::Begin(_))
        )
    }
}

/// The statement that a step draws; `None` for a `require`.
pub(super) fn drawn_statement(scenario: &Scenario, step: StepId) -> Option<&Statement> {
    match &scenario.timeline[step.0].action {
        Action::Sql(sql) => Some(&sql.statement),
        Action::Require(_) => None,
    }
}

/// All transactions, session by session, in order.
pub(super) fn transactions(scenario: &Scenario) -> Vec<Transaction> {
    let mut all = Vec::new();
    for session in (0..scenario.sessions.len()).map(SessionId) {
        let mut open: Option<Transaction> = None;
        let steps = scenario
            .timeline
            .iter()
            .enumerate()
            .filter(|(_, step)| step.session == session);
        for (place, _) in steps {
            let step = StepId(place);
            let statement = drawn_statement(scenario, step);
            match (&mut open, statement) {
                (Some(transaction), Some(Statement::Commit | Statement::Rollback)) => {
                    transaction.steps.push(step);
                    all.extend(open.take());
                }
                (Some(transaction), _) => transaction.steps.push(step),
                (None, Some(Statement::Begin(_))) => {
                    open = Some(Transaction {
                        session,
                        steps: vec![step],
                    })
                }
                (None, _) => all.push(Transaction {
                    session,
                    steps: vec![step],
                }),
            }
        }
        all.extend(open);
    }
    all
}

/// A table of the set-up.
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<String>,
    /// The primary key's columns.
    pub key: Vec<String>,
    /// Which statement of the set-up creates it.
    pub place: usize,
}

/// The tables of the set-up.
pub(super) fn tables(setup: &[SetupStatement]) -> Vec<Table> {
    let created =
        setup
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| match &entry.sql.statement {
                Statement::CreateTable(create) => Some((place, create)),
                _ => None,
            });
    created
        .map(|(place, create)| {
            let is_key =
                |constraint: &ColumnConstraint| *constraint == ColumnConstraint::PrimaryKey;
            let mut key: Vec<String> = create
                .columns
                .iter()
                .filter(|column| column.constraints.iter().any(is_key))
                .map(|column| column.name.name.clone())
                .collect();
            for constraint in &create.constraints {
                if let TableConstraintKind::PrimaryKey(columns) = &constraint.kind {
                    key = columns.iter().map(|column| column.name.clone()).collect();
                }
            }
            let columns = create
                .columns
                .iter()
                .map(|column| column.name.name.clone())
                .collect();
            Table {
                name: create.name.name.clone(),
                columns,
                key,
                place,
            }
        })
        .collect()
}

/// What a statement searches: its table and condition.
pub(super) fn target(statement: &Statement) -> Option<(&str, Option<&Expr>)> {
    match statement {
        Statement::Select(select) => {
            Some((&select.from.as_ref()?.name.name, select.filter.as_ref()))
        }
        Statement::Update(update) => Some((&update.table.name.name, update.filter.as_ref())),
        Statement::Delete(delete) => Some((&delete.table.name.name, delete.filter.as_ref())),
        _ => None,
    }
}

/// Whether a statement changes rows that it finds.
pub(super) fn is_write(statement: &Statement) -> bool {
    matches!(statement, Statement::Update(_) | Statement::Delete(_))
}

/// The values that a condition equates the primary key with: the one row it can find.
pub(super) fn pinned<'a>(table: &Table, filter: Option<&'a Expr>) -> Option<Vec<&'a Expr>> {
    if table.key.is_empty() {
        return None;
    }
    let mut equalities = Vec::new();
    conjuncts(filter?, &mut equalities);
    table
        .key
        .iter()
        .map(|key| {
            equalities.iter().find_map(|expr| match expr {
                Expr::Binary(left, BinaryOp::Eq, right) => match (&**left, &**right) {
                    (Expr::Column { name, .. }, value) | (value, Expr::Column { name, .. })
                        if name.name == *key && !has_column(value) =>
                    {
                        Some(value)
                    }
                    _ => None,
                },
                _ => None,
            })
        })
        .collect()
}

fn conjuncts<'a>(expr: &'a Expr, parts: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Binary(left, BinaryOp::And, right) => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        other => parts.push(other),
    }
}

fn has_column(expr: &Expr) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| {
        found |= matches!(expr, Expr::Column { .. })
    });
    found
}

/// Whether two statements on one table may mean the same row: they do not when each names another row by a constant key.
pub(super) fn may_meet(table: &Table, one: Option<&Expr>, other: Option<&Expr>) -> bool {
    match (pinned(table, one), pinned(table, other)) {
        (Some(one), Some(other)) => {
            let constant = |value: &&Expr| matches!(value, Expr::Literal(..));
            one == other || !one.iter().chain(&other).all(constant)
        }
        _ => true,
    }
}

/// The names of the host variables in an expression.
pub(super) fn variables_of(expr: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    walk(expr, &mut |expr| {
        if let Expr::HostVariable(name) = expr {
            names.push(name.name.as_str());
        }
    });
    names
}

/// The names of the host variables that a drawn step uses.
pub(super) fn variables_used(scenario: &Scenario, step: StepId) -> Vec<&str> {
    match &scenario.timeline[step.0].action {
        Action::Require(require) => variables_of(&require.condition),
        Action::Sql(sql) => {
            let mut names = Vec::new();
            each_expr(&sql.statement, &mut |expr| names.extend(variables_of(expr)));
            names
        }
    }
}

/// The host variables that a SELECT binds to plain columns of its table: variable and column.
pub(super) fn bound_columns(select: &Select, table: &Table) -> Vec<(String, String)> {
    let mut bound = Vec::new();
    for item in &select.items {
        match item {
            SelectItem::Star(_) => bound.extend(
                table
                    .columns
                    .iter()
                    .map(|name| (name.clone(), name.clone())),
            ),
            SelectItem::Expr {
                expr: Expr::Column { name, .. },
                alias,
            } => {
                let variable = alias.as_ref().map_or(&name.name, |alias| &alias.name);
                bound.push((variable.clone(), name.name.clone()));
            }
            SelectItem::Expr { .. } => {}
        }
    }
    bound
}

/// Whether a SELECT gives rows of its table, and not a sum or count of them.
pub(super) fn reads_rows(select: &Select) -> bool {
    const AGGREGATES: [&str; 8] = [
        "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every",
    ];
    let mut aggregate = false;
    for item in &select.items {
        if let SelectItem::Expr { expr, .. } = item {
            walk(expr, &mut |expr| {
                if let Expr::Call(call) = expr {
                    aggregate |= AGGREGATES.contains(&call.name.name.as_str());
                }
            });
        }
    }
    select.from.is_some() && !aggregate
}

/// The names that a SELECT's columns have.
pub(super) fn output_names(select: &Select) -> Vec<String> {
    let names = select.items.iter().filter_map(|item| match item {
        SelectItem::Star(_) => None,
        SelectItem::Expr {
            alias: Some(alias), ..
        } => Some(alias.name.clone()),
        SelectItem::Expr { expr, .. } => Some(output_name(expr)),
    });
    names.collect()
}

/// `left AND right`
pub(super) fn and(left: Option<Expr>, right: Expr) -> Expr {
    match left {
        Some(left) => Expr::Binary(Box::new(left), BinaryOp::And, Box::new(right)),
        None => right,
    }
}
