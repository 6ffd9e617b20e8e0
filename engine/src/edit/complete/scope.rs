//! The tables that a statement means, found by the words before their names, wherever in the text they stand.

use super::super::names::Table;
use crate::sql::TokenKind;
use crate::sql::ast::Ident;

/// A table that a statement means.
pub(super) struct InScope<'a> {
    /// The name by which the statement calls it.
    pub called: String,
    /// The table.
    pub table: &'a Table,
}

/// The name that a token gives, if it is one.
pub(super) fn name(token: &TokenKind) -> Option<&str> {
    match token {
        TokenKind::Word(word) if !is_reserved(word) => Some(word),
        TokenKind::Quoted(name) => Some(name),
        _ => None,
    }
}

/// Whether a word is no name without quotes.
pub(super) fn is_reserved(word: &str) -> bool {
    Ident::new(word).to_string() != word
}

pub(super) fn is_word(token: Option<&TokenKind>, word: &str) -> bool {
    matches!(token, Some(TokenKind::Word(found)) if found == word)
}

pub(super) fn is_symbol(token: Option<&TokenKind>, symbol: &str) -> bool {
    matches!(token, Some(TokenKind::Symbol(found)) if *found == symbol)
}

/// The tables of a statement, in the order of the text.
pub(super) fn find<'a>(tokens: &[TokenKind], tables: &'a [Table]) -> Vec<InScope<'a>> {
    let mut scope = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let before = tokens.get(at);
        let begins = ["from", "join", "into", "update", "using", "table", "lock"]
            .iter()
            .any(|word| is_word(before, word));
        at += 1;
        if !begins {
            continue;
        }
        loop {
            let found = tokens.get(at).and_then(name);
            let found = found.and_then(|name| tables.iter().find(|table| table.name == name));
            let Some(table) = found else { break };
            at += 1;
            if is_word(tokens.get(at), "as") {
                at += 1;
            }
            // These two are no reserved words, and follow a table's name.
            let follows = ["set", "values", "in", "nowait"];
            let alias = tokens
                .get(at)
                .and_then(name)
                .filter(|name| !follows.contains(name));
            if alias.is_some() {
                at += 1;
            }
            let called = alias.unwrap_or(&table.name);
            scope.push(InScope {
                called: called.to_owned(),
                table,
            });
            if !is_symbol(tokens.get(at), ",") {
                break;
            }
            at += 1;
        }
    }
    scope
}
