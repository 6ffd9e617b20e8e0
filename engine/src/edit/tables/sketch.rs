//! The tables as a page shows them: what can be edited, and what only stands there.

use super::columns::place_of;
use super::cut::{CreateCut, InsertCut, Source, TraitKind};
use super::{creates, inserts, is_plain, values};
use crate::scenario::Scenario;
use crate::sql::Span;
use crate::sql::ast::{Insert, Statement};

/// A table of the set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSketch {
    /// Its name as SQL writes it.
    pub name: String,
    /// Its columns; none if they come from a query.
    pub columns: Vec<ColumnSketch>,
    /// Its starting rows, those that are written as such.
    pub rows: Vec<RowSketch>,
    /// What belongs to it and can be edited in the text only.
    pub fixed: Vec<Fixed>,
    /// Whether its columns can be edited; else why not.
    pub editable: Result<(), &'static str>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSketch {
    /// Its name as SQL writes it.
    pub name: String,
    /// Its type as written.
    pub ty: String,
    /// Which constraints it has.
    pub constraints: Vec<super::Constraint>,
    /// Its default as written.
    pub default: Option<String>,
    /// What else is said of it, as written; to be edited in the text.
    pub other: Vec<String>,
}

/// A starting row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSketch {
    /// For each column what is written; `None`: nothing, so that it is the default.
    pub cells: Vec<Option<String>>,
}

/// Something that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// As written.
    pub text: String,
    /// Why it can be edited in the text only.
    pub why: &'static str,
}

/// The tables of a set-up.
#[must_use]
pub fn tables(scenario: &Scenario) -> Vec<TableSketch> {
    let mut tables: Vec<TableSketch> = Vec::new();
    for (entry, create) in creates(scenario) {
        let text = &entry.sql.text;
        let mut table = TableSketch {
            name: create.name.to_string(),
            columns: Vec::new(),
            rows: Vec::new(),
            fixed: Vec::new(),
            editable: Ok(()),
        };
        let source = Source::of(text, Span::new(0, text.len()));
        let cut = source.as_ref().and_then(CreateCut::of);
        match (source, cut) {
            (Some(source), Some(cut)) if create.query.is_none() => {
                columns(&source, &cut, &mut table)
            }
            _ => {
                table.editable = Err("Its columns come from a query.");
                table.fixed.push(Fixed {
                    text: text.clone(),
                    why: "columns and rows of a query",
                });
            }
        }
        let names: Vec<&str> = create
            .columns
            .iter()
            .map(|it| it.name.name.as_str())
            .collect();
        for (entry, insert) in inserts(scenario, &create.name.name) {
            rows(&entry.sql.text, insert, &names, &mut table);
        }
        for entry in &scenario.setup {
            if let Some((name, why)) = beside(&entry.sql.statement)
                && name == create.name.name
            {
                let text = entry.sql.text.clone();
                table.fixed.push(Fixed { text, why });
            }
        }
        tables.push(table);
    }
    tables
}

/// The statements of a set-up that belong to no table that is there, as written.
#[must_use]
pub fn loose_statements(scenario: &Scenario) -> Vec<&str> {
    let known = |name: &str| creates(scenario).any(|(_, create)| create.name.name == name);
    let setup = scenario.setup.iter();
    let loose = setup.filter(|entry| match &entry.sql.statement {
        Statement::CreateTable(_) => false,
        Statement::Insert(insert) => !known(&insert.table.name.name),
        statement => beside(statement).is_none_or(|(name, _)| !known(name)),
    });
    loose.map(|entry| entry.sql.text.as_str()).collect()
}

/// The table that a statement belongs to which neither makes it nor puts rows in, and what it is.
fn beside(statement: &Statement) -> Option<(&str, &'static str)> {
    match statement {
        Statement::CreateIndex(create) => Some((&create.table.name, "an index")),
        Statement::Update(update) => Some((&update.table.name.name, "a change of rows")),
        Statement::Delete(delete) => Some((&delete.table.name.name, "a change of rows")),
        _ => None,
    }
}

fn columns(source: &Source<'_>, cut: &CreateCut, table: &mut TableSketch) {
    for element in &cut.elements {
        let Some(column) = &element.column else {
            table.fixed.push(Fixed {
                text: source.at(element.span).to_owned(),
                why: "a constraint of the whole table",
            });
            continue;
        };
        let mut sketch = ColumnSketch {
            name: source.at(column.name).to_owned(),
            ty: source.at(column.ty).to_owned(),
            constraints: Vec::new(),
            default: None,
            other: Vec::new(),
        };
        for it in &column.traits {
            match (it.kind, it.value) {
                (TraitKind::PrimaryKey, _) => {
                    sketch.constraints.push(super::Constraint::PrimaryKey);
                }
                (TraitKind::NotNull, _) => sketch.constraints.push(super::Constraint::NotNull),
                (TraitKind::Unique, _) => sketch.constraints.push(super::Constraint::Unique),
                (TraitKind::Default, Some(value)) => {
                    sketch.default = Some(source.at(value).to_owned());
                }
                _ => sketch.other.push(source.at(it.span).to_owned()),
            }
        }
        table.columns.push(sketch);
    }
}

fn rows(text: &str, insert: &Insert, names: &[&str], table: &mut TableSketch) {
    let source = Source::of(text, Span::new(0, text.len()));
    let cut = source.as_ref().and_then(InsertCut::of);
    match (source, cut) {
        (Some(source), Some(cut)) if is_plain(insert) => {
            for row in &cut.rows {
                let cells = names.iter().enumerate().map(|(place, name)| {
                    let cell = place_of(insert, super::ColumnPlace(place), name)?;
                    Some(source.at(*row.cells.get(cell)?).to_owned())
                });
                table.rows.push(RowSketch {
                    cells: cells.collect(),
                });
            }
        }
        _ => table.fixed.push(Fixed {
            text: text.to_owned(),
            why: if values(insert).is_some() {
                "rows with ON CONFLICT or RETURNING"
            } else {
                "rows of a query"
            },
        }),
    }
}
