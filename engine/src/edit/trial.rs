//! A step while it is being written: whether it could stand in its place, without changing anything.
//!
//! [`apply`](super::apply) refuses what cannot be read; here the names are looked at as well, and the place of an error is one in
//! the step's own text, so that it can be marked there while somebody types.

use crate::scenario::{Scenario, StepId, check, line_and_column, parse, read_action};
use crate::sql::Span;

/// Why a step cannot be written so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What would be understood instead; may be empty.
    pub expected: String,
    /// Where.
    pub place: ErrorPlace,
}

/// Where an error of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorPlace {
    /// In the text that is being written.
    Here(Span),
    /// In another step, which would lose its meaning.
    Step(StepId),
    /// In something else that would, such as a rule.
    Elsewhere,
}

/// Tries a text in the place of a step.
///
/// # Errors
/// The first thing that is wrong: in the text itself, else in what would no longer mean anything beside it.
pub fn try_step(scenario: &Scenario, step: StepId, text: &str) -> Result<(), StepError> {
    let blanks = text.len() - text.trim_start().len();
    let said = text.trim();
    let action = match read_action(said) {
        Ok(action) => action,
        Err(error) => {
            return Err(StepError {
                place: ErrorPlace::Here(error.span.shifted(blanks)),
                message: error.message,
                expected: error.expected,
            });
        }
    };
    let mut changed = scenario.clone();
    let Some(own) = changed.timeline.get_mut(step.0) else {
        return Ok(());
    };
    own.action = action;
    let document = changed.to_text();
    let Ok(changed) = parse(&document) else {
        // What was read alone is read in the document as well, unless its lines are cut in another way there.
        return Err(StepError {
            message: "That cannot be written on one line".to_owned(),
            expected: String::new(),
            place: ErrorPlace::Elsewhere,
        });
    };
    let lines: Vec<(usize, usize)> = changed
        .timeline
        .iter()
        .map(|it| line_and_column(&document, first_letter(&document, it.place)))
        .collect();
    let errors = check(&changed, &document);
    let is_own = |line: usize| step_of(&lines, line) == Some(step);
    let own = errors.iter().find(|error| is_own(error.line));
    let error = own.or(errors.first());
    let Some(error) = error else {
        return Ok(());
    };
    let place = match step_of(&lines, error.line) {
        Some(found) if found == step => {
            let (line, column) = lines[step.0];
            if error.line == line {
                let start = byte(said, error.column.saturating_sub(column));
                let end = byte(said, error.column.saturating_sub(column) + error.length);
                ErrorPlace::Here(Span::new(start, end.max(start)).shifted(blanks))
            } else {
                ErrorPlace::Here(Span::new(0, said.len()).shifted(blanks))
            }
        }
        Some(other) => ErrorPlace::Step(other),
        None => ErrorPlace::Elsewhere,
    };
    Err(StepError {
        message: error.message.clone(),
        expected: error.expected.clone(),
        place,
    })
}

fn first_letter(document: &str, place: Span) -> usize {
    let text = document.get(place.start..place.end).unwrap_or_default();
    place.start + (text.len() - text.trim_start().len())
}

/// The step whose lines a line is among; the lines below the last step are not told from what follows it.
fn step_of(lines: &[(usize, usize)], line: usize) -> Option<StepId> {
    let found = lines.iter().rposition(|(first, _)| *first <= line)?;
    let is_last = found + 1 == lines.len();
    (!is_last || lines[found].0 == line).then_some(StepId(found))
}

/// The byte at which a letter begins, counted from 0.
fn byte(text: &str, letter: usize) -> usize {
    text.char_indices()
        .nth(letter)
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::STORIES;
    use crate::scenario::read;

    fn marked(step: usize, text: &str) -> String {
        let scenario = read(STORIES[0].text).expect("a story is sound");
        match try_step(&scenario, StepId(step), text) {
            Ok(()) => "sound".to_owned(),
            Err(error) => match error.place {
                ErrorPlace::Here(span) => {
                    format!("[{}] {}", &text[span.start..span.end], error.message)
                }
                ErrorPlace::Step(step) => format!("step {}: {}", step.0 + 1, error.message),
                ErrorPlace::Elsewhere => format!("elsewhere: {}", error.message),
            },
        }
    }

    #[test]
    fn an_error_is_told_in_its_place() {
        let select = "SELECT quantity FROM stock WHERE id = 42";
        for (step, text, told) in [
            (1, select, "sound"),
            (
                1,
                "  SELECT quantity FORM stock",
                "[stock] `stock` is not understood here",
            ),
            (
                1,
                "SELECT quantity FROM stok",
                "[stok] table `stok` does not exist",
            ),
            (
                1,
                " SELECT 'äöü', price FROM stock",
                "[price] `stock` has no column `price`",
            ),
            (
                1,
                "UPDATE stock SET quantity = :gone",
                "[:gone] :gone has no value here",
            ),
            (1, "require :price > 1", "[:price] :price has no value here"),
            (1, "restart", "[restart] there is nothing to start again"),
            (
                1,
                "SELECT id FROM stock WHERE id = 42",
                "step 5: :quantity has no value here",
            ),
            (1, "", "[] the end begins no statement"),
        ] {
            assert_eq!(marked(step, text), told, "{text}");
        }
    }

    #[test]
    fn every_step_of_a_story_may_stay_as_it_is() {
        for story in STORIES {
            let scenario = read(story.text).expect("a story is sound");
            for (place, step) in scenario.timeline.iter().enumerate() {
                assert_eq!(
                    try_step(&scenario, StepId(place), &step.action.to_string()),
                    Ok(())
                );
            }
        }
    }
}
