//! A step while it is being written: whether it could stand in its place, without changing anything.
//!
//! [`apply`](super::apply) refuses what cannot be read; here the names are looked at as well, and the place of an error is one in
//! the step's own text, so that it can be marked there while somebody types.

use crate::scenario::{Scenario, StepId, TextError, check, parse, read_action};
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
    /// In the text that is being written, which cannot be read.
    Unread(Span),
    /// In the text that is being written, which can be read but has a name in it that means nothing.
    Name(Span),
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
                place: ErrorPlace::Unread(error.span.shifted(blanks)),
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
    let Some(found) = wrong_names(&changed) else {
        // What was read alone is read in the document as well, unless its lines are cut in another way there.
        return Err(StepError {
            message: "That cannot be written on one line".to_owned(),
            expected: String::new(),
            place: ErrorPlace::Unread(Span::new(blanks, blanks + said.len())),
        });
    };
    let own = found
        .iter()
        .find(|(at, _)| at.map(|(step, _)| step) == Some(step));
    // What was wrong before is not the doing of this step.
    let before = || wrong_names(scenario).unwrap_or_default();
    let is_new = |at: Option<(StepId, usize)>, error: &TextError, before: &[Wrong]| {
        let same = |(old, it): &Wrong| {
            old.map(|it| it.0) == at.map(|it| it.0) && it.message == error.message
        };
        !before.iter().any(same)
    };
    let other = || {
        let before = before();
        found.iter().find(|(at, error)| is_new(*at, error, &before))
    };
    let Some((at, error)) = own.or_else(|| if found.is_empty() { None } else { other() }) else {
        return Ok(());
    };
    let place = match *at {
        Some((at, from)) if at == step => {
            let (from, to) = if said.contains('\n') {
                (0, said.len())
            } else {
                (byte(said, from), byte(said, from + error.length))
            };
            ErrorPlace::Name(Span::new(from, to).shifted(blanks))
        }
        Some((other, _)) => ErrorPlace::Step(other),
        None => ErrorPlace::Elsewhere,
    };
    Err(StepError {
        message: error.message.clone(),
        expected: error.expected.clone(),
        place,
    })
}

/// A name that means nothing, with its step and how many letters into the step's first line it stands, if it is in a step.
type Wrong = (Option<(StepId, usize)>, TextError);

/// The names of a scenario that mean nothing; `None` if it cannot be read once it is written.
fn wrong_names(scenario: &Scenario) -> Option<Vec<Wrong>> {
    let document = scenario.to_text();
    let scenario = parse(&document).ok()?;
    let errors = check(&scenario, &document);
    let place = |error: &TextError| {
        let start = document.split_inclusive('\n').take(error.line - 1);
        let start: usize = start.map(str::len).sum();
        let at = start + byte(&document[start..], error.column - 1);
        let mut steps = scenario.timeline.iter();
        let step = steps.rposition(|step| (step.place.start..=step.place.end).contains(&at))?;
        let place = scenario.timeline[step].place;
        let said = document.get(place.start..at)?.trim_start();
        Some((StepId(step), said.chars().count()))
    };
    Some(
        errors
            .into_iter()
            .map(|error| (place(&error), error))
            .collect(),
    )
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
                ErrorPlace::Unread(span) | ErrorPlace::Name(span) => {
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
    fn what_was_wrong_before_is_not_told_of_another_step() {
        let text = STORIES[0]
            .text
            .replacen("SELECT quantity", "SELECT price", 1);
        let scenario = parse(&text).expect("it can be read");
        assert_eq!(try_step(&scenario, StepId(0), "BEGIN READ WRITE"), Ok(()));
        let mended = "SELECT quantity FROM stock WHERE id = 42";
        assert_eq!(try_step(&scenario, StepId(1), mended), Ok(()));
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
