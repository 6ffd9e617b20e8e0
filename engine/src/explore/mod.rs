//! Every interleaving, counted exactly.

#[cfg(test)]
mod brute;
mod compare;
mod count;
mod draw;
mod dropped;
mod explorer;
mod habits;
mod judge;
mod lanes;
mod memory;
mod orders;
mod pool;
mod report;
mod serial;
#[cfg(test)]
mod tests;
mod walk;
mod world;

pub use compare::{Comparison, Line};
pub use count::Count;
pub use draw::{Drawing, draw};
pub use explorer::{Explorer, Limits, Progress, Status, follow, moves};
pub use judge::SessionEnd;
pub use lanes::Symmetry;
pub use report::{Completeness, OutcomeKind, Report};
