//! What can be offered where rows are chosen and written: conditions, INSERT, SET.

use super::super::names::Column;
use super::SuggestionKind as Kind;
use super::clause::Clause;
use super::offer::{Columns, Place};
use super::offers::Offers;
use super::pieces::truth;
use super::scope::{is_symbol, is_word, name};
use super::words::{AGGREGATES, COMPARE, FUNCTIONS, IS};
use crate::sql::TokenKind;
use crate::sql::ast::Ident;

impl<'a> Place<'a> {
    pub(super) fn condition(&self, offers: &mut Offers) {
        if self.begun(offers, &IS) {
            return;
        }
        let column = self.compared();
        if !self.has_operand {
            if let Some(column) = column {
                self.values(offers, column);
                self.variables(offers, Some(column));
                self.columns(offers, Columns::All);
            } else {
                let (keys, others) = (true, false);
                for wanted in [keys, others] {
                    self.columns_where(offers, wanted);
                }
                self.aliases(offers);
                self.variables(offers, None);
                offers.push(Kind::Keyword, "NOT", "");
            }
            self.aliases(offers);
            if self.frame.clause == Clause::Having {
                self.functions(offers, &AGGREGATES);
            }
            self.functions(offers, &FUNCTIONS);
            return;
        }
        let mut phrases: Vec<&str> = Vec::new();
        let connect = ["AND", "OR"];
        if self.is_compared() {
            phrases.extend(connect);
        } else {
            phrases.extend(COMPARE);
            phrases.extend(connect);
        }
        if self.frame.is_nested {
            self.phrases(offers, &phrases);
        } else if self.frame.writes() {
            phrases.push("RETURNING");
            self.phrases(offers, &phrases);
        } else {
            if self.frame.clause == Clause::On {
                phrases.extend(["WHERE", "JOIN", "LEFT JOIN"]);
            }
            self.with_after_rows(offers, &phrases);
        }
    }

    /// Whether the condition at the place has a comparison already, since its last AND or OR.
    pub(super) fn is_compared(&self) -> bool {
        let since = self.clause().iter().rev();
        let mut since =
            since.take_while(|token| !["and", "or"].iter().any(|word| is_word(Some(token), word)));
        since.any(|token| match token {
            TokenKind::Symbol(symbol) => ["=", "<", ">", "<=", ">=", "<>", "!="].contains(symbol),
            TokenKind::Word(word) => ["in", "like", "between", "null"].contains(&word.as_str()),
            _ => false,
        })
    }

