//! What a release has beside the page (`xtask/pages`), for `build` and for `serve`.
//!
//! `build` makes it when Trunk is done. While `serve` runs, Trunk calls the program after each build, in haste: a hook in `Trunk.toml`, which
//! finds it by [`PROGRAM`] and elsewhere does nothing.

use crate::problem::Outcome;
use crate::{process, root};
use std::env;
use std::path::PathBuf;

/// The variable by which `serve` tells Trunk's hook which program makes it.
pub const PROGRAM: &str = "ROWLOCK_PAGES";

/// Compiles the program, and says where it is.
pub fn program() -> Outcome<PathBuf> {
    process::run(process::cargo().args([
        "build",
        "--quiet",
        "--locked",
        "--package",
        "rowlock-pages",
    ]))?;
    let name = format!("rowlock-pages{}", env::consts::EXE_SUFFIX);
    Ok(root::target().join("debug").join(name))
}

/// Makes it in `dist/`; `site` is where that will be, if it is known.
pub fn release(site: Option<&str>) -> Outcome {
    let mut command = process::program(program()?);
    command.arg(root::dist());
    if let Some(site) = site {
        command.args(["--site", &format!("{}/", site.trim_end_matches('/'))]);
    }
    process::run(&mut command)
}

/// What keeps the page for when there is no network. It lists what lies in `dist/`, so it comes last.
pub fn offline() -> Outcome {
    let mut command = process::program(program()?);
    process::run(command.arg("--offline").arg(root::dist()))
}
