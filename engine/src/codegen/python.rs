//! What SQLAlchemy and Django have in common: Python.

use super::host::{self, Host};
use super::model::{self, Kind, Model, one_line, quote};
use super::params;
use super::writer::Writer;
use crate::sql::ast::Insert;
use crate::strategy::{PlannedAction, PlannedStep, ProcessCall, RowCheck};

/// A type's name.
pub(super) fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "int",
        Kind::Decimal => "Decimal",
        Kind::Text => "str",
        Kind::Bool => "bool",
        Kind::Time => "datetime",
    }
}

/// A name that is no word of the language.
pub(super) fn name(name: &str) -> String {
    const WORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
        "try", "while", "with", "yield",
    ];
    let fits = name
        .chars()
        .all(|character| character.is_alphanumeric() || character == '_');
    if WORDS.contains(&name) || !fits {
        format!(
            "{}_",
            name.replace(|character: char| !character.is_alphanumeric(), "_")
        )
    } else {
        name.to_owned()
    }
}

/// `, {"quantity": quantity}`: the host variables of a statement; nothing where there are none.
pub(super) fn params_of(sql: &str, otherwise: &str) -> String {
    let mut names = params::names(sql);
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let new = !seen.contains(name);
        seen.push(name.clone());
        new
    });
    if names.is_empty() {
        return otherwise.to_owned();
    }
    let pairs: Vec<String> = names
        .iter()
        .map(|it| format!("{}: {}", quote(it), name(it)))
        .collect();
    format!(", {{{}}}", pairs.join(", "))
}

/// What the client does when a statement touched no row.
pub(super) fn check(out: &mut Writer, failed: &str, check: &RowCheck) {
    let raised = match check {
        RowCheck::Any => return,
        RowCheck::Newest => {
            out.line("# No row: a newer write is stored, and this one is dropped.");
            return;
        }
        RowCheck::VersionMatched => {
            "Conflict(\"the row has changed since it was read\")".to_owned()
        }
        RowCheck::NewRequest => "AlreadyDone".to_owned(),
        RowCheck::Granted => "Conflict(\"somebody else holds the lock\")".to_owned(),
        RowCheck::GuardHeld(reason) => {
            let reason = reason.as_deref().unwrap_or("the condition does not hold");
            format!("ValueError({})", quote(reason))
        }
    };
    out.open(&format!("if {failed}:"));
    out.line(&format!("raise {raised}"));
    out.up();
}

/// The rows of an `INSERT`, as arguments by name; `None` where Python has no words for one.
pub(super) fn inserted(model: &Model<'_>, insert: &Insert) -> Option<Vec<String>> {
    let rows = model::inserted(model, insert)?;
    rows.into_iter()
        .map(|row| {
            let values: Option<Vec<String>> = row
                .into_iter()
                .map(|(column, value)| {
                    let value = host::expression(model, Host::Python, value, None)?;
                    Some(format!("{}={value}", name(column)))
                })
                .collect();
            Some(values?.join(", "))
        })
        .collect()
}

/// What is no statement.
pub(super) fn other(out: &mut Writer, model: &Model<'_>, step: &PlannedStep) {
    match &step.action {
        PlannedAction::Require(require) => {
            let reason = require.reason.clone();
            let reason = reason.unwrap_or_else(|| format!("{} is not so", require.text));
            match host::expression(model, Host::Python, &require.condition, None) {
                Some(condition) => {
                    out.open(&format!("if not ({condition}):"));
                    out.line(&format!("raise ValueError({})", quote(&reason)));
                    out.up();
                }
                None => out.line(&format!(
                    "# Python has no words for: require {}",
                    one_line(&require.text)
                )),
            }
        }
        PlannedAction::Fault(fault) => out.line(&format!("# {fault}: {}", fault.description())),
        PlannedAction::Process(_) | PlannedAction::Sql { .. } => {}
    }
}

/// Whether the process's lock is held.
#[derive(Default)]
pub(super) struct Nest {
    locked: bool,
}

impl Nest {
    /// A call on the process's lock, as a block; `false` if the step is none. Python has one kind of lock.
    pub fn call(&mut self, out: &mut Writer, step: &PlannedStep) -> bool {
        let PlannedAction::Process(call) = &step.action else {
            return false;
        };
        match call {
            ProcessCall::Lock(_) | ProcessCall::Stamp(_) => {
                out.open("with process_lock:  # of this process alone");
                self.locked = true;
            }
            _ => self.end(out),
        }
        true
    }

    /// Lets it go.
    pub fn end(&mut self, out: &mut Writer) {
        if std::mem::take(&mut self.locked) {
            out.up();
        }
    }
}
