//! Lock bars: which stand beside the database's lifeline, from when to when, and in which column.
//!
//! Each row has its column as long as there are columns; a column whose row is free again may be used for another one
//! when they run out, and what finds no place at all is one bar more, that counts.

use super::thread::Thread;
use crate::collections::Map;
use crate::ids::SessionId;
use crate::run::{EventKind, LockTarget, Run};
use crate::sql::ast::RowLock;

/// A bar, in terms of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub column: usize,
    pub session: SessionId,
    pub from: usize,
    /// `None`: to the end of the run.
    pub to: Option<usize>,
    /// `None`: several rows.
    pub lock: Option<(LockTarget, RowLock)>,
    /// How many rows, when there are several.
    pub rows: usize,
}

#[derive(Default)]
struct Columns<'a> {
    bars: Vec<Held>,
    /// The bar that is open in each column.
    open: Vec<Option<usize>>,
    /// The column each row had first.
    home: Map<&'a LockTarget, usize>,
    /// The bar of those that found no column, and who holds how much of it.
    rest: Option<usize>,
    rest_holders: Vec<SessionId>,
}

/// All bars, and how many columns they need.
pub(super) fn bars(run: &Run, threads: &[Thread], most: usize) -> (Vec<Held>, usize) {
    let mut columns = Columns::default();
    for (index, (event, thread)) in run.events.iter().zip(threads).enumerate() {
        // What is released at once is not worth a bar.
        if let (EventKind::Replied(reply), false) = (&event.kind, thread.releases) {
            for lock in &reply.locked {
                columns.take(index, event.session, &lock.target, lock.strength, most);
            }
        }
        if thread.releases {
            columns.release(index, event.session);
        }
    }
    let needed = columns.bars.iter().map(|bar| bar.column + 1).max();
    (columns.bars, needed.unwrap_or(0))
}

impl<'a> Columns<'a> {
    fn take(
        &mut self,
        event: usize,
        session: SessionId,
        target: &'a LockTarget,
        strength: RowLock,
        most: usize,
    ) {
        let mine = self.open.iter().position(|bar| {
            bar.is_some_and(|bar| {
                let bar = &self.bars[bar];
                bar.session == session && bar.lock.as_ref().is_some_and(|lock| lock.0 == *target)
            })
        });
        if let Some(bar) = mine.and_then(|column| self.open[column].take()) {
            self.bars[bar].to = Some(event);
        }
        let free = |column: &usize| self.open.get(*column).is_none_or(Option::is_none);
        let virgin = (self.open.len() < most).then_some(self.open.len());
        let column = mine
            .or_else(|| self.home.get(target).copied().filter(free))
            .or(virgin)
            .or_else(|| (0..most).find(free));
        let Some(column) = column else {
            return self.take_rest(event, session, most);
        };
        self.home.or_insert(target, column);
        if self.open.len() <= column {
            self.open.resize(column + 1, None);
        }
        self.open[column] = Some(self.bars.len());
        self.bars.push(Held {
            column,
            session,
            from: event,
            to: None,
            lock: Some((target.clone(), strength)),
            rows: 1,
        });
    }

    fn take_rest(&mut self, event: usize, session: SessionId, column: usize) {
        self.rest_holders.push(session);
        if let Some(bar) = self.rest {
            self.bars[bar].rows += 1;
        } else {
            self.rest = Some(self.bars.len());
            self.bars.push(Held {
                column,
                session,
                from: event,
                to: None,
                lock: None,
                rows: 1,
            });
        }
    }

    fn release(&mut self, event: usize, session: SessionId) {
        for slot in &mut self.open {
            if let Some(bar) = *slot
                && self.bars[bar].session == session
            {
                self.bars[bar].to = Some(event);
                *slot = None;
            }
        }
        self.rest_holders.retain(|holder| *holder != session);
        if self.rest_holders.is_empty()
            && let Some(bar) = self.rest.take()
        {
            self.bars[bar].to = Some(event);
        }
    }
}
