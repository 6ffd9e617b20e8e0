//! The graphs of a run as figures: dependencies between transactions, waits between sessions, the states of a lock.

use super::says::{name, target};
use super::svg::{Arrow, Figure, Look, Node, Stroke};
use crate::ids::SessionId;
use crate::run::locks::{Held, LockStory, WaitsFor, cycle, victim};
use crate::run::{LockTarget, Run, Transaction, TransactionId};
use crate::strategy::Plan;
use crate::verdict::{Basis, CycleClass, DependencyKind, Graph};

/// More transactions, or sessions, than this are not drawn; those of the cycle come first.
pub const MOST_NODES: usize = 8;
/// More states of a lock than this are not drawn.
pub const MOST_STATES: usize = 8;

/// The dependency graph as a figure, and its arrows as sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// The figure.
    pub figure: Figure,
    /// Its arrows, those of the cycle first.
    pub list: Vec<DependencyLine>,
    /// How many committed transactions are not drawn.
    pub left_out: usize,
    /// The class of the cycle, where there is one.
    pub class: Option<CycleClass>,
}

/// An arrow in words, with the events that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyLine {
    /// `rw`, `ww` or `wr`.
    pub kind: &'static str,
    /// The sentence.
    pub sentence: String,
    /// What the first one did and what the second one did, as places in [`Run::events`].
    pub events: [usize; 2],
    /// Whether it is on the cycle.
    pub on_cycle: bool,
}

/// The short name of a kind of dependency.
#[must_use]
pub fn kind_name(kind: DependencyKind) -> &'static str {
    match kind {
        DependencyKind::WriteWrite => "ww",
        DependencyKind::WriteRead => "wr",
        DependencyKind::ReadWrite => "rw",
    }
}

/// What a lock is on, in words: `stock id = 42`.
#[must_use]
pub fn target_name(lock: &LockTarget) -> String {
    target(lock)
}

/// A transaction's name: its session's, and which one of it, where there are several.
fn transaction_name(plan: &Plan, run: &Run, id: TransactionId) -> String {
    let Some(about) = run.transactions.get(id.0) else {
        return String::new();
    };
    let who = name(&plan.sessions, about.session);
    let own = |other: &&Transaction| other.session == about.session;
    let several = run.transactions.iter().filter(own).count() > 1;
    let mut text = who.to_owned();
    if several {
        text += &format!(", transaction {}", about.number + 1);
        if about.attempt > 1 {
            text += &format!(", attempt {}", about.attempt);
        }
    }
    text
}

