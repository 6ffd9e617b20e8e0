//! Values as a visitor types them.

use super::EditError;
use crate::sql::ast::{Expr, Literal, SqlType};
use crate::sql::visit::walk;
use crate::sql::{parse_expression, tokenize};

/// The constant that a visitor means in a column of a type, as SQL has it. In a column of text or time, words are that text
/// unless they are NULL, DEFAULT, or an expression with a quoted text or a function in it.
///
/// # Errors
/// When it is no constant.
pub(super) fn typed(text: &str, ty: SqlType) -> Result<String, EditError> {
    let text = text.trim();
    if text.contains('\n') {
        return Err(EditError(
            "A value stands on one line here; write a longer one in the text.".to_owned(),
        ));
    }
    let quotes = !matches!(
        ty,
        SqlType::SmallInt | SqlType::Int | SqlType::BigInt | SqlType::Numeric(_) | SqlType::Boolean
    );
    if text.eq_ignore_ascii_case("default") || (!quotes && text.is_empty()) {
        let said = if text.is_empty() { "NULL" } else { text };
        return Ok(said.to_owned());
    }
    match constant(text) {
        Ok(expr) if !quotes || is_meant(&expr) => Ok(text.to_owned()),
        _ if quotes => Ok(format!("'{}'", text.replace('\'', "''"))),
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error),
    }
}

/// An expression without names, which ends where the text does (a comment would swallow what stands behind it).
pub(super) fn constant(text: &str) -> Result<Expr, EditError> {
    let expr = parse_expression(text)
        .map_err(|error| EditError(format!("{}; expected {}.", error.message, error.expected)))?;
    let end = tokenize(text).ok().and_then(|tokens| {
        let last = tokens.len().checked_sub(2)?;
        Some(tokens[last].span.end)
    });
    let mut named = end != Some(text.len());
    walk(&expr, &mut |inner| {
        named |= matches!(
            inner,
            Expr::Column { .. } | Expr::HostVariable(_) | Expr::Parameter(..)
        );
    });
    if named {
        Err(EditError(format!(
            "`{text}` is no constant: a number, 'text', true, false or NULL."
        )))
    } else {
        Ok(expr)
    }
}

/// Whether an expression in a column of text was meant as one: `2026-01-01` and `42` were not.
fn is_meant(expr: &Expr) -> bool {
    let mut meant = matches!(expr, Expr::Literal(Literal::Null, _));
    walk(expr, &mut |inner| {
        meant |= matches!(
            inner,
            Expr::Literal(Literal::String(_), _)
                | Expr::Call(_)
                | Expr::Cast(..)
                | Expr::Subquery(_)
        );
    });
    meant
}
