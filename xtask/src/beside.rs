//! What a release has beside the page (`xtask/pages`), for `build` and for `serve`.
//!
//! `build` makes it when Trunk is done. While `serve` runs, Trunk calls `cargo xtask beside` after each build (a hook in `Trunk.toml`);
//! elsewhere that does nothing.

use crate::args::Args;
use crate::problem::Outcome;
use crate::{process, root};
use std::env;
use std::path::PathBuf;

/// The variable by which `serve` tells the hook which program makes it.
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

/// The hook: makes it where Trunk puts its files, in haste. Pictures of stories that have not changed are taken from the build before.
pub fn hook(args: Args) -> Outcome {
    args.end()?;
    let (Some(program), Some(folder)) = (env::var_os(PROGRAM), env::var_os("TRUNK_STAGING_DIR"))
    else {
        return Ok(());
    };
    let mut command = process::program(program);
    command
        .arg(folder)
        .arg("--quick")
        .arg("--keep")
        .arg(root::target().join("cards"));
    process::run(&mut command)
}