/// Draws the dependency graph.
#[must_use]
pub fn dependencies(plan: &Plan, run: &Run) -> Dependencies {
    let graph = Graph::of(run);
    let worst = graph.cycles().into_iter().min_by_key(|cycle| cycle.class);
    let class = worst.as_ref().map(|cycle| cycle.class);
    let on_cycle = worst.map_or_else(Vec::new, |cycle| cycle.edges);
    let mut nodes: Vec<TransactionId> = Vec::new();
    let first = on_cycle.iter().map(|&edge| graph.edges[edge].from);
    for node in first.chain(graph.nodes.iter().copied()) {
        if nodes.len() < MOST_NODES && !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    // From left to right as they committed.
    crate::collections::sort_by_key(&mut nodes, |node| run.transactions[node.0].last);
    let drawn = nodes.iter().map(|node| {
        let about = &run.transactions[node.0];
        let full = transaction_name(plan, run, *node);
        Node {
            lines: full.split(", ").map(str::to_owned).collect(),
            session: Some(about.session),
            look: Look::Plain,
        }
    });
    let mut figure = Figure {
        nodes: drawn.collect(),
        arrows: Vec::new(),
        legend: String::new(),
    };
    let mut list = Vec::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let marked = on_cycle.contains(&index);
        let kind = kind_name(edge.kind);
        let row = format!("{} {}", edge.table, edge.key);
        let place = |node| nodes.iter().position(|other| *other == node);
        if let (Some(from), Some(to)) = (place(edge.from), place(edge.to)) {
            // Of two rows that say the same one arrow is enough; the list has them all.
            let stroke = match edge.kind {
                DependencyKind::WriteWrite => Stroke::Solid,
                DependencyKind::ReadWrite => Stroke::Dashed,
                DependencyKind::WriteRead => Stroke::Dotted,
            };
            let known = figure
                .arrows
                .iter_mut()
                .find(|arrow| (arrow.from, arrow.to, arrow.stroke) == (from, to, stroke));
            match known {
                Some(arrow) => {
                    arrow.marked |= marked;
                    if !arrow.label.ends_with('…') && !arrow.label.ends_with(&row) {
                        arrow.label += ", …";
                    }
                }
                None => figure.arrows.push(Arrow {
                    from,
                    to,
                    label: format!("{kind} {row}"),
                    stroke,
                    marked,
                }),
            }
        }
        let (one, other) = (
            transaction_name(plan, run, edge.from),
            transaction_name(plan, run, edge.to),
        );
        let what = match (edge.kind, edge.basis) {
            (DependencyKind::WriteWrite, _) => {
                format!("{other} wrote over what {one} wrote: {row}")
            }
            (DependencyKind::WriteRead, Basis::Item) => {
                format!("{other} read what {one} wrote: {row}")
            }
            (DependencyKind::WriteRead, Basis::Predicate) => {
                format!("{other} searched, and what {one} did to {row} counted")
            }
            (DependencyKind::ReadWrite, Basis::Item) => {
                format!("{other} wrote over what {one} had read: {row}")
            }
            (DependencyKind::ReadWrite, Basis::Predicate) => {
                format!("{other} changed what {one}'s search would find: {row}")
            }
        };
        let line = DependencyLine {
            kind,
            sentence: format!("{what}. So {one} comes before {other}."),
            events: [edge.from_event, edge.to_event],
            on_cycle: marked,
        };
        list.push(line);
    }
    crate::collections::sort_by_key(&mut list, |line| !line.on_cycle);
    figure.legend = match class {
        Some(class) => format!(
            "Thick arrows: the cycle ({}). Each must come before the next and the last before the first, which no order can do.",
            class.as_str()
        ),
        None => "No cycle: there is an order that obeys every arrow.".to_owned(),
    };
    Dependencies {
        left_out: graph.nodes.len() - nodes.len(),
        figure,
        list,
        class,
    }
}

/// The wait-for graph after so many events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitGraph {
    /// The figure; empty when nobody waits for anybody.
    pub figure: Figure,
    /// All arrows as sentences, those included that are not drawn.
    pub list: Vec<String>,
    /// Who waits for whom around; empty when there is no cycle.
    pub cycle: Vec<SessionId>,
    /// Who is rolled back for it, and the event that says so.
    pub victim: Option<(SessionId, usize)>,
}

