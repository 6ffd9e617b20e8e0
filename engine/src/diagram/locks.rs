//! Lock bars: which stand beside the database's lifeline, from when to when, and in which column.
//!
//! Rows are drawn, and advisory locks, and tables where their lock is more than every statement takes, or somebody waits
//! for it. Each has its column as long as there are columns; a column that is free again may be used for another lock when
//! they run out, and what finds no place at all is one bar more, that counts.

use crate::collections::{Map, sort_by_key};
use crate::ids::SessionId;
use crate::run::LockTarget;
use crate::run::locks::{LockLog, LockStory};

/// A bar, in terms of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub column: usize,
    pub session: SessionId,
    pub from: usize,
    /// `None`: to the end of the run.
    pub to: Option<usize>,
    /// What, and in which mode; `None`: several.
    pub lock: Option<(LockTarget, &'static str)>,
    /// How many, when there are several.
    pub count: usize,
}

/// The modes of table locks that statements take by themselves.
const COMMON: [&str; 3] = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE"];

/// A time in which a session holds a lock in one mode.
struct Span {
    story: usize,
    session: SessionId,
    mode: &'static str,
    from: usize,
    to: Option<usize>,
}

/// All bars, and how many columns they need.
pub(super) fn bars(log: &LockLog, most: usize) -> (Vec<Held>, usize) {
    let mut spans: Vec<Span> = Vec::new();
    for (place, story) in log.locks.iter().enumerate() {
        spans_of(story, place, &mut spans);
    }
    sort_by_key(&mut spans, |span| (span.from, span.story));
    let mut columns = Columns::default();
    for span in spans {
        columns.take(span, &log.locks, most);
    }
    let needed = columns.bars.iter().map(|bar| bar.column + 1).max();
    (columns.bars, needed.unwrap_or(0))
}

fn spans_of(story: &LockStory, place: usize, spans: &mut Vec<Span>) {
    let is_table = match &story.target {
        LockTarget::Row { .. } => false,
        LockTarget::Key { .. } => return,
        // The lock of a process is not the database's.
        LockTarget::Other { what } if what.starts_with("the process") => return,
        LockTarget::Other { what } => what.starts_with("table "),
    };
    let contended = story.is_contended();
    let mut open: Vec<usize> = Vec::new();
    for (position, held) in &story.changes {
        let event = position.saturating_sub(1);
        open.retain(|&span| {
            let span: &mut Span = &mut spans[span];
            let goes_on = held
                .holders
                .iter()
                .any(|claim| (claim.session, claim.mode) == (span.session, span.mode));
            if !goes_on {
                span.to = Some(event);
            }
            goes_on
        });
        for claim in &held.holders {
            let known = open.iter().any(|&span| {
                (spans[span].session, spans[span].mode) == (claim.session, claim.mode)
            });
            // Who has locked the table as a whole need not be shown to have used it.
            let has_more = held
                .holders
                .iter()
                .any(|it| it.session == claim.session && !COMMON.contains(&it.mode));
            let common = is_table && COMMON.contains(&claim.mode) && (!contended || has_more);
            if known || common {
                continue;
            }
            open.push(spans.len());
            spans.push(Span {
                story: place,
                session: claim.session,
                mode: claim.mode,
                from: event,
                to: None,
            });
        }
    }
}

#[derive(Default)]
struct Columns {
    bars: Vec<Held>,
    /// The last bar of each column.
    last: Vec<usize>,
    /// The column each lock had first.
    home: Map<usize, usize>,
    /// The last bar of those that found no column.
    rest: Option<usize>,
}

impl Columns {
    fn take(&mut self, span: Span, stories: &[LockStory], most: usize) {
        let free = |column: &usize| {
            self.last.get(*column).is_none_or(|bar| {
                let to = self.bars[*bar].to;
                to.is_some_and(|to| to <= span.from)
            })
        };
        let virgin = (self.last.len() < most).then_some(self.last.len());
        let column = self
            .home
            .get(&span.story)
            .copied()
            .filter(free)
            .or(virgin)
            .or_else(|| (0..most).find(free));
        let bar = self.bars.len();
        let Some(column) = column else {
            return self.take_rest(&span, most);
        };
        self.home.or_insert(span.story, column);
        if column < self.last.len() {
            self.last[column] = bar;
        } else {
            self.last.push(bar);
        }
        self.bars.push(Held {
            column,
            session: span.session,
            from: span.from,
            to: span.to,
            lock: Some((stories[span.story].target.clone(), span.mode)),
            count: 1,
        });
    }

    /// One bar for as long as any of those is held that found no column.
    fn take_rest(&mut self, span: &Span, column: usize) {
        let open = self
            .rest
            .filter(|bar| self.bars[*bar].to.is_none_or(|to| to > span.from));
        match open {
            Some(bar) => {
                let bar = &mut self.bars[bar];
                bar.count += 1;
                bar.to = match (bar.to, span.to) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    _ => None,
                };
            }
            None => {
                self.rest = Some(self.bars.len());
                self.bars.push(Held {
                    column,
                    session: span.session,
                    from: span.from,
                    to: span.to,
                    lock: None,
                    count: 1,
                });
            }
        }
    }
}
