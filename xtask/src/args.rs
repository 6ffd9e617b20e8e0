//! The command line, by hand: a command, then `--name value` and `--flag`.

use crate::problem::{Outcome, Problem};
use std::collections::VecDeque;

/// What is left of the command line.
pub struct Args(VecDeque<String>);

impl Args {
    /// The process's own arguments.
    pub fn from_env() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes the first word.
    pub fn command(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Takes `--flag` if it is there.
    pub fn flag(&mut self, flag: &str) -> bool {
        let found = self.0.iter().position(|word| word == flag);
        found.and_then(|at| self.0.remove(at)).is_some()
    }

    /// Takes `--name value` or `--name=value` if it is there.
    pub fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        let prefix = format!("{name}=");
        if let Some(at) = self.0.iter().position(|word| word.starts_with(&prefix)) {
            let word = self.0.remove(at).unwrap_or_default();
            return Ok(Some(word[prefix.len()..].to_owned()));
        }
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.0.remove(at);
        match self.0.remove(at) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::new(format!("`{name}` wants a value after it."))),
        }
    }

    /// Says so if something was not understood.
    pub fn end(self) -> Outcome {
        match self.0.front() {
            None => Ok(()),
            Some(word) => Err(Problem::new(format!(
                "`{word}` is not understood here. `cargo xtask help` shows what is."
            ))),
        }
    }
}
