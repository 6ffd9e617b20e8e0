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
//! Not simulated: double precision (`round`, `floor`, `ceil` of an integer and the like are refused), intervals,
//! arrays, user-defined anything. `now()` is a timestamp without time zone here. Text compares by its bytes
//! and changes case in ASCII alone, as in the C locale.

mod aggregate;
mod bind;
mod coerce;
mod env;
mod eval;
mod fold;
mod function;
mod literal;
mod name;
mod operator;
mod projection;
mod scope;
mod subquery;
mod substitute;
mod text;
mod volatile;

pub use aggregate::{Accumulator, Aggregate, AggregateFunction};
pub use bind::{assign_bound, bind, bind_assignment, bind_condition, bind_limit};
pub use env::{Env, EvalContext};
pub use eval::{eval, evaluate, holds, is_true};
pub use name::output_name;
pub use projection::{KeyedTable, Projection, ProjectionParts, bind_grouped, bind_projection};
pub use scope::{BindsQueries, Clause, Scope, ScopeColumn, Shown};
pub use substitute::{substitute, substitute_expr};

use super::plan::Query;
use super::types::Cast;
use super::{Type, Value};
use crate::sql::ast::{Quantifier, SqlType};

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
    /// A column of a row around a subquery: so many queries out, and its place there (at least 1 out).
    Outer(usize, usize),
    /// The result of an aggregate. The row that [`eval()`] is given is then a row of the group, and the results of
    /// [`Projection::aggregates`] behind it; this is a place in the whole.
    AggregateRef(usize),
    /// A query within the expression.
    Subquery(Box<Subquery>),
    /// A function that does something, or whose value changes from call to call.
    Volatile(Volatile, Vec<Bound>),
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

/// A query within an expression, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subquery {
    /// The query.
    pub query: Query,
    /// What is asked.
    pub test: SubqueryTest,
}

/// What an expression asks of a query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SubqueryTest {
    /// Its one value.
    Scalar,
    /// Whether it has a row.
    Exists,
    /// Whether values compare so with one row, or with every row.
    Compare {
        /// The values, one for each column of the query.
        left: Vec<Bound>,
        /// How.
        comparison: Comparison,
        /// With one or with every row.
        quantifier: Quantifier,
    },
}

/// Functions that do something, or whose value changes from call to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Volatile {
    /// `pg_sleep(seconds)`
    Sleep,
    /// `pg_advisory_lock` and its kin.
    AdvisoryLock(Advisory),
    /// `pg_advisory_unlock`, `pg_advisory_unlock_shared`
    AdvisoryUnlock(Sharing),
    /// `pg_advisory_unlock_all`
    AdvisoryUnlockAll,
    /// `nextval('sequence')`
    NextValue,
    /// `currval('sequence')`
    CurrentValue,
    /// `pg_backend_pid()`
    BackendPid,
    /// `txid_current()`
    TransactionId,
    /// `current_setting('name')`
    CurrentSetting,
    /// `set_config('name', 'value', local)`
    SetConfig,
    /// `clock_timestamp()`
    Clock,
}

/// Which of the functions that take an advisory lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Advisory {
    /// Whether others may hold it, too.
    pub sharing: Sharing,
    /// Until when it is held.
    pub scope: AdvisoryScope,
    /// Whether it only tries: `pg_try_...`.
    pub patience: Patience,
}

/// Whether others may hold a lock, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// Nobody else.
    Exclusive,
    /// Others that share it.
    Shared,
}

/// Until when an advisory lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdvisoryScope {
    /// Until it is unlocked or the session ends.
    Session,
    /// Until the transaction ends.
    Transaction,
}

/// Whether a lock is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Patience {
    /// It is.
    Waits,
    /// It is had at once or not at all.
    Tries,
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
    /// `ltrim(x)`: without blanks in front
    TrimLeft,
    /// `rtrim(x)`: without blanks behind
    TrimRight,
    /// `trim(x)`, `btrim(x)`: without blanks at either end
    Trim,
    /// `x LIKE y`, `x ILIKE y`
    Like(LetterCase),
    /// `substr(x, from [, count])`
    Substring,
    /// `strpos(x, y)`
    Position,
    /// `replace(x, from, to)`
    Replace,
    /// `left(x, n)`
    Left,
    /// `right(x, n)`
    Right,
    /// `repeat(x, n)`
    Repeat,
    /// `lpad(x, n [, fill])`
    PadLeft,
    /// `rpad(x, n [, fill])`
    PadRight,
    /// `sign(x)` of numerics
    Sign,
    /// `concat(x, ...)` of anything
    ConcatAll,
    /// `now()`, `current_timestamp`
    Now,
}

