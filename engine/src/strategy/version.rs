//! The version column of optimistic locking: its name, its place in the set-up, the host variables that hold it.

use super::build::number;
use super::draft::Draft;
use super::drawn::{Drawn, output_of};
use super::options::VersionToken;
use super::tables::Table;
use super::transactions::Transaction;
use crate::collections::{Map, Set};
use crate::scenario::StepId;
use crate::sql::ast::{ColumnConstraint, ColumnDef, Expr, Ident, SelectItem, SqlType, Statement};
use crate::sql::visit::{each_expr, walk};

/// Gives each of these tables its version column, in the set-up. Returns the columns' names.
pub(super) fn add_columns(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    versioned: &Set<usize>,
    token: VersionToken,
) -> Map<usize, String> {
    let mut columns = Map::new();
    for &place in versioned {
        let table = &drawn.tables[place];
        if token == VersionToken::Version && is_free_for_us(drawn, table) {
            columns.insert(place, "version".to_owned());
            continue;
        }
        let name = match token {
            VersionToken::Version => add_column(
                draft,
                drawn,
                table,
                "version",
                SqlType::Int,
                Some(number(1)),
            ),
            VersionToken::UpdatedAt => {
                let now = super::build::call("clock_timestamp");
                add_column(
                    draft,
                    drawn,
                    table,
                    "updated_at",
                    SqlType::TimestampTz,
                    Some(now),
                )
            }
        };
        columns.insert(place, name);
    }
    columns
}

/// Gives a table one more column, in the set-up, under this name or, where the table has one of that name, another. With a
/// default it is NOT NULL. Returns its name.
pub(super) fn add_column(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    table: &Table,
    name: &str,
    ty: SqlType,
    default: Option<Expr>,
) -> String {
    let name = free_name(drawn, table, name);
    if let Statement::CreateTable(create) = &draft.setup[table.place].sql.statement {
        let mut create = create.clone();
        let mut constraints = Vec::new();
        if let Some(default) = default {
            constraints.push(ColumnConstraint::NotNull);
            constraints.push(ColumnConstraint::Default(default));
        }
        create.columns.push(ColumnDef {
            name: Ident::new(&name),
            ty,
            constraints,
        });
        draft.change_setup(table.place, Statement::CreateTable(create));
    }
    name
}

/// Whether a table has a column `version` that can serve: a whole number, always there, which no drawn step writes or
/// asks for.
fn is_free_for_us(drawn: &Drawn<'_>, table: &Table) -> bool {
    let fits = table.column("version").is_some_and(|column| {
        column.not_null && matches!(column.ty, SqlType::Int | SqlType::BigInt)
    });
    fits && !steps(drawn)
        .filter_map(|step| drawn.statement(step))
        .filter(|statement| output_of(statement).is_some_and(|(name, _)| name == table.name))
        .any(mentions_version)
}

fn mentions_version(statement: &Statement) -> bool {
    let is_version = |name: &Ident| name.name == "version";
    let mut found = match statement {
        Statement::Update(update) => update.assignments.iter().any(|it| is_version(&it.column)),
        Statement::Insert(insert) => insert.columns.iter().any(is_version),
        _ => false,
    };
    each_expr(statement, &mut |expr| {
        walk(expr, &mut |expr| {
            found |= matches!(expr, Expr::Column { name, .. } if is_version(name));
        });
    });
    found
}

fn free_name(drawn: &Drawn<'_>, table: &Table, wanted: &str) -> String {
    let free = |name: &String| table.column(name).is_none();
    let names = [wanted.to_owned(), format!("row_{wanted}")]
        .into_iter()
        .chain((2..).map(|number| format!("row_{wanted}_{number}")));
    // A table has finitely many columns, so one is free.
    let mut names = names.filter(free).filter(|name| {
        // An alias of that name in `ORDER BY` or a host variable would change its meaning.
        !steps(drawn).any(|step| drawn.used(step).contains(name))
    });
    names.next().unwrap_or_default()
}

fn steps(drawn: &Drawn<'_>) -> impl Iterator<Item = StepId> {
    (0..drawn.scenario.timeline.len()).map(StepId)
}

/// The version column of the table that a step searches.
pub(super) fn version_column<'a>(
    drawn: &Drawn<'_>,
    columns: &'a Map<usize, String>,
    step: StepId,
) -> Option<&'a str> {
    columns.get(&drawn.search(step)?.table).map(String::as_str)
}

/// A host variable for the version that a reading reads, which nothing else of its session binds or uses. (A `SELECT *`
/// binds the version column by its own name.)
pub(super) fn name_variable(
    drawn: &Drawn<'_>,
    columns: &Map<usize, String>,
    transaction: &Transaction,
    reading: StepId,
    column: &str,
    taken: &Map<StepId, String>,
) -> String {
    let is_taken = |name: &str| {
        taken.values().any(|other| other == name)
            || steps(drawn)
                .filter(|step| drawn.scenario.timeline[step.0].session == transaction.session)
                .any(|step| {
                    drawn.used(step).iter().any(|used| used == name)
                        // An existing column that `*` reads is the reading's own.
                        || step != reading && drawn.binding(step, name).is_some()
                        || step != reading && reads_star(drawn, columns, step, name)
                        || step == reading
                            && name != column
                            && drawn.binding(step, name).is_some()
                        || step == reading && binds_otherwise(drawn, step, name)
                })
    };
    let numbered = (2..).map(|number| format!("{column}_{number}"));
    let mut names = std::iter::once(column.to_owned()).chain(numbered);
    names
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| column.to_owned())
}

/// Whether a step reads `*` of a table whose version column has this name.
fn reads_star(drawn: &Drawn<'_>, columns: &Map<usize, String>, step: StepId, name: &str) -> bool {
    let Some((table, items)) = drawn.statement(step).and_then(output_of) else {
        return false;
    };
    let star = items.iter().any(|item| matches!(item, SelectItem::Star(_)));
    star && columns
        .iter()
        .any(|(place, column)| drawn.tables[*place].name == table && column == name)
}

/// Whether a reading itself binds a name to something other than the column of that name.
fn binds_otherwise(drawn: &Drawn<'_>, step: StepId, name: &str) -> bool {
    drawn
        .bound(step)
        .iter()
        .any(|bound| bound.variable == name && bound.column.as_deref() != Some(name))
}
