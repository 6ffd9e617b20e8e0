//! Runs in words.

use super::{Shown, story};
use crate::diagram::{account, caption};

fn told(text: &str) -> Vec<String> {
    let shown = Shown::unjudged(text);
    account(&shown.scenario, &shown.plan, &shown.run)
}

#[test]
fn a_lost_update_in_words() {
    assert_eq!(
        told(&story("two-cashiers", "")),
        [
            "Cashier A begins a transaction.",
            "Cashier A reads quantity = 10 of stock id = 42.",
            "Cashier B begins a transaction.",
            "Cashier B reads quantity = 10 of stock id = 42.",
            "Cashier A's UPDATE changes quantity of stock id = 42 from 10 to 9.",
            "Cashier B asks to lock stock id = 42 and waits for Cashier A.",
            "Cashier A commits.",
            "The wait is over: Cashier B's UPDATE sets quantity of stock id = 42 to 9, which it was already.",
            "Cashier B commits.",
        ]
    );
}

#[test]
fn a_deadlock_in_words() {
    assert_eq!(
        told(&story("transfer-deadlock", ""))[4..10],
        [
            "Ann asks to lock account id = 2 and waits for Bob.",
            "Bob asks to lock account id = 1 and waits for Ann.",
            "999 ms later: Ann's UPDATE fails: deadlock detected (SQLSTATE 40P01).",
            "Ann rolls back.",
            "Ann gives up: deadlock detected.",
            "The wait is over: Bob's UPDATE changes balance of account id = 1 from 500 to 550.",
        ]
    );
}

#[test]
fn what_is_found_and_not_found() {
    let text = "sessions:\n  A: A\n  B: B\n\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, n int);\n  \
        INSERT INTO t VALUES (1, 10), (2, 20);\n\ntimeline:\n  A: SELECT * FROM t\n  A: SELECT count(*) FROM t\n  \
        A: SELECT n FROM t WHERE id = 7\n  A: UPDATE t SET n = 0 WHERE id = 7\n  B: UPDATE t SET n = n + 1 WHERE id = 1\n  A: BEGIN\n  \
        A: INSERT INTO t VALUES (3, NULL)\n  B: INSERT INTO t VALUES (3, 1)\n  A: DELETE FROM t WHERE id = 2\n  \
        A: COMMIT\n  B: SELECT 1 + 1\n  B: require 1 > 2 else 'never'\n";
    assert_eq!(
        told(text),
        [
            "A reads 2 rows of t: (id = 1, n = 10), (id = 2, n = 20).",
            "A reads count = 2 from t.",
            "A finds no row of t where id = 7.",
            "A's UPDATE finds no row of t where id = 7.",
            "B's UPDATE changes n of t id = 1 from 10 to 11, and that is committed.",
            "A begins a transaction.",
            "A's INSERT puts (id = 3, n = NULL) into t.",
            "B wants to insert t id = 3 and waits for A.",
            "A's DELETE deletes t id = 2.",
            "A commits.",
            "B's INSERT fails: duplicate key value violates unique constraint \"t_pkey\" (SQLSTATE 23505).",
            "B gives up: duplicate key value violates unique constraint \"t_pkey\".",
            "B reads 2.",
            "B checks that 1 > 2: it does not hold (never).",
            "B gives up: never.",
        ]
    );
}

#[test]
fn a_statement_under_way_has_a_caption() {
    let shown = Shown::unjudged(&story("two-cashiers", ""));
    let caption = |event| caption(&shown.scenario, &shown.plan, &shown.run, event);
    assert_eq!(
        caption(2),
        "Cashier A sends SELECT quantity FROM stock WHERE id = 42."
    );
    assert_eq!(
        caption(3),
        "Cashier A reads quantity = 10 of stock id = 42."
    );
    assert_eq!(caption(999), "");
}
