//! What may stand in a clause, best first.

use super::super::names::{Column, Table};
use super::super::order::is_in_block;
use super::clause::{Clause, Frame, ends_operand, of};
use super::place::Typed;
use super::scope::{InScope, is_reserved, is_symbol, is_word, name};
use super::words::{
    AFTER_LOCKING, AFTER_ROWS, AGGREGATES, COMPARE, FUNCTIONS, IN_BLOCK, IS, JOINS, LOCK_FUNCTIONS,
    LOCK_MODES, LOCKING, MODES, SETTINGS, STATEMENTS, TYPES,
};
use super::{Suggestion, SuggestionKind as Kind, Wish};
use crate::scenario::{Action, Fault, Scenario, SessionId, StepId};
use crate::sql::TokenKind;
use crate::sql::ast::{Ident, SqlType, Statement};

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

/// Suggestions, gathered best first and narrowed down by what is typed.
pub(super) struct Offers {
    typed: Typed,
    found: Vec<(Fit, Suggestion)>,
    is_whole: bool,
}

/// How well a suggestion fits what is typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It begins so.
    Begins,
    /// One of its later words does.
    Holds,
}

impl Offers {
    pub fn new(typed: Typed) -> Self {
        Self {
            typed,
            found: Vec::new(),
            is_whole: false,
        }
    }

    /// The best, and whether the first of them is likely meant: a word is begun so, and is none yet.
    pub fn best(mut self, most: usize) -> (Vec<Suggestion>, Wish) {
        crate::collections::sort_by_key(&mut self.found, |(fit, _)| *fit);
        let begins = self
            .found
            .first()
            .is_some_and(|(fit, _)| *fit == Fit::Begins);
        let mut best: Vec<Suggestion> = Vec::new();
        for (_, suggestion) in self.found {
            if best.len() < most && best.iter().all(|it| it.text != suggestion.text) {
                best.push(suggestion);
            }
        }
        let is_begun = match &self.typed {
            Typed::Nothing | Typed::Number(_) => false,
            Typed::Word(_) | Typed::Text(_) => true,
            Typed::Variable(name) => !name.is_empty(),
        };
        let wish = if is_begun && begins && !self.is_whole {
            Wish::Likely
        } else {
            Wish::Open
        };
        (best, wish)
    }

    fn push(&mut self, kind: Kind, text: &str, detail: &str) {
        let typed = match (&self.typed, kind) {
            (Typed::Nothing, _) => "",
            (Typed::Variable(typed), Kind::Variable) => typed,
            (Typed::Number(typed) | Typed::Text(typed), Kind::Value) => typed,
            (Typed::Word(typed), _) => typed,
            _ => return,
        };
        let bare = text.strip_prefix(':').unwrap_or(text);
        if bare
            .trim_end_matches(['(', '*', ')'])
            .eq_ignore_ascii_case(typed)
            && !typed.is_empty()
        {
            self.is_whole = true;
            return;
        }
        let Some(fit) = fit(bare, typed) else { return };
        self.found.push((
            fit,
            Suggestion {
                text: text.to_owned(),
                kind,
                detail: detail.to_owned(),
            },
        ));
    }

    fn name(&mut self, kind: Kind, text: &str, detail: &str) {
        self.push(kind, &Ident::new(text).to_string(), detail);
    }
}

fn fit(text: &str, typed: &str) -> Option<Fit> {
    let begins = |part: &str| {
        let head = part.get(..typed.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(typed))
    };
    if begins(text) {
        return Some(Fit::Begins);
    }
    let mut places = text.char_indices().filter(|(_, it)| " _.\"".contains(*it));
    places
        .any(|(at, _)| begins(&text[at + 1..]))
        .then_some(Fit::Holds)
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
enum Columns {
    /// All of them.
    All,
    /// Those that are not named yet between these parentheses.
    Left,
}

/// The place with what is known of it.
struct Place<'a> {
    known: &'a Known<'a>,
    before: &'a [TokenKind],
    frame: Frame,
    /// Whether the last token ends an operand.
    has_operand: bool,
}

impl<'a> Place<'a> {
    /// The tokens of the clause, up to the place.
    fn clause(&self) -> &'a [TokenKind] {
        self.before.get(self.frame.begins..).unwrap_or_default()
    }

    /// The rest of key words that belong together and are begun. Returns whether there are some.
    fn begun(&self, offers: &mut Offers, phrases: &[&str]) -> bool {
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
    fn phrases(&self, offers: &mut Offers, phrases: &[&str]) {
        if !self.begun(offers, phrases) {
            for phrase in phrases {
                offers.push(Kind::Keyword, phrase, "");
            }
        }
    }

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

    fn tables(&self, offers: &mut Offers) {
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

    fn columns(&self, offers: &mut Offers, which: Columns) {
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

    fn qualified(&self, offers: &mut Offers, table: &TokenKind) {
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

    fn aliases(&self, offers: &mut Offers) {
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
    fn variables(&self, offers: &mut Offers, like: Option<&str>) {
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

    fn values(&self, offers: &mut Offers, column: &str) {
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
    fn functions(&self, offers: &mut Offers, functions: &[(&str, &str)]) {
        if offers.typed == Typed::Nothing && functions.len() == FUNCTIONS.len() {
            return;
        }
        for (function, detail) in functions {
            offers.push(Kind::Function, function, detail);
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

    fn after_rows(&self, offers: &mut Offers) {
        self.with_after_rows(offers, &[]);
    }

    /// Key words, then those that follow the rows of a query.
    fn with_after_rows(&self, offers: &mut Offers, first: &[&str]) {
        let all: Vec<&str> = first
            .iter()
            .chain(LOCKING.iter())
            .chain(AFTER_ROWS.iter())
            .copied()
            .collect();
        self.phrases(offers, &all);
    }

    fn condition(&self, offers: &mut Offers) {
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

    /// Columns that name rows, or the others.
    fn columns_where(&self, offers: &mut Offers, names_rows: bool) {
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

    /// Whether the condition at the place has a comparison already, since its last AND or OR.
    fn is_compared(&self) -> bool {
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
    fn compared(&self) -> Option<&'a str> {
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
    fn insert_into(&self, offers: &mut Offers) {
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
    fn key(&self) -> Option<String> {
        let table = self.known.scope.first()?.table;
        let key: Vec<String> = table
            .columns
            .iter()
            .filter(|column| column.is_key)
            .map(|column| Ident::new(&column.name).to_string())
            .collect();
        (!key.is_empty()).then(|| key.join(", "))
    }

    fn after_values(&self, offers: &mut Offers) {
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

    fn conflict(&self, offers: &mut Offers) {
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
    fn row(&self, offers: &mut Offers) {
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
    fn column_of_row(&self) -> Option<&'a Column> {
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
    fn set(&self, offers: &mut Offers) {
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
        if let Some(column) = column {
            if let Some(it) = self
                .known
                .scope
                .first()
                .and_then(|it| it.table.column(column))
            {
                offers.name(Kind::Column, &it.name, "what it was");
                truth(offers, it);
            }
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

/// The constants of a boolean column.
fn truth(offers: &mut Offers, column: &Column) {
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
