//! One schedule: a plan executed on a database, step by step, and what is written down of it.
//!
//! The result is a [`Run`], an ordered list of [`Event`]s. Every view of a run (diagram, rows, locks, verdict, account
//! in words) is a function of the run and a position in it; a position is the number of events that have happened.

mod trace;

pub use trace::*;

use crate::db::SqlError;
use crate::strategy::Plan;

/// A statement of the set-up that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError {
    /// Its place in [`Plan::setup`].
    pub statement: usize,
    /// Why.
    pub error: SqlError,
}

/// Runs a plan.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn execute(_plan: &Plan) -> Result<Run, SetupError> {
    todo!()
}
