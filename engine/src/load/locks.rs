//! Locks with their holders and queues, and the search for deadlocks.
//!
//! Each transaction has a fixed number of tickets, one for each lock it may hold or wait for. A lock has two lists of tickets,
//! those that hold it and those that wait, doubly linked through two vectors, so that nothing is allocated while it runs.
//!
//! ```text
//!   lock 7   held by    ticket 12 (shared) <-> ticket 31 (shared)
//!            waited for by  ticket 4 (exclusive) <-> ticket 9 (shared)
//! ```
//!
//! A waiter waits for whatever stands before it: the ticket before it in the queue, or, at the head, the holders. That is enough
//! to find every cycle, because who stands before it waits for the holders too.

use super::fast_vec::FastVec;
use super::policy::Queue;

/// No ticket, no lock.
const NONE: u32 = u32::MAX;

/// How a lock is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// With others.
    Shared,
    /// Alone.
    Exclusive,
}

#[derive(Clone, Copy, Debug)]
struct Lock {
    /// How it is held, while it is.
    mode: Mode,
    holders: u32,
    first_waiter: u32,
    last_waiter: u32,
}

#[derive(Clone, Copy, Debug)]
struct Ticket {
    lock: u32,
    mode: Mode,
    next: u32,
    before: u32,
}

/// All locks.
#[derive(Clone, Debug)]
pub struct Locks {
    locks: FastVec<Lock>,
    tickets: FastVec<Ticket>,
    /// Tickets of a transaction.
    each: u32,
    queue: Queue,
    /// By transaction: the ticket with which it waits.
    waits: FastVec<u32>,
    /// By transaction: the last search that came to it.
    visited: FastVec<u32>,
    search: u32,
    stack: Vec<u32>,
}

impl Locks {
    /// So many locks, for transactions that take at most `each` of them.
    #[must_use]
    pub fn new(count: u32, each: u32, queue: Queue) -> Self {
        let free = Lock {
            mode: Mode::Shared,
            holders: NONE,
            first_waiter: NONE,
            last_waiter: NONE,
        };
        Self {
            locks: FastVec::of(free, count as usize),
            tickets: FastVec::new(),
            each,
            queue,
            waits: FastVec::new(),
            visited: FastVec::new(),
            search: 0,
            stack: Vec::new(),
        }
    }

    /// Makes room for one more transaction.
    pub fn add_transaction(&mut self) {
        let unused = Ticket {
            lock: NONE,
            mode: Mode::Shared,
            next: NONE,
            before: NONE,
        };
        let each = self.each as usize;
        let count = self.tickets.len() + each;
        self.tickets.resize(count, unused);
        self.waits.push(NONE);
        self.visited.push(0);
    }

    /// Asks for a lock with a transaction's `place`-th ticket; `false`: it has to wait.
    #[inline]
    pub fn ask(&mut self, transaction: u32, place: u32, lock: u32, mode: Mode) -> bool {
        let number = transaction * self.each + place;
        let state = &mut self.locks[lock as usize];
        let compatible =
            state.holders == NONE || state.mode == Mode::Shared && mode == Mode::Shared;
        let first =
            state.first_waiter == NONE || self.queue == Queue::ReadersPass && mode == Mode::Shared;
        let ticket = Ticket {
            lock,
            mode,
            next: NONE,
            before: NONE,
        };
        if compatible && first {
            self.tickets[number as usize] = ticket;
            self.hold(number);
            return true;
        }
        let last = state.last_waiter;
        state.last_waiter = number;
        if last == NONE {
            state.first_waiter = number;
        } else {
            self.tickets[last as usize].next = number;
        }
        self.tickets[number as usize] = Ticket {
            before: last,
            ..ticket
        };
        self.waits[transaction as usize] = number;
        false
    }

