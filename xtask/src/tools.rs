//! The build tools, pinned, below `target/tools`.
//!
//! What makes the first set-up short, as measured: a debug build of the tools without debug
//! information (the tools shuffle files, they compute little), without TLS (they never download:
//! we hand them everything and say `--offline`), and one build folder for both, so that what they
//! share is compiled once. `wasm-opt` is needed only for a release build, so `serve` leaves it out.
//!
//! A stamp is written after a tool is complete. A set-up that was interrupted has none, and is
//! done again; cargo then goes on from where it was.

use crate::problem::{Outcome, Problem, While};
use crate::process::{self, cargo, program};
use crate::{npm, root, say};
use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";
const GECKODRIVER: &str = "0.37.1";
const CARGO_DENY: &str = "0.20.2";
const AXE: &str = "4.14.1";
/// What the page is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// What `serve` needs: the wasm target, Trunk, wasm-bindgen, and the sources of every crate.
pub fn for_serving() -> Outcome {
    wasm_target()?;
    let bindgen = wasm_bindgen_version()?;
    let missing_trunk = !is_installed("trunk", TRUNK);
    let missing_bindgen = !is_installed("wasm-bindgen", &bindgen);
    if missing_trunk || missing_bindgen {
        say::note(
            "First set-up: compiling the build tools into target/tools. Two cores take about \
             three minutes; it happens once.",
        );
    }
    if missing_trunk {
        install("trunk", "trunk", TRUNK)?;
    }
    if missing_bindgen {
        install("wasm-bindgen-cli", "wasm-bindgen", &bindgen)?;
    }
    remove_leftovers()
}

/// What tools were compiled from only fills the disk once they are in.
fn remove_leftovers() -> Outcome {
    let leftovers = folder().join("build");
    if leftovers.exists() {
        fs::remove_dir_all(&leftovers).while_doing(format!("remove {}", leftovers.display()))?;
    }
    Ok(())
}

/// What the release build needs beyond that: the sources of the standard library, terser and wasm-opt.
pub fn for_release() -> Outcome {
    for_serving()?;
    library_sources()?;
    npm::terser()?;
    wasm_opt()
}

/// The standard library is compiled with the page, without the messages of panics, which saves 25 kB of brotli.
fn library_sources() -> Outcome {
    let sysroot = process::output(program("rustc").args(["--print", "sysroot"]));
    let installed = sysroot.is_some_and(|sysroot| {
        let sources = PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library");
        sources.join("Cargo.lock").is_file()
    });
    if installed {
        return Ok(());
    }
    say::timed("Adding the sources of Rust's standard library", || {
        process::run(program("rustup").args(["component", "add", "rust-src"]))
    })
}

/// PATH with our tools first, so that another version elsewhere on the machine is never taken.
pub fn path() -> OsString {
    let mut folders = vec![folder().join("bin"), binaryen().join("node_modules/.bin")];
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    std::env::join_paths(folders).unwrap_or_default()
}

/// Trunk, with our tools to work with.
pub fn trunk() -> Command {
    let mut command = program(executable("trunk"));
    command.env("PATH", path());
    // Trunk reads it as one of its own options, and takes only `true` or `false`.
    command.env_remove("NO_COLOR");
    // A page that does not compile is told by the compiler, not by where Trunk heard of it.
    command.env_remove("RUST_BACKTRACE");
    command
}

/// Firefox's driver.
pub fn geckodriver() -> Outcome<PathBuf> {
    if !is_installed("geckodriver", GECKODRIVER) {
        install("geckodriver", "geckodriver", GECKODRIVER)?;
    }
    Ok(executable("geckodriver"))
}

/// The program that holds dependencies against `deny.toml`.
pub fn cargo_deny() -> Outcome<PathBuf> {
    if !is_installed("cargo-deny", CARGO_DENY) {
        install("cargo-deny", "cargo-deny", CARGO_DENY)?;
        remove_leftovers()?;
    }
    Ok(executable("cargo-deny"))
}

/// The runner for tests that were compiled to wasm.
pub fn wasm_test_runner() -> PathBuf {
    executable("wasm-bindgen-test-runner")
}

