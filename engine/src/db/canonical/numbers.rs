//! Which transactions keep a number, and which.

use super::habits::Habits;
use super::heap::Horizon;
use super::names::GONE;
use crate::db::Xid;
use crate::db::database::Database;
use crate::db::lock::Tag;
use crate::db::xact::Fate;

/// The new numbers of transactions.
pub(super) struct Numbers {
    pub xids: Vec<u32>,
    pub after: u32,
    pub fates: Vec<Fate>,
    pub tops: Vec<Xid>,
}

impl Numbers {
    pub fn of(db: &Database, horizon: &Horizon<'_>, tuples: &[Vec<u32>], habits: &Habits) -> Self {
        let count = db.transactions.fates.len();
        let mut order: Vec<Xid> = Vec::with_capacity(count);
        let mut is_named = vec![false; count + 1];
        let mut name = |xid: Xid| {
            if let Some(named) = is_named.get_mut(xid.0 as usize)
                && !std::mem::replace(named, true)
            {
                order.push(xid);
            }
        };
        let always_there = |xid: Xid| habits.forgets && horizon.is_frozen(xid);
        for (heap, places) in db.heaps.iter().zip(tuples) {
            heap.xids(places, &mut |xid| {
                if !always_there(xid) {
                    name(xid);
                }
            });
        }
        for (tag, _) in db.locks.iter() {
            if let Tag::Transaction(xid) = tag {
                name(*xid);
            }
        }
        for table in &db.tables {
            let indexes = table
                .indexes
                .iter()
                .flat_map(|index| index.dropped.into_iter().chain([index.created]));
            for xid in table
                .dropped
                .into_iter()
                .chain([table.created])
                .chain(indexes)
            {
                if db.transactions.fate(xid) != Fate::Aborted && !always_there(xid) {
                    name(xid);
                }
            }
        }
        for xid in (0..count as u32).map(Xid) {
            if db.transactions.is_running(xid) || (!habits.forgets && xid.0 > 0) {
                name(xid);
                name(db.transactions.top(xid));
            }
        }
        db.ssi.xids(&mut |xid| name(xid));
        // The whole of whatever has a name has one.
        for xid in order.clone() {
            if (xid.0 as usize) < count {
                let top = db.transactions.top(xid);
                if !order.contains(&top) && !always_there(top) {
                    order.push(top);
                }
            }
        }
        // The number that comes next may be named by SSI; it stays the next.
        order.retain(|xid| (xid.0 as usize) < count);
        if habits.keeps_age || !habits.forgets {
            crate::collections::sort_by_key(&mut order, |xid| *xid);
        }
        order.retain(|xid| xid.0 > 0 || db.transactions.is_running(*xid));
        let mut xids = vec![GONE; count];
        let (mut fates, mut tops) = (
            Vec::with_capacity(order.len() + 1),
            Vec::with_capacity(order.len() + 1),
        );
        fates.push(Fate::Committed);
        tops.push(Xid(0));
        for xid in (0..count).filter(|&xid| db.transactions.fates[xid] == Fate::Committed) {
            xids[xid] = 0;
        }
        for (place, xid) in order.iter().enumerate() {
            xids[xid.0 as usize] = place as u32 + 1;
        }
        for xid in &order {
            fates.push(db.transactions.fate(*xid));
            let top = xids[db.transactions.top(*xid).0 as usize];
            tops.push(Xid(if top == GONE { 0 } else { top }));
        }
        // One past the last: what SSI means by a transaction that is to come.
        xids.push(fates.len() as u32);
        Self {
            xids,
            after: fates.len() as u32,
            fates,
            tops,
        }
    }
}
