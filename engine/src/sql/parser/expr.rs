//! Expressions, with the precedence of the manual's section 4.1.6.

use super::{MOST_CHAINED, MOST_DEPTH, Parser};
use crate::sql::SyntaxError;
use crate::sql::ast::{BinaryOp, Call, CallArgs, Expr, Ident, Literal, UnaryOp};
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
    fn deeper<T>(
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
        let negated = self.at_words(&["not", "in"]) || self.at_words(&["not", "between"]);
        if negated {
            self.bump();
        }
        if self.eat_word("in") {
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

    fn unary(&mut self) -> Result<Expr, SyntaxError> {
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
            TokenKind::Symbol("(") => {
                self.bump();
                let expr = self.expr()?;
                self.expect_symbol(")")?;
                return Ok(expr);
            }
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
                "exists" if matches!(self.kind_after(1), TokenKind::Symbol("(")) => {
                    return Err(self.unexpected("a value"));
                }
                _ => return self.name_or_call(),
            },
            TokenKind::Quoted(_) => return self.name_or_call(),
            _ => return Err(self.unexpected("a value")),
        };
        self.bump();
        Ok(Expr::Literal(literal, span))
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
            let column = self.ident("a column's name")?;
            return Ok(Expr::Column {
                table: Some(name),
                name: column,
            });
        }
        Ok(Expr::Column { table: None, name })
    }

    fn call_args(&mut self) -> Result<CallArgs, SyntaxError> {
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
