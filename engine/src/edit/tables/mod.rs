//! The tables and their starting rows, edited where the set-up defines and fills them.
//!
//! A table is its `CREATE TABLE`, its rows are those of the `INSERT ... VALUES` statements on it. Each edit writes the one name, type,
//! constraint or cell that it is about ([`cut`] finds its place, [`patches`] writes there); layout, comments and spelling of the
//! same statement stay. What belongs to a column goes with it: its cells, its name in the heads of `INSERT` and in keys ([`names`]).
//!
//! Steps, rules and queries of the set-up that use a name which is gone are left alone, and the reader says so at their place. What
//! is no list of rows (`INSERT ... SELECT`) and what holds for several columns is shown by [`tables`] as it stands and edited in the text.

mod columns;
mod cut;
mod names;
mod patches;
mod rows;
mod setup;
mod sketch;
mod value;

pub use sketch::{ColumnSketch, Fixed, RowSketch, TableSketch, loose_statements, tables};

use super::{EditError, Edited};
use crate::scenario::{Scenario, SetupStatement};
use crate::sql::Span;
use crate::sql::ast::{CreateTable, Ident, Insert, InsertSource, Statement};
use cut::{CreateCut, Source};
use patches::Patches;

/// A table, by its place among the tables of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TablePlace(pub usize);

/// A column, by its place in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnPlace(pub usize);

/// A starting row, by its place among those of its table that can be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace(pub usize);

/// A change of the tables. Names are taken as a visitor types them: one that is no plain word is quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableEdit {
    /// Adds a table of this name with one column, `id int PRIMARY KEY`.
    Add(String),
    /// Gives a table another name.
    Rename(TablePlace, String),
    /// Takes a table away with its rows and indexes.
    Remove(TablePlace),
    /// Adds a column behind the others; the rows that are there have NULL in it.
    AddColumn {
        /// Where.
        table: TablePlace,
        /// Its name.
        name: String,
        /// Its type, as SQL has it.
        ty: String,
    },
    /// Changes what is said of a column.
    ChangeColumn {
        /// Where.
        table: TablePlace,
        /// Which.
        column: ColumnPlace,
        /// What.
        change: ColumnChange,
    },
    /// Moves a column to another place.
    MoveColumn {
        /// Where.
        table: TablePlace,
        /// Which.
        column: ColumnPlace,
        /// Its new place.
        to: ColumnPlace,
    },
    /// Takes a column away with its cells.
    RemoveColumn {
        /// Where.
        table: TablePlace,
        /// Which.
        column: ColumnPlace,
    },
    /// Adds a row like the last one, but with keys of its own.
    AddRow(TablePlace),
    /// Writes a cell.
    SetCell {
        /// Where.
        table: TablePlace,
        /// In which row.
        row: RowPlace,
        /// In which column.
        column: ColumnPlace,
        /// A constant as SQL has it; in a column of text or time, plain words as well.
        value: String,
    },
    /// Takes a row away.
    RemoveRow(TablePlace, RowPlace),
}

/// A change of what is said of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChange {
    /// Its name.
    Rename(String),
    /// Its type, as SQL has it.
    Type(String),
    /// A constraint more. A table has one key: it moves here.
    Set(Constraint),
    /// A constraint less.
    Unset(Constraint),
    /// Its default; `None`: none.
    Default(Option<String>),
}

/// A constraint of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `NOT NULL`
    NotNull,
    /// `UNIQUE`
    Unique,
}

impl Constraint {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::PrimaryKey, Self::NotNull, Self::Unique];

    /// As SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::PrimaryKey => "PRIMARY KEY",
            Self::NotNull => "NOT NULL",
            Self::Unique => "UNIQUE",
        }
    }
}

