//! SIREAD locks: who has read what.
//!
//! They block nobody. One that is granted stays until no transaction is left that could have overlapped its holder.
//!
//! Locks become coarser when a transaction has many. Taking one counts it at every target that covers it; the coarsest
//! target with more than its limit is locked instead, and the finer locks go:
//!
//! ```text
//!   reads tuple 1, 2     tuple locks 1 and 2                       page 0 counts 2
//!   reads tuple 3        tuple locks 1, 2, 3 -> one on page 0      page 0 counted 3, and its limit is 2
//! ```
//!
//! Each backend keeps the counts for itself, with a note of what it locked, and believes that note. Nobody else can
//! change it, so after another session has split an index page or dropped an index it is out of date, in a way that
//! does no harm. The note is kept here as PostgreSQL keeps it, since it decides when a lock becomes coarser.
//!
//! Source: `src/backend/storage/lmgr/predicate.c` (`PredicateLockAcquire`, `CheckAndPromotePredicateLockRequest`).

use super::SerialId;
use super::target::{PageNo, Relation, Target};
use crate::collections::Map;

/// `max_pred_locks_per_page`: with more tuple locks on a page than this, the page is locked.
const MAX_LOCKS_PER_PAGE: u32 = 2;
/// `max_pred_locks_per_transaction / -max_pred_locks_per_relation - 1`, which is 64 / 2 - 1: with more page and tuple
/// locks in a relation than this, the relation is locked.
const MAX_LOCKS_PER_RELATION: u32 = 31;

/// That a transaction has read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiRead {
    /// Who.
    pub holder: SerialId,
    /// What.
    pub target: Target,
}

/// What a backend remembers of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Note {
    /// Whether it has locked it.
    held: bool,
    /// How many locks it has on finer targets in it.
    finer: u32,
}

/// All SIREAD locks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SiReads {
    /// In the order in which they were granted.
    granted: Vec<SiRead>,
    notes: Map<(SerialId, Target), Note>,
}

impl SiReads {
    /// Calls holders and targets anew.
    pub fn rename(
        &mut self,
        serial: &dyn Fn(SerialId) -> SerialId,
        target: &dyn Fn(Target) -> Target,
    ) {
        for lock in &mut self.granted {
            *lock = SiRead {
                holder: serial(lock.holder),
                target: target(lock.target),
            };
        }
        let notes = std::mem::take(&mut self.notes).into_iter();
        self.notes = notes
            .map(|((holder, of), note)| ((serial(holder), target(of)), note))
            .collect();
    }

    /// Locks a target, unless the holder has that lock or a coarser one.
    pub fn acquire(&mut self, holder: SerialId, target: Target) {
        let mut wanted = Some(target);
        while let Some(target) = wanted {
            if target.and_ancestors().any(|t| self.is_noted(holder, t)) {
                return;
            }
            self.note(holder, target).held = true;
            self.grant(holder, target);
            wanted = self.count(holder, target);
            if wanted.is_none() {
                self.drop_finer(holder, target);
            }
        }
    }

    /// Whether the holder believes that it has locked this very target.
    pub fn is_noted(&self, holder: SerialId, target: Target) -> bool {
        self.notes
            .get(&(holder, target))
            .is_some_and(|note| note.held)
    }

    fn note(&mut self, holder: SerialId, target: Target) -> &mut Note {
        self.notes.or_insert((holder, target), Note::default())
    }

    fn grant(&mut self, holder: SerialId, target: Target) {
        let lock = SiRead { holder, target };
        if !self.granted.contains(&lock) {
            self.granted.push(lock);
        }
    }

    /// Counts a new lock at the targets that cover it. Returns the coarsest that has more than its limit now.
    fn count(&mut self, holder: SerialId, target: Target) -> Option<Target> {
        let mut coarsest = None;
        for covering in target.ancestors() {
            let note = self.note(holder, covering);
            note.finer += 1;
            let limit = match covering {
                Target::Relation(_) => MAX_LOCKS_PER_RELATION,
                Target::Page(..) | Target::Tuple(..) => MAX_LOCKS_PER_PAGE,
            };
            if note.finer > limit {
                coarsest = Some(covering);
            }
        }
        coarsest
    }

    fn uncount(&mut self, holder: SerialId, target: Target) {
        for covering in target.ancestors() {
            let place = (holder, covering);
            let Some(note) = self.notes.get_mut(&place) else {
                continue;
            };
            note.finer = note.finer.saturating_sub(1);
            if note.finer == 0 && !note.held {
                self.notes.remove(&place);
            }
        }
    }

    /// Removes the holder's locks that one on this target covers.
    fn drop_finer(&mut self, holder: SerialId, target: Target) {
        let covered = |lock: &SiRead| {
            lock.holder == holder && lock.target.ancestors().any(|covering| covering == target)
        };
        let finer: Vec<_> = self
            .granted
            .iter()
            .copied()
            .filter(|l| covered(l))
            .collect();
        self.granted.retain(|lock| !covered(lock));
        for lock in finer {
            self.uncount(holder, lock.target);
        }
    }

    /// Removes the lock on one target, which the holder has since written.
    pub fn drop_written(&mut self, holder: SerialId, target: Target) {
        let lock = SiRead { holder, target };
        if self.granted.contains(&lock) {
            self.granted.retain(|other| *other != lock);
            self.notes.remove(&(holder, target));
            self.uncount(holder, target);
        }
    }

    /// Who has locked exactly this target, in the order in which they did.
    pub fn holders(&self, target: Target) -> Vec<SerialId> {
        self.matching(|other| other == target)
    }

