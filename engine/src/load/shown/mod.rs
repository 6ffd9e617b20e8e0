//! What was measured, ready to be looked at: charts as values, and tables in HTML.
//!
//! Whoever measures makes these where he measures, so that a page needs to know nothing of how it was found.

mod chart;
mod curves;
mod tables;

pub use chart::{Axis, Chart, Frame, Ground, Kind, Line, Mark};
pub use curves::{Dots, conflicts, histogram, name, storm, sweep};
pub use tables::{at_points, compared, measures, walked};