impl TableEdit {
    /// What was done, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Add(_) => "Table added.",
            Self::Rename(..) => "Table renamed.",
            Self::Remove(_) => "Table removed. Undo brings it back.",
            Self::AddColumn { .. } => "Column added.",
            Self::ChangeColumn { change, .. } => match change {
                ColumnChange::Rename(_) => "Column renamed.",
                ColumnChange::Set(Constraint::PrimaryKey) => "This column is the key now.",
                _ => "Column changed.",
            },
            Self::MoveColumn { .. } => "Column moved.",
            Self::RemoveColumn { .. } => "Column removed. Undo brings it back.",
            Self::AddRow(_) => "Row added.",
            Self::SetCell { .. } => "Cell changed.",
            Self::RemoveRow(..) => "Row removed. Undo brings it back.",
        }
    }
}

pub(super) fn apply(
    text: &str,
    scenario: &Scenario,
    edit: &TableEdit,
) -> Result<Edited, EditError> {
    let table = |place: &TablePlace| Table::of(text, scenario, *place);
    let text = match edit {
        TableEdit::Add(name) => {
            let name = new_table(scenario, name, None)?;
            setup::append(
                text,
                scenario,
                &format!("CREATE TABLE {name} (id int PRIMARY KEY)"),
            )
        }
        TableEdit::Rename(place, name) => rename(&table(place)?, *place, name)?,
        TableEdit::Remove(place) => remove(&table(place)?),
        TableEdit::AddColumn {
            table: place,
            name,
            ty,
        } => columns::add(&table(place)?, name, ty)?,
        TableEdit::ChangeColumn {
            table: place,
            column,
            change,
        } => columns::change(&table(place)?, *column, change)?,
        TableEdit::MoveColumn {
            table: place,
            column,
            to,
        } => columns::shift(&table(place)?, *column, *to)?,
        TableEdit::RemoveColumn {
            table: place,
            column,
        } => columns::remove(&table(place)?, *column)?,
        TableEdit::AddRow(place) => rows::add(&table(place)?)?,
        TableEdit::SetCell {
            table: place,
            row,
            column,
            value,
        } => rows::set(&table(place)?, *row, *column, value)?,
        TableEdit::RemoveRow(place, row) => rows::remove(&table(place)?, *row)?,
    };
    Ok(Edited {
        text,
        steps: Vec::new(),
    })
}

/// A table with the text that it stands in.
struct Table<'a> {
    text: &'a str,
    scenario: &'a Scenario,
    create: &'a CreateTable,
    source: Source<'a>,
    entry: &'a SetupStatement,
}

impl<'a> Table<'a> {
    fn of(text: &'a str, scenario: &'a Scenario, place: TablePlace) -> Result<Self, EditError> {
        let none = || EditError("There is no such table.".to_owned());
        let (entry, create) = creates(scenario).nth(place.0).ok_or_else(none)?;
        let source = Source::of(text, entry.place).ok_or_else(none)?;
        Ok(Self {
            text,
            scenario,
            create,
            source,
            entry,
        })
    }

    /// Its columns and constraints, where they stand in the text.
    fn cut(&self) -> Result<CreateCut, EditError> {
        let cut = self
            .create
            .query
            .is_none()
            .then(|| CreateCut::of(&self.source));
        cut.flatten().ok_or_else(|| {
            EditError(
                "The columns of this table come from a query; change them in the text.".to_owned(),
            )
        })
    }

    /// The column of this place, which is there.
    fn column(&self, column: ColumnPlace) -> Result<&'a Ident, EditError> {
        let column = self.create.columns.get(column.0);
        column
            .map(|column| &column.name)
            .ok_or_else(|| EditError("There is no such column.".to_owned()))
    }

    /// The `INSERT`s of the set-up that fill it.
    fn inserts(&self) -> impl Iterator<Item = (&'a SetupStatement, &'a Insert)> + use<'a> {
        inserts(self.scenario, &self.create.name.name)
    }
}

/// The `CREATE TABLE`s of a set-up.
fn creates(scenario: &Scenario) -> impl Iterator<Item = (&SetupStatement, &CreateTable)> {
    let setup = scenario.setup.iter();
    setup.filter_map(|entry| match &entry.sql.statement {
        Statement::CreateTable(create) => Some((entry, create)),
        _ => None,
    })
}

