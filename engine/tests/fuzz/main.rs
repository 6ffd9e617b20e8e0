//! Random specs on both sides: our driver on our database, and PostgreSQL's on a real server. Every difference is made
//! small, shown, and written to `target/fuzz/`.
//!
//! `cargo xtask fuzz --cases 5000 --seed 7 --only rows,fk`; the variables are `ROWLOCK_FUZZ_CASES`, `_SEED`, `_FIRST` (the
//! first case's number, to have one again) and `_ONLY`.
//!
//! Where the server gives another account when it is asked again, as with three sessions in a queue behind an UPDATE, ours
//! must be one of those it gives. Cases with something that Rowlock does not simulate are counted and left out.

mod case;
mod compare;
mod dice;
mod generate;
mod groups;
mod shrink;
mod statements;
#[path = "../support/mod.rs"]
mod support;

use case::Case;
use compare::sections;
use dice::Dice;
use groups::Group;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::{Account, Server, difference};

/// Two cores are what a small machine has.
const WORKERS: usize = 2;
/// Seconds for a step, ours and theirs. Two deadlocks fit in.
const TIMEOUT: u64 = 4;
/// The deadlocks are many: they are found sooner than after a second, but still after all that comes in between.
const HASTE: &str = "-c deadlock_timeout=400ms";
/// After so many differences it is time to mend some.
const ENOUGH: usize = 8;
/// How often the server is asked again where it differs from us.
const AGAIN: usize = 6;
/// The same, before the difference is believed: some orders in which several go on are rare.
const OFTEN: usize = 30;
/// A step that hangs takes long each time.
const HANGS: usize = 2;
/// How many smaller cases are tried to make a difference small, and for how long.
const TRIALS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(60);

fn variable(name: &str) -> Option<String> {
    std::env::var(format!("ROWLOCK_FUZZ_{name}")).ok()
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = variable(name);
    text.map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("ROWLOCK_FUZZ_{name} is not a number: {text}"))
    })
}

/// Ours; a panic is an account of its own.
fn ours(case: &Case) -> Account {
    let spec = case.spec();
    catch_unwind(AssertUnwindSafe(|| support::ours(&spec, TIMEOUT))).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Account {
            text: format!("panicked: {}\n", message.unwrap_or_default()),
            status: 101,
        }
    })
}

/// Whether a step waited until it was cancelled, or would have.
fn waits_for_ever(account: &Account) -> bool {
    account.text.contains("waits for ever")
        || account.text.contains("isolationtester: canceling")
        || account.text.contains("timed out after")
}

fn is_skipped(account: &Account) -> bool {
    account.status == 3 && !waits_for_ever(account)
}

/// What the server says; should it have something left of a case before, it is tried on an empty database.
fn theirs(server: &Server, spec: &str, settings: &str) -> Account {
    let account = server.account(spec, TIMEOUT, settings);
    if account.status == 0 && !account.text.contains("teardown failed") {
        return account;
    }
    server.empty();
    let account = server.account(spec, TIMEOUT, settings);
    server.empty();
    account
}

/// What comparing a case came to.
enum Verdict {
    Same,
    /// The server gave several accounts, of which ours is one.
    OneOfSeveral,
    Skipped(String),
    Different {
        ours: String,
        theirs: String,
    },
}

/// Compares; the server is asked again so many times.
fn compare(server: &Server, case: &Case, again: usize) -> Verdict {
    let ours = ours(case);
    if ours.status == 3 {
        let reason = ours.text.lines().last().unwrap_or_default();
        let reason = reason.split_once(": ").map_or(reason, |(_, what)| what);
        return Verdict::Skipped(reason.to_owned());
    }
    if waits_for_ever(&ours) {
        return Verdict::Skipped("a step waits for ever".to_owned());
    }
    let spec = case.spec();
    let mine = sections(&ours.text);
    let mut given: Vec<Vec<String>> = Vec::new();
    let mut first = None;
    let mut hangs = 0;
    for trial in 0..=again {
        let settings = if trial < 2 { HASTE } else { "" };
        let account = theirs(server, &spec, settings);
        hangs += usize::from(waits_for_ever(&account));
        given.push(sections(&account.text));
        first.get_or_insert(account.text);
        let known = |place: usize| given.iter().any(|one| one.get(place) == mine.get(place));
        let places = mine.len().max(given[0].len());
        if (0..places).all(known) {
            return if trial == 0 {
                Verdict::Same
            } else {
                Verdict::OneOfSeveral
            };
        }
        if hangs == HANGS {
            break;
        }
    }
    Verdict::Different {
        ours: ours.text,
        theirs: first.unwrap_or_default(),
    }
}

