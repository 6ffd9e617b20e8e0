//! Lanes: added, named, moved, copied, taken away.

use super::blocks::{Entry, Section};
use super::{EditError, Edited, known_session, steps};
use crate::scenario::{Colour, Scenario, Session, SessionId, StepId, parse};

/// Every session has a line of its own then, in the order of the lanes; lines that were there stay as they are.
fn with_all_named(
    text: &str,
    scenario: &Scenario,
    lanes: &[(Session, Option<SessionId>)],
) -> String {
    let old = section(text, scenario);
    let entry = |session: &Session, was: Option<SessionId>| {
        let kept = was.and_then(|was| old.as_ref()?.entries.get(was.0).cloned());
        kept.filter(|entry| entry.head.trim() == session.name)
            .unwrap_or_else(|| {
                Entry::new(
                    &session.name,
                    session.label.as_deref().unwrap_or_default(),
                    "  ",
                )
            })
    };
    let mut entries: Vec<Entry> = lanes
        .iter()
        .map(|(session, was)| entry(session, *was))
        .collect();
    match old {
        Some(mut section) => {
            let below = section
                .entries
                .last_mut()
                .map(|last| std::mem::take(&mut last.below));
            for entry in &mut entries {
                if entry.below.trim().is_empty() {
                    entry.below.clear();
                }
            }
            if let Some(last) = entries.last_mut() {
                last.below = below.unwrap_or_default();
            }
            section.entries = entries;
            section.put_together()
        }
        None => {
            // Before the first section that there is.
            let heads = ["setup:", "timeline:", "expect:"];
            let mut at = 0;
            let place = text.split_inclusive('\n').find_map(|line| {
                let start = at;
                at += line.len();
                heads.contains(&line.trim_end()).then_some(start)
            });
            let place = place.unwrap_or(text.len());
            let before = &text[..place];
            // Comments right above a section stay with it.
            let mut whole = before.to_owned();
            if !whole.is_empty() && !whole.ends_with('\n') {
                whole.push('\n');
            }
            if !whole.is_empty() && !whole.ends_with("\n\n") {
                whole.push('\n');
            }
            whole.push_str("sessions:\n");
            for entry in &entries {
                whole.push_str(&format!("{}{}:{}\n", entry.indent, entry.head, entry.body));
            }
            if place < text.len() {
                whole.push('\n');
            }
            whole.push_str(&text[place..]);
            whole
        }
    }
}

/// The section `sessions:`, if every session has a line there.
fn section<'t>(text: &'t str, scenario: &Scenario) -> Option<Section<'t>> {
    let mut inside = false;
    let mut at = 0;
    let mut places = Vec::new();
    let mut comments = 0;
    let mut deep = usize::MAX;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim();
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if indent == 0 && !content.is_empty() && !content.starts_with('#') {
            inside = line.trim_end() == "sessions:";
            deep = usize::MAX;
            continue;
        }
        if !inside || content.is_empty() {
            continue;
        }
        if content.starts_with('#') {
            comments += 1;
            continue;
        }
        let end = start + line.trim_end_matches('\n').len();
        if indent > deep {
            // An option of the session above.
            if let Some((place, _)) = places.last_mut() {
                let place: &mut crate::sql::Span = place;
                place.end = end;
            }
            continue;
        }
        deep = indent;
        let colon = line.find(':')?;
        places.push((crate::sql::Span::new(start + colon + 1, end), comments));
        comments = 0;
    }
    if places.len() != scenario.sessions.len() {
        return None;
    }
    Section::cut(text, &places)
}

fn lanes(scenario: &Scenario) -> Vec<(Session, Option<SessionId>)> {
    let sessions = scenario.sessions.iter().enumerate();
    sessions
        .map(|(place, session)| (session.clone(), Some(SessionId(place))))
        .collect()
}

/// The text with the lanes of another scenario, in their order.
pub(super) fn keep(text: &str, scenario: &Scenario, of: &Scenario) -> String {
    let lanes: Vec<_> = of
        .sessions
        .iter()
        .map(|session| (session.clone(), None))
        .collect();
    with_all_named(text, scenario, &lanes)
}

/// A short name that no session has: A to Z, then S27 and on.
fn free_name(scenario: &Scenario) -> String {
    let letters = (b'A'..=b'Z').map(|letter| char::from(letter).to_string());
    let mut names = letters.chain((27..).map(|number| format!("S{number}")));
    names
        .find(|name| scenario.session(name).is_none())
        .unwrap_or_default()
}

