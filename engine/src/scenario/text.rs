//! The text form, read.
//!
//! A scenario is a list of headers (`title:`, `about:`, `strategy:`, `isolation:`, `on conflict:`, `request key:`,
//! `lock escalation:`) and sections (`sessions:`, `setup:`, `timeline:`, `expect:`), whose entries are indented:
//!
//! ```text
//! title: Two cashiers, one shelf
//! strategy: none
//!
//! setup:
//!   CREATE TABLE stock (id int PRIMARY KEY, quantity int);
//!   INSERT INTO stock VALUES (42, 10);
//!
//! timeline:
//!   A: BEGIN
//!   A @40: SELECT quantity FROM stock
//!            WHERE id = 42
//! ```
//!
//! Statements of the set-up are separated by `;` and may span lines. A step is one line; a line that is indented deeper
//! goes on with it; under a session such lines are its options (`strategy:`, `isolation:`, `on conflict:`, `clock:`,
//! `slow:`, `colour:`, `client:`). Steps stand in the order in which they are sent, so times may not go back. A line that begins with
//! `#` is a comment and is kept with the entry below it. Errors do not stop the reading: all are reported.

use super::action::read_action;
use super::distance::distance;
use super::error::Lines;
use super::header::HeaderError;
use super::piece::Piece;
use super::session_option::session_option;
use super::{Rule, Scenario, Session, SessionId, SetupStatement, Sql, Step, TextError, Tick};
use crate::sql::{Span, SyntaxError, TokenKind, is_letter, tokenize};

/// The largest text that is read, in bytes.
pub const MOST_BYTES: usize = 256 * 1024;
/// The most sessions.
pub const MOST_SESSIONS: usize = 64;
/// The most steps.
pub const MOST_STEPS: usize = 2000;

const HEADERS: [&str; 7] = [
    "title",
    "about",
    "strategy",
    "isolation",
    "on conflict",
    "request key",
    "lock escalation",
];
const SECTIONS: [&str; 4] = ["sessions", "setup", "timeline", "expect"];

/// Reads a scenario.
///
/// # Errors
/// Every error found, in the order of their places.
pub fn parse(text: &str) -> Result<Scenario, Vec<TextError>> {
    let lines = Lines::new(text);
    if text.len() > MOST_BYTES {
        let message = format!("the text has {} bytes", text.len());
        return Err(vec![lines.error(
            Span::new(0, 1),
            message,
            "at most 262144 bytes",
        )]);
    }
    let mut reader = Reader {
        text,
        lines,
        scenario: Scenario::default(),
        errors: Vec::new(),
        comments: Vec::new(),
        seen: Vec::new(),
        last_time: None,
    };
    reader.read();
    crate::collections::sort_by_key(&mut reader.errors, |error| (error.line, error.column));
    if reader.errors.is_empty() {
        Ok(reader.scenario)
    } else {
        Err(reader.errors)
    }
}

/// A line of the document: where it begins, its text without the line's end, and how far it is indented.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
    indent: usize,
}

impl Line<'_> {
    fn is_comment(&self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn span(&self) -> Span {
        Span::new(
            self.start + self.indent,
            self.start + self.text.trim_end().len().max(self.indent),
        )
    }
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    scenario: Scenario,
    errors: Vec<TextError>,
    /// Comment lines that wait for the entry they belong to.
    comments: Vec<String>,
    /// Headers and sections that were there already.
    seen: Vec<&'static str>,
    last_time: Option<Tick>,
}

impl<'a> Reader<'a> {
    fn fail(&mut self, span: Span, message: impl Into<String>, expected: &str) {
        self.errors
            .push(self.lines.error(span, message.into(), expected));
    }

    fn fail_in(&mut self, piece: &Piece, error: SyntaxError) {
        self.fail(
            piece.in_document(error.span),
            error.message,
            &error.expected,
        );
    }

