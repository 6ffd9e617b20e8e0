//! Expressions: names and types first, then values (manual, chapters 4.2, 9 and 10).
//!
//! An expression passes through two phases. The first ([`bind()`] and its kin) is PostgreSQL's parse analysis: names become
//! places in a row, operators and functions are chosen by the types of their operands, constants in quotes get the type
//! that their place wants, conversions that happen by themselves are written out, and parts that are constant are
//! computed. All that can be wrong without looking at a row is found here. What remains is a [`Bound`], plain data:
//!
//! ```text
//!   price * quantity > '100'        price numeric, quantity integer
//!
//!   Compare(Gt) ── Multiply ── Column(0)
//!             │             └─ Cast(numeric) ── Column(1)
//!             └─ Const(100 numeric)
//! ```
//!
//! The second phase ([`eval()`]) computes the value on a row. Operators exist only between equal types by then, so it has
//! no choices left to make; what can go wrong are overflow, division by zero, and casts.
//!
//! Not simulated: double precision (`round`, `floor`, `ceil` of an integer and the like are refused), dates and intervals,
//! arrays, subqueries, user-defined anything. `now()` is a timestamp without time zone here. Text compares by its bytes
//! and changes case in ASCII alone, as in the C locale.

mod aggregate;
mod bind;
mod coerce;
mod eval;
mod fold;
mod function;
mod literal;
mod name;
mod operator;
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

use super::types::Cast;
use super::{Type, Value};
use crate::sql::ast::SqlType;

/// An expression whose names and types are settled: plain data that [`eval()`] turns into a value.
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
    /// The result of an aggregate, by its place in [`Projection::aggregates`]; the row that [`eval()`] is given is then
    /// the row of the finished aggregates.
    AggregateRef(usize),
    /// `AND`; the right side is not looked at when the left is false.
    And(Box<Bound>, Box<Bound>),
    /// `OR`; the right side is not looked at when the left is true.
    Or(Box<Bound>, Box<Bound>),
    /// `CASE`: the value beside the first condition that is true; nothing else is looked at.
    Case {
        /// Conditions and values.
        branches: Vec<(Bound, Bound)>,
        /// The value when no condition is true.
        otherwise: Box<Bound>,
    },
    /// `coalesce`: the first value that is not NULL; nothing behind it is looked at.
    Coalesce(Vec<Bound>),
    /// A conversion.
    Cast(Box<Bound>, SqlType, Cast),
    /// An operator or function of the values of its operands.
    Apply(Function, Vec<Bound>),
}

/// Operators and functions that look at all their operands. Operands have the same type where two are compared or
/// computed with, unless noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `x + y`
    Add,
    /// `x - y`
    Subtract,
    /// `x * y`
    Multiply,
    /// `x / y`
    Divide,
    /// `x % y`, `mod(x, y)`
    Modulo,
    /// `-x`
    Negate,
    /// `x || y` of texts
    Concat,
    /// `x = y` and the like
    Compare(Comparison),
    /// `NOT x`
    Not,
    /// `x IS NULL`
    IsNull(Sense),
    /// `x IS TRUE | FALSE | UNKNOWN`
    IsTruth(Option<bool>, Sense),
    /// `x IS DISTINCT FROM y`
    IsDistinct(Sense),
    /// `x IN (a, b, ...)`
    In(Sense),
    /// `nullif(x, y)`
    NullIf,
    /// `greatest(x, ...)`
    Greatest,
    /// `least(x, ...)`
    Least,
    /// `abs(x)`
    Abs,
    /// `round(x numeric [, places integer])`
    Round,
    /// `trunc(x numeric [, places integer])`
    Trunc,
    /// `floor(x numeric)`
    Floor,
    /// `ceil(x numeric)`
    Ceil,
    /// `lower(x)`
    Lower,
    /// `upper(x)`
    Upper,
    /// `length(x)`
    Length,
    /// `concat(x, ...)` of anything
    ConcatAll,
    /// `now()`, `current_timestamp`
    Now,
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Eq,
    /// `<>`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
}

/// Whether a test is asked for plainly or with `NOT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Plainly.
    Plain,
    /// With `NOT`.
    Negated,
}

impl Sense {
    /// The answer to the question that was asked.
    #[must_use]
    pub fn answer(self, holds: bool) -> bool {
        holds == (self == Self::Plain)
    }
}

impl From<bool> for Sense {
    fn from(negated: bool) -> Self {
        if negated { Self::Negated } else { Self::Plain }
    }
}

impl Function {
    /// Whether NULL for one operand makes the result NULL, whatever the others are.
    #[must_use]
    pub fn is_strict(self) -> bool {
        !matches!(
            self,
            Self::IsNull(_)
                | Self::IsTruth(..)
                | Self::IsDistinct(_)
                | Self::In(_)
                | Self::NullIf
                | Self::Greatest
                | Self::Least
                | Self::ConcatAll
                | Self::Now
        )
    }
}

impl Bound {
    fn new(node: Node, ty: Type) -> Self {
        Self { node, ty }
    }

    fn constant(value: Value, ty: Type) -> Self {
        Self::new(Node::Const(value), ty)
    }

    fn apply(function: Function, operands: Vec<Self>, ty: Type) -> Self {
        Self::new(Node::Apply(function, operands), ty)
    }

    fn or(self, other: Self) -> Self {
        Self::new(Node::Or(Box::new(self), Box::new(other)), Type::Bool)
    }

    fn and(self, other: Self) -> Self {
        Self::new(Node::And(Box::new(self), Box::new(other)), Type::Bool)
    }

    /// The constant that this is, if it is one.
    fn as_const(&self) -> Option<&Value> {
        match &self.node {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }
}
