//! What may stand in a clause, best first.

use super::super::names::Table;
use super::super::order::is_in_block;
use super::SuggestionKind as Kind;
use super::clause::{Clause, Frame, ends_operand, of};
use super::offers::Offers;
use super::scope::{InScope, is_symbol, is_word};
use super::words::{
    AFTER_LOCKING, AFTER_ROWS, AGGREGATES, COMPARE, FUNCTIONS, IN_BLOCK, JOINS, LOCK_FUNCTIONS,
    LOCK_MODES, LOCKING, MODES, SETTINGS, STATEMENTS, TYPES,
};
use crate::scenario::{Action, Fault, Scenario, SessionId, StepId};
use crate::sql::TokenKind;
use crate::sql::ast::Statement;

/// What is known at the place.
pub(super) struct Known<'a> {
    pub scenario: &'a Scenario,
    pub session: SessionId,
    pub at: usize,
    /// The tables that the statement names.
    pub scope: Vec<InScope<'a>>,
    pub tables: &'a [Table],
    pub variables: &'a [(String, StepId)],
}

/// Offers what may stand behind `before`.
pub(super) fn offer(offers: &mut Offers, known: &Known<'_>, before: &[TokenKind]) {
    let frame = of(before);
    let place = Place {
        known,
        before,
        frame,
        has_operand: ends_operand(before),
    };
    // A column of a table that is named before the dot.
    if let [.., table, TokenKind::Symbol(".")] = before {
        return place.qualified(offers, table);
    }
    // A name that the visitor makes up.
    if is_word(before.last(), "as") && frame.clause != Clause::Start {
        return;
    }
    if is_symbol(before.last(), "::") {
        for ty in TYPES {
            offers.push(Kind::Keyword, ty, "");
        }
        return;
    }
    match frame.clause {
        Clause::Start => place.start(offers),
        Clause::Verb => {
            place.phrases(offers, &STATEMENTS);
        }
        Clause::Select | Clause::Returning => place.list(offers),
        Clause::From => place.from(offers),
        Clause::On | Clause::Where | Clause::Having => place.condition(offers),
        Clause::Using | Clause::ConflictColumns => place.columns(offers, Columns::Left),
        Clause::Group => {
            if place.has_operand {
                place.phrases(offers, &["HAVING"]);
                place.after_rows(offers);
            } else {
                place.columns(offers, Columns::All);
            }
        }
        Clause::Order => {
            if place.has_operand {
                place.phrases(offers, &["DESC", "ASC"]);
                place.after_rows(offers);
            } else {
                place.columns(offers, Columns::All);
            }
        }
        Clause::Limit => {
            if place.has_operand {
                place.after_rows(offers);
            } else {
                place.variables(offers, None);
            }
        }
        Clause::Locking => {
            if is_word(before.last(), "of") {
                for table in &known.scope {
                    offers.name(Kind::Table, &table.called, "");
                }
            } else if !place.begun(offers, &LOCKING) {
                place.phrases(offers, &AFTER_LOCKING);
            }
        }
        Clause::Into => place.insert_into(offers),
        Clause::IntoColumns => place.columns(offers, Columns::Left),
        Clause::Values => place.after_values(offers),
        Clause::Row => place.row(offers),
        Clause::Conflict => place.conflict(offers),
        Clause::DoUpdate => {
            place.phrases(offers, &["DO UPDATE SET"]);
        }
        Clause::DoNothing => {
            place.phrases(offers, &["RETURNING"]);
        }
        Clause::Update => {
            if place.has_operand {
                place.phrases(offers, &["SET", "AS"]);
            } else {
                place.tables(offers);
            }
        }
        Clause::Set => place.set(offers),
        Clause::Lock => {
            if place.has_operand {
                place.phrases(offers, &LOCK_MODES);
            } else {
                if is_word(before.last(), "lock") {
                    offers.push(Kind::Keyword, "TABLE", "");
                }
                place.tables(offers);
            }
        }
        Clause::LockMode => {
            if is_word(before.last(), "mode") {
                place.phrases(offers, &["NOWAIT"]);
            } else {
                place.phrases(offers, &LOCK_MODES);
            }
        }
        Clause::Begin => {
            place.phrases(offers, &MODES);
        }
        Clause::Rollback => {
            place.phrases(offers, &["ROLLBACK TO SAVEPOINT"]);
        }
        Clause::Release => {
            place.phrases(offers, &["RELEASE SAVEPOINT"]);
        }
        Clause::Savepoint => place.savepoints(offers),
        Clause::Setting => {
            place.phrases(offers, &SETTINGS);
        }
        Clause::Require => place.require(offers),
        Clause::Over => {}
    }
}

/// Which columns are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// All of them.
    All,
    /// Those that are not named yet between these parentheses.
    Left,
}

