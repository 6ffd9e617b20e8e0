//! The dependency graph between committed transactions (Adya, Liskov and O'Neil 2000, after Adya's thesis of 1999).
//!
//! An arrow from A to B says that B cannot stand before A in a serial order with the same outcome:
//!
//! ```text
//!   A --ww--> B   A made a version and B replaced it
//!   A --wr--> B   A made a version and B read it
//!   A --rw--> B   A read a version and B replaced it (an anti-dependency: A did not see B's work)
//! ```
//!
//! What a search did not find was read too: whoever later makes a row match, or stop matching, overwrites what the
//! search saw. Those arrows rest on a predicate; the others on a single row, an item.
//!
//! Without a cycle the run is serializable, and any topological order is a serial order that shows it. With one it may
//! still be, by luck of the values (two blind writes of the same value); whether it is, [`super::serial`] decides. The
//! graph gives the names and the evidence.

use super::history::{Chain, History, committed, matching};
use crate::collections::Set;
use crate::run::{Read, Reply, RowId, Run, Search, TransactionId};

/// How the later transaction depends on the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DependencyKind {
    /// ww: it replaced the other's version.
    WriteWrite,
    /// wr: it read the other's version.
    WriteRead,
    /// rw: it replaced a version that the other had read.
    ReadWrite,
}

/// What a dependency rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// A row that both touched.
    Item,
    /// A search, and a row that came into or went out of what it finds.
    Predicate,
}

/// An arrow of the graph, with the events that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Who must come first.
    pub from: TransactionId,
    /// Who must come after.
    pub to: TransactionId,
    /// How.
    pub kind: DependencyKind,
    /// On what.
    pub basis: Basis,
    /// The table of the row.
    pub table: String,
    /// The row.
    pub row: RowId,
    /// The row's key, as `id = 42`.
    pub key: String,
    /// What the first one did (its place in [`Run::events`]).
    pub from_event: usize,
    /// What the second one did.
    pub to_event: usize,
}

/// The graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The committed transactions, in order of their commits.
    pub nodes: Vec<TransactionId>,
    /// The arrows, without repetition: one for each two transactions, kind, basis and row.
    pub edges: Vec<Dependency>,
}

impl Graph {
    /// Reads the graph out of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self::of_history(&History::of(run))
    }

    pub(super) fn of_history(history: &History) -> Self {
        let run = history.run;
        let mut nodes: Vec<_> = (0..run.transactions.len())
            .map(TransactionId)
            .filter(|&transaction| committed(run, transaction))
            .collect();
        crate::collections::sort_by_key(&mut nodes, |transaction| {
            run.transactions[transaction.0].last
        });
        let mut builder = Builder {
            history,
            edges: Vec::new(),
            seen: Set::new(),
        };
        builder.writes();
        builder.key_reuse();
        for &(event, transaction, reply) in &history.replies {
            for read in &reply.reads {
                builder.read(event, transaction, read);
            }
            for search in &reply.searches {
                builder.search(event, transaction, reply, search);
            }
        }
        Self {
            nodes,
            edges: builder.edges,
        }
    }
}

/// One end of an arrow: who, at which event.
type End = (TransactionId, usize);

struct Builder<'h, 'r> {
    history: &'h History<'r>,
    edges: Vec<Dependency>,
    seen: Set<(
        TransactionId,
        TransactionId,
        DependencyKind,
        Basis,
        &'r str,
        RowId,
    )>,
}

