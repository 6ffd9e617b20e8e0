//! Anomalies that no order of transactions shows, because each of them is right by itself.
//!
//! A request that is carried out twice is two transactions to the database, and any order of the two is serial; a write that
//! a wrong clock drops was never done. Both are told from what the clients did: the same request made again, with effect;
//! a write dropped although the stored one was made before it.

use super::AnomalyName;
use super::anomaly::Found;
use super::history::committed;
use crate::ids::Tick;
use crate::run::{ClientNote, EventKind, Reply, Run, TransactionId};
use crate::strategy::Plan;

/// Requests whose reply was lost, or whose message came again, and that took effect twice (A7).
pub(super) fn processed_twice(plan: &Plan, run: &Run) -> Vec<Found> {
    let mut found = Vec::new();
    for (first, about) in run.transactions.iter().enumerate() {
        let again = run.transactions.iter().enumerate().find(|(_, other)| {
            (other.session, other.number) == (about.session, about.number)
                && other.delivery == about.delivery + 1
                && other.outcome == about.outcome
        });
        let Some((second, _)) = again else {
            continue;
        };
        let (first, second) = (TransactionId(first), TransactionId(second));
        if !committed(run, first) || !committed(run, second) {
            continue;
        }
        let (Some(before), Some(after)) = (effect(run, first), effect(run, second)) else {
            continue;
        };
        let who = super::anomaly::session_name(plan, about.session);
        let (what, table) = described(run, after);
        found.push(Found {
            name: AnomalyName::DoubleProcessing,
            harmed: first,
            by: second,
            sentence: format!(
                "{who}'s request was carried out twice: the second time, too, it {what} {table}."
            ),
            evidence: vec![before, after],
        });
    }
    found
}

/// The last event of a transaction that changed something.
fn effect(run: &Run, id: TransactionId) -> Option<usize> {
    let about = &run.transactions[id.0];
    let mut events = about.first..=about.last;
    events.rfind(|&event| {
        let event = &run.events[event];
        event.transaction == Some(id) && replied(&event.kind).is_some_and(changes)
    })
}

fn replied(kind: &EventKind) -> Option<&Reply> {
    match kind {
        EventKind::Replied(reply) => Some(reply),
        _ => None,
    }
}

fn changes(reply: &Reply) -> bool {
    reply.writes.iter().any(|write| write.old != write.new)
}

/// `changed account id = 1`
fn described(run: &Run, event: usize) -> (&'static str, String) {
    let writes = replied(&run.events[event].kind).map_or(&[][..], |reply| &reply.writes);
    let write = writes.iter().find(|write| write.old != write.new);
    write.map_or(("changed", String::new()), |write| {
        let what = match (&write.old, &write.new) {
            (None, _) => "added",
            (_, None) => "deleted",
            _ => "changed",
        };
        (what, format!("{} {}", write.table, write.key))
    })
}

/// Writes that were dropped as older although they were made later than what is stored (A8).
pub(super) fn newer_dropped(plan: &Plan, run: &Run) -> Vec<Found> {
    let mut found = Vec::new();
    for (event, dropped) in run.events.iter().enumerate() {
        let (EventKind::Client(ClientNote::OlderDropped), Some(harmed)) =
            (&dropped.kind, dropped.transaction)
        else {
            continue;
        };
        let made = |step: Option<crate::run::PlannedId>| {
            step.and_then(|step| plan.steps.get(step.0))
                .map_or(Tick(0), |step| step.at)
        };
        let table = table_of(run, event);
        // Who wrote the row last, among those whose work counts.
        let stored = run.events[..event]
            .iter()
            .enumerate()
            .rev()
            .find(|(_, other)| {
                other.session != dropped.session
                    && other.transaction.is_some_and(|id| committed(run, id))
                    && replied(&other.kind).is_some_and(|reply| {
                        reply.writes.iter().any(|write| Some(&write.table) == table)
                    })
            });
        let Some((stored, by)) = stored else {
            continue;
        };
        let (Some(by_id), true) = (by.transaction, made(dropped.step) > made(by.step)) else {
            continue;
        };
        let (who, whom) = (
            super::anomaly::session_name(plan, dropped.session),
            super::anomaly::session_name(plan, by.session),
        );
        found.push(Found {
            name: AnomalyName::SilentOverwrite,
            harmed,
            by: by_id,
            sentence: format!(
                "{who}'s write came after {whom}'s and was dropped all the same: by the clocks of the two it looked older, \
                 and nobody was told."
            ),
            evidence: vec![stored, event],
        });
    }
    found
}

/// The table that the statement before an event searched.
fn table_of(run: &Run, event: usize) -> Option<&String> {
    let session = run.events[event].session;
    let mut before = run.events[..event].iter().rev();
    let reply = before
        .find(|other| other.session == session && replied(&other.kind).is_some())
        .and_then(|other| replied(&other.kind))?;
    let searched = reply.searches.first().map(|search| &search.table);
    searched.or(reply.reads.first().map(|read| &read.table))
}
