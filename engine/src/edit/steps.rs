//! Steps: added, written anew, moved, copied, taken away.

use super::blocks::{Entry, Section, with_section};
use super::{EditError, Edited, known, known_session};
use crate::collections::sort_by;
use crate::scenario::{Scenario, SessionId, StepId, Tick};

const INDENT: &str = "  ";

pub(super) fn add(
    text: &str,
    scenario: &Scenario,
    at: usize,
    session: SessionId,
    step: &str,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    let name = &scenario.sessions[session.0].name;
    let step = one_paragraph(step)?;
    let Some(mut section) = Section::timeline(text, scenario) else {
        return first(text, name, &step);
    };
    let at = at.min(section.entries.len());
    let indent = section.entries[at.min(section.entries.len() - 1)]
        .indent
        .clone();
    let mut entry = Entry::new(name, &step, &indent);
    // Blank lines at the end of the timeline stay there.
    if at == section.entries.len()
        && let Some(last) = section.entries.last_mut()
    {
        entry.below = std::mem::take(&mut last.below);
    }
    section.entries.insert(at, entry);
    mend_times(&mut section, &[at]);
    Ok(Edited {
        text: section.put_together(),
        steps: vec![StepId(at)],
    })
}

/// The first step of a timeline that has none.
fn first(text: &str, name: &str, step: &str) -> Result<Edited, EditError> {
    let entry = Entry::new(name, step, INDENT);
    let head = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            *at += line.len();
            Some((*at, line))
        })
        .find(|(_, line)| line.trim_end() == "timeline:");
    let text = match head {
        Some((end, line)) => {
            let gap = if line.ends_with('\n') { "" } else { "\n" };
            let step = format!("{gap}{INDENT}{name}: {step}\n");
            format!("{}{step}{}", &text[..end], &text[end..])
        }
        None => {
            // Before the rules, where there are any.
            let rules = text.find("\nexpect:").map(|at| at + 1);
            match rules {
                Some(at) => {
                    let above = with_section(&text[..at], "timeline", &entry);
                    format!("{above}\n{}", &text[at..])
                }
                None => with_section(text, "timeline", &entry),
            }
        }
    };
    Ok(Edited {
        text,
        steps: vec![StepId(0)],
    })
}

pub(super) fn set(
    text: &str,
    scenario: &Scenario,
    step: StepId,
    said: &str,
) -> Result<Edited, EditError> {
    known(scenario, &[step])?;
    let said = one_paragraph(said)?;
    let mut section = cut(text, scenario)?;
    let entry = &mut section.entries[step.0];
    if entry.body.trim() != said {
        entry.body = format!(" {said}");
    }
    Ok(Edited {
        text: section.put_together(),
        steps: vec![step],
    })
}

pub(super) fn set_time(
    text: &str,
    scenario: &Scenario,
    step: StepId,
    at: Option<Tick>,
) -> Result<Edited, EditError> {
    known(scenario, &[step])?;
    let mut section = cut(text, scenario)?;
    let entry = &mut section.entries[step.0];
    if time_of(entry) != at.map(|at| at.0) {
        forget_time(entry);
        if let Some(at) = at {
            entry.head.push_str(&format!(" @{}", at.0));
        }
    }
    Ok(Edited {
        text: section.put_together(),
        steps: vec![step],
    })
}

pub(super) fn remove(
    text: &str,
    scenario: &Scenario,
    steps: &[StepId],
) -> Result<Edited, EditError> {
    known(scenario, steps)?;
    let mut section = cut(text, scenario)?;
    let mut place = 0;
    let mut below = String::new();
    section.entries.retain_mut(|entry| {
        let keep = !steps.contains(&StepId(place));
        place += 1;
        if !keep && place == scenario.timeline.len() {
            below = std::mem::take(&mut entry.below);
        }
        keep
    });
    if let Some(last) = section.entries.last_mut() {
        last.below.push_str(&below);
    }
    let first = steps.iter().map(|step| step.0).min().unwrap_or(0);
    let next = first.min(section.entries.len().saturating_sub(1));
    Ok(Edited {
        steps: if section.entries.is_empty() {
            Vec::new()
        } else {
            vec![StepId(next)]
        },
        text: section.put_together(),
    })
}

pub(super) fn duplicate(
    text: &str,
    scenario: &Scenario,
    steps: &[StepId],
) -> Result<Edited, EditError> {
    known(scenario, steps)?;
    let steps = in_order(steps);
    let mut section = cut(text, scenario)?;
    let at = steps.last().map_or(0, |last| last.0 + 1);
    let copies: Vec<Entry> = steps
        .iter()
        .map(|step| Entry {
            comments: String::new(),
            below: String::new(),
            ..section.entries[step.0].clone()
        })
        .collect();
    let places: Vec<usize> = (at..at + copies.len()).collect();
    let below = std::mem::take(&mut section.entries[at - 1].below);
    section.entries.splice(at..at, copies);
    section.entries[at + places.len() - 1].below = below;
    for place in &places {
        forget_time(&mut section.entries[*place]);
    }
    Ok(Edited {
        text: section.put_together(),
        steps: places.into_iter().map(StepId).collect(),
    })
}

