//! The command `load`: golden accounts that a person can read, and how it refuses.
//!
//! The simulation repeats itself from a seed to the last bit, on every machine, so the accounts are compared as they stand.

#[path = "support/rowlock.rs"]
mod program;

use program::{refuses, rowlock, story};
use std::path::PathBuf;

/// Compares with a golden file, or writes it anew.
fn golden(name: &str, arguments: &[&str]) -> String {
    let output = rowlock(arguments);
    let text = String::from_utf8(output.stdout).expect("it is text");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/load")
        .join(name);
    if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == text,
        "{name} is not what it was (ROWLOCK_UPDATE_GOLDEN=1 rewrites it):\n{text}"
    );
    text
}

#[test]
fn every_measure_has_its_interval_and_the_closed_form_beside_it() {
    let cashiers = story("two-cashiers");
    let run = ["--events", "60000", "--seed", "7"];
    let with = |more: &[&'static str]| {
        let mut all = vec!["load", cashiers.as_str(), "--lambda", "2"];
        all.extend(more);
        all.extend(run);
        all
    };
    golden("none.txt", &with(&["--t", "250ms", "--strategy", "none"]));
    golden(
        "pessimistic.txt",
        &with(&["--t", "0.25", "--strategy", "pessimistic"]),
    );
    golden(
        "optimistic_rows.txt",
        &with(&[
            "--t",
            "0.25",
            "--strategy",
            "optimistic",
            "--on-conflict",
            "reject",
            "--rows",
            "20",
            "--zipf",
            "1",
            "--reads",
            "0.5",
        ]),
    );
    let json = golden(
        "optimistic.json",
        &with(&[
            "--t",
            "0.25",
            "--strategy",
            "optimistic",
            "--on-conflict",
            "retry-forever",
            "--json",
        ]),
    );
    let value: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let flow = &value["flow"];
    let number = |name: &str| flow[name].as_u64().expect("it is a number");
    assert_eq!(
        number("arrivals"),
        number("commits") + number("rejects") + number("in_flight")
    );
    let forms = value["closed_forms"].as_array().expect("there are forms");
    assert!(
        forms
            .iter()
            .any(|form| form["standing"] == "exact" && form["holds"] == true)
    );
    assert!(forms.iter().all(|form| form["holds"] != false));
}

#[test]
fn the_timeline_under_load_and_the_decision() {
    let drawn = story("cms-draft");
    golden(
        "drawn.txt",
        &["load", &drawn, "--lambda", "20", "--events", "60000"],
    );
    let price = story("product-price");
    golden(
        "decision.txt",
        &[
            "load",
            &price,
            "--lambda",
            "2",
            "--t",
            "25ms",
            "--events",
            "60000",
            "--decide",
            "--compare",
        ],
    );
    let transfer = story("transfer-deadlock");
    golden(
        "deadlocks.txt",
        &[
            "load",
            &transfer,
            "--lambda",
            "0.2",
            "--t",
            "0.25",
            "--strategy",
            "pessimistic",
            "--rows",
            "50",
            "--on-conflict",
            "retry 10",
            "--events",
            "200000",
        ],
    );
}

#[test]
fn bad_options_are_refused_with_a_sentence_and_status_2() {
    let cashiers = story("two-cashiers");
    for (arguments, said) in [
        (&[][..], "--lambda: how many writers a second?"),
        (&["--lambda", "fast"], "--lambda: `fast` is not a number"),
        (
            &["--lambda", "0", "--t", "1"],
            "the arrival rate must lie between",
        ),
        (
            &["--lambda", "2", "--t", "soon"],
            "--t: `soon` is no time, such as 0.25, 250ms or 2s",
        ),
        (
            &["--lambda", "2", "--t", "1", "--rows", "0"],
            "the number of rows",
        ),
        (
            &["--lambda", "2", "--t", "1", "--rows", "-3"],
            "--rows: `-3` is not a number of rows",
        ),
        (
            &["--lambda", "2", "--t", "1", "--strategy", "hope"],
            "none, last-write-wins, atomic",
        ),
        (
            &["--lambda", "2", "--t", "1", "--distribution", "lumpy"],
            "`lumpy` is not fixed, exponential or lognormal",
        ),
        (
            &[
                "--lambda",
                "2",
                "--t",
                "1",
                "--strategy",
                "none",
                "--readers",
                "share",
            ],
            "--readers is for strategies that lock",
        ),
        (
            &["--lambda", "2", "--t", "1", "--at-retry", "never"],
            "neither redraw nor keep",
        ),
        (
            &["--lambda", "2", "--t", "1", "--reads", "1"],
            "the share of reads must lie between 0 and 0.99",
        ),
        (
            &["--lambda", "2", "--t", "1", "--events", "5"],
            "--events: from 1000",
        ),
        (
            &["--lambda", "2", "--lambda", "3"],
            "--lambda is given twice",
        ),
        (&["--lambda"], "--lambda wants a value"),
        (&["--warp", "9"], "`--warp` is not an option of load"),
        (
            &["--lambda", "2", "again.rowlock"],
            "`again.rowlock` is one file too many",
        ),
        (
            &[
                "--lambda",
                "2",
                "--t",
                "1",
                "--strategy",
                "pessimistic, nowait",
                "--on-conflict",
                "retry-forever",
            ],
            "needs a backoff or a price of a retry",
        ),
    ] {
        let mut all = vec!["load", cashiers.as_str()];
        all.extend(arguments);
        refuses(&all, said);
    }
    // A drawing without a read before its write has no t.
    refuses(
        &["load", &story("event-twice"), "--lambda", "2"],
        "no t can be taken from the drawing",
    );
}
