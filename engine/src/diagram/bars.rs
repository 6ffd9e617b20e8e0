//! What lasts from one event to another: transactions, waits and locks, once the heights of events are known.

use super::lanes::{LOCK_COLUMN, Lanes};
use super::text::{Font, width};
use super::{End, Extent, Grip, LockBar, WaitBar, locks, says};
use crate::run::{EventKind, LockTarget, Outcome, Run};
use crate::strategy::Plan;

/// Transactions, from their first event to their last.
pub(super) fn extents(
    run: &Run,
    lanes: &Lanes,
    at: &impl Fn(usize) -> i32,
    height: i32,
) -> Vec<Extent> {
    let extents = run.transactions.iter().map(|transaction| {
        let end = match transaction.outcome {
            Outcome::Committed => End::Committed,
            Outcome::Open => End::Open,
            _ => End::RolledBack,
        };
        Extent {
            events: (transaction.first, transaction.last),
            session: transaction.session,
            x: lanes.lanes[transaction.session.0].x,
            top: at(transaction.first) - 4,
            bottom: match end {
                End::Open => height - 4,
                _ => at(transaction.last) + 5,
            },
            end,
        }
    });
    extents.collect()
}

/// Waits, from the event that begins one to the session's next.
pub(super) fn waits(
    run: &Run,
    plan: &Plan,
    lanes: &Lanes,
    until: &impl Fn(Option<usize>) -> i32,
) -> Vec<WaitBar> {
    // The last wait of each session that no event has ended yet, as a place in the list.
    let mut open: Vec<Option<usize>> = vec![None; plan.sessions.len()];
    let mut bars: Vec<(WaitBar, Option<usize>)> = Vec::new();
    for (index, event) in run.events.iter().enumerate() {
        let session = event.session;
        if let Some(bar) = open[session.0].take() {
            bars[bar].1 = Some(index);
        }
        if let EventKind::Blocked(wait) = &event.kind {
            open[session.0] = Some(bars.len());
            let words = says::wait(&plan.sessions, wait);
            let bar = WaitBar {
                event: index,
                session,
                x: lanes.lanes[session.0].x,
                top: until(Some(index)),
                bottom: 0,
                title: format!("{} {words}", says::name(&plan.sessions, session)),
            };
            bars.push((bar, None));
        }
    }
    let ended = bars.into_iter().map(|(bar, end)| WaitBar {
        bottom: until(end),
        ..bar
    });
    ended.collect()
}

/// A lock's place and what fits along it.
pub(super) fn lock_bar(
    bar: &locks::Held,
    plan: &Plan,
    lanes: &Lanes,
    columns: usize,
    at: &impl Fn(usize) -> i32,
    until: &impl Fn(Option<usize>) -> i32,
) -> LockBar {
    let band = lanes.band;
    let (top, bottom) = (at(bar.from), until(bar.to));
    // Columns go right, left, right, left from the axis.
    let step = i32::try_from(bar.column / 2).unwrap_or(0) * LOCK_COLUMN + LOCK_COLUMN / 2;
    let at_right = band.right - i32::try_from(columns.div_ceil(2)).unwrap_or(0) * LOCK_COLUMN;
    let at_left = band.left + i32::try_from(columns / 2).unwrap_or(0) * LOCK_COLUMN;
    let holder = says::name(&plan.sessions, bar.session);
    let (variants, title) = match &bar.lock {
        Some((target, mode)) => {
            let whole = says::target(target);
            let key = match target {
                LockTarget::Row { key, .. } | LockTarget::Key { key, .. } => key,
                LockTarget::Other { what } => what,
            };
            let title = format!("{holder} holds {whole} {mode}");
            (vec![format!("{whole} {mode}"), whole, key.clone()], title)
        }
        None => (
            vec![format!("{} more locks", bar.count)],
            format!("{} more locks are held", bar.count),
        ),
    };
    // The holder's mark stands at the top.
    let room = bottom - top - 22;
    let label = variants
        .into_iter()
        .find(|text| width(text, Font::Mono, 10) <= room);
    LockBar {
        event: bar.from,
        session: bar.session,
        x: if bar.column.is_multiple_of(2) {
            at_right + step
        } else {
            at_left - step
        },
        top,
        bottom,
        label: label.unwrap_or_default(),
        grip: match bar.lock {
            Some((_, "FOR KEY SHARE" | "FOR SHARE" | "ACCESS SHARE" | "ROW SHARE" | "SHARE")) => {
                Grip::Shared
            }
            Some((_, "FOR UPDATE" | "EXCLUSIVE" | "ACCESS EXCLUSIVE")) => Grip::Exclusive,
            _ => Grip::Writing,
        },
        title,
    }
}
