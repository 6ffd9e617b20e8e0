//! `cargo xtask bench`: the benchmarks, as one table. Speed is measured here and in no test.

use crate::args::Args;
use crate::problem::{Outcome, Problem};
use crate::{bench_load, browser, build, packages, process, root, say, server};
use std::process::Command;

/// One line of the table. A benchmark is a program that prints such lines: name, median, 95th
/// percentile and unit, separated by tabs.
pub struct Line {
    name: String,
    median: String,
    p95: String,
    unit: String,
}

impl Line {
    /// A number that has no spread.
    pub fn once(name: &str, number: &str, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            median: number.to_owned(),
            p95: "-".to_owned(),
            unit: unit.to_owned(),
        }
    }

    /// The median as a number.
    pub fn number(&self) -> Option<f64> {
        self.median.parse().ok()
    }
}

/// The command.
pub fn bench(mut args: Args) -> Outcome {
    let fresh = !args.flag("--no-build");
    args.end()?;
    if fresh {
        build::release(None)?;
    }
    let mut table = Vec::new();
    table.extend(engine("bench", "release")?);
    if process::find("spin").is_none()
        && let Err(problem) = packages::install("Spin", &["spin"])
    {
        say::note(format!(
            "All schedules are not held against Spin's. {problem}"
        ));
    }
    // Natively nothing is compiled at the first run, as it is in the worker: speed first.
    table.extend(engine("bench_explore", "speed")?);
    table.extend(bench_load::bench()?);
    table.extend(page()?);
    println!("\n{:<58} {:>9} {:>9}  unit", "benchmark", "median", "p95");
    for line in table {
        println!(
            "{:<58} {:>9} {:>9}  {}",
            line.name, line.median, line.p95, line.unit
        );
    }
    Ok(())
}

/// The engine by itself, on this machine's processor: a program in `engine/examples`.
fn engine(example: &str, profile: &str) -> Outcome<Vec<Line>> {
    let mut command = process::cargo();
    command
        .args(["run", "--quiet", "--profile", profile])
        .args(["--package", "rowlock-engine", "--example", example]);
    lines("the engine's benchmarks", command)
}

/// The page in Chromium: from an edit to its paint, the frames of a drag, and its worker.
fn page() -> Outcome<Vec<Line>> {
    let driver = browser::start()?;
    let dist = server::serve(root::dist())?;
    let mut found = Vec::new();
    for program in [
        "edit_to_paint",
        "drag_frames",
        "explore_in_worker",
        "load_in_worker",
    ] {
        found.extend(lines(
            "the page's benchmarks",
            driver.visiting(program, &dist),
        )?);
    }
    Ok(found)
}

/// What a benchmark prints.
pub fn lines(what: &str, mut command: Command) -> Outcome<Vec<Line>> {
    command.stderr(std::process::Stdio::inherit());
    let text = process::output(&mut command)
        .ok_or_else(|| Problem::new(format!("Could not run {what}; the reason is above.")))?;
    Ok(text.lines().filter_map(line).collect())
}

fn line(text: &str) -> Option<Line> {
    let mut fields = text.split('\t').map(str::to_owned);
    Some(Line {
        name: fields.next()?,
        median: fields.next()?,
        p95: fields.next()?,
        unit: fields.next()?,
    })
}
