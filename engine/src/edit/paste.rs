//! Steps as text, to be copied and pasted: the lines that the timeline has.

use super::blocks::Entry;
use super::steps::{self, mend_times, one_paragraph};
use super::{EditError, Edited, blocks::Section, known_session};
use crate::scenario::{Scenario, SessionId, StepId, parse};

/// The lines of some steps, as they can be pasted: `A: SELECT ...`, in the order of the timeline, a step a line.
#[must_use]
pub fn lines_of(text: &str, scenario: &Scenario, which: &[StepId]) -> String {
    let mut lines = String::new();
    for (place, step) in scenario.timeline.iter().enumerate() {
        if which.contains(&StepId(place)) {
            let written = text.get(step.place.start..step.place.end);
            let written = written.unwrap_or_default();
            let parts: Vec<&str> = written.split('\n').map(str::trim).collect();
            let name = &scenario.sessions[step.session.0].name;
            lines.push_str(&format!("{name}: {}\n", parts.join(" ").trim()));
        }
    }
    lines
}

pub(super) fn paste(
    text: &str,
    scenario: &Scenario,
    at: usize,
    session: SessionId,
    lines: &str,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    let mut pasted = Vec::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (name, step) = whose(scenario, session, line);
        let step = one_paragraph(step)?;
        // One by one, so that what is wrong is said of the line that it is wrong in.
        if parse(&format!("timeline:\n  {name}: {step}\n")).is_err() {
            return Err(EditError(format!(
                "`{step}` is no step, so nothing was pasted."
            )));
        }
        pasted.push((name, step));
    }
    let Some((first, rest)) = pasted.split_first() else {
        return Err(EditError("There is nothing to paste.".to_owned()));
    };
    let at = at.min(scenario.timeline.len());
    let owner = scenario.session(first.0).unwrap_or(session);
    let added = steps::add(text, scenario, at, owner, &first.1)?;
    let places = (at..at + pasted.len()).map(StepId).collect();
    if rest.is_empty() {
        return Ok(Edited {
            steps: places,
            ..added
        });
    }
    let with_first = parse(&added.text)
        .map_err(|_| EditError("What was copied does not fit here.".to_owned()))?;
    let Some(mut section) = Section::timeline(&added.text, &with_first) else {
        return Ok(added);
    };
    let indent = section.entries[at].indent.clone();
    // Blank lines below stay below.
    let below = std::mem::take(&mut section.entries[at].below);
    let entries = rest
        .iter()
        .map(|(name, step)| Entry::new(name, step, &indent));
    section.entries.splice(at + 1..at + 1, entries);
    section.entries[at + rest.len()].below = below;
    let moved: Vec<usize> = (at..at + pasted.len()).collect();
    mend_times(&mut section, &moved);
    Ok(Edited {
        text: section.put_together(),
        steps: places,
    })
}

/// Whose step a line is, and the step without name and time.
fn whose<'a>(scenario: &'a Scenario, session: SessionId, line: &'a str) -> (&'a str, &'a str) {
    if let Some((head, step)) = line.split_once(':') {
        let name = head.split('@').next().unwrap_or_default().trim();
        if let Some(found) = scenario.session(name) {
            return (&scenario.sessions[found.0].name, step);
        }
    }
    (&scenario.sessions[session.0].name, line)
}