/// Draws the waits, after so many events.
#[must_use]
pub fn waits(plan: &Plan, run: &Run, waits: &[WaitsFor], position: usize) -> WaitGraph {
    let around = cycle(waits);
    let victim = victim(run, position, &around);
    let next = |session: SessionId| {
        let at = around.iter().position(|other| *other == session)?;
        around.get((at + 1) % around.len()).copied()
    };
    // Of those before it in a queue each waits for all; the nearest one says it.
    let mut told: Vec<&WaitsFor> = Vec::new();
    for (place, wait) in waits.iter().enumerate() {
        let is_nearest = !waits[place + 1..]
            .iter()
            .any(|later| later.waiter == wait.waiter && later.held.is_none());
        if wait.held.is_some() || next(wait.waiter) == Some(wait.blocker) || is_nearest {
            told.push(wait);
        }
    }
    let mut sessions: Vec<SessionId> = Vec::new();
    let ends = told.iter().flat_map(|wait| [wait.waiter, wait.blocker]);
    for session in around.iter().copied().chain(ends) {
        if sessions.len() < MOST_NODES && !sessions.contains(&session) {
            sessions.push(session);
        }
    }
    crate::collections::sort_by(&mut sessions, Ord::cmp);
    let place = |session| sessions.iter().position(|other| *other == session);
    let mut figure = Figure::default();
    let mut list = Vec::new();
    for session in &sessions {
        let is_victim = victim.is_some_and(|(who, _)| who == *session);
        let waiting = waits.iter().any(|wait| wait.waiter == *session);
        let mut lines = vec![name(&plan.sessions, *session).to_owned()];
        lines.push(if waiting { "waits" } else { "runs" }.to_owned());
        if is_victim {
            lines.push("will be the victim".to_owned());
        }
        figure.nodes.push(Node {
            lines,
            session: Some(*session),
            look: if is_victim {
                Look::Crossed
            } else {
                Look::Plain
            },
        });
    }
    for wait in told {
        let what = target(&wait.target);
        if let (Some(from), Some(to)) = (place(wait.waiter), place(wait.blocker)) {
            figure.arrows.push(Arrow {
                from,
                to,
                label: format!("{what}: {}", wait.held.unwrap_or("before it in the queue")),
                stroke: match wait.held {
                    Some(_) => Stroke::Solid,
                    None => Stroke::Dashed,
                },
                marked: next(wait.waiter) == Some(wait.blocker),
            });
        }
        let (who, whom) = (
            name(&plan.sessions, wait.waiter),
            name(&plan.sessions, wait.blocker),
        );
        list.push(match wait.held {
            Some(mode) => format!("{who} waits for {whom}, who holds {what} ({mode})."),
            None => format!("{who} waits behind {whom} for {what}."),
        });
    }
    if !around.is_empty() {
        figure.legend = match victim {
            Some((who, _)) => format!(
                "Thick arrows: a deadlock. {} will look for it and be rolled back.",
                name(&plan.sessions, who)
            ),
            None => "Thick arrows: a cycle of waits.".to_owned(),
        };
    }
    WaitGraph {
        figure,
        list,
        cycle: around,
        victim,
    }
}

/// The states that a lock goes through in a run, with the one after so many events marked.
#[must_use]
pub fn lock_states(plan: &Plan, run: &Run, story: &LockStory, position: usize) -> Figure {
    let free = Held::default();
    let mut states: Vec<&Held> = vec![&free];
    let mut figure = Figure::default();
    let mut before = 0;
    let mut now = 0;
    for (from, held) in &story.changes {
        let known = states.iter().position(|state| *state == held);
        let place = known.unwrap_or(states.len());
        if place >= MOST_STATES {
            figure.legend = format!("Only the first {MOST_STATES} states are drawn. ");
            break;
        }
        if known.is_none() {
            states.push(held);
        }
        if place != before {
            let event = from.checked_sub(1).and_then(|last| run.events.get(last));
            let who = event.map_or("", |event| name(&plan.sessions, event.session));
            let step = format!("event {from}, {who}");
            let arrow = figure
                .arrows
                .iter_mut()
                .find(|arrow| (arrow.from, arrow.to) == (before, place));
            match arrow {
                Some(arrow) if arrow.label.ends_with('…') => {}
                Some(arrow) if arrow.label.matches(',').count() > 1 => arrow.label += ", …",
                Some(arrow) => arrow.label += &format!(", {from}"),
                None => figure.arrows.push(Arrow {
                    from: before,
                    to: place,
                    label: step,
                    stroke: Stroke::Solid,
                    marked: false,
                }),
            }
        }
        before = place;
        if *from <= position {
            now = place;
        }
    }
    for (place, held) in states.iter().enumerate() {
        let mut lines = vec![held.state().as_str().to_owned()];
        for claim in &held.holders {
            let who = name(&plan.sessions, claim.session);
            lines.push(who.to_owned());
            lines.push(claim.mode.to_owned());
        }
        for claim in &held.queue {
            lines.push(format!("{} waits", name(&plan.sessions, claim.session)));
        }
        figure.nodes.push(Node {
            lines,
            session: held.holders.first().map(|claim| claim.session),
            look: if place == now {
                Look::Marked
            } else {
                Look::Plain
            },
        });
    }
    figure.legend += "Thick box: the state now. Arrows name the event that leads on.";
    figure
}
