//! The drawing, edited: changes in the visitor's words, made in the text.
//!
//! The text is the one document, and its author's comments and spelling are worth keeping. So an [`Edit`] does not print the
//! scenario anew: it cuts the entries of the text out as they stand ([`blocks`]) and puts them together in another way. What is
//! not touched stays as it was, letter by letter.
//!
//! An edit of a text that cannot be read is refused: there is no drawing then. What an edit makes can always be read again; one
//! that could not (a step that is no statement) is refused with the reader's own error, in the place that was given.

mod blocks;
mod complete;
pub mod form;
pub mod names;
pub mod order;
mod paste;
mod rules;
mod sessions;
mod steps;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod title;
mod trial;

pub use complete::{Completion, Suggestion, SuggestionKind, Wish, complete};
pub use paste::lines_of;
pub use rules::{RuleEdit, RulePlace};
pub use tables::{
    ColumnChange, ColumnPlace, ColumnSketch, Constraint, Fixed, RowPlace, RowSketch, TableEdit,
    TablePlace, TableSketch, loose_statements, tables,
};
pub use template::Template;
pub use trial::{ErrorPlace, StepError, try_step};

use crate::scenario::{Colour, Scenario, SessionId, StepId, Tick, parse};
use std::fmt::{self, Display, Formatter};

/// A change that a visitor makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Puts a new step before the one that now stands at a place (the number of steps: at the end).
    AddStep {
        /// Where.
        at: usize,
        /// Whose.
        session: SessionId,
        /// What, as it is written after the name and the colon.
        text: String,
    },
    /// Writes a step anew.
    SetStep {
        /// Which.
        step: StepId,
        /// What, as it is written after the name and the colon.
        text: String,
    },
    /// Takes steps away.
    RemoveSteps(Vec<StepId>),
    /// Puts a copy of each right after the last of them, in their order.
    DuplicateSteps(Vec<StepId>),
    /// Moves steps, in their order, before the one that now stands at a place (the number of steps: to the end), and into
    /// another lane if one is named. A time that would no longer fit is left out.
    MoveSteps {
        /// Which.
        steps: Vec<StepId>,
        /// Where to.
        to: usize,
        /// The lane; `None`: each stays in its own.
        session: Option<SessionId>,
    },
    /// Puts the steps into this order, each with its time (`None`: without one). Steps that are not named follow in their old
    /// order, each with its time if that still fits. Each session's own steps have to stay in their order.
    Reschedule(Vec<(StepId, Option<Tick>)>),
    /// Gives a step a time of its own, or takes it away, so that it follows the step above.
    SetTime(StepId, Option<Tick>),
    /// Puts steps before the one that now stands at a place. Each line is a step as the timeline has it; one that begins with
    /// no session's name goes to `session`. Times are left out.
    Paste {
        /// Where.
        at: usize,
        /// Whose, where a line does not say.
        session: SessionId,
        /// The lines.
        text: String,
    },
    /// Gives the scenario another title.
    SetTitle(String),
    /// Gives a session a colour, or that of its lane.
    ColourSession(SessionId, Option<Colour>),
    /// Says for whom a session works; empty: for nobody.
    SetClient(SessionId, String),
    /// Adds a session with this label.
    AddSession(String),
    /// Gives a session another label.
    RenameSession(SessionId, String),
    /// Takes a session away with all its steps.
    RemoveSession(SessionId),
    /// Moves a lane to another place.
    MoveSession(SessionId, usize),
    /// Adds a session that does what another does, each step after its own.
    DuplicateSession(SessionId),
    /// Changes the tables or their starting rows.
    Tables(TableEdit),
    /// Changes the rules that must hold at the end.
    Rules(RuleEdit),
}

/// What an edit made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// The steps that the edit was about, where they stand now; after a removal the one that took its place.
    pub steps: Vec<StepId>,
}

/// Why an edit was not made, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError(pub String);

impl Display for EditError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a change in a text.
///
/// # Errors
/// When the text cannot be read, when the edit names what is not there, or when what it makes could not be read.
pub fn apply(text: &str, edit: &Edit) -> Result<Edited, EditError> {
    let scenario =
        parse(text).map_err(|_| EditError("The text has an error; mend that first.".to_owned()))?;
    let edited = match edit {
        Edit::AddStep {
            at,
            session,
            text: step,
        } => steps::add(text, &scenario, *at, *session, step),
        Edit::SetStep { step, text: said } => steps::set(text, &scenario, *step, said),
        Edit::RemoveSteps(which) => steps::remove(text, &scenario, which),
        Edit::DuplicateSteps(which) => steps::duplicate(text, &scenario, which),
        Edit::MoveSteps { steps, to, session } => {
            steps::shift(text, &scenario, steps, *to, *session)
        }
        Edit::Reschedule(order) => steps::reschedule(text, &scenario, order),
        Edit::SetTime(step, at) => steps::set_time(text, &scenario, *step, *at),
        Edit::Paste {
            at,
            session,
            text: lines,
        } => paste::paste(text, &scenario, *at, *session, lines),
        Edit::SetTitle(title) => Ok(title::set(text, title)),
        Edit::ColourSession(session, colour) => {
            sessions::colour(text, &scenario, *session, *colour)
        }
        Edit::SetClient(session, client) => sessions::client(text, &scenario, *session, client),
        Edit::AddSession(label) => sessions::add(text, &scenario, label),
        Edit::RenameSession(session, label) => sessions::rename(text, &scenario, *session, label),
        Edit::RemoveSession(session) => sessions::remove(text, &scenario, *session),
        Edit::MoveSession(session, to) => sessions::shift(text, &scenario, *session, *to),
        Edit::DuplicateSession(session) => sessions::duplicate(text, &scenario, *session),
        Edit::Tables(edit) => tables::apply(text, &scenario, edit),
        Edit::Rules(edit) => rules::apply(text, &scenario, edit),
    }?;
    match parse(&edited.text) {
        // Without `sessions:` the lanes stand in the order of their first steps: an edit of steps leaves them where they are.
        Ok(after) if is_about_steps(edit) && !same_lanes(&scenario, &after) => Ok(Edited {
            text: sessions::keep(&edited.text, &after, &scenario),
            ..edited
        }),
        Ok(_) => Ok(edited),
        Err(errors) => Err(EditError(errors.first().map_or_else(
            || "That cannot be written so.".to_owned(),
            |error| format!("{}; expected {}.", error.message, error.expected),
        ))),
    }
}

fn is_about_steps(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::AddStep { .. }
            | Edit::SetStep { .. }
            | Edit::RemoveSteps(_)
            | Edit::DuplicateSteps(_)
            | Edit::MoveSteps { .. }
            | Edit::Reschedule(_)
            | Edit::SetTime(..)
            | Edit::Paste { .. }
    )
}

fn same_lanes(one: &Scenario, other: &Scenario) -> bool {
    let names = |scenario: &Scenario| -> Vec<String> {
        let sessions = scenario.sessions.iter();
        sessions.map(|session| session.name.clone()).collect()
    };
    names(one) == names(other)
}

/// A step that is there.
fn known(scenario: &Scenario, steps: &[StepId]) -> Result<(), EditError> {
    let there = |step: &StepId| step.0 < scenario.timeline.len();
    if !steps.is_empty() && steps.iter().all(there) {
        Ok(())
    } else {
        Err(EditError("There is no such step.".to_owned()))
    }
}

/// A session that is there.
fn known_session(scenario: &Scenario, session: SessionId) -> Result<(), EditError> {
    if session.0 < scenario.sessions.len() {
        Ok(())
    } else {
        Err(EditError("There is no such session.".to_owned()))
    }
}
