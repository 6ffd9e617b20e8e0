//! Statements of the set-up as they stand in the text: put at the end, taken away.

use super::cut::Source;
use super::patches::Patches;
use crate::edit::blocks::comments_above;
use crate::scenario::{Scenario, SetupStatement};
use crate::sql::Span;

/// The text with one more statement at the end of its set-up.
pub(super) fn append(text: &str, scenario: &Scenario, statement: &str) -> String {
    let Some(last) = scenario.setup.last() else {
        return first(text, statement);
    };
    let line = &text[line_start(text, last.place.start)..last.place.start];
    let indent = if line.trim().is_empty() { line } else { "  " };
    let mut patches = Patches::new(text);
    let at = match semicolon(text, last.place) {
        Some(at) => at + 1,
        None => {
            let end = Source::of(text, last.place).and_then(|source| source.end());
            patches.put(end.unwrap_or(last.place.end), ";");
            last.place.end
        }
    };
    let line = text[at..].find('\n').map_or(text.len(), |end| at + end);
    patches.put(line, format!("\n{indent}{statement};"));
    patches.done()
}

/// The first statement; the section is made where it belongs, before the timeline and the rules.
fn first(text: &str, statement: &str) -> String {
    let entry = format!("  {statement};\n");
    let mut at = 0;
    let mut before = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let key = line.split_once(':').map_or("", |(key, _)| key);
        if key.starts_with([' ', '\t', '#']) {
            continue;
        }
        match key.trim().to_ascii_lowercase().as_str() {
            "setup" => {
                let gap = if line.ends_with('\n') { "" } else { "\n" };
                return format!("{}{gap}{entry}{}", &text[..at], &text[at..]);
            }
            "timeline" | "expect" if before.is_none() => before = Some(start),
            _ => {}
        }
    }
    let Some(head) = before else {
        let above = text.trim_end();
        let gap = if above.is_empty() { "" } else { "\n\n" };
        return format!("{above}{gap}setup:\n{entry}");
    };
    // Comments right above a section stay with it, unless they are those at the top of the text.
    let mut place = head;
    let mut above = head;
    while let Some(end) = above.checked_sub(1) {
        let start = line_start(text, end);
        let line = text[start..end].trim();
        if line.starts_with('#') {
            place = start;
        } else if !line.is_empty() {
            break;
        }
        above = start;
    }
    if above == 0 {
        place = head;
    }
    let gap = match &text[..place] {
        "" => "",
        above if above.ends_with("\n\n") => "",
        _ => "\n",
    };
    format!("{}{gap}setup:\n{entry}\n{}", &text[..place], &text[place..])
}

/// Takes statements away with the comments above them; they are named in the order of the text.
pub(super) fn remove(text: &str, scenario: &Scenario, which: &[usize]) -> String {
    let mut patches = Patches::new(text);
    // Where the statement before was taken away to, if nothing is left before that on its line, and the comments above that.
    let mut gone: Option<(usize, usize)> = None;
    for entry in which.iter().filter_map(|which| scenario.setup.get(*which)) {
        gone = remove_one(text, entry, gone, &mut patches);
    }
    patches.done()
}

fn remove_one(
    text: &str,
    entry: &SetupStatement,
    gone: Option<(usize, usize)>,
    patches: &mut Patches<'_>,
) -> Option<(usize, usize)> {
    let Span { start, end, .. } = entry.place;
    let line = line_start(text, start);
    let before = gone.filter(|(to, _)| *to == start).map(|(_, above)| above);
    let is_first = before.is_some() || text[line..start].trim().is_empty();
    let comments = before.unwrap_or(0) + entry.comments.len();
    let semicolon = semicolon(text, entry.place);
    if let Some(at) = semicolon
        && !text[end..at].trim().is_empty()
    {
        // A comment between the statement and its semicolon is another's.
        patches.write(entry.place, "");
        patches.write(Span::new(at, at + 1), "");
        return None;
    }
    let end = semicolon.map_or(end, |at| at + 1);
    let rest = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let behind = &text[end..rest];
    let next = end + (behind.len() - behind.trim_start().len());
    match (is_first, behind.trim().is_empty()) {
        (true, true) => {
            let from = comments_above(text, line, comments);
            patches.write(Span::new(from, (rest + 1).min(text.len())), "");
        }
        (false, true) => patches.take(Span::new(start, end)),
        (_, false) => patches.write(Span::new(start, next), ""),
    }
    is_first.then_some((next, comments))
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The semicolon that ends a statement; the last one may have none.
fn semicolon(text: &str, place: Span) -> Option<usize> {
    let mut at = place.end;
    for line in text.get(place.end..)?.split_inclusive('\n') {
        let content = line.trim_start();
        if content.starts_with(';') {
            return Some(at + (line.len() - content.len()));
        }
        if !content.is_empty() && !content.starts_with('#') {
            return None;
        }
        at += line.len();
    }
    None
}