    /// Who has locked anything in a relation, once for each lock.
    pub fn holders_in(&self, relation: Relation) -> Vec<SerialId> {
        self.matching(|target| target.relation() == relation)
    }

    fn matching(&self, wanted: impl Fn(Target) -> bool) -> Vec<SerialId> {
        let matching = self.granted.iter().filter(|lock| wanted(lock.target));
        matching.map(|lock| lock.holder).collect()
    }

    /// Whoever has locked a page has locked another as well, which takes over some of its entries.
    pub fn copy_page(&mut self, relation: Relation, from: PageNo, to: PageNo) {
        for holder in self.holders(Target::Page(relation, from)) {
            self.grant(holder, Target::Page(relation, to));
        }
    }

    /// Turns all locks in a relation that goes or is written anew into locks on all of the table.
    pub fn move_to_heap(&mut self, relation: Relation) {
        let heap = Target::Relation(relation.heap());
        let moves = |target: Target| target.relation() == relation && target != heap;
        let holders = self.matching(moves);
        self.granted.retain(|lock| !moves(lock.target));
        for holder in holders {
            self.grant(holder, heap);
        }
    }

    /// Removes the locks of a transaction.
    pub fn drop_all(&mut self, holder: SerialId) {
        self.granted.retain(|lock| lock.holder != holder);
    }

    /// Removes what the backend of a transaction that has ended remembered.
    pub fn forget_notes(&mut self, holder: SerialId) {
        self.notes.retain(|(other, _), _| *other != holder);
    }

    /// All locks, in the order in which they were granted.
    pub fn iter(&self) -> impl Iterator<Item = SiRead> {
        self.granted.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{TableId, TupleId};

    const ME: SerialId = SerialId(0);
    const HEAP: Relation = Relation::Heap(TableId(0));
    const INDEX: Relation = Relation::Index(TableId(0), 0);

    fn tuple(page: u32, tuple: usize) -> Target {
        Target::Tuple(HEAP, PageNo(page), TupleId(tuple))
    }

    fn targets(locks: &SiReads) -> Vec<Target> {
        locks.iter().map(|lock| lock.target).collect()
    }

    #[test]
    fn the_third_tuple_of_a_page_locks_the_page() {
        let mut locks = SiReads::default();
        locks.acquire(ME, tuple(0, 1));
        locks.acquire(ME, tuple(0, 2));
        assert_eq!(targets(&locks), [tuple(0, 1), tuple(0, 2)]);
        locks.acquire(ME, tuple(0, 3));
        assert_eq!(targets(&locks), [Target::Page(HEAP, PageNo(0))]);
        locks.acquire(ME, tuple(0, 4));
        assert_eq!(
            targets(&locks).len(),
            1,
            "the page's lock covers what is on it"
        );
    }

    #[test]
    fn the_thirty_second_lock_of_a_relation_locks_the_relation() {
        let mut locks = SiReads::default();
        for page in 0..31 {
            locks.acquire(ME, Target::Page(INDEX, PageNo(page)));
        }
        assert_eq!(locks.iter().count(), 31);
        locks.acquire(ME, Target::Page(INDEX, PageNo(31)));
        assert_eq!(targets(&locks), [Target::Relation(INDEX)]);
    }

    /// The lock on the page is counted while those it replaces are: 28 pages, 3 tuples and it make 32.
    #[test]
    fn the_third_tuple_of_the_twenty_ninth_page_locks_the_relation() {
        let mut locks = SiReads::default();
        for page in 0..28 {
            for offset in 0..3 {
                locks.acquire(ME, tuple(page, offset));
            }
        }
        assert_eq!(locks.iter().count(), 28);
        locks.acquire(ME, tuple(28, 0));
        locks.acquire(ME, tuple(28, 1));
        assert_eq!(locks.iter().count(), 30);
        locks.acquire(ME, tuple(28, 2));
        assert_eq!(targets(&locks), [Target::Relation(HEAP)]);
    }

    #[test]
    fn a_lock_on_the_relation_replaces_the_finer_ones_of_its_holder_alone() {
        let mut locks = SiReads::default();
        let other = SerialId(1);
        locks.acquire(ME, tuple(0, 1));
        locks.acquire(other, tuple(0, 1));
        locks.acquire(ME, Target::Relation(HEAP));
        let left: Vec<_> = locks
            .iter()
            .map(|lock| (lock.holder, lock.target))
            .collect();
        assert_eq!(left, [(other, tuple(0, 1)), (ME, Target::Relation(HEAP))]);
    }

    #[test]
    fn a_written_tuple_counts_no_more() {
        let mut locks = SiReads::default();
        for id in 0..10 {
            locks.acquire(ME, tuple(0, id));
            locks.drop_written(ME, tuple(0, id));
        }
        assert_eq!(locks, SiReads::default());
    }

    #[test]
    fn a_page_that_is_split_is_locked_in_both_halves() {
        let mut locks = SiReads::default();
        locks.acquire(ME, Target::Page(INDEX, PageNo(1)));
        locks.copy_page(INDEX, PageNo(1), PageNo(2));
        locks.copy_page(INDEX, PageNo(3), PageNo(4));
        assert_eq!(
            targets(&locks),
            [1, 2].map(|page| Target::Page(INDEX, PageNo(page)))
        );
    }

    #[test]
    fn the_locks_of_a_dropped_index_become_one_on_the_table() {
        let mut locks = SiReads::default();
        locks.acquire(ME, Target::Page(INDEX, PageNo(1)));
        locks.acquire(ME, Target::Page(INDEX, PageNo(2)));
        locks.move_to_heap(INDEX);
        assert_eq!(targets(&locks), [Target::Relation(HEAP)]);
    }
}
