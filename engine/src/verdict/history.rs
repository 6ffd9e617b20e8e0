//! A run, seen as a history of versions: who made each version of a row, who replaced it, and what it held.
//!
//! Only the writes of committed transactions count; they form one chain of versions for each row. PostgreSQL lets a
//! transaction write a row only when the one that wrote it before has ended, so that the order of the events is the
//! order of the versions. The states of a row are numbered along its chain: state 0 is what the set-up left, state `n`
//! is what the `n`-th committed write left. A state without a version is a row that is not there.

use crate::collections::{Map, Set};
use crate::db::{Row, TupleId};
use crate::run::{EventKind, Outcome, Reply, RowId, Run, Search, TableState, TransactionId, Write};
use crate::sql::ast::IsolationLevel;

/// A write of a committed transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'r> {
    /// The event that reports it.
    pub event: usize,
    /// Who wrote.
    pub transaction: TransactionId,
    /// What.
    pub write: &'r Write,
}

/// The chain of a row's committed versions.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain<'r> {
    /// The committed writes, in order.
    pub writes: Vec<Written<'r>>,
}

impl Chain<'_> {
    /// The version in a state; `None` where the row is not there.
    pub fn version(&self, state: usize) -> Option<TupleId> {
        match state.checked_sub(1) {
            None => self.writes.first().and_then(|first| first.write.before),
            Some(last) => self.writes.get(last).and_then(|made| made.write.after),
        }
    }

    /// The state that holds a version.
    pub fn state_of(&self, version: TupleId) -> Option<usize> {
        (0..=self.writes.len()).find(|&state| self.version(state) == Some(version))
    }
}

/// The history of a run.
pub(super) struct History<'r> {
    /// The run.
    pub run: &'r Run,
    /// The chains of the rows that committed transactions wrote.
    pub chains: Map<(&'r str, RowId), Chain<'r>>,
    /// The answers that committed transactions got, in order: event, transaction and answer.
    pub replies: Vec<(usize, TransactionId, &'r Reply)>,
}

impl<'r> History<'r> {
    /// Reads the history out of a run.
    pub fn of(run: &'r Run) -> Self {
        let mut chains: Map<_, Chain> = Map::new();
        let mut replies = Vec::new();
        for (event, what) in run.events.iter().enumerate() {
            let (EventKind::Replied(reply), Some(transaction)) = (&what.kind, what.transaction)
            else {
                continue;
            };
            if !committed(run, transaction) {
                continue;
            }
            replies.push((event, transaction, reply));
            for write in &reply.writes {
                chains
                    .or_insert((write.table.as_str(), write.row), Default::default())
                    .writes
                    .push(Written {
                        event,
                        transaction,
                        write,
                    });
            }
        }
        Self {
            run,
            chains,
            replies,
        }
    }

    /// The chain of a row, if a committed transaction wrote it.
    pub fn chain<'s>(&'s self, table: &'s str, row: RowId) -> Option<&'s Chain<'r>> {
        self.chains.get(&(table, row))
    }

    /// The values of a row in a state.
    pub fn values(&self, table: &str, row: RowId, state: usize) -> Option<&'r Row> {
        let chain = self.chain(table, row);
        match state.checked_sub(1) {
            Some(last) => chain?.writes.get(last)?.write.new.as_ref(),
            None => match chain.and_then(|chain| chain.writes.first()) {
                Some(first) => first.write.old.as_ref(),
                None => initial(self.run, table, row),
            },
        }
    }

    /// The columns of a table.
    pub fn columns(&self, table: &str) -> &'r [String] {
        self.run
            .tables
            .iter()
            .find(|state| state.name == table)
            .map_or(&[], |state| &state.columns)
    }

    /// Which state of a row a search looked at, and whether it was the row's version there that it took up.
    ///
    /// A row that the statement read or wrote tells so itself. Of a row that it did not take up, it looked at what its
    /// snapshot held: everything committed when the statement was sent, or, above READ COMMITTED, when the transaction
    /// sent its first one (manual, 13.2). A statement that had to wait looks again at the newest version (13.2.1), which
    /// is why a matching row may still be passed over.
    pub fn looked_at(
        &self,
        (event, transaction, reply): (usize, TransactionId, &Reply),
        search: &Search,
        row: RowId,
        chain: &Chain,
        matches: impl Fn(usize) -> bool,
    ) -> usize {
        let of_row = |table: &str, other: RowId| table == search.table && other == row;
        if let Some(state) = reply
            .reads
            .iter()
            .rev()
            .filter(|read| of_row(&read.table, read.row))
            .find_map(|read| chain.state_of(read.version))
        {
            return state;
        }
        if reply
            .writes
            .iter()
            .any(|write| of_row(&write.table, write.row))
            && let Some(state) = chain.writes.iter().position(|made| made.event == event)
        {
            return state;
        }
        let snapshot = self.snapshot(event, transaction);
        let mut state = chain
            .writes
            .iter()
            .rposition(|made| {
                if made.transaction == transaction {
                    made.event < event
                } else {
                    self.run.transactions[made.transaction.0].last < snapshot
                }
            })
            .map_or(0, |last| last + 1);
        if self.waited(event) {
            while state < chain.writes.len()
                && matches(state)
                && chain.writes[state].event < event
                && chain.writes[state].transaction != transaction
            {
                state += 1;
            }
        }
        state
    }

    /// The event at which the snapshot was taken that an answer was found in.
    fn snapshot(&self, event: usize, transaction: TransactionId) -> usize {
        let about = &self.run.transactions[transaction.0];
        let answer = match about.isolation {
            IsolationLevel::DirtyWrite
            | IsolationLevel::DirtyRead
            | IsolationLevel::ReadUncommitted
            | IsolationLevel::ReadCommitted => event,
            IsolationLevel::RepeatableRead | IsolationLevel::Serializable => {
                (about.first..event)
                    .find(|&earlier| {
                        let earlier = &self.run.events[earlier];
                        earlier.transaction == Some(transaction)
                            && matches!(&earlier.kind, EventKind::Replied(reply) if reply.tag != "BEGIN")
                    })
                    .unwrap_or(event)
            }
        };
        self.sent(answer)
    }

    /// The event at which the statement was sent that an event answers.
    pub fn sent(&self, answer: usize) -> usize {
        let session = self.run.events[answer].session;
        (0..=answer)
            .rev()
            .find(|&event| {
                let event = &self.run.events[event];
                event.session == session && matches!(event.kind, EventKind::Sent { .. })
            })
            .unwrap_or(answer)
    }

    /// Whether the statement that an event answers had to wait.
    fn waited(&self, answer: usize) -> bool {
        let session = self.run.events[answer].session;
        self.run.events[self.sent(answer)..answer]
            .iter()
            .any(|event| event.session == session && matches!(event.kind, EventKind::Blocked(_)))
    }
}

/// The versions that a search would find, for looking up.
pub(super) fn matching(search: &Search) -> Set<TupleId> {
    search.matching.iter().copied().collect()
}

/// Whether a transaction committed.
pub(super) fn committed(run: &Run, transaction: TransactionId) -> bool {
    run.transactions
        .get(transaction.0)
        .is_some_and(|about| about.outcome == Outcome::Committed)
}

/// The values of a row that the set-up made.
fn initial<'r>(run: &'r Run, table: &str, row: RowId) -> Option<&'r Row> {
    let state: &TableState = run.initial.iter().find(|state| state.name == table)?;
    let place = state.ids.iter().position(|&id| id == row)?;
    state.rows.get(place)
}
