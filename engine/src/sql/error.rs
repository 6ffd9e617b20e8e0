//! What can be wrong with a statement's text.

use super::Span;
use std::fmt;

/// A statement that cannot be read: where, what stands there, and what is understood instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offending text, as byte offsets into the text that was parsed.
    pub span: Span,
    /// What is wrong, as a sentence without a full stop ("`FORM` stands where a clause was expected").
    pub message: String,
    /// What would be understood at this place, in a few words; empty when the message says it all.
    pub expected: String,
}

impl SyntaxError {
    /// Whether PostgreSQL would understand it, and only Rowlock does not simulate it.
    #[must_use]
    pub fn is_not_simulated(&self) -> bool {
        self.message.starts_with("Rowlock does not simulate")
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        Ok(())
    }
}

impl std::error::Error for SyntaxError {}
