//! What an expression's value depends on beside its row.
//!
//! Most expressions need no more than the time: [`EvalContext`]. Within a statement there are also the rows around a
//! subquery, the subqueries themselves, and functions that do something; [`Env`] is how an expression asks for them without
//! knowing who carries the statement out.

use super::Volatile;
use crate::db::error::Stop;
use crate::db::plan::Query;
use crate::db::{Row, SqlError, SqlState, Timestamp, Value};

/// Who is asked for what an expression needs beside its row.
pub trait Env {
    /// What `now()` is: the start of the transaction.
    fn now(&self) -> Timestamp;

    /// A column of a row around this query, so many queries out.
    fn outer(&self, depth: usize, place: usize) -> Option<Value>;

    /// The rows of a query within the expression, as many as `most`, on a row of the expression's scope.
    ///
    /// # Errors
    /// What the query fails with, or that it has to wait.
    fn rows(&mut self, query: &Query, row: &[Value], most: usize) -> Result<Vec<Row>, Stop>;

    /// Calls a function that does something.
    ///
    /// # Errors
    /// What it fails with, or that it has to wait.
    fn call(&mut self, function: Volatile, args: Vec<Value>) -> Result<Value, Stop>;
}

/// The time alone, for expressions that stand by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EvalContext {
    /// What `now()` is: the start of the transaction.
    pub now: Timestamp,
}

impl Env for EvalContext {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn outer(&self, _: usize, _: usize) -> Option<Value> {
        None
    }

    fn rows(&mut self, _: &Query, _: &[Value], _: usize) -> Result<Vec<Row>, Stop> {
        Err(not_here("a query").into())
    }

    fn call(&mut self, _: Volatile, _: Vec<Value>) -> Result<Value, Stop> {
        Err(not_here("a function that does something").into())
    }
}

fn not_here(what: &str) -> SqlError {
    let message = format!("{what} cannot be evaluated here");
    SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
}
