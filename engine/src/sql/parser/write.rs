//! `INSERT`, `UPDATE`, `DELETE`.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    Assignment, CommonTable, ConflictAction, ConflictTarget, Delete, Expr, FromItem, Ident, Insert,
    InsertSource, OnConflict, SelectItem, TableRef, Update,
};
use crate::sql::lexer::TokenKind;

impl Parser {
    fn returning(&mut self) -> Result<Vec<SelectItem>, SyntaxError> {
        if self.eat_word("returning") {
            self.list(Self::select_item)
        } else {
            Ok(Vec::new())
        }
    }

    pub(super) fn insert(&mut self, with: Vec<CommonTable>) -> Result<Insert, SyntaxError> {
        self.bump();
        self.expect_word("into")?;
        let name = self.table_name()?;
        let alias = if self.eat_word("as") {
            Some(self.ident("another name for the table")?)
        } else {
            None
        };
        let is_query = matches!(self.kind_after(1), TokenKind::Word(word)
            if ["select", "values", "with", "table"].contains(&word.as_str()));
        let columns = if self.at_symbol("(") && !is_query {
            self.parenthesized(|parser| parser.ident("a column's name"))?
        } else {
            Vec::new()
        };
        if self.at_word("overriding") {
            return Err(self.not_simulated("OVERRIDING", "VALUES or a query"));
        }
        let source = if self.eat_words(&["default", "values"]) {
            InsertSource::Values(vec![Vec::new()])
        } else if self.eat_word("values") {
            let rows = self.list(|parser| parser.parenthesized(Self::value_or_default))?;
            InsertSource::Values(rows)
        } else if self.at_query() || self.at_symbol("(") {
            InsertSource::Query(Box::new(self.query()?))
        } else {
            return Err(self.unexpected("`VALUES` or a query"));
        };
        let on_conflict = if self.eat_words(&["on", "conflict"]) {
            Some(self.on_conflict()?)
        } else {
            None
        };
        Ok(Insert {
            with,
            table: TableRef { name, alias },
            columns,
            source,
            on_conflict,
            returning: self.returning()?,
        })
    }

    fn on_conflict(&mut self) -> Result<OnConflict, SyntaxError> {
        let target = if self.eat_words(&["on", "constraint"]) {
            let name = self.ident("the constraint's name")?;
            Some(ConflictTarget::Constraint(name))
        } else if self.at_symbol("(") {
            let names = self.parenthesized(|parser| {
                let name = parser.ident("a column's name")?;
                if parser.at_symbol("(") {
                    return Err(parser.not_simulated("expressions in ON CONFLICT", "a column"));
                }
                Ok(name)
            })?;
            Some(ConflictTarget::Columns(names, self.filter()?))
        } else {
            None
        };
        self.expect_word("do")?;
        if self.eat_word("nothing") {
            let action = ConflictAction::Nothing;
            return Ok(OnConflict { target, action });
        }
        if !self.eat_word("update") {
            return Err(self.unexpected("NOTHING or UPDATE"));
        }
        self.expect_word("set")?;
        let assignments = self.assignments()?;
        let filter = self.filter()?;
        Ok(OnConflict {
            target,
            action: ConflictAction::Update {
                assignments,
                filter,
            },
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

    fn assignments(&mut self) -> Result<Vec<Assignment>, SyntaxError> {
        let lists = self.list(|parser| {
            if !parser.at_symbol("(") {
                let column = parser.target()?;
                parser.expect_symbol("=")?;
                let value = parser.value_or_default()?;
                return Ok(vec![Assignment { column, value }]);
            }
            // (a, b) = (1, 2), one by one.
            let columns = parser.parenthesized(Self::target)?;
            parser.expect_symbol("=")?;
            parser.eat_word("row");
            if parser.at_query_within() {
                return Err(parser.not_simulated(
                    "a subquery that gives several columns their values",
                    "a value for each",
                ));
            }
            let values = parser.parenthesized(Self::value_or_default)?;
            if values.len() != columns.len() {
                return Err(parser.unexpected("as many values as columns"));
            }
            let pairs = columns.into_iter().zip(values);
            Ok(pairs
                .map(|(column, value)| Assignment { column, value })
                .collect())
        })?;
        Ok(lists.into_iter().flatten().collect())
    }

    fn target(&mut self) -> Result<Ident, SyntaxError> {
        self.ident("a column's name")
    }

    pub(super) fn update(&mut self, with: Vec<CommonTable>) -> Result<Update, SyntaxError> {
        self.bump();
        let table = self.table_ref()?;
        self.expect_word("set")?;
        let assignments = self.assignments()?;
        let from: Vec<FromItem> = if self.eat_word("from") {
            self.list(Self::joined_tables)?
        } else {
            Vec::new()
        };
        Ok(Update {
            with,
            table,
            assignments,
            from,
            filter: self.filter()?,
            returning: self.returning()?,
        })
    }

    pub(super) fn delete(&mut self, with: Vec<CommonTable>) -> Result<Delete, SyntaxError> {
        self.bump();
        self.expect_word("from")?;
        let table = self.table_ref()?;
        let using = if self.eat_word("using") {
            self.list(Self::joined_tables)?
        } else {
            Vec::new()
        };
        Ok(Delete {
            with,
            table,
            using,
            filter: self.filter()?,
            returning: self.returning()?,
        })
    }
}
