//! `cargo xtask licences`: what we depend on is under a licence that goes with ours, and comes from where crates come from.
//!
//! The rules are in `deny.toml`, the work is cargo-deny's. Known holes are another question, whose answer changes without us: their
//! list would have to be fetched, and a test that fails on its own is none.

use crate::args::Args;
use crate::problem::Outcome;
use crate::process::{program, run};
use crate::{build, tools};

/// The command.
pub fn command(args: Args) -> Outcome {
    args.end()?;
    check()
}

/// Holds every crate of Cargo.lock, for whatever system, against `deny.toml`.
pub fn check() -> Outcome {
    let deny = tools::cargo_deny()?;
    build::fetch()?;
    run(program(deny)
        .args(["--offline", "--locked", "--workspace", "check"])
        .args(["--hide-inclusion-graph", "licenses", "bans", "sources"]))
}
