//! Statements: which one it is, and those that control transactions and sessions.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    AccessMode, Deferrable, Execute, Ident, IsolationLevel, LockTable, Maintain, Prepare, SetScope,
    SetVariable, Statement, TableLockMode, TransactionModes,
};
use crate::sql::lexer::TokenKind;

/// What Rowlock understands, for messages.
const STATEMENTS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, CREATE INDEX, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, \
                          LOCK TABLE, SET, SHOW or another statement that Rowlock simulates";

impl Parser {
    pub(super) fn statement(&mut self) -> Result<Statement, SyntaxError> {
        if self.at_symbol("(") {
            return self.query().map(Statement::Select);
        }
        let TokenKind::Word(word) = self.kind().clone() else {
            let message = format!("{} begins no statement", self.found());
            return Err(self.error(message, STATEMENTS));
        };
        match word.as_str() {
            "select" | "values" | "table" => self.query().map(Statement::Select),
            "with" => self.with_statement(),
            "insert" => self.insert(Vec::new()).map(Statement::Insert),
            "update" => self.update(Vec::new()).map(Statement::Update),
            "delete" => self.delete(Vec::new()).map(Statement::Delete),
            "create" => self.create(),
            "drop" => self.drop(),
            "truncate" => self.truncate(),
            "analyze" | "analyse" | "vacuum" => self.maintain(),
            "begin" => {
                self.bump();
                self.begin()
            }
            "start" => {
                self.bump();
                self.expect_word("transaction")?;
                let modes = self.transaction_modes()?;
                Ok(Statement::Begin(modes))
            }
            "commit" | "end" => {
                self.bump();
                self.work();
                self.no_chain()?;
                Ok(Statement::Commit)
            }
            "rollback" | "abort" => self.rollback(),
            "savepoint" => {
                self.bump();
                self.ident("the savepoint's name").map(Statement::Savepoint)
            }
            "release" => {
                self.bump();
                self.eat_word("savepoint");
                self.ident("the savepoint's name").map(Statement::Release)
            }
            "set" => self.set(),
            "reset" => {
                self.bump();
                Ok(Statement::Set(SetVariable {
                    name: self.setting()?,
                    value: None,
                    scope: SetScope::Session,
                }))
            }
            "show" => {
                self.bump();
                if self.eat_words(&["transaction", "isolation", "level"]) {
                    return Ok(Statement::Show(Ident::new("transaction_isolation")));
                }
                self.setting().map(Statement::Show)
            }
            "lock" => self.lock_table().map(Statement::LockTable),
            "prepare" => self.prepare(),
            "execute" => {
                self.bump();
                let name = self.ident("the prepared statement's name")?;
                let args = if self.at_symbol("(") {
                    self.parenthesized(Self::expr)?
                } else {
                    Vec::new()
                };
                Ok(Statement::Execute(Execute { name, args }))
            }
            "deallocate" => {
                self.bump();
                self.eat_word("prepare");
                if self.eat_word("all") {
                    return Ok(Statement::Deallocate(None));
                }
                let name = self.ident("the prepared statement's name")?;
                Ok(Statement::Deallocate(Some(name)))
            }
            other => {
                let message = if is_known_elsewhere(other) {
                    format!("Rowlock does not simulate {}", other.to_ascii_uppercase())
                } else {
                    format!("{} begins no statement", self.found())
                };
                Err(self.error(message, STATEMENTS))
            }
        }
    }

    /// `WITH ...` before any of the four.
    fn with_statement(&mut self) -> Result<Statement, SyntaxError> {
        let with = self.with()?;
        match self.kind() {
            TokenKind::Word(word) if word == "insert" => self.insert(with).map(Statement::Insert),
            TokenKind::Word(word) if word == "update" => self.update(with).map(Statement::Update),
            TokenKind::Word(word) if word == "delete" => self.delete(with).map(Statement::Delete),
            _ => {
                let mut select = self.query()?;
                select.with.splice(0..0, with);
                Ok(Statement::Select(select))
            }
        }
    }

    /// The noise word behind `BEGIN`, `COMMIT` and `ROLLBACK`.
    fn work(&mut self) {
        if !self.eat_word("work") {
            self.eat_word("transaction");
        }
    }

