//! Every interleaving, counted exactly.
//!
//! A run shows one schedule. Here are all of them: what they come to, how many end so, and the shortest way to each end.
//!
//! # What is counted
//!
//! A schedule is the order in which steps are made. At each point any session that is not blocked may make its next one: a
//! statement as the strategy has it, a `require`, a fault, a call on the process's lock. The rules stand in
//! `run/scheduler/driven.rs`, which also runs a single schedule:
//!
//! - What follows from a step by itself is no step: its answer, the answers to those who waited for what it let go, and the
//!   `ROLLBACK` of a client that was set back. The steps of another attempt are steps.
//! - A session that waits for an answer has no step. (A thread that waits for an unfair lock of its process has one once the lock
//!   is free: it races for it.)
//! - When steps were drawn, how slow a client is and how long it pauses does not matter: all orders are taken.
//! - Time stands still while anybody has a step. When nobody has, what is due first happens: a session looks for a deadlock,
//!   gives up waiting, wakes up. Of two that wait for each other the one that began first looks first, and is the victim.
//! - A schedule is over when nobody has a step and nothing is due.
//!
//! An example, two cashiers who each BEGIN, SELECT, UPDATE and COMMIT: 70 orders of eight steps, of which 20 are none because
//! who waits for a row cannot commit. Of the 50 that are left 40 lose a sale.
//!
//! # How
//!
//! Schedules that have come to the same point have the same future, so they are followed together: [`walk`] goes from state to
//! state, level by level, and carries the number of ways into each. That counts without enumerating: eight cashiers have
//! 4,887,448,403,349,158,640,000 schedules, in 77,650 states.
//!
//! It takes that "the same point" is recognised, and that a step costs next to nothing. For both a state is taken apart
//! (`db/canonical`): into what all sessions share, in one form that knows no names but those it gives itself, and what each has
//! to itself. A state is then a few numbers of parts that stand in a [`pool`] once, and what a step does to them is learned
//! from the engine once ([`world`]), with marks in the place of values that are only carried about ([`carried`]): a counter at 10
//! and one at 7 are learned together. What is remembered of the past is as little as the verdict will ask for ([`memory`]),
//! where it can be done not what everybody was told but which serial orders are still open ([`orders`]).
//!
//! Sessions that do the same are taken as one, with a factor. Of sessions that do the same but for a number in what they send it
//! stays open who is who until that number matters to somebody else ([`walk`]): six cashiers who each take another amount have a
//! million states in place of three. And most schedules are lost long before they are over; those are counted from their ends,
//! without their values ([`lost`]): of that million 15,000 are left.
//!
//! ```text
//!   state:   shared 7 | open orders 3 | A: 12  B: 12  C: 40
//!                                        `----'  the same in any order, if A and B do the same
//! ```
//!
//! Nothing is sampled and no order is left out as equivalent (partial-order reduction would lose the counts).
//!
//! # What is said of it
//!
//! - A count is exact, of any size ([`Count`]), and a share is one of *schedules*. The probability beside it is that of a
//!   scheduler who, at each point, picks any session that has a step with equal probability. The two differ.
//! - Correct is decided for every schedule as `verdict` does it. The names of anomalies are those of the shortest schedule of an
//!   outcome; another that ends the same may have come to it another way.
//! - If a limit is reached, what was counted are lower bounds, with how much probability is left, and how many schedules there
//!   can be at most.
//!
//! # Limits
//!
//! - Where somebody looks at the clock (`now()`), each step takes a millisecond, and states that differ in times only are two.
//! - Where a rule asks for `:longest_wait`, a step takes a millisecond, and so does the answer to a session that waited.
//! - Pages do not fill up. A playground's table has one.
//! - States are many where sessions differ in more than values that are carried about.

mod carried;
mod compare;
mod count;
mod draw;
mod dropped;
mod explorer;
mod habits;
mod judge;
mod lanes;
mod lost;
mod memory;
mod orders;
mod pool;
mod report;
mod serial;
#[cfg(test)]
mod tests;
mod walk;
mod world;

pub use compare::{Comparison, Line};
pub use count::Count;
pub use draw::{Drawing, draw};
pub use explorer::{Explorer, Limits, Progress, Status, follow, moves};
pub use judge::SessionEnd;
pub use lanes::Symmetry;
pub use report::{Completeness, OutcomeKind, Report};
