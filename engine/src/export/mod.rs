//! What leaves Rowlock: forms of a scenario and its run that other programs read.

mod json;
mod trace;

pub(crate) use json::Json;
pub use trace::trace_json;
