//! The built page in a real Chromium or Firefox: what the end-to-end tests, the pictures and the page's
//! benchmarks share.
//!
//! A browser driver speaks JSON over plain HTTP (W3C WebDriver), one request at a time, on this
//! machine. That is little enough to write down here, and saves the hundred crates of an
//! asynchronous client: this crate compiles in seconds, and tests read from top to bottom.
//!
//! A test looks like this. The page closes itself at the end, and then fails the test if the
//! console held an error.
//!
//! ```text
//! #[test]
//! #[ignore = "needs a browser: cargo xtask test"]
//! fn the_page_has_a_heading() {
//!     let page = Page::open(DESKTOP, Theme::Light, "");
//!     page.wait_for_text("h1", "Rowlock");
//! }
//! ```
//!
//! `cargo xtask test` starts chromedriver and a server for `dist/`, tells where they are by
//! `ROWLOCK_CHROMEDRIVER_URL` and `ROWLOCK_DIST_URL`, and runs the ignored tests. Each [`Page`] is
//! a session of its own, with an empty profile, so tests share nothing.
//!
//! Whatever goes wrong in here panics with a sentence: this crate is only ever part of a test.

mod base64;
mod bidi;
mod crowd;
mod firefox;
mod front;
mod http;
mod page;
mod serve;

pub use crowd::crowd;
pub use front::Front;
pub use page::{DESKTOP, PHONE, Page, Pointer, TABLET, Theme, Viewport};
pub use serve::{serve, serve_with};

/// The rooms below the verdict, as their tabs are called: `NAME-tab`.
pub const ROOMS: [&str; 12] = [
    "tables",
    "versions",
    "locks",
    "graph",
    "words",
    "compare",
    "schedules",
    "sent",
    "explain",
    "code",
    "probability",
    "decide",
];

/// Counts frames for a while, and gives the longest time between two, in milliseconds.
pub const LONGEST_PAUSE: &str =
    "const done = arguments[0]; let last = performance.now(), longest = 0;
    const until = last + 1500;
    const frame = (now) => { longest = Math.max(longest, now - last); last = now;
      now < until ? requestAnimationFrame(frame) : done(longest); };
    requestAnimationFrame(frame);";
