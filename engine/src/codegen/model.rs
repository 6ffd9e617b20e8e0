//! What the languages have in common: sessions, their transactions, what each statement binds and who uses it.

use super::params;
use crate::db::Value;
use crate::db::expr::output_name;
use crate::run::{EventKind, Run};
use crate::scenario::{OnConflict, Scenario, SessionId};
use crate::sql::ast::{
    CreateTable, Expr, Insert, InsertSource, IsolationLevel, Select, SelectItem, SqlType, Statement,
};
use crate::sql::visit::walk;
use crate::strategy::{
    ClientPlan, Fairness, Plan, PlannedAction, PlannedStep, ProcessLock, Strategy,
};

/// A plan as code is written for it.
pub(super) struct Model<'a> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub sessions: Vec<Client<'a>>,
    pub tables: Vec<&'a CreateTable>,
    /// Host variables and the type of what they hold.
    kinds: Vec<(String, Kind)>,
}

/// One session.
pub(super) struct Client<'a> {
    pub id: SessionId,
    pub label: &'a str,
    /// Its label as words in lower case, fit for names: `cashier_a`.
    pub name: String,
    pub plan: ClientPlan,
    pub parts: Vec<Part<'a>>,
}

/// A part of what a session does.
pub(super) enum Part<'a> {
    /// A transaction block.
    Block {
        /// The level that its `BEGIN` names, or the session's where that is not the usual one.
        isolation: Option<IsolationLevel>,
        /// What is done in it, without `BEGIN` and its end.
        steps: Vec<&'a PlannedStep>,
        /// How it ends.
        end: End,
    },
    /// One step outside a block.
    Alone(&'a PlannedStep),
}

/// How a block ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Commit,
    Rollback,
    /// It does not.
    Never,
}

/// The type of a host variable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Decimal,
    Text,
    Bool,
    Time,
}

impl<'a> Model<'a> {
    pub fn of(scenario: &'a Scenario, plan: &'a Plan, run: &Run) -> Self {
        let sessions = plan.sessions.iter().enumerate().map(|(place, session)| {
            let id = SessionId(place);
            let client = plan.clients[place];
            Client {
                id,
                label: session.display_name(),
                name: snake(session.display_name()),
                plan: client,
                parts: parts(plan, id, client.isolation),
            }
        });
        let mut sessions: Vec<Client<'_>> = sessions.collect();
        // Two labels may give one name.
        for place in 1..sessions.len() {
            let (before, this) = sessions.split_at_mut(place);
            if before.iter().any(|other| other.name == this[0].name) {
                this[0].name = format!("{}_{}", this[0].name, place + 1);
            }
        }
        let tables = plan
            .setup
            .iter()
            .filter_map(|entry| match &entry.sql.statement {
                Statement::CreateTable(create) if create.query.is_none() => Some(create),
                _ => None,
            });
        Self {
            scenario,
            plan,
            sessions,
            tables: tables.collect(),
            kinds: kinds(run),
        }
    }

    /// The type of a host variable, as far as the run tells.
    pub fn kind(&self, variable: &str) -> Kind {
        let known = self.kinds.iter().find(|(name, _)| name == variable);
        known.map_or(Kind::Int, |(_, kind)| *kind)
    }

    /// The host variables that a statement's result binds, in the order of its columns.
    pub fn bound(&self, statement: &Statement) -> Vec<String> {
        let (items, table) = match statement {
            Statement::Select(select) => (
                &select.items,
                select.single_table().map(|table| table.name.name.as_str()),
            ),
            Statement::Insert(insert) => (&insert.returning, Some(insert.table.name.name.as_str())),
            Statement::Update(update) => (&update.returning, Some(update.table.name.name.as_str())),
            Statement::Delete(delete) => (&delete.returning, Some(delete.table.name.name.as_str())),
            _ => return Vec::new(),
        };
        let mut names = Vec::new();
        for item in items {
            match item {
                SelectItem::Expr {
                    alias: Some(alias), ..
                } => names.push(alias.name.clone()),
                SelectItem::Expr { expr, alias: None } => names.push(output_name(expr)),
                SelectItem::Star(_) | SelectItem::TableStar(_) => {
                    let table = self
                        .tables
                        .iter()
                        .find(|it| Some(it.name.name.as_str()) == table);
                    let columns = table.into_iter().flat_map(|table| &table.columns);
                    names.extend(columns.map(|column| column.name.name.clone()));
                }
            }
        }
        names
    }

