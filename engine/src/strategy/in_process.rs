//! S12, in-process locks: the threads of one process share a lock in its memory. Not PostgreSQL.
//!
//! Each session is a thread, and the whole process has one lock. It is taken before `BEGIN` and let go after `COMMIT`, in a
//! `finally` that also runs when the transaction fails. Whoever works on the same rows from another process knows nothing
//! of it.
//!
//! | lock | a transaction that writes | one that only reads |
//! |---|---|---|
//! | mutex | `lock()` | `lock()` |
//! | read-write | `writeLock().lock()` | `readLock().lock()` |
//! | stamped | `tryOptimisticRead()`, and before its first write `tryConvertToWriteLock(stamp)` | `tryOptimisticRead()`, and at the end `validate(stamp)` |
//!
//! A stamp that is no longer good means that somebody wrote meanwhile: the transaction is rolled back and done again, this
//! time under the lock, as the documentation of `java.util.concurrent.locks.StampedLock` has it.

use super::draft::Draft;
use super::drawn::Drawn;
use super::options::ProcessLock;
use super::plan::{Hold, ProcessCall};
use super::transactions::Extent;
use crate::sql::ast::Statement;

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, lock: ProcessLock) {
    for transaction in &drawn.transactions {
        let touches = transaction
            .steps
            .iter()
            .any(|step| drawn.search(*step).is_some() || drawn.inserted_into(*step).is_some());
        let (Some(&first), Some(&last)) = (transaction.steps.first(), transaction.steps.last())
        else {
            continue;
        };
        if !touches && transaction.extent == Extent::Statement {
            continue;
        }
        let writes = drawn.changes_anything(transaction);
        let ends = transaction.extent == Extent::Statement
            || matches!(
                drawn.statement(last),
                Some(Statement::Commit | Statement::Rollback)
            );
        let hold = match lock {
            ProcessLock::Mutex => Hold::Write,
            _ if writes => Hold::Write,
            _ => Hold::Read,
        };
        // A statement alone reads all it reads at once, and has nothing to look back on.
        if lock == ProcessLock::Stamped && transaction.extent == Extent::Block {
            let why = "looks without a lock, and notes its stamp";
            draft.call_before(first, ProcessCall::Stamp(hold), why);
            let write = transaction
                .steps
                .iter()
                .find(|step| drawn.is_write(**step) || drawn.inserted_into(**step).is_some());
            match write {
                Some(write) => {
                    let why = "takes the lock, if nobody has written since the stamp";
                    draft.call_before(*write, ProcessCall::Convert, why);
                }
                None if ends => {
                    let why = "what was read counts only if nobody has written since the stamp";
                    draft.call_before(last, ProcessCall::Validate, why);
                }
                None => {}
            }
        } else {
            let why = match hold {
                Hold::Write => "one thread at a time",
                Hold::Read => "readers together, no writer among them",
            };
            draft.call_before(first, ProcessCall::Lock(hold), why);
        }
        if ends {
            draft.call_after(last, ProcessCall::Unlock, "lets the next thread in");
        }
    }
    draft.remark(
        "Not PostgreSQL: the lock is in the memory of one process, whose threads the sessions are. Other processes do not \
         see it."
            .to_owned(),
    );
}