    #[inline]
    fn hold(&mut self, number: u32) {
        let ticket = &mut self.tickets[number as usize];
        let lock = &mut self.locks[ticket.lock as usize];
        ticket.before = NONE;
        ticket.next = lock.holders;
        let mode = ticket.mode;
        if lock.holders != NONE {
            self.tickets[lock.holders as usize].before = number;
        }
        lock.holders = number;
        lock.mode = mode;
    }

    /// Lets go what the `place`-th ticket holds or waits for. Transactions that get their lock by it are added to `granted`.
    #[inline]
    pub fn release(&mut self, transaction: u32, place: u32, granted: &mut Vec<u32>) {
        let number = transaction * self.each + place;
        let ticket = self.tickets[number as usize];
        if ticket.lock == NONE {
            return;
        }
        let waits = self.waits[transaction as usize] == number;
        let lock = &mut self.locks[ticket.lock as usize];
        if ticket.before != NONE {
            self.tickets[ticket.before as usize].next = ticket.next;
        } else if waits {
            lock.first_waiter = ticket.next;
        } else {
            lock.holders = ticket.next;
        }
        if ticket.next != NONE {
            self.tickets[ticket.next as usize].before = ticket.before;
        } else if waits {
            lock.last_waiter = ticket.before;
        }
        self.tickets[number as usize].lock = NONE;
        if waits {
            self.waits[transaction as usize] = NONE;
        }
        self.grant(ticket.lock, granted);
    }

    /// Gives a lock to those at the head of its queue who can have it.
    #[inline]
    fn grant(&mut self, lock: u32, granted: &mut Vec<u32>) {
        loop {
            let state = &mut self.locks[lock as usize];
            let number = state.first_waiter;
            if number == NONE {
                return;
            }
            let ticket = self.tickets[number as usize];
            let shared = state.mode == Mode::Shared && ticket.mode == Mode::Shared;
            if state.holders != NONE && !shared {
                return;
            }
            state.first_waiter = ticket.next;
            if ticket.next == NONE {
                state.last_waiter = NONE;
            } else {
                self.tickets[ticket.next as usize].before = NONE;
            }
            self.hold(number);
            let transaction = number / self.each;
            self.waits[transaction as usize] = NONE;
            granted.push(transaction);
        }
    }

    /// Whether a transaction waits for a lock.
    #[must_use]
    pub fn is_waiting(&self, transaction: u32) -> bool {
        self.waits[transaction as usize] != NONE
    }

