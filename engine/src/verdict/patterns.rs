//! The anomalies that have a shape of their own, apart from the cycle they make: P4, P1, P2 and P3.

use super::AnomalyName;
use super::anomaly::{Found, Scene, did, of};
use super::history::{Chain, committed, matching};
use super::words::{bare_cells, cells, differing};
use crate::collections::Map;
use crate::ids::RowId;
use crate::run::{EventKind, Reply, Search, TransactionId};
use crate::sql::ast::{ConflictAction, Expr, OnConflict, Statement};
use crate::sql::visit::walk;
use crate::strategy::PlannedAction;

/// A transaction looked at a row: when, and which state of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    event: usize,
    state: usize,
}

/// P4: a transaction writes a row by what it read before another one wrote it.
pub(super) fn lost_updates(scene: &Scene) -> Vec<Found> {
    let mut found = Vec::new();
    for (&(table, row), chain) in &scene.history.chains {
        for (place, second) in chain.writes.iter().enumerate() {
            let Some(first) = place.checked_sub(1).map(|before| &chain.writes[before]) else {
                continue;
            };
            let (a, b) = (first.transaction, second.transaction);
            let seen: Vec<Look> = looks(scene, b, table, row, chain)
                .into_iter()
                .filter(|look| look.event <= second.event)
                .collect();
            let newest = seen.iter().map(|look| look.state).max();
            let Some(look) = seen.last().filter(|_| a != b && newest < Some(place)) else {
                continue;
            };
            let shared = both_set(scene, first.event, second.event, table);
            let (Some(read), Some(wrote)) = (
                scene.history.values(table, row, look.state),
                first.write.new.as_ref(),
            ) else {
                continue;
            };
            if shared.is_empty() {
                continue;
            }
            let columns = scene.history.columns(table);
            let name = format!("{table} {}", second.write.key);
            let what = of(&cells(columns, &shared, read), &name);
            let (harmed, by) = (scene.name(a), scene.name(b));
            let wrote = bare_cells(columns, &shared, wrote);
            let then = match &second.write.new {
                Some(new) => format!("wrote {}", bare_cells(columns, &shared, new)),
                None => "deleted the row".to_owned(),
            };
            let too = looks(scene, a, table, row, chain)
                .into_iter()
                .find(|other| other.state == look.state && other.event <= first.event);
            let sentence = if too.is_some() {
                format!(
                    "{by} overwrote {harmed}'s update: both read {what}, {harmed} wrote {wrote}, then {by} {then}; \
                     {harmed}'s update is gone."
                )
            } else {
                format!(
                    "{by} overwrote {harmed}'s update without having seen it: {by} read {what}, {harmed} wrote {wrote}, \
                     then {by} {then}; {harmed}'s update is gone."
                )
            };
            let mut evidence = vec![look.event, first.event, second.event];
            evidence.extend(too.map(|too| too.event));
            found.push(Found {
                name: AnomalyName::LostUpdate,
                harmed: a,
                by: b,
                sentence,
                evidence,
            });
        }
    }
    found
}

/// G1a and G1b: a version was read that was never committed, or not in the end.
pub(super) fn dirty_reads(scene: &Scene) -> Vec<Found> {
    let mut found = Vec::new();
    let mut made = Map::new();
    for (event, what) in scene.run.events.iter().enumerate() {
        let (EventKind::Replied(reply), Some(transaction)) = (&what.kind, what.transaction) else {
            continue;
        };
        for write in &reply.writes {
            if let Some(after) = write.after {
                made.insert((write.table.as_str(), after), (event, transaction, write));
            }
        }
    }
    for &(event, reader, reply) in &scene.history.replies {
        for read in &reply.reads {
            let Some(&(written, writer, write)) = made.get(&(read.table.as_str(), read.version))
            else {
                continue;
            };
            let unsettled = if !committed(scene.run, writer) {
                "then rolled back"
            } else if rewritten(scene, writer, written, &read.table, read.row) {
                "then changed again"
            } else {
                continue;
            };
            if writer == reader {
                continue;
            }
            let columns = scene.history.columns(&read.table);
            let which = match (&write.old, &write.new) {
                (Some(old), Some(new)) => differing(old, new),
                _ => Vec::new(),
            };
            let values = write.new.as_ref();
            let what = values.map(|new| cells(columns, &which, new));
            found.push(Found {
                name: AnomalyName::DirtyRead,
                harmed: reader,
                by: writer,
                sentence: format!(
                    "{} read {}, which {} had written and {unsettled}.",
                    scene.name(reader),
                    of(
                        &what.unwrap_or_default(),
                        &format!("{} {}", read.table, read.key)
                    ),
                    scene.name(writer),
                ),
                evidence: vec![written, event],
            });
        }
    }
    found
}

