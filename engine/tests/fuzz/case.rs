//! A case: a spec in parts that can be taken out one by one.

use std::fmt::Write as _;

/// A spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub tables: Vec<Table>,
    /// `CREATE INDEX` and the like.
    pub extras: Vec<String>,
    pub sessions: Vec<Session>,
    /// Each a list of sessions: the next step is that session's next.
    pub permutations: Vec<Vec<usize>>,
}

/// A table and its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// What stands between the parentheses of `CREATE TABLE`.
    pub parts: Vec<String>,
    /// What stands between the parentheses of `VALUES`.
    pub rows: Vec<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it does before a permutation.
    pub setup: Vec<String>,
    pub steps: Vec<Step>,
    /// What it does after a permutation.
    pub teardown: Option<String>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub sql: String,
    /// Whether the session leaves something behind without it.
    pub needed: bool,
}

impl Step {
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            needed: false,
        }
    }
}

/// The name of a session's step: `a1`, `a2`, `b1`.
fn step_name(session: usize, step: usize) -> String {
    format!("{}{}", char::from(b'a' + session as u8), step + 1)
}

impl Case {
    /// The spec's text.
    pub fn spec(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        for table in &self.tables {
            let Table { name, parts, rows } = table;
            let _ = write!(text, "setup {{ CREATE TABLE {name} ({});", parts.join(", "));
            if !rows.is_empty() {
                let _ = write!(text, " INSERT INTO {name} VALUES ({});", rows.join("), ("));
            }
            text.push_str(" }\n");
        }
        for extra in &self.extras {
            let _ = writeln!(text, "setup {{ {extra}; }}");
        }
        if !self.tables.is_empty() {
            let names: Vec<&str> = self
                .tables
                .iter()
                .map(|table| table.name.as_str())
                .collect();
            let _ = writeln!(text, "teardown {{ DROP TABLE {}; }}", names.join(", "));
        }
        for (number, session) in self.sessions.iter().enumerate() {
            let _ = writeln!(text, "\nsession s{}", number + 1);
            if !session.setup.is_empty() {
                let _ = writeln!(text, "setup {{ {}; }}", session.setup.join("; "));
            }
            for (place, step) in session.steps.iter().enumerate() {
                let _ = writeln!(
                    text,
                    "step {} {{ {}; }}",
                    step_name(number, place),
                    step.sql
                );
            }
            if let Some(teardown) = &session.teardown {
                let _ = writeln!(text, "teardown {{ {teardown}; }}");
            }
        }
        text.push('\n');
        for permutation in &self.permutations {
            let mut next = vec![0; self.sessions.len()];
            text.push_str("permutation");
            for &session in permutation {
                let _ = write!(text, " {}", step_name(session, next[session]));
                next[session] += 1;
            }
            text.push('\n');
        }
        text
    }

    /// The same with one permutation alone.
    pub fn alone(&self, permutation: usize) -> Self {
        Self {
            permutations: vec![self.permutations[permutation].clone()],
            ..self.clone()
        }
    }

    /// The same without a session.
    pub fn without_session(&self, session: usize) -> Self {
        let mut case = self.clone();
        case.sessions.remove(session);
        for permutation in &mut case.permutations {
            permutation.retain(|&other| other != session);
            for other in permutation.iter_mut() {
                *other -= usize::from(*other > session);
            }
        }
        case
    }

    /// The same without a step.
    pub fn without_step(&self, session: usize, step: usize) -> Self {
        let mut case = self.clone();
        case.sessions[session].steps.remove(step);
        for permutation in &mut case.permutations {
            let mut seen = 0;
            permutation.retain(|&other| {
                let this = other == session && seen == step;
                seen += usize::from(other == session);
                !this
            });
        }
        case
    }

    /// How big it is, for comparison.
    pub fn size(&self) -> usize {
        self.spec().len()
    }
}
