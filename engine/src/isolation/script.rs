//! The SQL of a spec's blocks, read once.

use super::spec::{Block, Permutation, Spec, StepId};
use crate::collections::Map;
use crate::scenario::line_and_column;
use crate::sql::ast::Statement;
use crate::sql::{Span, parse_script};

/// SQL that Rowlock does not simulate: where it stands in the spec and what it is, as a sentence.
pub struct NotSimulated(pub String);

impl NotSimulated {
    /// What `message` says of a place in a block.
    pub fn new(name: &str, block: &Block, span: Option<Span>, message: &str) -> Self {
        let start = span.map_or(0, |span| span.start);
        let (line, _) = line_and_column(&block.text, start);
        Self(format!("line {}, {name}: {message}", block.line + line - 1))
    }
}

/// Every block's statements.
pub struct Scripts {
    /// Of the spec's setups.
    pub setups: Vec<Vec<Statement>>,
    /// Of the spec's teardown.
    pub teardown: Option<Vec<Statement>>,
    /// Of the sessions' setups and teardowns.
    pub sessions: Vec<[Option<Vec<Statement>>; 2]>,
    /// Of the steps that are used.
    pub steps: Map<StepId, Vec<Statement>>,
}

/// Reads what a spec will send.
pub fn read(spec: &Spec) -> Result<Scripts, NotSimulated> {
    let setups = spec.setups.iter().map(|block| script("setup", block));
    let mut scripts = Scripts {
        setups: setups.collect::<Result<_, _>>()?,
        teardown: optional("teardown", spec.teardown.as_ref())?,
        sessions: Vec::new(),
        steps: Map::new(),
    };
    for session in &spec.sessions {
        let name = &session.name;
        scripts.sessions.push([
            optional(&format!("setup of session {name}"), session.setup.as_ref())?,
            optional(
                &format!("teardown of session {name}"),
                session.teardown.as_ref(),
            )?,
        ]);
    }
    for id in spec.steps() {
        let uses = |one: &Permutation| one.steps.iter().any(|placed| placed.step == id);
        if spec.permutations.is_empty() || spec.permutations.iter().any(uses) {
            let step = spec.step(id);
            let read = script(&format!("step {}", step.name), &step.sql)?;
            scripts.steps.insert(id, read);
        }
    }
    Ok(scripts)
}

fn optional(name: &str, block: Option<&Block>) -> Result<Option<Vec<Statement>>, NotSimulated> {
    block.map(|block| script(name, block)).transpose()
}

fn script(name: &str, block: &Block) -> Result<Vec<Statement>, NotSimulated> {
    let statements = parse_script(&block.text)
        .map_err(|error| NotSimulated::new(name, block, Some(error.span), &error.to_string()))?;
    Ok(statements
        .into_iter()
        .map(|(statement, _)| statement)
        .collect())
}