/// A label on one line, with no colon that could be read as an option.
fn label(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

pub(super) fn add(text: &str, scenario: &Scenario, name: &str) -> Result<Edited, EditError> {
    let mut lanes = lanes(scenario);
    let mut session = Session::new(&free_name(scenario));
    session.label = label(name);
    lanes.push((session, None));
    Ok(Edited {
        text: with_all_named(text, scenario, &lanes),
        steps: Vec::new(),
    })
}

pub(super) fn rename(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    name: &str,
) -> Result<Edited, EditError> {
    in_its_line(text, scenario, session, |body| {
        let options = body.split_once('\n').map_or("", |(_, options)| options);
        let mut renamed = label(name).map_or(String::new(), |label| format!(" {label}"));
        if !options.is_empty() {
            renamed.push('\n');
            renamed.push_str(options);
        }
        renamed
    })
}

/// Changes what stands after a session's short name, its options included.
fn in_its_line(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    change: impl FnOnce(&str) -> String,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    let whole = with_all_named(text, scenario, &lanes(scenario));
    let scenario =
        parse(&whole).map_err(|_| EditError("The sessions cannot be written so.".to_owned()))?;
    let mut section =
        section(&whole, &scenario).ok_or_else(|| EditError("There are no sessions.".to_owned()))?;
    let entry = &mut section.entries[session.0];
    entry.body = change(&entry.body);
    Ok(Edited {
        text: section.put_together(),
        steps: Vec::new(),
    })
}

pub(super) fn colour(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    colour: Option<Colour>,
) -> Result<Edited, EditError> {
    let colour = colour.map(|colour| colour.to_string());
    option(text, scenario, session, "colour", colour.as_deref())
}

pub(super) fn client(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    name: &str,
) -> Result<Edited, EditError> {
    option(text, scenario, session, "client", label(name).as_deref())
}

/// Gives a session an option line in the place of those with the same key, or takes them away.
fn option(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    key: &str,
    value: Option<&str>,
) -> Result<Edited, EditError> {
    in_its_line(text, scenario, session, |body| {
        let is_it = |line: &&str| {
            let own = line.split(':').next().unwrap_or_default();
            own.trim().eq_ignore_ascii_case(key)
        };
        let mut lines = body.split('\n');
        let mut changed = lines.next().unwrap_or_default().to_owned();
        for line in lines.filter(|line| !is_it(line)) {
            changed.push('\n');
            changed.push_str(line);
        }
        if let Some(value) = value {
            let indent = body.split('\n').skip(1).find(|line| !line.is_empty());
            let indent =
                indent.map_or("    ", |line| &line[..line.len() - line.trim_start().len()]);
            changed.push_str(&format!("\n{indent}{key}: {value}"));
        }
        changed
    })
}

pub(super) fn remove(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    if scenario.sessions.len() == 1 {
        return Err(EditError("It is the only session.".to_owned()));
    }
    let mut lanes = lanes(scenario);
    lanes.remove(session.0);
    let own: Vec<StepId> = (0..scenario.timeline.len())
        .map(StepId)
        .filter(|step| scenario.timeline[step.0].session == session)
        .collect();
    let without = if own.is_empty() {
        text.to_owned()
    } else {
        steps::remove(text, scenario, &own)?.text
    };
    // The steps are gone, the names are still those of all.
    Ok(Edited {
        text: with_all_named(&without, scenario, &lanes),
        steps: Vec::new(),
    })
}

pub(super) fn shift(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
    to: usize,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    let mut lanes = lanes(scenario);
    let lane = lanes.remove(session.0);
    lanes.insert(to.min(lanes.len()), lane);
    Ok(Edited {
        text: with_all_named(text, scenario, &lanes),
        steps: Vec::new(),
    })
}

pub(super) fn duplicate(
    text: &str,
    scenario: &Scenario,
    session: SessionId,
) -> Result<Edited, EditError> {
    known_session(scenario, session)?;
    let of = &scenario.sessions[session.0];
    let mut twin = of.clone();
    twin.name = free_name(scenario);
    twin.label = of.label.as_ref().map(|label| format!("{label} (2)"));
    twin.comments = Vec::new();
    let name = twin.name.clone();
    let mut lanes = lanes(scenario);
    lanes.insert(session.0 + 1, (twin, None));
    let mut text = text.to_owned();
    if let Some(mut section) = Section::timeline(&text, scenario) {
        let mut entries = Vec::new();
        for (place, entry) in section.entries.iter().enumerate() {
            let mut own = entry.clone();
            let copy = (scenario.timeline[place].session == session).then(|| Entry {
                comments: String::new(),
                head: name.clone(),
                below: std::mem::take(&mut own.below),
                ..entry.clone()
            });
            entries.push(own);
            entries.extend(copy);
        }
        section.entries = entries;
        text = section.put_together();
    }
    Ok(Edited {
        text: with_all_named(&text, scenario, &lanes),
        steps: Vec::new(),
    })
}
