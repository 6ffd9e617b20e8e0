//! Definitions: tables, indexes and types.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    ColumnConstraint, ColumnDef, CreateIndex, CreateTable, DropTable, References,
    ReferentialAction, SqlType, Statement, TableConstraint, TableConstraintKind, Timing,
};
use crate::sql::lexer::TokenKind;

/// The column types, for messages.
const TYPES: &str =
    "int, bigint, smallint, numeric, text, varchar(n), char(n), boolean, date or timestamp";

enum TableElement {
    /// A column, and those of its constraints that have a name, as constraints of the table.
    Column(ColumnDef, Vec<TableConstraint>),
    Constraint(TableConstraint),
}

impl Parser {
    pub(super) fn create(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        if self.at_word("index") || self.at_words(&["unique", "index"]) {
            return self.create_index().map(Statement::CreateIndex);
        }
        for word in ["temp", "temporary", "unlogged"] {
            if self.at_word(word) {
                return Err(self.not_simulated("temporary and unlogged tables", "`TABLE`"));
            }
        }
        if !self.eat_word("table") {
            let elsewhere = [
                "function",
                "view",
                "trigger",
                "type",
                "sequence",
                "or",
                "schema",
                "extension",
                "domain",
                "rule",
                "procedure",
                "role",
                "user",
                "database",
                "materialized",
                "policy",
                "aggregate",
                "operator",
                "publication",
                "statistics",
                "global",
                "local",
            ];
            if let TokenKind::Word(word) = self.kind()
                && elsewhere.contains(&word.as_str())
            {
                let what = format!("CREATE {}", word.to_ascii_uppercase());
                return Err(self.not_simulated(&what, "`TABLE` or `INDEX`"));
            }
            return Err(self.unexpected("`TABLE` or `INDEX`"));
        }
        self.create_table().map(Statement::CreateTable)
    }

    fn create_table(&mut self) -> Result<CreateTable, SyntaxError> {
        let if_not_exists = self.eat_words(&["if", "not", "exists"]);
        let name = self.table_name()?;
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        let mut query = None;
        if self.at_word("partition") || self.at_word("of") {
            return Err(self.not_simulated("partitions", "the columns"));
        }
        if self.eat_word("as") {
            query = Some(Box::new(self.query()?));
        } else if self.eat_words_symbol() {
            // A table without columns.
        } else {
            for element in self.parenthesized(Self::table_element)? {
                match element {
                    TableElement::Column(column, named) => {
                        columns.push(column);
                        constraints.extend(named);
                    }
                    TableElement::Constraint(constraint) => constraints.push(constraint),
                }
            }
        }
        if self.at_word("inherits") || self.at_word("partition") {
            return Err(self.not_simulated("inheritance and partitions", "the end"));
        }
        if self.at_word("with") {
            self.storage_parameters()?;
        }
        Ok(CreateTable {
            name,
            if_not_exists,
            columns,
            constraints,
            query,
        })
    }

    /// `()`
    fn eat_words_symbol(&mut self) -> bool {
        let empty = self.at_symbol("(") && matches!(self.kind_after(1), TokenKind::Symbol(")"));
        if empty {
            self.at += 2;
        }
        empty
    }

    /// `WITH (fillfactor = 100, autovacuum_enabled = off)`: what they say changes nothing that is simulated.
    fn storage_parameters(&mut self) -> Result<(), SyntaxError> {
        self.bump();
        self.parenthesized(|parser| {
            let name = parser.ident("fillfactor or autovacuum_enabled")?;
            if !["fillfactor", "autovacuum_enabled"].contains(&name.name.as_str()) {
                return Err(parser.not_simulated("this storage parameter", "fillfactor"));
            }
            parser.expect_symbol("=")?;
            parser.bump();
            Ok(())
        })?;
        Ok(())
    }

