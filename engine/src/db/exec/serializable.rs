//! What SERIALIZABLE adds to reading and writing: the places where SSI ([`crate::db::ssi`]) is asked.
//!
//! | what is done                   | what is asked                                                                        |
//! |--------------------------------|--------------------------------------------------------------------------------------|
//! | a sequential scan              | the whole table is read; every version is looked at (`heap_beginscan`, `heapgetpage`) |
//! | an index or bitmap scan        | pages of the index are read, or all of an empty one (`_bt_first`); then each version of the chains it leads to is looked at, and the one that is seen is read (`heap_hot_search_buffer`) |
//! | `UPDATE`, `DELETE`             | the version is written (`heap_update`, `heap_delete`)                                |
//! | `INSERT`                       | the table is written (`heap_insert`)                                                 |
//! | an index entry                 | its page is written (`_bt_doinsert`), also where the key turns out to be there already |
//! | `TRUNCATE`, `DROP TABLE`       | everything in the table is written                                                   |

use super::super::ssi::{Nesting, PageNo, Relation, SerialId, Target};
use super::*;

/// How many entries the leaf page of an index holds, as it is when it was split.
const ENTRIES_ON_A_PAGE: usize = 366;

impl Work<'_> {
    fn serial(&self) -> Option<SerialId> {
        if self.isolation < IsolationLevel::Serializable {
            return None;
        }
        self.db.serial(self.session)
    }

    /// Waits for a safe snapshot, where the transaction is `SERIALIZABLE READ ONLY DEFERRABLE`.
    pub(super) fn safe_snapshot(&mut self) -> Step<()> {
        if self.isolation < IsolationLevel::Serializable {
            return Ok(());
        }
        loop {
            let waits =
                self.once(&mut |work| Ok(Done::Flag(work.db.waits_for_safety(work.session))))?;
            if waits == Done::Flag(false) {
                return Ok(());
            }
            self.once(&mut |_| {
                Err(Stop::Wait(Box::new(WaitFor {
                    until: Until::SafeSnapshot,
                    version: None,
                    reason: WaitReason::SafeSnapshot,
                })))
            })?;
            let safe =
                self.once(&mut |work| Ok(Done::Flag(work.db.settle_safety(work.session))))?;
            if safe == Done::Flag(true) {
                return Ok(());
            }
        }
    }

    /// A sequential scan reads a whole table.
    pub(super) fn read_table(&mut self, table: TableId) -> Step<()> {
        let Some(id) = self.serial() else {
            return Ok(());
        };
        self.ask(&mut |work| {
            let db = &mut *work.db;
            db.ssi
                .predicate_lock(id, Target::Relation(Relation::Heap(table)));
            let heap = &db.heaps[table.0];
            let first = heap.first(db.backends[work.session.0].top_xid(), &db.transactions);
            for (at, tuple) in heap.iter() {
                if at.0 >= first {
                    db.ssi
                        .check_version(id, tuple, &work.view, &db.transactions)?;
                }
            }
            Ok(())
        })
    }

    /// An index scan reads the pages of the index that its entries are on, or the whole of an empty index; and the versions
    /// that the entries lead to.
    pub(super) fn read_index(
        &mut self,
        table: TableId,
        index: usize,
        roots: &[TupleId],
    ) -> Step<()> {
        let Some(id) = self.serial() else {
            return Ok(());
        };
        let entries = self.entries(table, index)?;
        let relation = Relation::Index(table, index);
        self.ask(&mut |work| {
            let db = &mut *work.db;
            if entries.is_empty() {
                db.ssi.predicate_lock(id, Target::Relation(relation));
                return Ok(());
            }
            let page = |root: &TupleId| page_of(&entries, *root);
            let mut pages: Vec<PageNo> = roots.iter().map(page).collect();
            if pages.is_empty() {
                pages.push(PageNo(1));
            }
            pages.dedup();
            for page in pages {
                db.ssi.predicate_lock(id, Target::Page(relation, page));
            }
            for root in roots {
                let mut at = Some(*root);
                while let Some(tuple_id) = at {
                    let tuple = &db.heaps[table.0][tuple_id];
                    let seen = tuple.is_visible(&work.view, &db.transactions);
                    db.ssi
                        .check_version(id, tuple, &work.view, &db.transactions)?;
                    if seen {
                        let place = (PageNo(tuple.page), tuple_id);
                        db.ssi.predicate_lock_tuple(id, table, place, tuple.xmin);
                        break;
                    }
                    at = db.heaps[table.0].next_in_chain(tuple_id);
                }
            }
            Ok(())
        })
    }

    /// A version is about to be replaced or deleted.
    pub(super) fn write_row(&mut self, table: TableId, id: TupleId) -> Step<()> {
        let page = PageNo(self.db.heap(table)[id].page);
        self.write_target(Target::Tuple(Relation::Heap(table), page, id))
    }

    /// A row is about to be inserted into a table.
    pub(super) fn write_table(&mut self, table: TableId) -> Step<()> {
        self.write_target(Target::Relation(Relation::Heap(table)))
    }

    /// An entry is about to be made in an index.
    pub(super) fn write_index(&mut self, table: TableId, index: usize, new: TupleId) -> Step<()> {
        if self.serial().is_none() {
            return Ok(());
        }
        let entries = self.entries(table, index)?;
        let page = if entries.len() <= ENTRIES_ON_A_PAGE {
            PageNo(1)
        } else {
            let heap = self.db.heap(table);
            let columns = &self.db.table(table).indexes[index].columns;
            let before = |id: &&TupleId| {
                let orders = columns
                    .iter()
                    .map(|&at| heap[**id].values[at].sql_cmp(&heap[new].values[at]));
                orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                    == std::cmp::Ordering::Less
            };
            let rank = entries.iter().filter(before).count();
            PageNo((rank / ENTRIES_ON_A_PAGE) as u32 + 1)
        };
        self.write_target(Target::Page(Relation::Index(table, index), page))
    }

    fn write_target(&mut self, target: Target) -> Step<()> {
        let Some(id) = self.serial() else {
            return Ok(());
        };
        let nesting = if self.db.has_savepoint(self.session) {
            Nesting::Subtransaction
        } else {
            Nesting::Top
        };
        self.ask(&mut |work| work.db.ssi.conflict_in(id, target, nesting))
    }

    /// A whole table is about to be emptied or dropped.
    pub(super) fn write_all(&mut self, table: TableId) -> Step<()> {
        let Some(id) = self.serial() else {
            return Ok(());
        };
        self.ask(&mut |work| work.db.ssi.conflict_in_table(id, table))
    }
}

/// The page of an index that an entry is on. A small index has one leaf page, which is number 1.
fn page_of(entries: &[TupleId], root: TupleId) -> PageNo {
    if entries.len() <= ENTRIES_ON_A_PAGE {
        return PageNo(1);
    }
    let rank = entries.iter().position(|entry| *entry == root).unwrap_or(0);
    PageNo((rank / ENTRIES_ON_A_PAGE) as u32 + 1)
}