#[derive(Default)]
struct Tally {
    same: AtomicUsize,
    several: AtomicUsize,
    empty: AtomicUsize,
    different: AtomicUsize,
    skipped: Mutex<BTreeMap<String, usize>>,
    reports: Mutex<Vec<String>>,
}

fn work(server: &Server, seed: u64, number: u64, groups: &[Group], tally: &Tally) {
    let mut dice = Dice::of_case(seed, number);
    let mut plays = |case: &Case| {
        let account = ours(case);
        is_skipped(&account) || !waits_for_ever(&account)
    };
    let case = generate::case(&mut dice, groups, &mut plays);
    if case.permutations.is_empty() {
        tally.empty.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let mut verdict = compare(server, &case, AGAIN);
    if matches!(verdict, Verdict::Different { .. }) {
        verdict = compare(server, &case, OFTEN);
    }
    match verdict {
        Verdict::Same => {
            tally.same.fetch_add(1, Ordering::Relaxed);
        }
        Verdict::OneOfSeveral => {
            tally.several.fetch_add(1, Ordering::Relaxed);
        }
        Verdict::Skipped(reason) => {
            let mut skipped = tally.skipped.lock().expect("nobody panicked with it");
            *skipped.entry(reason).or_default() += 1;
        }
        Verdict::Different { ours, theirs } => {
            tally.different.fetch_add(1, Ordering::Relaxed);
            let (case, ours, theirs) = small(server, case, ours, theirs);
            let report = report(seed, number, &case.spec(), &ours, &theirs);
            let mut reports = tally.reports.lock().expect("nobody panicked with it");
            reports.push(report);
        }
    }
}

/// A difference made small; where the small one is only an order that is rare, the big one.
fn small(server: &Server, case: Case, ours: String, theirs: String) -> (Case, String, String) {
    let start = Instant::now();
    let mut differs = |case: &Case| {
        start.elapsed() < PATIENCE
            && matches!(compare(server, case, AGAIN), Verdict::Different { .. })
    };
    let small = shrink::shrink(case.clone(), TRIALS, &mut differs);
    match compare(server, &small, OFTEN) {
        Verdict::Different { ours, theirs } => (small, ours, theirs),
        _ => (case, ours, theirs),
    }
}

/// Writes a difference down and shows it.
fn report(seed: u64, number: u64, spec: &str, ours: &str, theirs: &str) -> String {
    let file = folder().join(format!("seed-{seed}-case-{number}.spec"));
    for (file, text) in [
        (file.clone(), spec),
        (file.with_extension("ours"), ours),
        (file.with_extension("server"), theirs),
    ] {
        std::fs::write(file, text).expect("it can be written");
    }
    // Rows without ORDER BY have no order.
    let comparable = |account: &str| sections(account).concat();
    let text = format!(
        "case {number} of seed {seed}, {}\n{spec}\n-- {}\n- is what the server prints, + what we print\n{}",
        file.display(),
        "-".repeat(60),
        difference(&comparable(theirs), &comparable(ours))
    );
    println!("{text}\n");
    text
}

/// Where differences are written: `fuzz` beside the folder for temporary files that cargo gives to tests.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test, cargo xtask fuzz"]
fn random_specs_run_as_on_the_server() {
    let (cases, seed, first) = (number("CASES", 500), number("SEED", 1), number("FIRST", 0));
    let only = variable("ONLY");
    let groups = groups::chosen(only.as_deref());
    let server = Server::told();
    let next = AtomicU64::new(first);
    let tally = Tally::default();
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let server = server.database(&format!("rowlock_fuzz_{worker}"));
            let (next, tally, groups) = (&next, &tally, &groups);
            scope.spawn(move || {
                while tally.different.load(Ordering::Relaxed) < ENOUGH {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= first + cases {
                        break;
                    }
                    work(&server, seed, number, groups, tally);
                }
            });
        }
    });
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    let skipped = tally.skipped.into_inner().expect("nobody panicked with it");
    let mut reasons: Vec<(usize, String)> = skipped
        .into_iter()
        .map(|(reason, times)| (times, reason))
        .collect();
    reasons.sort_by(|a, b| b.cmp(a));
    let (several, different) = (count(&tally.several), count(&tally.different));
    println!(
        "seed {seed}: {} same ({several} where the server has several accounts), {} skipped (not simulated), {} without \
         a permutation that ends, {different} different",
        count(&tally.same) + several,
        reasons.iter().map(|(times, _)| times).sum::<usize>(),
        count(&tally.empty),
    );
    for (times, reason) in reasons.iter().take(10) {
        println!("  {times:>5} skipped: {reason}");
    }
    let reports = tally.reports.into_inner().expect("nobody panicked with it");
    assert!(
        reports.is_empty(),
        "{} differences, see above and {}",
        reports.len(),
        folder().display()
    );
}
