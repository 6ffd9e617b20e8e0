//! The program comes in two parts: a first visit runs with the first one, and nobody notices the second but by its absence.

use rowlock_e2e::{DESKTOP, Front, PHONE, Page, Theme, Viewport};
use serde_json::json;

/// How the second part was loaded, each time that it was: by `fetch`, or by a request for which the page stood still.
const LOADS: &str = "
    return performance.getEntriesByType('resource').filter(it => it.name.endsWith('_later.wasm')).map(it => it.initiatorType);
";

fn first_visit(viewport: Viewport, address: &str) -> Page {
    let page = Page::open(viewport, Theme::Light, address);
    page.wait_for(if address.is_empty() {
        "#verdict"
    } else {
        "main.embed"
    });
    // What comes when the page has rested comes too.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    page
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_first_visit_runs_with_the_first_part_alone() {
    for viewport in [DESKTOP, PHONE] {
        for address in ["", "?embed=1#g=two-cashiers", "?embed=1#g=on-call-doctors"] {
            let page = first_visit(viewport, address);
            assert_eq!(
                page.script(LOADS, &[]),
                json!([]),
                "a first visit of `{address}` meets functions that are not in xtask/split/first-visit.txt: \
                 run `cargo xtask profile`"
            );
            // Nor does leaving.
            page.script("dispatchEvent(new Event('pagehide'))", &[]);
            assert_eq!(page.script(LOADS, &[]), json!([]), "leaving `{address}`");
        }
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_first_sign_of_a_visitor_fetches_the_second_part() {
    let page = first_visit(DESKTOP, "");
    page.touch();
    page.wait_until(
        "the second part is there",
        "return !rowlockLater.isAway()",
        &[],
    );
    page.click("#locks-tab");
    page.wait_for_text("#panel", "Lock table");
    assert_eq!(page.script(LOADS, &[]), json!(["fetch"]));
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_cannot_wait_has_the_second_part_loaded_on_the_spot() {
    let page = first_visit(DESKTOP, "");
    // A script's edit is no sign of a visitor.
    page.script(
        "const text = document.querySelector('#scenario-text');
         text.value = text.value.replace('UPDATE', 'UPDTE');
         text.dispatchEvent(new Event('input', { bubbles: true }));",
        &[],
    );
    page.wait_for_text(".stale-note", "The text has an error");
    assert_eq!(page.script(LOADS, &[]), json!(["xmlhttprequest"]));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_room_whose_part_does_not_come_says_so_and_tries_again() {
    let front = Front::start(&Page::home());
    // What keeps the page for offline would have fetched it meanwhile.
    front.remove("sw.js");
    let later = front.told("later");
    front.remove(&later);
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&front.home);
    page.wait_until_live();
    page.wait_for("#verdict");
    page.click("#versions-tab");
    page.wait_for_text("#panel", "could not be fetched");
    // The rest of the page lives.
    page.click("#tables-tab");
    page.wait_for("#panel table");
    page.click("#versions-tab");
    // It is tried when the room is opened; what comes after that has to be asked for.
    page.wait_for_text("#panel", "could not be fetched");
    front.give_back(&later);
    page.click("#panel button");
    page.wait_for_text("#panel", "new version");
    let missed = page.errors();
    assert!(
        missed
            .iter()
            .all(|error| error.contains(&later) || error.contains("sw.js")),
        "{missed:?}"
    );
}
