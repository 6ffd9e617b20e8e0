//! A run as a spec for PostgreSQL's own concurrency test driver, `isolationtester`.
//!
//! Each statement that was sent is a step, with the values put in; the one permutation is the order in which they were sent.
//! What a client decided (to retry, to give up) has been decided: the spec holds what it then sent. A broken connection, on
//! which the server rolls back, is a `ROLLBACK` of its own. The format is that of `src/test/isolation/README` of
//! PostgreSQL 15; [`crate::isolation`] runs it too.
//!
//! Not every run has one, see [`Unfit`]. What is no statement (a client's own check, a lock in a process's memory) is left
//! out; its effect is in which statements follow.

use super::{Unfit, title};
use crate::ids::SessionId;
use crate::run::{ClientNote, EventKind, Outcome, Run, Transaction};
use crate::scenario::Scenario;
use crate::sql::Span;
use crate::sql::ast::{Ident, IsolationLevel};
use crate::strategy::Plan;
use std::fmt::Write as _;

/// A run as the driver reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The spec.
    pub text: String,
    /// The name of each step in the order of the permutation, and the event of [`Run::events`] in which it was sent, or
    /// in which its connection broke.
    pub steps: Vec<(String, usize)>,
}

struct Step {
    session: SessionId,
    name: String,
    sql: String,
    event: usize,
}

/// The spec of a run.
///
/// # Errors
/// When the driver, or PostgreSQL, cannot do the like.
pub fn spec(scenario: &Scenario, plan: &Plan, run: &Run) -> Result<Spec, Unfit> {
    let mut levels = plan.clients.iter().map(|client| client.isolation);
    if levels.any(|level| level <= IsolationLevel::DirtyRead) {
        return Err(Unfit::NoSuchLevel);
    }
    if plan.lock_escalation.is_some() {
        return Err(Unfit::LockEscalation);
    }
    if plan.sessions.is_empty() {
        return Err(Unfit::NoSession);
    }
    let steps = steps(plan, run)?;
    let mut out = format!("# {}\n\n", title(scenario));
    // Writing to a string cannot fail.
    for entry in &plan.setup {
        let _ = writeln!(out, "setup {{ {}; }}", sql(&entry.sql.statement)?);
    }
    let tables = run.initial.iter().map(|table| quoted(&table.name));
    let tables: Vec<String> = tables.collect();
    if !tables.is_empty() {
        let _ = writeln!(out, "teardown {{ DROP TABLE {}; }}", tables.join(", "));
    }
    for (place, (session, client)) in plan.sessions.iter().zip(&plan.clients).enumerate() {
        let _ = writeln!(out, "\nsession {}", name(&session.name));
        if client.isolation != IsolationLevel::ReadCommitted {
            let level = client.isolation;
            let _ = writeln!(
                out,
                "setup {{ SET default_transaction_isolation = '{level}'; }}"
            );
        }
        let mut idle = true;
        for step in steps.iter().filter(|step| step.session.0 == place) {
            let _ = writeln!(out, "step {} {{ {}; }}", name(&step.name), step.sql);
            idle = false;
        }
        if idle {
            // A session has at least one step.
            let _ = writeln!(
                out,
                "step {} {{ }}",
                name(&format!("{}_idle", session.name))
            );
        }
        let open = |transaction: &Transaction| {
            transaction.session.0 == place && transaction.outcome == Outcome::Open
        };
        if run.transactions.iter().any(open) {
            // The tables cannot be dropped under it.
            out.push_str("teardown { ROLLBACK; }\n");
        }
    }
    if !steps.is_empty() {
        out.push_str("\npermutation");
        for step in &steps {
            out.push(' ');
            out.push_str(&name(&step.name));
        }
        out.push('\n');
    }
    let steps = steps.into_iter().map(|step| (step.name, step.event));
    Ok(Spec {
        text: out,
        steps: steps.collect(),
    })
}

fn steps(plan: &Plan, run: &Run) -> Result<Vec<Step>, Unfit> {
    let mut steps: Vec<Step> = Vec::new();
    let mut counts = vec![0; plan.sessions.len()];
    let mut under_way = vec![false; plan.sessions.len()];
    let mut closed = vec![false; run.transactions.len()];
    for (index, event) in run.events.iter().enumerate() {
        let session = event.session.0;
        let mut send = |text: String| {
            counts[session] += 1;
            steps.push(Step {
                session: event.session,
                name: format!("{}_{}", plan.sessions[session].name, counts[session]),
                sql: text,
                event: index,
            });
        };
        match &event.kind {
            EventKind::Sent { sql: text } => {
                send(sql(text)?);
                under_way[session] = true;
            }
            EventKind::Replied(_) | EventKind::Failed(_) => under_way[session] = false,
            EventKind::Client(
                ClientNote::Crashed | ClientNote::Restarted | ClientNote::ReplyLost,
            ) => {
                let mut broken = run.transactions.iter().enumerate();
                let broken = broken.find(|(place, transaction)| {
                    transaction.session == event.session
                        && transaction.outcome == Outcome::Lost
                        && transaction.first < index
                        && !closed[*place]
                });
                if let Some((place, _)) = broken {
                    if under_way[session] {
                        return Err(Unfit::HangUp);
                    }
                    closed[place] = true;
                    send("ROLLBACK".to_owned());
                }
            }
            _ => {}
        }
    }
    if under_way.contains(&true) {
        return Err(Unfit::Endless);
    }
    Ok(steps)
}

/// SQL ends at the first closing brace, wherever it stands.
fn sql(statement: &impl ToString) -> Result<String, Unfit> {
    let text = statement.to_string();
    if text.contains('}') {
        return Err(Unfit::Brace);
    }
    Ok(text)
}

/// A name for the driver's scanner: bare where that is a name, quoted elsewhere. Names are of the text form's sessions, so
/// there is no quote in them.
fn name(name: &str) -> String {
    let key_word = matches!(
        name,
        "notices" | "permutation" | "session" | "setup" | "step" | "teardown"
    );
    if key_word || name.contains('-') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

/// A table's name as SQL has it.
fn quoted(name: &str) -> String {
    let ident = Ident {
        name: name.to_owned(),
        span: Span::default(),
    };
    ident.to_string()
}
