//! The text form, read.
use super::{Scenario, TextError};
/// Reads a scenario.
///
/// # Errors
/// Every error found, in the order of their places.
pub fn parse(_text: &str) -> Result<Scenario, Vec<TextError>> {
    todo!()
}