    /// Whether a later step of the same session uses what a step binds.
    pub fn is_used(&self, step: &PlannedStep, bound: &[String]) -> bool {
        let mut later = self
            .plan
            .steps
            .iter()
            .skip_while(|other| !std::ptr::eq(*other, step))
            .skip(1)
            .filter(|other| other.session == step.session);
        later.any(|other| uses(other).iter().any(|name| bound.contains(name)))
    }

    /// The host variables that a session binds and uses, each once.
    pub fn variables(&self, session: SessionId) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for step in self
            .plan
            .steps
            .iter()
            .filter(|step| step.session == session)
        {
            if let PlannedAction::Sql { sql, .. } = &step.action {
                let bound = self.bound(&sql.statement);
                if self.is_used(step, &bound) {
                    for name in bound {
                        if name != "?column?" && !names.contains(&name) {
                            names.push(name);
                        }
                    }
                }
            }
        }
        names
    }

    /// How often a client tries again.
    pub fn attempts(&self, client: &Client<'_>) -> u32 {
        match client.plan.on_conflict {
            OnConflict::Retry { limit, .. } => u32::from(limit) + 1,
            OnConflict::Reject | OnConflict::Abort => 1,
        }
    }

    /// The pause before the first further attempt, in milliseconds.
    pub fn pause(&self, client: &Client<'_>) -> u32 {
        match client.plan.on_conflict {
            OnConflict::Retry { backoff, .. } if backoff.first > 0 => backoff.first,
            _ => 10,
        }
    }

    /// The lock in the process's memory, if any session uses one.
    pub fn process_lock(&self) -> Option<(ProcessLock, Fairness)> {
        self.sessions
            .iter()
            .find_map(|client| match client.plan.strategy {
                Strategy::InProcess { lock, fairness } => Some((lock, fairness)),
                _ => None,
            })
    }

    /// What the caller of a session gets on a conflict, as a sentence.
    pub fn on_conflict(&self, client: &Client<'_>) -> String {
        match client.plan.on_conflict {
            OnConflict::Reject => {
                "On a conflict the caller gets an error, and may ask its user to try again."
                    .to_owned()
            }
            OnConflict::Abort => {
                "On a conflict the caller gets an error and does nothing more.".to_owned()
            }
            OnConflict::Retry { limit, .. } => format!(
                "On a conflict the whole transaction is tried again, up to {limit} times, after a pause that doubles and is \
                 drawn at random (full jitter); then the caller gets the error."
            ),
        }
    }
}

/// The host variables that a step uses.
pub(super) fn uses(step: &PlannedStep) -> Vec<String> {
    match &step.action {
        PlannedAction::Sql { sql, .. } => params::names(&sql.text),
        PlannedAction::Require(require) => {
            let mut names = Vec::new();
            walk(&require.condition, &mut |expr| {
                if let crate::sql::ast::Expr::HostVariable(name) = expr {
                    names.push(name.name.clone());
                }
            });
            names
        }
        PlannedAction::Fault(_) | PlannedAction::Process(_) => Vec::new(),
    }
}

fn parts(plan: &Plan, session: SessionId, usual: IsolationLevel) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open: Option<(Option<IsolationLevel>, Vec<&PlannedStep>)> = None;
    for step in plan.steps.iter().filter(|step| step.session == session) {
        let statement = match &step.action {
            PlannedAction::Sql { sql, .. } => Some(&sql.statement),
            _ => None,
        };
        let end = match statement {
            Some(Statement::Commit) => Some(End::Commit),
            Some(Statement::Rollback) => Some(End::Rollback),
            _ => None,
        };
        match (&mut open, statement, end) {
            (None, Some(Statement::Begin(modes)), _) => {
                let level = modes.isolation.unwrap_or(usual);
                let named = level != IsolationLevel::ReadCommitted;
                open = Some((named.then_some(level), Vec::new()));
            }
            (Some(_), _, Some(end)) => {
                if let Some((isolation, steps)) = open.take() {
                    parts.push(Part::Block {
                        isolation,
                        steps,
                        end,
                    });
                }
            }
            (Some((_, steps)), ..) => steps.push(step),
            (None, ..) => parts.push(Part::Alone(step)),
        }
    }
    if let Some((isolation, steps)) = open {
        parts.push(Part::Block {
            isolation,
            steps,
            end: End::Never,
        });
    }
    parts
}

