//! Tokens to syntax tree: recursive descent, one function a clause.
//!
//! [`Parser`] holds the tokens and a place among them. `statement.rs` tells statements apart, `query.rs` and `from.rs` have
//! queries, `write.rs` changes of rows, `ddl.rs` the definitions, `expr.rs` the expressions. What PostgreSQL knows and Rowlock does not is told from what neither does.

mod ddl;
mod expr;
mod from;
mod query;
mod statement;
mod words;
mod write;

use super::ast::{Expr, Ident, Statement};
use super::lexer::{Token, TokenKind, tokenize};
use super::{Span, SyntaxError};
pub(super) use words::is_reserved;

/// Reads one statement; a closing `;` is accepted.
///
/// # Errors
/// When the text is not one statement of the subset.
pub fn parse_statement(text: &str) -> Result<Statement, SyntaxError> {
    let mut parser = Parser::new(text)?;
    let statement = parser.statement()?;
    parser.eat_symbol(";");
    parser.end()?;
    Ok(statement)
}

/// Reads statements separated by `;`, each with its place in the text.
///
/// # Errors
/// At the first statement that is not of the subset.
pub fn parse_script(text: &str) -> Result<Vec<(Statement, Span)>, SyntaxError> {
    let mut parser = Parser::new(text)?;
    let mut statements = Vec::new();
    loop {
        while parser.eat_symbol(";") {}
        if parser.at_end() {
            return Ok(statements);
        }
        let start = parser.span();
        let statement = parser.statement()?;
        statements.push((statement, start.to(parser.last_span())));
        if !parser.at_end() && !parser.at_symbol(";") {
            return Err(parser.unexpected("`;` or the end"));
        }
    }
}

/// Reads an expression.
///
/// # Errors
/// When the text is not one expression.
pub fn parse_expression(text: &str) -> Result<Expr, SyntaxError> {
    let mut parser = Parser::new(text)?;
    let expr = parser.expr()?;
    parser.end()?;
    Ok(expr)
}

/// Reads the expression that a text begins with. Returns it with the place of the first token after it, which is the
/// text's length where there is none.
///
/// # Errors
/// When the text does not begin with an expression.
pub fn parse_leading_expression(text: &str) -> Result<(Expr, usize), SyntaxError> {
    let mut parser = Parser::new(text)?;
    let expr = parser.expr()?;
    let rest = if parser.at_end() {
        text.len()
    } else {
        parser.span().start
    };
    Ok((expr, rest))
}

/// How deep expressions may nest, so that no text can exhaust the stack.
const MOST_DEPTH: usize = 64;

/// How many operators of one precedence may follow each other.
const MOST_CHAINED: usize = 200;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn new(text: &str) -> Result<Self, SyntaxError> {
        Ok(Self {
            tokens: tokenize(text)?,
            at: 0,
            depth: 0,
        })
    }

    fn kind(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn kind_after(&self, ahead: usize) -> &TokenKind {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)].kind
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    fn last_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn at_end(&self) -> bool {
        *self.kind() == TokenKind::End
    }

    fn bump(&mut self) {
        if !self.at_end() {
            self.at += 1;
        }
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.kind(), TokenKind::Word(found) if found == word)
    }

    fn at_words(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| matches!(self.kind_after(ahead), TokenKind::Word(found) if found == word))
    }

    fn at_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind(), TokenKind::Symbol(found) if *found == symbol)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// Takes all of the words, or none.
    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.at_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.at_symbol(symbol);
        if found {
            self.bump();
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{}`", word.to_ascii_uppercase())))
        }
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.eat_symbol(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    fn end(&self) -> Result<(), SyntaxError> {
        if self.at_end() {
            Ok(())
        } else {
            Err(self.unexpected("the end of the statement"))
        }
    }

    /// The token at hand, for a message.
    fn found(&self) -> String {
        match self.kind() {
            TokenKind::Word(word) if is_reserved(word) => {
                format!("`{}`", word.to_ascii_uppercase())
            }
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Quoted(name) => format!("`\"{name}\"`"),
            TokenKind::String(text) => format!("'{text}'"),
            TokenKind::Number(number) => format!("`{number}`"),
            TokenKind::HostVariable(name) => format!("`:{name}`"),
            TokenKind::Parameter(number) => format!("`${number}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::End => "the end".to_owned(),
        }
    }

    fn error(&self, message: String, expected: &str) -> SyntaxError {
        SyntaxError {
            span: self.span(),
            message,
            expected: expected.to_owned(),
        }
    }

    /// What PostgreSQL knows and Rowlock does not.
    fn not_simulated(&self, what: &str, expected: &str) -> SyntaxError {
        self.error(format!("Rowlock does not simulate {what}"), expected)
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        if let Some(clause) = words::not_simulated(self) {
            return self.error(format!("Rowlock does not simulate {clause}"), expected);
        }
        self.error(format!("{} is not understood here", self.found()), expected)
    }

    /// A name: a quoted one, or a bare word that is not reserved.
    fn ident(&mut self, what: &str) -> Result<Ident, SyntaxError> {
        let span = self.span();
        let name = match self.kind() {
            TokenKind::Quoted(name) => name.clone(),
            TokenKind::Word(word) if !is_reserved(word) => word.clone(),
            _ => return Err(self.unexpected(what)),
        };
        self.bump();
        Ok(Ident { name, span })
    }

    /// Items separated by commas, at least one.
    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, SyntaxError> {
        let mut items = vec![item(self)?];
        while self.eat_symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// The same between parentheses.
    fn parenthesized<T>(
        &mut self,
        item: impl FnMut(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, SyntaxError> {
        self.expect_symbol("(")?;
        let items = self.list(item)?;
        self.expect_symbol(")")?;
        Ok(items)
    }
}
