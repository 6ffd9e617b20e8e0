//! The engine of Rowlock: a small multi-session PostgreSQL, and what is asked of it.
//!
//! A [`scenario::Scenario`] says what several sessions do and when. A [`strategy`] turns it into a
//! [`strategy::Plan`], the statements that are really sent; [`run`] executes the plan on [`db`] and records a
//! [`run::Run`]; [`verdict`] decides whether the outcome is that of some serial order and names what went wrong;
//! [`compare`] does so under several strategies; [`diagram`] lays a run out as a sequence diagram. [`isolation`] runs PostgreSQL's own concurrency tests on [`db`].
//! Everything is a function from values to values: nothing here
//! knows a clock, randomness without a seed, the network or a browser.
//!
//! Where it is compiled for size (`made_small`, `cargo xtask build`), what counting schedules and simulating traffic spend
//! their time in is made for speed all the same: `optimize(speed)`, which the stable compiler does not know yet.
#![forbid(unsafe_code)]
#![cfg_attr(made_small, feature(optimize_attribute))]

pub mod codegen;
pub mod collections;
pub mod compare;
pub mod db;
pub mod diagram;
pub mod edit;
pub mod explore;
pub mod export;
pub mod gallery;
pub mod ids;
pub mod import;
pub mod isolation;
pub mod json;
pub mod link;
pub mod load;
pub mod markup;
pub mod message;
pub mod run;
pub mod scenario;
pub mod sql;
pub mod strategy;
pub mod verdict;
pub mod work;
