//! Benchmarks of the engine, one line each: name, median, 95th percentile, unit. `cargo xtask bench` runs them.

use rowlock_engine::diagram::{Options, layout, svg};
use rowlock_engine::run::execute;
use rowlock_engine::scenario::read;
use rowlock_engine::strategy::plan;
use rowlock_engine::verdict::judge;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

const SESSIONS: usize = 6;
const STEPS: usize = 20;
const ROUNDS: usize = 300;

fn main() {
    let text = scenario();
    let scenario = match read(&text) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("the benchmark's scenario is not sound: {}", errors[0]),
    };
    let sent = plan(&scenario);
    let size = format!("{SESSIONS} sessions x {STEPS} steps");
    measure(&format!("read the text, {size}"), || {
        let _ = black_box(read(black_box(&text)));
    });
    measure(&format!("run, {size}"), || {
        let _ = black_box(execute(black_box(&sent)));
    });
    if let Ok(run) = execute(&sent) {
        measure(&format!("judge, {size}"), || {
            black_box(judge(&scenario, &sent, black_box(&run)));
        });
        let verdict = judge(&scenario, &sent, &run);
        let options = Options { width: 760 };
        measure(&format!("lay out and draw, {size}"), || {
            let diagram = layout(&run, &sent, &verdict, &options);
            black_box((svg::heads(&diagram), svg::body(&diagram)));
        });
    }
}

fn measure(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..ROUNDS + 20)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .skip(20)
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "{name}\t{:.3}\t{:.3}\tms",
        times[ROUNDS / 2],
        times[ROUNDS * 95 / 100]
    );
}

/// Each session reads and changes rows that others change too.
fn scenario() -> String {
    let mut text =
        String::from("setup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n");
    for row in 0..SESSIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  INSERT INTO stock VALUES ({row}, 100);");
    }
    text.push_str("\ntimeline:\n");
    for step in 0..STEPS {
        for session in 0..SESSIONS {
            let row = (session + step / 4) % SESSIONS;
            let action = match step % 4 {
                0 => "BEGIN".to_owned(),
                1 => format!("SELECT quantity FROM stock WHERE id = {row}"),
                2 => format!("UPDATE stock SET quantity = :quantity - 1 WHERE id = {row}"),
                _ => "COMMIT".to_owned(),
            };
            let _ = writeln!(text, "  S{session}: {action}");
        }
    }
    text
}
