//! `cargo xtask build`: the release build in `dist/`, for any static host below any path.

use crate::args::Args;
use crate::problem::{Outcome, Problem, While};
use crate::{beside, process, root, say, sizes, split, still, styles, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The command.
pub fn command(mut args: Args) -> Outcome {
    let site = args.value("--site")?;
    args.end()?;
    release(site.as_deref())
}

/// Builds `dist/` (for `site`, where that is known: crawlers want whole addresses), then holds it against the size budget and looks for this machine's paths in it.
pub fn release(site: Option<&str>) -> Outcome {
    whole()?;
    styles::in_one()?;
    split::in_two(|| beside::release(site))?;
    beside::offline()?;
    let files = files_below(&root::dist())?;
    no_path_of_this_machine(&files)?;
    sizes::within_budget(&files)
}

/// Builds `dist/` with the program in one part, which has the names of its functions still.
pub fn whole() -> Outcome {
    tools::for_release()?;
    fetch()?;
    fetch_for_library()?;
    say::timed("Drawing the first view", still::draw)?;
    say::timed("Building the release", || {
        let mut trunk = tools::trunk();
        process::run(
            for_size(&mut trunk)
                .args(["build", "--release", "--offline", "--locked"])
                .args(["--public-url", "./", "--dist"])
                .arg(root::dist()),
        )
    })?;
    say::timed("Making the wasm smaller", smaller)
}

/// What LLVM has left, Binaryen's wasm-opt makes smaller by a tenth. Trunk could run it, but not take out before what the linker
/// says for the cut in two, which wasm-opt warns of.
fn smaller() -> Outcome {
    let (_, wasm) = split::program(&root::dist())?;
    let file = split::text(&wasm);
    split::run(&["unlinked", &file, &file])?;
    let mut opt = process::program(tools::wasm_opt_program());
    opt.args(["-Oz", &file, "-o", &file]);
    // Names are for the cut; what is at addresses below 1024 nobody uses; and what is called once is not copied to there.
    opt.args([
        "-g",
        "--low-memory-unused",
        "--one-caller-inline-max-function-size=0",
    ]);
    process::run(opt.args(["--flatten", "--rereloop", "-Oz", "-Oz"]))
}

/// Trunk is run offline, since it would download its own tools; so the crates must be here.
pub fn fetch() -> Outcome {
    process::run(process::cargo().args(["fetch", "--locked", "--quiet"]))
}

/// What the standard library itself is made of. Some of it (its allocator) is for wasm alone, and is not fetched unless the
/// target is named.
fn fetch_for_library() -> Outcome {
    process::run(with_library(&mut process::cargo()).args([
        "fetch",
        "--locked",
        "--quiet",
        "--target",
        tools::WASM,
    ]))
}

/// Has the standard library compiled with the rest. Cargo offers that to nightly compilers only, and to those that are told to
/// pass for one.
fn with_library(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
}

/// Has the page's program, or what is to be compiled as it is, made for size.
pub fn for_size(command: &mut Command) -> &mut Command {
    with_library(command)
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env("CARGO_ENCODED_RUSTFLAGS", flags())
}

/// What the compiler is told beyond the profile.
///
/// What is copied in more than two stores is copied by `memory.copy`, which is 5 kB shorter in all (LLVM's own limit is four).
/// And addresses in loops are computed from the index, not kept in variables of their own: 3 kB.
///
/// What is called from one place only, LLVM compiles into that place, however big it is: that costs it 15,000 less than anything
/// else does. So what a first visit runs would have in it much that it does not run, which cannot be cut off any more. Here each
/// instruction costs a hundred times as much as it is told otherwise, and so does what is allowed: only that bonus is the same, and
/// is worth thirty instructions. A first visit is 24 kB less by that, and all in all it is 11 kB less; an edit takes a twentieth longer.
///
/// Panic messages name source files: the builder's folders are kept out of them.
fn flags() -> String {
    let mut flags = vec![
        // A panic is a trap: what it would have said is not in the wasm.
        "-Zunstable-options".to_owned(),
        "-Cpanic=immediate-abort".to_owned(),
        // Nothing on the page is shown by `Debug`.
        "-Zfmt-debug=none".to_owned(),
        "-Cllvm-args=-max-store-memcpy=2".to_owned(),
        "-Cllvm-args=-disable-lsr".to_owned(),
        "-Cllvm-args=-inline-instr-cost=500 -inline-call-penalty=2500".to_owned(),
        "-Cllvm-args=-inline-threshold=500 -inlinehint-threshold=32500".to_owned(),
        // Who refers to which data: for the cut in two (`xtask/split`).
        "-Clink-arg=--emit-relocs".to_owned(),
        // What takes long is made for speed all the same.
        "--cfg=made_small".to_owned(),
        format!("--remap-path-prefix={}=rowlock", root::root().display()),
    ];
    // Where the sources of the standard library are installed, its messages name them by their place here.
    if let Some(rustup) = root::rustup_home() {
        flags.push(format!("--remap-path-prefix={}=rustup", rustup.display()));
    }
    if let Some(home) = root::cargo_home() {
        let registry = home.join("registry").join("src");
        let indexes = fs::read_dir(&registry).into_iter().flatten().flatten();
        flags.push(format!("--remap-path-prefix={}=crates", registry.display()));
        // The later flag wins, and is the shorter path in the wasm.
        flags.extend(
            indexes.map(|index| format!("--remap-path-prefix={}=crates", index.path().display())),
        );
    }
    flags.join("\u{1f}")
}

/// Every file below a folder, in the order of their names.
pub fn files_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).while_doing(format!("read {}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn no_path_of_this_machine(files: &[PathBuf]) -> Outcome {
    let mut secrets = vec![root::root()];
    secrets.extend(root::cargo_home());
    secrets.extend(std::env::home_dir().filter(|home| home.components().count() > 1));
    for file in files {
        let bytes = fs::read(file).while_doing(format!("read {}", file.display()))?;
        for secret in &secrets {
            let text = secret.to_string_lossy();
            // `/root` alone may be anything's end; with the slash it is a folder of this machine.
            let needle = format!("{}{}", text, std::path::MAIN_SEPARATOR);
            if bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
            {
                return Err(Problem::new(format!(
                    "{} holds a path of this machine: {needle}",
                    file.display()
                )));
            }
        }
    }
    Ok(())
}
