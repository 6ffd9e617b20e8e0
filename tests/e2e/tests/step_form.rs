//! A step is written: typed with completion, mended at its place, chosen in the form.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};
use serde_json::json;

const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const ESCAPE: &str = "\u{E00C}";
const DOWN: &str = "\u{E015}";

/// Chooses the step at a place (from 0), and puts the cursor into its field.
fn write_step(page: &Page, place: usize) {
    page.wait_for(&format!("#step-at-{place}"));
    page.keys(&format!("#step-at-{place}"), ENTER);
    page.wait_until(
        "the field has the focus",
        "return document.activeElement.id === 'step-text'",
        &[],
    );
    page.keys("#step-text", "\u{E009}a\u{E000}");
}

fn field_says(page: &Page, text: &str) {
    page.wait_until(
        &format!("the field says `{text}`"),
        "return document.querySelector('#step-text').value === arguments[0]",
        &[json!(text)],
    );
}

fn text_has(page: &Page, part: &str) {
    page.wait_until(
        &format!("`{part}` is written"),
        "return document.querySelector('#scenario-text').value.includes(arguments[0])",
        &[json!(part)],
    );
}

fn active_is(page: &Page, text: &str) {
    page.wait_until(
        &format!("`{text}` is the active suggestion"),
        "const field = document.querySelector('#step-text'), id = field.getAttribute('aria-activedescendant');
         const row = id && document.getElementById(id);
         return row?.getAttribute('aria-selected') === 'true' && row.querySelector('code').textContent === arguments[0]",
        &[json!(text)],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_statement_is_typed_with_completion_by_keys() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    write_step(&page, 4);
    page.keys("#step-text", "upd");
    active_is(&page, "UPDATE");
    page.press(TAB);
    field_says(&page, "UPDATE ");
    // The tables are there at once, but none is taken unasked.
    page.wait_for("#step-suggestions");
    page.press(DOWN);
    active_is(&page, "stock");
    page.press(ENTER);
    page.keys("#step-text", "se");
    page.press(ENTER);
    page.keys("#step-text", "qu");
    page.press(TAB);
    page.keys("#step-text", " = :");
    page.wait_for_text("#step-suggestions", "read by step 2");
    page.press(DOWN);
    page.press(ENTER);
    field_says(&page, "UPDATE stock SET quantity = :quantity");
    page.keys("#step-text", " - 2 whe");
    page.press(TAB);
    page.keys("#step-text", "id = 42");
    field_says(
        &page,
        "UPDATE stock SET quantity = :quantity - 2 WHERE id = 42",
    );
    page.press(ENTER);
    text_has(
        &page,
        "A: UPDATE stock SET quantity = :quantity - 2 WHERE id = 42",
    );
    page.wait_until(
        "the focus is back at the step",
        "return document.activeElement.id === 'step-at-4'",
        &[],
    );
    // Escape closes the list, then restores.
    write_step(&page, 4);
    page.keys("#step-text", "del");
    page.wait_for("#step-suggestions");
    page.press(ESCAPE);
    page.wait_until(
        "the list is closed",
        "return !document.querySelector('#step-suggestions') && document.querySelector('#step-text').value === 'del'",
        &[],
    );
    page.press(ESCAPE);
    page.wait_until(
        "the focus is back at the step",
        "return document.activeElement.id === 'step-at-4'",
        &[],
    );
    text_has(
        &page,
        "A: UPDATE stock SET quantity = :quantity - 2 WHERE id = 42",
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_suggestion_is_taken_by_the_pointer_and_an_unsound_draft_stays() {
    let page = Page::open(PHONE, Theme::Dark, "");
    page.wait_for(".sides");
    page.click(".sides button:first-child");
    write_step(&page, 1);
    page.keys("#step-text", "SELECT quantity FROM ");
    page.click("#step-suggestion-0");
    field_says(&page, "SELECT quantity FROM stock ");
    page.keys("#step-text", "WHERE idd = 42");
    page.press(ENTER);
    page.wait_for_text("#step-trouble.wrong", "has no column `idd`");
    page.wait_for_text("#step-trouble mark", "idd");
    // Nothing is lost: the draft stays, the scenario as well.
    field_says(&page, "SELECT quantity FROM stock WHERE idd = 42");
    text_has(&page, "A: SELECT quantity FROM stock WHERE id = 42");
    page.click("#step-trouble .place");
    page.press("id");
    page.press(ENTER);
    page.wait_until(
        "the focus is back at the step",
        "return document.activeElement.id === 'step-at-1'",
        &[],
    );
    page.wait_until(
        "nothing is too wide",
        "return document.documentElement.scrollWidth <= innerWidth",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn an_unsound_draft_is_kept_for_its_step_while_another_is_chosen() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    write_step(&page, 1);
    page.keys("#step-text", "SELECT quantity FROM stok");
    page.click("#step-at-3");
    field_says(&page, "SELECT quantity FROM stock WHERE id = 42");
    page.wait_for_text("#unfinished", "step 2");
    // It follows its step, and is there again.
    page.click("#step-at-2");
    page.click("#remove");
    page.click("#unfinished button");
    field_says(&page, "SELECT quantity FROM stok");
    page.wait_for_text("#step-trouble.wrong", "stok");
    page.click("#step-at-0");
    page.click("#later");
    page.wait_for_text("#unfinished", "step 1");
    page.click("#unfinished button");
    field_says(&page, "SELECT quantity FROM stok");
    // What is discarded is gone, and what is mended becomes the step.
    page.click("#step-discard");
    field_says(&page, "SELECT quantity FROM stock WHERE id = 42");
    assert_eq!(page.count("#unfinished"), 0);
    page.keys("#step-text", "\u{E009}a\u{E000}SELECT quantity FROM stok");
    page.click("#step-at-1");
    page.click("#unfinished button");
    field_says(&page, "SELECT quantity FROM stok");
    page.keys(
        "#step-text",
        "\u{E009}a\u{E000}SELECT quantity FROM stock WHERE id = 42 FOR UPDATE",
    );
    page.click("#step-at-1");
    text_has(
        &page,
        "A: SELECT quantity FROM stock WHERE id = 42 FOR UPDATE",
    );
    assert_eq!(page.count("#unfinished"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_that_others_need_is_changed_only_when_it_is_meant() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    write_step(&page, 1);
    page.keys("#step-text", "SELECT id FROM stock WHERE id = 42");
    page.press(ENTER);
    page.wait_for_text("#step-trouble", "Step 5 would lose its meaning");
    text_has(&page, "A: SELECT quantity FROM stock WHERE id = 42");
    page.click("#step-all-the-same");
    text_has(&page, "A: SELECT id FROM stock WHERE id = 42");
    page.wait_for_text("#errors", ":quantity has no value here");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_is_made_with_the_form_and_an_odd_order_is_noted() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    write_step(&page, 1);
    page.click("#step-form-toggle");
    page.wait_for("#step-form");
    let choose = |label: &str, option: &str| {
        let done = page.script(
            "const label = [...document.querySelectorAll('#step-form label')].find(it => it.querySelector('span').textContent === arguments[0]);
             const list = label?.querySelector('select');
             const option = [...(list?.options ?? [])].find(it => it.textContent === arguments[1]);
             if (!option) return false;
             list.value = option.value;
             list.dispatchEvent(new Event('change', { bubbles: true }));
             return true",
            &[json!(label), json!(option)],
        );
        assert_eq!(done, json!(true), "{label}: {option}");
    };
    choose("Row lock", "FOR UPDATE");
    text_has(
        &page,
        "A: SELECT quantity FROM stock WHERE id = 42 FOR UPDATE",
    );
    page.wait_for_text("#step-form-sql", "FOR UPDATE");
    // While a value is typed, the SQL follows; it is written when it is done.
    page.click("#step-row-0");
    page.keys("#step-row-0", "\u{E009}a\u{E000}7");
    page.wait_for_text("#step-form-sql", "WHERE id = 7 FOR UPDATE");
    page.press(TAB);
    text_has(
        &page,
        "A: SELECT quantity FROM stock WHERE id = 7 FOR UPDATE",
    );
    page.keys("#step-at-0", ENTER);
    choose("Level", "SERIALIZABLE");
    text_has(&page, "A: BEGIN ISOLATION LEVEL SERIALIZABLE");
    choose("Step", "COMMIT");
    text_has(&page, "  A: COMMIT\n  A: SELECT");
    page.wait_for_text("#step-trouble.odd", "there is no transaction in progress");
}
