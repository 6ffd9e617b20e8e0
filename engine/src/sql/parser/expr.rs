//! Expressions, with the precedence of the manual's section 4.1.6.

use super::{MOST_CHAINED, MOST_DEPTH, Parser};
use crate::sql::SyntaxError;
use crate::sql::ast::{BinaryOp, Call, CallArgs, Expr, Ident, Literal, Quantifier, UnaryOp};
use crate::sql::lexer::TokenKind;

/// How tightly operators bind, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Is,
    Comparison,
    Membership,
    Other,
    Additive,
    Multiplicative,
}

impl Level {
    const UP: [Self; 9] = [
        Self::Or,
        Self::And,
        Self::Not,
        Self::Is,
        Self::Comparison,
        Self::Membership,
        Self::Other,
        Self::Additive,
        Self::Multiplicative,
    ];

    fn tighter(self) -> Option<Self> {
        Self::UP.get(self as usize + 1).copied()
    }
}

impl Parser {
    pub(super) fn expr(&mut self) -> Result<Expr, SyntaxError> {
        self.deeper(|parser| parser.level(Level::Or))
    }

    /// Guards the stack against nesting without end.
    pub(super) fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth >= MOST_DEPTH {
            let message = format!("expressions nest deeper than {MOST_DEPTH} levels");
            return Err(self.error(message, "a flatter expression"));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn level(&mut self, level: Level) -> Result<Expr, SyntaxError> {
        if level == Level::Not {
            return self.negation();
        }
        let operand = |parser: &mut Self| match level.tighter() {
            Some(tighter) => parser.level(tighter),
            None => parser.unary(),
        };
        let mut left = operand(self)?;
        let mut length = 0;
        loop {
            // Each operator makes the tree one level deeper, and what walks the tree needs the stack for it.
            length += 1;
            if length > MOST_CHAINED {
                let message = format!("more than {MOST_CHAINED} operators stand in one chain");
                return Err(self.error(message, "a shorter expression"));
            }
            left = match level {
                Level::Is => match self.is_test(left)? {
                    Ok(test) => test,
                    Err(left) => return Ok(left),
                },
                Level::Membership => match self.membership(left)? {
                    Ok(test) => return Ok(test),
                    Err(left) => return Ok(left),
                },
                _ => {
                    let Some(op) = self.binary_op(level) else {
                        return Ok(left);
                    };
                    self.bump();
                    if level == Level::Comparison
                        && let Some(quantifier) = self.quantifier()
                    {
                        left = Expr::Quantified {
                            left: Box::new(left),
                            op,
                            quantifier,
                            query: Box::new(self.quantified()?),
                        };
                        continue;
                    }
                    let right = operand(self)?;
                    left = Expr::Binary(Box::new(left), op, Box::new(right));
                    // `a < b < c` means nothing (manual, section 4.1.6: comparison operators do not associate).
                    if level == Level::Comparison && self.binary_op(level).is_some() {
                        return Err(
                            self.unexpected("parentheses around one of the two comparisons")
                        );
                    }
                    left
                }
            };
        }
    }

    fn binary_op(&self, level: Level) -> Option<BinaryOp> {
        let op = match self.kind() {
            TokenKind::Word(word) if word == "or" => (Level::Or, BinaryOp::Or),
            TokenKind::Word(word) if word == "and" => (Level::And, BinaryOp::And),
            TokenKind::Symbol(symbol) => match *symbol {
                "=" => (Level::Comparison, BinaryOp::Eq),
                "<>" | "!=" => (Level::Comparison, BinaryOp::NotEq),
                "<" => (Level::Comparison, BinaryOp::Lt),
                "<=" => (Level::Comparison, BinaryOp::LtEq),
                ">" => (Level::Comparison, BinaryOp::Gt),
                ">=" => (Level::Comparison, BinaryOp::GtEq),
                "||" => (Level::Other, BinaryOp::Concat),
                "+" => (Level::Additive, BinaryOp::Plus),
                "-" => (Level::Additive, BinaryOp::Minus),
                "*" => (Level::Multiplicative, BinaryOp::Multiply),
                "/" => (Level::Multiplicative, BinaryOp::Divide),
                "%" => (Level::Multiplicative, BinaryOp::Modulo),
                _ => return None,
            },
            _ => return None,
        };
        (op.0 == level).then_some(op.1)
    }

    fn quantifier(&mut self) -> Option<Quantifier> {
        let words = [
            ("any", Quantifier::Any),
            ("some", Quantifier::Any),
            ("all", Quantifier::All),
        ];
        let (_, quantifier) = words.into_iter().find(|(word, _)| self.eat_word(word))?;
        Some(quantifier)
    }

    fn quantified(&mut self) -> Result<crate::sql::ast::Select, SyntaxError> {
        self.expect_symbol("(")?;
        if !self.at_query_within() {
            return Err(self.not_simulated("ANY and ALL of arrays", "a query"));
        }
        let query = self.query()?;
        self.expect_symbol(")")?;
        Ok(query)
    }

    fn negation(&mut self) -> Result<Expr, SyntaxError> {
        if self.eat_word("not") {
            let operand = self.deeper(Self::negation)?;
            return Ok(Expr::Unary(UnaryOp::Not, Box::new(operand)));
        }
        self.level(Level::Is)
    }

    /// `IS ...` behind an operand; `Err` gives the operand back where there is none.
    fn is_test(&mut self, expr: Expr) -> Result<Result<Expr, Expr>, SyntaxError> {
        if self.eat_word("isnull") {
            return Ok(Ok(Expr::IsNull {
                expr: Box::new(expr),
                negated: false,
            }));
        }
        if self.eat_word("notnull") {
            return Ok(Ok(Expr::IsNull {
                expr: Box::new(expr),
                negated: true,
            }));
        }
        if !self.eat_word("is") {
            return Ok(Err(expr));
        }
        let negated = self.eat_word("not");
        let expr = Box::new(expr);
        let truth = [
            ("true", Some(true)),
            ("false", Some(false)),
            ("unknown", None),
        ];
        if self.eat_word("null") {
            return Ok(Ok(Expr::IsNull { expr, negated }));
        }
        for (word, value) in truth {
            if self.eat_word(word) {
                return Ok(Ok(Expr::IsBool {
                    expr,
                    value,
                    negated,
                }));
            }
        }
        if self.eat_words(&["distinct", "from"]) {
            let right = Box::new(self.level(Level::Comparison)?);
            return Ok(Ok(Expr::IsDistinct {
                left: expr,
                right,
                negated,
            }));
        }
        Err(self.unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM"))
    }

    /// `[NOT] IN`, `[NOT] BETWEEN` behind an operand; `Err` gives the operand back where there is neither.
    fn membership(&mut self, expr: Expr) -> Result<Result<Expr, Expr>, SyntaxError> {
        let negated = ["in", "between", "like", "ilike"]
            .iter()
            .any(|word| self.at_words(&["not", word]));
        if negated {
            self.bump();
        }
        if self.at_word("like") || self.at_word("ilike") {
            let ignore_case = self.at_word("ilike");
            self.bump();
            let pattern = Box::new(self.level(Level::Other)?);
            if self.at_word("escape") {
                return Err(self.not_simulated("ESCAPE", "the end of the pattern"));
            }
            return Ok(Ok(Expr::Like {
                expr: Box::new(expr),
                pattern,
                ignore_case,
                negated,
            }));
        }
        if self.eat_word("in") {
            if matches!(self.kind(), TokenKind::Symbol("(")) && self.at_query_within() {
                self.bump();
                let query = Box::new(self.query()?);
                self.expect_symbol(")")?;
                return Ok(Ok(Expr::InSubquery {
                    expr: Box::new(expr),
                    query,
                    negated,
                }));
            }
            let list = self.parenthesized(Self::expr)?;
            return Ok(Ok(Expr::InList {
                expr: Box::new(expr),
                list,
                negated,
            }));
        }
        if self.eat_word("between") {
            if self.at_word("symmetric") {
                return Err(self.error(
                    "Rowlock does not simulate BETWEEN SYMMETRIC".to_owned(),
                    "BETWEEN",
                ));
            }
            let low = Box::new(self.level(Level::Other)?);
            self.expect_word("and")?;
            let high = Box::new(self.level(Level::Other)?);
            return Ok(Ok(Expr::Between {
                expr: Box::new(expr),
                low,
                high,
                negated,
            }));
        }
        Ok(Err(expr))
    }

    pub(super) fn unary(&mut self) -> Result<Expr, SyntaxError> {
        let op = match self.kind() {
            TokenKind::Symbol("-") => UnaryOp::Minus,
            TokenKind::Symbol("+") => UnaryOp::Plus,
            _ => return self.cast(),
        };
        self.bump();
        let operand = self.deeper(Self::unary)?;
        Ok(Expr::Unary(op, Box::new(operand)))
    }

    fn cast(&mut self) -> Result<Expr, SyntaxError> {
        let mut expr = self.primary()?;
        while self.eat_symbol("::") {
            expr = Expr::Cast(Box::new(expr), self.sql_type()?);
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, SyntaxError> {
        let span = self.span();
        let literal = match self.kind() {
            TokenKind::Number(number) => Literal::Number(number.clone()),
            TokenKind::String(text) => Literal::String(text.clone()),
            TokenKind::HostVariable(name) => {
                let name = Ident {
                    name: name.clone(),
                    span,
                };
                self.bump();
                return Ok(Expr::HostVariable(name));
            }
            TokenKind::Parameter(number) => {
                let parameter = Expr::Parameter(*number, span);
                self.bump();
                return Ok(parameter);
            }
            TokenKind::Symbol("(") => return self.parentheses(),
            TokenKind::Word(word) => match word.as_str() {
                "null" => Literal::Null,
                "true" => Literal::Boolean(true),
                "false" => Literal::Boolean(false),
                "case" => return self.case(),
                "cast" => return self.cast_call(),
                // A function without parentheses.
                "current_timestamp" => {
                    self.bump();
                    let name = Ident {
                        name: "current_timestamp".to_owned(),
                        span,
                    };
                    return Ok(Expr::Call(Call {
                        name,
                        args: CallArgs::List(Vec::new()),
                    }));
                }
                "current_date" | "localtimestamp" => {
                    let name = Ident {
                        name: word.clone(),
                        span,
                    };
                    self.bump();
                    return Ok(Expr::Call(Call {
                        name,
                        args: CallArgs::List(Vec::new()),
                    }));
                }
                "exists" if matches!(self.kind_after(1), TokenKind::Symbol("(")) => {
                    self.at += 2;
                    let query = self.query()?;
                    self.expect_symbol(")")?;
                    return Ok(Expr::Exists(Box::new(query)));
                }
                "row" if matches!(self.kind_after(1), TokenKind::Symbol("(")) => {
                    self.bump();
                    return Ok(Expr::Row(self.parenthesized(Self::expr)?));
                }
                "left" | "right" if matches!(self.kind_after(1), TokenKind::Symbol("(")) => {
                    let name = Ident {
                        name: word.clone(),
                        span,
                    };
                    self.at += 2;
                    let args = self.call_args()?;
                    return Ok(Expr::Call(Call { name, args }));
                }
                "date" | "timestamp" | "timestamptz" | "int" | "numeric" | "bigint" | "text"
                    if self.at_typed_literal() =>
                {
                    let ty = self.sql_type()?;
                    let value = self.primary()?;
                    return Ok(Expr::Cast(Box::new(value), ty));
                }
                _ => return self.name_or_call(),
            },
            TokenKind::Quoted(_) => return self.name_or_call(),
            _ => return Err(self.unexpected("a value")),
        };
        self.bump();
        Ok(Expr::Literal(literal, span))
    }

    /// `DATE '2026-01-01'`, `TIMESTAMP WITH TIME ZONE '...'`
    fn at_typed_literal(&self) -> bool {
        let words = [&["with", "time", "zone"][..], &["without", "time", "zone"]];
        let mut ahead = 1;
        for zone in words {
            let there = zone.iter().enumerate().all(|(at, word)| {
                matches!(self.kind_after(1 + at), TokenKind::Word(found) if found == word)
            });
            if there {
                ahead = 4;
            }
        }
        matches!(self.kind_after(ahead), TokenKind::String(_))
    }

    /// `(expression)`, `(a, b)` or `(SELECT ...)`
    fn parentheses(&mut self) -> Result<Expr, SyntaxError> {
        if self.at_query_within() {
            self.bump();
            let query = self.query()?;
            self.expect_symbol(")")?;
            return Ok(Expr::Subquery(Box::new(query)));
        }
        self.bump();
        let first = self.expr()?;
        if !self.at_symbol(",") {
            self.expect_symbol(")")?;
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_symbol(",") {
            items.push(self.expr()?);
        }
        self.expect_symbol(")")?;
        Ok(Expr::Row(items))
    }

    fn name_or_call(&mut self) -> Result<Expr, SyntaxError> {
        // `coalesce`, `left` and the like are functions only before a parenthesis.
        let name = self.ident("a value")?;
        if self.eat_symbol("(") {
            let args = self.call_args()?;
            if self.at_word("over") || self.at_word("filter") {
                return Err(self.error(
                    "Rowlock does not simulate window functions".to_owned(),
                    "a plain call",
                ));
            }
            return Ok(Expr::Call(Call { name, args }));
        }
        if self.eat_symbol(".") {
            if name.name == "pg_catalog" {
                return self.deeper(Self::name_or_call);
            }
            let column = self.ident("a column's name")?;
            return Ok(Expr::Column {
                table: Some(name),
                name: column,
            });
        }
        Ok(Expr::Column { table: None, name })
    }

    pub(super) fn call_args(&mut self) -> Result<CallArgs, SyntaxError> {
        if self.eat_symbol("*") {
            self.expect_symbol(")")?;
            return Ok(CallArgs::Star);
        }
        if self.eat_symbol(")") {
            return Ok(CallArgs::List(Vec::new()));
        }
        let distinct = self.eat_word("distinct");
        if !distinct {
            self.eat_word("all");
        }
        let args = self.list(Self::expr)?;
        self.expect_symbol(")")?;
        Ok(if distinct {
            CallArgs::Distinct(args)
        } else {
            CallArgs::List(args)
        })
    }

    fn case(&mut self) -> Result<Expr, SyntaxError> {
        self.bump();
        let operand = if self.at_word("when") {
            None
        } else {
            Some(Box::new(self.expr()?))
        };
        let mut branches = Vec::new();
        while self.eat_word("when") {
            let when = self.expr()?;
            self.expect_word("then")?;
            branches.push((when, self.expr()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("`WHEN`"));
        }
        let otherwise = if self.eat_word("else") {
            Some(Box::new(self.expr()?))
        } else {
            None
        };
        self.expect_word("end")?;
        Ok(Expr::Case {
            operand,
            branches,
            otherwise,
        })
    }

    fn cast_call(&mut self) -> Result<Expr, SyntaxError> {
        self.bump();
        self.expect_symbol("(")?;
        let expr = self.expr()?;
        self.expect_word("as")?;
        let ty = self.sql_type()?;
        self.expect_symbol(")")?;
        Ok(Expr::Cast(Box::new(expr), ty))
    }
}
