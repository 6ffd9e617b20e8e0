//! Specs of concurrency tests: what our driver prints is, byte for byte, what PostgreSQL's has printed on a real server.
//!
//! `tests/isolation/` has specs about the driver, `tests/postgres/` of the workspace those about PostgreSQL. Beside
//! `x.spec` lies its account, `x.out`, recorded from the server, and `x_1.out`, `x_2.out` ... where the server has more
//! than one. With a server at hand the records are checked; with `ROWLOCK_UPDATE_GOLDEN=1` they are made anew.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{Server, difference, ours};

/// A step takes no longer, simulated or not.
const TIMEOUT: u64 = 10;

fn specs() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [here.join("tests/isolation"), here.join("../tests/postgres")];
    let mut specs: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "spec")
        })
        .collect();
    specs.sort();
    assert!(!specs.is_empty());
    if let Ok(only) = std::env::var("ROWLOCK_SPEC") {
        specs.retain(|spec| name(spec) == only);
    }
    specs
}

fn name(spec: &Path) -> String {
    spec.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The recorded accounts: `x.out`, then `x_1.out` and so on.
fn recorded(spec: &Path) -> Vec<String> {
    let file = |number: usize| match number {
        0 => format!("{}.out", name(spec)),
        number => format!("{}_{number}.out", name(spec)),
    };
    (0..)
        .map_while(|number| fs::read_to_string(spec.with_file_name(file(number))).ok())
        .collect()
}

#[test]
fn specs_run_as_recorded() {
    let (mut same, mut failures) = (0, Vec::new());
    for spec in specs() {
        let text = fs::read_to_string(&spec).expect("it can be read");
        let accounts = recorded(&spec);
        let ours = ours(&text, TIMEOUT);
        if accounts.contains(&ours.text) {
            same += 1;
        } else if ours.status == 3 {
            let reason = ours.text.lines().last().unwrap_or_default();
            failures.push(format!("{}: {reason}", spec.display()));
        } else if let Some(account) = accounts.first() {
            let changes = difference(account, &ours.text);
            failures.push(format!(
                "{}: - is what is recorded, + what we print\n{changes}",
                spec.display()
            ));
        } else {
            failures.push(format!("{}: nothing is recorded", spec.display()));
        }
    }
    println!("{same} as recorded, {} not", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
fn the_records_are_what_the_server_says() {
    let server = Server::told().database("rowlock_specs");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut failures = Vec::new();
    for spec in specs() {
        let text = fs::read_to_string(&spec).expect("it can be read");
        server.empty();
        let account = server.account(&text, TIMEOUT, "").text;
        let accounts = recorded(&spec);
        if accounts.contains(&account) {
            continue;
        }
        if update {
            fs::write(spec.with_extension("out"), account).expect("it can be written");
            continue;
        }
        let first = accounts.first().map_or("", String::as_str);
        failures.push(format!(
            "{}: - is what is recorded, + what the server says\n{}",
            spec.display(),
            difference(first, &account)
        ));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
