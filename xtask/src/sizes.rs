//! What the page weighs, and the budget that it must keep.

use crate::problem::{Outcome, Problem, While};
use crate::{process, root, scripts, split};
use std::fs;
use std::path::PathBuf;

/// Who loads a file.
struct Part {
    /// In a few words.
    what: &'static str,
    /// Its budget in `budget.toml`, if it has one.
    budget: Option<&'static str>,
    /// Whether a file is of this part, by its name in `dist/`.
    has: fn(&str) -> bool,
}

/// A file is of the first part that takes it.
const PARTS: [Part; 3] = [
    Part {
        what: "what is for readers and crawlers, for keeping the page, and for frames without an origin in place of the rest",
        budget: None,
        has: |name| APART.iter().any(|apart| name.starts_with(apart)),
    },
    Part {
        what: "what comes when a visitor touches the page",
        budget: Some("later_brotli_bytes"),
        has: |name| name.ends_with(split::LATER) || name == scripts::WORKER,
    },
    Part {
        what: "a first visit, or a figure in a post,",
        budget: Some("first_brotli_bytes"),
        has: |_| true,
    },
];

/// Icons are for who installs the page, `sw.js` and what has it keep the page come when the visit has come to rest.
const APART: [&str; 7] = [
    "guide/",
    "s/",
    "icons/",
    "social.png",
    "rowlock-sandbox",
    "sw.js",
    "offline-",
];

/// Prints each file's size, raw and brotli, in kB of 1000 bytes; fails over a budget.
pub fn within_budget(files: &[PathBuf]) -> Outcome {
    let mut totals = [Size::default(); PARTS.len()];
    println!("\n{:>12} {:>12}", "raw kB", "brotli kB");
    for (file, size) in files.iter().zip(weigh(files)?) {
        let name = file.strip_prefix(root::dist()).unwrap_or(file);
        let name = name.to_string_lossy();
        let of = |part: &Part| (part.has)(&name);
        let part = PARTS.iter().position(of).unwrap_or_default();
        totals[part].raw += size.raw;
        totals[part].brotli += size.brotli;
        // The stories' pages are many and alike.
        if PARTS[part].budget.is_some() {
            print_line(size, &name);
        }
    }
    for (part, total) in PARTS.iter().zip(totals) {
        let Some(key) = part.budget else {
            print_line(total, part.what);
            continue;
        };
        let budget = budget(key)?;
        let line = format!("{} in all; the budget is {} kB", part.what, kilo(budget));
        print_line(total, &line);
        if total.brotli > budget {
            return Err(Problem::new(format!(
                "{} weighs {} kB in brotli: more than the {} kB that budget.toml allows.",
                part.what,
                kilo(total.brotli),
                kilo(budget)
            )));
        }
    }
    Ok(())
}

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
