//! Columns: added, changed, moved, taken away, with their cells.

use super::cut::{ColumnCut, CreateCut, InsertCut, Source, TraitKind};
use super::patches::Patches;
use super::{
    ColumnChange, ColumnPlace, Constraint, EditError, Table, identifier, names, value, values,
    write_names,
};
use crate::scenario::Action;
use crate::sql::ast::{
    ColumnConstraint, CreateTable, Expr, Ident, Insert, InsertSource, Statement,
    TableConstraintKind,
};
use crate::sql::{Span, parse_statement};

pub(super) fn add(table: &Table<'_>, name: &str, ty: &str) -> Result<String, EditError> {
    let cut = table.cut()?;
    let name = new_column(table.create, name, None)?;
    let ty = known_type(ty)?;
    let mut patches = Patches::new(table.text);
    put_element(table.text, &cut, &format!("{name} {ty}"), &mut patches);
    let before = table.create.columns.len();
    for (entry, insert) in table.inserts() {
        let source = Source::of(table.text, entry.place);
        let Some(cut) = cut_rows(source.as_ref(), insert) else {
            continue;
        };
        if let Some(last) = cut.names.last() {
            patches.put(last.end, format!(", {name}"));
        }
        for row in &cut.rows {
            if let Some(last) = row.cells.last() {
                // Cells that are not given are the defaults, up to the new one.
                let missing = if cut.names.is_empty() {
                    before.saturating_sub(row.cells.len())
                } else {
                    0
                };
                patches.put(last.end, ", DEFAULT".repeat(missing) + ", NULL");
            }
        }
    }
    Ok(patches.done())
}

/// Puts a column behind the others, on a line of its own where they have lines of their own.
fn put_element(text: &str, cut: &CreateCut, written: &str, patches: &mut Patches<'_>) {
    let Some(last) = cut.columns().map(|(place, _)| place).last() else {
        let gap = if cut.elements.is_empty() { "" } else { ", " };
        return patches.put(cut.open.end, format!("{written}{gap}"));
    };
    let span = cut.elements[last].span;
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line_start..span.start];
    let line_end = text[span.end..].find('\n').map(|at| span.end + at);
    let next = cut.elements.get(last + 1).map(|next| next.span.start);
    let rest = line_end.map(|end| text[span.end..end].trim());
    match (line_end, rest, next) {
        // `id int,` and a line below it.
        (Some(end), Some(rest), Some(next))
            if indent.trim().is_empty() && end < next && rest.starts_with(',') =>
        {
            patches.put(end, format!("\n{indent}{written},"));
        }
        // `id int`, perhaps with a comment, and the parenthesis below it.
        (Some(end), Some(rest), None)
            if indent.trim().is_empty() && (rest.is_empty() || rest.starts_with("--")) =>
        {
            patches.put(span.end, ",");
            patches.put(end, format!("\n{indent}{written}"));
        }
        _ => patches.put(span.end, format!(", {written}")),
    }
}

pub(super) fn change(
    table: &Table<'_>,
    column: ColumnPlace,
    change: &ColumnChange,
) -> Result<String, EditError> {
    let old = table.column(column)?;
    let cut = table.cut()?;
    let own = cut.columns().nth(column.0);
    let (element, own) = own.ok_or_else(|| EditError("There is no such column.".to_owned()))?;
    let end = cut.elements[element].span.end;
    let mut patches = Patches::new(table.text);
    match change {
        ColumnChange::Rename(name) => {
            let name = new_column(table.create, name, Some(column))?;
            return Ok(write_names(table, &name, |statement| {
                names::of_column(statement, &table.create.name.name, &old.name)
            }));
        }
        ColumnChange::Type(ty) => patches.write(own.ty, known_type(ty)?),
        ColumnChange::Set(Constraint::PrimaryKey) => {
            if has(own, TraitKind::PrimaryKey) {
                return Ok(table.text.to_owned());
            }
            let apart =
                |kind: &TableConstraintKind| matches!(kind, TableConstraintKind::PrimaryKey(_));
            if table.create.constraints.iter().any(|it| apart(&it.kind)) {
                return Err(EditError(
                    "The key is a constraint with a name or of several columns; change it in the text."
                        .to_owned(),
                ));
            }
            // A table has one key.
            for (_, other) in cut.columns() {
                take(other, TraitKind::PrimaryKey, &mut patches);
            }
            patches.put(own.ty.end, " PRIMARY KEY");
        }
        ColumnChange::Set(constraint) => {
            if has(own, kind(*constraint)) {
                return Ok(table.text.to_owned());
            }
            patches.put(end, format!(" {}", constraint.sql()));
        }
        ColumnChange::Unset(constraint) => take(own, kind(*constraint), &mut patches),
        ColumnChange::Default(None) => take(own, TraitKind::Default, &mut patches),
        ColumnChange::Default(Some(typed)) => {
            let ty = table.create.columns[column.0].ty;
            let mut default = value::typed(typed, ty)?;
            if !value::constant(&default).is_ok_and(|expr| is_simple(&expr)) {
                default = format!("({default})");
            }
            let written = own.traits.iter().find_map(|it| it.value);
            match written {
                Some(place) => patches.write(place, default),
                None => patches.put(end, format!(" DEFAULT {default}")),
            }
        }
    }
    Ok(patches.done())
}

