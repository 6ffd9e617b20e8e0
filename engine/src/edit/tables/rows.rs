//! Starting rows: added, written, taken away.

use super::columns::{cut_rows, place_of};
use super::cut::Source;
use super::patches::Patches;
use super::{ColumnPlace, EditError, RowPlace, Table, is_plain, setup, value, values};
use crate::edit::template::sample;
use crate::scenario::SetupStatement;
use crate::sql::Span;
use crate::sql::ast::{
    ColumnConstraint, ColumnDef, Expr, Insert, Literal, SqlType, TableConstraintKind, UnaryOp,
};

/// The statement that a row stands in, and its place there.
fn find<'a>(
    table: &Table<'a>,
    row: RowPlace,
) -> Result<(&'a SetupStatement, &'a Insert, usize), EditError> {
    let mut left = row.0;
    for (entry, insert) in table.inserts().filter(|(_, insert)| is_plain(insert)) {
        let count = values(insert).map_or(0, <[_]>::len);
        if left < count {
            return Ok((entry, insert, left));
        }
        left -= count;
    }
    Err(EditError("There is no such row.".to_owned()))
}

pub(super) fn set(
    table: &Table<'_>,
    row: RowPlace,
    column: ColumnPlace,
    typed: &str,
) -> Result<String, EditError> {
    let name = table.column(column)?;
    let (entry, insert, row) = find(table, row)?;
    let typed = value::typed(typed, table.create.columns[column.0].ty)?;
    let source = Source::of(table.text, entry.place);
    let cut = cut_rows(source.as_ref(), insert);
    let cut = cut.ok_or_else(|| EditError("There is no such row.".to_owned()))?;
    let mut patches = Patches::new(table.text);
    let place = place_of(insert, column, &name.name);
    let cell = place.and_then(|place| cut.rows.get(row)?.cells.get(place));
    if let Some(cell) = cell {
        if source.is_some_and(|source| source.at(*cell) == typed) {
            return Ok(table.text.to_owned());
        }
        patches.write(*cell, typed);
        return Ok(patches.done());
    }
    // The cell was not given, and is now; all rows of a statement have as many.
    if let (None, Some(last)) = (place, cut.names.last()) {
        patches.put(last.end, format!(", {name}"));
    }
    for (number, it) in cut.rows.iter().enumerate() {
        let missing = match place {
            Some(place) if it.cells.len() > place => continue,
            Some(place) => place - it.cells.len(),
            None => 0,
        };
        let said = if number == row { &*typed } else { "DEFAULT" };
        if let Some(last) = it.cells.last() {
            patches.put(last.end, format!("{}, {said}", ", DEFAULT".repeat(missing)));
        }
    }
    Ok(patches.done())
}

pub(super) fn remove(table: &Table<'_>, row: RowPlace) -> Result<String, EditError> {
    let (entry, insert, row) = find(table, row)?;
    let source = Source::of(table.text, entry.place);
    let cut = cut_rows(source.as_ref(), insert);
    let cut = cut.ok_or_else(|| EditError("There is no such row.".to_owned()))?;
    if cut.rows.len() == 1 {
        let setup = &table.scenario.setup;
        let own = setup
            .iter()
            .position(|it| it.place.start == entry.place.start);
        return Ok(setup::remove(table.text, table.scenario, own.as_slice()));
    }
    let rows: Vec<Span> = cut.rows.iter().map(|row| row.span).collect();
    let mut patches = Patches::new(table.text);
    patches.take_item(&rows, row);
    Ok(patches.done())
}

