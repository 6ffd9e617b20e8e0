//! The same models in Spin, with partial-order reduction: how long it takes to compile its verifier, and to run it.
//!
//! Spin says whether something can happen; it counts no schedules. Its model of crossed transfers ends where sessions wait for
//! each other, while the engine goes on with a victim.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A folder for what Spin writes; `None`: it is not there, or no compiler is.
pub fn find() -> Option<PathBuf> {
    let there = |program: &str, flag: &str| {
        let asked = Command::new(program).arg(flag).output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    if !there("spin", "-V") || !there("cc", "--version") {
        return None;
    }
    let folder = std::env::temp_dir().join(format!("rowlock-spin-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder)
}

/// Milliseconds to compile, and for each of three runs; how many states. `None`: it ran out of 2 GB.
pub fn measure(folder: &Path, promela: &str) -> Option<(f64, Vec<f64>, String)> {
    std::fs::write(folder.join("model.pml"), promela).ok()?;
    let run = |program: &Path, args: &[&str]| {
        let start = Instant::now();
        let done = Command::new(program)
            .args(args)
            .current_dir(folder)
            .output();
        let time = start.elapsed().as_secs_f64() * 1e3;
        let done = done.ok().filter(|done| done.status.success())?;
        Some((time, String::from_utf8_lossy(&done.stdout).into_owned()))
    };
    let (written, _) = run(Path::new("spin"), &["-a", "model.pml"])?;
    let arguments = ["-O2", "-DSAFETY", "-DMEMLIM=2000", "-o", "pan", "pan.c"];
    let (compiled, _) = run(Path::new("cc"), &arguments)?;
    let mut times = Vec::new();
    let mut states = String::new();
    for _ in 0..3 {
        let (time, told) = run(&folder.join("pan"), &["-E", "-m1000000", "-w20"])?;
        if told.contains("out of memory") || told.contains("memory bound") {
            return None;
        }
        let line = told.lines().find(|line| line.contains("states, stored"))?;
        states = line.trim().split(' ').next()?.to_owned();
        times.push(time);
        if time > 5e3 {
            break;
        }
    }
    Some((written + compiled, times, states))
}
