//! What a spec says beside its SQL: names, its description, and how its statements are laid out.

use crate::isolation::{Spec, SpecError};
use crate::scenario::{Session, TextError};

/// A description longer than this is not taken over.
const MOST_ABOUT: usize = 600;

/// Sessions by names that the text form has; one that is no such name becomes the label.
pub(super) fn sessions(spec: &Spec) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    for session in &spec.sessions {
        let letters = session.name.chars().map(|character| {
            if crate::sql::is_letter(character)
                || character.is_ascii_digit()
                || "_-".contains(character)
            {
                character
            } else {
                '_'
            }
        });
        let mut name: String = letters.collect();
        if !name.starts_with(crate::sql::is_letter) {
            name.insert(0, 's');
        }
        while sessions.iter().any(|other| other.name == name) {
            name.push('_');
        }
        let mut made = Session::new(&name);
        if name != session.name {
            // A label is one line.
            let label: Vec<&str> = session.name.split_whitespace().collect();
            made.label = (!label.is_empty()).then(|| label.join(" "));
        }
        sessions.push(made);
    }
    sessions
}

/// Title and description: the comment at the top of the spec. One line is a title.
pub(super) fn description(text: &str) -> (String, String) {
    let lines = text.trim_start().lines().map(str::trim);
    let lines = lines
        .map_while(|line| line.strip_prefix('#'))
        .map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [title] => ((*title).to_owned(), String::new()),
        lines => {
            let about = lines.join(" ");
            let fits = about.len() <= MOST_ABOUT;
            (String::new(), if fits { about } else { String::new() })
        }
    }
}

/// A statement whose lines after the first are indented no further than they must be.
pub(super) fn even(text: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let rest = || text.split('\n').skip(1);
    let least = rest()
        .filter(|line| !line.trim().is_empty())
        .map(blanks)
        .min();
    let mut out = text
        .split('\n')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned();
    for line in rest() {
        out.push('\n');
        if !line.trim().is_empty() {
            out.push_str("  ");
            out.push_str(line.get(least.unwrap_or(0)..).unwrap_or(line).trim_end());
        }
    }
    out
}

/// What the driver says of a spec that it cannot read, at its place.
pub(super) fn unreadable(text: &str, error: SpecError) -> TextError {
    let line = error.line.unwrap_or(1);
    let lines = text.lines().nth(line - 1).unwrap_or_default();
    let column = lines.len() - lines.trim_start().len() + 1;
    let message = error.message.replace(&format!(" at line {line}"), "");
    let hint = error.hint.trim_end_matches('.');
    TextError {
        line,
        column,
        length: lines.trim().chars().count().max(1),
        message: if hint.is_empty() {
            message
        } else {
            format!("{message}. {hint}")
        },
        expected: String::new(),
    }
}
