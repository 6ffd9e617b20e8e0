//! A step as a form: a table, columns, values and options to choose from, in the place of SQL to be typed.
//!
//! A [`Form`] holds what a simple step says. [`Form::of`] reads it off a step, if nothing of the step would be lost; [`Form::sql`]
//! writes the step. Expressions in it are SQL text, in the printer's spelling where they can be read and as they are otherwise, so
//! that a form that is half filled in can be shown (and refused by the reader).
//!
//! What is not simple: joins, subqueries in FROM, groups, expressions in a select list, conditions that are no comparisons of
//! columns joined by AND. Such a step has no form.

mod read;
#[cfg(test)]
mod tests;
mod write;

use super::Template;
use super::names::Table;
use crate::scenario::{Fault, Scenario};
use crate::sql::ast::{AccessMode, Direction, IsolationLevel, RowLock, TableLockMode, WaitPolicy};

/// What a step says, as choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// `SELECT`, with or without a row lock.
    Select {
        /// The table.
        table: String,
        /// The columns that are read; empty: all.
        columns: Vec<String>,
        /// Which rows.
        rows: Vec<Comparison>,
        /// The column that they are ordered by.
        order: Option<(String, Direction)>,
        /// How many at most, as an expression.
        limit: Option<String>,
        /// How they are locked.
        lock: Option<(RowLock, WaitPolicy)>,
    },
    /// `UPDATE`
    Update {
        /// The table.
        table: String,
        /// What is set; not empty.
        sets: Vec<Setting>,
        /// Which rows.
        rows: Vec<Comparison>,
        /// The columns that are read from the changed rows; empty: none.
        returning: Vec<String>,
    },
    /// `INSERT` of one row.
    Insert {
        /// The table.
        table: String,
        /// Whether the columns' names are written.
        names: Names,
        /// The row.
        values: Vec<Setting>,
        /// What is done where the row is there already; `None`: it is an error.
        conflict: Option<Conflict>,
    },
    /// `DELETE`
    Delete {
        /// The table.
        table: String,
        /// Which rows.
        rows: Vec<Comparison>,
    },
    /// `LOCK TABLE`
    LockTable {
        /// The table.
        table: String,
        /// The mode.
        mode: TableLockMode,
        /// Whether it fails at once where it would have to wait.
        wait: WaitPolicy,
    },
    /// The client's own check.
    Require {
        /// Left side, as an expression.
        left: String,
        /// How both are compared.
        compare: Compare,
        /// Right side.
        right: String,
        /// What the client tells its user; empty: nothing.
        reason: String,
    },
    /// `BEGIN`
    Begin {
        /// The level; `None`: that of the session.
        isolation: Option<IsolationLevel>,
        /// `READ ONLY` or `READ WRITE`.
        access: Option<AccessMode>,
    },
    /// `COMMIT`
    Commit,
    /// `ROLLBACK`
    Rollback,
    /// Something goes wrong.
    Fault(Fault),
}

/// `column = value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The column.
    pub column: String,
    /// An expression, or `DEFAULT`.
    pub value: String,
}