    fn no_chain(&mut self) -> Result<(), SyntaxError> {
        if self.eat_words(&["and", "no", "chain"]) || !self.at_word("and") {
            return Ok(());
        }
        Err(self.not_simulated("AND CHAIN", "the end of the statement"))
    }

    fn begin(&mut self) -> Result<Statement, SyntaxError> {
        self.work();
        Ok(Statement::Begin(self.transaction_modes()?))
    }

    fn transaction_modes(&mut self) -> Result<TransactionModes, SyntaxError> {
        let mut modes = TransactionModes::default();
        loop {
            if self.eat_words(&["isolation", "level"]) {
                modes.isolation = Some(self.isolation_level()?);
            } else if self.eat_words(&["read", "only"]) {
                modes.access = Some(AccessMode::ReadOnly);
            } else if self.eat_words(&["read", "write"]) {
                modes.access = Some(AccessMode::ReadWrite);
            } else if self.eat_word("deferrable") {
                modes.deferrable = Some(Deferrable::Yes);
            } else if self.eat_words(&["not", "deferrable"]) {
                modes.deferrable = Some(Deferrable::No);
            } else if self.at_end() || self.at_symbol(";") {
                return Ok(modes);
            } else {
                return Err(self
                    .unexpected("ISOLATION LEVEL, READ ONLY, READ WRITE, DEFERRABLE or the end"));
            }
            self.eat_symbol(",");
        }
    }

    fn isolation_level(&mut self) -> Result<IsolationLevel, SyntaxError> {
        let levels = [
            (
                &["read", "uncommitted"][..],
                IsolationLevel::ReadUncommitted,
            ),
            (&["read", "committed"][..], IsolationLevel::ReadCommitted),
            (&["repeatable", "read"][..], IsolationLevel::RepeatableRead),
            (&["serializable"][..], IsolationLevel::Serializable),
        ];
        for (words, level) in levels {
            if self.eat_words(words) {
                return Ok(level);
            }
        }
        Err(self.unexpected("READ COMMITTED, REPEATABLE READ, SERIALIZABLE or READ UNCOMMITTED"))
    }

    fn rollback(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        self.work();
        if self.eat_word("to") {
            self.eat_word("savepoint");
            let name = self.ident("the savepoint's name")?;
            return Ok(Statement::RollbackTo(name));
        }
        self.no_chain()?;
        Ok(Statement::Rollback)
    }

    fn setting(&mut self) -> Result<Ident, SyntaxError> {
        if self.at_word("all") {
            return Err(self.not_simulated("ALL here", "a setting's name"));
        }
        self.ident("a setting's name")
    }

    fn set(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        if self.eat_words(&["session", "characteristics", "as", "transaction"]) {
            let modes = self.transaction_modes()?;
            return Ok(Statement::SetTransaction(modes, SetScope::Session));
        }
        let scope = if self.eat_word("local") {
            SetScope::Local
        } else {
            self.eat_word("session");
            SetScope::Session
        };
        if self.eat_word("transaction") {
            if self.at_word("snapshot") {
                return Err(self.not_simulated("SET TRANSACTION SNAPSHOT", "a level or a mode"));
            }
            let modes = self.transaction_modes()?;
            return Ok(Statement::SetTransaction(modes, SetScope::Local));
        }
        if self.at_word("constraints") {
            return Err(self.not_simulated("SET CONSTRAINTS", "a setting's name"));
        }
        let name = self.setting()?;
        if !self.eat_symbol("=") {
            self.expect_word("to")?;
        }
        let value = if self.eat_word("default") {
            None
        } else {
            Some(self.setting_value()?)
        };
        Ok(Statement::Set(SetVariable { name, value, scope }))
    }

    fn setting_value(&mut self) -> Result<String, SyntaxError> {
        let negative = self.eat_symbol("-");
        let text = match self.kind() {
            TokenKind::String(text) | TokenKind::Quoted(text) => text.clone(),
            TokenKind::Number(number) if negative => format!("-{number}"),
            TokenKind::Number(number) => number.clone(),
            TokenKind::Word(word) => word.clone(),
            _ => return Err(self.unexpected("a value")),
        };
        self.bump();
        Ok(text)
    }

