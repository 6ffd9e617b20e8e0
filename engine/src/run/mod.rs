//! One schedule: a plan executed on a database, step by step, and what is written down of it.
//!
//! The result is a [`Run`], an ordered list of [`Event`]s. Every view of a run (diagram, rows, locks, verdict, account
//! in words) is a function of the run and a position in it; a position is the number of events that have happened.

mod trace;

pub use trace::*;
