//! Every interleaving, counted exactly.

mod brute;
mod count;
mod lanes;
mod memory;
mod pool;
#[cfg(test)]
mod tests;
mod walk;
mod world;

pub use count::Count;
pub use lanes::Symmetry;
