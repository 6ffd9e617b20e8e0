//! The place of a cursor among the tokens of a text that need not be a statement, or even have all its quotes.

use crate::sql::{TokenKind, is_letter, tokenize};
use std::ops::Range;

/// Where a cursor stands.
pub(super) struct Place {
    /// The tokens of the text without the word at the cursor.
    pub tokens: Vec<TokenKind>,
    /// How many of them stand before the cursor.
    pub before: usize,
    /// What is typed of the word at the cursor.
    pub typed: Typed,
    /// Where that word stands, with what follows the cursor of it.
    pub replace: Range<usize>,
}

/// What is typed of a word, up to the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing: the cursor stands between words.
    Nothing,
    /// A word.
    Word(String),
    /// A host variable, without its colon.
    Variable(String),
    /// A number.
    Number(String),
    /// A text with its opening quote and no closing one.
    Text(String),
}

/// Finds the place of a cursor, which stands between two letters; `None` in a comment or a quoted name.
pub(super) fn find(text: &str, cursor: usize) -> Option<Place> {
    let (head, rest) = text.split_at_checked(cursor)?;
    let (mut tokens, open) = scan(head);
    if is_comment(&head[tokens.last().map_or(0, |(_, span)| span.end)..]) {
        return None;
    }
    let (typed, start) = match open {
        Some((start, '\'')) => (Typed::Text(head[start..].to_owned()), start),
        Some(_) => return None,
        None => match tokens.last() {
            Some((kind, span)) if span.end == cursor => {
                let (start, said) = (span.start, &head[span.clone()]);
                let typed = match kind {
                    TokenKind::Word(_) => Typed::Word(said.to_owned()),
                    TokenKind::Number(_) => Typed::Number(said.to_owned()),
                    TokenKind::HostVariable(_) => Typed::Variable(said[1..].to_owned()),
                    _ => Typed::Nothing,
                };
                if typed == Typed::Nothing {
                    (typed, cursor)
                } else {
                    tokens.pop();
                    (typed, start)
                }
            }
            // A colon alone is no token yet.
            _ if head.ends_with(':') => (Typed::Variable(String::new()), cursor - 1),
            _ => (Typed::Nothing, cursor),
        },
    };
    let end = cursor
        + match typed {
            Typed::Nothing => 0,
            Typed::Text(_) => usize::from(rest.starts_with('\'')),
            Typed::Number(_) => rest
                .find(|it: char| !it.is_ascii_digit())
                .unwrap_or(rest.len()),
            Typed::Word(_) | Typed::Variable(_) => rest
                .find(|it: char| !(is_letter(it) || it.is_ascii_digit() || "_$".contains(it)))
                .unwrap_or(rest.len()),
        };
    let before = tokens.len();
    tokens.extend(scan(&text[end..]).0);
    Some(Place {
        tokens: tokens.into_iter().map(|(kind, _)| kind).collect(),
        before,
        typed,
        replace: start..end,
    })
}

/// Tokens with their places, and what does not end: where it begins, and with which sign.
type Scan = (Vec<(TokenKind, Range<usize>)>, Option<(usize, char)>);

/// The tokens of a text, over whatever is none.
fn scan(text: &str) -> Scan {
    let mut tokens = Vec::new();
    let mut from = 0;
    loop {
        let rest = &text[from..];
        let error = match tokenize(rest) {
            Ok(found) => {
                add(&mut tokens, found, from);
                return (tokens, None);
            }
            Err(error) => error,
        };
        let wrong = &rest[error.span.start..];
        if let Ok(found) = tokenize(&rest[..error.span.start]) {
            add(&mut tokens, found, from);
        }
        let sign = wrong.chars().next().unwrap_or(' ');
        // `""` is a name without letters, and ends.
        if matches!(sign, '\'' | '/') || sign == '"' && !wrong.starts_with("\"\"") {
            return (tokens, Some((from + error.span.start, sign)));
        }
        let step = error.span.end.max(error.span.start + sign.len_utf8());
        from = text.ceil_char_boundary(from + step);
    }
}

fn add(tokens: &mut Vec<(TokenKind, Range<usize>)>, found: Vec<crate::sql::Token>, from: usize) {
    for token in found {
        if token.kind != TokenKind::End {
            tokens.push((token.kind, from + token.span.start..from + token.span.end));
        }
    }
}

/// Whether what stands behind the last token ends in a comment that goes on to the end of the line.
fn is_comment(tail: &str) -> bool {
    let swallowed = |tokens: Vec<crate::sql::Token>| tokens.len() == 1;
    tail.contains("--") && tokenize(&format!("{tail} x")).is_ok_and(swallowed)
}
