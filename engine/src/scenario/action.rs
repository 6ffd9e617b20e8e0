//! What a step does: a statement, the client's own check, or something that goes wrong.

use super::{Fault, Sql};
use crate::sql::ast::Expr;
use crate::sql::{Span, SyntaxError, TokenKind, is_letter, parse_leading_expression, tokenize};
use std::fmt;

/// What a step does.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every step is a statement"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends a statement.
    Sql(Sql),
    /// `require expr [else 'reason']`: the client goes on if `expr` is true, otherwise rolls back with the reason.
    Require(Require),
    /// Something goes wrong with the client, its connection or its messages.
    Fault(Fault),
}

impl fmt::Display for Action {
    /// The step as it is written after the name and the colon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(sql) => f.write_str(&sql.text),
            Self::Require(require) => {
                write!(f, "require {}", require.text)?;
                require.reason.as_ref().map_or(Ok(()), |reason| {
                    write!(f, " else '{}'", reason.replace('\'', "''"))
                })
            }
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

/// A client's own check, made without asking the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// The condition as its author wrote it.
    pub text: String,
    /// Over host variables only.
    pub condition: Expr,
    /// What the client tells its user when the condition does not hold.
    pub reason: Option<String>,
}

fn first_word(text: &str) -> String {
    let end = text
        .find(|character: char| {
            !is_letter(character) && !character.is_ascii_digit() && character != '_'
        })
        .unwrap_or(text.len());
    text[..end].to_ascii_lowercase()
}

/// Reads what a step says, without its session's name: a statement, `require`, or something that goes wrong.
///
/// # Errors
/// When it is none of these, at its place in `text`.
pub fn read_action(text: &str) -> Result<Action, SyntaxError> {
    if let Some(fault) = Fault::parse(text) {
        Ok(Action::Fault(fault))
    } else if first_word(text) == "require" {
        require(text).map(Action::Require)
    } else {
        action(text).map(Action::Sql)
    }
}

/// A statement, or what else a client may do; errors name both.
fn action(text: &str) -> Result<Sql, SyntaxError> {
    Sql::parse(text).map_err(|mut error| {
        if error.span.start == 0 {
            error.expected.push_str(
                ", the client's own `require`, or crash, restart, hang, lose reply, redeliver",
            );
        }
        error
    })
}

/// `require condition [else 'reason']`
fn require(text: &str) -> Result<Require, SyntaxError> {
    let offset = "require".len();
    let shift = |mut error: SyntaxError| {
        error.span = error.span.shifted(offset);
        error
    };
    let (condition, end) = parse_leading_expression(&text[offset..]).map_err(shift)?;
    let condition_text = text[offset..offset + end].trim().to_owned();
    let rest = &text[offset + end..];
    let reason = match rest
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("else"))
    {
        None if rest.trim().is_empty() => None,
        None => {
            return Err(SyntaxError {
                span: Span::new(offset + end, text.len()),
                message: format!("`{}` is not understood here", rest.trim()),
                expected: "`else` and a reason in quotes, or the end".to_owned(),
            });
        }
        Some(_) => {
            let start = offset + end + 4;
            let tokens = tokenize(&text[start..]).map_err(|mut error| {
                error.span = error.span.shifted(start);
                error
            })?;
            match tokens.as_slice() {
                [reason, last] if last.kind == TokenKind::End => match &reason.kind {
                    TokenKind::String(reason) => Some(reason.clone()),
                    _ => return Err(no_reason(reason.span.shifted(start))),
                },
                _ => return Err(no_reason(Span::new(start, text.len()))),
            }
        }
    };
    Ok(Require {
        text: condition_text,
        condition,
        reason,
    })
}

fn no_reason(span: Span) -> SyntaxError {
    SyntaxError {
        span,
        message: "the reason is not a text in quotes".to_owned(),
        expected: "`else` and one text, as in `else 'not enough money'`".to_owned(),
    }
}
