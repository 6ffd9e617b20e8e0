//! The document: what the sessions do, when, and what must hold at the end.
//!
//! A [`Scenario`] is the one source of truth that the drawing, the text editor, the link and the gallery edit. Its text
//! form is read by [`parse`] and written by [`Scenario::to_text`]; parsing what was printed gives the same scenario.
//! Statements keep the spelling their author gave them beside their syntax tree. The rules of the text form are in
//! `text.rs`.

mod action;
mod check;
mod colour;
mod distance;
mod error;
mod fault;
mod header;
mod on_conflict;
mod piece;
mod print;
mod session_option;
mod strategy_header;
mod text;

pub use action::{Action, Require, read_action};
pub use check::check;
pub(crate) use check::{Columns, binds};
pub use colour::Colour;
pub(crate) use distance::distance;
pub use error::{TextError, line_and_column};
pub use fault::Fault;
pub use header::HeaderError;
pub use on_conflict::{Backoff, OnConflict};
pub(crate) use text::keys;
pub use text::{MOST_BYTES, MOST_SESSIONS, MOST_STEPS, parse};

pub use crate::ids::{SessionId, StepId, Tick};

use crate::sql::ast::{IsolationLevel, Statement};
use crate::sql::{Span, SyntaxError};
use crate::strategy::Strategy;
use std::fmt;

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// One line; empty when not given.
    pub title: String,
    /// One or two sentences about what happens; empty when not given.
    pub about: String,
    /// How the transactions are guarded.
    pub strategy: Strategy,
    /// The level every transaction runs at unless its own `BEGIN` says otherwise; `None` is the strategy's own choice.
    pub isolation: Option<IsolationLevel>,
    /// What a client does when it is told of a conflict; `None` is the strategy's own choice.
    pub on_conflict: Option<OnConflict>,
    /// The column whose value names a request ([`Strategy::UpsertLock`]); `None`: each transaction is a request of its own.
    pub request_key: Option<String>,
    /// After how many row locks of one transaction on one table the database takes a lock on the whole table in their
    /// place. PostgreSQL never does; `None` is PostgreSQL.
    pub lock_escalation: Option<u32>,
    /// Statements that run, and commit, before the timeline starts.
    pub setup: Vec<SetupStatement>,
    /// The sessions, in the order of their lanes.
    pub sessions: Vec<Session>,
    /// What they do, in the order in which it is sent.
    pub timeline: Vec<Step>,
    /// What must hold of the tables at the end.
    pub expect: Vec<Rule>,
    /// Comment lines (with their `#`) after the last entry.
    pub trailing_comments: Vec<String>,
    /// Comment lines (with their `#`) before the first header.
    pub leading_comments: Vec<String>,
}

/// SQL as its author wrote it, with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// The spelling, without a closing `;`. May span lines.
    pub text: String,
    /// What it says. Spans in it are offsets into `text`.
    pub statement: Statement,
}

impl Sql {
    /// Reads one statement.
    ///
    /// # Errors
    /// When the text is not one statement of the subset.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Ok(Self {
            text: text.to_owned(),
            statement: crate::sql::parse_statement(text)?,
        })
    }

    /// A statement that was made, not written.
    #[must_use]
    pub fn from_statement(statement: Statement) -> Self {
        Self {
            text: statement.to_string(),
            statement,
        }
    }
}

/// One statement of the set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupStatement {
    /// What runs.
    pub sql: Sql,
    /// Comment lines (with their `#`) before it.
    pub comments: Vec<String>,
    /// Where the statement stands in the scenario's text; no part of its meaning.
    pub place: Span,
}

/// A session: one client with one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The short name that steps use.
    pub name: String,
    /// What people call it ("Cashier A"); `None`: its short name does.
    pub label: Option<String>,
    /// Its own strategy; `None`: the scenario's.
    pub strategy: Option<Strategy>,
    /// Its own isolation level; `None`: the scenario's.
    pub isolation: Option<IsolationLevel>,
    /// What it does on a conflict; `None`: what the scenario says.
    pub on_conflict: Option<OnConflict>,
    /// By how many milliseconds its clock is ahead (or, negative, behind); seen by [`Strategy::LastWriteWins`] alone.
    pub clock: i64,
    /// How many milliseconds it takes its time after each answer, before it makes its next step.
    pub slow: u64,
    /// The colour it is drawn in; `None`: that of its lane.
    pub colour: Option<Colour>,
    /// For whom it works, when it is a service: who sends it each request and gets the answer. Several sessions may work for
    /// the same one. Changes nothing in the run.
    pub client: Option<String>,
    /// Comment lines (with their `#`) before its line in `sessions:`.
    pub comments: Vec<String>,
}

impl Session {
    /// A session without anything of its own.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: None,
            strategy: None,
            isolation: None,
            on_conflict: None,
            clock: 0,
            slow: 0,
            colour: None,
            client: None,
            comments: Vec::new(),
        }
    }

    /// Whether it has options of its own, beside its label.
    #[must_use]
    pub fn has_options(&self) -> bool {
        self.strategy.is_some()
            || self.isolation.is_some()
            || self.on_conflict.is_some()
            || self.clock != 0
            || self.slow != 0
            || self.colour.is_some()
            || self.client.is_some()
    }

    /// The label, or the short name where there is none.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }
}

/// One step of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who does it.
    pub session: SessionId,
    /// The time written before it (`A @40: ...`); without one it follows the step above by one tick.
    pub at: Option<Tick>,
    /// What is done.
    pub action: Action,
    /// Comment lines (with their `#`) before it.
    pub comments: Vec<String>,
    /// Where the step (after its session's name) stands in the scenario's text; no part of its meaning.
    pub place: Span,
}

/// A rule that must hold at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it means, in words.
    pub name: String,
    /// A `SELECT` of one boolean, asked of the final tables. Besides columns it may use `:committed`, the number of
    /// transactions that committed in the timeline; `:failed`, of those that were turned away for good; `:waiting`, of
    /// sessions that still wait at the end; and `:longest_wait`, in milliseconds.
    pub query: Sql,
    /// Comment lines (with their `#`) before it.
    pub comments: Vec<String>,
    /// Where the query stands in the scenario's text; no part of its meaning.
    pub place: Span,
}

/// Reads a scenario and finds the names in it that mean nothing.
///
/// # Errors
/// Every error found, in the order of their places.
pub fn read(text: &str) -> Result<Scenario, Vec<TextError>> {
    let scenario = parse(text)?;
    let errors = check(&scenario, text);
    if errors.is_empty() {
        Ok(scenario)
    } else {
        Err(errors)
    }
}

impl Scenario {
    /// When each step is due: its own time, or one tick after the step above it. The first is due at tick 0.
    #[must_use]
    pub fn times(&self) -> Vec<Tick> {
        let mut next = Tick(0);
        self.timeline
            .iter()
            .map(|step| {
                let at = step.at.unwrap_or(next);
                next = Tick(at.0.saturating_add(1));
                at
            })
            .collect()
    }

    /// The session with this short name.
    #[must_use]
    pub fn session(&self, name: &str) -> Option<SessionId> {
        self.sessions
            .iter()
            .position(|session| session.name == name)
            .map(SessionId)
    }

    /// The strategy of a session: its own, or the scenario's.
    #[must_use]
    pub fn strategy_of(&self, session: SessionId) -> Strategy {
        let own = self.sessions.get(session.0);
        own.and_then(|session| session.strategy)
            .unwrap_or(self.strategy)
    }

    /// The canonical text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        print::print(self)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}
