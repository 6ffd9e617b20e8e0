//! What leaves Rowlock: forms of a scenario and its run that other programs read.

mod json;
mod schedules;
mod trace;

pub(crate) use json::Json;
pub use schedules::report_json;
pub use trace::trace_json;
