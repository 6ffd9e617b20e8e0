//! A statement cut out of the scenario's text.
//!
//! In the document a statement is indented with its surroundings; the statement itself does not have that indentation.
//! A [`Piece`] holds the text without it and knows where each part came from, so that an error can be shown in its place.

use crate::sql::Span;

/// A statement's text without the document's indentation.
pub(super) struct Piece {
    /// The text, without blanks around it and without a closing `;`.
    pub text: String,
    /// For each line: where it begins in `text`, and where in the document.
    lines: Vec<(usize, usize)>,
}

impl Piece {
    /// Cuts `place` out of `document`, taking up to `indent` blanks from the beginning of each line after the first.
    pub fn cut(document: &str, place: Span, indent: usize) -> Self {
        let source = document.get(place.start..place.end).unwrap_or_default();
        let (mut text, mut lines) = (String::with_capacity(source.len()), Vec::new());
        let mut at = place.start;
        for (number, line) in source.split('\n').enumerate() {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let cut = if number == 0 {
                blanks
            } else {
                blanks.min(indent)
            };
            let line_text = line[cut..].trim_end();
            if number > 0 {
                text.push('\n');
            }
            // A line that is a comment of the document is no part of the statement.
            if number == 0 || !line_text.trim_start().starts_with('#') {
                lines.push((text.len(), at + cut));
                text.push_str(line_text);
            } else {
                text.pop();
            }
            at += line.len() + 1;
        }
        let length = text
            .trim_end_matches(|character: char| character.is_whitespace() || character == ';')
            .len();
        text.truncate(length);
        Self { text, lines }
    }

    /// Where in the document something stands that stands at `span` in the text.
    pub fn in_document(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }

    fn offset(&self, offset: usize) -> usize {
        let line = self.lines.iter().rev().find(|(start, _)| *start <= offset);
        line.map_or(offset, |(start, document)| document + (offset - start))
    }
}