/// The `INSERT`s of a set-up that fill a table.
fn inserts<'a>(
    scenario: &'a Scenario,
    table: &str,
) -> impl Iterator<Item = (&'a SetupStatement, &'a Insert)> + use<'a> {
    let table = table.to_owned();
    let setup = scenario.setup.iter();
    setup.filter_map(move |entry| match &entry.sql.statement {
        Statement::Insert(insert) if insert.table.name.name == table => Some((entry, insert)),
        _ => None,
    })
}

/// The rows of an `INSERT ... VALUES`; `None` for a query and for `DEFAULT VALUES`.
fn values(insert: &Insert) -> Option<&[Vec<Option<crate::sql::ast::Expr>>]> {
    match &insert.source {
        InsertSource::Values(rows)
            if insert.with.is_empty() && rows.iter().all(|row| !row.is_empty()) =>
        {
            Some(rows)
        }
        _ => None,
    }
}

/// Whether the rows of an `INSERT` are simply those of the table.
fn is_plain(insert: &Insert) -> bool {
    values(insert).is_some() && insert.on_conflict.is_none() && insert.returning.is_empty()
}

fn rename(table: &Table<'_>, place: TablePlace, name: &str) -> Result<String, EditError> {
    let name = new_table(table.scenario, name, Some(place))?;
    let old = &table.create.name.name;
    Ok(write_names(table, &name, |statement| {
        names::of_table(statement, old)
    }))
}

/// Writes a name wherever the statements of the set-up have another one.
fn write_names(
    table: &Table<'_>,
    name: &Ident,
    places: impl Fn(&Statement) -> Vec<Span>,
) -> String {
    let mut patches = Patches::new(table.text);
    for entry in &table.scenario.setup {
        let written = Source::of(table.text, entry.place);
        let read = Source::of(&entry.sql.text, Span::new(0, entry.sql.text.len()));
        let (Some(written), Some(read)) = (written, read) else {
            continue;
        };
        for place in places(&entry.sql.statement) {
            if let Some(place) = written.same_token(&read, place) {
                patches.write(place, name.to_string());
            }
        }
    }
    patches.done()
}

fn remove(table: &Table<'_>) -> String {
    let name = &table.create.name.name;
    let setup = table.scenario.setup.iter().enumerate();
    let own = setup.filter_map(|(place, entry)| {
        let is_own = match &entry.sql.statement {
            Statement::CreateTable(_) => entry.place.start == table.entry.place.start,
            Statement::Insert(insert) => insert.table.name.name == *name,
            Statement::CreateIndex(create) => create.table.name == *name,
            _ => false,
        };
        is_own.then_some(place)
    });
    setup::remove(table.text, table.scenario, &own.collect::<Vec<_>>())
}

/// A name that no other table has.
fn new_table(scenario: &Scenario, name: &str, own: Option<TablePlace>) -> Result<Ident, EditError> {
    let name = identifier(name, "A table")?;
    let taken = creates(scenario).enumerate().any(|(place, (_, create))| {
        create.name.name == name.name && own != Some(TablePlace(place))
    });
    if taken {
        return Err(EditError(format!(
            "There is a table `{}` already.",
            name.name
        )));
    }
    Ok(name)
}

/// A name as a visitor types it: a plain word is folded as SQL folds it, anything else is quoted.
fn identifier(typed: &str, whose: &str) -> Result<Ident, EditError> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let typed = words.join(" ");
    let quoted = typed
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let name = match quoted {
        Some(name) => name.replace("\"\"", "\""),
        None if typed
            .chars()
            .all(|it| crate::sql::is_letter(it) || it.is_ascii_digit() || "_$".contains(it)) =>
        {
            typed.to_ascii_lowercase()
        }
        None => typed,
    };
    if name.is_empty() {
        return Err(EditError(format!("{whose} needs a name.")));
    }
    // PostgreSQL would cut it off (manual, 4.1.1).
    if name.len() > 63 {
        return Err(EditError("A name has at most 63 bytes.".to_owned()));
    }
    Ok(Ident::new(&name))
}
