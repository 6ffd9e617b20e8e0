//! The traffic simulation, measured natively, in wasm, and beside SimPy on the same model, in one run.
//!
//! SimPy comes from PyPI into a virtual environment below `target/tools`; without Python its lines are left out, and said so.

use crate::bench::{Line, lines};
use crate::problem::{Outcome, While};
use crate::process::{self, cargo, program};
use crate::{root, say, tools};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const SIMPY: &str = "4.1.1";

/// All lines about it.
pub fn bench() -> Outcome<Vec<Line>> {
    let mut native = cargo();
    native
        .args(["run", "--quiet", "--release", "--package", "rowlock-engine"])
        .args(["--example", "bench_load"]);
    let mut table = lines("the traffic simulation's benchmarks", native)?;
    table.extend(wasm()?);
    if process::find("python3").is_none() {
        say::note("There is no Python here, so the simulation is not held against SimPy.");
        return Ok(table);
    }
    table.extend(simpy()?);
    Ok(table)
}

fn folder() -> PathBuf {
    root::root().join("xtask/wasm-load")
}

fn wasm() -> Outcome<Vec<Line>> {
    process::run(
        cargo()
            .args(["build", "--quiet", "--release", "--target", tools::WASM])
            .args(["--package", "rowlock-wasm-load"]),
    )?;
    let file = root::target()
        .join(tools::WASM)
        .join("release/rowlock-wasm-load.wasm");
    let mut node = program("node");
    node.arg(folder().join("bench_load.mjs")).arg(file);
    lines("the traffic simulation in wasm", node)
}

fn simpy() -> Outcome<Vec<Line>> {
    let home = root::target().join("tools/simpy");
    let python = home.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let stamp = home.join("simpy.stamp");
    if !fs::read_to_string(&stamp).is_ok_and(|text| text == SIMPY) {
        say::timed(&format!("Installing SimPy {SIMPY} (PyPI)"), || {
            process::run(program("python3").args(["-m", "venv"]).arg(&home))?;
            process::run(
                Command::new(&python)
                    .args([
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                    ])
                    .arg(format!("simpy=={SIMPY}")),
            )
        })?;
        fs::write(&stamp, SIMPY).while_doing("note that SimPy is installed")?;
    }
    let mut command = Command::new(python);
    command.arg(folder().join("bench_load.py"));
    lines("SimPy", command)
}