fn kinds(run: &Run) -> Vec<(String, Kind)> {
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    for event in &run.events {
        let EventKind::Replied(reply) = &event.kind else {
            continue;
        };
        for (name, value) in &reply.bound {
            let kind = match value {
                Value::Null => continue,
                Value::Int(_) | Value::BigInt(_) => Kind::Int,
                Value::Numeric(_) => Kind::Decimal,
                Value::Text(_) => Kind::Text,
                Value::Boolean(_) => Kind::Bool,
                Value::Timestamp(_) | Value::TimestampTz(_) | Value::Date(_) => Kind::Time,
            };
            if !kinds.iter().any(|(known, _)| known == name) {
                kinds.push((name.clone(), kind));
            }
        }
    }
    kinds
}

/// The type of a column.
pub(super) fn kind_of(ty: SqlType) -> Kind {
    match ty {
        SqlType::SmallInt | SqlType::Int | SqlType::BigInt => Kind::Int,
        SqlType::Numeric(_) => Kind::Decimal,
        SqlType::Boolean => Kind::Bool,
        SqlType::Timestamp | SqlType::TimestampTz | SqlType::Date => Kind::Time,
        _ => Kind::Text,
    }
}

/// What an `INSERT` puts into a table, row by row: the columns and their values. `None` for a query or a DEFAULT.
pub(super) fn inserted<'s>(
    model: &'s Model<'_>,
    insert: &'s Insert,
) -> Option<Vec<Vec<(&'s str, &'s Expr)>>> {
    let InsertSource::Values(rows) = &insert.source else {
        return None;
    };
    let mut tables = model.tables.iter();
    let table = tables.find(|table| table.name.name == insert.table.name.name)?;
    let names: Vec<&str> = if insert.columns.is_empty() {
        let columns = table.columns.iter();
        columns.map(|column| column.name.name.as_str()).collect()
    } else {
        let columns = insert.columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    };
    rows.iter()
        .map(|row| {
            let values = names.iter().copied().zip(row);
            values
                .map(|(name, value)| Some((name, value.as_ref()?)))
                .collect()
        })
        .collect()
}

/// The columns that a SELECT names, each with the host variable that it is bound to; `None` where it computes anything.
pub(super) fn named_columns(select: &Select) -> Option<Vec<(&str, &str)>> {
    select
        .items
        .iter()
        .map(|item| match item {
            SelectItem::Expr {
                expr: Expr::Column { name, .. },
                alias,
            } => {
                let variable = alias.as_ref().map_or(&name.name, |alias| &alias.name);
                Some((variable.as_str(), name.name.as_str()))
            }
            _ => None,
        })
        .collect()
}

/// A text as words in lower case joined by `_`, fit for names.
pub(super) fn snake(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("session_{name}").trim_end_matches('_').to_owned()
    }
}

/// The same as one word whose parts begin with capitals: `CashierA`.
pub(super) fn pascal(text: &str) -> String {
    let words = snake(text);
    let words = words.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

/// The same beginning with a small letter: `cashierA`.
pub(super) fn camel(text: &str) -> String {
    let name = pascal(text);
    let (first, rest) = name.split_at(name.len().min(1));
    first.to_ascii_lowercase() + rest
}

/// A text in double quotes, as Go, Python and Java have it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A statement on one line.
pub(super) fn one_line(sql: &str) -> String {
    if sql.contains("--") || sql.contains('\'') && sql.contains('\n') {
        return sql.to_owned();
    }
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
