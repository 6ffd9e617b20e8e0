//! Speed of the traffic simulation, one line each: name, median, 95th percentile, unit. `cargo xtask bench` runs it.
//!
//! The unit is millions of events a second. An event is one of: an arrival, the begin of an attempt with its read, a lock asked
//! for, a lock granted, a write, the end of an attempt. `xtask/wasm-load` holds the same in wasm, and with SimPy, which counts the
//! same events. Processor time where the system tells it, as other work on the machine is none of its business.

use rowlock_engine::load::{Locking, OnConflict, Policy, Settings, Simulation, Times};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const EVENTS: u64 = 1_000_000;

fn main() {
    let base = Settings {
        times: Times::Fixed(0.25),
        ..Settings::default()
    };
    let locks = Policy::Pessimistic(Locking::default());
    for (name, settings) in [
        ("optimistic, retry", base.with_policy(Policy::Optimistic)),
        ("pessimistic", base.with_policy(locks)),
        ("none", base.with_policy(Policy::None)),
        ("atomic", base.with_policy(Policy::Atomic)),
    ] {
        measure(&format!("load: {name}, one row, lambda t = 0.5"), &settings);
    }
    let many = Settings {
        rows: 1000,
        rows_each: 4,
        on_conflict: OnConflict::RETRY,
        policy: locks,
        ..base
    };
    let many = many.with_lambda_t(0.05);
    measure(
        "load: pessimistic, 4 of 1000 rows each, lambda t = 0.05",
        &many,
    );
}

fn measure(name: &str, settings: &Settings) {
    let mut simulation = match Simulation::new(settings) {
        Ok(simulation) => simulation,
        Err(error) => panic!("the benchmark's settings are not sound: {error}"),
    };
    simulation.run(EVENTS);
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let (before, start) = (simulation.events(), Clock::start());
            simulation.run(EVENTS);
            (simulation.events() - before) as f64 / start.spent().as_secs_f64() / 1e6
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!(
        "{name}\t{:.1}\t{:.1}\tM events/s",
        rates[ROUNDS / 2],
        rates[ROUNDS / 20]
    );
}

/// Processor time, or the time on the wall.
struct Clock {
    wall: Instant,
    processor: Option<Duration>,
}

impl Clock {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: processor(),
        }
    }

    fn spent(&self) -> Duration {
        match (self.processor, processor()) {
            (Some(before), Some(now)) if now > before => now - before,
            _ => self.wall.elapsed(),
        }
    }
}

/// What this thread has had of the processor, on Linux.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
