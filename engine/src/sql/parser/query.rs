//! `SELECT`, `VALUES`, `WITH`, `UNION`.

use super::Parser;
use crate::sql::SyntaxError;
use crate::sql::ast::{
    CommonTable, Direction, Distinct, Expr, FromItem, Ident, Locking, Nulls, OrderBy, RowLock,
    Select, SelectItem, SetOperator, TableAlias, TableRef, WaitPolicy,
};
use crate::sql::lexer::TokenKind;

impl Parser {
    /// Whether a query begins here.
    pub(super) fn at_query(&self) -> bool {
        ["select", "values", "with", "table"]
            .iter()
            .any(|word| self.at_word(word))
    }

    /// Whether a query begins here, perhaps in parentheses.
    pub(super) fn at_query_within(&self) -> bool {
        let mut ahead = 0;
        while matches!(self.kind_after(ahead), TokenKind::Symbol("(")) {
            ahead += 1;
        }
        matches!(self.kind_after(ahead), TokenKind::Word(word)
            if ["select", "values", "with", "table"].contains(&word.as_str()))
    }

    /// A whole query: `WITH`, set operations, order, limits, locks.
    pub(super) fn query(&mut self) -> Result<Select, SyntaxError> {
        self.deeper(Self::query_here)
    }

    fn query_here(&mut self) -> Result<Select, SyntaxError> {
        let with = if self.at_word("with") {
            self.with()?
        } else {
            Vec::new()
        };
        let mut select = self.set_operations()?;
        if !with.is_empty() {
            select.with.splice(0..0, with);
        }
        self.query_end(&mut select)?;
        Ok(select)
    }

    pub(super) fn with(&mut self) -> Result<Vec<CommonTable>, SyntaxError> {
        self.bump();
        if self.at_word("recursive") {
            return Err(self.not_simulated("WITH RECURSIVE", "a name"));
        }
        self.list(|parser| {
            let name = parser.ident("a name for the query")?;
            let columns = if parser.at_symbol("(") {
                parser.parenthesized(|parser| parser.ident("a column's name"))?
            } else {
                Vec::new()
            };
            parser.expect_word("as")?;
            if !parser.eat_word("materialized") {
                parser.eat_words(&["not", "materialized"]);
            }
            parser.expect_symbol("(")?;
            let statement = parser.deeper(Self::statement)?;
            parser.expect_symbol(")")?;
            Ok(CommonTable {
                name,
                columns,
                statement: Box::new(statement),
            })
        })
    }

    /// `UNION` and `EXCEPT` from left to right; `INTERSECT` binds more tightly.
    fn set_operations(&mut self) -> Result<Select, SyntaxError> {
        let mut left = self.intersections()?;
        loop {
            let operator = if self.eat_word("union") {
                if self.eat_word("all") {
                    SetOperator::UnionAll
                } else {
                    self.eat_word("distinct");
                    SetOperator::Union
                }
            } else if self.eat_word("except") {
                self.refuse_all("EXCEPT ALL")?;
                SetOperator::Except
            } else {
                return Ok(left);
            };
            let right = self.intersections()?;
            left = combined(left, operator, right);
        }
    }

    fn intersections(&mut self) -> Result<Select, SyntaxError> {
        let mut left = self.simple_query()?;
        while self.eat_word("intersect") {
            self.refuse_all("INTERSECT ALL")?;
            let right = self.simple_query()?;
            left = combined(left, SetOperator::Intersect, right);
        }
        Ok(left)
    }

    fn refuse_all(&mut self, what: &str) -> Result<(), SyntaxError> {
        if self.at_word("all") {
            return Err(self.not_simulated(what, "a query"));
        }
        self.eat_word("distinct");
        Ok(())
    }

    fn simple_query(&mut self) -> Result<Select, SyntaxError> {
        if self.at_symbol("(") {
            self.bump();
            let select = self.query()?;
            self.expect_symbol(")")?;
            return Ok(select);
        }
        if self.eat_word("values") {
            let rows = self.list(|parser| parser.parenthesized(Self::expr))?;
            let alias = TableAlias {
                name: Ident::new(""),
                columns: Vec::new(),
            };
            return Ok(Select {
                from: vec![FromItem::Values(rows, alias)],
                ..empty()
            });
        }
        if self.at_word("table") {
            let span = self.span();
            self.bump();
            let name = self.table_name()?;
            return Ok(Select {
                items: vec![SelectItem::Star(span)],
                from: vec![FromItem::Table(TableRef { name, alias: None })],
                ..empty()
            });
        }
        self.expect_word("select")?;
        self.select_body()
    }

    fn select_body(&mut self) -> Result<Select, SyntaxError> {
        let distinct = if self.eat_word("distinct") {
            if self.at_word("on") {
                return Err(self.not_simulated("DISTINCT ON", "a select list"));
            }
            Distinct::Rows
        } else {
            self.eat_word("all");
            Distinct::No
        };
        let no_items = self.at_word("from") || self.at_symbol(")") || self.at_end();
        if no_items {
            return Err(self.unexpected("a select list"));
        }
        let items = self.list(Self::select_item)?;
        if self.at_word("into") {
            return Err(self.not_simulated("SELECT INTO", "FROM"));
        }
        let from = if self.eat_word("from") {
            self.list(Self::joined_tables)?
        } else {
            Vec::new()
        };
        let filter = self.filter()?;
        let group_by = if self.eat_words(&["group", "by"]) {
            self.list(Self::expr)?
        } else {
            Vec::new()
        };
        let having = if self.eat_word("having") {
            Some(self.expr()?)
        } else {
            None
        };
        Ok(Select {
            distinct,
            items,
            from,
            filter,
            group_by,
            having,
            ..empty()
        })
    }

