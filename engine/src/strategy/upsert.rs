//! S6, upsert: writes become `INSERT ... ON CONFLICT`.
//!
//! ```text
//! drawn  UPDATE orders SET status = 'PAID' WHERE id = 42
//! sent   INSERT INTO orders (id, status) VALUES (42, 'PAID') ON CONFLICT (id) DO UPDATE SET status = excluded.status
//! drawn  INSERT INTO event VALUES ('evt-123', 5)
//! sent   INSERT INTO event VALUES ('evt-123', 5) ON CONFLICT DO NOTHING
//! ```
//!
//! Sending such a statement twice leaves what sending it once leaves: that is all it promises. What a value was computed from
//! is not looked at, and a statement beside it that adds or subtracts is carried out as often as it is sent.
//!
//! An `UPDATE` can be said as an upsert when it pins its row by the primary key, when what it writes does not depend on the
//! stored row, and when no other column of the table must have a value. Everything else is sent as drawn, with a remark.

use super::build::column;
use super::draft::Draft;
use super::drawn::Drawn;
use super::options::UpsertAction;
use super::plan::RowCheck;
use super::tables::Table;
use crate::scenario::StepId;
use crate::sql::ast::{
    Assignment, ConflictAction, ConflictTarget, Expr, Ident, Insert, InsertSource, OnConflict,
    Statement, TableRef, Update,
};
use crate::sql::visit::{walk, walk_mut};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, action: UpsertAction) {
    for &step in drawn.transactions.iter().flat_map(|it| &it.steps) {
        match drawn.statement(step) {
            Some(Statement::Insert(insert)) if insert.on_conflict.is_none() => {
                of_insert(draft, drawn, step, insert, action);
            }
            Some(Statement::Update(update)) if action != UpsertAction::DoNothing => {
                match of_update(drawn, step, update) {
                    Ok(insert) => draft.change(
                        step,
                        Statement::Insert(insert),
                        RowCheck::Any,
                        "puts the row there, or changes it if it is there",
                    ),
                    Err(why) => {
                        let quoted = draft.quote(step);
                        draft.remark(format!(
                            "{quoted} cannot be said as an upsert, because {why}. It is sent as drawn."
                        ));
                    }
                }
            }
            Some(Statement::Delete(_)) => {
                let quoted = draft.quote(step);
                draft.remark(format!(
                    "{quoted} removes a row, which no upsert does. It is sent as drawn."
                ));
            }
            _ => {}
        }
    }
}

fn of_insert(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    step: StepId,
    insert: &Insert,
    action: UpsertAction,
) {
    let Some(table) = drawn.inserted_into(step) else {
        return;
    };
    let mut insert = insert.clone();
    let others = columns_beside_key(table, &insert);
    let (on_conflict, why) =
        if action == UpsertAction::DoUpdate && !table.key.is_empty() && !others.is_empty() {
            let assignments = others.iter().map(|name| Assignment {
                column: Ident::new(name),
                value: Some(excluded(name)),
            });
            let update = ConflictAction::Update {
                assignments: assignments.collect(),
                filter: None,
            };
            (on_key(table, update), "overwrites the row if it is there")
        } else {
            let nothing = OnConflict {
                target: None,
                action: ConflictAction::Nothing,
            };
            (nothing, "does nothing if the row is there")
        };
    insert.on_conflict = Some(on_conflict);
    draft.change(step, Statement::Insert(insert), RowCheck::Any, why);
}

/// The columns that an `INSERT` fills and that are not of the key.
fn columns_beside_key(table: &Table, insert: &Insert) -> Vec<String> {
    let named: Vec<String> = if insert.columns.is_empty() {
        let all = table.columns.iter();
        all.map(|column| column.name.clone()).collect()
    } else {
        let columns = insert.columns.iter();
        columns.map(|column| column.name.clone()).collect()
    };
    let mut others = named;
    others.retain(|name| !table.key.contains(name));
    others
}

fn excluded(name: &str) -> Expr {
    Expr::Column {
        table: Some(Ident::new("excluded")),
        name: Ident::new(name),
    }
}

fn on_key(table: &Table, action: ConflictAction) -> OnConflict {
    let key = table.key.iter().map(|name| Ident::new(name)).collect();
    OnConflict {
        target: Some(ConflictTarget::Columns(key, None)),
        action,
    }
}

/// An `UPDATE` of one row as an `INSERT`, or why it is none.
fn of_update(drawn: &Drawn<'_>, step: StepId, update: &Update) -> Result<Insert, &'static str> {
    let (Some(table), Some(search)) = (drawn.table(step), drawn.search(step)) else {
        return Err("it takes more than one table");
    };
    let key = search
        .key
        .as_ref()
        .ok_or("it does not name one row by its primary key")?;
    let mut columns: Vec<Ident> = table.key.iter().map(|name| Ident::new(name)).collect();
    let mut values: Vec<Option<Expr>> = key.iter().cloned().map(Some).collect();
    let mut assignments = Vec::new();
    for assignment in &update.assignments {
        let name = &assignment.column.name;
        if table.key.contains(name) {
            return Err("it changes the key itself");
        }
        let value = assignment
            .value
            .clone()
            .ok_or("it sets a column to DEFAULT")?;
        let mut stored = false;
        walk(&value, &mut |expr| {
            stored |= matches!(expr, Expr::Column { .. })
        });
        if stored {
            return Err("it computes from the stored row, and an INSERT has none to compute from");
        }
        columns.push(Ident::new(name));
        values.push(Some(value));
        assignments.push(Assignment {
            column: Ident::new(name),
            value: Some(excluded(name)),
        });
    }
    let filled = |name: &str| columns.iter().any(|column| column.name == name);
    if table
        .columns
        .iter()
        .any(|column| column.not_null && !column.has_default && !filled(&column.name))
    {
        return Err("the table has another column that must have a value");
    }
    let filter = search
        .conditions
        .iter()
        .filter(|condition| !equates_key(table, condition))
        .cloned()
        .map(|mut condition| {
            // In DO UPDATE a bare column could mean either row.
            walk_mut(&mut condition, &mut |expr| {
                if let Expr::Column { table: of, .. } = expr {
                    *of = Some(Ident::new(&table.name));
                }
            });
            condition
        })
        .reduce(|left, right| super::build::and(Some(left), right));
    Ok(Insert {
        with: Vec::new(),
        table: TableRef {
            name: Ident::new(&table.name),
            alias: None,
        },
        columns,
        source: InsertSource::Values(vec![values]),
        on_conflict: Some(on_key(
            table,
            ConflictAction::Update {
                assignments,
                filter,
            },
        )),
        returning: update.returning.clone(),
    })
}

fn equates_key(table: &Table, condition: &Expr) -> bool {
    let Expr::Binary(left, crate::sql::ast::BinaryOp::Eq, right) = condition else {
        return false;
    };
    let is_key = |side: &Expr| table.key.iter().any(|name| *side == column(name));
    is_key(left) || is_key(right)
}