/// One condition of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub compare: Compare,
    /// What with, as an expression; empty where [`Compare::has_value`] says so.
    pub value: String,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IS NULL`
    IsNull,
    /// `IS NOT NULL`
    IsNotNull,
    /// The boolean column stands for itself.
    IsTrue,
}

impl Compare {
    /// All, in the order of a list; the first six have a value on both sides.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::IsNull,
        Self::IsNotNull,
        Self::IsTrue,
    ];

    /// As a list shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::IsNull => "IS NULL",
            Self::IsNotNull => "IS NOT NULL",
            Self::IsTrue => "is true",
        }
    }

    /// Whether there is something on the right.
    #[must_use]
    pub fn has_value(self) -> bool {
        !matches!(self, Self::IsNull | Self::IsNotNull | Self::IsTrue)
    }
}

/// Whether an INSERT names its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// They are written.
    Written,
    /// They are left out, which is only possible with a value for each.
    LeftOut,
}

/// What an INSERT does about a row that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The columns that name the row; empty: any that are unique (only with nothing to set).
    pub target: Vec<String>,
    /// What is set in the row that is there; empty: nothing is done.
    pub sets: Vec<Setting>,
}

/// The kinds of steps that have a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// One of the palette.
    Template(Template),
    /// `LOCK TABLE`
    LockTable,
    /// Something goes wrong.
    Fault(Fault),
}

impl StepKind {
    /// All, in the order of a list.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let templates = Template::ALL.into_iter().map(Self::Template);
        let faults = Fault::ALL.into_iter().map(Self::Fault);
        templates.chain([Self::LockTable]).chain(faults).collect()
    }

    /// As a list shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Template(template) => template.name(),
            Self::LockTable => "LOCK TABLE",
            Self::Fault(fault) => fault.as_str(),
        }
    }
}

impl Form {
    /// The form that a step of this kind begins with, on a table if it is one of the scenario's; `None` where the kind needs a
    /// table and there is none.
    #[must_use]
    pub fn new(kind: StepKind, table: Option<&str>, scenario: &Scenario) -> Option<Self> {
        let text = match kind {
            StepKind::Template(template) => template.text_on(table, scenario),
            StepKind::LockTable => {
                let tables = super::names::tables(scenario);
                let named = tables.iter().find(|it| Some(it.name.as_str()) == table);
                return Some(Self::LockTable {
                    table: named.or(tables.first())?.name.clone(),
                    mode: TableLockMode::Exclusive,
                    wait: WaitPolicy::Block,
                });
            }
            StepKind::Fault(fault) => return Some(Self::Fault(fault)),
        };
        Self::of(&text, scenario)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        StepKind::Template(match self {
            Self::Select { lock: None, .. } => Template::Select,
            Self::Select { lock: Some(_), .. } => Template::Lock,
            Self::Update { .. } => Template::Update,
            Self::Insert { conflict: None, .. } => Template::Insert,
            Self::Insert {
                conflict: Some(_), ..
            } => Template::Upsert,
            Self::Delete { .. } => Template::Delete,
            Self::Require { .. } => Template::Require,
            Self::Begin { .. } => Template::Begin,
            Self::Commit => Template::Commit,
            Self::Rollback => Template::Rollback,
            Self::LockTable { .. } => return StepKind::LockTable,
            Self::Fault(fault) => return StepKind::Fault(*fault),
        })
    }

    /// The form of another kind, which keeps the table and, where both have some, the condition; `None` as for [`Form::new`].
    #[must_use]
    pub fn turned_into(&self, kind: StepKind, scenario: &Scenario) -> Option<Self> {
        let mut form = Self::new(kind, self.table(), scenario)?;
        let mut old = self.clone();
        if let (Some(rows), Some(kept)) = (form.rows_mut(), old.rows_mut()) {
            rows.clone_from(kept);
        }
        Some(form)
    }

    /// Its table.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        match self {
            Self::Select { table, .. }
            | Self::Update { table, .. }
            | Self::Insert { table, .. }
            | Self::Delete { table, .. }
            | Self::LockTable { table, .. } => Some(table),
            _ => None,
        }
    }

    /// The condition of its rows.
    pub fn rows_mut(&mut self) -> Option<&mut Vec<Comparison>> {
        match self {
            Self::Select { rows, .. } | Self::Update { rows, .. } | Self::Delete { rows, .. } => {
                Some(rows)
            }
            _ => None,
        }
    }

    /// What is set: by an UPDATE, in the new row of an INSERT.
    pub fn settings_mut(&mut self) -> Option<&mut Vec<Setting>> {
        match self {
            Self::Update { sets, .. } => Some(sets),
            Self::Insert { values, .. } => Some(values),
            _ => None,
        }
    }

    /// What an INSERT does about a row that is there already.
    pub fn conflict_mut(&mut self) -> Option<&mut Conflict> {
        match self {
            Self::Insert { conflict, .. } => conflict.as_mut(),
            _ => None,
        }
    }
}

/// A condition to begin with: the key is what it is in the set-up.
#[must_use]
pub fn first_comparison(table: &Table) -> Option<Comparison> {
    let column = table.columns.iter().find(|it| it.is_unique);
    let column = column.or(table.columns.first())?;
    let value = column.values.first().cloned();
    Some(Comparison {
        column: column.name.clone(),
        compare: Compare::Equal,
        value: value.unwrap_or_else(|| super::template::sample_of(column.ty).to_owned()),
    })
}
