//! The traffic simulation, measured natively, in wasm, and beside SimPy on the same model, in one run. The wasm is compiled as the
//! page is; what that takes in its worker, with all that is drawn, is measured in the browser
//! (`load_in_worker`).
//!
//! SimPy comes from PyPI into a virtual environment below `target/tools`; without Python its lines are left out, and said so.

use crate::bench::{Line, lines};
use crate::problem::{Outcome, While};
use crate::process::{self, cargo, program};
use crate::{build, root, say, tools};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const SIMPY: &str = "4.1.1";

/// All lines about it.
pub fn bench() -> Outcome<Vec<Line>> {
    let mut native = cargo();
    native.args(["run", "--quiet", "--profile", "speed"]).args([
        "--package",
        "rowlock-engine",
        "--example",
        "bench_load",
    ]);
    let mut table = lines("the traffic simulation's benchmarks", native)?;
    let wasm = wasm()?;
    let ours = wasm.first().and_then(Line::number);
    table.extend(wasm);
    if process::find("python3").is_none() {
        say::note("There is no Python here, so the simulation is not held against SimPy.");
        return Ok(table);
    }
    let simpy = simpy()?;
    // As many events of each of its models, as in wasm: the times are added.
    let times: Option<Vec<f64>> = simpy
        .iter()
        .map(|line| Some(1.0 / line.number()?))
        .collect();
    if let (Some(ours), Some(times)) = (ours, times) {
        let theirs = times.len() as f64 / times.iter().sum::<f64>();
        table.push(Line::once(
            "load: how many times as fast as SimPy, in wasm",
            &format!("{:.0}", ours / theirs),
            "times",
        ));
    }
    table.extend(simpy);
    Ok(table)
}

fn folder() -> PathBuf {
    root::root().join("xtask/wasm-load")
}

fn wasm() -> Outcome<Vec<Line>> {
    process::run(
        build::for_size(&mut cargo())
            .args(["build", "--quiet", "--release"])
            .args(["--target", tools::WASM, "--package", "rowlock-wasm-load"]),
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
