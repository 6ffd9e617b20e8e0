//! Statements.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    AccessMode, Assignment, Delete, Direction, Expr, Ident, Insert, IsolationLevel, Locking, Nulls,
    OrderBy, RowLock, Select, SelectItem, Statement, TableRef, TransactionModes, Update,
    WaitPolicy,
};
use crate::sql::lexer::TokenKind;

/// What Rowlock understands, for messages.
const STATEMENTS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, BEGIN, COMMIT or ROLLBACK";

impl Parser {
    pub(super) fn statement(&mut self) -> Result<Statement, SyntaxError> {
        let TokenKind::Word(word) = self.kind().clone() else {
            let message = format!("{} begins no statement", self.found());
            return Err(self.error(message, STATEMENTS));
        };
        match word.as_str() {
            "select" => self.select().map(Statement::Select),
            "insert" => self.insert().map(Statement::Insert),
            "update" => self.update().map(Statement::Update),
            "delete" => self.delete().map(Statement::Delete),
            "create" => self.create_table().map(Statement::CreateTable),
            "begin" => self.begin(),
            "start" => {
                self.bump();
                if !self.at_word("transaction") {
                    return Err(self.unexpected("`TRANSACTION`"));
                }
                self.at -= 1;
                self.begin()
            }
            "commit" | "end" => self.ending(Statement::Commit),
            "rollback" | "abort" => self.ending(Statement::Rollback),
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

    fn begin(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        if !self.eat_word("work") {
            self.eat_word("transaction");
        }
        let mut modes = TransactionModes::default();
        loop {
            if self.eat_words(&["isolation", "level"]) {
                modes.isolation = Some(self.isolation_level()?);
            } else if self.eat_words(&["read", "only"]) {
                modes.access = Some(AccessMode::ReadOnly);
            } else if self.eat_words(&["read", "write"]) {
                modes.access = Some(AccessMode::ReadWrite);
            } else if self.at_end() || self.at_symbol(";") {
                return Ok(Statement::Begin(modes));
            } else {
                return Err(self.unexpected("ISOLATION LEVEL, READ ONLY, READ WRITE or the end"));
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

    fn ending(&mut self, statement: Statement) -> Result<Statement, SyntaxError> {
        self.bump();
        if !self.eat_word("work") {
            self.eat_word("transaction");
        }
        if self.at_word("to") {
            return Err(self.error(
                "Rowlock does not simulate savepoints yet".to_owned(),
                "the end of the statement",
            ));
        }
        Ok(statement)
    }

    fn select(&mut self) -> Result<Select, SyntaxError> {
        self.bump();
        if self.at_word("distinct") {
            return Err(self.error(
                "Rowlock does not simulate SELECT DISTINCT".to_owned(),
                "a select list",
            ));
        }
        self.eat_word("all");
        let items = self.list(Self::select_item)?;
        let from = if self.eat_word("from") {
            Some(self.table_ref()?)
        } else {
            None
        };
        if self.at_symbol(",") {
            return Err(self.error("Rowlock does not simulate joins".to_owned(), "one table"));
        }
        let filter = self.filter()?;
        let order_by = if self.eat_words(&["order", "by"]) {
            self.list(Self::order_by)?
        } else {
            Vec::new()
        };
        let (mut limit, mut offset) = (None, None);
        loop {
            if limit.is_none() && self.eat_word("limit") {
                limit = if self.eat_word("all") {
                    None
                } else {
                    Some(self.expr()?)
                };
            } else if offset.is_none() && self.eat_word("offset") {
                offset = Some(self.expr()?);
                if !self.eat_word("rows") {
                    self.eat_word("row");
                }
            } else {
                break;
            }
        }
        let locking = self.locking()?;
        Ok(Select {
            items,
            from,
            filter,
            order_by,
            limit,
            offset,
            locking,
        })
    }

    fn select_item(&mut self) -> Result<SelectItem, SyntaxError> {
        let span = self.span();
        if self.eat_symbol("*") {
            return Ok(SelectItem::Star(span));
        }
        let expr = self.expr()?;
        let alias = if self.eat_word("as") {
            // After AS any word can be a name.
            match self.kind().clone() {
                TokenKind::Word(name) => {
                    let span = self.span();
                    self.bump();
                    Some(Ident { name, span })
                }
                _ => Some(self.ident("a name for the column")?),
            }
        } else {
            self.bare_alias()?
        };
        Ok(SelectItem::Expr { expr, alias })
    }

    /// A name without AS.
    fn bare_alias(&mut self) -> Result<Option<Ident>, SyntaxError> {
        let is_name = match self.kind() {
            TokenKind::Quoted(_) => true,
            TokenKind::Word(word) => !super::is_reserved(word) && !CLAUSES.contains(&word.as_str()),
            _ => false,
        };
        if is_name {
            self.ident("a name").map(Some)
        } else {
            Ok(None)
        }
    }

    fn table_ref(&mut self) -> Result<TableRef, SyntaxError> {
        self.eat_word("only");
        if self.at_symbol("(") {
            return Err(self.error(
                "Rowlock does not simulate subqueries".to_owned(),
                "a table's name",
            ));
        }
        let name = self.ident("a table's name")?;
        let alias = if self.eat_word("as") {
            Some(self.ident("another name for the table")?)
        } else {
            self.bare_alias()?
        };
        Ok(TableRef { name, alias })
    }

    fn filter(&mut self) -> Result<Option<Expr>, SyntaxError> {
        if self.eat_word("where") {
            self.expr().map(Some)
        } else {
            Ok(None)
        }
    }

    fn order_by(&mut self) -> Result<OrderBy, SyntaxError> {
        let expr = self.expr()?;
        let direction = if self.eat_word("desc") {
            Direction::Desc
        } else {
            self.eat_word("asc");
            Direction::Asc
        };
        let nulls = if self.eat_words(&["nulls", "first"]) {
            Some(Nulls::First)
        } else if self.eat_words(&["nulls", "last"]) {
            Some(Nulls::Last)
        } else {
            None
        };
        Ok(OrderBy {
            expr,
            direction,
            nulls,
        })
    }

    fn locking(&mut self) -> Result<Option<Locking>, SyntaxError> {
        if !self.eat_word("for") {
            return Ok(None);
        }
        let strengths = [
            (&["update"][..], RowLock::Update),
            (&["no", "key", "update"][..], RowLock::NoKeyUpdate),
            (&["share"][..], RowLock::Share),
            (&["key", "share"][..], RowLock::KeyShare),
        ];
        let Some((_, strength)) = strengths
            .into_iter()
            .find(|(words, _)| self.eat_words(words))
        else {
            return Err(self.unexpected("UPDATE, NO KEY UPDATE, SHARE or KEY SHARE"));
        };
        if self.at_word("of") {
            return Err(self.error(
                "Rowlock does not simulate OF in a locking clause".to_owned(),
                "NOWAIT, SKIP LOCKED or the end",
            ));
        }
        let wait = if self.eat_word("nowait") {
            WaitPolicy::NoWait
        } else if self.eat_words(&["skip", "locked"]) {
            WaitPolicy::SkipLocked
        } else {
            WaitPolicy::Block
        };
        Ok(Some(Locking { strength, wait }))
    }

    fn returning(&mut self) -> Result<Vec<SelectItem>, SyntaxError> {
        if self.eat_word("returning") {
            self.list(Self::select_item)
        } else {
            Ok(Vec::new())
        }
    }

    fn insert(&mut self) -> Result<Insert, SyntaxError> {
        self.bump();
        self.expect_word("into")?;
        let table = self.ident("a table's name")?;
        let columns = if self.at_symbol("(") {
            self.parenthesized(|parser| parser.ident("a column's name"))?
        } else {
            Vec::new()
        };
        let rows = if self.eat_words(&["default", "values"]) {
            vec![Vec::new()]
        } else {
            self.expect_word("values")?;
            self.list(|parser| parser.parenthesized(Self::value_or_default))?
        };
        let returning = self.returning()?;
        Ok(Insert {
            table,
            columns,
            rows,
            returning,
        })
    }

    /// A value, or `None` for `DEFAULT`.
    fn value_or_default(&mut self) -> Result<Option<Expr>, SyntaxError> {
        if self.eat_word("default") {
            Ok(None)
        } else {
            self.expr().map(Some)
        }
    }

    fn update(&mut self) -> Result<Update, SyntaxError> {
        self.bump();
        let table = self.table_ref()?;
        self.expect_word("set")?;
        let assignments = self.list(|parser| {
            let column = parser.ident("a column's name")?;
            parser.expect_symbol("=")?;
            Ok(Assignment {
                column,
                value: parser.value_or_default()?,
            })
        })?;
        if self.at_word("from") {
            return Err(self.error(
                "Rowlock does not simulate UPDATE ... FROM".to_owned(),
                "WHERE, RETURNING or the end",
            ));
        }
        let filter = self.filter()?;
        let returning = self.returning()?;
        Ok(Update {
            table,
            assignments,
            filter,
            returning,
        })
    }

    fn delete(&mut self) -> Result<Delete, SyntaxError> {
        self.bump();
        self.expect_word("from")?;
        let table = self.table_ref()?;
        let filter = self.filter()?;
        let returning = self.returning()?;
        Ok(Delete {
            table,
            filter,
            returning,
        })
    }
}

/// Words that follow a table or an expression as clauses although they are not reserved.
const CLAUSES: [&str; 4] = ["set", "values", "over", "filter"];

/// Statements of PostgreSQL that Rowlock does not have.
fn is_known_elsewhere(word: &str) -> bool {
    const ELSEWHERE: [&str; 30] = [
        "alter",
        "analyze",
        "call",
        "checkpoint",
        "close",
        "cluster",
        "comment",
        "copy",
        "deallocate",
        "declare",
        "discard",
        "do",
        "drop",
        "execute",
        "explain",
        "fetch",
        "grant",
        "listen",
        "lock",
        "merge",
        "notify",
        "prepare",
        "release",
        "reset",
        "savepoint",
        "set",
        "show",
        "truncate",
        "values",
        "with",
    ];
    ELSEWHERE.contains(&word)
}