    fn read(&mut self) {
        let mut start = 0;
        let all: Vec<Line<'a>> = self
            .text
            .split('\n')
            .map(|text| {
                let line = Line {
                    start,
                    text,
                    indent: text.len() - text.trim_start_matches([' ', '\t']).len(),
                };
                start += text.len() + 1;
                line
            })
            .collect();
        let mut at = 0;
        let mut section: Option<&'static str> = None;
        while let Some(line) = all.get(at).copied() {
            at += 1;
            if line.is_blank() {
                continue;
            }
            if line.is_comment() {
                self.comments.push(line.text.trim().to_owned());
            } else if line.indent == 0 {
                section = self.top_level(line);
            } else {
                match section {
                    Some("setup") => {
                        let end = all[at..].iter().position(|line| {
                            line.indent == 0 && !line.is_blank() && !line.is_comment()
                        });
                        let end = end.map_or(all.len(), |end| at + end);
                        self.setup(&all[at - 1..end]);
                        at = end;
                    }
                    Some(section) => {
                        let deeper = |next: &Line<'_>| {
                            next.indent > line.indent && !next.is_blank() && !next.is_comment()
                        };
                        let more = all[at..].iter().take_while(|next| deeper(next)).count();
                        let last = all[at + more - 1];
                        at += more;
                        self.entry(
                            section,
                            line,
                            Span::new(line.start, last.start + last.text.len()),
                        );
                    }
                    None => self.fail(
                        line.span(),
                        "this line is indented but stands under no section",
                        "a section such as `timeline:` above it",
                    ),
                }
            }
        }
        let rest = std::mem::take(&mut self.comments);
        if self.seen.is_empty() && self.scenario.leading_comments.is_empty() {
            self.scenario.leading_comments = rest;
        } else {
            self.scenario.trailing_comments = rest;
        }
    }

    /// A header or the head of a section. Returns the section that begins.
    fn top_level(&mut self, line: Line<'a>) -> Option<&'static str> {
        let first = self.seen.is_empty();
        let Some((key, value)) = line.text.split_once(':') else {
            self.fail(
                line.span(),
                "this line is neither a header nor in a section",
                "`title:`, `setup:`, `timeline:` ...",
            );
            return None;
        };
        let key_span = Span::new(line.start, line.start + key.len());
        let key = key.trim().to_ascii_lowercase();
        let Some(known) = HEADERS.iter().chain(&SECTIONS).find(|known| **known == key) else {
            let near = nearest(&key).map_or(String::new(), |near| format!("`{near}:`? Otherwise "));
            let expected = format!("{near}{} or {}", HEADERS.join(", "), SECTIONS.join(", "));
            self.fail(key_span, format!("`{key}` is not a header"), &expected);
            return None;
        };
        if self.seen.contains(known) {
            self.fail(
                key_span,
                format!("`{key}:` stands here a second time"),
                "each header and section once",
            );
        }
        self.seen.push(known);
        let is_section = SECTIONS.contains(known);
        if first || !is_section {
            self.scenario.leading_comments.append(&mut self.comments);
        }
        let blanks = value.len() - value.trim_start().len();
        let value_start = key_span.end + 1 + blanks;
        let value = value.trim();
        let span = Span::new(value_start, value_start + value.len().max(1));
        if is_section {
            if !value.is_empty() {
                self.fail(
                    span,
                    format!("`{key}:` is a section and has no value"),
                    "its entries on the lines below, indented",
                );
            }
            return Some(known);
        }
        let outcome = match *known {
            "title" => {
                self.scenario.title = value.to_owned();
                Ok(())
            }
            "about" => {
                self.scenario.about = value.to_owned();
                Ok(())
            }
            "strategy" => value
                .parse()
                .map(|strategy| self.scenario.strategy = strategy),
            "isolation" => value
                .parse()
                .map(|isolation| self.scenario.isolation = Some(isolation)),
            "request key" => column(value).map(|key| self.scenario.request_key = Some(key)),
            "lock escalation" => {
                escalation(value).map(|rows| self.scenario.lock_escalation = Some(rows))
            }
            _ => value
                .parse()
                .map(|on_conflict| self.scenario.on_conflict = Some(on_conflict)),
        };
        if let Err(error) = outcome {
            self.fail(span, error.message, error.expected);
        }
        None
    }

    /// All lines of the set-up.
    fn setup(&mut self, lines: &[Line<'a>]) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return;
        };
        let (start, end) = (first.start, last.start + last.text.len());
        // Comment lines are blanked out, so that what remains keeps its place.
        let mut region = self.text[start..end].to_owned();
        for line in lines.iter().filter(|line| line.is_comment()) {
            let blank = " ".repeat(line.text.len());
            region.replace_range(
                line.start - start..line.start - start + line.text.len(),
                &blank,
            );
        }
        let tokens = match tokenize(&region) {
            Ok(tokens) => tokens,
            Err(error) => {
                return self.fail(error.span.shifted(start), error.message, &error.expected);
            }
        };
        let mut comments = lines.iter().filter(|line| line.is_comment()).peekable();
        let (mut begin, mut empty) = (0, true);
        for token in tokens {
            if !matches!(token.kind, TokenKind::Symbol(";") | TokenKind::End) {
                empty = false;
                continue;
            }
            // What stands before the statement, a comment of SQL, belongs to it.
            let between = &region[begin..token.span.start];
            let blanks = between.len() - between.trim_start().len();
            let place = Span::new(
                start + begin + blanks,
                start + begin + between.trim_end().len(),
            );
            begin = token.span.end;
            if empty {
                // Comments alone, after the last statement.
                let lines = between
                    .lines()
                    .map(|line| line.trim().trim_start_matches('-').trim());
                self.comments.extend(
                    lines
                        .filter(|line| !line.is_empty())
                        .map(|line| format!("# {line}")),
                );
                continue;
            }
            while let Some(comment) = comments.next_if(|line| line.start < place.end) {
                self.comments.push(comment.text.trim().to_owned());
            }
            self.setup_statement(place);
            empty = true;
        }
        let rest: Vec<String> = comments.map(|line| line.text.trim().to_owned()).collect();
        self.comments.extend(rest);
    }

    fn setup_statement(&mut self, place: Span) {
        let comments = std::mem::take(&mut self.comments);
        let piece = Piece::cut(self.text, place, setup_indent(self.text, place));
        match Sql::parse(&piece.text) {
            Ok(sql) => self.scenario.setup.push(SetupStatement {
                sql,
                comments,
                place,
            }),
            Err(error) => self.fail_in(&piece, error),
        }
    }

    /// An entry of `sessions:`, `timeline:` or `expect:`: `name: what`.
    fn entry(&mut self, section: &str, line: Line<'a>, whole: Span) {
        let comments = std::mem::take(&mut self.comments);
        let Some(colon) = line.text.find(':') else {
            let expected = match section {
                "timeline" => "a session's name and a colon, as in `A: BEGIN`",
                "sessions" => "a session's name and a colon, as in `A: Cashier A`",
                _ => "a name and a colon, as in `stock is right: SELECT ...`",
            };
            return self.fail(line.span(), "there is no `:` in this line", expected);
        };
        let name = line.text[..colon].trim();
        let name_span = Span::new(line.start + line.indent, line.start + colon);
        let place = Span::new(line.start + colon + 1, whole.end);
        match section {
            "sessions" => self.session_entry(name, name_span, place, comments),
            "timeline" => self.step(name, name_span, place, comments),
            _ => self.rule(name, name_span, place, comments),
        }
    }

    fn session_entry(&mut self, name: &str, span: Span, place: Span, comments: Vec<String>) {
        let end = self.text[place.start..place.end].find('\n');
        let end = end.map_or(place.end, |end| place.start + end);
        let label = self.text[place.start..end].trim().to_owned();
        let before = self.scenario.sessions.len();
        let Some(id) = self.session(name, span) else {
            return;
        };
        if id.0 < before {
            return self.fail(
                span,
                format!("session `{name}` stands here a second time"),
                "each session once",
            );
        }
        let session = &mut self.scenario.sessions[id.0];
        session.label = (!label.is_empty()).then_some(label);
        session.comments = comments;
        let mut start = end + 1;
        for line in self.text[end..place.end].split('\n').skip(1) {
            let blanks = line.len() - line.trim_start().len();
            let span = Span::new(start + blanks, start + line.trim_end().len().max(blanks));
            if let Err(error) = session_option(&mut self.scenario.sessions[id.0], line) {
                self.fail(span, error.message, error.expected);
            }
            start += line.len() + 1;
        }
    }

    /// The session of this name, made if need be.
    fn session(&mut self, name: &str, span: Span) -> Option<SessionId> {
        if let Some(id) = self.scenario.session(name) {
            return Some(id);
        }
        let fits = name.starts_with(is_letter)
            && name.chars().all(|character| {
                is_letter(character) || character.is_ascii_digit() || "_-".contains(character)
            });
        if !fits {
            let expected = "a session's name: a letter, then letters, digits, `_` or `-`";
            self.fail(span, format!("`{name}` is not a session's name"), expected);
            return None;
        }
        if self.scenario.sessions.len() >= MOST_SESSIONS {
            self.fail(
                span,
                format!("`{name}` is one session too many"),
                "at most 64 sessions",
            );
            return None;
        }
        self.scenario.sessions.push(Session::new(name));
        Some(SessionId(self.scenario.sessions.len() - 1))
    }

    fn step(&mut self, head: &str, span: Span, place: Span, comments: Vec<String>) {
        if self.scenario.timeline.len() >= MOST_STEPS {
            if self.scenario.timeline.len() == MOST_STEPS
                && !self.errors.iter().any(|error| error.expected == TOO_LONG)
            {
                self.fail(span, "this is one step too many", TOO_LONG);
            }
            return;
        }
        let (name, at) = match head.split_once('@') {
            None => (head, None),
            Some((name, time)) => match time.trim().trim_end_matches("ms").trim_end().parse() {
                Ok(time) if time <= 1_000_000_000 => (name.trim(), Some(Tick(time))),
                _ => {
                    let message = format!("`@{}` is not a time", time.trim());
                    return self.fail(
                        span,
                        message,
                        "milliseconds from the start, as in `A @40: ...`",
                    );
                }
            },
        };
        let Some(session) = self.session(name, span) else {
            return;
        };
        if let (Some(at), Some(last)) = (at, self.last_time)
            && at < last
        {
            let message = format!(
                "time {} lies before that of the step above, {}",
                at.0, last.0
            );
            return self.fail(span, message, "steps in the order in which they are sent");
        }
        let time = at.unwrap_or(self.last_time.map_or(Tick(0), |last| Tick(last.0 + 1)));
        self.last_time = Some(time);
        let piece = Piece::cut(self.text, place, step_indent(self.text, place));
        match read_action(&piece.text) {
            Ok(action) => self.scenario.timeline.push(Step {
                session,
                at,
                action,
                comments,
                place,
            }),
            Err(error) => self.fail_in(&piece, error),
        }
    }

    fn rule(&mut self, name: &str, span: Span, place: Span, comments: Vec<String>) {
        if name.is_empty() {
            return self.fail(
                span,
                "the rule has no name",
                "a name before the colon, as in `stock is right: SELECT ...`",
            );
        }
        let piece = Piece::cut(self.text, place, step_indent(self.text, place));
        match Sql::parse(&piece.text) {
            Ok(query) => self.scenario.expect.push(Rule {
                name: name.to_owned(),
                query,
                comments,
                place,
            }),
            Err(error) => self.fail_in(&piece, error),
        }
    }
}