    fn create_index(&mut self) -> Result<CreateIndex, SyntaxError> {
        let unique = self.eat_word("unique");
        self.expect_word("index")?;
        if self.at_word("concurrently") {
            return Err(self.not_simulated("CREATE INDEX CONCURRENTLY", "a name"));
        }
        if self.at_words(&["if", "not", "exists"]) {
            return Err(self.not_simulated("IF NOT EXISTS for indexes", "a name"));
        }
        let name = if self.at_word("on") {
            None
        } else {
            Some(self.ident("a name for the index")?)
        };
        self.expect_word("on")?;
        self.eat_word("only");
        let table = self.table_name()?;
        if self.eat_word("using") && !self.eat_word("btree") {
            return Err(self.not_simulated("indexes other than btree", "`BTREE`"));
        }
        let columns = self.parenthesized(|parser| {
            if parser.at_symbol("(") {
                return Err(parser.not_simulated("indexes of expressions", "a column's name"));
            }
            let name = parser.ident("a column's name")?;
            if parser.at_symbol("(") {
                return Err(parser.not_simulated("indexes of expressions", "a column's name"));
            }
            if parser.at_word("desc") || parser.at_word("nulls") {
                return Err(parser.not_simulated("the order of index columns", "`,` or `)`"));
            }
            parser.eat_word("asc");
            Ok(name)
        })?;
        if self.at_word("include") {
            return Err(self.not_simulated("INCLUDE", "`WHERE` or the end"));
        }
        if self.at_word("with") {
            self.storage_parameters()?;
        }
        let filter = if self.eat_word("where") {
            Some(self.expr()?)
        } else {
            None
        };
        Ok(CreateIndex {
            name,
            unique,
            table,
            columns,
            filter,
        })
    }

    pub(super) fn drop(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        let index = if self.eat_word("table") {
            false
        } else if self.eat_word("index") {
            true
        } else {
            return Err(match self.kind().clone() {
                TokenKind::Word(word) => {
                    let what = format!("DROP {}", word.to_ascii_uppercase());
                    self.not_simulated(&what, "`TABLE` or `INDEX`")
                }
                _ => self.unexpected("`TABLE` or `INDEX`"),
            });
        };
        if self.at_word("concurrently") {
            return Err(self.not_simulated("DROP INDEX CONCURRENTLY", "a name"));
        }
        let if_exists = self.eat_words(&["if", "exists"]);
        let names = self.list(Self::table_name)?;
        let cascade = self.eat_word("cascade");
        if !cascade {
            self.eat_word("restrict");
        }
        let drop = DropTable {
            names,
            if_exists,
            cascade,
        };
        Ok(if index {
            Statement::DropIndex(drop)
        } else {
            Statement::DropTable(drop)
        })
    }

    pub(super) fn truncate(&mut self) -> Result<Statement, SyntaxError> {
        self.bump();
        self.eat_word("table");
        self.eat_word("only");
        let names = self.list(Self::table_name)?;
        if self.at_word("restart") || self.at_word("cascade") {
            return Err(self.not_simulated("this option of TRUNCATE", "the end"));
        }
        if !self.eat_words(&["continue", "identity"]) {
            self.eat_word("restrict");
        }
        Ok(Statement::Truncate(names))
    }

    fn table_element(&mut self) -> Result<TableElement, SyntaxError> {
        let constraint_words = ["constraint", "primary", "unique", "check", "foreign"];
        if constraint_words.iter().any(|word| self.at_word(word)) {
            return self.table_constraint().map(TableElement::Constraint);
        }
        let name = self.ident("a column's name or a constraint")?;
        let serials = [
            ("smallserial", SqlType::SmallInt),
            ("serial", SqlType::Int),
            ("serial4", SqlType::Int),
            ("bigserial", SqlType::BigInt),
            ("serial8", SqlType::BigInt),
        ];
        let mut constraints = Vec::new();
        let serial = serials.iter().find(|(word, _)| self.at_word(word));
        let ty = match serial {
            Some((_, ty)) => {
                self.bump();
                constraints.push(ColumnConstraint::Serial);
                *ty
            }
            None => self.sql_type()?,
        };
        let mut named = Vec::new();
        loop {
            let given = if self.eat_word("constraint") {
                Some(self.ident("the constraint's name")?)
            } else {
                None
            };
            let Some(constraint) = self.column_constraint()? else {
                break;
            };
            let kind = match (given.is_some(), constraint) {
                (true, ColumnConstraint::PrimaryKey) => {
                    TableConstraintKind::PrimaryKey(vec![name.clone()])
                }
                (true, ColumnConstraint::Unique) => TableConstraintKind::Unique(vec![name.clone()]),
                (true, ColumnConstraint::Check(condition)) => TableConstraintKind::Check(condition),
                (true, ColumnConstraint::References(references)) => {
                    TableConstraintKind::ForeignKey(vec![name.clone()], references)
                }
                (_, constraint) => {
                    constraints.push(constraint);
                    continue;
                }
            };
            named.push(TableConstraint { name: given, kind });
        }
        let column = ColumnDef {
            name,
            ty,
            constraints,
        };
        Ok(TableElement::Column(column, named))
    }

