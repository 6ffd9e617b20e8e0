//! Tokens to syntax tree.
use super::SyntaxError;
use super::ast::{Expr, Statement};
/// Reads one statement.
///
/// # Errors
/// When the text is not one statement of the subset.
pub fn parse_statement(_text: &str) -> Result<Statement, SyntaxError> {
    todo!()
}
/// Reads statements separated by `;`, each with its place in the text.
///
/// # Errors
/// At the first statement that is not of the subset.
pub fn parse_script(_text: &str) -> Result<Vec<(Statement, super::Span)>, SyntaxError> {
    todo!()
}
/// Reads an expression.
///
/// # Errors
/// When the text is not one expression.
pub fn parse_expression(_text: &str) -> Result<Expr, SyntaxError> {
    todo!()
}
