//! Measures how long the page takes from an edit of a big scenario to the next paint. `cargo xtask
//! bench` runs it.
//!
//! The scenario has 6 sessions of 20 steps. Each edit changes one number in its text, at no
//! particular moment of a frame, as a visitor's key stroke does; so at 60 frames a second about
//! 8 ms of the median are the wait for the frame, whatever the page does.

use rowlock_e2e::{DESKTOP, Page, Theme, crowd};
use serde_json::Value;

const SESSIONS: usize = 6;
const STEPS: usize = 20;
const EDITS: u64 = 60;
const WARM_UP: usize = 5;

/// Arguments: the text with `{edit}` where a number goes, and how many edits. The result: the
/// milliseconds of each.
const MEASURE: &str = r#"
    const [text, edits, done] = arguments;
    const area = document.querySelector('#scenario-text');
    const wait = time => new Promise(after => setTimeout(after, time));
    // The frame's callbacks run before it is painted; a message sent there arrives afterwards.
    const painted = () => new Promise(after => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => after(performance.now());
        channel.port2.postMessage(0);
    }));
    (async () => {
        const times = [];
        for (let edit = 0; edit < edits; edit++) {
            await wait(40 + edit * 7 % 17);
            const start = performance.now();
            area.value = text.replaceAll('{edit}', 100 + edit);
            area.dispatchEvent(new InputEvent('input', { bubbles: true }));
            times.push(await painted() - start);
        }
        done(times);
    })();
"#;

fn main() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_until(
        "something on the page",
        "return document.body.innerText.trim() !== ''",
        &[],
    );
    // The text may lie behind a tab.
    page.script(
        "if (!document.querySelector('#scenario-text')) {
            [...document.querySelectorAll('[role=tab], button')]
                .find(element => element.textContent.trim() === 'Text')?.click();
        }",
        &[],
    );
    page.wait_for("#scenario-text");
    page.fill(
        "#scenario-text",
        &crowd(SESSIONS, STEPS).replace("{edit}", "100"),
    );
    let times = page.script_async(MEASURE, &[crowd(SESSIONS, STEPS).into(), EDITS.into()]);
    let times = times.as_array().cloned().unwrap_or_default();
    let mut times: Vec<f64> = times
        .iter()
        .filter_map(Value::as_f64)
        .skip(WARM_UP)
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "page: edit to paint, {SESSIONS} sessions x {STEPS} steps\t{:.1}\t{:.1}\tms",
        quantile(&times, 0.5),
        quantile(&times, 0.95)
    );
}

fn quantile(sorted: &[f64], part: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((part * last as f64).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}
