//! What can be known to be wrong before anything runs: names.
use super::{Scenario, TextError};
/// Finds tables, columns and host variables that no step can mean.
#[must_use]
pub fn check(_scenario: &Scenario, _text: &str) -> Vec<TextError> {
    todo!()
}