/// Whether an expression can stand after DEFAULT without parentheses, whatever follows.
fn is_simple(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..) | Expr::Call(_) => true,
        Expr::Unary(_, operand) => matches!(**operand, Expr::Literal(..)),
        _ => false,
    }
}

fn kind(constraint: Constraint) -> TraitKind {
    match constraint {
        Constraint::PrimaryKey => TraitKind::PrimaryKey,
        Constraint::NotNull => TraitKind::NotNull,
        Constraint::Unique => TraitKind::Unique,
    }
}

fn has(column: &ColumnCut, kind: TraitKind) -> bool {
    column.traits.iter().any(|it| it.kind == kind)
}

fn take(column: &ColumnCut, kind: TraitKind, patches: &mut Patches<'_>) {
    for it in column.traits.iter().filter(|it| it.kind == kind) {
        patches.take(it.span);
    }
}

pub(super) fn remove(table: &Table<'_>, column: ColumnPlace) -> Result<String, EditError> {
    let name = &table.column(column)?.name;
    let cut = table.cut()?;
    let own = cut.columns().nth(column.0).map(|(place, _)| place);
    let own = own.ok_or_else(|| EditError("There is no such column.".to_owned()))?;
    let left = table.create.columns.iter().enumerate();
    let Some(left) = left.into_iter().find(|(place, _)| *place != column.0) else {
        return Err(EditError(
            "It is the only column; remove the table instead.".to_owned(),
        ));
    };
    let mut patches = Patches::new(table.text);
    let elements: Vec<Span> = cut.elements.iter().map(|element| element.span).collect();
    patches.take_item(&elements, own);
    for (entry, insert) in table.inserts() {
        let source = Source::of(table.text, entry.place);
        let Some(cut) = cut_rows(source.as_ref(), insert) else {
            continue;
        };
        let Some(place) = place_of(insert, column, name) else {
            continue;
        };
        // A row has a cell at least.
        let only = cut.rows.iter().any(|row| row.cells.len() == 1);
        match cut.names.get(place) {
            Some(written) if only => patches.write(*written, left.1.name.to_string()),
            Some(_) => patches.take_item(&cut.names, place),
            None => {}
        }
        for row in &cut.rows {
            match row.cells.get(place) {
                Some(cell) if only => patches.write(*cell, "DEFAULT"),
                Some(_) => patches.take_item(&row.cells, place),
                None => {}
            }
        }
    }
    Ok(patches.done())
}

pub(super) fn shift(
    table: &Table<'_>,
    column: ColumnPlace,
    to: ColumnPlace,
) -> Result<String, EditError> {
    table.column(column)?;
    let cut = table.cut()?;
    let count = table.create.columns.len();
    let mut order: Vec<usize> = (0..count).collect();
    let moved = order.remove(column.0);
    order.insert(to.0.min(count - 1), moved);
    let mut patches = Patches::new(table.text);
    let columns: Vec<Span> = cut
        .columns()
        .map(|(place, _)| cut.elements[place].span)
        .collect();
    patches.reorder(&columns, &order);
    if let Some(notes) = notes_beside(table.text, &columns) {
        patches.reorder(&notes, &order);
    }
    let name = &table.create.name.name;
    let setup = table.scenario.setup.iter();
    let setup = setup.map(|entry| (entry.place, &entry.sql.statement));
    let steps = table.scenario.timeline.iter();
    let steps = steps.filter_map(|step| match &step.action {
        Action::Sql(sql) => Some((step.place, &sql.statement)),
        _ => None,
    });
    // Rows without names of columns have them in the columns' order, in the set-up and in steps.
    for (place, statement) in setup.chain(steps) {
        let Statement::Insert(insert) = statement else {
            continue;
        };
        if insert.table.name.name != *name || !insert.columns.is_empty() {
            continue;
        }
        let source = Source::of(table.text, place);
        let rows = cut_rows(source.as_ref(), insert);
        match (rows, &insert.source, source) {
            (Some(rows), _, Some(source)) => {
                for row in &rows.rows {
                    reorder_cells(&source, &row.cells, &order, &mut patches);
                }
            }
            // DEFAULT VALUES
            (_, InsertSource::Values(rows), _) if rows.iter().all(Vec::is_empty) => {}
            _ => {
                return Err(EditError(format!(
                    "An INSERT INTO {} fills the columns in their order; name its columns in the text first.",
                    table.create.name
                )));
            }
        }
    }
    Ok(patches.done())
}

