//! What went wrong, by name and with evidence (Berenson et al. 1995; Adya 1999).
//!
//! Names are given only to runs whose outcome no serial order gives. Berenson's phenomena, read broadly, also occur in
//! harmless histories (`r1[x] w2[x]` hurts nobody who keeps to one snapshot), so each pattern here demands the second
//! half as well, the one that closes a cycle in the dependency graph. Two transactions get one name, the worst that fits;
//! what no pattern explains is a cycle of the graph, and is named by its class.

use super::graph::{DependencyKind, Graph};
use super::history::History;
use super::patterns;
use super::{Anomaly, AnomalyName, CycleClass};
use crate::ids::SessionId;
use crate::run::{EventKind, Run, TransactionId, Write};
use crate::strategy::Plan;

/// A run with all that is known of it.
pub(super) struct Scene<'a> {
    pub plan: &'a Plan,
    pub run: &'a Run,
    pub history: &'a History<'a>,
    pub graph: &'a Graph,
}

/// An anomaly between two transactions: who was harmed, who did it.
#[derive(Clone)]
pub(super) struct Found {
    pub name: AnomalyName,
    pub harmed: TransactionId,
    pub by: TransactionId,
    pub sentence: String,
    pub evidence: Vec<usize>,
}

impl Found {
    /// As it is told.
    pub fn into_anomaly(self, run: &Run) -> Anomaly {
        let session = |id: TransactionId| run.transactions[id.0].session;
        let mut sessions = vec![session(self.harmed), session(self.by)];
        sessions.dedup();
        Anomaly {
            name: self.name,
            sentence: self.sentence,
            evidence: evidence(self.evidence),
            sessions,
        }
    }
}

/// Names what went wrong in a run that no serial order explains, worst first. `never_told` is the answer that no serial
/// order gives, in case the graph says nothing.
pub(super) fn name(scene: &Scene, never_told: Option<(TransactionId, usize)>) -> Vec<Anomaly> {
    let mut found: Vec<Found> = Vec::new();
    let patterns = [
        dirty_writes,
        patterns::lost_updates,
        patterns::dirty_reads,
        patterns::non_repeatable_reads,
        patterns::phantoms,
        skews,
    ];
    for pattern in patterns {
        for next in pattern(scene) {
            let same_two = |earlier: &Found| {
                (earlier.harmed, earlier.by) == (next.harmed, next.by)
                    || (earlier.harmed, earlier.by) == (next.by, next.harmed)
            };
            if !found.iter().any(same_two) {
                found.push(next);
            }
        }
    }
    let mut anomalies: Vec<Anomaly> = found
        .iter()
        .map(|found| found.clone().into_anomaly(scene.run))
        .collect();
    for component in scene.graph.components() {
        let explained = found
            .iter()
            .any(|found| component.contains(&found.harmed) && component.contains(&found.by));
        if component.len() > 1 && !explained {
            anomalies.extend(longer_cycle(scene, &component));
        }
    }
    if anomalies.is_empty() {
        anomalies.push(unexplained(scene, never_told));
    }
    crate::collections::sort_by_key(&mut anomalies, |anomaly| anomaly.name);
    anomalies
}

/// Cycles of writes alone: G0.
fn dirty_writes(scene: &Scene) -> Vec<Found> {
    let edges = &scene.graph.edges;
    let writes = |kind| kind == DependencyKind::WriteWrite;
    let mut found = Vec::new();
    for (place, there) in edges.iter().enumerate() {
        let back = edges[place..]
            .iter()
            .find(|back| writes(back.kind) && there.from == back.to && there.to == back.from);
        let (Some(back), true) = (back, writes(there.kind)) else {
            continue;
        };
        let (a, b) = (scene.name(there.from), scene.name(there.to));
        found.push(Found {
            name: AnomalyName::DirtyWrite,
            harmed: there.from,
            by: there.to,
            sentence: format!(
                "{a} and {b} wrote over each other before either had committed: {b}'s work is left on {} {}, {a}'s on {} {}.",
                there.table, there.key, back.table, back.key
            ),
            evidence: vec![there.from_event, there.to_event, back.from_event, back.to_event],
        });
    }
    found
}

