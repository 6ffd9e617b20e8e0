//! The rooms in which one watches a run, and the player that they follow.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};
use serde_json::json;

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn one_jumps_to_the_next_wait_conflict_and_commit() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=transfer-deadlock&step=0");
    page.wait_for_text(".count", "0 of");
    page.click("#next-wait");
    page.wait_for_text(".caption", "Ann asks to lock account id = 2");
    page.click("#next-wait");
    page.wait_for_text(".caption", "Bob asks to lock account id = 1");
    page.wait_for("#next-wait:disabled");
    page.click("#next-conflict");
    page.wait_for_text(".caption", "deadlock detected");
    page.click("#next-commit");
    page.wait_for_text(".caption", "Bob commits");
    page.click("#previous-wait");
    page.wait_for_text(".caption", "Bob asks to lock account id = 1");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_position_is_scrubbed_by_keys_and_the_speed_chosen() {
    let page = Page::open(DESKTOP, Theme::Dark, "#g=two-cashiers&step=3");
    page.wait_for_text(".count", "3 of");
    // The arrow right on the slider, then Home; the same on the diagram.
    page.keys("#position", "\u{E014}");
    page.wait_for_text(".count", "4 of");
    page.keys("#position", "\u{E011}");
    page.wait_for_text(".count", "0 of");
    page.keys(".watch .sequence", "\u{E014}\u{E014}\u{E012}");
    page.wait_for_text(".count", "1 of");
    page.script(
        "const list = document.querySelector('#pace'); list.value = '180'; \
         list.dispatchEvent(new Event('change', { bubbles: true }))",
        &[],
    );
    page.click("#player-play");
    page.wait_for_text(".count", "17 of 17");
    page.wait_for("#player-play[aria-label=Play]");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn with_reduced_motion_the_player_steps_and_nothing_glides() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_media(&[("prefers-reduced-motion", "reduce")]);
    page.go("#g=two-cashiers&step=2");
    page.wait_for(".player[data-motion=reduced]");
    let glides = "return [...document.querySelectorAll('.sequence .now, .sequence .veil')]
        .every((it) => getComputedStyle(it).transitionDuration === '0s')";
    page.wait_until("nothing glides", glides, &[]);
    page.click("#player-play");
    page.wait_for_text(".count", "4 of");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_link_opens_paused_at_a_position_and_every_view_follows() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers&step=12");
    page.wait_for_text(".count", "12 of 17");
    page.wait_for("#player-play[aria-label=Play]");
    page.click("#versions-tab");
    page.wait_for_text("#versions", "Cashier A → v2, not committed");
    page.wait_for_text(
        "#versions tr.old td:last-child, #versions tr.newest td:last-child",
        "Cashier B",
    );
    page.click("#locks-tab");
    page.wait_for_text("#lock-state", "contended");
    page.wait_for_text(
        "#waits",
        "Cashier B waits for Cashier A, who holds stock id = 42 (FOR NO KEY UPDATE)",
    );
    page.wait_for(".locks .graph .box.marked");
    page.keys("#position", "\u{E010}");
    page.wait_for_text("#lock-state", "unlocked");
    page.wait_for_text(".locks", "nobody holds a lock");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_deadlock_is_drawn_with_its_cycle_and_its_victim() {
    let page = Page::open(DESKTOP, Theme::Dark, "#g=transfer-deadlock&step=12");
    page.click("#locks-tab");
    page.wait_for_text("#victim", "Ann will be the victim");
    page.wait_until(
        "both arrows are thick",
        "return document.querySelectorAll('.locks section:last-child .arrow.marked').length === 2",
        &[],
    );
    page.wait_for(".locks .box.crossed");
    page.click("#victim button");
    page.wait_for_text("#victim", "Ann found it and has been rolled back");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_verdict_leads_to_its_steps_and_to_the_graph() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.wait_for_text(".verdict", "Rule broken: both sales are counted");
    page.click(".verdict .evidence[data-event='7']");
    page.wait_for_text(".caption", "Cashier B reads quantity = 10");
    page.click("#show-graph");
    page.wait_for_text(
        "#dependencies",
        "Cashier A wrote over what Cashier B had read",
    );
    page.wait_until(
        "the cycle is thick",
        "return document.querySelectorAll('.dependencies .arrow.marked').length === 2",
        &[],
    );
    page.click(".dependencies .on-cycle button");
    page.wait_for_text(".caption", "from 10 to 9");
    // Cured, there is no cycle.
    page.click("[data-strategy=atomic]");
    page.wait_for_text("#dependencies", "No cycle");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_run_is_told_in_words_and_can_be_copied() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers&step=10");
    page.click("#words-tab");
    page.wait_for_text("#words li[aria-current=step]", "from 10 to 9");
    page.script(
        "navigator.clipboard.writeText = (text) => { document.body.dataset.copied = text; return Promise.resolve() }",
        &[],
    );
    page.click("#copy-words");
    page.wait_for_text("#words [role=status]", "Copied");
    let copied = page.script("return document.body.dataset.copied", &[]);
    let copied = copied.as_str().unwrap_or_default();
    assert!(
        copied.starts_with("Two cashiers, one shelf, strategy none\n\n1. Cashier A begins"),
        "{copied}"
    );
    assert!(
        copied.contains("\nVerdict: Cashier B overwrote"),
        "{copied}"
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn strategies_are_compared_side_by_side() {
    let page = Page::open(
        DESKTOP,
        Theme::Light,
        "#g=two-cashiers&compare=none,pessimistic",
    );
    page.wait_for_text("#parting", "They part at step 4");
    page.wait_for_text("#parting", "waits for Cashier A, then reads quantity = 9");
    page.wait_until(
        "two diagrams",
        "return document.querySelectorAll('.side-by-side .sequence svg.sq').length >= 2",
        &[],
    );
    page.wait_for_text("#compare-numbers", "lost update");
    page.wait_for_text("#compare-numbers", "1 of 1");
    // One player moves both.
    page.click("#compare-parting");
    let at = page.script(
        "return document.querySelector('#compare-position').value",
        &[],
    );
    page.click("#compare-on");
    page.wait_until(
        "it has moved on",
        "return document.querySelector('#compare-position').value === String(Number(arguments[0]) + 1)",
        &[at],
    );
    page.click("[data-compare=atomic]");
    page.wait_until(
        "a third diagram",
        "return document.querySelectorAll('.side-by-side > section').length === 3",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn through_hundreds_of_events_the_names_stay_in_sight() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    let mut text = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n\ntimeline:\n".to_owned();
    for round in 0..50 {
        for (session, row) in [("A", 1), ("B", 2), ("C", 3)] {
            text += &format!("  {session}: UPDATE t SET v = v + {round} WHERE id = {row}\n");
        }
    }
    page.fill("#scenario-text", &text);
    page.wait_for_text(".count", "of 300");
    page.keys("#position", "\u{E010}");
    page.wait_for_text(".count", "300 of 300");
    page.wait_until(
        "the names are in sight",
        "const frame = document.querySelector('.sequence').getBoundingClientRect();
         const heads = document.querySelector('.sequence-heads').getBoundingClientRect();
         return document.querySelector('.sequence').scrollTop > 1000 && Math.abs(heads.top - frame.top) < 4",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn on_a_phone_no_room_is_wider_than_the_screen() {
    let page = Page::open(PHONE, Theme::Dark, "#g=transfer-deadlock&step=12");
    page.wait_for(".panels");
    for room in ["versions", "locks", "graph", "words", "compare"] {
        page.script(
            "document.getElementById(arguments[0] + '-tab').click()",
            &[json!(room)],
        );
        page.wait_for(&format!("#{room}-tab[aria-selected=true]"));
        page.wait_until(
            "nothing is too wide",
            "return document.documentElement.scrollWidth <= innerWidth",
            &[],
        );
    }
}
