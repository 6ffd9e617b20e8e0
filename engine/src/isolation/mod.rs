//! PostgreSQL's own concurrency tests, run on the little PostgreSQL.
//!
//! PostgreSQL tests its concurrency with *specs*: sessions, each with named steps, and permutations of the steps. Its
//! driver, `isolationtester`, plays every permutation on real connections and prints what each step answered, which
//! steps had to wait and when they went on; the print is compared with an expected one, byte for byte. Here is the same
//! driver over [`crate::db`], so that a spec can be run on both and the two prints compared.
//!
//! ```text
//! setup { CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 0); }      -- once a permutation
//! teardown { DROP TABLE t; }
//! session s1
//! step a1 { BEGIN; UPDATE t SET v = 1; }
//! step a2 { COMMIT; }
//! session s2
//! step b { UPDATE t SET v = 2; }
//! permutation a1 b a2                        step a1: BEGIN; UPDATE t SET v = 1;
//!                                     -->    step b: UPDATE t SET v = 2; <waiting ...>
//!                                            step a2: COMMIT;
//!                                            step b: <... completed>
//! ```
//!
//! `spec` reads the format, `permutations` puts the steps in order, `runner` is the driver, `connection` its sessions on
//! the database, `print` a result as libpq prints it. The rules are those of `src/test/isolation` of PostgreSQL 15
//! (README, `specscanner.l`, `specparse.y`, `isolationtester.c`) and `PQprint` of libpq.
//!
//! The driver polls a real server every 10 ms; here the same polls move the simulated clock, and nothing ever sleeps.
//!
//! Not modelled: a warning in the middle of a step makes the server send what it has, so that the real driver may take a
//! step for done while its next statement waits.

mod connection;
mod permutations;
mod print;
mod runner;
mod script;
mod spec;
#[cfg(test)]
mod tests;

pub use permutations::each_permutation;
pub use runner::{End, Options, Stream, run};
pub use spec::{Block, Marker, Permutation, Placed, Session, Spec, SpecError, Step, StepId, parse};