/// Cycles of two transactions: A5A and A5B.
fn skews(scene: &Scene) -> Vec<Found> {
    let edges = &scene.graph.edges;
    let mut found = Vec::new();
    for (place, there) in edges.iter().enumerate() {
        for (other, back) in edges.iter().enumerate() {
            let two = there.from == back.to && there.to == back.from;
            let apart = (&there.table, there.row) != (&back.table, back.row);
            if !two || !apart || there.kind != DependencyKind::ReadWrite {
                continue;
            }
            let (a, b) = (scene.name(there.from), scene.name(there.to));
            let clauses = format!("{}, and {}", scene.clause(place), scene.clause(other));
            let (name, sentence) = match back.kind {
                DependencyKind::ReadWrite if place < other => (
                    AnomalyName::WriteSkew,
                    format!("{a} and {b} each decided on what the other then changed: {clauses}."),
                ),
                DependencyKind::ReadWrite => continue,
                DependencyKind::WriteRead => (
                    AnomalyName::ReadSkew,
                    format!("{a} saw one half of {b}'s transaction: {clauses}."),
                ),
                DependencyKind::WriteWrite => (
                    AnomalyName::ReadSkew,
                    format!(
                        "{a} worked from before {b}'s transaction and wrote after it: {clauses}."
                    ),
                ),
            };
            found.push(Found {
                name,
                harmed: there.from,
                by: there.to,
                sentence,
                evidence: vec![
                    there.from_event,
                    there.to_event,
                    back.from_event,
                    back.to_event,
                ],
            });
        }
    }
    crate::collections::sort_by_key(&mut found, |found| found.name);
    found
}

/// The worst cycle of a component that no pattern explains.
fn longer_cycle(scene: &Scene, component: &[TransactionId]) -> Option<Anomaly> {
    let cycle = scene.graph.worst_cycle(component)?;
    let edges = || cycle.edges.iter().map(|&edge| &scene.graph.edges[edge]);
    let names: Vec<&str> = edges().map(|edge| scene.name(edge.from)).collect();
    let clauses: Vec<String> = cycle.edges.iter().map(|&edge| scene.clause(edge)).collect();
    let mut events: Vec<usize> = edges().map(|edge| edge.to_event).collect();
    if events.len() < 4 {
        events.extend(edges().map(|edge| edge.from_event));
    }
    let name = match cycle.class {
        CycleClass::GSingle if cycle.edges.len() > 2 => AnomalyName::ReadSkew,
        _ => AnomalyName::SerializationAnomaly,
    };
    Some(Anomaly {
        name,
        sentence: format!(
            "{} cannot be put in any order: {}.",
            super::words::list(&names),
            super::words::joined(&clauses, "and")
        ),
        evidence: evidence(events),
        sessions: super::words::distinct(edges().map(|edge| scene.session(edge.from))),
    })
}

/// An outcome of no serial order that the dependency graph does not explain.
fn unexplained(scene: &Scene, never_told: Option<(TransactionId, usize)>) -> Anomaly {
    let Some((transaction, answer)) = never_told else {
        let committed = &scene.graph.nodes;
        return Anomaly {
            name: AnomalyName::SerializationAnomaly,
            sentence:
                "No serial order of the transactions leaves these tables after these answers."
                    .to_owned(),
            evidence: evidence(
                committed
                    .iter()
                    .map(|id| scene.run.transactions[id.0].last)
                    .collect(),
            ),
            sessions: super::words::distinct(committed.iter().map(|&id| scene.session(id))),
        };
    };
    let about = &scene.run.transactions[transaction.0];
    let answers: Vec<usize> = (about.first..=about.last)
        .filter(|&event| {
            let event = &scene.run.events[event];
            event.transaction == Some(transaction)
                && matches!(
                    event.kind,
                    EventKind::Replied(_)
                        | EventKind::Failed(_)
                        | EventKind::RequireHeld { .. }
                        | EventKind::RequireFailed { .. }
                )
        })
        .collect();
    let event = answers.get(answer).copied().unwrap_or(about.last);
    let sent = match &scene.run.events[scene.history.sent(event)].kind {
        EventKind::Sent { sql } => format!(" to {sql}"),
        _ => String::new(),
    };
    Anomaly {
        name: AnomalyName::SerializationAnomaly,
        sentence: format!(
            "No serial order of the transactions gives {} this answer{sent}.",
            scene.name(transaction)
        ),
        evidence: evidence(vec![event, about.last]),
        sessions: vec![about.session],
    }
}

