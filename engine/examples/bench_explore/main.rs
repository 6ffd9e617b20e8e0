//! Benchmarks of "every interleaving", one line each: name, median, 95th percentile, unit. `cargo xtask bench` runs them.
//!
//! Three models, for 2 to 8 sessions of four steps: the naive counter (read, write back), the locked counter (the same behind
//! FOR UPDATE) and crossed transfers (two rows, every other session in the opposite order); the naive counter once more with
//! sessions that all differ; and a flash sale. Each is explored cold, as at the first key stroke. Where a plain enumeration of
//! all schedules comes to its end in time, it stands beside, and so does Spin where that is installed. With a file as argument,
//! that scenario is explored instead.

mod models;
mod spin;

use rowlock_engine::explore::{Explorer, Limits, Status, Symmetry};
use rowlock_engine::run::Driven;
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::strategy::{Plan, plan};
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// States after which a row of the table is given up.
const MOST_STATES: u64 = 3_000_000;
/// Schedules up to which they are enumerated.
const MOST_SCHEDULES: f64 = 100_000.0;

fn main() {
    if let Some(file) = std::env::args().nth(1) {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => panic!("{file}: {error}"),
        };
        explore(&file, &scenario(&text), 3);
        return;
    }
    let spin = spin::find();
    if spin.is_none() {
        eprintln!("There is no Spin here, or no C compiler: its lines are left out.");
    }
    for model in models::models() {
        explore(&model.name, &scenario(&model.text), 5);
        if let (Some(folder), Some(promela)) = (&spin, &model.promela) {
            match spin::measure(folder, promela) {
                Some((compiled, mut times, states)) => {
                    let mut all: Vec<f64> = times.iter().map(|time| time + compiled).collect();
                    line(
                        &format!("  Spin, compiled and run ({states} states)"),
                        &mut all,
                        "ms",
                    );
                    line("  Spin, run alone", &mut times, "ms");
                }
                None => println!("  Spin: given up\t-\t-\tmemory > 2 GB"),
            }
        }
    }
    if let Some(folder) = spin {
        // What is left behind in a folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn explore(name: &str, scenario: &Scenario, rounds: usize) {
    let limits = Limits {
        states: MOST_STATES,
        ..Limits::default()
    };
    let mut times = Vec::new();
    let mut speeds = Vec::new();
    let mut interleavings = 0.0;
    for _ in 0..rounds {
        let start = Instant::now();
        let Ok(mut explorer) = Explorer::with(scenario, limits, Symmetry::Used) else {
            panic!("{name}: the set-up fails");
        };
        while explorer.advance(100_000).status == Status::Running {}
        let time = start.elapsed().as_secs_f64();
        let report = explorer.report_of(0);
        if explorer.progress().status != Status::Finished {
            println!("explore {name}: given up\t-\t-\tstates > {}", report.states);
            return;
        }
        interleavings = report.interleavings.to_f64();
        times.push(time * 1e3);
        speeds.push(report.states as f64 / time / 1e6);
        // What takes so long is measured once.
        if time > 5.0 {
            break;
        }
    }
    line(
        &format!("explore {name} ({interleavings:.3e} orders)"),
        &mut times,
        "ms",
    );
    line("  speed", &mut speeds, "million states/s");
    if interleavings <= MOST_SCHEDULES {
        let sent = plan(scenario);
        let start = Instant::now();
        let schedules = enumerate(&sent);
        let time = start.elapsed().as_secs_f64() * 1e3;
        assert_eq!(schedules as f64, interleavings, "{name}");
        line("  enumerated one by one", &mut [time], "ms");
    }
}

fn line(name: &str, times: &mut [f64], unit: &str) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!("{name}\t{:.3}\t{:.3}\t{unit}", at(50), at(95));
}

/// Runs every schedule.
fn enumerate(plan: &Plan) -> u64 {
    match Driven::start(plan) {
        Ok(start) => start.schedules(),
        Err(_) => panic!("the set-up fails"),
    }
}

fn scenario(text: &str) -> Scenario {
    match read(text) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("the benchmark's scenario is not sound: {}", errors[0]),
    }
}