impl<'r> Builder<'_, 'r> {
    fn add(
        &mut self,
        (from, from_event): End,
        (to, to_event): End,
        kind: DependencyKind,
        basis: Basis,
        (table, row, key): (&'r str, RowId, &str),
    ) {
        if from != to && self.seen.insert((from, to, kind, basis, table, row)) {
            self.edges.push(Dependency {
                from,
                to,
                kind,
                basis,
                table: table.to_owned(),
                row,
                key: key.to_owned(),
                from_event,
                to_event,
            });
        }
    }

    /// ww: neighbours in a chain of versions.
    fn writes(&mut self) {
        let history = self.history;
        for (&(table, row), chain) in &history.chains {
            for pair in chain.writes.windows(2) {
                let [first, second] = pair else { continue };
                self.add(
                    (first.transaction, first.event),
                    (second.transaction, second.event),
                    DependencyKind::WriteWrite,
                    Basis::Item,
                    (table, row, &second.write.key),
                );
            }
        }
    }

    /// ww: a key that was given free and taken again by a new row.
    fn key_reuse(&mut self) {
        let history = self.history;
        let ends: Vec<_> = history
            .chains
            .iter()
            .filter_map(|(&(table, _), chain)| {
                let last = chain.writes.last()?;
                last.write.after.is_none().then_some((table, last))
            })
            .collect();
        for (&(table, row), chain) in &history.chains {
            let Some(first) = chain
                .writes
                .first()
                .filter(|made| made.write.before.is_none())
            else {
                continue;
            };
            for &(other, end) in &ends {
                if other == table && end.write.key == first.write.key && end.event < first.event {
                    self.add(
                        (end.transaction, end.event),
                        (first.transaction, first.event),
                        DependencyKind::WriteWrite,
                        Basis::Item,
                        (table, row, &first.write.key),
                    );
                }
            }
        }
    }

    /// wr and rw of a row that was read.
    fn read(&mut self, event: usize, reader: TransactionId, read: &'r Read) {
        let history = self.history;
        let Some(chain) = history.chain(&read.table, read.row) else {
            return;
        };
        let Some(state) = chain.state_of(read.version) else {
            return;
        };
        let place = (read.table.as_str(), read.row, read.key.as_str());
        if let Some(made) = state.checked_sub(1).and_then(|last| chain.writes.get(last)) {
            self.add(
                (made.transaction, made.event),
                (reader, event),
                DependencyKind::WriteRead,
                Basis::Item,
                place,
            );
        }
        if let Some(next) = chain.writes.get(state) {
            self.add(
                (reader, event),
                (next.transaction, next.event),
                DependencyKind::ReadWrite,
                Basis::Item,
                place,
            );
        }
    }

    /// wr and rw of what a search found or did not find.
    fn search(&mut self, event: usize, reader: TransactionId, reply: &Reply, search: &'r Search) {
        let history = self.history;
        let mut found = None;
        for (&(table, row), chain) in &history.chains {
            if table != search.table {
                continue;
            }
            let found = found.get_or_insert_with(|| matching(search));
            let matches = |state: usize| chain.version(state).is_some_and(|it| found.contains(&it));
            let state = history.looked_at((event, reader, reply), search, row, chain, matches);
            self.found(event, reader, (table, row), chain, state, &matches);
        }
    }

    fn found(
        &mut self,
        event: usize,
        reader: TransactionId,
        (table, row): (&'r str, RowId),
        chain: &Chain,
        state: usize,
        matches: &dyn Fn(usize) -> bool,
    ) {
        // `turn` is a state in which the row matches and did not match in the one before, or the other way round.
        let turned = |turn: &usize| matches(*turn) != matches(*turn - 1);
        if let Some(turn) = (state + 1..=chain.writes.len()).find(turned) {
            let later = &chain.writes[turn - 1];
            self.add(
                (reader, event),
                (later.transaction, later.event),
                DependencyKind::ReadWrite,
                Basis::Predicate,
                (table, row, &later.write.key),
            );
        }
        // A row that was found is read besides, which says from whom.
        if matches(state) {
            return;
        }
        if let Some(turn) = (1..=state).rev().find(turned) {
            let earlier = &chain.writes[turn - 1];
            self.add(
                (earlier.transaction, earlier.event),
                (reader, event),
                DependencyKind::WriteRead,
                Basis::Predicate,
                (table, row, &earlier.write.key),
            );
        }
    }
}