/// The place with what is known of it.
pub(super) struct Place<'a> {
    pub known: &'a Known<'a>,
    pub before: &'a [TokenKind],
    pub frame: Frame,
    /// Whether the last token ends an operand.
    pub has_operand: bool,
}

impl Place<'_> {
    fn start(&self, offers: &mut Offers) {
        if !self.before.is_empty() {
            if is_word(self.before.last(), "lose") {
                offers.push(Kind::Fault, "reply", Fault::LoseReply.description());
            } else if is_symbol(self.before.last(), "(") {
                self.phrases(offers, &["SELECT"]);
            } else if is_word(self.before.last(), "with") {
            } else {
                self.phrases(
                    offers,
                    &[
                        "SELECT",
                        "AS (",
                        "INSERT INTO",
                        "UPDATE",
                        "DELETE FROM",
                        "START TRANSACTION",
                    ],
                );
            }
            return;
        }
        let (scenario, session) = (self.known.scenario, self.known.session);
        let in_block = is_in_block(scenario, session, self.known.at);
        // What fits the state of the session comes first.
        let (first, later): (Vec<&str>, Vec<&str>) = STATEMENTS.iter().partition(|phrase| {
            if in_block {
                !phrase.starts_with("BEGIN")
            } else {
                !IN_BLOCK.contains(phrase)
            }
        });
        for phrase in first.iter().take(7) {
            offers.push(Kind::Keyword, phrase, "");
        }
        offers.push(Kind::Client, "require", "the client's own check");
        for fault in Fault::ALL {
            offers.push(Kind::Fault, fault.as_str(), fault.description());
        }
        for phrase in first.iter().skip(7).chain(&later) {
            offers.push(Kind::Keyword, phrase, "");
        }
    }

    /// The select list, and RETURNING.
    fn list(&self, offers: &mut Offers) {
        if !self.has_operand {
            self.columns(offers, Columns::All);
            self.aliases(offers);
            if self.clause().is_empty() && !self.frame.is_nested {
                offers.push(Kind::Keyword, "*", "every column");
            }
            let is_list = self.frame.clause == Clause::Select && !self.frame.is_nested;
            if is_list {
                self.functions(offers, &AGGREGATES);
            }
            self.variables(offers, None);
            self.functions(offers, &FUNCTIONS);
            if is_list {
                self.functions(offers, &LOCK_FUNCTIONS);
                offers.push(Kind::Keyword, "DISTINCT", "");
            }
        } else if self.frame.clause == Clause::Returning {
            self.phrases(offers, &["AS"]);
        } else {
            self.phrases(offers, &["FROM", "AS"]);
        }
    }

    fn from(&self, offers: &mut Offers) {
        if !self.has_operand {
            return self.tables(offers);
        }
        let mut phrases = vec!["WHERE"];
        if self.frame.deletes() {
            phrases.extend(["USING", "RETURNING", "AS"]);
            self.phrases(offers, &phrases);
        } else {
            if self
                .before
                .iter()
                .rev()
                .take(4)
                .any(|it| is_word(Some(it), "join"))
            {
                phrases.insert(0, "ON");
            }
            phrases.extend(JOINS);
            self.with_after_rows(offers, &phrases);
        }
    }

    pub(super) fn after_rows(&self, offers: &mut Offers) {
        self.with_after_rows(offers, &[]);
    }

    /// Key words, then those that follow the rows of a query.
    pub(super) fn with_after_rows(&self, offers: &mut Offers, first: &[&str]) {
        let all: Vec<&str> = first
            .iter()
            .chain(LOCKING.iter())
            .chain(AFTER_ROWS.iter())
            .copied()
            .collect();
        self.phrases(offers, &all);
    }

    fn savepoints(&self, offers: &mut Offers) {
        if is_word(self.before.last(), "to") {
            self.phrases(offers, &["SAVEPOINT"]);
        }
        let own = self.known.scenario.timeline.iter().take(self.known.at);
        let own: Vec<_> = own
            .filter(|step| step.session == self.known.session)
            .collect();
        for step in own.into_iter().rev() {
            if let Action::Sql(sql) = &step.action
                && let Statement::Savepoint(savepoint) = &sql.statement
            {
                offers.name(Kind::Savepoint, &savepoint.name, "");
            }
        }
    }

    /// The client's own check.
    fn require(&self, offers: &mut Offers) {
        if !self.has_operand {
            return self.variables(offers, None);
        }
        if self.is_compared() {
            self.phrases(offers, &["AND", "OR"]);
            offers.push(
                Kind::Client,
                "else 'not enough'",
                "what the client tells its user",
            );
        } else {
            self.phrases(offers, &COMPARE[..6]);
            self.phrases(offers, &["IS NULL", "IS NOT NULL"]);
        }
    }
}
