//! `cargo xtask test`: every test there is, stage by stage, and stops at the first stage that fails.
//!
//! What comes by apt is fetched while the first stages compile. `#[ignore]` in this workspace means
//! "needs what only this command provides" (a PostgreSQL, a browser, Mermaid), so here nothing is ignored.

use crate::args::Args;
use crate::problem::{Outcome, Problem};
use crate::process::{self, cargo, run};
use crate::{browser, build, fuzz, licences, npm, packages, postgres, root, say, server, tools};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A stage: its short name, its heading and what it does.
type Stage = (&'static str, &'static str, fn(&mut Installs) -> Outcome);

const STAGES: [Stage; 9] = [
    ("fmt", "Format", fmt),
    ("clippy", "Lints, natively", clippy),
    (
        "licences",
        "Licences and sources of what we depend on",
        licences,
    ),
    (
        "native",
        "Engine and other native tests, with PostgreSQL",
        native,
    ),
    ("clippy-wasm", "Lints, for the browser", clippy_wasm),
    ("components", "Component tests, in Chromium", components),
    ("build", "Release build and its size", release),
    ("e2e", "End-to-end tests of dist, in Chromium", end_to_end),
    ("firefox", "The page in Firefox", in_firefox),
];

/// What is being installed on the side.
struct Installs(Option<JoinHandle<Outcome>>);

impl Installs {
    fn start() -> Self {
        Self(Some(thread::spawn(|| {
            postgres::install()?;
            // Samples of Python code are compiled.
            if process::find("python3").is_none() {
                packages::install("Python 3", &["python3"])?;
            }
            npm::readers()?;
            browser::install()
        })))
    }

    /// Waits for them. Later stages find everything there.
    fn wait(&mut self) -> Outcome {
        match self.0.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(outcome)) => outcome,
            Some(Err(_)) => Err(Problem::new("Installing packages panicked.")),
        }
    }
}

/// The command.
pub fn test(mut args: Args) -> Outcome {
    let only = args.value("--only")?;
    let list = args.flag("--list");
    args.end()?;
    if list {
        for (name, heading, _) in STAGES {
            println!("{name:<12} {heading}");
        }
        return Ok(());
    }
    let stages = chosen(only.as_deref())?;
    let mut installs = Installs::start();
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let start = Instant::now();
    for (name, heading, stage) in stages {
        say::heading(heading);
        let start = Instant::now();
        let outcome = stage(&mut installs);
        times.push((heading, start.elapsed()));
        if let Err(problem) = outcome {
            summary(&times, &format!("FAILED in `{name}`"), start.elapsed());
            let _ = installs.wait();
            return Err(problem);
        }
    }
    summary(&times, "all passed", start.elapsed());
    Ok(())
}

fn chosen(only: Option<&str>) -> Outcome<Vec<Stage>> {
    let Some(only) = only else {
        return Ok(STAGES.to_vec());
    };
    let names: Vec<&str> = only.split(',').map(str::trim).collect();
    let known = |name: &str| STAGES.iter().any(|(stage, ..)| *stage == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        return Err(Problem::new(format!(
            "There is no stage `{name}`; `cargo xtask test --list` names them."
        )));
    }
    let stages = STAGES.into_iter();
    Ok(stages.filter(|(name, ..)| names.contains(name)).collect())
}

fn summary(times: &[(&str, Duration)], end: &str, whole: Duration) {
    say::heading(&format!("{end}, {}", say::duration(whole)));
    for (heading, time) in times {
        println!("{:>12}  {heading}", say::duration(*time));
    }
}

fn fmt(_: &mut Installs) -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(_: &mut Installs) -> Outcome {
    run(cargo()
        .args(["clippy", "--locked", "--workspace", "--all-targets"])
        .args(["--", "-D", "warnings"]))
}

fn licences(_: &mut Installs) -> Outcome {
    licences::check()
}

fn native(installs: &mut Installs) -> Outcome {
    installs.wait()?;
    let cluster = postgres::start()?;
    let mut command = cargo();
    command
        .args([
            "test",
            "--locked",
            "--workspace",
            "--exclude",
            "rowlock-e2e",
        ])
        .args(["--", "--include-ignored", "--skip", fuzz::TEST]);
    cluster.tell(&mut command);
    command.env("ROWLOCK_NODE_MODULES", npm::readers()?);
    run(&mut command)?;
    // By itself, so that one sees how many cases were the same.
    fuzz::fuzz(&cluster, &[])
}

fn clippy_wasm(_: &mut Installs) -> Outcome {
    tools::for_serving()?;
    // Crates below were linted natively; what they `expect` of clippy may depend on the size of a
    // pointer, and would not hold twice.
    run(cargo()
        .args(["clippy", "--locked", "--package", "rowlock", "--no-deps"])
        .args(["--all-targets", "--target", tools::WASM])
        .args(["--", "-D", "warnings"]))
}

fn components(installs: &mut Installs) -> Outcome {
    installs.wait()?;
    tools::for_serving()?;
    browser::install()?;
    let driver = browser::chromedriver()
        .ok_or_else(|| Problem::new("chromedriver is not on PATH, though it was installed."))?;
    run(cargo()
        .args(["test", "--locked", "--package", "rowlock"])
        .args(["--target", tools::WASM])
        .env("CHROMEDRIVER", driver)
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            tools::wasm_test_runner(),
        ))
}

fn release(_: &mut Installs) -> Outcome {
    build::release(None)
}

fn end_to_end(installs: &mut Installs) -> Outcome {
    installs.wait()?;
    if !root::dist().join("index.html").is_file() {
        build::release(None)?;
    }
    let driver = browser::start()?;
    process::run(
        cargo()
            .args(["test", "--locked", "--package", "rowlock-e2e"])
            .args(["--", "--include-ignored"])
            .env("ROWLOCK_DIST_URL", server::serve(root::dist())?)
            .env("ROWLOCK_CHROMEDRIVER_URL", &driver.url)
            .env("ROWLOCK_AXE", tools::axe()?)
            .env("ROWLOCK_SHOTS", root::target().join("shots")),
    )
}

/// What is not tried in Firefox, by the beginnings of names: what only Chromium or its driver can tell (what it wants of a page that is
/// installed, what moves, the tree that screen readers get; Firefox's driver does not scroll to a part of a picture), and axe-core, which
/// looks at the page and not at the browser.
const NOT_IN_FIREFOX: [&str; 5] = [
    "an_unsound_draft_is_kept_for_its_step_while_another_is_chosen",
    "axe_finds_nothing",
    "it_can_be_installed",
    "nothing_moves_when_the_program_comes",
    "the_page_read_as_text_is_its_story",
];

/// The page in another browser.
fn in_firefox(installs: &mut Installs) -> Outcome {
    installs.wait()?;
    if !root::dist().join("index.html").is_file() {
        build::release(None)?;
    }
    process::run(
        cargo()
            .args(["test", "--locked", "--package", "rowlock-e2e"])
            .args(["--", "--include-ignored"])
            .args(NOT_IN_FIREFOX.iter().flat_map(|test| ["--skip", *test]))
            .env("ROWLOCK_DIST_URL", server::serve(root::dist())?)
            .env("ROWLOCK_BROWSER", "firefox")
            .env("ROWLOCK_GECKODRIVER", browser::geckodriver()?)
            .env(
                "ROWLOCK_SHOTS",
                root::target().join("shots").join("firefox"),
            ),
    )
}
