//! What was measured, ready to be looked at: charts as values, and tables in HTML.
//!
//! Whoever measures makes these where he measures, so that a page needs to know nothing of how it was found.

mod axis;
mod chart;
mod curves;
mod picture;
mod tables;

pub use axis::Axis;
pub use chart::{Chart, Ground, Kind, Line, Mark};
pub use curves::{Dots, conflicts, histogram, name, storm, sweep};
pub use picture::Frame;
pub use tables::{at_points, compared, measures, walked};