/// Whether upper and lower case letters are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterCase {
    /// They are.
    Matters,
    /// They are not.
    Ignored,
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
    pub(super) fn new(node: Node, ty: Type) -> Self {
        Self { node, ty }
    }

    pub(super) fn constant(value: Value, ty: Type) -> Self {
        Self::new(Node::Const(value), ty)
    }

    pub(super) fn apply(function: Function, operands: Vec<Self>, ty: Type) -> Self {
        Self::new(Node::Apply(function, operands), ty)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self::new(Node::Or(Box::new(self), Box::new(other)), Type::Bool)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self::new(Node::And(Box::new(self), Box::new(other)), Type::Bool)
    }

    /// Calls `f` with each operand.
    pub fn each_operand<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        match &self.node {
            Node::Const(_) | Node::Column(_) | Node::Outer(..) | Node::AggregateRef(_) => {}
            Node::And(left, right) | Node::Or(left, right) => {
                f(left);
                f(right);
            }
            Node::Case {
                branches,
                otherwise,
            } => {
                for (condition, value) in branches {
                    f(condition);
                    f(value);
                }
                f(otherwise);
            }
            Node::Cast(operand, ..) => f(operand),
            Node::Coalesce(operands) | Node::Apply(_, operands) | Node::Volatile(_, operands) => {
                operands.iter().for_each(f);
            }
            Node::Subquery(subquery) => {
                if let SubqueryTest::Compare { left, .. } = &subquery.test {
                    left.iter().for_each(f);
                }
            }
        }
    }

    /// Calls `f` with this and everything inside it, queries left aside.
    pub fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        f(self);
        self.each_operand(&mut |operand| operand.walk(f));
    }

    /// The columns that it looks at, some of them perhaps twice.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        self.walk(&mut |inner| {
            if let Node::Column(place) = inner.node {
                columns.push(place);
            }
        });
        columns
    }

    /// Whether it does nothing and asks no query: it may be computed at any time, any number of times.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        let mut pure = true;
        self.walk(&mut |inner| {
            pure &= !matches!(inner.node, Node::Subquery(_) | Node::Volatile(..));
        });
        pure
    }

    /// The same for rows that have so many columns in front.
    #[must_use]
    pub fn shifted(&self, by: usize) -> Self {
        self.moved(by, 0)
    }

    /// The same with its columns moved: so many places on, then so many back.
    #[must_use]
    pub fn moved(&self, on: usize, back: usize) -> Self {
        let mut moved = self.clone();
        moved.each_operand_mut(&mut |operand| *operand = operand.moved(on, back));
        if let Node::Column(place) = &mut moved.node {
            *place = (*place + on).saturating_sub(back);
        }
        moved
    }

    fn each_operand_mut(&mut self, f: &mut dyn FnMut(&mut Self)) {
        match &mut self.node {
            Node::Const(_) | Node::Column(_) | Node::Outer(..) | Node::AggregateRef(_) => {}
            Node::And(left, right) | Node::Or(left, right) => {
                f(left);
                f(right);
            }
            Node::Case {
                branches,
                otherwise,
            } => {
                for (condition, value) in branches {
                    f(condition);
                    f(value);
                }
                f(otherwise);
            }
            Node::Cast(operand, ..) => f(operand),
            Node::Coalesce(operands) | Node::Apply(_, operands) | Node::Volatile(_, operands) => {
                operands.iter_mut().for_each(f);
            }
            Node::Subquery(subquery) => {
                if let SubqueryTest::Compare { left, .. } = &mut subquery.test {
                    left.iter_mut().for_each(f);
                }
            }
        }
    }

    /// The conditions that it joins by `AND`.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<&Self> {
        match &self.node {
            Node::And(left, right) => {
                let mut all = left.conjuncts();
                all.extend(right.conjuncts());
                all
            }
            _ => vec![self],
        }
    }

    /// The constant that this is, if it is one.
    pub(super) fn as_const(&self) -> Option<&Value> {
        match &self.node {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }
}