/// What stands behind each column on its line, where each has a line of its own: nothing, or a comment about it.
fn notes_beside(text: &str, columns: &[Span]) -> Option<Vec<Span>> {
    let notes = columns.iter().enumerate().map(|(place, column)| {
        let start = match text[column.end..].strip_prefix(',') {
            Some(_) => column.end + 1,
            None => column.end,
        };
        let end = start + text[start..].find('\n')?;
        let note = text[start..end].trim();
        let in_line = note.starts_with("/*") && note.find("*/") == note.len().checked_sub(2);
        let is_note = note.is_empty() || note.starts_with("--") || in_line;
        let alone = columns.get(place + 1).is_none_or(|next| end < next.start);
        (is_note && alone).then_some(Span::new(start, end))
    });
    notes.collect()
}

/// Puts a row's cells into another order; those that are not given are the defaults.
fn reorder_cells(source: &Source<'_>, cells: &[Span], order: &[usize], patches: &mut Patches<'_>) {
    if cells.len() > order.len() {
        return;
    }
    let given = |from: &usize| cells.get(*from).map_or("DEFAULT", |cell| source.at(*cell));
    // Cells that stay at the end may stay away.
    let mut needed = cells.len();
    for (place, from) in order.iter().enumerate() {
        if *from < cells.len() {
            needed = needed.max(place + 1);
        }
    }
    let mut behind = String::new();
    for (place, from) in order.iter().enumerate().take(needed) {
        match cells.get(place) {
            Some(cell) if place != *from => patches.write(*cell, given(from)),
            Some(_) => {}
            None => {
                behind.push_str(", ");
                behind.push_str(given(from));
            }
        }
    }
    if let (Some(last), false) = (cells.last(), behind.is_empty()) {
        patches.put(last.end, behind);
    }
}

/// The rows of an `INSERT`, cut, where it has rows.
pub(super) fn cut_rows(source: Option<&Source<'_>>, insert: &Insert) -> Option<InsertCut> {
    values(insert)?;
    InsertCut::of(source?)
}

/// Which cell of an `INSERT`'s rows is that of a column.
pub(super) fn place_of(insert: &Insert, column: ColumnPlace, name: &str) -> Option<usize> {
    if insert.columns.is_empty() {
        Some(column.0)
    } else {
        insert.columns.iter().position(|it| it.name == name)
    }
}

/// A name that no other column of a table has.
fn new_column(
    create: &CreateTable,
    name: &str,
    own: Option<ColumnPlace>,
) -> Result<Ident, EditError> {
    let name = identifier(name, "A column")?;
    let mut columns = create.columns.iter().enumerate();
    if columns.any(|(place, it)| it.name.name == name.name && own != Some(ColumnPlace(place))) {
        return Err(EditError(format!(
            "There is a column `{}` already.",
            name.name
        )));
    }
    Ok(name)
}

/// A type as it is typed; nothing may follow it.
fn known_type(ty: &str) -> Result<String, EditError> {
    let ty = ty.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong = |message: String| EditError(message);
    let read = parse_statement(&format!("CREATE TABLE t (c {ty})"));
    match read {
        Ok(Statement::CreateTable(create)) => match create.columns.as_slice() {
            [column]
                if create.constraints.is_empty() && !ty.contains("--") && !ty.contains("/*") =>
            {
                let serial = |it: &ColumnConstraint| *it == ColumnConstraint::Serial;
                let plain = column.constraints.iter().all(serial);
                let generated = ty.to_ascii_lowercase().contains("generated");
                if plain && !generated {
                    Ok(ty)
                } else {
                    Err(wrong(format!("`{ty}` is more than a type.")))
                }
            }
            _ => Err(wrong(format!("`{ty}` is more than a type."))),
        },
        Ok(_) => Err(wrong(format!("`{ty}` is no type."))),
        Err(error) => Err(wrong(format!(
            "{}; expected {}.",
            error.message, error.expected
        ))),
    }
}
