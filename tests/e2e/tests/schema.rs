//! Tables, starting rows and rules are made on the page, from nothing.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};
use serde_json::json;

/// A scenario with a session and nothing else.
const NOTHING: &str = "#s=t1.sessions:%0A%20%20A:%20Ann%0A";
const CTRL_A: &str = "\u{E009}a\u{E000}";
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";

/// Writes into a field, as a visitor does.
fn write(page: &Page, field: &str, text: &str) {
    page.wait_for(field);
    page.keys(field, &format!("{CTRL_A}{text}{ENTER}"));
}

fn text_has(page: &Page, part: &str) {
    page.wait_until(
        &format!("the text has `{part}`"),
        "return rowlock.text().includes(arguments[0])",
        &[json!(part)],
    );
}

fn focus_is(page: &Page, id: &str) {
    page.wait_until(
        &format!("the focus is at {id}"),
        "return document.activeElement.id === arguments[0]",
        &[json!(id)],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn from_nothing_to_a_table_with_rows_and_a_rule_that_turns() {
    let page = Page::open(DESKTOP, Theme::Light, NOTHING);
    // Whoever has no table begins here.
    page.wait_for("#schema[open] #add-table");
    page.click("#add-table");
    focus_is(&page, "table-0-name");
    write(&page, "#table-0-name", "stock");
    page.click("#add-column-0");
    focus_is(&page, "column-0-1-name");
    write(&page, "#column-0-1-name", "quantity");
    page.click("#add-column-0");
    write(&page, "#column-0-2-name", "shelf");
    page.script(
        "const list = document.querySelector('[aria-label=\"Type of shelf\"]'); list.value = 'text'; \
         list.dispatchEvent(new Event('change', { bubbles: true }))",
        &[],
    );
    text_has(
        &page,
        "CREATE TABLE stock (id int PRIMARY KEY, quantity int, shelf text);",
    );
    page.click("#add-row-0");
    focus_is(&page, "cell-0-0-0");
    write(&page, "#cell-0-0-1", "10");
    // Plain words are a text.
    write(&page, "#cell-0-0-2", "next to the door");
    page.click("#add-row-0");
    page.wait_for("#cell-0-1-0");
    text_has(
        &page,
        "  INSERT INTO stock VALUES (1, 10, 'next to the door'), (2, 10, 'next to the door');\n",
    );
    page.wait_for_text("#final-tables", "next to the door");

    page.click("#add-rule");
    write(&page, "#rule-0-name", "nothing is owed");
    page.wait_for_text("[data-rule='0'].holds output", "true");
    write(&page, "#cell-0-1-1", "-1");
    page.wait_for_text("[data-rule='0'].fails output", "false");
    write(
        &page,
        "#rule-0-query",
        "SELECT quantity FROM stock WHERE id = 1",
    );
    page.wait_for_text("[data-rule='0'].fails output", "neither true nor false");
    write(
        &page,
        "#rule-0-query",
        "SELECT SUM(quantity) = 9 FROM stock",
    );
    page.wait_for_text("[data-rule='0'].holds output", "true");
    text_has(
        &page,
        "expect:\n  nothing is owed: SELECT SUM(quantity) = 9 FROM stock\n",
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_cannot_be_is_refused_and_what_no_longer_fits_is_said() {
    let page = Page::open(DESKTOP, Theme::Dark, "");
    page.click("#schema summary");
    let cell = "return document.querySelector('#cell-0-0-1').value";
    write(&page, "#cell-0-0-1", "many");
    page.wait_for_text(".schema .told", "`many` is no constant");
    // What was typed can be mended, or given up.
    assert_eq!(page.script(cell, &[]), json!("many"));
    page.keys("#cell-0-0-1", ESCAPE);
    assert_eq!(page.script(cell, &[]), json!("10"));
    // Steps still use the old name: the change is made, and the reader says where.
    write(&page, "#column-0-1-name", "pieces");
    page.wait_for_text(".schema .told", "Column renamed. Now the text has an error");
    page.wait_for_text("#errors", "has no column `quantity`");
    // The room goes on.
    write(&page, "#column-0-1-name", "quantity");
    page.wait_for_text(".schema .told", "Column renamed.");
    page.wait_until(
        "the error is gone",
        "return !document.querySelector('#errors li')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn on_a_phone_only_the_table_scrolls_and_targets_are_wide_enough() {
    let page = Page::open(PHONE, Theme::Light, "#g=product-price");
    page.wait_for(".sides");
    page.click(".sides button:first-child");
    page.click("#schema > summary");
    page.wait_for("#cell-0-0-0");
    page.click("#schema th summary");
    page.wait_until(
        "nothing is wider than the screen",
        "return document.documentElement.scrollWidth <= innerWidth",
        &[],
    );
    page.wait_until(
        "targets have 24 pixels at least",
        "return [...document.querySelectorAll('#schema :is(button, summary, select, input, textarea)')].every(it => { \
         const box = (it.type === 'checkbox' ? it.parentElement : it).getBoundingClientRect(); return box.width >= 24 && box.height >= 24 })",
        &[],
    );
}
