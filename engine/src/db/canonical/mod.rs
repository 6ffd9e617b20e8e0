//! One form for all states of the server that nobody can tell apart, in parts that can be exchanged.
//!
//! Whoever walks over all schedules meets the same state over and over under other names: transactions got other numbers,
//! versions that nobody will ever see lie about, sessions that do the same stand in each other's place. Here a
//! [`Database`] is taken apart into
//!
//! - what all sessions share ([`Shared`]): versions, fates of transactions, locks and queues, SSI. Sessions appear in it as
//!   *actors*, numbered by where they are met in it, and only if something in it is theirs;
//! - what a session has to itself (its `Backend`): its transaction, the statement under way and what that has done.
//!
//! A step of one session depends on the shared part and on its own, and changes these two, so it can be learned once and
//! done again wherever the two come together. What another session has to itself may name versions and transactions, and
//! changes only its names: [`Names`] says how.
//!
//! What is dropped, and why nobody can tell:
//!
//! | what | why |
//! |---|---|
//! | the number of a transaction that has ended, if every snapshot sees it alike | it counts as one that was there from the start |
//! | a version made by a transaction that was rolled back | no snapshot will see it |
//! | a version replaced so long ago that no snapshot sees it | the chain leads past it |
//! | row locks of transactions that have ended | they do not count |
//! | locks on tables that conflict with none that any step takes | nobody will meet them |
//! | since when a session waits, but for the order | whose patience ends first depends on the order alone |
//! | that one will look for a deadlock whom nobody can come to wait for | it is in no circle |
//! | in which order rows stand, where nobody is told anything that depends on it | they are found by their keys |
//! | a row lock of who has replaced the version | it holds it by that |
//! | whom a statement that locks one row has waited for before | it goes on with the newest version, as if it had come just now |
//! | how full the pages are | a playground's table fills none |
//! | who has the turn for a row, where all who can wait for one are plain changes | who waited for one version waits for its successor without a turn, in the order of coming; so does who has just come |

mod form;
mod habits;
mod heap;
mod names;
mod numbers;
mod pins;
mod shared;
mod stub;
mod times;

pub(crate) use habits::Habits;
pub(crate) use names::Names;
pub(crate) use shared::{Actor, Room, Shared};

use super::backend::Backend;

/// What a session has to itself, in the names of a [`Shared`].
pub(crate) type Private = Backend;