/// The value of `request key:`.
fn column(value: &str) -> Result<String, HeaderError> {
    let fits = value.starts_with(is_letter)
        && value.chars().all(|character| {
            is_letter(character) || character.is_ascii_digit() || character == '_'
        });
    if fits {
        Ok(value.to_ascii_lowercase())
    } else {
        Err(HeaderError {
            message: format!("`{value}` is not a column's name"),
            expected: "the name of the column that tells requests apart, as in `request key: event_id`",
        })
    }
}

/// The value of `lock escalation:`.
fn escalation(value: &str) -> Result<u32, HeaderError> {
    match value.parse() {
        Ok(rows @ 1..=1_000_000) => Ok(rows),
        _ => Err(HeaderError {
            message: format!("`{value}` is no number of rows"),
            expected: "after how many row locks the whole table is locked, as in `lock escalation: 5000`",
        }),
    }
}

const TOO_LONG: &str = "at most 2000 steps";

/// How far the line that a place begins in is indented.
fn line_indent(text: &str, place: Span) -> usize {
    let before = &text[..place.start.min(text.len())];
    let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// How far the lines of a statement of the set-up are indented.
pub(super) fn setup_indent(text: &str, place: Span) -> usize {
    line_indent(text, place)
}

/// How far the lines are indented that go on with a step or rule.
pub(super) fn step_indent(text: &str, place: Span) -> usize {
    line_indent(text, place) + 2
}

/// What a line without indentation can begin with, before its colon.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    HEADERS.into_iter().chain(SECTIONS)
}

/// The header or section whose name differs from `key` in at most two letters.
fn nearest(key: &str) -> Option<&'static str> {
    let all = HEADERS.iter().chain(&SECTIONS);
    let by_distance = all.map(|known| (distance(key, known), *known));
    by_distance
        .min()
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, known)| known)
}