    /// Whether a waiting transaction waits, over others, for itself. Adds to `steps` how far it looked.
    pub fn is_deadlocked(&mut self, transaction: u32, steps: &mut u64) -> bool {
        let own = transaction * self.each..(transaction + 1) * self.each;
        let waiting = self.waits[transaction as usize];
        // Nobody waits for what it holds: then nobody waits for it.
        let awaited = own.clone().any(|number| {
            let lock = self.tickets[number as usize].lock;
            number != waiting && lock != NONE && self.locks[lock as usize].first_waiter != NONE
        });
        // A waiter behind it in its own queue waits for it as well, but then only by way of what it waits for itself.
        if waiting == NONE || !awaited {
            return false;
        }
        self.search = self.search.wrapping_add(1);
        self.stack.clear();
        self.stack.push(waiting);
        while let Some(number) = self.stack.pop() {
            *steps += 1;
            let ticket = self.tickets[number as usize];
            let mut blocker = ticket.before;
            let in_queue = blocker != NONE;
            if !in_queue {
                blocker = self.locks[ticket.lock as usize].holders;
            }
            while blocker != NONE {
                let other = blocker / self.each;
                if other == transaction {
                    return true;
                }
                if self.visited[other as usize] != self.search {
                    self.visited[other as usize] = self.search;
                    let waits = self.waits[other as usize];
                    if waits != NONE {
                        self.stack.push(waits);
                    }
                }
                if in_queue {
                    break;
                }
                blocker = self.tickets[blocker as usize].next;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mode::{Exclusive, Shared};

    fn locks(queue: Queue, transactions: u32) -> Locks {
        let mut locks = Locks::new(3, 2, queue);
        for _ in 0..transactions {
            locks.add_transaction();
        }
        locks
    }

    #[test]
    fn who_asks_first_is_served_first() {
        let mut locks = locks(Queue::FirstCome, 5);
        let mut granted = Vec::new();
        assert!(locks.ask(0, 0, 0, Exclusive));
        assert!(!locks.ask(1, 0, 0, Exclusive));
        assert!(!locks.ask(2, 0, 0, Shared));
        assert!(!locks.ask(3, 0, 0, Shared));
        assert!(!locks.ask(4, 0, 0, Exclusive));
        locks.release(0, 0, &mut granted);
        assert_eq!(granted, [1]);
        // One that gives up lets those behind it move up.
        locks.release(2, 0, &mut granted);
        assert_eq!(granted, [1]);
        locks.release(1, 0, &mut granted);
        assert_eq!(granted, [1, 3]);
        locks.release(3, 0, &mut granted);
        assert_eq!(granted, [1, 3, 4]);
        locks.release(4, 0, &mut granted);
        assert!(locks.ask(0, 0, 0, Exclusive));
    }

    #[test]
    fn readers_may_pass_a_waiting_writer() {
        for (queue, passes) in [(Queue::FirstCome, false), (Queue::ReadersPass, true)] {
            let mut locks = locks(queue, 4);
            let mut granted = Vec::new();
            assert!(locks.ask(0, 0, 0, Shared));
            assert!(!locks.ask(1, 0, 0, Exclusive));
            assert_eq!(locks.ask(2, 0, 0, Shared), passes);
            locks.release(0, 0, &mut granted);
            assert_eq!(granted.is_empty(), passes);
            locks.release(2, 0, &mut granted);
            assert!(granted.contains(&1));
            // What becomes free goes to those who can share it.
            assert!(!locks.ask(0, 0, 0, Shared));
            assert!(!locks.ask(3, 0, 0, Shared));
            granted.clear();
            locks.release(1, 0, &mut granted);
            assert_eq!(granted, [0, 3]);
        }
    }

    #[test]
    fn a_cycle_is_found_by_who_closes_it_and_only_then() {
        let mut steps = 0;
        let mut locks = locks(Queue::FirstCome, 4);
        for transaction in 0..3 {
            assert!(locks.ask(transaction, 0, transaction, Exclusive));
        }
        assert!(!locks.ask(0, 1, 1, Exclusive));
        assert!(!locks.is_deadlocked(0, &mut steps));
        assert!(!locks.ask(3, 0, 2, Exclusive));
        assert!(!locks.is_deadlocked(3, &mut steps));
        assert!(!locks.ask(1, 1, 2, Exclusive));
        assert!(!locks.is_deadlocked(1, &mut steps));
        assert!(!locks.ask(2, 1, 0, Exclusive));
        assert!(locks.is_deadlocked(2, &mut steps));
        let mut granted = Vec::new();
        locks.release(2, 1, &mut granted);
        locks.release(2, 0, &mut granted);
        assert_eq!(granted, [3]);
        assert!(!locks.is_deadlocked(0, &mut steps));
    }

    #[test]
    fn two_who_share_and_want_it_alone_wait_for_each_other() {
        let mut steps = 0;
        let mut locks = locks(Queue::FirstCome, 3);
        assert!(locks.ask(0, 0, 0, Shared));
        assert!(locks.ask(1, 0, 0, Shared));
        assert!(locks.ask(2, 0, 1, Exclusive));
        assert!(!locks.ask(0, 1, 1, Exclusive));
        assert!(!locks.is_deadlocked(0, &mut steps));
        assert!(!locks.ask(2, 1, 0, Exclusive));
        assert!(locks.is_deadlocked(2, &mut steps));
    }
}
