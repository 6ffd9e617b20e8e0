//! `cargo xtask lighthouse`: what Lighthouse says of the release build, on a desk and on a phone.

use crate::args::Args;
use crate::problem::{Outcome, Problem};
use crate::{browser, build, npm, process, root, split};

/// The command. It takes `dist/` as it is; `--fresh` builds it first.
pub fn command(mut args: Args) -> Outcome {
    let fresh = args.flag("--fresh");
    args.end()?;
    if fresh || !root::dist().join("index.html").is_file() {
        build::release(None)?;
    }
    let modules = npm::lighthouse()?;
    let reports = root::target().join("lighthouse");
    browser::install()?;
    let chromium =
        browser::chromium().ok_or_else(|| Problem::new("There is no Chromium to measure with."))?;
    let mut node = process::program("node");
    node.arg(root::root().join("xtask/lighthouse/measure.mjs"))
        .arg(root::dist())
        .arg(modules)
        .arg(chromium)
        .arg(&reports)
        .arg(root::root().join("budget.toml"));
    println!("The reports: {}", split::text(&reports));
    process::run(&mut node).map_err(|_| {
        Problem::new("Lighthouse's scores or times miss what budget.toml wants; see above.")
    })
}
