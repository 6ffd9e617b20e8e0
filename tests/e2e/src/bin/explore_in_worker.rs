//! Measures how long the worker takes to count all schedules, in Chromium. `cargo xtask bench` runs it.
//!
//! The models are those of the engine's own benchmark (`bench_explore`). Each round has a worker of its own, which has done nothing
//! yet: what is measured is the time from the question to the exact answer, in a worker that has just started, and then that from the
//! same question to its answer once more, as when a visitor goes on editing. How long a worker takes to start, from nothing to
//! listening, is a line of its own.

use rowlock_e2e::{DESKTOP, Page, Theme};

#[path = "../../../../engine/examples/bench_explore/models.rs"]
mod models;

const ROUNDS: u64 = 3;

/// Arguments: the scenario and how many rounds. The result: for each the milliseconds to start, to answer and to answer again, how many
/// states there are, and whether the answer is whole.
/// Messages are bytes (`engine/src/work/`): a task is kind (0 to explore, 2 to forget), number, length and text; an answer is kind,
/// number, and what it says.
const MEASURE: &str = r#"
    const [text, rounds, done] = arguments;
    const address = performance.getEntriesByType('resource').map(it => it.name)
        .find(it => /\/worker\/[^/]*\.js$/.test(it));
    const number = value => value < 128 ? [value] : [value % 128 + 128, ...number(Math.floor(value / 128))];
    const letters = new TextEncoder().encode(text);
    const task = id => new Uint8Array([0, id, ...number(letters.length), ...letters]);
    const read = (bytes, at) => {
        let value = 0, place = 1;
        for (;;) {
            const byte = bytes[at++];
            value += (byte & 127) * place;
            if (byte < 128) return [value, at];
            place *= 128;
        }
    };
    const round = () => new Promise((answer, fail) => {
        const born = performance.now();
        let listens, asked, first;
        const worker = new Worker(address, { type: 'module' });
        worker.onerror = event => fail(event.message);
        worker.onmessage = ({ data }) => {
            const now = performance.now();
            if (data[0] === 0) {
                listens = asked = now;
                worker.postMessage(task(1));
            } else if (data[0] === 2 && data[2] !== 0 && first === undefined) {
                first = now - asked;
                worker.postMessage(new Uint8Array([2, 1]));
                asked = performance.now();
                worker.postMessage(task(2));
            } else if (data[0] === 2 && data[2] !== 0) {
                const [length, at] = read(data, 3);
                const states = read(data, at + length)[0];
                worker.terminate();
                answer([listens - born, first, now - asked, states, data[2]]);
            } else if (data[0] === 5) {
                fail(new TextDecoder().decode(data));
            }
        };
    });
    (async () => {
        const all = [];
        for (let at = 0; at < rounds; at++) all.push(await round());
        done(all);
    })().catch(error => done(String(error)));
"#;

fn main() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.click("#schedules-tab");
    page.wait_for("#schedules[data-phase=over]");
    page.click("#tables-tab");
    let mut starts = Vec::new();
    for model in models::models() {
        if model.in_worker {
            measure(&page, &model.name, &model.text, &mut starts);
        }
    }
    line("worker: from nothing to listening", starts, "ms");
}

fn measure(page: &Page, name: &str, text: &str, starts: &mut Vec<f64>) {
    let found = page.script_async(MEASURE, &[text.into(), ROUNDS.into()]);
    let Some(rounds) = found.as_array() else {
        panic!("{name}: {found}");
    };
    let column = |at: usize| -> Vec<f64> {
        let values = rounds.iter().filter_map(|round| round[at].as_f64());
        values.collect()
    };
    starts.extend(column(0));
    if rounds.iter().any(|round| round[4] != 1) {
        println!("worker: explore {name}: given up\t-\t-\tstates");
        return;
    }
    line(&format!("worker: explore {name}"), column(1), "ms");
    line("  asked again", column(2), "ms");
    let speed = |times: usize| -> Vec<f64> {
        let pairs = column(3).into_iter().zip(column(times));
        pairs.map(|(states, time)| states / time / 1000.0).collect()
    };
    line("  speed", speed(1), "million states/s");
    line("  speed, asked again", speed(2), "million states/s");
}

fn line(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |part: f64| values.get((part * last as f64).round() as usize);
    let at = |part: f64| at(part).copied().unwrap_or(f64::NAN);
    println!("{name}\t{:.2}\t{:.2}\t{unit}", at(0.5), at(0.95));
}