    /// The column that what comes next is compared with.
    pub(super) fn compared(&self) -> Option<&'a str> {
        let mut tokens = self.before.iter().rev().peekable();
        // Inside the parentheses of an IN.
        let mut in_list = false;
        while let Some(token) = tokens.peek() {
            match token {
                TokenKind::Symbol("," | "(") => in_list = true,
                TokenKind::String(_) | TokenKind::Number(_) | TokenKind::HostVariable(_)
                    if in_list => {}
                _ => break,
            }
            tokens.next();
        }
        let operator = tokens.next()?;
        let fits = match operator {
            TokenKind::Symbol(symbol) => {
                !in_list && ["=", "<", ">", "<=", ">=", "<>", "!="].contains(symbol)
            }
            TokenKind::Word(word) => {
                if in_list {
                    word == "in"
                } else {
                    word == "between"
                }
            }
            _ => false,
        };
        if !fits {
            return None;
        }
        if tokens
            .peek()
            .is_some_and(|token| is_word(Some(token), "not"))
        {
            tokens.next();
        }
        tokens.next().and_then(name)
    }

    /// After `INSERT INTO`.
    pub(super) fn insert_into(&self, offers: &mut Offers) {
        if !self.has_operand {
            return self.tables(offers);
        }
        if is_symbol(self.before.last(), ")") {
            self.phrases(offers, &["VALUES (", "SELECT"]);
            return;
        }
        self.phrases(offers, &["VALUES (", "SELECT", "DEFAULT VALUES", "AS"]);
        if let Some(it) = self.known.scope.first() {
            let columns: Vec<String> = it
                .table
                .columns
                .iter()
                .map(|column| Ident::new(&column.name).to_string())
                .collect();
            let list = format!("({}) VALUES (", columns.join(", "));
            offers.push(Kind::Column, &list, "with the columns' names");
        }
    }

    /// The columns of the table's key, as they are written.
    pub(super) fn key(&self) -> Option<String> {
        let table = self.known.scope.first()?.table;
        let key: Vec<String> = table
            .columns
            .iter()
            .filter(|column| column.is_key)
            .map(|column| Ident::new(&column.name).to_string())
            .collect();
        (!key.is_empty()).then(|| key.join(", "))
    }

    pub(super) fn after_values(&self, offers: &mut Offers) {
        if !self.has_operand {
            return;
        }
        let mut phrases: Vec<String> = Vec::new();
        if let Some(key) = self.key() {
            phrases.push(format!("ON CONFLICT ({key}) DO UPDATE SET"));
            phrases.push(format!("ON CONFLICT ({key}) DO NOTHING"));
        }
        phrases.extend(["ON CONFLICT DO NOTHING".to_owned(), "RETURNING".to_owned()]);
        let phrases: Vec<&str> = phrases.iter().map(String::as_str).collect();
        self.phrases(offers, &phrases);
    }

    pub(super) fn conflict(&self, offers: &mut Offers) {
        if is_word(self.before.last(), "conflict") {
            if let Some(key) = self.key() {
                self.phrases(
                    offers,
                    &[
                        &format!("({key}) DO UPDATE SET"),
                        &format!("({key}) DO NOTHING"),
                    ],
                );
            }
            self.phrases(offers, &["DO NOTHING", "ON CONSTRAINT"]);
        } else {
            self.phrases(offers, &["DO UPDATE SET", "DO NOTHING"]);
        }
    }

    /// A row of VALUES.
    pub(super) fn row(&self, offers: &mut Offers) {
        if self.has_operand {
            return;
        }
        let column = self.column_of_row();
        let like = column.map(|column| column.name.as_str());
        self.variables(offers, like);
        if let (Some(column), false) = (column, self.frame.is_nested) {
            let detail = format!("for {}", column.name);
            let sample = super::super::template::sample_of(column.ty);
            offers.push(Kind::Value, sample, &detail);
            offers.push(Kind::Keyword, "DEFAULT", &detail);
        }
        offers.push(Kind::Keyword, "NULL", "");
        self.functions(offers, &FUNCTIONS);
    }

    /// The column that the value at the place is for.
    pub(super) fn column_of_row(&self) -> Option<&'a Column> {
        let mut depth = 0usize;
        let mut place = 0;
        for token in self.clause() {
            match token {
                TokenKind::Symbol("(") => depth += 1,
                TokenKind::Symbol(")") => depth = depth.saturating_sub(1),
                TokenKind::Symbol(",") if depth == 0 => place += 1,
                _ => {}
            }
        }
        let table = self.known.scope.first()?.table;
        let values = self
            .before
            .iter()
            .position(|it| is_word(Some(it), "values"))?;
        let head = &self.before[..values];
        let named: Vec<&str> = match head.iter().position(|it| is_symbol(Some(it), "(")) {
            Some(open) => head[open..].iter().filter_map(name).collect(),
            None => Vec::new(),
        };
        if named.is_empty() {
            table.columns.get(place)
        } else {
            table.column(named.get(place)?)
        }
    }

    /// Assignments: a column, `=`, a value.
    pub(super) fn set(&self, offers: &mut Offers) {
        let last = self.before.last();
        let begins = is_word(last, "set") || is_symbol(last, ",");
        if begins && !self.frame.is_nested {
            return self.columns(offers, Columns::All);
        }
        let before_last = self
            .before
            .len()
            .checked_sub(2)
            .and_then(|at| self.before.get(at));
        let named = is_word(before_last, "set") || is_symbol(before_last, ",");
        if named && !self.frame.is_nested {
            offers.push(Kind::Keyword, "=", "");
            return;
        }
        if self.has_operand {
            if !self.frame.is_nested {
                let rest: &[&str] = if self.frame.inserts() {
                    &["WHERE", "RETURNING"]
                } else {
                    &["WHERE", "RETURNING", "FROM"]
                };
                self.phrases(offers, rest);
            }
            return;
        }
        // The column that is set, first.
        let column = self.compared();
        let table = self.known.scope.first().map(|it| it.table);
        if let Some(it) = column.and_then(|column| table?.column(column)) {
            offers.name(Kind::Column, &it.name, "what it was");
            truth(offers, it);
        }
        self.variables(offers, column);
        self.columns(offers, Columns::All);
        self.aliases(offers);
        self.functions(offers, &FUNCTIONS);
        if column.is_some() {
            offers.push(Kind::Keyword, "DEFAULT", "");
            offers.push(Kind::Keyword, "NULL", "");
        }
    }
}
