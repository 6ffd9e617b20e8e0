//! The SQL subset: text to syntax tree and back.
//!
//! [`parse_statement`] reads one statement, [`parse_script`] several separated by `;`. The tree ([`ast`]) is plain data,
//! knows nothing of tables or types, and prints ([`printer`]) to text that parses to the same tree. What is not
//! understood is an error at its place that says what would be.

pub mod ast;
mod error;
mod lexer;
mod parser;
mod printer;
mod span;
pub mod visit;

pub use error::SyntaxError;
pub(crate) use lexer::is_letter;
pub use lexer::{Token, TokenKind, tokenize};
pub use parser::{parse_expression, parse_leading_expression, parse_script, parse_statement};
pub use span::Span;
