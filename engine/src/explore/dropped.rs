//! Writes that a wrong clock drops (last write wins).
//!
//! A write that looks older than what is stored is dropped, and nobody is told. That is an anomaly when it was made later (see
//! `verdict::requests`), and whether it was can only be told from who had written the table last, among those who committed in
//! the end. So where clients drop writes, the shared part of a state remembers writes and drops in their order, as far as a
//! drop may ask for them.

use crate::ids::{SessionId, Tick};
use crate::run::{ClientNote, Event, EventKind, Outcome, Transaction};
use crate::strategy::{Plan, PlannedAction, RowCheck};

/// Something that happened to a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    table: String,
    session: SessionId,
    /// For when the step was drawn.
    made: Tick,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// A write of a transaction that has not ended.
    Open,
    /// A write that counts.
    Committed,
    /// A write was dropped.
    Dropped,
}

/// Whether clients of a plan drop writes.
pub(super) fn may_drop(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| {
        matches!(
            step.action,
            PlannedAction::Sql {
                check: RowCheck::Newest,
                ..
            }
        )
    })
}

/// Notes what happened to a session.
pub(super) fn note(
    marks: &mut Vec<Mark>,
    plan: &Plan,
    session: SessionId,
    events: &[Event],
    transactions: &[Transaction],
) {
    let made = |event: &Event| event.step.map_or(Tick(0), |step| plan.steps[step.0].at);
    for (place, event) in events.iter().enumerate() {
        match &event.kind {
            EventKind::Replied(reply) => {
                let mut tables: Vec<&String> = Vec::new();
                for write in &reply.writes {
                    if !tables.contains(&&write.table) {
                        tables.push(&write.table);
                    }
                }
                marks.extend(tables.into_iter().map(|table| Mark {
                    table: table.clone(),
                    session,
                    made: made(event),
                    kind: Kind::Open,
                }));
            }
            EventKind::Client(ClientNote::OlderDropped) => {
                let mut before = events[..place].iter().rev();
                let table = before.find_map(|event| match &event.kind {
                    EventKind::Replied(reply) => {
                        let searched = reply.searches.first().map(|search| &search.table);
                        searched.or(reply.reads.first().map(|read| &read.table))
                    }
                    _ => None,
                });
                if let (Some(table), Some(_)) = (table, event.transaction) {
                    marks.push(Mark {
                        table: table.clone(),
                        session,
                        made: made(event),
                        kind: Kind::Dropped,
                    });
                }
            }
            _ => {}
        }
    }
    // What its transactions wrote counts, or never was; a drop stays one whatever becomes of it.
    for transaction in transactions {
        let ended = match transaction.outcome {
            Outcome::Open => continue,
            Outcome::Committed => Some(Kind::Committed),
            _ => None,
        };
        marks.retain_mut(|mark| {
            let its = mark.session == session && mark.kind == Kind::Open;
            if let (true, Some(kind)) = (its, ended) {
                mark.kind = kind;
            }
            !its || ended.is_some()
        });
    }
}

/// Whether a write was dropped that was made later than what was stored.
pub(super) fn newer_dropped(marks: &[Mark]) -> bool {
    marks.iter().enumerate().any(|(place, dropped)| {
        let stored = marks[..place].iter().rev().find(|mark| {
            mark.kind == Kind::Committed
                && mark.table == dropped.table
                && mark.session != dropped.session
        });
        dropped.kind == Kind::Dropped && stored.is_some_and(|stored| dropped.made > stored.made)
    })
}