    /// `ORDER BY`, limits and locks, which belong to the whole.
    fn query_end(&mut self, select: &mut Select) -> Result<(), SyntaxError> {
        if self.eat_words(&["order", "by"]) {
            select.order_by = self.list(Self::order_by)?;
        }
        loop {
            if select.limit.is_none() && self.eat_word("limit") {
                if !self.eat_word("all") {
                    select.limit = Some(self.expr()?);
                }
            } else if select.limit.is_none() && self.eat_word("fetch") {
                select.limit = Some(self.fetch_first()?);
            } else if select.offset.is_none() && self.eat_word("offset") {
                select.offset = Some(self.expr()?);
                self.rows_word();
            } else if self.at_word("for") {
                let locking = self.locking()?;
                select.locking.push(locking);
            } else {
                return Ok(());
            }
        }
    }

    fn rows_word(&mut self) {
        if !self.eat_word("rows") {
            self.eat_word("row");
        }
    }

    /// `FETCH FIRST n ROWS ONLY`
    fn fetch_first(&mut self) -> Result<Expr, SyntaxError> {
        if !self.eat_word("first") {
            self.expect_word("next")?;
        }
        let one = Expr::Literal(
            crate::sql::ast::Literal::Number("1".to_owned()),
            self.span(),
        );
        let count = if self.at_word("row") || self.at_word("rows") {
            one
        } else {
            self.unary()?
        };
        self.rows_word();
        if self.at_word("with") {
            return Err(self.not_simulated("WITH TIES", "ONLY"));
        }
        self.expect_word("only")?;
        Ok(count)
    }

    pub(super) fn select_item(&mut self) -> Result<SelectItem, SyntaxError> {
        let span = self.span();
        if self.eat_symbol("*") {
            return Ok(SelectItem::Star(span));
        }
        let star = matches!(self.kind_after(1), TokenKind::Symbol("."))
            && matches!(self.kind_after(2), TokenKind::Symbol("*"));
        if star {
            let table = self.ident("a table's name")?;
            self.at += 2;
            return Ok(SelectItem::TableStar(table));
        }
        let expr = self.expr()?;
        let alias = if self.eat_word("as") {
            // After AS any word can be a name.
            match self.kind().clone() {
                TokenKind::Word(name) | TokenKind::Quoted(name) => {
                    let span = self.span();
                    self.bump();
                    Some(Ident { name, span })
                }
                _ => return Err(self.unexpected("a name")),
            }
        } else {
            self.bare_alias()?
        };
        Ok(SelectItem::Expr { expr, alias })
    }

    pub(super) fn filter(&mut self) -> Result<Option<Expr>, SyntaxError> {
        if !self.eat_word("where") {
            return Ok(None);
        }
        if self.at_words(&["current", "of"]) {
            return Err(self.not_simulated("cursors", "a condition"));
        }
        self.expr().map(Some)
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

    fn locking(&mut self) -> Result<Locking, SyntaxError> {
        self.bump();
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
        let of = if self.eat_word("of") {
            self.list(|parser| parser.ident("a table's name"))?
        } else {
            Vec::new()
        };
        let wait = if self.eat_word("nowait") {
            WaitPolicy::NoWait
        } else if self.eat_words(&["skip", "locked"]) {
            WaitPolicy::SkipLocked
        } else {
            WaitPolicy::Block
        };
        Ok(Locking { strength, of, wait })
    }
}

/// A query of nothing.
fn empty() -> Select {
    Select {
        with: Vec::new(),
        distinct: Distinct::No,
        items: Vec::new(),
        from: Vec::new(),
        filter: None,
        group_by: Vec::new(),
        having: None,
        compound: Vec::new(),
        order_by: Vec::new(),
        limit: None,
        offset: None,
        locking: Vec::new(),
    }
}

/// Two queries joined by a set operator. One that has an order or limits of its own stands as a whole.
fn combined(left: Select, operator: SetOperator, right: Select) -> Select {
    let plain = left.order_by.is_empty()
        && left.limit.is_none()
        && left.offset.is_none()
        && left.locking.is_empty()
        && left.with.is_empty();
    let same_level = left.compound.iter().all(|(other, _)| {
        (*other == SetOperator::Intersect) == (operator == SetOperator::Intersect)
    });
    let mut whole = if plain && same_level {
        left
    } else {
        // (query) UNION ...: as a subquery in FROM, which has the same rows.
        let alias = TableAlias {
            name: Ident::new("query"),
            columns: Vec::new(),
        };
        Select {
            items: vec![SelectItem::Star(crate::sql::Span::default())],
            from: vec![FromItem::Query(Box::new(left), alias)],
            ..empty()
        }
    };
    whole.compound.push((operator, right));
    whole
}
