//! Every interleaving in wasm: the counts are those of an enumeration there, and those that are counted natively.

#![cfg(target_arch = "wasm32")]

use rowlock_engine::explore::{Explorer, Status};
use rowlock_engine::run::Driven;
use rowlock_engine::strategy::plan;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Sessions that read, write back less, and commit. `takes`: how much less each.
fn counters(header: &str, lock: &str, takes: &[usize]) -> String {
    let mut text = format!(
        "{header}setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 100);\n\ntimeline:\n"
    );
    for (session, takes) in takes.iter().enumerate() {
        text.push_str(&format!(
            "  S{session}: BEGIN\n  S{session}: SELECT v FROM t WHERE id = 1{lock}\n  S{session}: UPDATE t SET v = :v - {takes} WHERE id = 1\n  S{session}: COMMIT\n"
        ));
    }
    text
}

/// How many schedules there are, and how many of each outcome, the largest first.
fn counted(text: &str) -> (String, Vec<String>) {
    let scenario = rowlock_engine::scenario::read(text).expect("it is sound");
    let mut explorer = Explorer::new(&scenario).expect("the set-up works");
    while explorer.advance(10_000).status == Status::Running {}
    let report = explorer.report_of(0);
    let outcomes = report.outcomes.iter().map(|it| it.count.to_string());
    (report.interleavings.to_string(), outcomes.collect())
}

/// The same by running every schedule.
fn enumerated(text: &str) -> u64 {
    let scenario = rowlock_engine::scenario::read(text).expect("it is sound");
    Driven::start(&plan(&scenario))
        .expect("the set-up works")
        .schedules()
}

#[wasm_bindgen_test]
fn counts_are_those_of_an_enumeration() {
    for header in [
        "",
        "isolation: repeatable read\n",
        "isolation: serializable\non conflict: retry 1\n",
    ] {
        for lock in ["", " FOR UPDATE"] {
            for takes in [[1, 1], [1, 2]] {
                let text = counters(header, lock, &takes);
                assert_eq!(counted(&text).0, enumerated(&text).to_string(), "{text}");
            }
        }
    }
    let crossed = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 9), (2, 9);\n\ntimeline:\n  \
                   A: BEGIN\n  A: UPDATE t SET v = v - 1 WHERE id = 1\n  A: UPDATE t SET v = v + 1 WHERE id = 2\n  A: COMMIT\n  \
                   B: BEGIN\n  B: UPDATE t SET v = v - 1 WHERE id = 2\n  B: UPDATE t SET v = v + 1 WHERE id = 1\n  B: COMMIT\n";
    assert_eq!(counted(crossed).0, enumerated(crossed).to_string());
}

#[wasm_bindgen_test]
fn counts_are_those_that_are_counted_natively() {
    let six = counters("", "", &[1; 6]);
    assert_eq!(counted(&six).0, "80045710290000");
    let different = counters("", "", &[1, 2, 3, 4]);
    assert_eq!(counted(&different).0, "11587800");
    let locked = counters("", " FOR UPDATE", &[1, 2, 3, 4, 5]);
    assert_eq!(
        counted(&locked),
        ("137840400".to_owned(), vec!["137840400".to_owned()])
    );
}

#[wasm_bindgen_test]
fn two_cashiers_lose_a_sale_in_40_of_50() {
    let text = include_str!("../engine/gallery/two-cashiers.rowlock");
    assert_eq!(
        counted(text),
        ("50".to_owned(), vec!["40".to_owned(), "10".to_owned()])
    );
}
