//! The diagram for Mermaid, as a `sequenceDiagram`.
//!
//! ```text
//! sequenceDiagram
//!     participant A as Cashier A
//!     participant DB as Database
//!     A->>DB: SELECT quantity FROM stock WHERE id = 42
//!     DB-->>A: quantity = 10
//!     Note over B: waits for stock id = 42, held by Cashier A
//! ```
//!
//! Participants stand as in the diagram of the page, with the database in the middle. A transaction is an activation of its
//! session. Waits, checks and what clients do by themselves are notes, an error is an arrow that ends in a cross. For whom sessions
//! work is an actor, once, even where sessions on both sides work for it; an answer that is lost ends in a cross, too.
//!
//! Source of the rules: Mermaid's `sequenceDiagram.jison` and `encodeEntities`. A text ends at a `;`, a line's end or a `#`
//! that begins no entity; `#59;` is how to write them. HTML, `$$` and the words that begin a style are taken for what they
//! are not, so these are written as entities, too.

use super::{Subject, title};
use crate::diagram::calls::{Call, CallKind, calls, clients};
use crate::diagram::says;
use crate::diagram::text::{Font, wrap};
use crate::diagram::thread::{Thread, continues, threads};
use crate::ids::SessionId;
use crate::run::{Event, EventKind};
use std::fmt::Write as _;

/// Words that mean something where a participant is named, in lower case.
const KEY_WORDS: [&str; 32] = [
    "activate",
    "actor",
    "alt",
    "and",
    "as",
    "autonumber",
    "box",
    "break",
    "central",
    "create",
    "critical",
    "db",
    "deactivate",
    "destroy",
    "else",
    "end",
    "left",
    "link",
    "links",
    "loop",
    "note",
    "off",
    "opt",
    "option",
    "over",
    "par",
    "par_over",
    "participant",
    "properties",
    "rect",
    "right",
    "title",
];

/// What names in the source begin with that are those of clients.
const CLIENT: &str = "Client";

/// The width of a message or note, in pixels of the font that Mermaid uses.
const ROOM: i32 = 330;

pub(super) fn mermaid(subject: &Subject<'_>) -> String {
    let plan = subject.plan;
    let writer = Writer {
        subject,
        threads: threads(subject.run, plan.sessions.len()),
        ids: ids(subject),
        clients: clients(&plan.sessions),
        calls: calls(subject.run, &plan.sessions),
    };
    let mut out = format!(
        "sequenceDiagram\n    accTitle: {}\n    accDescr: {}\n",
        escape(title(subject.scenario)),
        escape(&subject.verdict.sentence)
    );
    let left = plan.sessions.len().div_ceil(2);
    let participant = |out: &mut String, id: &str, label: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    participant {id} as {}", escape(label));
    };
    let right_of = plan.sessions.get(left..).unwrap_or_default();
    let stands_left = |name: &str| {
        let mut sessions = plan.sessions.iter().take(left);
        sessions.any(|session| session.client.as_deref() == Some(name))
    };
    let actor = |out: &mut String, name: &str| {
        let id = writer.client(name);
        let _ = writeln!(out, "    actor {id} as {}", escape(name));
    };
    for name in writer.clients.iter().filter(|name| stands_left(name)) {
        actor(&mut out, name);
    }
    for (place, session) in plan.sessions.iter().enumerate() {
        if place == left {
            participant(&mut out, "DB", "Database");
        }
        participant(&mut out, &writer.ids[place], session.display_name());
    }
    if left == plan.sessions.len() {
        participant(&mut out, "DB", "Database");
    }
    for name in clients(right_of).iter().filter(|name| !stands_left(name)) {
        actor(&mut out, name);
    }
    for index in 0..subject.run.events.len() {
        writer.calls(&mut out, index, true);
        writer.event(&mut out, index);
        writer.calls(&mut out, index, false);
    }
    let last = subject.run.events.len();
    for transaction in &subject.run.transactions {
        if transaction.outcome == crate::run::Outcome::Open && transaction.first < last {
            let _ = writeln!(out, "    deactivate {}", writer.ids[transaction.session.0]);
        }
    }
    if let (Some(first), Some(end)) = (writer.ids.first(), writer.ids.last()) {
        let over = if first == end {
            format!("{first},DB")
        } else {
            format!("{first},{end}")
        };
        let _ = writeln!(
            out,
            "    Note over {over}: {}",
            lines(std::slice::from_ref(&subject.verdict.sentence), Font::Sans)
        );
    }
    out
}

struct Writer<'a> {
    subject: &'a Subject<'a>,
    threads: Vec<Thread>,
    ids: Vec<String>,
    clients: Vec<&'a str>,
    calls: Vec<Call>,
}

