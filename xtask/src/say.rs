//! What the commands print about themselves.

use std::time::{Duration, Instant};

/// A heading, set off from what the tools print.
pub fn heading(text: &str) {
    println!("\n== {text}");
}

/// A line of our own among the tools' lines.
pub fn note(text: impl AsRef<str>) {
    println!("-- {}", text.as_ref());
}

/// A duration as people say it: `0.4 s`, `12 s`, `2 min 24 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        let whole = time.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// Says what is being done and, afterwards, how long it took.
pub fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    note(format!("{what} ..."));
    let start = Instant::now();
    let result = work();
    note(format!("{what}: {}", duration(start.elapsed())));
    result
}
