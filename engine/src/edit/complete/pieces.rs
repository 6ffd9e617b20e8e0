//! What can be offered in many places: key words, tables, columns, variables, values, functions.

use super::super::names::{Column, Table};
use super::SuggestionKind as Kind;
use super::clause::Clause;
use super::offer::{Columns, Place};
use super::offers::Offers;
use super::place::Typed;
use super::scope::{is_reserved, is_word, name};
use super::words::FUNCTIONS;
use crate::sql::TokenKind;
use crate::sql::ast::{Ident, SqlType};

impl<'a> Place<'a> {
    /// The tokens of the clause, up to the place.
    pub(super) fn clause(&self) -> &'a [TokenKind] {
        self.before.get(self.frame.begins..).unwrap_or_default()
    }

    /// The rest of key words that belong together and are begun. Returns whether there are some.
    pub(super) fn begun(&self, offers: &mut Offers, phrases: &[&str]) -> bool {
        let mut begun = false;
        for rest in phrases
            .iter()
            .filter_map(|phrase| rest_of(phrase, self.before))
        {
            begun = true;
            offers.push(Kind::Keyword, rest, "");
        }
        begun
    }

    /// The same; where none are begun, all.
    pub(super) fn phrases(&self, offers: &mut Offers, phrases: &[&str]) {
        if !self.begun(offers, phrases) {
            for phrase in phrases {
                offers.push(Kind::Keyword, phrase, "");
            }
        }
    }

    pub(super) fn tables(&self, offers: &mut Offers) {
        for table in self.known.tables {
            let columns: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
            offers.name(Kind::Table, &table.name, &columns.join(", "));
        }
        // What a WITH has named.
        for pair in self.before.windows(2) {
            if let [TokenKind::Word(_) | TokenKind::Symbol(_), named] = pair
                && (is_word(pair.first(), "with"))
                && let Some(named) = name(named)
            {
                offers.name(Kind::Table, named, "WITH");
            }
        }
    }

    pub(super) fn columns(&self, offers: &mut Offers, which: Columns) {
        let scope = &self.known.scope;
        let named = self.clause();
        let is_named = |column: &Column| {
            which == Columns::Left
                && named
                    .iter()
                    .any(|token| name(token) == Some(column.name.as_str()))
        };
        let all: Vec<(&str, &Table)> = if scope.is_empty() {
            let tables = self.known.tables.iter();
            tables.map(|table| (table.name.as_str(), table)).collect()
        } else {
            let tables = scope.iter();
            tables.map(|it| (it.called.as_str(), it.table)).collect()
        };
        for (called, table) in &all {
            for column in table.columns.iter().filter(|it| !is_named(it)) {
                let detail = describe(column, called);
                let others = || all.iter().filter(|(other, _)| other != called);
                let is_shared = others().any(|(_, table)| table.column(&column.name).is_some());
                if is_shared && !scope.is_empty() {
                    let (table, column) = (Ident::new(called), Ident::new(&column.name));
                    offers.push(Kind::Column, &format!("{table}.{column}"), &detail);
                } else {
                    offers.name(Kind::Column, &column.name, &detail);
                }
            }
        }
    }

    pub(super) fn qualified(&self, offers: &mut Offers, table: &TokenKind) {
        let Some(called) = name(table) else { return };
        let scope = &self.known.scope;
        let found = scope
            .iter()
            .find(|it| it.called == called)
            .map(|it| it.table);
        let found = found.or_else(|| {
            let is_new_row = called == "excluded" && self.frame.inserts();
            scope.first().filter(|_| is_new_row).map(|it| it.table)
        });
        for column in found.into_iter().flat_map(|table| &table.columns) {
            offers.name(Kind::Column, &column.name, &describe(column, called));
        }
    }

    pub(super) fn aliases(&self, offers: &mut Offers) {
        for it in &self.known.scope {
            if it.called != it.table.name || self.known.scope.len() > 1 {
                offers.name(Kind::Table, &it.called, &it.table.name);
            }
        }
        if self.frame.clause == Clause::Set && self.frame.inserts() {
            offers.push(Kind::Table, "excluded", "the row that was to be inserted");
        }
    }

    /// Host variables, the one of a column's own name first.
    pub(super) fn variables(&self, offers: &mut Offers, like: Option<&str>) {
        let is_like = |name: &str| Some(name) == like;
        let (first, later): (Vec<_>, Vec<_>) = self
            .known
            .variables
            .iter()
            .partition(|(name, _)| is_like(name));
        for (name, step) in first.into_iter().chain(later) {
            if is_reserved(name) {
                continue;
            }
            let said = self.known.scenario.timeline.get(step.0);
            let said = said.map_or(String::new(), |step| step.action.to_string());
            let detail = format!("read by step {}: {}", step.0 + 1, short(&said));
            offers.push(Kind::Variable, &format!(":{name}"), &detail);
        }
    }

    pub(super) fn values(&self, offers: &mut Offers, column: &str) {
        let all: Vec<&Table> = self.known.scope.iter().map(|it| it.table).collect();
        for table in all {
            let Some(column) = table.column(column) else {
                continue;
            };
            for value in &column.values {
                offers.push(
                    Kind::Value,
                    value,
                    &format!("{} in the set-up", column.name),
                );
            }
            truth(offers, column);
        }
    }

    /// Functions; those that may stand anywhere only when a word is begun, as they would hide what is nearer.
    pub(super) fn functions(&self, offers: &mut Offers, functions: &[(&str, &str)]) {
        if offers.typed == Typed::Nothing && functions.len() == FUNCTIONS.len() {
            return;
        }
        for (function, detail) in functions {
            offers.push(Kind::Function, function, detail);
        }
    }

    /// Columns that name rows, or the others.
    pub(super) fn columns_where(&self, offers: &mut Offers, names_rows: bool) {
        let one = match &self.known.scope[..] {
            [one] => one,
            // With several tables their own order is the clearer one.
            _ if names_rows => return self.columns(offers, Columns::All),
            _ => return,
        };
        let columns = one.table.columns.iter();
        for column in columns.filter(|column| column.is_unique == names_rows) {
            offers.name(Kind::Column, &column.name, &describe(column, &one.called));
        }
    }
}