/// Whether a transaction wrote a row once more after an event.
fn rewritten(scene: &Scene, writer: TransactionId, after: usize, table: &str, row: RowId) -> bool {
    scene.history.chain(table, row).is_some_and(|chain| {
        let later =
            |made: &super::history::Written| made.transaction == writer && made.event > after;
        chain.writes.iter().any(later)
    })
}

/// P2: the same row, read twice, held other values the second time.
pub(super) fn non_repeatable_reads(scene: &Scene) -> Vec<Found> {
    let mut found = Vec::new();
    for (&(table, row), chain) in &scene.history.chains {
        for &reader in &scene.graph.nodes {
            let looks = looks(scene, reader, table, row, chain);
            for pair in looks.windows(2) {
                let [before, after] = pair else { continue };
                let Some(made) = after.state.checked_sub(1).map(|last| &chain.writes[last]) else {
                    continue;
                };
                let (Some(old), Some(new)) = (
                    scene.history.values(table, row, before.state),
                    scene.history.values(table, row, after.state),
                ) else {
                    continue;
                };
                let which = differing(old, new);
                if after.state <= before.state || made.transaction == reader || which.is_empty() {
                    continue;
                }
                let columns = scene.history.columns(table);
                let name = format!("{table} {}", made.write.key);
                let (who, by) = (scene.name(reader), scene.name(made.transaction));
                found.push(Found {
                    name: AnomalyName::NonRepeatableRead,
                    harmed: reader,
                    by: made.transaction,
                    sentence: format!(
                        "{who} read {} and later {}: {by} changed it in between.",
                        of(&cells(columns, &which, old), &name),
                        bare_cells(columns, &which, new),
                    ),
                    evidence: vec![before.event, made.event, after.event],
                });
            }
        }
    }
    found
}

/// P3: the same search, made twice, found other rows the second time.
pub(super) fn phantoms(scene: &Scene) -> Vec<Found> {
    let mut found = Vec::new();
    for (place, &(event, reader, reply)) in scene.history.replies.iter().enumerate() {
        for search in &reply.searches {
            let again = scene.history.replies[place + 1..]
                .iter()
                .filter(|(_, other, _)| *other == reader)
                .find_map(|later| {
                    let same = |other: &&Search| {
                        (&other.table, &other.condition) == (&search.table, &search.condition)
                    };
                    later.2.searches.iter().find(same)?;
                    Some(*later)
                });
            if let Some(again) = again {
                found.extend(phantom(scene, (event, reader, reply), again, search));
            }
        }
    }
    found
}

