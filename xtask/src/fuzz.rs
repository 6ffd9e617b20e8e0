//! `cargo xtask fuzz`: random concurrency specs on our database and on a PostgreSQL to throw away.
//!
//! The work is done by the engine's test `fuzz`; here are the server it needs and what it is told.

use crate::args::Args;
use crate::postgres::{self, Cluster};
use crate::problem::Outcome;
use crate::process::{cargo, run};

/// The test's name, for those who run the others.
pub const TEST: &str = "random_specs_run_as_on_the_server";

/// The command.
pub fn command(mut args: Args) -> Outcome {
    let names = ["cases", "seed", "first", "only"];
    let mut told = Vec::new();
    for name in names {
        if let Some(value) = args.value(&format!("--{name}"))? {
            told.push((format!("ROWLOCK_FUZZ_{}", name.to_ascii_uppercase()), value));
        }
    }
    args.end()?;
    fuzz(&postgres::start()?, &told)
}

/// Runs the test on a cluster and shows what it counts.
pub fn fuzz(cluster: &Cluster, told: &[(String, String)]) -> Outcome {
    let mut command = cargo();
    command
        .args(["test", "--locked", "--package", "rowlock-engine"])
        .args(["--test", "fuzz", "--", "--include-ignored", "--nocapture"])
        .envs(told.iter().map(|(name, value)| (name, value)));
    cluster.tell(&mut command);
    run(&mut command)
}
