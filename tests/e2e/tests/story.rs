//! The first slice through the product: a visitor sees a sale lost, cures it, edits, and shares it.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};
use serde_json::json;

const DEADLOCK: &str = "\
setup:
  CREATE TABLE account (id int PRIMARY KEY, balance int);
  INSERT INTO account VALUES (1, 500), (2, 500);

timeline:
  A: BEGIN
  A: UPDATE account SET balance = balance - 100 WHERE id = 1
  B: BEGIN
  B: UPDATE account SET balance = balance - 50 WHERE id = 2
  A: UPDATE account SET balance = balance + 100 WHERE id = 2
  B: UPDATE account SET balance = balance + 50 WHERE id = 1
  A: COMMIT
  B: COMMIT
";

fn kind(page: &Page, kind: &str) {
    page.wait_for(&format!("#verdict[data-kind='{kind}']"));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn two_cashiers_lose_a_sale_and_a_click_on_a_strategy_cures_it() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for_text("#verdict", "overwrote Cashier A's update");
    kind(&page, "anomaly");
    for strategy in ["atomic", "optimistic", "pessimistic"] {
        page.click(&format!("[data-strategy='{strategy}']"));
        kind(&page, "correct");
        page.wait_for(&format!(
            "[data-strategy='{strategy}'][aria-checked='true']"
        ));
        page.wait_for_text("#final-tables", "8");
    }
    page.click("[data-strategy='none']");
    kind(&page, "anomaly");
    // The cure that is offered beside the verdict works as well.
    page.click(".verdict .cure");
    kind(&page, "correct");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_first_view_has_the_telling_step_in_sight() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for(".sequence-body .now");
    let in_sight = "const frame = document.querySelector('.sequence').getBoundingClientRect();
        const now = document.querySelector('.sequence .now').getBoundingClientRect();
        return now.top >= frame.top && now.bottom <= frame.bottom + 1";
    page.wait_until("the current step is in sight", in_sight, &[]);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_text_is_live_at_every_key_stroke_and_an_error_is_shown_at_its_place() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    page.fill("#scenario-text", DEADLOCK);
    page.wait_for_text("#verdict", "40P01");
    page.fill("#scenario-text", &DEADLOCK.replace("B: COMMIT", "B: COMIT"));
    page.wait_for_text("#errors", "line 13, column 6");
    // The last good run stays.
    page.wait_for_text("#verdict", "40P01");
    page.wait_for(".stale-note");
    page.click("#errors .place");
    let selected = page.script(
        "const area = document.activeElement; return area.value.slice(area.selectionStart, area.selectionEnd)",
        &[],
    );
    assert_eq!(selected, json!("COMIT"));
    page.fill("#scenario-text", DEADLOCK);
    page.wait_until(
        "the error is gone",
        "return !document.querySelector('#errors li')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_player_moves_through_the_run_and_the_tables_follow() {
    let page = Page::open(DESKTOP, Theme::Dark, "");
    page.click("#player-start");
    page.wait_for_text(".caption", "Before the first statement");
    page.wait_for_text("#tables", "10");
    for _ in 0..10 {
        page.click("#player-forward");
    }
    page.wait_for_text(".caption", "from 10 to 9");
    page.wait_for_text("#tables", "Cashier A, not committed");
    page.keys("#position", "\u{E010}");
    page.wait_for_text(".caption", "commits");
    page.click("#player-play");
    page.wait_for("#player-play[aria-label='Pause']");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_shared_link_opens_the_same_scenario_at_the_same_step() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    page.fill("#scenario-text", DEADLOCK);
    page.click("#player-start");
    page.click("#player-forward");
    page.click("#share");
    page.wait_for_text("#share-length", "characters");
    let address = page.address();
    let fragment = address
        .split_once('#')
        .map(|(_, fragment)| fragment.to_owned())
        .unwrap_or_default();
    assert!(
        fragment.starts_with("s=d1.") && fragment.ends_with("step=1"),
        "{address}"
    );
    let other = Page::open(PHONE, Theme::Light, &format!("#{fragment}"));
    other.wait_for_text(".count", "1 of");
    let text = other.script("return rowlock.text()", &[]);
    assert_eq!(text, json!(DEADLOCK));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_address_follows_the_edits_and_a_readable_link_is_read() {
    let page = Page::open(DESKTOP, Theme::Light, "#t1.");
    page.go("#s=t1.timeline:%0A%20%20A:%20BEGIN%0A");
    page.wait_for_text("#verdict", "has not ended");
    page.fill("#scenario-text", "timeline:\n  A: SELECT 1\n");
    page.wait_until(
        "the address follows",
        "return location.hash.startsWith('#s=d1.')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_broken_link_says_which_case_it_is_and_loses_nothing() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    page.fill("#scenario-text", DEADLOCK);
    page.click("#share");
    page.wait_for_text("#share-length", "characters");
    let link = page.script("return location.hash", &[]);
    let link = link
        .as_str()
        .unwrap_or_default()
        .split('&')
        .next()
        .unwrap_or_default()
        .to_owned();
    page.click("#share-close");
    let half = &link[..link.len() / 2];
    for (fragment, case) in [
        (half, "cut-off"),
        ("#s=d9.AAAA.0000", "newer-format"),
        ("#s=hello", "not-a-scenario"),
    ] {
        page.script("location.hash = arguments[0]", &[json!(fragment)]);
        page.wait_for(&format!("#link-error[data-case='{case}']"));
        assert_eq!(page.script("return rowlock.text()", &[]), json!(DEADLOCK));
    }
    page.script("location.hash = arguments[0]", &[json!(half)]);
    page.wait_for("#link-error[data-case='cut-off']");
    // The part that arrived can be opened, and what was there before can be gone back to.
    page.click("#link-error button");
    page.wait_until(
        "the readable part is open",
        "return rowlock.text().length < 300",
        &[],
    );
    page.click("#go-back");
    page.wait_until(
        "the draft is back",
        "return rowlock.text() === arguments[0]",
        &[json!(DEADLOCK)],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn every_story_opens_and_says_what_happens() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#story");
    page.click("#story");
    page.wait_for("#stories");
    let stories = page.script(
        "return [...document.querySelectorAll('#stories [data-story]')].map(button => button.dataset.story)",
        &[],
    );
    for story in stories.as_array().cloned().unwrap_or_default() {
        page.go(&format!("#g={}", story.as_str().unwrap_or_default()));
        page.wait_until(
            "a verdict",
            "return document.querySelector('#verdict')?.textContent.length > 20",
            &[],
        );
        page.click("#sent-tab");
        page.wait_for("#sent");
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_phone_shows_one_side_at_a_time_and_nothing_is_wider_than_the_screen() {
    let page = Page::open(PHONE, Theme::Dark, "");
    page.wait_for(".watch");
    let wide = "return document.documentElement.scrollWidth <= innerWidth";
    page.wait_until("nothing is too wide", wide, &[]);
    page.click(".sides button:first-child");
    page.wait_until(
        "the text is in sight",
        "return document.querySelector('#scenario-text').offsetParent !== null",
        &[],
    );
    page.wait_until("nothing is too wide", wide, &[]);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_probability_follows_the_sliders() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.click("#probability-tab");
    page.wait_for_text("#probability-value", "39.3 %");
    page.keys("#lambda", "\u{E010}");
    page.wait_for_text("#band", "pessimistic");
    page.keys("#lambda", "\u{E011}");
    page.wait_for_text("#band", "optimistic");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_story_is_found_by_a_word_and_opened() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.click("#story");
    page.keys("#story-search", "doctors");
    page.wait_until(
        "one story is left",
        "return document.querySelectorAll('#stories [data-story]').length === 1",
        &[],
    );
    page.click("[data-story=on-call-doctors]");
    page.wait_for_text("#verdict", "each decided on what the other then changed");
    // The list is gone, and the focus is back at its button.
    page.wait_until(
        "the focus is back",
        "return !document.querySelector('#stories') && document.activeElement.id === 'story'",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_lost_reply_charges_twice_under_upsert_and_once_with_a_lock() {
    let page = Page::open(DESKTOP, Theme::Dark, "#g=payment-reply-lost");
    page.wait_for_text("#verdict", "carried out twice");
    page.click("[data-strategy=upsert-lock]");
    page.wait_for_text("#verdict", "carried out before");
    page.click("#sent-tab");
    page.wait_for_text("#sent", "CREATE TABLE request");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn one_session_may_have_a_strategy_of_its_own() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#strategy-for");
    page.script(
        "const list = document.querySelector('#strategy-for'); list.value = '0'; \
         list.dispatchEvent(new Event('change', { bubbles: true }))",
        &[],
    );
    page.click("[data-strategy=pessimistic]");
    page.wait_until(
        "the text says so",
        "return document.querySelector('#scenario-text').value.includes('    strategy: pessimistic')",
        &[],
    );
    // Cashier B does not lock, so the sale is lost all the same.
    page.wait_for_text("#verdict", "overwrote");
    page.click("#as-all");
    page.wait_until(
        "it is gone again",
        "return !document.querySelector('#scenario-text').value.includes('    strategy:')",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_plan_is_shown_as_code() {
    let page = Page::open(PHONE, Theme::Dark, "#g=two-cashiers&strategy=optimistic");
    page.click("#code-tab");
    page.wait_for_text("#code", "\\gset");
    page.click("[data-language=sqlalchemy]");
    page.wait_for_text("#code", "version_id_col");
    page.click("[data-language=spring]");
    page.wait_for_text("#code", "@Version");
    page.wait_until(
        "nothing is too wide",
        "return document.documentElement.scrollWidth <= innerWidth",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_is_moved_copied_removed_and_written_by_keys_and_all_is_undone() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#step-at-0");
    let text = "return document.querySelector('#scenario-text').value";
    let first = page.script(text, &[]);
    let has = |what: &str, part: &str| {
        page.wait_until(
            what,
            "return document.querySelector('#scenario-text').value.includes(arguments[0])",
            &[json!(part)],
        );
    };
    // Alt and the right arrow: A's SELECT goes behind B's BEGIN, and the focus with it.
    page.keys("#step-at-1", "\u{E00A}\u{E014}\u{E000}");
    has("it has moved", "  B: BEGIN\n  A: SELECT");
    page.wait_until(
        "the focus goes with it",
        "return document.activeElement.id === 'step-at-2'",
        &[],
    );
    // Delete.
    page.keys("#step-at-6", "\u{E017}");
    page.wait_until(
        "a step is gone",
        "return document.querySelectorAll('.lanes .chip').length === 7",
        &[],
    );
    // Enter, then another text.
    page.keys("#step-at-6", "\u{E007}");
    page.wait_until(
        "the field has the focus",
        "return document.activeElement.id === 'step-text'",
        &[],
    );
    page.keys("#step-text", "\u{E009}a\u{E000}ROLLBACK\u{E007}");
    has("it is written", "  B: ROLLBACK");
    for _ in 0..3 {
        page.click("#undo");
    }
    page.wait_until(
        "all is as it was",
        "return document.querySelector('#scenario-text').value === arguments[0]",
        &[first],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_step_is_dragged_to_another_place_and_lane_while_the_run_follows() {
    let page = Page::open(DESKTOP, Theme::Dark, "");
    page.wait_for("#step-at-5");
    // B's UPDATE is dragged, pointer event by pointer event, before A's, into A's lane, and back into its own.
    let drag = "const picture = document.querySelector('.lanes .drawing'), at = (id) => { const box = \
        document.getElementById(id).getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2] }; \
        const send = (type, [x, y]) => picture.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, \
        pointerId: 1, pointerType: 'mouse', button: 0, buttons: 1 })); \
        picture.setPointerCapture = () => {}; \
        const from = at('step-at-5'), to = at('step-at-4'); send('pointerdown', from); send('pointermove', [to[0], from[1]]); \
        await new Promise(done => setTimeout(done, 60)); send('pointermove', to); await new Promise(done => setTimeout(done, 60)); \
        send('pointermove', [to[0], from[1]]); await new Promise(done => setTimeout(done, 60)); send('pointerup', [to[0], from[1]]);";
    page.script(
        &format!("(async () => {{ {drag} document.body.dataset.dragged = 'yes' }})()"),
        &[],
    );
    page.wait_for("body[data-dragged]");
    page.wait_until(
        "B writes first",
        "return /B: UPDATE[^]*A: UPDATE/.test(document.querySelector('#scenario-text').value)",
        &[],
    );
    page.wait_for_text("#verdict", "Cashier A overwrote Cashier B's update");
    // One drag is one change.
    page.click("#undo");
    page.wait_for_text("#verdict", "Cashier B overwrote Cashier A's update");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn steps_are_added_from_the_palette_and_a_session_is_added() {
    let page = Page::open(PHONE, Theme::Light, "");
    page.wait_for(".sides");
    page.click(".sides button:first-child");
    page.click("[data-template=ROLLBACK]");
    page.wait_until(
        "it stands at the end",
        "return /A: ROLLBACK\\s+expect:/.test(document.querySelector('#scenario-text').value)",
        &[],
    );
    page.click("#sessions summary");
    page.click("[aria-label='Add a session']");
    page.wait_until(
        "there is a third lane",
        "return document.querySelectorAll('.lanes .lane').length === 3",
        &[],
    );
    page.wait_until(
        "nothing is too wide",
        "return document.documentElement.scrollWidth <= innerWidth",
        &[],
    );
}
