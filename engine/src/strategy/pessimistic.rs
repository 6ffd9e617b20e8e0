//! S5, pessimistic locking: the first read of a row that will be written locks it.
//!
//! Who comes second waits at its read, and then reads the newest value, so nothing it computes is out of date (manual,
//! section 13.3.2).
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   SELECT quantity FROM stock WHERE id = 42 FOR UPDATE
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! ```
//!
//! An aggregate cannot stand beside `FOR UPDATE` (0A000): the rows are locked by a statement before it. A write that nothing
//! read before locks its row by itself, but always waits; with NOWAIT or SKIP LOCKED a locking SELECT goes before it.
//!
//! Locks taken in different orders can deadlock. With the order *by key* a transaction that needs several rows locks them all
//! before its first step on one of them, table by table in the order of names, row by row in the order of keys, so that
//! nobody holds what the other needs first:
//!
//! ```text
//! drawn  UPDATE account SET balance = balance - 50 WHERE id = 2
//!        UPDATE account SET balance = balance + 50 WHERE id = 1
//! sent   SELECT id AS locked_id FROM account WHERE id IN (1, 2) ORDER BY id FOR UPDATE
//!        and then the two as drawn
//! ```
//!
//! The strengths FOR NO KEY UPDATE, FOR SHARE and FOR KEY SHARE let others lock the row too, as far as the matrix of the
//! manual's table 13.3 says: two that share a row and then both want to write it wait for each other. With a timeout,
//! `SET LOCAL lock_timeout` goes first, and who waits longer gets 55P03.
//!
//! A lock helps only against those who ask for it. It cannot hold back a row that is not there yet. It ends with the
//! transaction, so a statement alone has none to offer to the next one.

use super::LockOrder;
use super::build::statement;
use super::by_key::{self, lock_by_key};
use super::draft::Draft;
use super::drawn::{Drawn, Meeting};
use super::keys::Search;
use super::locking::{HAD, rows_of};
use super::options::LockWait;
use super::plan::RowCheck;
use super::transactions::{Extent, Transaction};
use crate::scenario::StepId;
use crate::sql::ast::{Delete, Expr, Locking, RowLock, Select, Statement, Update, WaitPolicy};

pub(super) fn apply(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    strength: RowLock,
    wait: LockWait,
    order: LockOrder,
) {
    let locking = Locking {
        strength,
        of: Vec::new(),
        wait: match wait {
            LockWait::Block | LockWait::Timeout(_) => WaitPolicy::Block,
            LockWait::NoWait => WaitPolicy::NoWait,
            LockWait::SkipLocked => WaitPolicy::SkipLocked,
        },
    };
    let blocks = drawn
        .transactions
        .iter()
        .filter(|transaction| transaction.extent == Extent::Block);
    for transaction in blocks {
        if let (LockWait::Timeout(time), Some(begin)) = (wait, transaction.begin()) {
            let set = statement(&format!("SET LOCAL lock_timeout = {time}"));
            if let Some(set) = set.filter(|_| drawn.changes_anything(transaction)) {
                let why = "waits for a lock no longer than this";
                draft.add_after(begin, set, RowCheck::Any, why);
            }
        }
        let locked = match order {
            LockOrder::AsDrawn => Vec::new(),
            LockOrder::ByKey => lock_by_key(draft, drawn, transaction, &locking),
        };
        let locked = locked.into_iter().map(|step| Locked {
            step,
            reach: Reach::Key,
        });
        let mut locks = Locks {
            drawn,
            transaction,
            locking: locking.clone(),
            locked: locked.collect(),
        };
        for &step in &transaction.steps {
            locks.lock_for(draft, step);
        }
    }
}

/// What a transaction has locked so far.
struct Locks<'a> {
    drawn: &'a Drawn<'a>,
    transaction: &'a Transaction,
    locking: Locking,
    locked: Vec<Locked>,
}

/// A step whose rows are locked.
struct Locked {
    step: StepId,
    reach: Reach,
}

/// Which rows of a step are locked.
enum Reach {
    /// The row of its key.
    Key,
    /// What its whole condition finds; a row that did not meet it is not locked.
    Condition,
}

