//! The page without a network: `sw.js`, which keeps what is listed in it, and `offline-<hash>.js`, which has it do so.
//!
//! The list is what lies in `dist` when everything else is done: all that a visit to the page itself can load, be it late. Not in
//! it are the stories' pages and the picture for crawlers, the copy for frames without an origin, what other pages load, and the
//! icons, which browsers keep by themselves.

use rowlock_engine::collections::hash_of;
use std::path::Path;
use std::{fs, io};

/// What is not kept, by the beginnings of names.
const APART: [&str; 6] = [
    "s/",
    "icons/",
    "social.png",
    "rowlock-sandbox",
    "rowlock-embed.js",
    "sw.js",
];
/// Where the page's loader is told of it.
const BEFORE: &str = "data-wasm=";

const WORKER: &str = include_str!("../../../static/sw.js");
const PAGE: &str = include_str!("../../../static/offline.js");

/// Writes both, and tells the page of them.
pub fn write(dist: &Path) -> io::Result<()> {
    let script = bare(PAGE);
    let name = format!("offline-{:016x}.js", hash_of(&script));
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index)?;
    if !page.contains(BEFORE) {
        return Err(io::Error::other(
            "the page does not start its loader as it did: Trunk.toml has the attributes",
        ));
    }
    let told = page.replacen(BEFORE, &format!("data-offline=\"./{name}\" {BEFORE}"), 1);
    fs::write(&index, &told)?;
    fs::write(dist.join(&name), script)?;

    let mut files = Vec::new();
    list(dist, "", &mut files)?;
    files.retain(|file| !APART.iter().any(|apart| file.starts_with(apart)));
    files.sort();
    let mut version = 0;
    for file in &files {
        let bytes = fs::read(dist.join(file))?;
        version = hash_of(&(version, &file, &bytes));
    }
    fs::write(dist.join("sw.js"), worker(&files, version))
}

/// The worker, with what it keeps. The page itself is kept under the address that visitors have: hosts may send away from
/// `index.html`, and an answer from elsewhere is no page.
fn worker(files: &[String], version: u64) -> String {
    let names = files.iter().map(|file| match file.as_str() {
        "index.html" => "''".to_owned(),
        file => format!("'{file}'"),
    });
    bare(WORKER)
        .replace("%VERSION%", &format!("{version:016x}"))
        .replace("'%FILES%'", &names.collect::<Vec<_>>().join(","))
}

/// Without its comments and what lines begin with.
fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn list(folder: &Path, below: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_visit_loads_is_kept_and_what_others_load_is_not() {
        let dist = std::env::temp_dir().join(format!("rowlock-offline-{}", std::process::id()));
        let file = |name: &str, text: &str| {
            let path = dist.join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        file(
            "index.html",
            "<script defer src=loader.js data-js=a data-wasm=b></script>",
        );
        file("worker.js", "work();");
        file("s/two-cashiers/index.html", "a story");
        file("rowlock-sandbox.js", "all of it");
        file("loader.js", "start();");
        write(&dist).expect("it can be written");
        let worker = fs::read_to_string(dist.join("sw.js")).expect("it is there");
        let page = fs::read_to_string(dist.join("index.html")).expect("it is there");
        assert!(worker.contains("'','loader.js','offline-") && worker.contains("'worker.js'"));
        assert!(!worker.contains("'s/") && !worker.contains("rowlock-sandbox"));
        assert!(!worker.contains('%') && !worker.contains("\n//"));
        assert!(page.contains("data-offline=\"./offline-"));
        // Another file is another version.
        file(
            "index.html",
            "<script defer src=loader.js data-js=c data-wasm=b></script>",
        );
        write(&dist).expect("it can be written");
        assert_ne!(
            fs::read_to_string(dist.join("sw.js")).expect("it is there"),
            worker
        );
        let _ = fs::remove_dir_all(&dist);
    }
}
