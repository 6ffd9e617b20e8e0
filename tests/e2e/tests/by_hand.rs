//! You are the scheduler: the visitor runs the drawing by hand, sees who cannot go and why, and keeps what was made.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};
use serde_json::json;

const DEADLOCK: &str = "#g=transfer-deadlock";

fn begin(page: &Page) {
    page.wait_for_text("#verdict", "waited for each other");
    page.click("#by-hand");
    page.wait_for("#by-hand-bar");
}

fn verdict(page: &Page, kind: &str) {
    page.wait_for(&format!("#verdict[data-kind='{kind}']"));
}

/// A session's button is pressed and its step is made.
fn choose(page: &Page, session: usize, told: &str) {
    page.click(&format!("#turn-{session}"));
    page.wait_for_text("#by-hand-bar .said", told);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_deadlock_is_avoided_by_hand_and_the_schedule_is_kept() {
    let page = Page::open(DESKTOP, Theme::Light, DEADLOCK);
    begin(&page);
    verdict(&page, "unfinished");
    page.wait_for_text(".count", "0 of 0");
    let text = "return document.querySelector('#scenario-text').value";
    let first = page.script(text, &[]);
    choose(&page, 0, "Ann begins a transaction.");
    choose(&page, 0, "from 500 to 400");
    choose(&page, 0, "from 500 to 600");
    page.wait_for_text("#tables", "600");
    choose(&page, 0, "Ann commits.");
    page.wait_for("[data-choice='finished'] #turn-0[aria-disabled='true']");
    for told in [
        "begins",
        "from 600 to 550",
        "from 400 to 450",
        "Bob commits.",
    ] {
        choose(&page, 1, told);
    }
    verdict(&page, "correct");
    // The text is what it was, until the schedule is kept.
    assert_eq!(page.script(text, &[]), first);
    page.click("#keep-schedule");
    page.wait_until(
        "the bar is gone, and the focus is at the button that began it",
        "return !document.querySelector('#by-hand-bar') && document.activeElement.id === 'by-hand'",
        &[],
    );
    verdict(&page, "correct");
    page.wait_for_text(".lanes .told", "now the drawing");
    page.wait_until(
        "Bob begins when Ann has committed",
        "return /A: COMMIT\\n  B: BEGIN/.test(document.querySelector('#scenario-text').value)",
        &[],
    );
    // It is one change.
    page.click("#undo");
    page.wait_until(
        "the old drawing is back",
        "return document.querySelector('#scenario-text').value === arguments[0]",
        &[first],
    );
    page.wait_for_text("#verdict", "waited for each other");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn who_waits_says_why_and_time_passes_when_it_is_let() {
    let page = Page::open(PHONE, Theme::Dark, DEADLOCK);
    page.wait_for(".sides");
    page.click(".sides button:first-child");
    begin(&page);
    // The bar has the focus: keys choose.
    page.wait_until(
        "the bar has the focus",
        "return document.activeElement.id === 'by-hand-bar'",
        &[],
    );
    page.keys("#by-hand-bar", "11221");
    page.wait_for_text(
        "[data-choice='blocked'] #turn-0-why",
        "Ann asks to lock account id = 2 and waits for Bob.",
    );
    let described = page.script(
        "const turn = document.querySelector('#turn-0'); \
         return [turn.getAttribute('aria-disabled'), turn.getAttribute('aria-describedby')]",
        &[],
    );
    assert_eq!(described, json!(["true", "turn-0-why"]));
    // Who is chosen all the same makes no step, and hears why.
    let steps = "return document.querySelector('.count').textContent";
    let before = page.script(steps, &[]);
    page.keys("#turn-0", "1");
    page.wait_for_text("#by-hand-bar .said", "waits for Bob");
    assert_eq!(page.script(steps, &[]), before);
    choose(
        &page,
        1,
        "Bob asks to lock account id = 1 and waits for Ann.",
    );
    page.wait_for_text("#let-time-pass", "to 1004 ms");
    page.click("#let-time-pass");
    page.wait_for_text("[data-choice='skipped'] #turn-0-why", "deadlock detected");
    page.wait_until(
        "nothing is too wide",
        "return document.documentElement.scrollWidth <= innerWidth",
        &[],
    );
    page.click("#by-hand-back");
    page.wait_for("[data-choice='blocked'] #turn-0");
    page.click("#by-hand-restart");
    page.wait_for_text(".count", "0 of 0");
    page.click("#leave-by-hand");
    page.wait_for_text("#verdict", "waited for each other");
    page.wait_until(
        "the bar is gone",
        "return !document.querySelector('#by-hand-bar')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn another_strategy_leaves_the_mode() {
    let page = Page::open(DESKTOP, Theme::Dark, DEADLOCK);
    begin(&page);
    choose(&page, 1, "Bob begins");
    page.click("[data-strategy='optimistic']");
    page.wait_until(
        "the bar is gone",
        "return !document.querySelector('#by-hand-bar')",
        &[],
    );
    page.wait_until(
        "the whole run is shown",
        "return !document.querySelector('.count').textContent.endsWith(' of 2')",
        &[],
    );
}