/// The program that makes a wasm better once more.
pub fn wasm_opt_program() -> PathBuf {
    binaryen().join("node_modules/.bin/wasm-opt")
}

fn folder() -> PathBuf {
    root::target().join("tools")
}

fn binaryen() -> PathBuf {
    folder().join("binaryen")
}

fn executable(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folder().join("bin").join(file)
}

fn stamp(tool: &str) -> PathBuf {
    folder().join(format!("{tool}.stamp"))
}

fn is_installed(tool: &str, version: &str) -> bool {
    let stamped = fs::read_to_string(stamp(tool)).is_ok_and(|text| text == version);
    stamped && executable(tool).is_file()
}

fn wasm_target() -> Outcome {
    let sysroot = process::output(program("rustc").args(["--print", "sysroot"]));
    let installed = sysroot.is_some_and(|sysroot| {
        let libraries = PathBuf::from(sysroot).join("lib/rustlib").join(WASM);
        libraries.join("lib").is_dir()
    });
    if installed {
        return Ok(());
    }
    say::timed("Adding Rust's wasm32 target", || {
        process::run(program("rustup").args(["target", "add", WASM]))
    })
}

fn install(package: &str, tool: &str, version: &str) -> Outcome {
    let _ = fs::remove_file(stamp(tool));
    say::timed(&format!("Installing {package} {version}"), || {
        process::run(
            cargo()
                .args(["install", "--locked", "--debug", "--no-default-features"])
                // At a terminal cargo's progress bar shows that it goes on.
                .args((!std::io::stdout().is_terminal()).then_some("--quiet"))
                .args(["--force", "--root"])
                .arg(folder())
                .arg(format!("{package}@{version}"))
                .env("CARGO_TARGET_DIR", folder().join("build"))
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_INCREMENTAL", "0")
                .env_remove("RUSTFLAGS"),
        )
    })?;
    fs::write(stamp(tool), version).while_doing("note that a tool is installed")
}

/// The command line tool must be of the library's version, which the lock file knows.
fn wasm_bindgen_version() -> Outcome<String> {
    let file = root::root().join("Cargo.lock");
    let text = fs::read_to_string(&file).while_doing(format!("read {}", file.display()))?;
    let mut lines = text.lines();
    lines.find(|line| *line == "name = \"wasm-bindgen\"");
    let version = lines
        .next()
        .and_then(|line| line.strip_prefix("version = "));
    version
        .map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| Problem::new("Cargo.lock names no version of wasm-bindgen."))
}

/// wasm-opt comes with an npm package and runs on Node.
fn wasm_opt() -> Outcome {
    let program_file = wasm_opt_program();
    let stamped = fs::read_to_string(stamp("wasm-opt")).is_ok_and(|text| text == BINARYEN);
    if stamped && program_file.exists() && process::find("node").is_some() {
        return Ok(());
    }
    let _ = fs::remove_file(stamp("wasm-opt"));
    npm::install("wasm-opt", &binaryen(), &[&format!("binaryen@{BINARYEN}")])?;
    let answer = process::output(program(&program_file).arg("--version")).unwrap_or_default();
    if !answer.contains(&format!("version {BINARYEN}")) {
        return Err(Problem::new(format!(
            "wasm-opt was installed but does not answer as version {BINARYEN}: `{answer}`. \
             It wants Node 18 or newer."
        )));
    }
    fs::write(stamp("wasm-opt"), BINARYEN).while_doing("note that a tool is installed")
}

/// The rules that the end-to-end tests hold each view against, as a script for the page.
pub fn axe() -> Outcome<PathBuf> {
    let script = folder().join("axe-core/node_modules/axe-core/axe.min.js");
    let stamped = fs::read_to_string(stamp("axe")).is_ok_and(|text| text == AXE);
    if !stamped || !script.is_file() {
        let _ = fs::remove_file(stamp("axe"));
        let home = folder().join("axe-core");
        npm::install("axe-core", &home, &[&format!("axe-core@{AXE}")])?;
        fs::write(stamp("axe"), AXE).while_doing("note that a tool is installed")?;
    }
    Ok(script)
}
