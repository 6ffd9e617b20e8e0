//! The worker: a wasm of its own, made to answer soon, which the page loads when it first needs it.
//!
//! It is built into `target/worker/`, from where Trunk copies it beside the page; where it is there, the page learns when it is
//! compiled, by [`ADDRESS`]. Names hold a hash of what is inside, so that no browser takes an old one for the new.

use crate::problem::{Outcome, Problem, While};
use crate::{build, process, root, tools};
use std::fs;
use std::path::PathBuf;

/// The variable from which the page learns where the worker is, seen from the page.
pub const ADDRESS: &str = "ROWLOCK_WORKER";
/// Its folder, in `target` and beside the page.
pub const FOLDER: &str = "worker";

/// What it is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be looked at on this machine.
    Serve,
    /// To be published.
    Release,
}

/// Builds it; returns its address, seen from the page.
pub fn build(purpose: Purpose) -> Outcome<String> {
    let profile = match purpose {
        Purpose::Serve => "serve",
        Purpose::Release => "worker",
    };
    let mut cargo = process::cargo();
    cargo.args([
        "build",
        "--locked",
        "--offline",
        "--package",
        "rowlock-worker",
    ]);
    cargo.args(["--target", tools::WASM, "--profile", profile]);
    if purpose == Purpose::Release {
        build::with_library(&mut cargo).env("CARGO_ENCODED_RUSTFLAGS", build::flags_for_worker());
    }
    process::run(&mut cargo)?;
    let built = root::target()
        .join(tools::WASM)
        .join(profile)
        .join("rowlock_worker.wasm");
    let raw = root::target().join("worker-raw");
    let mut bindgen = process::program(tools::wasm_bindgen());
    bindgen.args([
        "--target",
        "web",
        "--no-typescript",
        "--out-name",
        "worker",
        "--out-dir",
    ]);
    process::run(bindgen.arg(&raw).arg(&built))?;
    let wasm = raw.join("worker_bg.wasm");
    if purpose == Purpose::Release {
        let mut opt = process::program(tools::wasm_opt_program());
        opt.args(["-O3", "--low-memory-unused", "-o"]);
        process::run(opt.arg(&wasm).arg(&wasm))?;
    }
    named_by_content(&raw, &wasm)
}

/// Puts both files where Trunk finds them, under names that hold a hash.
fn named_by_content(raw: &std::path::Path, wasm: &PathBuf) -> Outcome<String> {
    let script = raw.join("worker.js");
    let text = fs::read_to_string(&script).while_doing(format!("read {}", script.display()))?;
    let bytes = fs::read(wasm).while_doing(format!("read {}", wasm.display()))?;
    let name = format!("worker-{:016x}", hash(&[text.as_bytes(), &bytes]));
    const WASM_NAME: &str = "worker_bg.wasm";
    if !text.contains(WASM_NAME) {
        return Err(Problem::new(
            "The worker's script does not name its wasm: wasm-bindgen writes it in another way now.",
        ));
    }
    let text = text.replace(WASM_NAME, &format!("{name}_bg.wasm"));
    // The page sends it the wasm, compiled, first of all. What does not come back as bytes is a sentence about why it could not start.
    let start = "onmessage = ({ data }) => {\n\
                 onmessage = null;\n\
                 __wbg_init({ module_or_path: data }).catch((error) => postMessage(String(error)));\n\
                 };\n";
    let folder = root::target().join(FOLDER);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).while_doing(format!("make {}", folder.display()))?;
    let write = |file: String, bytes: &[u8]| {
        let path = folder.join(file);
        fs::write(&path, bytes).while_doing(format!("write {}", path.display()))
    };
    write(format!("{name}.js"), format!("{text}{start}").as_bytes())?;
    write(format!("{name}_bg.wasm"), &bytes)?;
    Ok(format!("{FOLDER}/{name}.js"))
}

/// FNV-1a: enough to tell one build from another.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
