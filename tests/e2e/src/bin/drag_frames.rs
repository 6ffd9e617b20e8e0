//! Measures the frames while a step of a big drawing is dragged. `cargo xtask bench` runs it.
//!
//! 8 sessions of 30 steps. The pointer goes through the drawing by some pixels a frame, over places and lanes, without resting; the
//! time from one frame to the next is what the visitor sees of it. 16.7 ms is 60 frames a second.

use rowlock_e2e::{DESKTOP, Page, Theme, crowd};
use serde_json::Value;

const FRAMES: u64 = 150;

/// The result: the milliseconds of each frame.
const MEASURE: &str = r#"
    const [frames, done] = arguments;
    const picture = document.querySelector('.lanes .drawing');
    const box = document.querySelector('#step-at-4').getBoundingClientRect();
    const send = (type, x, y) => picture.dispatchEvent(new PointerEvent(type, {
        clientX: x, clientY: y, bubbles: true, pointerId: 1, pointerType: 'mouse', button: 0, buttons: 1 }));
    picture.setPointerCapture = () => {};
    let [x, y] = [box.left + 20, box.top + 12];
    send('pointerdown', x, y);
    const times = [];
    let last;
    const frame = now => {
        if (last !== undefined) times.push(now - last);
        last = now;
        if (times.length < frames) {
            // There and back, and now and then into another lane.
            const ahead = Math.floor(times.length / 30) % 2 === 0;
            x += ahead ? 12 : -12;
            y += times.length % 40 === 0 ? 40 : 0;
            send('pointermove', x, y);
            requestAnimationFrame(frame);
        } else {
            send('pointerup', x, y);
            done(times);
        }
    };
    requestAnimationFrame(frame);
"#;

fn main() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    page.fill("#scenario-text", &crowd(8, 30).replace("{edit}", "100"));
    page.wait_for("#step-at-239");
    let times = page.script_async(MEASURE, &[FRAMES.into()]);
    let times = times.as_array().cloned().unwrap_or_default();
    let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = (part * times.len().saturating_sub(1) as f64).round() as usize;
        times.get(place).copied().unwrap_or(f64::NAN)
    };
    println!(
        "page: frames of a drag, 8 sessions x 30 steps\t{:.1}\t{:.1}\tms",
        at(0.5),
        at(0.95)
    );
}
