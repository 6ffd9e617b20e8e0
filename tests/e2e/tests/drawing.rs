//! The timeline is drawn: with a mouse, with a finger, with keys, and kept.

use rowlock_e2e::{DESKTOP, PHONE, Page, Pointer, Theme};
use serde_json::json;
use std::time::Duration;

const NOT_AT_ALL: Duration = Duration::ZERO;
/// Longer than a finger has to rest before it drags.
const LONG: Duration = Duration::from_millis(700);

fn text(page: &Page) -> String {
    let text = page.script("return document.querySelector('#scenario-text').value", &[]);
    text.as_str().unwrap_or_default().to_owned()
}

fn wait_for_text(page: &Page, pattern: &str) {
    page.wait_until(
        &format!("the text matches {pattern}"),
        "return new RegExp(arguments[0]).test(document.querySelector('#scenario-text').value)",
        &[json!(pattern)],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn several_steps_are_dragged_with_a_mouse_and_put_down_together() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#step-at-3");
    // B begins and reads: both are chosen, then dragged before A's.
    page.drag(Pointer::Mouse, NOT_AT_ALL, &[page.middle("#step-at-2")]);
    page.wait_for("#step-at-2.chosen");
    page.keys("#step-at-2", "\u{E008}\u{E014}\u{E000}");
    page.wait_for("#step-at-3.chosen");
    let (x, y) = page.middle("#step-at-2");
    let (left, _) = page.middle("#step-at-0");
    page.drag(
        Pointer::Mouse,
        NOT_AT_ALL,
        &[(x, y), (x - 30, y), (left + 60, y), (left, y)],
    );
    wait_for_text(
        &page,
        "timeline:\\n  B: BEGIN\\n  B: SELECT[^\\n]*\\n  A: BEGIN",
    );
    page.wait_for("#step-at-1.chosen");
    page.click("#undo");
    wait_for_text(&page, "timeline:\\n  A: BEGIN");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_is_dragged_out_of_the_palette_to_its_place() {
    let page = Page::open(DESKTOP, Theme::Dark, "");
    page.wait_for("#step-at-2");
    let (x, y) = page.middle("#step-at-2");
    let from = page.middle("[data-template=SELECT]");
    page.drag(
        Pointer::Mouse,
        NOT_AT_ALL,
        &[from, (x - 60, y), (x - 30, y)],
    );
    wait_for_text(&page, "A: SELECT[^\\n]*\\n  B: SELECT[^\\n]*\\n  B: BEGIN");
    // A click is no drag: it adds after the chosen step.
    page.click("[data-template=ROLLBACK]");
    wait_for_text(&page, "B: SELECT[^\\n]*\\n  B: ROLLBACK\\n  B: BEGIN");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_finger_that_swipes_scrolls_and_one_that_rests_drags() {
    let page = Page::start();
    page.set_touch(PHONE);
    page.go("");
    page.wait_for(".sides");
    page.tap(".sides button:first-child");
    page.wait_for("#step-at-1");
    let before = text(&page);
    let (x, y) = page.middle("#step-at-2");
    page.drag(
        Pointer::Finger,
        NOT_AT_ALL,
        &[(x, y), (x - 60, y), (x - 120, y)],
    );
    assert_eq!(text(&page), before, "a swipe changes nothing");
    let (x, y) = page.middle("#step-at-1");
    page.drag(Pointer::Finger, LONG, &[(x, y), (x + 40, y), (x + 85, y)]);
    wait_for_text(&page, "A: BEGIN\\n  B: BEGIN\\n  A: SELECT");
    let tall = page.script(
        "return Math.min(...[...document.querySelectorAll('.lanes .chip rect')].map(it => it.getBoundingClientRect().height))",
        &[],
    );
    assert!(
        tall.as_f64().unwrap_or_default() >= 43.0,
        "a finger needs room: {tall}"
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn steps_are_copied_cut_and_pasted_with_keys() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#step-at-1");
    page.keys("#step-at-0", "\u{E008}\u{E014}\u{E000}");
    page.wait_for("#step-at-1.chosen");
    let steps = |page: &Page, count: usize| {
        page.wait_until(
            &format!("{count} steps"),
            "return document.querySelectorAll('.lanes .chip').length === arguments[0]",
            &[json!(count)],
        );
    };
    page.keys("#step-at-0", "\u{E009}c\u{E000}");
    page.keys("#step-at-7", "\u{E009}v\u{E000}");
    steps(&page, 10);
    wait_for_text(
        &page,
        "B: COMMIT\\n  A: BEGIN\\n  A: SELECT quantity FROM stock WHERE id = 42\\n",
    );
    page.keys("#step-at-9", "\u{E009}x\u{E000}");
    steps(&page, 8);
    page.keys("#step-at-0", "\u{E009}a\u{E000}");
    page.wait_until(
        "all are chosen",
        "return document.querySelectorAll('.chip.chosen').length === 8",
        &[],
    );
}

/// The steps of the transfer deadlock, as lane, button of the palette, and the row that an UPDATE writes.
const DEADLOCK: [(char, &str, char); 8] = [
    ('A', "BEGIN", ' '),
    ('A', "UPDATE", '1'),
    ('B', "BEGIN", ' '),
    ('B', "UPDATE", '2'),
    ('A', "UPDATE", '2'),
    ('B', "UPDATE", '1'),
    ('A', "COMMIT", ' '),
    ('B', "COMMIT", ' '),
];

const DRAWN: &str = "timeline:\n  A: BEGIN\n  A: UPDATE account SET balance = balance - 1 WHERE id = 1\n  B: BEGIN\n  \
    B: UPDATE account SET balance = balance - 1 WHERE id = 2\n  A: UPDATE account SET balance = balance - 1 WHERE id = 2\n  \
    B: UPDATE account SET balance = balance - 1 WHERE id = 1\n  A: COMMIT\n  B: COMMIT\n";

fn is_drawn(page: &Page) {
    page.wait_until(
        "the deadlock is drawn",
        "return document.querySelector('#scenario-text').value.includes(arguments[0])",
        &[json!(DRAWN)],
    );
    page.wait_for_text("#verdict", "40P01");
}

/// Where a step at a place of a lane would begin, between chips.
fn place(page: &Page, lane: char, place: i64) -> (i64, i64) {
    let (left, top, step, height) = {
        let found = page.script(
            "const picture = document.querySelector('.lanes .drawing'); picture.scrollIntoView({ block: 'nearest' });
             const scroll = document.querySelector('.lanes .scroll'); scroll.scrollLeft = arguments[0] * 60;
             const box = picture.getBoundingClientRect(), lanes = document.querySelectorAll('.lanes .ground');
             return [box.left, lanes[0].getBoundingClientRect().top, lanes[0].getBoundingClientRect().height];",
            &[json!(place - 1)],
        );
        let at = |part: usize| found[part].as_f64().unwrap_or_default() as i64;
        (at(0), at(1), if at(2) > 50 { 80 } else { 72 }, at(2))
    };
    let number = i64::from(u32::from(lane) - u32::from('A'));
    (
        left + 8 + place * step + step / 3,
        top + number * height + height / 2,
    )
}

/// The row that a step writes, chosen in the form.
fn set_row(page: &Page, row: char, open_form: impl Fn(&Page, &str)) {
    if page.count("#step-row-0") == 0 {
        open_form(page, "#step-form-toggle");
        page.wait_for("#step-row-0");
    }
    page.script(
        "const field = document.querySelector('#step-row-0');
         field.value = arguments[0]; field.dispatchEvent(new Event('change', { bubbles: true }));",
        &[json!(row.to_string())],
    );
}

fn draw_by_pointing(page: &Page, pointer: Pointer, press: impl Fn(&Page, &str)) {
    for (number, (lane, template, row)) in DEADLOCK.into_iter().enumerate() {
        // A click on the place, another on what comes there.
        let at = place(page, lane, number as i64);
        page.drag(pointer, NOT_AT_ALL, &[at]);
        page.wait_for(".lanes line.aim:not([visibility])");
        press(page, &format!("[data-template={template}]"));
        page.wait_for(&format!("#step-at-{number}.chosen"));
        if row != ' ' {
            set_row(page, row, &press);
        }
    }
    is_drawn(page);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn from_nothing_the_deadlock_is_drawn_with_a_mouse() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.click("#mine");
    page.click("#new");
    draw_by_pointing(&page, Pointer::Mouse, Page::click);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn from_nothing_the_deadlock_is_drawn_with_a_finger() {
    let page = Page::start();
    page.set_touch(PHONE);
    page.go("");
    page.wait_for("#mine");
    page.tap("#mine");
    page.tap("#new");
    page.tap(".sides button:first-child");
    draw_by_pointing(&page, Pointer::Finger, Page::tap);
}

/// Presses Tab until something has the focus.
fn tab_to(page: &Page, selector: &str) {
    for _ in 0..150 {
        // Behind the end comes the browser's own bar. Firefox's driver goes on sending its keys to the page, which has the focus no more.
        let there = page.script(
            "if (document.activeElement === document.body) window.focus();
             return document.activeElement === document.querySelector(arguments[0])",
            &[json!(selector)],
        );
        if there == json!(true) {
            return;
        }
        page.press("\u{E004}");
    }
    panic!("Tab does not come to `{selector}`");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn from_nothing_the_deadlock_is_drawn_with_keys() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#mine");
    tab_to(&page, "#mine");
    page.press("\u{E007}");
    page.wait_for("#new");
    tab_to(&page, "#new");
    page.press("\u{E007}");
    for (number, (lane, template, row)) in DEADLOCK.into_iter().enumerate() {
        tab_to(&page, "#lane");
        let is_second = page.script("return document.querySelector('#lane').value === '1'", &[]);
        match (is_second == json!(true), lane) {
            (false, 'B') => page.press("\u{E015}"),
            (true, 'A') => page.press("\u{E013}"),
            _ => {}
        }
        tab_to(&page, &format!("[data-template={template}]"));
        page.press("\u{E007}");
        page.wait_for(&format!("#step-at-{number}.chosen"));
        page.wait_until(
            "it can be written",
            "return document.activeElement.id === 'step-text'",
            &[],
        );
        if row == '2' {
            // End, Backspace, the other row, Enter.
            page.press("\u{E010}\u{E003}2\u{E007}");
        }
    }
    is_drawn(&page);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_that_cannot_be_is_marked_and_said() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#step-at-1");
    // A's SELECT binds what A's UPDATE writes.
    page.keys("#step-at-1", "\u{E017}");
    page.wait_for("#step-at-3.wrong");
    page.wait_for_text(
        ".told",
        "Now there is an error: :quantity has no value here",
    );
    let spoken = page.script(
        "return document.querySelector('#step-at-3').getAttribute('aria-label')",
        &[],
    );
    assert!(
        spoken.as_str().unwrap_or_default().contains("Error:"),
        "{spoken}"
    );
    // The drawing is that of the text, the run the last that was sound.
    page.wait_for_text("#verdict", "overwrote Cashier A's update");
    page.keys("#step-at-3", "\u{E017}");
    page.wait_until(
        "nothing is wrong",
        "return !document.querySelector('.chip.wrong') && !document.querySelector('.stale')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_session_is_given_a_colour_and_a_client_and_a_step_its_time() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#step-at-7");
    page.click("#sessions summary");
    page.script(
        "const list = document.querySelector('[aria-label=\"Colour of Cashier A\"]');
         list.value = 'vermilion'; list.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    );
    wait_for_text(&page, "  A: Cashier A\\n    colour: vermilion\\n");
    page.wait_until(
        "it is drawn in it",
        "const root = getComputedStyle(document.documentElement);
         return root.getPropertyValue('--session-0') === root.getPropertyValue('--hue-6')",
        &[],
    );
    page.script(
        "const field = document.querySelector('[aria-label=\"Cashier A works for\"]');
         field.value = ' Shop '; field.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    );
    wait_for_text(
        &page,
        "  A: Cashier A\\n    colour: vermilion\\n    client: Shop\\n",
    );
    page.wait_for_text(".sequence-heads", "Shop");
    page.keys("#step-at-7", " ");
    page.keys("#step-time", "40\u{E007}");
    page.press("\u{E004}");
    wait_for_text(&page, "B @40: COMMIT");
    page.wait_for_text("#step-at-7 .at", "@40");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn scenarios_are_kept_opened_renamed_deleted_and_brought_back() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.click("#mine");
    page.click("#new");
    wait_for_text(&page, "^title: Untitled\\n");
    page.click("#mine");
    page.click("#save");
    // What is changed from now on is saved as it goes.
    page.fill(
        "#scenario-text",
        "title: Kept\n\ntimeline:\n  A: SELECT 1\n",
    );
    page.wait_until(
        "it is in the storage",
        "return Object.values(localStorage).some(it => it.startsWith('Untitled\\ntitle: Kept'))",
        &[],
    );
    page.script(
        "const field = document.querySelector('#library .saved input');
         field.value = 'My first'; field.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    );
    page.press("\u{E00C}");
    page.click("#story");
    page.click("[data-story=transfer-deadlock], [data-story=transfer], .stories li button");
    page.click("#mine");
    page.wait_for("#library [aria-label='Open “My first”']");
    page.click("#library [aria-label='Open “My first”']");
    wait_for_text(&page, "^title: Kept\\n");
    page.click("#mine");
    page.click("#library [aria-label='Delete “My first”']");
    page.wait_for_text("#library", "“My first” is deleted.");
    assert_eq!(page.count("#library .saved li"), 0);
    page.click("#bring-back");
    page.wait_for("#library [aria-label='Open “My first”']");
    // Another day: the tab is new, the browser is the same. What was under way is written down.
    page.script_async("setTimeout(arguments[0], 600)", &[]);
    page.script(
        "sessionStorage.clear(); localStorage.setItem('rowlock.last', 'title: Left over\\n')",
        &[],
    );
    page.go("");
    page.click("#go-on");
    wait_for_text(&page, "^title: Left over\\n");
}
