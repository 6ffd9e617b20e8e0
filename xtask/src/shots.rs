//! `cargo xtask shots`: pictures of the page, to be looked at.

use crate::args::Args;
use crate::problem::Outcome;
use crate::{browser, build, process, root, server};

/// The command. It takes `dist/` as it is; `--fresh` builds it first.
pub fn shots(mut args: Args) -> Outcome {
    let hash = args.value("--hash")?.unwrap_or_default();
    let query = args.value("--query")?.unwrap_or_default();
    let name = args.value("--name")?.unwrap_or_else(|| "page".to_owned());
    let fresh = args.flag("--fresh");
    args.end()?;
    if fresh || !root::dist().join("index.html").is_file() {
        build::release(None)?;
    }
    let driver = browser::start()?;
    process::run(
        driver
            .visiting("shots", &server::serve(root::dist())?)
            .args([&name, &query, &hash])
            .env("ROWLOCK_SHOTS", root::target().join("shots")),
    )
}
