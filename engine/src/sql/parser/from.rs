//! `FROM`: tables, subqueries, functions, joins.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{Call, FromItem, Ident, Join, JoinCondition, JoinKind, TableAlias, TableRef};
use crate::sql::lexer::TokenKind;

/// Words that follow a table or an expression as clauses although they are not reserved.
const CLAUSES: [&str; 4] = ["set", "values", "over", "filter"];

impl Parser {
    /// A name without AS.
    pub(super) fn bare_alias(&mut self) -> Result<Option<Ident>, SyntaxError> {
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

    /// The table of an `INSERT`, `UPDATE` or `DELETE`.
    pub(super) fn table_ref(&mut self) -> Result<TableRef, SyntaxError> {
        self.eat_word("only");
        let name = self.table_name()?;
        self.eat_symbol("*");
        let alias = if self.eat_word("as") {
            Some(self.ident("another name for the table")?)
        } else {
            self.bare_alias()?
        };
        Ok(TableRef { name, alias })
    }

    /// One item between commas, with its joins.
    pub(super) fn joined_tables(&mut self) -> Result<FromItem, SyntaxError> {
        self.deeper(Self::joins)
    }

    fn joins(&mut self) -> Result<FromItem, SyntaxError> {
        let mut left = self.one_table()?;
        let mut length = 0;
        loop {
            length += 1;
            if length > super::MOST_DEPTH {
                let message = format!("more than {} tables are joined", super::MOST_DEPTH);
                return Err(self.error(message, "fewer joins"));
            }
            let natural = self.eat_word("natural");
            let cross = !natural && self.eat_words(&["cross", "join"]);
            let kind = if cross || self.eat_words(&["inner", "join"]) || self.eat_word("join") {
                JoinKind::Inner
            } else if let Some(kind) = self.outer_join()? {
                kind
            } else if natural {
                return Err(self.unexpected("`JOIN`"));
            } else {
                return Ok(left);
            };
            let right = self.one_table()?;
            let on = if cross {
                JoinCondition::Cross
            } else if natural {
                JoinCondition::Natural
            } else if self.eat_word("on") {
                JoinCondition::On(self.expr()?)
            } else if self.eat_word("using") {
                let names = self.parenthesized(|parser| parser.ident("a column's name"))?;
                JoinCondition::Using(names)
            } else {
                return Err(self.unexpected("`ON` or `USING`"));
            };
            left = FromItem::Join(Box::new(Join {
                left,
                kind,
                right,
                on,
            }));
        }
    }

    fn outer_join(&mut self) -> Result<Option<JoinKind>, SyntaxError> {
        let kinds = [
            ("left", JoinKind::Left),
            ("right", JoinKind::Right),
            ("full", JoinKind::Full),
        ];
        for (word, kind) in kinds {
            if self.eat_word(word) {
                self.eat_word("outer");
                self.expect_word("join")?;
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }

    fn one_table(&mut self) -> Result<FromItem, SyntaxError> {
        if self.at_word("lateral") {
            return Err(self.not_simulated("LATERAL", "a table's name"));
        }
        if self.at_symbol("(") {
            self.bump();
            if !self.at_query_within() {
                let item = self.joined_tables()?;
                self.expect_symbol(")")?;
                return Ok(item);
            }
            let query = self.query()?;
            self.expect_symbol(")")?;
            let Some(alias) = self.table_alias()? else {
                return Err(self.unexpected("a name for the subquery"));
            };
            return Ok(match &query.from[..] {
                [FromItem::Values(rows, inner)]
                    if query.items.is_empty()
                        && inner.name.name.is_empty()
                        && query.is_bare_values() =>
                {
                    FromItem::Values(rows.clone(), alias)
                }
                _ => FromItem::Query(Box::new(query), alias),
            });
        }
        let only = self.eat_word("only");
        let name = self.table_name()?;
        if !only && self.eat_symbol("(") {
            let args = self.call_args()?;
            let alias = self.table_alias()?;
            return Ok(FromItem::Function(Call { name, args }, alias));
        }
        let alias = if self.eat_word("as") {
            Some(self.ident("another name for the table")?)
        } else {
            self.bare_alias()?
        };
        if self.at_word("tablesample") {
            return Err(self.not_simulated("TABLESAMPLE", "WHERE"));
        }
        if alias.is_some() && self.at_symbol("(") {
            return Err(self.not_simulated("other names for a table's columns", "WHERE"));
        }
        Ok(FromItem::Table(TableRef { name, alias }))
    }

    /// `[AS] name [(columns)]`
    fn table_alias(&mut self) -> Result<Option<TableAlias>, SyntaxError> {
        let name = if self.eat_word("as") {
            Some(self.ident("a name")?)
        } else {
            self.bare_alias()?
        };
        let Some(name) = name else { return Ok(None) };
        let columns = if self.at_symbol("(") {
            self.parenthesized(|parser| parser.ident("a column's name"))?
        } else {
            Vec::new()
        };
        Ok(Some(TableAlias { name, columns }))
    }
}
