//! Expressions: names and types first, then values.
//!
//! [`bind`] turns a syntax tree into a [`Bound`] expression: columns become places in a row, operators and functions are
//! chosen by the types of what stands around them (manual, chapter 10), constants are read, and casts that PostgreSQL
//! makes by itself are put in. What can be known to be wrong without a row is found there. [`eval`] then gives the value
//! for a row. Both report what PostgreSQL reports.

mod aggregate;
mod bind;
mod call;
mod eval;
mod name;
mod projection;
mod scope;
mod substitute;

pub use aggregate::{Accumulator, Aggregate, AggregateFunction};
pub use bind::{bind, bind_assignment, bind_condition, bind_limit};
pub use eval::{EvalContext, eval, is_true};
pub use name::output_name;
pub use projection::{Projection, bind_projection};
pub use scope::{Clause, Scope, ScopeColumn};
pub use substitute::{substitute, substitute_expr};

use super::{Type, Value};
use crate::sql::ast::{BinaryOp, SqlType};

/// An expression whose names and types are settled: plain data that [`eval`] turns into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    /// What it does.
    pub node: Node,
    /// The type of its value.
    pub ty: Type,
}

/// What a bound expression does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant.
    Const(Value),
    /// A column of the row, by its place in the [`Scope`].
    Column(usize),
    /// The result of an aggregate, by its place in [`Projection::aggregates`]; the row that [`eval`] is given is then
    /// the row of the finished aggregates.
    AggregateRef(usize),
    /// `-x`
    Negate(Box<Bound>),
    /// `NOT x`
    Not(Box<Bound>),
    /// `x AND y`, `x OR y`: the second is not looked at when the first decides.
    And(Box<Bound>, Box<Bound>),
    /// See [`Node::And`].
    Or(Box<Bound>, Box<Bound>),
    /// `x = y` and its kin, on values of one type.
    Compare(BinaryOp, Box<Bound>, Box<Bound>),
    /// `x + y` and its kin, on numbers of the result's type; `||` on texts.
    Arithmetic(BinaryOp, Box<Bound>, Box<Bound>),
    /// `x IS [NOT] NULL`
    IsNull(Box<Bound>, bool),
    /// `x IS [NOT] TRUE | FALSE | UNKNOWN`
    IsBool(Box<Bound>, Option<bool>, bool),
    /// `x IS [NOT] DISTINCT FROM y`
    IsDistinct(Box<Bound>, Box<Bound>, bool),
    /// `CASE`, every `WHEN` made a condition.
    Case(Vec<(Bound, Bound)>, Option<Box<Bound>>),
    /// A function.
    Call(Function, Vec<Bound>),
    /// A conversion to this expression's type.
    Convert(Box<Bound>),
    /// A conversion to a column's type, with its length or precision.
    Assign(Box<Bound>, SqlType),
}

/// The functions there are (manual, sections 9.3, 9.4 and 9.18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `abs`
    Abs,
    /// `ceil`, `ceiling`
    Ceil,
    /// `coalesce`
    Coalesce,
    /// `floor`
    Floor,
    /// `greatest`
    Greatest,
    /// `least`
    Least,
    /// `length`
    Length,
    /// `lower`
    Lower,
    /// `mod`
    Mod,
    /// `now`, `current_timestamp`
    Now,
    /// `nullif`
    NullIf,
    /// `round`
    Round,
    /// `upper`
    Upper,
}

impl Bound {
    fn new(node: Node, ty: Type) -> Self {
        Self { node, ty }
    }

    fn boolean(node: Node) -> Self {
        Self {
            node,
            ty: Type::Bool,
        }
    }

    /// The same value as another type.
    fn converted(self, ty: Type) -> Self {
        if self.ty == ty || (self.ty.is_text() && ty.is_text()) {
            return self;
        }
        Self {
            node: Node::Convert(Box::new(self)),
            ty,
        }
    }
}