/// The constants of a boolean column.
pub(super) fn truth(offers: &mut Offers, column: &Column) {
    if column.ty == Some(SqlType::Boolean) {
        offers.push(Kind::Keyword, "TRUE", "");
        offers.push(Kind::Keyword, "FALSE", "");
    }
}

/// What is left of a phrase whose first words stand at the end of tokens.
fn rest_of<'p>(phrase: &'p str, tokens: &[TokenKind]) -> Option<&'p str> {
    let gaps: Vec<usize> = phrase.match_indices(' ').map(|(at, _)| at).collect();
    gaps.iter().rev().find_map(|gap| {
        let begun: Vec<&str> = phrase[..*gap].split(' ').collect();
        let from = tokens.len().checked_sub(begun.len())?;
        let same = tokens[from..]
            .iter()
            .zip(&begun)
            .all(|(token, word)| match token {
                TokenKind::Word(found) => found.eq_ignore_ascii_case(word),
                TokenKind::Symbol(found) => found == word,
                _ => false,
            });
        same.then(|| &phrase[gap + 1..])
    })
}

/// A column in a few words.
fn describe(column: &Column, table: &str) -> String {
    let ty = column.ty.map_or(String::new(), |ty| format!("{ty}, "));
    let key = if column.is_key { "key of" } else { "of" };
    format!("{ty}{key} {table}")
}

/// The beginning of a longer text.
fn short(text: &str) -> String {
    let mut letters = text.chars();
    let mut head: String = letters.by_ref().take(60).collect();
    if letters.next().is_some() {
        head.push('…');
    }
    head
}
