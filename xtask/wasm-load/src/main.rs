//! The traffic simulation as a program for wasm, timed from outside by `bench_load.mjs`, because wasm has no clock.
//!
//! It simulates five million events of optimistic locking with retries and five million of pessimistic locking, on one row at
//! lambda t = 0.5, and ends in a trap if the result is not, bit by bit, what it is on every other machine.

use rowlock_engine::load::{Locking, Policy, Settings, Simulation};

/// Events of each; `bench_load.mjs` knows the sum.
const EVENTS: u64 = 5_000_000;

fn main() {
    for (policy, time) in [
        (Policy::Optimistic, 0x4115_d1fd_521a_7bf8),
        (
            Policy::Pessimistic(Locking::default()),
            0x4119_7097_5f75_ba51,
        ),
    ] {
        let settings = Settings::default().with_policy(policy);
        match Simulation::new(&settings) {
            Ok(mut simulation) => {
                simulation.run(EVENTS);
                let bits: u64 = simulation.now().to_bits();
                assert_eq!(
                    bits, time,
                    "{bits:#x} is not the simulated time of other machines"
                );
            }
            Err(error) => panic!("the benchmark's settings are not sound: {error}"),
        }
    }
}
