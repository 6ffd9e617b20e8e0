//! The traffic simulation in wasm: a seed gives there, bit by bit, what it gives natively (`engine/src/load/tests/against_theory.rs`).

#![cfg(target_arch = "wasm32")]

use rowlock_engine::load::{Choice, Settings, Simulation, Times};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_seed_gives_the_same_everywhere() {
    let settings = Settings {
        times: Times::LogNormal {
            mean: 0.25,
            variation: 1.0,
        },
        rows: 40,
        choice: Choice::Zipf(1.0),
        rows_each: 2,
        read_share: 0.3,
        ..Settings::default()
    };
    let mut simulation = Simulation::new(&settings).expect("they are in range");
    simulation.run(100_000);
    assert_eq!(simulation.now().to_bits(), 0x4050_35ba_4502_56ef);
}
