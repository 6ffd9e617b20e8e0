//! Measures how long the worker takes to count all schedules, in Chromium. `cargo xtask bench` runs it.
//!
//! The models are those of the engine's own benchmark (`bench_explore`). Each round has two workers, and each of them a wasm that no
//! browser has seen before (what compiling has made of one is kept by its bytes):
//!
//! - one that has just started and done nothing: the time from the question to the exact answer, and then that from the same
//!   question to its answer once more, as when a visitor goes on editing;
//! - one that was made ready, as the page does it when a visit rests (`src/worker.rs`): the time from its first question to the answer.
//!
//! How long a worker takes to start, from nothing to listening, is a line of its own.

use rowlock_e2e::{DESKTOP, Page, Theme};
use rowlock_engine::work::rehearsals;
use serde_json::json;

#[path = "../../../../engine/examples/bench_explore/models.rs"]
mod models;

const ROUNDS: u64 = 3;

/// Arguments: the scenario, those that make a worker ready, and how many rounds. The result: for each the milliseconds to start, to
/// answer, to answer again, and to answer when made ready, how many states there are, and whether the answers are whole.
/// Messages are bytes (`engine/src/work/`): a task is kind (0 to explore, 2 to forget), number, length and text; an answer is kind,
/// number, and what it says.
const MEASURE: &str = r#"
    const [text, rehearsals, rounds, done] = arguments;
    const address = performance.getEntriesByType('resource').map(it => it.name)
        .find(it => /\/worker\/[^/]*\.js$/.test(it));
    const program = address.replace('.js', '_bg.wasm');
    const number = value => value < 128 ? [value] : [value % 128 + 128, ...number(Math.floor(value / 128))];
    const task = (id, text) => {
        const letters = new TextEncoder().encode(text);
        return new Uint8Array([0, id, ...number(letters.length), ...letters]);
    };
    const read = (bytes, at) => {
        let value = 0, place = 1;
        for (;;) {
            const byte = bytes[at++];
            value += (byte & 127) * place;
            if (byte < 128) return [value, at];
            place *= 128;
        }
    };
    // The worker's, with a section of its own that says nothing.
    const unseen = async () => {
        window.program ??= new Uint8Array(await (await fetch(program)).arrayBuffer());
        const bytes = new Uint8Array(window.program.length + 12);
        bytes.set(window.program);
        bytes.set([0, 10, 1, 120], window.program.length);
        crypto.getRandomValues(bytes.subarray(window.program.length + 4));
        return WebAssembly.compile(bytes);
    };
    const start = async module => {
        const worker = new Worker(address, { type: 'module' });
        const hears = { worker };
        worker.onerror = event => hears.fail(event.message);
        worker.onmessage = ({ data }) => data[0] === 5 ? hears.fail(new TextDecoder().decode(data)) : hears.next(data);
        worker.postMessage(await module);
        await until(hears, data => data[0] === 0);
        return hears;
    };
    const until = (hears, what) => new Promise((answer, fail) => {
        hears.fail = fail;
        hears.next = data => what(data) && answer(data);
    });
    const forget = ({ worker }, id) => worker.postMessage(new Uint8Array([2, id]));
    const ask = async (hears, id, text) => {
        const asked = performance.now();
        hears.worker.postMessage(task(id, text));
        const report = await until(hears, data => data[0] === 2 && data[1] === id && data[2] !== 0);
        const took = performance.now() - asked;
        forget(hears, id);
        const [length, at] = read(report, 3);
        return [took, read(report, at + length)[0], report[2]];
    };
    const round = async () => {
        const born = performance.now();
        const first = await start(WebAssembly.compileStreaming(fetch(program)));
        const starts = performance.now() - born;
        first.worker.terminate();
        const cold = await start(unseen());
        const [once, states, whole] = await ask(cold, 1, text);
        const [again] = await ask(cold, 2, text);
        cold.worker.terminate();
        const ready = await start(unseen());
        const open = new Map(rehearsals.map(([text, withStrategies], at) => [at + 1, withStrategies]));
        rehearsals.forEach(([text], at) => ready.worker.postMessage(task(at + 1, text)));
        await until(ready, ([kind, id, known]) => {
            if (kind === 4 || kind === 2 && known !== 0 && open.get(id) === false) {
                open.delete(id);
                forget(ready, id);
            }
            return open.size === 0;
        });
        const [rested] = await ask(ready, 100, text);
        ready.worker.terminate();
        return [starts, once, again, rested, states, whole];
    };
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
    let ready = rehearsals().map(|it| json!([it.text, it.with_strategies]));
    let found = page.script_async(MEASURE, &[text.into(), json!(ready), ROUNDS.into()]);
    let Some(rounds) = found.as_array() else {
        panic!("{name}: {found}");
    };
    let column = |at: usize| -> Vec<f64> {
        let values = rounds.iter().filter_map(|round| round[at].as_f64());
        values.collect()
    };
    starts.extend(column(0));
    if rounds.iter().any(|round| round[5] != 1) {
        println!("worker: explore {name}: given up\t-\t-\tstates");
        return;
    }
    line(&format!("worker: explore {name}"), column(1), "ms");
    line("  when the visit has rested", column(3), "ms");
    line("  asked again", column(2), "ms");
    let speed = |times: usize| -> Vec<f64> {
        let pairs = column(4).into_iter().zip(column(times));
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
