//! What sessions are asked and answer: each case a timeline, and what goes between the session and its client, in order.

use super::Shown;
use crate::diagram::calls::calls;
use crate::diagram::{CallKind, account};
use std::fmt::Write as _;

/// A service with an account of 10, and another session that works for nobody.
fn shown(headers: &str, timeline: &str) -> Shown {
    Shown::unjudged(&format!(
        "{headers}sessions:\n  S: Service\n    client: Customer\n  O: Other\n\nsetup:\n  \
         CREATE TABLE account (id int PRIMARY KEY, balance int);\n  INSERT INTO account VALUES (1, 10);\n\n\
         timeline:\n{timeline}"
    ))
}

/// One line a call: the event it is told with (as the account has it), and what it is.
fn told(headers: &str, timeline: &str) -> String {
    let shown = shown(headers, timeline);
    let mut text = String::new();
    for call in calls(&shown.run, &shown.plan.sessions) {
        let arrow = match call.kind {
            CallKind::Request => "->",
            CallKind::Answer => "<-",
            CallKind::Failure => "<- !",
            CallKind::Lost => "x-",
        };
        let _ = writeln!(text, "{} {arrow} {}", call.event, call.words);
    }
    text
}

const TAKE: &str =
    "  S: BEGIN\n  S: UPDATE account SET balance = balance - 1 WHERE id = 1\n  S: COMMIT\n";

#[test]
fn a_transaction_is_a_request() {
    assert_eq!(told("", TAKE), "0 -> request\n5 <- done\n");
    let two = format!("{TAKE}  S: SELECT balance FROM account\n");
    let expected = "0 -> request\n5 <- done\n6 -> request 2\n7 <- done\n";
    assert_eq!(told("", &two), expected);
    assert_eq!(
        told("", "  S: BEGIN\n  S: ROLLBACK\n"),
        "0 -> request\n3 <- rolled back\n"
    );
    // Who works for nobody is asked by nobody.
    assert_eq!(told("", "  O: BEGIN\n  O: COMMIT\n"), "");
}

#[test]
fn who_is_turned_away_is_told_why_after_the_session_gave_up() {
    let refused = "  S: BEGIN\n  S: SELECT balance FROM account\n  S: require :balance > 20 else 'too little'\n  S: COMMIT\n";
    assert_eq!(
        told("", refused),
        "0 -> request\n7 <- refused: too little\n"
    );
    let error = "  S: BEGIN\n  S: INSERT INTO account VALUES (1, 0)\n  S: COMMIT\n";
    assert_eq!(told("", error), "0 -> request\n6 <- ! error\n");
}

#[test]
fn attempts_at_a_transaction_are_one_request() {
    let race = "  S: BEGIN\n  S: SELECT balance FROM account WHERE id = 1\n  \
                O: UPDATE account SET balance = 5 WHERE id = 1\n  \
                S: UPDATE account SET balance = :balance - 1 WHERE id = 1\n  S: COMMIT\n";
    let again = shown("strategy: optimistic\non conflict: retry 1\n", race);
    assert_eq!(again.run.transactions.len(), 3);
    let text = told("strategy: optimistic\non conflict: retry 1\n", race);
    let last = again.run.events.len() - 1;
    assert_eq!(text, format!("0 -> request\n{last} <- done\n"));
    let text = told("strategy: optimistic\non conflict: reject\n", race);
    assert!(
        text.ends_with("<- ! conflict: the row has changed since it was read\n"),
        "{text}"
    );
}

#[test]
fn a_reply_is_lost_and_a_message_comes_again() {
    let lost = told("", &format!("{TAKE}  S: lose reply\n"));
    let expected = "0 -> request\n6 x- lost: “done”\n7 -> the same request again\n13 <- done\n";
    assert_eq!(lost, expected);
    let again = told("", &format!("{TAKE}  S: redeliver\n"));
    let expected = "0 -> request\n5 <- done\n6 -> delivered again\n12 <- done\n";
    assert_eq!(again, expected);
    // In the middle of a transaction there is no answer yet that could be lost.
    let early = TAKE.replace("  S: COMMIT", "  S: lose reply\n  S: COMMIT");
    let text = told("", &early);
    assert!(
        text.starts_with("0 -> request\n4 x- lost\n5 -> the same request again\n"),
        "{text}"
    );
}

#[test]
fn who_crashes_or_waits_does_not_answer() {
    let early = TAKE.replace("  S: COMMIT", "  S: crash\n  S: COMMIT");
    assert_eq!(told("", &early), "0 -> request\n");
    assert_eq!(told("", &format!("{TAKE}  S: crash\n")), "0 -> request\n");
    let restarted = told("", &format!("{TAKE}  S: crash\n  S: restart\n{TAKE}"));
    assert_eq!(restarted, "0 -> request\n8 -> request 2\n13 <- done\n");
    let waits =
        "  O: BEGIN\n  O: UPDATE account SET balance = 0 WHERE id = 1\n  S: DELETE FROM account\n";
    assert_eq!(told("", waits), "4 -> request\n");
}

#[test]
fn the_lock_of_the_process_is_taken_for_the_request() {
    let headers = "strategy: in-process-lock\n";
    let shown = shown(headers, TAKE);
    let last = shown.run.events.len() - 1;
    assert_eq!(
        told(headers, TAKE),
        format!("0 -> request\n{last} <- done\n")
    );
    assert!(shown.run.transactions[0].first > 0);
    assert!(shown.run.transactions[0].last < last);
}

#[test]
fn it_is_the_client_who_does_not_get_the_reply() {
    let shown = shown("", &format!("{TAKE}  S: lose reply\n"));
    let account = account(&shown.scenario, &shown.plan, &shown.run);
    let said = |sentence: &str| account.iter().any(|told| told == sentence);
    assert!(said(
        "Customer does not get the reply: it is lost on the way."
    ));
    assert!(said(
        "Customer cannot know what became of its request, and sends it again."
    ));
}