    fn column_constraint(&mut self) -> Result<Option<ColumnConstraint>, SyntaxError> {
        Ok(Some(if self.eat_words(&["not", "null"]) {
            ColumnConstraint::NotNull
        } else if self.at_word("references") {
            ColumnConstraint::References(self.references()?)
        } else if self.eat_words(&["generated", "always", "as", "identity"])
            || self.eat_words(&["generated", "by", "default", "as", "identity"])
        {
            ColumnConstraint::Serial
        } else if self.eat_word("null") {
            ColumnConstraint::Null
        } else if self.eat_word("default") {
            ColumnConstraint::Default(self.expr()?)
        } else if self.eat_words(&["primary", "key"]) {
            ColumnConstraint::PrimaryKey
        } else if self.eat_word("unique") {
            ColumnConstraint::Unique
        } else if self.eat_word("check") {
            self.expect_symbol("(")?;
            let condition = self.expr()?;
            self.expect_symbol(")")?;
            ColumnConstraint::Check(condition)
        } else if self.at_symbol(",") || self.at_symbol(")") {
            return Ok(None);
        } else {
            return Err(self.unexpected(
                "NOT NULL, DEFAULT, PRIMARY KEY, UNIQUE, CHECK, REFERENCES, `,` or `)`",
            ));
        }))
    }

    fn table_constraint(&mut self) -> Result<TableConstraint, SyntaxError> {
        let name = if self.eat_word("constraint") {
            Some(self.ident("the constraint's name")?)
        } else {
            None
        };
        let kind = if self.eat_words(&["primary", "key"]) {
            TableConstraintKind::PrimaryKey(
                self.parenthesized(|parser| parser.ident("a column's name"))?,
            )
        } else if self.eat_word("unique") {
            TableConstraintKind::Unique(
                self.parenthesized(|parser| parser.ident("a column's name"))?,
            )
        } else if self.eat_word("check") {
            self.expect_symbol("(")?;
            let condition = self.expr()?;
            self.expect_symbol(")")?;
            TableConstraintKind::Check(condition)
        } else if self.eat_words(&["foreign", "key"]) {
            let columns = self.parenthesized(|parser| parser.ident("a column's name"))?;
            TableConstraintKind::ForeignKey(columns, self.references()?)
        } else {
            return Err(self.unexpected("PRIMARY KEY, UNIQUE, CHECK or FOREIGN KEY"));
        };
        Ok(TableConstraint { name, kind })
    }

    fn references(&mut self) -> Result<References, SyntaxError> {
        self.expect_word("references")?;
        let mut references = References {
            table: self.table_name()?,
            columns: Vec::new(),
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            timing: Timing::NotDeferrable,
        };
        if self.at_symbol("(") {
            references.columns = self.parenthesized(|parser| parser.ident("a column's name"))?;
        }
        loop {
            if self.eat_words(&["on", "delete"]) {
                references.on_delete = self.referential_action()?;
            } else if self.eat_words(&["on", "update"]) {
                references.on_update = self.referential_action()?;
            } else if self.at_words(&["match", "full"]) || self.at_words(&["match", "partial"]) {
                return Err(self.not_simulated("MATCH FULL", "MATCH SIMPLE"));
            } else if self.eat_words(&["match", "simple"])
                || self.eat_words(&["not", "deferrable"])
                || self.eat_words(&["initially", "immediate"])
            {
            } else if self.eat_words(&["initially", "deferred"]) {
                references.timing = Timing::InitiallyDeferred;
            } else if self.eat_word("deferrable") {
                if references.timing == Timing::NotDeferrable {
                    references.timing = Timing::InitiallyImmediate;
                }
            } else {
                return Ok(references);
            }
        }
    }