pub(super) fn add(table: &Table<'_>) -> Result<String, EditError> {
    table.cut()?;
    let columns = &table.create.columns;
    if columns.is_empty() {
        return Err(EditError(
            "A table without columns has no rows; add a column first.".to_owned(),
        ));
    }
    let plain = table.inserts().filter(|(_, insert)| is_plain(insert));
    let Some((entry, insert)) = plain.last() else {
        let cells: Vec<String> = (0..columns.len())
            .map(|place| new_cell(table, ColumnPlace(place), None))
            .collect();
        let statement = format!(
            "INSERT INTO {} VALUES ({})",
            table.create.name,
            cells.join(", ")
        );
        return Ok(setup::append(table.text, table.scenario, &statement));
    };
    let source = Source::of(table.text, entry.place);
    let cut = cut_rows(source.as_ref(), insert);
    let last = cut.as_ref().and_then(|cut| cut.rows.last());
    let (Some(source), Some(last)) = (source.as_ref(), last) else {
        return Err(EditError(
            "Its rows can be edited in the text only.".to_owned(),
        ));
    };
    let cells = last.cells.iter().enumerate().map(|(place, cell)| {
        let named = insert.columns.get(place);
        let column = match named {
            Some(name) => columns.iter().position(|it| it.name.name == name.name),
            None => (place < columns.len()).then_some(place),
        };
        column.map_or_else(
            || source.at(*cell).to_owned(),
            |column| new_cell(table, ColumnPlace(column), Some(source.at(*cell))),
        )
    });
    let cells: Vec<String> = cells.collect();
    // A row stands on a line of its own where those above do.
    let line = table.text[..last.span.start]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let indent = &table.text[line..last.span.start];
    let gap = if indent.trim().is_empty() && line > entry.place.start {
        format!("\n{indent}")
    } else {
        " ".to_owned()
    };
    let mut patches = Patches::new(table.text);
    patches.put(last.span.end, format!(",{gap}({})", cells.join(", ")));
    Ok(patches.done())
}

/// What a new row says in a column: a key that is free, else what the row above says.
fn new_cell(table: &Table<'_>, place: ColumnPlace, above: Option<&str>) -> String {
    let column = &table.create.columns[place.0];
    let has = |kind: fn(&ColumnConstraint) -> bool| column.constraints.iter().any(kind);
    if has(|it| *it == ColumnConstraint::Serial) {
        return "DEFAULT".to_owned();
    }
    if is_unique(table, column) {
        return free(table, place, column);
    }
    match above {
        Some(above) => above.to_owned(),
        None if has(|it| matches!(it, ColumnConstraint::Default(_))) => "DEFAULT".to_owned(),
        // There is nobody to refer to, perhaps.
        None if has(|it| matches!(it, ColumnConstraint::References(_)))
            && !has(|it| *it == ColumnConstraint::NotNull) =>
        {
            "NULL".to_owned()
        }
        None => sample(column.ty).to_owned(),
    }
}

fn is_unique(table: &Table<'_>, column: &ColumnDef) -> bool {
    let inline = column
        .constraints
        .iter()
        .any(|it| matches!(it, ColumnConstraint::PrimaryKey | ColumnConstraint::Unique));
    let apart = table.create.constraints.iter().any(|it| match &it.kind {
        TableConstraintKind::PrimaryKey(columns) | TableConstraintKind::Unique(columns) => {
            columns.iter().any(|it| it.name == column.name.name)
        }
        _ => false,
    });
    inline || apart
}

/// A value that no row has in a column.
fn free(table: &Table<'_>, place: ColumnPlace, column: &ColumnDef) -> String {
    let mut taken: Vec<&Expr> = Vec::new();
    for (_, insert) in table.inserts() {
        let Some(at) = place_of(insert, place, &column.name.name) else {
            continue;
        };
        let rows = values(insert).unwrap_or_default().iter();
        taken.extend(rows.filter_map(|row| row.get(at)?.as_ref()));
    }
    match column.ty {
        SqlType::SmallInt | SqlType::Int | SqlType::BigInt | SqlType::Numeric(_) => {
            let most = taken.iter().filter_map(|it| whole(it)).max();
            most.and_then(|most| most.checked_add(1))
                .unwrap_or(1)
                .to_string()
        }
        SqlType::Boolean => {
            let is_true = |it: &&Expr| matches!(it, Expr::Literal(Literal::Boolean(true), _));
            (!taken.iter().any(is_true)).to_string()
        }
        ty => {
            let has = |wanted: &str| {
                taken.iter().any(
                    |it| matches!(it, Expr::Literal(Literal::String(text), _) if text == wanted),
                )
            };
            let is_time = matches!(
                ty,
                SqlType::Date | SqlType::Timestamp | SqlType::TimestampTz
            );
            let candidates = (0..=taken.len()).map(|number| match (is_time, number) {
                (true, _) => format!("2026-{:02}-{:02}", number / 28 % 12 + 1, number % 28 + 1),
                (false, 0) => "new".to_owned(),
                (false, _) => format!("new {}", number + 1),
            });
            let mut free = candidates.filter(|candidate| !has(candidate));
            format!("'{}'", free.next().unwrap_or_default())
        }
    }
}

/// The whole number that an expression writes.
fn whole(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(Literal::Number(number), _) => number.parse().ok(),
        Expr::Unary(UnaryOp::Minus, operand) => whole(operand)?.checked_neg(),
        _ => None,
    }
}
