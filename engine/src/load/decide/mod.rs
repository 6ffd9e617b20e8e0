//! Deciding: what the literature advises, what this workload's own measurement says, and what makes the difference.
//!
//! [`advise`] holds optimistic against pessimistic locking on the same traffic, and then changes one thing at a time to see which of
//! them turns the result. [`walk`] walks the decision trees with measured numbers. [`compare`] measures every strategy for the table.
//! All of them are functions of [`Settings`] that simulate as many events as they are told; [`contest`] and [`compare_one`] are the
//! pieces for a caller that wants to show something between, and [`Study`] is all of it a slice at a time.

mod advice;
mod compare;
mod evidence;
mod recommend;
mod study;
mod tree;

pub use advice::{Advice, Agreement, Contest, Factor, Winner, advise, contest};
pub use compare::{Cell as ComparisonCell, Column, Comparison, Known, compare, compare_one};
pub use evidence::{Answers, Evidence, Gathered, gather};
pub use recommend::{Question, Recommendation, questions, recommend};
pub use study::{POINTS, Study};
pub use tree::{Advised, Asked, Branch, Node, TREES, Taken, Tree, Walk, walk};

use super::measures::Measures;
use super::settings::{Settings, SettingsError};
use super::simulation::Simulation;

/// Simulates so many events and gives what was measured.
fn measured(settings: &Settings, events: u64) -> Result<Measures, SettingsError> {
    let mut simulation = Simulation::new(settings)?;
    simulation.run(events);
    Ok(simulation.measures())
}
