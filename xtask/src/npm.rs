//! Programs from npm, pinned, each set in a folder of its own below `target/tools`.

use crate::problem::{Outcome, While};
use crate::process::{self, program};
use crate::{packages, root, say};
use std::fs;
use std::path::{Path, PathBuf};

/// What exports are read by: Mermaid, and a document for it. Newer ones want Node 22, which Debian 12 does not have.
const READERS: [&str; 2] = ["mermaid@11.17.2", "jsdom@26.1.0"];

/// Installs packages into a folder; `what` says what they are for.
pub fn install(what: &str, folder: &Path, names: &[&str]) -> Outcome {
    if process::find("npm").is_none() {
        packages::install(
            "Node and npm, which build tools and tests come from and run on",
            &["nodejs", "npm"],
        )?;
    }
    fs::create_dir_all(folder).while_doing(format!("make {}", folder.display()))?;
    say::timed(
        &format!("Installing {what} (npm: {})", names.join(" ")),
        || {
            process::run_logged(
                program("npm")
                    .args([
                        "install",
                        "--no-audit",
                        "--no-fund",
                        "--ignore-scripts",
                        "--no-save",
                    ])
                    .arg("--prefix")
                    .arg(folder)
                    .args(names),
                &root::target().join("tools/npm.log"),
            )
        },
    )
}

/// Where the readers of exports are, installed if they are missing.
pub fn readers() -> Outcome<PathBuf> {
    // Two thirds of it are for those who look for errors in Mermaid.
    kept("readers", "readers of exports", &READERS, remove_maps)
}

/// What makes scripts small.
const TERSER: [&str; 1] = ["terser@5.51.4"];

/// The script that makes scripts small, for Node; installed if it is missing.
pub fn terser() -> Outcome<PathBuf> {
    Ok(kept("terser", "terser", &TERSER, |_| Ok(()))?.join("terser/bin/terser"))
}

/// What measures the page as a visitor's browser does. Newer ones want Node 22.
const LIGHTHOUSE: [&str; 1] = ["lighthouse@12.8.2"];

/// Where Lighthouse is, installed if it is missing.
pub fn lighthouse() -> Outcome<PathBuf> {
    kept("lighthouse", "Lighthouse", &LIGHTHOUSE, |_| Ok(()))
}

/// Where the modules of packages are that have a folder of their own, installed if they or Node are missing; `tidy` looks at what
/// is new.
fn kept(name: &str, what: &str, names: &[&str], tidy: fn(&Path) -> Outcome) -> Outcome<PathBuf> {
    let folder = root::target().join("tools").join(name);
    let modules = folder.join("node_modules");
    let stamp = root::target().join("tools").join(format!("{name}.stamp"));
    let wanted = names.join(" ");
    let stamped = fs::read_to_string(&stamp).is_ok_and(|text| text == wanted);
    if stamped && modules.is_dir() && process::find("node").is_some() {
        return Ok(modules);
    }
    let _ = fs::remove_file(&stamp);
    install(what, &folder, names)?;
    tidy(&modules)?;
    fs::write(&stamp, wanted).while_doing(format!("note that {what} are installed"))?;
    Ok(modules)
}

/// Removes source maps below a folder.
fn remove_maps(folder: &Path) -> Outcome {
    let entries = fs::read_dir(folder).while_doing(format!("list {}", folder.display()))?;
    for entry in entries {
        let entry = entry.while_doing(format!("list {}", folder.display()))?;
        let path = entry.path();
        let kind = entry.file_type().while_doing("look at a file")?;
        if kind.is_dir() {
            remove_maps(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "map") {
            fs::remove_file(&path).while_doing(format!("remove {}", path.display()))?;
        }
    }
    Ok(())
}
