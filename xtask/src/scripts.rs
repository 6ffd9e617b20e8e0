//! The page's scripts, made small by terser: comments, long names and white space are for readers of the sources.

use crate::problem::{Outcome, While};
use crate::{npm, process};
use std::fs;
use std::path::Path;

/// What a worker begins with, beside the page.
pub const WORKER: &str = "worker.js";

/// Makes every script beside the page smaller, each in its place. Those are modules of which it is said.
pub fn make_small(dist: &Path, is_module: impl Fn(&str) -> bool) -> Outcome {
    let terser = npm::terser()?;
    let entries = fs::read_dir(dist).while_doing(format!("read {}", dist.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is for frames without an origin is small already, but for the program that it packs.
        if name.ends_with(".js") && !name.starts_with("rowlock-sandbox") {
            let mut command = process::program("node");
            command.arg(&terser).arg(entry.path());
            if is_module(&name) {
                command.arg("--module");
            }
            command.args(["--compress", "--mangle", "--output"]);
            process::run(command.arg(entry.path()))?;
        }
    }
    Ok(())
}
