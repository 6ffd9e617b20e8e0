//! The program in two parts: what a first visit runs, and the rest (`xtask/split`).

use crate::problem::{Outcome, Problem, While};
use crate::{content, process, root, scripts, tools};
use std::fs;
use std::path::{Path, PathBuf};

/// What a first visit runs, by name; `cargo xtask profile` writes it.
pub const LIST: &str = "xtask/split/first-visit.txt";
/// How the file of the second part ends.
pub const LATER: &str = "_later.wasm";

/// Splits the program of `dist/`, and makes its scripts small. `beside` makes what wants both whole, before.
pub fn in_two(beside: impl FnOnce() -> Outcome) -> Outcome {
    let dist = root::dist();
    let (name, wasm) = program(&dist)?;
    let named = root::target().join("named.wasm");
    fs::rename(&wasm, &named).while_doing(format!("move {}", wasm.display()))?;
    run(&["strip", &text(&named), &text(&wasm)])?;
    beside()?;
    let later = dist.join(format!("{name}{LATER}"));
    let list = root::root().join(LIST);
    run(&[
        "split",
        &text(&named),
        &text(&linked()),
        &text(&list),
        &text(&wasm),
        &text(&later),
        &text(&dist.join(format!("{name}.js"))),
    ])?;
    let is_module = |script: &str| script == scripts::WORKER || script.starts_with(&name);
    scripts::make_small(&dist, is_module)?;
    rename(&dist, &name)
}

/// The program as the linker wrote it.
fn linked() -> PathBuf {
    let folder = root::target().join(tools::WASM).join("release");
    folder.join("rowlock.wasm")
}

/// The name that the files of the program begin with, and its wasm.
pub fn program(dist: &Path) -> Outcome<(String, PathBuf)> {
    let entries = fs::read_dir(dist).while_doing(format!("read {}", dist.display()))?;
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix("_bg.wasm") {
            return Ok((name.to_owned(), entry.path()));
        }
    }
    Err(Problem::new(format!(
        "There is no wasm in {}.",
        dist.display()
    )))
}

/// Trunk's names hold a hash of the whole. What is in which part is not its business: the names get a hash of both parts.
fn rename(dist: &Path, name: &str) -> Outcome {
    let read = |file: String| {
        let path = dist.join(file);
        fs::read(&path).while_doing(format!("read {}", path.display()))
    };
    let parts = [
        read(format!("{name}.js"))?,
        read(format!("{name}_bg.wasm"))?,
        read(format!("{name}{LATER}"))?,
    ];
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let new = format!("rowlock-{:016x}", content::hash(&parts));
    for end in [".js", "_bg.wasm", LATER] {
        let (from, to) = (
            dist.join(format!("{name}{end}")),
            dist.join(format!("{new}{end}")),
        );
        fs::rename(&from, &to).while_doing(format!("rename {}", from.display()))?;
    }
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index).while_doing("read dist/index.html")?;
    let page = page.replace(name, &new);
    let Some(place) = page.find("data-wasm=") else {
        return Err(Problem::new(
            "dist/index.html does not name its wasm as `data-wasm`: Trunk.toml says how it does.",
        ));
    };
    let (before, after) = page.split_at(place);
    let page = format!("{before}data-later=./{new}{LATER} {after}");
    fs::write(&index, page).while_doing("write dist/index.html")
}

/// Runs the crate that knows wasm.
pub fn run(args: &[&str]) -> Outcome {
    let mut command = process::cargo();
    command.args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "rowlock-split",
        "--",
    ]);
    process::run(command.args(args))
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
