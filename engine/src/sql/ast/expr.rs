//! Expressions.

use super::{Ident, Select, SqlType};
use crate::sql::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A constant.
    Literal(Literal, Span),
    /// `column` or `table.column`
    Column {
        /// The table or alias before the dot.
        table: Option<Ident>,
        /// The column.
        name: Ident,
    },
    /// `:name`, a variable of the session that sends the statement.
    HostVariable(Ident),
    /// `$1`, a parameter of a prepared statement; counted from 1.
    Parameter(u16, Span),
    /// `(a, b)` or `ROW(a, b)`: compared column by column.
    Row(Vec<Expr>),
    /// `(SELECT ...)`: one value.
    Subquery(Box<Select>),
    /// `EXISTS (SELECT ...)`
    Exists(Box<Select>),
    /// `x [NOT] IN (SELECT ...)`
    InSubquery {
        /// The value looked for.
        expr: Box<Expr>,
        /// Where it is looked for.
        query: Box<Select>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x op ANY | ALL (SELECT ...)`
    Quantified {
        /// Left side.
        left: Box<Expr>,
        /// A comparison.
        op: BinaryOp,
        /// Whether one or every row must meet it.
        quantifier: Quantifier,
        /// Right side.
        query: Box<Select>,
    },
    /// `x [NOT] [I]LIKE pattern`
    Like {
        /// The text.
        expr: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `ILIKE`
        ignore_case: bool,
        /// `NOT LIKE`
        negated: bool,
    },
    /// `-x`, `+x`, `NOT x`
    Unary(UnaryOp, Box<Expr>),
    /// `x op y`
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `x IS [NOT] NULL`
    IsNull {
        /// The value tested.
        expr: Box<Expr>,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// `x IS [NOT] TRUE | FALSE | UNKNOWN`; `None` is `UNKNOWN`.
    IsBool {
        /// The value tested.
        expr: Box<Expr>,
        /// What it is compared with.
        value: Option<bool>,
        /// `IS NOT`
        negated: bool,
    },
    /// `x IS [NOT] DISTINCT FROM y`
    IsDistinct {
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
        /// `IS NOT DISTINCT FROM`
        negated: bool,
    },
    /// `x [NOT] IN (a, b, ...)`
    InList {
        /// The value looked for.
        expr: Box<Expr>,
        /// Where it is looked for; never empty.
        list: Vec<Expr>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x [NOT] BETWEEN low AND high`
    Between {
        /// The value tested.
        expr: Box<Expr>,
        /// Lower bound, included.
        low: Box<Expr>,
        /// Upper bound, included.
        high: Box<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// `CASE [operand] WHEN ... THEN ... [ELSE ...] END`
    Case {
        /// The value compared with each `WHEN`, if there is one.
        operand: Option<Box<Expr>>,
        /// `WHEN a THEN b`; never empty.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `name(args)`, `count(*)`
    Call(Call),
    /// `CAST(x AS type)`, `x::type`
    Cast(Box<Expr>, SqlType),
}

/// `ANY` or `ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ANY`, `SOME`
    Any,
    /// `ALL`
    All,
}

/// A function or aggregate call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The function.
    pub name: Ident,
    /// Its arguments.
    pub args: CallArgs,
}

/// What stands between the parentheses of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CallArgs {
    /// `(*)`
    Star,
    /// `(a, b)`
    List(Vec<Expr>),
    /// `(DISTINCT a)`
    Distinct(Vec<Expr>),
}

/// A constant as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// Digits with an optional point and exponent, kept as written: its size decides its type (manual, 4.1.2.6).
    Number(String),
    /// `'text'`, of no type until its place gives it one (manual, 10.2).
    String(String),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `NOT`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `=`
    Eq,
    /// `<>`, `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
    /// `||`
    Concat,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}
