//! What is drawn: the scenario as the text has it at this moment, whether or not its names mean something.

use rowlock_engine::scenario::{Scenario, StepId, TextError, line_and_column};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// A scenario that could be read, with the places of its steps in the text.
#[derive(Debug)]
pub struct Drawing {
    /// What is drawn.
    pub scenario: Scenario,
    /// The lines, from 1, in which each step stands.
    pub lines: Vec<RangeInclusive<usize>>,
    /// The text.
    text: Rc<str>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self::of(Scenario::default(), "".into())
    }
}

impl Drawing {
    /// What a text draws.
    #[must_use]
    pub fn of(scenario: Scenario, text: Rc<str>) -> Self {
        let lines = step_lines(&scenario, &text);
        Self {
            scenario,
            lines,
            text,
        }
    }

    /// The same text with its steps in another order, which nobody has written yet.
    pub(super) fn in_order(&self, scenario: Scenario, order: impl Iterator<Item = StepId>) -> Self {
        Self {
            lines: order
                .filter_map(|step| self.lines.get(step.0).cloned())
                .collect(),
            scenario,
            text: Rc::clone(&self.text),
        }
    }

    /// Some of its steps as lines of text, to be copied.
    #[must_use]
    pub fn lines_of(&self, steps: &[StepId]) -> String {
        rowlock_engine::edit::lines_of(&self.text, &self.scenario, steps)
    }

    /// The step that an error is in, if it is in one.
    #[must_use]
    pub fn step_of(&self, error: &TextError) -> Option<StepId> {
        let place = self
            .lines
            .iter()
            .position(|lines| lines.contains(&error.line));
        place.map(StepId)
    }
}

/// The lines in which each step stands, found in one pass.
fn step_lines(scenario: &Scenario, text: &str) -> Vec<RangeInclusive<usize>> {
    let Some(first) = scenario.timeline.first() else {
        return Vec::new();
    };
    let (mut line, _) = line_and_column(text, first.place.start);
    let mut from = first.place.start;
    let mut breaks = |to: usize| {
        let count = text
            .get(from..to)
            .map_or(0, |between| between.matches('\n').count());
        from = from.max(to);
        count
    };
    let steps = scenario.timeline.iter().map(|step| {
        line += breaks(step.place.start);
        let begins = line;
        line += breaks(step.place.end);
        begins..=line
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::scenario::parse;

    #[test]
    fn a_step_knows_its_lines_and_an_error_its_step() {
        let text =
            "title: x\ntimeline:\n  # first\n  A: BEGIN\n\n  A: SELECT 1\n     + 2\n  B: COMMIT\n";
        let drawing = Drawing::of(parse(text).expect("it can be read"), text.into());
        assert_eq!(drawing.lines, [4..=4, 6..=7, 8..=8]);
        let error = |line| TextError {
            line,
            column: 1,
            length: 1,
            message: String::new(),
            expected: String::new(),
        };
        assert_eq!(drawing.step_of(&error(7)), Some(StepId(1)));
        assert_eq!(drawing.step_of(&error(1)), None);
    }
}
