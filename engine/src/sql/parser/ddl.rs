//! Definitions: tables and types.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    ColumnConstraint, ColumnDef, CreateTable, SqlType, TableConstraint, TableConstraintKind,
};
use crate::sql::lexer::TokenKind;

/// The column types, for messages.
const TYPES: &str = "int, bigint, numeric, text, varchar(n), boolean or timestamp";

enum TableElement {
    Column(ColumnDef),
    Constraint(TableConstraint),
}

impl Parser {
    pub(super) fn create_table(&mut self) -> Result<CreateTable, SyntaxError> {
        self.bump();
        if !self.eat_word("table") {
            return Err(self.unexpected("`TABLE`"));
        }
        if self.at_words(&["if", "not", "exists"]) {
            return Err(self.error(
                "Rowlock does not simulate IF NOT EXISTS".to_owned(),
                "a table's name",
            ));
        }
        let name = self.ident("a table's name")?;
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        for element in self.parenthesized(Self::table_element)? {
            match element {
                TableElement::Column(column) => columns.push(column),
                TableElement::Constraint(constraint) => constraints.push(constraint),
            }
        }
        Ok(CreateTable {
            name,
            columns,
            constraints,
        })
    }

    fn table_element(&mut self) -> Result<TableElement, SyntaxError> {
        let constraint_words = ["constraint", "primary", "unique", "check", "foreign"];
        if constraint_words.iter().any(|word| self.at_word(word)) {
            return self.table_constraint().map(TableElement::Constraint);
        }
        let name = self.ident("a column's name or a constraint")?;
        let ty = self.sql_type()?;
        let mut constraints = Vec::new();
        while let Some(constraint) = self.column_constraint()? {
            constraints.push(constraint);
        }
        Ok(TableElement::Column(ColumnDef {
            name,
            ty,
            constraints,
        }))
    }

    fn column_constraint(&mut self) -> Result<Option<ColumnConstraint>, SyntaxError> {
        Ok(Some(if self.eat_words(&["not", "null"]) {
            ColumnConstraint::NotNull
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
            return Err(
                self.unexpected("NOT NULL, DEFAULT, PRIMARY KEY, UNIQUE, CHECK, `,` or `)`")
            );
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
        } else {
            return Err(self.unexpected("PRIMARY KEY, UNIQUE or CHECK"));
        };
        Ok(TableConstraint { name, kind })
    }

    pub(super) fn sql_type(&mut self) -> Result<SqlType, SyntaxError> {
        let TokenKind::Word(word) = self.kind().clone() else {
            return Err(self.unexpected(TYPES));
        };
        let ty = match word.as_str() {
            "int" | "integer" | "int4" => SqlType::Int,
            "bigint" | "int8" => SqlType::BigInt,
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
            "timestamp" => {
                self.bump();
                if self.at_words(&["with", "time", "zone"]) {
                    return Err(self.error(
                        "Rowlock does not simulate time zones".to_owned(),
                        "timestamp",
                    ));
                }
                self.eat_words(&["without", "time", "zone"]);
                return Ok(SqlType::Timestamp);
            }
            _ => {
                let message = format!("{} is not a type that Rowlock simulates", self.found());
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