    fn referential_action(&mut self) -> Result<ReferentialAction, SyntaxError> {
        let actions = [
            (&["no", "action"][..], ReferentialAction::NoAction),
            (&["restrict"][..], ReferentialAction::Restrict),
            (&["cascade"][..], ReferentialAction::Cascade),
            (&["set", "null"][..], ReferentialAction::SetNull),
            (&["set", "default"][..], ReferentialAction::SetDefault),
        ];
        for (words, action) in actions {
            if self.eat_words(words) {
                return Ok(action);
            }
        }
        Err(self.unexpected("NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT"))
    }

    pub(super) fn sql_type(&mut self) -> Result<SqlType, SyntaxError> {
        let TokenKind::Word(word) = self.kind().clone() else {
            return Err(self.unexpected(TYPES));
        };
        let ty = match word.as_str() {
            "int" | "integer" | "int4" => SqlType::Int,
            "bigint" | "int8" => SqlType::BigInt,
            "smallint" | "int2" => SqlType::SmallInt,
            "date" => SqlType::Date,
            "timestamptz" => SqlType::TimestampTz,
            "text" => SqlType::Text,
            "boolean" | "bool" => SqlType::Boolean,
            "numeric" | "decimal" | "dec" => {
                self.bump();
                return self.precision().map(SqlType::Numeric);
            }
            "varchar" => {
                self.bump();
                return self.length();
            }
            "character" if self.at_words(&["character", "varying"]) => {
                self.at += 2;
                return self.length();
            }
            "char" | "character" | "bpchar" => {
                self.bump();
                if !self.eat_symbol("(") {
                    return Ok(SqlType::Char(1));
                }
                let length = self.count(1, 10_485_760, "the number of characters")?;
                self.expect_symbol(")")?;
                return Ok(SqlType::Char(length));
            }
            "timestamp" => {
                self.bump();
                if self.eat_words(&["with", "time", "zone"]) {
                    return Ok(SqlType::TimestampTz);
                }
                self.eat_words(&["without", "time", "zone"]);
                return Ok(SqlType::Timestamp);
            }
            _ => {
                let message = format!("Rowlock does not simulate the type {}", self.found());
                return Err(self.error(message, TYPES));
            }
        };
        self.bump();
        Ok(ty)
    }

    fn precision(&mut self) -> Result<Option<(u16, u16)>, SyntaxError> {
        if !self.eat_symbol("(") {
            return Ok(None);
        }
        let precision = self.count(1, 1000, "the number of digits, 1 to 1000")?;
        let scale = if self.eat_symbol(",") {
            self.count(
                0,
                precision,
                "the number of digits behind the point, at most that of all",
            )?
        } else {
            0
        };
        self.expect_symbol(")")?;
        Ok(Some((precision as u16, scale as u16)))
    }

    fn length(&mut self) -> Result<SqlType, SyntaxError> {
        if !self.eat_symbol("(") {
            return Ok(SqlType::Text);
        }
        let length = self.count(1, 10_485_760, "the number of characters, 1 to 10485760")?;
        self.expect_symbol(")")?;
        Ok(SqlType::Varchar(length))
    }

    fn count(&mut self, least: u32, most: u32, what: &str) -> Result<u32, SyntaxError> {
        let number = match self.kind() {
            TokenKind::Number(number) => number
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number)),
            _ => None,
        };
        let number = number.ok_or_else(|| self.unexpected(what))?;
        self.bump();
        Ok(number)
    }
}