/// In order, without repetition, at most four.
fn evidence(mut events: Vec<usize>) -> Vec<usize> {
    crate::collections::sort_by(&mut events, Ord::cmp);
    events.dedup();
    events.truncate(4);
    events
}

impl Scene<'_> {
    /// Whose transaction it is.
    pub fn session(&self, id: TransactionId) -> SessionId {
        self.run.transactions[id.0].session
    }

    /// The name of whose transaction it is.
    pub fn name(&self, id: TransactionId) -> &str {
        session_name(self.plan, self.session(id))
    }

    /// A dependency in words.
    fn clause(&self, edge: usize) -> String {
        use super::graph::Basis;
        let edge = &self.graph.edges[edge];
        let (from, to) = (self.name(edge.from), self.name(edge.to));
        let row = format!("{} {}", edge.table, edge.key);
        match (edge.kind, edge.basis) {
            (DependencyKind::ReadWrite, Basis::Item) => {
                let write = self.written(edge.to_event, &edge.table, edge.row);
                let (old, new) = self.change(write, &edge.table);
                let what = of(&old, &row);
                match write.map(|write| (&write.old, &write.new)) {
                    Some((_, None)) => format!("{from} read {row}, which {to} then deleted"),
                    _ if new.is_empty() => format!("{from} read {what}, which {to} then wrote"),
                    _ => format!("{from} read {what}, which {to} then changed to {new}"),
                }
            }
            (DependencyKind::ReadWrite, Basis::Predicate) => {
                let did = did(self.written(edge.to_event, &edge.table, edge.row));
                format!(
                    "{from} searched {} before {to} {did} {}",
                    edge.table, edge.key
                )
            }
            (DependencyKind::WriteRead, Basis::Predicate) => {
                let did = did(self.written(edge.from_event, &edge.table, edge.row));
                format!(
                    "{to} searched {} after {from} {did} {}",
                    edge.table, edge.key
                )
            }
            (kind, _) => {
                let write = self.written(edge.from_event, &edge.table, edge.row);
                let new = write
                    .and_then(|write| Some((write.old.as_ref()?, write.new.as_ref()?)))
                    .map(|(old, new)| {
                        let which = super::words::differing(old, new);
                        super::words::cells(self.history.columns(&edge.table), &which, new)
                    })
                    .unwrap_or_default();
                let verb = if kind == DependencyKind::WriteRead {
                    "read"
                } else {
                    "overwrote"
                };
                let done = match write.map(|write| (&write.old, &write.new)) {
                    Some((None, _)) => "inserted",
                    Some((_, None)) => "deleted",
                    _ => "written",
                };
                format!("{to} {verb} {}, which {from} had {done}", of(&new, &row))
            }
        }
    }

    /// What an event wrote of a row.
    pub fn written(&self, event: usize, table: &str, row: crate::ids::RowId) -> Option<&Write> {
        let chain = self.history.chain(table, row)?;
        let made = chain.writes.iter().find(|made| made.event == event)?;
        Some(made.write)
    }

    /// What an update changed: the old cells with names, the new ones.
    fn change(&self, write: Option<&Write>, table: &str) -> (String, String) {
        let columns = self.history.columns(table);
        match write.and_then(|write| Some((write.old.as_ref()?, write.new.as_ref()?))) {
            Some((old, new)) => {
                let which = super::words::differing(old, new);
                (
                    super::words::cells(columns, &which, old),
                    super::words::bare_cells(columns, &which, new),
                )
            }
            None => (String::new(), String::new()),
        }
    }
}

/// `quantity = 10 of stock id = 42`, or only the row where there is nothing to say of its cells.
pub(super) fn of(cells: &str, row: &str) -> String {
    if cells.is_empty() {
        row.to_owned()
    } else {
        format!("{cells} of {row}")
    }
}

/// What a write did to its row.
pub(super) fn did(write: Option<&Write>) -> &'static str {
    match write.map(|write| (&write.old, &write.new)) {
        Some((None, _)) => "inserted",
        Some((_, None)) => "deleted",
        _ => "changed",
    }
}

/// What people call a session.
pub(super) fn session_name(plan: &Plan, session: SessionId) -> &str {
    plan.sessions
        .get(session.0)
        .map_or("", |session| session.display_name())
}
