//! Expressions: names and types first, then values.

mod aggregate;
mod bind;
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
}
