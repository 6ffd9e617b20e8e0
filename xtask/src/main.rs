//! The project's commands; `cargo xtask help` names them.
//!
//! A fresh machine has rustup, cargo, git and the network, and nothing else. Each command installs
//! what it lacks below `target/tools` (browser and database: by apt), says so, and goes on. This
//! crate is the first thing such a machine compiles, so it has no dependency.

mod args;
mod bench;
mod bench_load;
mod beside;
mod browser;
mod build;
mod content;
mod fuzz;
mod licences;
mod lighthouse;
mod npm;
mod packages;
mod postgres;
mod problem;
mod process;
mod profile;
mod root;
mod say;
mod scripts;
mod serve;
mod server;
mod shots;
mod sizes;
mod split;
mod still;
mod styles;
mod test;
mod tools;

use args::Args;
use problem::{Outcome, Problem};
use std::process::ExitCode;

const HELP: &str = "\
Rowlock's commands. Each installs what is missing, and says so.

  cargo xtask serve [--port 8080]     build, serve on 127.0.0.1, rebuild on change
  cargo xtask test [--only a,b]       every test there is, stage by stage; --list names the stages
  cargo xtask build [--site https://host/path/]
                                      the release build in dist/, with each file's size, held against budget.toml; the site is
                                      for previews of links
  cargo xtask bench [--no-build]      the benchmarks, as a table; --no-build takes dist/ as it is
  cargo xtask shots [--hash '#...'] [--query 'embed'] [--name x] [--fresh]
                                      pictures of dist/ in target/shots, at three widths, light and dark; --fresh builds it anew
  cargo xtask profile                 visits the page in Chromium and notes which functions a first visit runs, for the build to
                                      put into the program's first part (xtask/split/first-visit.txt)
  cargo xtask fuzz [--cases 500] [--seed 1] [--first 0] [--only rows,upsert,ssi,tables,advisory,savepoints,fk,sql]
                                      random concurrency specs on our database and on PostgreSQL; differences
                                      are made small and written to target/fuzz
  cargo xtask lighthouse [--fresh]    Lighthouse over dist/, on a desk and a phone, held against budget.toml
  cargo xtask licences                holds what we depend on against deny.toml: licences, sources, versions
  cargo xtask help                    this text
";

fn main() -> ExitCode {
    match command(Args::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\n{problem}");
            ExitCode::FAILURE
        }
    }
}

fn command(mut args: Args) -> Outcome {
    let name = args.command();
    match name.as_deref() {
        Some("serve") => serve::serve(args),
        Some("test") => test::test(args),
        Some("fuzz") => fuzz::command(args),
        Some("build") => build::command(args),
        Some("profile") => profile::command(args),
        Some("lighthouse") => lighthouse::command(args),
        Some("shots") => shots::shots(args),
        Some("licences") => licences::command(args),
        Some("bench") => bench::bench(args),
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(Problem::new(format!(
            "There is no command `{other}`.\n\n{HELP}"
        ))),
    }
}