    fn lock_table(&mut self) -> Result<LockTable, SyntaxError> {
        self.bump();
        self.eat_word("table");
        self.eat_word("only");
        let tables = self.list(Self::table_name)?;
        let mode = if self.eat_word("in") {
            let mode = self.lock_mode()?;
            self.expect_word("mode")?;
            mode
        } else {
            TableLockMode::AccessExclusive
        };
        let nowait = self.eat_word("nowait");
        Ok(LockTable {
            tables,
            mode,
            nowait,
        })
    }

    fn lock_mode(&mut self) -> Result<TableLockMode, SyntaxError> {
        let modes = [
            TableLockMode::AccessShare,
            TableLockMode::RowShare,
            TableLockMode::RowExclusive,
            TableLockMode::ShareUpdateExclusive,
            TableLockMode::ShareRowExclusive,
            TableLockMode::Share,
            TableLockMode::Exclusive,
            TableLockMode::AccessExclusive,
        ];
        for mode in modes {
            let name = mode.sql().to_ascii_lowercase();
            let words: Vec<&str> = name.split(' ').collect();
            if self.eat_words(&words) {
                return Ok(mode);
            }
        }
        Err(self.unexpected("a lock mode: ACCESS SHARE, ROW SHARE, ROW EXCLUSIVE, SHARE UPDATE EXCLUSIVE, SHARE, SHARE ROW EXCLUSIVE, EXCLUSIVE or ACCESS EXCLUSIVE"))
    }

    fn prepare(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        if self.at_word("transaction") {
            return Err(self.not_simulated("PREPARE TRANSACTION", "a name"));
        }
        let name = self.ident("a name for the statement")?;
        let types = if self.at_symbol("(") {
            self.parenthesized(Self::sql_type)?
        } else {
            Vec::new()
        };
        self.expect_word("as")?;
        let statement = self.statement()?;
        let fits = matches!(
            statement,
            Statement::Select(_)
                | Statement::Insert(_)
                | Statement::Update(_)
                | Statement::Delete(_)
        );
        if !fits {
            return Err(self.unexpected("SELECT, INSERT, UPDATE or DELETE"));
        }
        Ok(Statement::Prepare(Prepare {
            name,
            types,
            statement: Box::new(statement),
        }))
    }

    fn maintain(&mut self) -> Result<Statement, SyntaxError> {
        let vacuum = self.at_word("vacuum");
        self.bump();
        let mut analyze = !vacuum;
        if self.eat_symbol("(") {
            while !self.eat_symbol(")") {
                if self.eat_word("analyze") {
                    analyze = true;
                } else if !(self.eat_word("verbose")
                    || self.eat_word("freeze")
                    || self.eat_symbol(","))
                {
                    return Err(self.unexpected("ANALYZE, FREEZE or `)`"));
                }
            }
        }
        loop {
            if self.eat_word("analyze") {
                analyze = true;
            } else if !(self.eat_word("verbose") || self.eat_word("freeze")) {
                break;
            }
        }
        if self.at_word("full") {
            return Err(self.not_simulated("VACUUM FULL", "VACUUM"));
        }
        let tables = if self.at_end() || self.at_symbol(";") {
            Vec::new()
        } else {
            self.list(Self::table_name)?
        };
        Ok(Statement::Maintain(Maintain {
            vacuum,
            analyze,
            tables,
        }))
    }

    /// A table's name, with or without its schema, which is left out: there is one only.
    pub(super) fn table_name(&mut self) -> Result<Ident, SyntaxError> {
        let name = self.ident("a table's name")?;
        if matches!(name.name.as_str(), "public" | "pg_catalog" | "pg_temp") && self.eat_symbol(".")
        {
            return self.ident("a table's name");
        }
        Ok(name)
    }
}

/// Statements of PostgreSQL that Rowlock does not have.
fn is_known_elsewhere(word: &str) -> bool {
    const ELSEWHERE: [&str; 24] = [
        "alter",
        "call",
        "checkpoint",
        "close",
        "cluster",
        "comment",
        "copy",
        "declare",
        "discard",
        "do",
        "explain",
        "fetch",
        "grant",
        "import",
        "listen",
        "load",
        "merge",
        "move",
        "notify",
        "reassign",
        "refresh",
        "reindex",
        "revoke",
        "unlisten",
    ];
    ELSEWHERE.contains(&word)
}
