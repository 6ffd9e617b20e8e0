//! Pictures and words of a run.

pub mod words;