fn phantom(
    scene: &Scene,
    once: (usize, TransactionId, &Reply),
    again: (usize, TransactionId, &Reply),
    search: &Search,
) -> Option<Found> {
    let versions = matching(search);
    let mut turned = Vec::new();
    for (&(table, row), chain) in &scene.history.chains {
        let matches = |state| {
            chain
                .version(state)
                .is_some_and(|it| versions.contains(&it))
        };
        if table != search.table {
            continue;
        }
        let look = |at| scene.history.looked_at(at, search, row, chain, matches);
        let (before, after) = (look(once), look(again));
        let turn = (before + 1..=after).rfind(|&state| matches(state) != matches(state - 1));
        if let Some(turn) = turn.filter(|_| matches(before) != matches(after)) {
            turned.push(&chain.writes[turn - 1]);
        }
    }
    let made = turned.iter().find(|made| made.transaction != once.1)?;
    let more = match turned.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let found = |reply: &Reply| {
        let of_table = |table: &String| *table == search.table;
        reply
            .reads
            .iter()
            .filter(|read| of_table(&read.table))
            .count()
    };
    let (first, second) = (found(once.2), found(again.2));
    let rows = if first == second {
        "found other rows the second time".to_owned()
    } else {
        let rows = if first == 1 { "row" } else { "rows" };
        format!("found {first} {rows} and then {second}")
    };
    let (who, by) = (scene.name(once.1), scene.name(made.transaction));
    let condition = match search.condition.as_str() {
        "" => String::new(),
        condition => format!(" for {condition}"),
    };
    Some(Found {
        name: AnomalyName::Phantom,
        harmed: once.1,
        by: made.transaction,
        sentence: format!(
            "{who} searched {}{condition} twice and {rows}: {by} {} {}{more} in between.",
            search.table,
            did(Some(made.write)),
            made.write.key,
        ),
        evidence: vec![once.0, made.event, again.0],
    })
}

/// When a transaction looked at a row and which state it saw. A write that sets columns without regard to what they held
/// does not count as a look.
fn looks(scene: &Scene, who: TransactionId, table: &str, row: RowId, chain: &Chain) -> Vec<Look> {
    let replies = scene.history.replies.iter().filter(|reply| reply.1 == who);
    let looks = replies.flat_map(|&(event, _, reply)| {
        let blind = move |version| {
            let of_it = |write: &&crate::run::Write| write.before == Some(version);
            reply
                .writes
                .iter()
                .any(|write| of_it(&write) && write.table == table)
                && !computes(scene, event)
        };
        reply
            .reads
            .iter()
            .filter(move |read| read.table == table && read.row == row && !blind(read.version))
            .filter_map(move |read| {
                let state = chain.state_of(read.version)?;
                Some(Look { event, state })
            })
    });
    looks.collect()
}

/// The statement that an event answers.
fn statement<'s>(scene: &Scene<'s>, event: usize) -> Option<&'s Statement> {
    let step = scene.run.events[event].step?;
    match &scene.plan.steps.get(step.0)?.action {
        PlannedAction::Sql { sql, .. } => Some(&sql.statement),
        _ => None,
    }
}

/// Whether a statement computes what it writes from the row it writes over.
fn computes(scene: &Scene, event: usize) -> bool {
    match statement(scene, event) {
        Some(Statement::Update(update)) => update
            .assignments
            .iter()
            .filter_map(|set| set.value.as_ref())
            .all(has_column),
        Some(Statement::Delete(_)) => false,
        Some(Statement::Insert(insert)) => match &insert.on_conflict {
            Some(OnConflict {
                action: ConflictAction::Update { assignments, .. },
                ..
            }) => assignments
                .iter()
                .filter_map(|set| set.value.as_ref())
                .any(has_stored_column),
            _ => true,
        },
        _ => true,
    }
}

/// Whether an expression names a column of the row that is there, not of the one that was proposed.
fn has_stored_column(expr: &Expr) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| {
        found |= matches!(expr, Expr::Column { table, .. }
            if table.as_ref().is_none_or(|table| table.name != "excluded"));
    });
    found
}

fn has_column(expr: &Expr) -> bool {
    let mut found = false;
    walk(expr, &mut |inner| {
        found |= matches!(inner, Expr::Column { .. })
    });
    found
}

/// The columns that two statements both set.
fn both_set(scene: &Scene, first: usize, second: usize, table: &str) -> Vec<usize> {
    let columns = scene.history.columns(table);
    let sets = |event: usize, column: &String| match statement(scene, event) {
        Some(Statement::Update(update)) => update
            .assignments
            .iter()
            .any(|set| set.column.name == *column),
        _ => true,
    };
    (0..columns.len())
        .filter(|&column| sets(first, &columns[column]) && sets(second, &columns[column]))
        .collect()
}
