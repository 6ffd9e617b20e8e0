//! What the page weighs, and the budget that it must keep.

use crate::problem::{Outcome, Problem, While};
use crate::{process, root, worker};
use std::fs;
use std::path::PathBuf;

/// Prints each file's size, raw and brotli, in kB of 1000 bytes; fails over a budget. What the worker weighs has a budget of
/// its own, since a first visit does not load it.
pub fn within_budget(files: &[PathBuf]) -> Outcome {
    let mut parts = [
        ("the page", Some("total_brotli_bytes"), Size::default()),
        ("the worker", Some("worker_brotli_bytes"), Size::default()),
        (
            "what is for crawlers and frames without an origin",
            None,
            Size::default(),
        ),
    ];
    println!("\n{:>12} {:>12}", "raw kB", "brotli kB");
    for (file, size) in files.iter().zip(weigh(files)?) {
        let name = file.strip_prefix(root::dist()).unwrap_or(file);
        let part = if name.starts_with(worker::FOLDER) {
            1
        } else if APART.iter().any(|apart| name.starts_with(apart)) {
            2
        } else {
            0
        };
        parts[part].2.raw += size.raw;
        parts[part].2.brotli += size.brotli;
        // The stories' pages are many and alike.
        if part < 2 {
            print_line(size, &name.to_string_lossy());
        }
    }
    for (part, key, total) in parts {
        let Some(key) = key else {
            print_line(total, part);
            continue;
        };
        let budget = budget(key)?;
        let line = format!("{part} in all; the budget is {} kB", kilo(budget));
        print_line(total, &line);
        if total.brotli > budget {
            return Err(Problem::new(format!(
                "{part} weighs {} kB in brotli: more than the {} kB that budget.toml allows.",
                kilo(total.brotli),
                kilo(budget)
            )));
        }
    }
    Ok(())
}

/// What no visit to the page loads: a frame without an origin loads the copy in the place of the page's program.
const APART: [&str; 4] = [
    "s",
    "social.png",
    "rowlock-sandbox.js",
    "rowlock-sandbox-worker.js",
];

#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    brotli: u64,
}

fn print_line(size: Size, name: &str) {
    println!("{:>12} {:>12}  {name}", kilo(size.raw), kilo(size.brotli));
}

fn kilo(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

/// A number in `budget.toml`, in bytes.
fn budget(key: &str) -> Outcome<u64> {
    let file = root::root().join("budget.toml");
    let text = fs::read_to_string(&file).while_doing(format!("read {}", file.display()))?;
    let value = text.lines().find_map(|line| {
        let rest = line.strip_prefix(key)?;
        rest.trim_start().strip_prefix('=')
    });
    value
        .and_then(|value| value.trim().replace('_', "").parse().ok())
        .ok_or_else(|| Problem::new(format!("budget.toml wants a line `{key} = 200_000`.")))
}

/// The brotli encoder is a crate of its own, so that `cargo xtask serve` need not compile it.
fn weigh(files: &[PathBuf]) -> Outcome<Vec<Size>> {
    let mut command = process::cargo();
    command.args(["run", "--quiet", "--package", "rowlock-weigh", "--"]);
    command.args(files);
    command.stderr(std::process::Stdio::inherit());
    let unreadable = || Problem::new("Could not weigh the files of dist.");
    let text = process::output(&mut command).ok_or_else(unreadable)?;
    let sizes: Option<Vec<Size>> = text.lines().map(size).collect();
    sizes
        .filter(|sizes| sizes.len() == files.len())
        .ok_or_else(unreadable)
}

fn size(line: &str) -> Option<Size> {
    let (raw, brotli) = line.split_once(' ')?;
    Some(Size {
        raw: raw.parse().ok()?,
        brotli: brotli.parse().ok()?,
    })
}
