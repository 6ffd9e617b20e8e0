//! S4, optimistic locking: a version column, compared at the write.
//!
//! Nobody waits for a reader. Each row carries a version; who reads the row keeps the version too, and writes only if it is
//! still the same. An `UPDATE` that touches no row says that somebody else was faster: the client rolls back and, as it is
//! set, tells its user or starts again with fresh data.
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   SELECT quantity, version FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1, version = version + 1 WHERE id = 42 AND version = :version
//! ```
//!
//! A row that is written without having been read has no version to compare: its version is raised, so that others notice,
//! but its own write is blind. A sum or a search over several rows carries no version either. Both get a remark.

use super::draft::Draft;
use super::plan::RowCheck;
use super::shape::{
    Table, Transaction, and, drawn_statement, is_write, output_names, pinned, reads_rows, tables,
    target, transactions,
};
use crate::scenario::StepId;
use crate::sql::ast::{
    Assignment, BinaryOp, ColumnConstraint, ColumnDef, Expr, Ident, Literal, SelectItem, SqlType,
    Statement,
};

/// A row that was read, and the variable that holds its version.
struct Held<'a> {
    table: &'a str,
    key: Vec<&'a Expr>,
    variable: String,
    /// How often the transaction has raised the version itself.
    raised: u32,
}

pub(super) fn apply(draft: &mut Draft<'_>) {
    let scenario = draft.scenario;
    let tables = tables(&scenario.setup);
    let transactions = transactions(scenario);
    let versioned: Vec<&Table> = tables
        .iter()
        .filter(|table| is_read_and_written(draft, table, &transactions))
        .collect();
    for table in &versioned {
        let Statement::CreateTable(create) = &scenario.setup[table.place].sql.statement else {
            continue;
        };
        let mut create = create.clone();
        create.columns.push(ColumnDef {
            name: Ident::new(version_column(table)),
            ty: SqlType::Int,
            constraints: vec![
                ColumnConstraint::NotNull,
                ColumnConstraint::Default(number("1")),
            ],
        });
        draft.change_setup(table.place, Statement::CreateTable(create));
    }
    for transaction in &transactions {
        guard(draft, &versioned, transaction);
    }
}

/// Whether some transaction reads a row of the table and then writes it.
fn is_read_and_written(draft: &Draft<'_>, table: &Table, transactions: &[Transaction]) -> bool {
    transactions.iter().any(|transaction| {
        let statements = || {
            transaction
                .steps
                .iter()
                .filter_map(|step| drawn_statement(draft.scenario, *step))
        };
        let mut read = false;
        statements().any(|statement| {
            let here = target(statement).is_some_and(|(name, _)| name == table.name);
            read |= here && matches!(statement, Statement::Select(select) if reads_rows(select));
            here && read && is_write(statement)
        })
    })
}

fn version_column(table: &Table) -> &'static str {
    if table.columns.iter().any(|column| column == "version") {
        "row_version"
    } else {
        "version"
    }
}

fn guard(draft: &mut Draft<'_>, versioned: &[&Table], transaction: &Transaction) {
    let scenario = draft.scenario;
    let mut held: Vec<Held<'_>> = Vec::new();
    for &step in &transaction.steps {
        let Some(statement) = drawn_statement(scenario, step) else {
            continue;
        };
        let Some((name, filter)) = target(statement) else {
            continue;
        };
        let Some(table) = versioned.iter().find(|table| table.name == name) else {
            continue;
        };
        let session = draft.name(transaction.session);
        match (statement, pinned(table, filter)) {
            (Statement::Select(select), Some(key)) if reads_rows(select) => {
                let column = version_column(table);
                if held
                    .iter()
                    .any(|held| held.table == name && held.key == key)
                {
                    continue;
                }
                let mut select = select.clone();
                let taken = |name: &str| {
                    held.iter().any(|held| held.variable == name)
                        || output_names(&select).iter().any(|other| other == name)
                };
                let mut variable = column.to_owned();
                let mut number = 2;
                while taken(&variable) {
                    variable = format!("{column}_{number}");
                    number += 1;
                }
                let has_star = select
                    .items
                    .iter()
                    .any(|item| matches!(item, SelectItem::Star(_)));
                if !(has_star && variable == column) {
                    select.items.push(SelectItem::Expr {
                        expr: column_ref(column),
                        alias: (variable != column).then(|| Ident::new(&variable)),
                    });
                    draft.change(
                        step,
                        Statement::Select(select),
                        RowCheck::Any,
                        "reads the version too",
                    );
                }
                held.push(Held {
                    table: name,
                    key,
                    variable,
                    raised: 0,
                });
            }
            (Statement::Select(_), _) => {
                draft.remark(format!(
                    "{session} reads several rows of {name} at once, or a sum of them: there is no one version to compare, so \
                     what it decides by them is not guarded. REPEATABLE READ or a lock on the rows would do it."
                ));
            }
            (Statement::Update(_) | Statement::Delete(_), key) => {
                let held = key.and_then(|key| {
                    held.iter_mut()
                        .find(|held| held.table == name && held.key == key)
                });
                write(draft, step, version_column(table), held, session);
            }
            _ => {}
        }
    }
}

/// A write raises the version and, if the row was read, compares it.
fn write(
    draft: &mut Draft<'_>,
    step: StepId,
    column: &str,
    held: Option<&mut Held<'_>>,
    session: &str,
) {
    let scenario = draft.scenario;
    let compared = held.map(|held| {
        let variable = Expr::HostVariable(Ident::new(&held.variable));
        let value = match held.raised {
            0 => variable,
            raised => Expr::Binary(
                Box::new(variable),
                BinaryOp::Plus,
                Box::new(number(&raised.to_string())),
            ),
        };
        held.raised += 1;
        Expr::Binary(Box::new(column_ref(column)), BinaryOp::Eq, Box::new(value))
    });
    let check = if compared.is_some() {
        RowCheck::VersionMatched
    } else {
        RowCheck::Any
    };
    let why = match compared {
        Some(_) => "only if the version is still the one that was read",
        None => "raises the version, though it has none to compare",
    };
    if compared.is_none() {
        draft.remark(format!(
            "{session} writes a row that it has not read in the same transaction: there is no version to compare, so this \
             write is not guarded. Others notice it, as it raises the version."
        ));
    }
    let with = |filter: Option<Expr>| match compared.clone() {
        Some(compared) => Some(and(filter, compared)),
        None => filter,
    };
    match drawn_statement(scenario, step) {
        Some(Statement::Update(update)) => {
            let mut update = update.clone();
            let raised = Expr::Binary(
                Box::new(column_ref(column)),
                BinaryOp::Plus,
                Box::new(number("1")),
            );
            update.assignments.push(Assignment {
                column: Ident::new(column),
                value: Some(raised),
            });
            update.filter = with(update.filter.take());
            draft.change(step, Statement::Update(update), check, why);
        }
        Some(Statement::Delete(delete)) if compared.is_some() => {
            let mut delete = delete.clone();
            delete.filter = with(delete.filter.take());
            draft.change(step, Statement::Delete(delete), check, why);
        }
        _ => {}
    }
}

fn column_ref(name: &str) -> Expr {
    Expr::Column {
        table: None,
        name: Ident::new(name),
    }
}

fn number(digits: &str) -> Expr {
    Expr::Literal(
        Literal::Number(digits.to_owned()),
        crate::sql::Span::default(),
    )
}
