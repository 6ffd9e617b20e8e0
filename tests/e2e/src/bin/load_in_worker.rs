//! Measures how long the page's worker takes for all that is drawn of a workload, in Chromium. `cargo xtask bench` runs it.
//!
//! The page asks as it does for a visitor, and what goes between it and its worker is watched: the time from the question to the
//! first answer, to the end of the sweep (20 values of lambda t under six strategies) and of everything, and how many events a
//! second were simulated meanwhile, with the making of charts and tables in it.

use rowlock_e2e::{DESKTOP, Page, Theme};

const ROUNDS: usize = 5;

/// From now on what goes to and from workers is noted, with the time. Messages are bytes (`engine/src/work/`).
const WATCH: &str = r#"
    const Real = Worker;
    window.sent = []; window.heard = [];
    window.Worker = function (address, options) {
        const worker = new Real(address, options);
        const post = worker.postMessage.bind(worker);
        worker.postMessage = data => { sent.push([performance.now(), data]); post(data) };
        worker.addEventListener('message', ({ data }) => heard.push([performance.now(), data]));
        return worker;
    };
"#;

/// Milliseconds to the first answer, to the end, and how many events there were.
const READ: &str = r#"
    const number = (bytes, at) => {
        let value = 0, place = 1;
        for (;;) {
            const byte = bytes[at++];
            value += (byte & 127) * place;
            if (byte < 128) return [value, at];
            place *= 128;
        }
    };
    const asked = sent.filter(it => it[1][0] === arguments[0]).pop();
    const id = number(asked[1], 1)[0];
    const own = heard.filter(([, data]) => data[0] !== 0 && number(data, 1)[0] === id);
    const first = own.find(it => it[1][0] === arguments[1]);
    const over = own.find(it => it[1][0] === 4);
    const progress = own.filter(it => it[1][0] === 1 && it[0] <= over[0]).pop();
    const [events] = number(progress[1], number(progress[1], 1)[1]);
    return [first[0] - asked[0], over[0] - asked[0], events];
"#;

const OVER: &str = "return document.querySelector('.progress')?.dataset.over === 'true'";

fn main() {
    // Kinds of the question and of its answer.
    for (name, tab, kinds) in [
        (
            "a workload with its sweep, 20 by 6",
            "#probability-tab",
            [3, 6],
        ),
        ("a decision", "#decide-tab", [4, 7]),
    ] {
        let mut columns = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers&strategy=optimistic");
            page.wait_for(".verdict");
            page.script(WATCH, &[]);
            page.click(tab);
            page.wait_until("everything is measured", OVER, &[]);
            let found = page.script(READ, &kinds.map(Into::into));
            let at = |place: usize| found[place].as_f64().unwrap_or(f64::NAN);
            columns[0].push(at(0));
            columns[1].push(at(1));
            columns[2].push(at(2) / at(1) / 1000.0);
        }
        let [first, over, speed] = columns;
        line(&format!("worker: {name}: first answer"), first, "ms");
        line(&format!("worker: {name}: all"), over, "ms");
        line("  speed", speed, "M events/s");
    }
}

fn line(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |part: f64| values.get((part * last as f64).round() as usize);
    let at = |part: f64| at(part).copied().unwrap_or(f64::NAN);
    println!("{name}\t{:.1}\t{:.1}\t{unit}", at(0.5), at(0.95));
}
