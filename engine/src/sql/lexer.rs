//! Text to tokens.
use super::{Span, SyntaxError};
/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}
/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// End of the text.
    End,
}
/// Splits a text into tokens.
///
/// # Errors
/// On a character that starts no token.
pub fn tokenize(_text: &str) -> Result<Vec<Token>, SyntaxError> {
    todo!()
}
