//! The command line: what it prints, and how it refuses.

#[path = "support/rowlock.rs"]
mod program;

use program::{refuses, rowlock, story};

#[test]
fn the_account_ends_with_the_verdict() {
    let output = rowlock(&["run", &story("two-cashiers")]);
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(output.status.success());
    assert!(
        text.contains("Cashier B asks to lock stock id = 42 and waits for Cashier A"),
        "{text}"
    );
    assert!(
        text.trim_end().ends_with("9 is left where 8 should be."),
        "{text}"
    );
}

#[test]
fn the_trace_is_json_with_tables_results_and_verdict() {
    let output = rowlock(&[
        "run",
        &story("two-cashiers"),
        "--strategy",
        "pessimistic",
        "--isolation",
        "read-committed",
        "--json",
    ]);
    let trace: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(trace["correct"], true);
    assert_eq!(
        trace["tables"]["stock"][0],
        serde_json::json!({"id": 42, "quantity": 8})
    );
    assert_eq!(trace["transactions"][1]["outcome"], "committed");
    let kinds = |kind: &str| {
        let events = trace["events"].as_array().expect("there are events");
        events.iter().filter(|event| event["kind"] == kind).count()
    };
    assert_eq!(kinds("blocked"), 1);
    assert_eq!(kinds("sent"), kinds("replied"));
}

#[test]
fn every_schedule_is_counted_as_json() {
    let output = rowlock(&["explore", &story("two-cashiers"), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(report["interleavings"], "50");
    assert_eq!(report["exact"], true);
    let first = &report["outcomes"][0];
    assert_eq!(first["count"], "40");
    assert_eq!(first["correct"], false);
    assert_eq!(first["anomalies"], serde_json::json!(["lost update"]));
    assert_eq!(first["tables"]["stock"][0]["quantity"], 9);
    assert_eq!(first["schedule"].as_array().map(Vec::len), Some(8));
    let none_lost = rowlock(&[
        "explore",
        &story("two-cashiers"),
        "--strategy",
        "pessimistic",
        "--json",
    ]);
    let report: serde_json::Value = serde_json::from_slice(&none_lost.stdout).expect("it is JSON");
    assert_eq!(report["correct"], report["interleavings"]);
}

#[test]
fn all_strategies_are_compared() {
    let output = rowlock(&["explore", &story("two-cashiers"), "--all-strategies"]);
    let text = String::from_utf8(output.stdout).expect("it is text");
    let line = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.map(|line| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(
        line("none").map(|line| line[1..3].to_vec()),
        Some(vec!["50".to_owned(), "20.00".to_owned()])
    );
    assert_eq!(
        line("pessimistic").map(|line| line[2].clone()),
        Some("all".to_owned())
    );
    assert_eq!(text.lines().count(), 13);
}

#[test]
fn bad_input_is_refused_with_its_place_and_status_2() {
    let file = std::env::temp_dir().join(format!("rowlock-{}.rowlock", std::process::id()));
    let path = file.to_string_lossy().into_owned();
    let cases = [
        (
            "timeline:\n  A: SELEC 1\n",
            "line 2, column 6: `selec` begins no statement; expected SELECT, INSERT",
        ),
        (
            "setup:\n  CREATE TABLE t (a int);\n  INSERT INTO t VALUES (1/0);\n",
            "line 3, column 3: the set-up fails: division by zero",
        ),
        (
            "timeline:\n  A: SELECT a FROM t\n",
            "line 2, column 20: table `t` does not exist",
        ),
    ];
    for (text, said) in cases {
        std::fs::write(&file, text).expect("the temporary folder can be written");
        refuses(&["run", &path], said);
    }
    let _ = std::fs::remove_file(&file);
    for arguments in [
        &["run"][..],
        &["walk", "x"],
        &["run", "/no/such/file"],
        &["run", "x", "--strategy"],
    ] {
        refuses(arguments, "");
    }
    refuses(
        &["run", &story("two-cashiers"), "--strategy", "hope"],
        "none, last-write-wins, atomic, optimistic, pessimistic",
    );
}

#[test]
fn what_is_exported_is_opened_again() {
    let folder = std::env::temp_dir();
    let number = std::process::id();
    let mut accounts: Vec<String> = Vec::new();
    for (form, ending) in [("text", "rowlock"), ("svg", "svg"), ("isolation", "spec")] {
        let output = rowlock(&["export", &story("two-cashiers"), "--as", form]);
        assert!(output.status.success(), "{form}");
        let file = folder.join(format!("rowlock-export-{number}.{ending}"));
        std::fs::write(&file, &output.stdout).expect("the temporary folder can be written");
        let output = rowlock(&["run", &file.to_string_lossy()]);
        let _ = std::fs::remove_file(&file);
        let account = String::from_utf8(output.stdout).expect("it is text");
        // The spec has other names, and no rules.
        accounts.push(account.replace("Cashier ", ""));
    }
    assert_eq!(accounts[0], accounts[1]);
    let happens = |account: &str| {
        let (_, rest) = account.split_once("What happens:").expect("it says so");
        rest.split_once("What is left:")
            .map(|(happens, _)| happens.to_owned())
    };
    assert_eq!(happens(&accounts[0]), happens(&accounts[2]));
    let set = rowlock(&["export", &story("two-cashiers"), "--as", "psql"]);
    let text = String::from_utf8(set.stdout).expect("it is text");
    assert!(
        text.starts_with("== setup.sql\n") && text.contains("\n== cashier_a.sql\n"),
        "{text}"
    );
    refuses(
        &["export", &story("lock-escalation"), "--as", "isolation"],
        "There is no spec of this run",
    );
}
