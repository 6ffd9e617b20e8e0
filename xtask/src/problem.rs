//! What went wrong, as a sentence for the person at the terminal.

use std::fmt;

/// A sentence that says what happened and what to do.
#[derive(Debug)]
pub struct Problem(String);

/// What every step of a command returns.
pub type Outcome<T = ()> = Result<T, Problem>;

impl Problem {
    /// A problem that is told as `sentence`.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts what was being done in front of an error.
pub trait While<T> {
    /// Turns an error into a problem that says it happened while `doing`.
    fn while_doing(self, doing: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, doing: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Problem(format!("Could not {doing}: {error}.")))
    }
}
