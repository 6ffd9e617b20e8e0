//! `cargo xtask serve`: the page on this machine, rebuilt and reloaded on every change.
//!
//! It uses a cargo profile of its own, `serve`: optimised as the page needs it to feel like the
//! release, but compiled in pieces and incrementally, since somebody waits.

use crate::args::Args;
use crate::problem::{Outcome, While};
use crate::{beside, build, process, root, say, still, tools};
use std::fs;

/// What a change of makes the page another.
const WATCHED: [&str; 7] = [
    "src",
    "engine",
    "static",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
];

/// The command.
pub fn serve(mut args: Args) -> Outcome {
    let port = args.value("--port")?.unwrap_or_else(|| "8080".to_owned());
    args.end()?;
    tools::for_serving()?;
    build::fetch()?;
    // Not dist/: that is the release, which others look at while this runs.
    let page = root::target().join("page");
    fs::create_dir_all(&page).while_doing(format!("make {}", page.display()))?;
    say::note(format!(
        "Building, then serving on http://127.0.0.1:{port}/ until Ctrl-C."
    ));
    still::draw()?;
    // What makes the stories' pages and the copy for frames without an origin; that copy is of each build.
    let pages = beside::program()?;
    let mut trunk = tools::trunk();
    trunk
        .env(beside::PROGRAM, pages)
        .args(["serve", "--offline", "--disable-address-lookup"])
        .args(["--cargo-profile", "serve"])
        .args(["--address", "127.0.0.1", "--port", &port])
        .args(["--public-url", "/", "--dist"])
        .arg(page);
    for path in WATCHED {
        if root::root().join(path).exists() {
            trunk.args(["--watch", path]);
        }
    }
    process::become_it(&mut trunk)
}