pub(super) fn shift(
    text: &str,
    scenario: &Scenario,
    steps: &[StepId],
    to: usize,
    session: Option<SessionId>,
) -> Result<Edited, EditError> {
    known(scenario, steps)?;
    if let Some(session) = session {
        known_session(scenario, session)?;
    }
    let steps = in_order(steps);
    let mut section = cut(text, scenario)?;
    let end = section.entries.len();
    // Blank lines at the end stay at the end.
    let below = std::mem::take(&mut section.entries[end - 1].below);
    let to = to.min(end);
    let mut moved: Vec<Entry> = Vec::new();
    let mut stay: Vec<Entry> = Vec::new();
    let mut at = 0;
    for (place, mut entry) in section.entries.into_iter().enumerate() {
        if steps.contains(&StepId(place)) {
            if let Some(session) = session {
                let time = entry
                    .head
                    .split_once('@')
                    .map(|(_, time)| time.trim().to_owned());
                entry.head = scenario.sessions[session.0].name.clone();
                if let Some(time) = time {
                    entry.head.push_str(&format!(" @{time}"));
                }
            }
            moved.push(entry);
        } else {
            if place < to {
                at = stay.len() + 1;
            }
            stay.push(entry);
        }
    }
    let places: Vec<usize> = (at..at + moved.len()).collect();
    stay.splice(at..at, moved);
    section.entries = stay;
    if let Some(last) = section.entries.last_mut() {
        last.below.push_str(&below);
    }
    mend_times(&mut section, &places);
    Ok(Edited {
        text: section.put_together(),
        steps: places.into_iter().map(StepId).collect(),
    })
}

pub(super) fn reschedule(
    text: &str,
    scenario: &Scenario,
    order: &[(StepId, Option<Tick>)],
) -> Result<Edited, EditError> {
    let named: Vec<StepId> = order.iter().map(|(step, _)| *step).collect();
    known(scenario, &named)?;
    let mut section = cut(text, scenario)?;
    let end = section.entries.len();
    let below = std::mem::take(&mut section.entries[end - 1].below);
    let mut left: Vec<Option<Entry>> = section.entries.into_iter().map(Some).collect();
    section.entries = Vec::with_capacity(end);
    for (step, at) in order {
        let session = scenario.timeline[step.0].session;
        let own_before = (0..step.0).filter(|place| scenario.timeline[*place].session == session);
        if own_before.into_iter().any(|place| left[place].is_some()) {
            let name = scenario.sessions[session.0].display_name();
            return Err(EditError(format!(
                "The steps of {name} have to stay in their order."
            )));
        }
        let Some(mut entry) = left[step.0].take() else {
            return Err(EditError("A step stands there twice.".to_owned()));
        };
        if time_of(&entry) != at.map(|at| at.0) {
            forget_time(&mut entry);
            if let Some(at) = at {
                entry.head = format!("{} @{}", entry.head.trim_end(), at.0);
            }
        }
        section.entries.push(entry);
    }
    let mut least = 0;
    for (_, at) in order {
        let at = at.map_or(least, |at| at.0);
        if at + 1 < least {
            return Err(EditError("Times may not go back.".to_owned()));
        }
        least = at.saturating_add(1);
    }
    section.entries.extend(left.into_iter().flatten());
    if let Some(last) = section.entries.last_mut() {
        last.below.push_str(&below);
    }
    mend_times(&mut section, &[]);
    Ok(Edited {
        text: section.put_together(),
        steps: Vec::new(),
    })
}

fn cut<'t>(text: &'t str, scenario: &Scenario) -> Result<Section<'t>, EditError> {
    Section::timeline(text, scenario).ok_or_else(|| EditError("There are no steps.".to_owned()))
}

fn in_order(steps: &[StepId]) -> Vec<StepId> {
    let mut steps = steps.to_vec();
    sort_by(&mut steps, Ord::cmp);
    steps.dedup();
    steps
}

/// A step's own text, on one line.
pub(super) fn one_paragraph(text: &str) -> Result<String, EditError> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let text = lines.join(" ");
    if text.is_empty() {
        return Err(EditError(
            "A step says something: a statement, or `require` and a condition.".to_owned(),
        ));
    }
    if lines.len() > 1 && text.contains("--") {
        return Err(EditError(
            "A comment would swallow the lines after it: write it all on one line.".to_owned(),
        ));
    }
    Ok(text)
}

fn time_of(entry: &Entry) -> Option<u64> {
    let (_, time) = entry.head.split_once('@')?;
    time.trim().trim_end_matches("ms").trim_end().parse().ok()
}

fn forget_time(entry: &mut Entry) {
    if let Some((name, _)) = entry.head.split_once('@') {
        entry.head = name.trim_end().to_owned();
    }
}

/// Times may not go back: of steps that have come to new places, those that no longer fit are left out; and so are later ones
/// that the new places push beyond.
pub(super) fn mend_times(section: &mut Section<'_>, moved: &[usize]) {
    // First the moved steps, held against the next time below them.
    for &place in moved.iter().rev() {
        let next = section.entries[place + 1..].iter().find_map(time_of);
        if let (Some(own), Some(next)) = (time_of(&section.entries[place]), next)
            && own > next
        {
            forget_time(&mut section.entries[place]);
        }
    }
    // Then all, from the top.
    let mut last: Option<u64> = None;
    for entry in &mut section.entries {
        match (time_of(entry), last) {
            (Some(own), Some(before)) if own < before => {
                forget_time(entry);
                last = Some(before + 1);
            }
            (Some(own), _) => last = Some(own),
            (None, before) => last = Some(before.map_or(0, |before| before + 1)),
        }
    }
}
