//! Measures how long the worker takes to count all schedules, in Chromium. `cargo xtask bench` runs it.
//!
//! The models are those of the engine's own benchmark (`bench_explore`). Each round has two visits, and in each the program is one that
//! no browser has seen before (what compiling has made of a wasm is kept by its bytes):
//!
//! - in the first, somebody asks as soon as the first view is there, of a worker that has just started and done nothing: the time from
//!   the question to the exact answer, and then that from the same question to its answer once more, as when a visitor goes on editing;
//! - in the second, of a worker that was made ready, as the page does it when a visit rests (`src/worker/`): the time from its first
//!   question to the answer.
//!
//! How long a worker takes to start, from nothing to listening, is a line of its own.

use rowlock_e2e::{DESKTOP, Page};
use rowlock_engine::work::rehearsals;
use serde_json::{Value, json};

#[path = "../../../../engine/examples/bench_explore/models.rs"]
mod models;

const ROUNDS: usize = 3;

/// From now on every wasm has a section more, which says nothing and is another each time.
const UNSEEN: &str = r#"
    WebAssembly.compileStreaming = async response => {
        const program = new Uint8Array(await (await response).arrayBuffer());
        const bytes = new Uint8Array(program.length + 12);
        bytes.set(program);
        bytes.set([0, 10, 1, 120], program.length);
        crypto.getRandomValues(bytes.subarray(program.length + 4));
        return WebAssembly.compile(bytes);
    };
"#;

/// Arguments: the scenario, and what makes a worker ready. The result: the milliseconds to start, to answer and to answer again, how
/// many states there are, and whether the answers are whole. Messages are bytes (`engine/src/work/`): a task is kind (0 to explore, 2 to forget), number, length and text; an answer is kind,
/// number, and what it says.
const MEASURE: &str = r#"
    const [text, rehearsals, done] = arguments;
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
    const start = async () => {
        const program = await rowlockLater.program();
        const born = performance.now();
        const worker = new Worker('worker.js', { type: 'module' });
        const hears = { worker };
        worker.onerror = event => hears.fail(event.message);
        worker.onmessage = ({ data }) => data[0] === 5 ? hears.fail(new TextDecoder().decode(data)) : hears.next(data);
        worker.postMessage(program);
        await until(hears, data => data[0] === 0);
        return [hears, performance.now() - born];
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
    (async () => {
        const [hears, starts] = await start();
        const open = new Map(rehearsals.map(([text, withStrategies], at) => [at + 1, withStrategies]));
        if (open.size) {
            rehearsals.forEach(([text], at) => hears.worker.postMessage(task(at + 1, text)));
            await until(hears, ([kind, id, known]) => {
                if (kind === 4 || kind === 2 && known !== 0 && open.get(id) === false) {
                    open.delete(id);
                    forget(hears, id);
                }
                return open.size === 0;
            });
        }
        const [once, states, whole] = await ask(hears, 100, text);
        const [again] = await ask(hears, 101, text);
        hears.worker.terminate();
        done([starts, once, again, states, whole]);
    })().catch(error => done(String(error)));
"#;

fn main() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.before_each_page(UNSEEN);
    let ready: Vec<_> = rehearsals()
        .iter()
        .map(|it| json!([it.text, it.with_strategies]))
        .collect();
    let mut starts = Vec::new();
    for model in models::models() {
        if model.in_worker {
            let visits = [&[], ready.as_slice()]
                .map(|ready| (0..ROUNDS).map(|_| visit(&page, &model, ready)).collect());
            report(&model.name, &visits, &mut starts);
        }
    }
    line("worker: from nothing to listening", starts, "ms");
}

/// What [`MEASURE`] finds in a visit of its own.
fn visit(page: &Page, model: &models::Model, ready: &[Value]) -> Vec<f64> {
    page.visit(&Page::home());
    page.wait_until_live();
    let found = page.script_async(MEASURE, &[model.text.as_str().into(), json!(ready)]);
    let Some(numbers) = found.as_array() else {
        panic!("{}: {found}", model.name);
    };
    numbers.iter().filter_map(Value::as_f64).collect()
}

/// Prints what was found in visits of which nothing was made ready, and in those where a worker was.
fn report(name: &str, [cold, ready]: &[Vec<Vec<f64>>; 2], starts: &mut Vec<f64>) {
    let column = |visits: &[Vec<f64>], at: usize| -> Vec<f64> {
        visits.iter().map(|visit| visit[at]).collect()
    };
    starts.extend(column(cold, 0));
    if cold.iter().chain(ready).any(|visit| visit[4] != 1.0) {
        println!("worker: explore {name}: given up\t-\t-\tstates");
        return;
    }
    line(&format!("worker: explore {name}"), column(cold, 1), "ms");
    line("  when the visit has rested", column(ready, 1), "ms");
    line("  asked again", column(cold, 2), "ms");
    let speed = |times: usize| -> Vec<f64> {
        let pairs = column(cold, 3).into_iter().zip(column(cold, times));
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
