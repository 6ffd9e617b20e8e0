//! Firefox: its driver, and how it is told what the system prefers.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// Firefox's driver has one session at a time, so a page has its own. It ends with this value.
pub(crate) struct Geckodriver {
    pub(crate) url: String,
    process: Child,
}

impl Geckodriver {
    /// It chooses its port itself: one that we found free could be another's by the time it has
    /// started, and tests start their browsers side by side.
    #[track_caller]
    pub(crate) fn start(program: &str) -> Self {
        let mut process = Command::new(program)
            .args(["--port", "0", "--websocket-port", "0"])
            // What the system prefers can be set only from there.
            .arg("--allow-system-access")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let stdout = process.stdout.take().expect("its output is a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let url = lines
            .find_map(|line| {
                Some(format!(
                    "http://{}",
                    line.split_once("Listening on ")?.1.trim()
                ))
            })
            .unwrap_or_else(|| panic!("{program} ended before it said where it listens"));
        // It goes on talking, and would stop when nobody reads.
        thread::spawn(move || lines.for_each(drop));
        Self { url, process }
    }
}

impl Drop for Geckodriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The preference that stands for a media feature, and its value.
pub(crate) fn preference(feature: &str, value: &str) -> (&'static str, i32) {
    match feature {
        "prefers-reduced-motion" => ("ui.prefersReducedMotion", i32::from(value == "reduce")),
        "prefers-color-scheme" => (
            "layout.css.prefers-color-scheme.content-override",
            i32::from(value != "dark"),
        ),
        // 2: never the page's own colours; 0: the page's, unless the system says otherwise.
        "forced-colors" => (
            "browser.display.document_color_use",
            if value == "active" { 2 } else { 0 },
        ),
        _ => panic!("nobody has said how Firefox is told of `{feature}`"),
    }
}
