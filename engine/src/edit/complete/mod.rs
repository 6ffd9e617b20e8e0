//! What can be written next in a step.
//!
//! While somebody types, the text is rarely a statement, so nothing is parsed here. The tokens before the cursor say in which
//! clause it stands ([`clause`]), the tokens of the whole text which tables are meant ([`scope`]), and from both follows what may
//! stand there ([`offer`]): key words, tables, columns, the host variables that the session has read by then, values of the set-up,
//! functions. What is typed already ([`place`]) narrows that down.
//!
//! The order is fixed, best first: what fits the place best, then what begins with what is typed before what has it at the
//! beginning of a later word. It is help, not grammar: it may offer what the reader then refuses, and does not offer all that
//! the reader knows.

mod clause;
mod offer;
mod offers;
mod pieces;
mod place;
mod rows;
mod scope;
#[cfg(test)]
mod tests;
mod words;

use super::names::{tables, variables};
use crate::scenario::{Scenario, SessionId};
use std::ops::Range;

/// The most that is offered at once.
const MOST: usize = 20;

/// What can be written at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What a suggestion takes the place of, in bytes: the word at the cursor, or nothing.
    pub replace: Range<usize>,
    /// The suggestions, best first, at most twenty.
    pub suggestions: Vec<Suggestion>,
    /// How sure it is that a suggestion is wanted.
    pub wish: Wish,
}

/// How sure it is that a suggestion is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A word is begun that is none yet: the first suggestion is likely meant.
    Likely,
    /// Nothing is begun, or what stands there is whole as it is: a suggestion has to be chosen.
    Open,
}

/// Something that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is written.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// What is known about it, in a few words; may be empty.
    pub detail: String,
}

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A key word of SQL, or several that belong together.
    Keyword,
    /// What a client does beside SQL: `require` and its words.
    Client,
    /// Something that goes wrong.
    Fault,
    /// A table, or another name by which the statement calls it.
    Table,
    /// A column.
    Column,
    /// A host variable.
    Variable,
    /// A constant.
    Value,
    /// A function.
    Function,
    /// A savepoint.
    Savepoint,
}

impl SuggestionKind {
    /// The kind in a word, for lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyword => "key word",
            Self::Client => "client",
            Self::Fault => "fault",
            Self::Table => "table",
            Self::Column => "column",
            Self::Variable => "variable",
            Self::Value => "value",
            Self::Function => "function",
            Self::Savepoint => "savepoint",
        }
    }
}

/// What can be written in a step of `session` that stands at `at` on the timeline (before the step that stands there now), when
/// it says `text` and the cursor is at the byte `cursor`. Inside comments and quoted names nothing is offered.
#[must_use]
pub fn complete(
    scenario: &Scenario,
    session: SessionId,
    at: usize,
    text: &str,
    cursor: usize,
) -> Completion {
    let cursor = text.floor_char_boundary(cursor.min(text.len()));
    let Some(place) = place::find(text, cursor) else {
        return Completion {
            replace: cursor..cursor,
            suggestions: Vec::new(),
            wish: Wish::Open,
        };
    };
    let tables = tables(scenario);
    let variables = variables(scenario, &tables, session, at);
    let mut found = offers::Offers::new(place.typed.clone());
    offer::offer(
        &mut found,
        &offer::Known {
            scenario,
            session,
            at,
            scope: scope::find(&place.tokens, &tables),
            tables: &tables,
            variables: &variables,
        },
        &place.tokens[..place.before],
    );
    let (suggestions, wish) = found.best(MOST);
    Completion {
        replace: place.replace,
        suggestions,
        wish,
    }
}
