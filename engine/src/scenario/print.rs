//! The text form, written.
use super::Scenario;
pub(super) fn print(_scenario: &Scenario) -> String {
    todo!()
}