impl Locks<'_> {
    fn has(&self, step: StepId) -> bool {
        self.locked.iter().any(|locked| {
            locked.step == step
                || locked.step < step
                    && match locked.reach {
                        Reach::Key => self.drawn.meeting(locked.step, step) == Meeting::Same,
                        Reach::Condition => {
                            self.drawn.same_search(locked.step, step)
                                || self.drawn.is_found_by(locked.step, step)
                        }
                    }
        })
    }

    /// Sees to it that the rows of a step are locked when the step has come, if the transaction writes them.
    fn lock_for(&mut self, draft: &mut Draft<'_>, step: StepId) {
        let Some((statement, search)) = self.drawn.statement(step).zip(self.drawn.search(step))
        else {
            return;
        };
        if self.has(step) {
            return;
        }
        let reach = if search.is_key_alone() {
            Reach::Key
        } else {
            Reach::Condition
        };
        let reach = match statement {
            Statement::Select(select) => match select.locking.first() {
                Some(drawn) if drawn.strength < RowLock::NoKeyUpdate => return,
                Some(_) => reach,
                None if !self.is_written_later(step) => return,
                None => {
                    self.lock_reading(draft, step, select);
                    reach
                }
            },
            Statement::Update(Update { filter, .. }) | Statement::Delete(Delete { filter, .. }) => {
                self.lock_before_write(draft, step, filter.clone(), reach)
            }
            _ => return,
        };
        self.locked.push(Locked { step, reach });
    }

    fn is_written_later(&self, step: StepId) -> bool {
        self.transaction.after(step).any(|later| {
            self.drawn.is_write(later) && self.drawn.meeting(step, later) != Meeting::Never
        })
    }

    fn lock_reading(&self, draft: &mut Draft<'_>, step: StepId, select: &Select) {
        let passes_over = self.locking.wait == WaitPolicy::SkipLocked;
        if self.drawn.row_select(step).is_some() {
            let mut select = select.clone();
            select.locking = vec![self.locking.clone()];
            // Who looks for one row and passes over a locked one has to notice.
            let alone = self.drawn.search(step).is_some_and(Search::is_key_alone);
            let check = if passes_over && alone {
                RowCheck::GuardHeld(Some(HAD.to_owned()))
            } else {
                RowCheck::Any
            };
            let why = "locks the row at its first reading";
            draft.change(step, Statement::Select(select), check, why);
        } else if let Some(table) = self.drawn.table(step) {
            let added = rows_of(table, select.filter.clone(), self.locking.clone());
            let why = "locks the rows first, because FOR UPDATE cannot stand beside an aggregate";
            draft.add_before(step, added, RowCheck::Any, why);
            if passes_over {
                let quoted = draft.quote(step);
                draft.remark(format!(
                    "{quoted} also counts the rows that SKIP LOCKED passed over: they are read, but not locked."
                ));
            }
        }
    }

    /// A write locks by itself, but always waits. Returns what is locked.
    fn lock_before_write(
        &self,
        draft: &mut Draft<'_>,
        step: StepId,
        filter: Option<Expr>,
        reach: Reach,
    ) -> Reach {
        let why = "locks the row without waiting, which a write by itself cannot";
        let Some((table, search)) = self.drawn.table(step).zip(self.drawn.search(step)) else {
            return reach;
        };
        match (self.locking.wait, &search.key) {
            (WaitPolicy::Block, _) => reach,
            (WaitPolicy::NoWait, _) => {
                let added = rows_of(table, filter, self.locking.clone());
                draft.add_before(step, added, RowCheck::Any, why);
                reach
            }
            (WaitPolicy::SkipLocked, Some(key)) => {
                let added = rows_of(table, by_key::equated(table, key), self.locking.clone());
                let check = RowCheck::GuardHeld(Some(HAD.to_owned()));
                draft.add_before(step, added, check, why);
                Reach::Key
            }
            (WaitPolicy::SkipLocked, None) => {
                let quoted = draft.quote(step);
                draft.remark(format!(
                    "{quoted} waits for every row that another session has locked: what it writes is not one row by its \
                     key, and a write of several cannot pass over the locked ones."
                ));
                reach
            }
        }
    }
}
