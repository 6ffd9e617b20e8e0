//! What can be wrong with a scenario's text, and where.

use crate::sql::Span;
use std::fmt;

/// An error at its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters are wrong, at least 1.
    pub length: usize,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What would be understood here; empty when the message says it all.
    pub expected: String,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        Ok(())
    }
}

impl std::error::Error for TextError {}

/// Line and column, from 1 and in characters, of a byte offset.
#[must_use]
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// A text whose byte offsets are turned into lines and columns.
pub(super) struct Lines<'a> {
    text: &'a str,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// An error at a place; what lies behind the end of the first line is not counted.
    pub fn error(&self, span: Span, message: String, expected: &str) -> TextError {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.ceil_char_boundary(span.end.max(start));
        let (line, column) = line_and_column(self.text, start);
        let length = self.text[start..end]
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end()
            .chars()
            .count();
        TextError {
            line,
            column,
            length: length.max(1),
            message,
            expected: expected.to_owned(),
        }
    }
}
