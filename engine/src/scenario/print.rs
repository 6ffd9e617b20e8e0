//! The text form, written: headers in a fixed order without what is the default, then the sections.

use super::{Scenario, SessionId};

pub(super) fn print(scenario: &Scenario) -> String {
    let mut text = String::new();
    comments(&mut text, "", &scenario.leading_comments);
    header(&mut text, "title", &scenario.title);
    header(&mut text, "about", &scenario.about);
    if scenario.strategy != Default::default() {
        header(&mut text, "strategy", &scenario.strategy.to_string());
    }
    if let Some(isolation) = scenario.isolation {
        header(&mut text, "isolation", &isolation.to_string());
    }
    if let Some(on_conflict) = scenario.on_conflict {
        header(&mut text, "on conflict", &on_conflict.to_string());
    }
    if let Some(key) = &scenario.request_key {
        header(&mut text, "request key", key);
    }
    if let Some(rows) = scenario.lock_escalation {
        header(&mut text, "lock escalation", &rows.to_string());
    }
    if sessions_matter(scenario) {
        section(&mut text, "sessions");
        for session in &scenario.sessions {
            comments(&mut text, "  ", &session.comments);
            entry(
                &mut text,
                &session.name,
                session.label.as_deref().unwrap_or_default(),
            );
            options(&mut text, session);
        }
    }
    if !scenario.setup.is_empty() {
        section(&mut text, "setup");
        for statement in &scenario.setup {
            comments(&mut text, "  ", &statement.comments);
            text.push_str("  ");
            indented(&mut text, &statement.sql.text, "  ");
            // A comment at the end would swallow the semicolon.
            let last_line = statement.sql.text.rsplit('\n').next().unwrap_or_default();
            text.push_str(if last_line.contains("--") {
                "\n  ;\n"
            } else {
                ";\n"
            });
        }
    }
    if !scenario.timeline.is_empty() {
        section(&mut text, "timeline");
        for step in &scenario.timeline {
            comments(&mut text, "  ", &step.comments);
            let mut head = scenario.sessions[step.session.0].name.clone();
            if let Some(at) = step.at {
                head.push_str(&format!(" @{}", at.0));
            }
            entry(&mut text, &head, &step.action.to_string());
        }
    }
    if !scenario.expect.is_empty() {
        section(&mut text, "expect");
        for rule in &scenario.expect {
            comments(&mut text, "  ", &rule.comments);
            entry(&mut text, &rule.name, &rule.query.text);
        }
    }
    comments(&mut text, "", &scenario.trailing_comments);
    text
}

fn header(text: &mut String, key: &str, value: &str) {
    if !value.is_empty() {
        text.push_str(&format!("{key}: {value}\n"));
    }
}

fn section(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(name);
    text.push_str(":\n");
}

fn entry(text: &mut String, head: &str, body: &str) {
    text.push_str("  ");
    text.push_str(head);
    text.push(':');
    if !body.is_empty() {
        text.push(' ');
        indented(text, body, "    ");
    }
    text.push('\n');
}

/// What a session has of its own, a line each.
fn options(text: &mut String, session: &super::Session) {
    let mut option = |key: &str, value: String| text.push_str(&format!("    {key}: {value}\n"));
    if let Some(strategy) = session.strategy {
        option("strategy", strategy.to_string());
    }
    if let Some(isolation) = session.isolation {
        option("isolation", isolation.to_string());
    }
    if let Some(on_conflict) = session.on_conflict {
        option("on conflict", on_conflict.to_string());
    }
    if session.clock != 0 {
        option("clock", format!("{:+}", session.clock));
    }
    if session.slow != 0 {
        option("slow", session.slow.to_string());
    }
    if let Some(colour) = session.colour {
        option("colour", colour.to_string());
    }
    if let Some(client) = &session.client {
        option("client", client.clone());
    }
}

/// A text whose lines after the first are indented.
fn indented(text: &mut String, body: &str, indent: &str) {
    for (number, line) in body.split('\n').enumerate() {
        if number > 0 {
            text.push('\n');
            if !line.is_empty() {
                text.push_str(indent);
            }
        }
        text.push_str(line);
    }
}

fn comments(text: &mut String, indent: &str, comments: &[String]) {
    for comment in comments {
        text.push_str(&format!("{indent}{comment}\n"));
    }
}

/// Whether the sessions are more than the timeline says by itself: names in the order of their first step.
fn sessions_matter(scenario: &Scenario) -> bool {
    let mut used: Vec<SessionId> = Vec::new();
    for step in &scenario.timeline {
        if !used.contains(&step.session) {
            used.push(step.session);
        }
    }
    let in_order = used.iter().enumerate().all(|(place, id)| place == id.0);
    let plain = |session: &super::Session| {
        session.label.is_none() && session.comments.is_empty() && !session.has_options()
    };
    !in_order || used.len() != scenario.sessions.len() || !scenario.sessions.iter().all(plain)
}