impl Writer<'_> {
    /// What somebody for whom sessions work is called in the source.
    fn client(&self, name: &str) -> String {
        let place = self.clients.iter().position(|known| *known == name);
        format!("{CLIENT}{}", place.unwrap_or(0) + 1)
    }

    /// The requests and answers that come before an event, or those that come after it.
    fn calls(&self, out: &mut String, index: usize, leading: bool) {
        let calls = self.calls.iter();
        for call in calls.filter(|call| call.event == index && call.kind.leads() == leading) {
            let sessions = &self.subject.plan.sessions;
            let name = sessions[call.session.0].client.as_deref();
            let (client, id) = (
                self.client(name.unwrap_or_default()),
                &self.ids[call.session.0],
            );
            let arrow = match call.kind {
                CallKind::Request => format!("{client}->>{id}"),
                CallKind::Answer | CallKind::Failure => format!("{id}-->>{client}"),
                CallKind::Lost => format!("{id}--x{client}"),
            };
            let text = lines(std::slice::from_ref(&call.words), Font::Sans);
            // Writing to a string cannot fail.
            let _ = writeln!(out, "    {arrow}: {text}");
        }
    }

    fn event(&self, out: &mut String, index: usize) {
        let run = self.subject.run;
        let event = &run.events[index];
        let id = &self.ids[event.session.0];
        // Writing to a string cannot fail.
        let _ = match &event.kind {
            EventKind::Sent { sql } => {
                let text = lines(std::slice::from_ref(sql), Font::Mono);
                writeln!(out, "    {id}->>DB: {text}")
            }
            EventKind::Replied(_) => match self.answer(index, event) {
                Some(text) => writeln!(out, "    DB-->>{id}: {text}"),
                None => Ok(()),
            },
            EventKind::Failed(error) => {
                let text = format!("ERROR {}: {}", error.state.0, error.message);
                writeln!(out, "    DB--x{id}: {}", lines(&[text], Font::Mono))
            }
            EventKind::Blocked(wait) => {
                let text = says::wait(&self.subject.plan.sessions, wait);
                writeln!(out, "    Note over {id}: {}", lines(&[text], Font::Sans))
            }
            kind => {
                let session = self.subject.plan.sessions.get(event.session.0);
                let text = says::note(kind, session).unwrap_or_default();
                writeln!(out, "    Note over {id}: {}", lines(&[text], Font::Sans))
            }
        };
        let Some(transaction) = event.transaction.map(|id| &run.transactions[id.0]) else {
            return;
        };
        if transaction.first == index {
            let _ = writeln!(out, "    activate {id}");
        }
        if transaction.last == index && transaction.outcome != crate::run::Outcome::Open {
            let _ = writeln!(out, "    deactivate {id}");
        }
    }

    /// What is said of an answer; `None` when it says nothing of its own.
    fn answer(&self, index: usize, event: &Event) -> Option<String> {
        let run = self.subject.run;
        let EventKind::Replied(reply) = &event.kind else {
            return None;
        };
        let sent = self.threads[index].sent.map(|sent| &run.events[sent].kind);
        if let (Some(EventKind::Sent { sql }), true) = (sent, continues(&self.threads, index))
            && says::is_plain(sql, reply)
        {
            return None;
        }
        let paragraphs = says::answer(run, self.subject.plan, event, reply);
        Some(lines(&paragraphs, Font::Mono))
    }
}

/// What the sessions are called in the source: their short names, where those can be.
fn ids(subject: &Subject<'_>) -> Vec<String> {
    let sessions = &subject.plan.sessions;
    let fits = |name: &str| {
        let lower = name.to_ascii_lowercase();
        name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !KEY_WORDS.contains(&lower.as_str())
            && !name.starts_with(CLIENT)
    };
    let all_fit = sessions.iter().all(|session| fits(&session.name));
    (0..sessions.len())
        .map(|place| {
            if all_fit {
                sessions[place].name.clone()
            } else {
                format!("S{}", SessionId(place).0 + 1)
            }
        })
        .collect()
}

/// Paragraphs in lines of a readable width.
fn lines(paragraphs: &[String], font: Font) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let wrapped = wrap(paragraph, font, 13, ROOM, usize::MAX);
        lines.extend(wrapped.lines.iter().map(|line| escape(line)));
    }
    lines.join("<br/>")
}

/// A text in which nothing means anything to Mermaid.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.trim();
    for (place, character) in text.char_indices() {
        let rest = &text[place..];
        let special = matches!(character, '#' | ';' | '<' | '>' | '&' | '%' | '$' | '"' | '\\' | '`' | '{' | '}')
            // `wrap:` and `nowrap:` at the beginning are options; `style` and `classDef` begin styles.
            || place == 0 && (rest.starts_with("wrap") || rest.starts_with("nowrap") || character == ':')
            || rest.starts_with("style")
            || rest.starts_with("classDef")
            || character.is_control();
        match character {
            '\n' | '\r' | '\t' => out.push(' '),
            _ if character.is_control() => out.push('\u{fffd}'),
            _ if special => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(escape("a; b # c"), "a#59; b #35; c");
        assert_eq!(escape("x < 1 && y > 2"), "x #60; 1 #38;#38; y #62; 2");
        assert_eq!(escape("wrap: a style"), "#119;rap: a #115;tyle");
        assert_eq!(escape("%%{init}%%"), "#37;#37;#123;init#125;#37;#37;");
        assert_eq!(escape(" a\nb\u{7} "), "a b\u{fffd}");
    }
}
