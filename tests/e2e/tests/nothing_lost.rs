//! Whatever goes wrong in the browser, the visitor's work is not lost and a sentence says what to do.

use rowlock_e2e::{DESKTOP, Front, Page, Theme};
use serde_json::json;

const MINE: &str = "title: Mine\n\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY);\n\ntimeline:\n  A: INSERT INTO t VALUES (1)\n";

/// A page at an address of its own, in front of which things can go wrong.
fn behind(front: &Front, script: &str) -> Page {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_theme(Theme::Light);
    if !script.is_empty() {
        page.before_each_page(script);
    }
    page.visit(&front.home);
    page
}

fn editor(page: &Page) -> String {
    let text = page.script("return document.querySelector('#scenario-text').value", &[]);
    text.as_str().unwrap_or_default().to_owned()
}

fn wait_for_draft(page: &Page, part: &str) {
    page.wait_until(
        &format!("the draft has {part}"),
        "return (sessionStorage.getItem('rowlock.draft') ?? '').includes(arguments[0])",
        &[json!(part)],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_full_storage_is_said_and_the_address_keeps_the_work() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.before_each_page(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    );
    page.go("");
    page.fill("#scenario-text", MINE);
    page.wait_for("#keeping[data-case=full]");
    page.wait_for_text("#keeping", "storage is full");
    page.wait_for("#save-file");
    // The address has it, and a reload comes back to it.
    page.wait_until(
        "the address follows",
        "return location.hash.startsWith('#s=d1.')",
        &[],
    );
    page.reload();
    page.wait_until_live();
    page.wait_for("#scenario-text");
    assert!(editor(&page).contains("title: Mine"), "{}", editor(&page));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn without_any_storage_the_page_works_and_says_where_the_work_is() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.before_each_page(
        "for (const name of ['localStorage', 'sessionStorage'])
           Object.defineProperty(window, name, { get() { throw new DOMException('off', 'SecurityError'); } });",
    );
    page.go("");
    page.wait_for_text("#verdict", "overwrote");
    assert_eq!(page.count("#keeping"), 0, "nobody has anything to lose yet");
    page.fill("#scenario-text", MINE);
    page.wait_for("#keeping[data-case=off]");
    page.wait_for_text("#keeping", "keeps nothing for this page");
    page.click("#keeping .quiet");
    page.wait_until(
        "the notice is put away",
        "return !document.querySelector('#keeping')",
        &[],
    );
    // Once is enough.
    page.fill("#scenario-text", &MINE.replace("Mine", "Still mine"));
    page.wait_until(
        "the address follows",
        "return location.hash.startsWith('#s=d1.')",
        &[],
    );
    assert_eq!(page.count("#keeping"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_is_typed_is_there_after_a_reload_even_if_it_is_wrong_and_the_reload_comes_at_once() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.fill("#scenario-text", MINE);
    wait_for_draft(&page, "title: Mine");
    let broken = MINE.replace("INSERT", "INSRT");
    page.fill("#scenario-text", &broken);
    page.reload();
    page.wait_for("#errors li");
    page.wait_until_live();
    assert_eq!(editor(&page), broken);
}

/// A saved scenario in one tab, and the list of those that are saved in another, which is in front; with it the first tab.
fn saved_and_listed_in_another_tab() -> (Page, String) {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.fill("#scenario-text", MINE);
    page.click("#mine");
    page.click("#save");
    page.wait_for("#duplicate-scenario");
    page.press("\u{E00C}");
    let first = page.new_tab();
    page.set_viewport(DESKTOP);
    page.go("");
    page.click("#mine");
    (page, first)
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn two_tabs_do_not_write_over_each_other() {
    let (page, first) = saved_and_listed_in_another_tab();
    page.click("#library .open");
    page.wait_for_text("#about", "Mine");
    page.fill("#scenario-text", &MINE.replace("VALUES (1)", "VALUES (2)"));
    page.wait_until(
        "the second tab has saved",
        "return Object.entries(localStorage).some(([key, value]) => key.startsWith('rowlock.saved.') && value.includes('VALUES (2)'))",
        &[],
    );
    let second = page.switch(&first);
    page.wait_for("#keeping[data-case=changed]");
    page.wait_for_text("#keeping", "was changed in another tab");
    assert!(
        editor(&page).contains("VALUES (1)"),
        "this tab keeps its own"
    );
    // What is done here now is this tab's draft, and does not reach what is saved.
    page.fill("#scenario-text", &MINE.replace("VALUES (1)", "VALUES (3)"));
    wait_for_draft(&page, "VALUES (3)");
    let saved = "return Object.entries(localStorage).filter(([key]) => key.startsWith('rowlock.saved.')).map(([, value]) => value).join('|')";
    let texts = page.script(saved, &[]);
    let texts = texts.as_str().unwrap_or_default();
    assert!(texts.contains("VALUES (2)") && !texts.contains("VALUES (3)"));
    page.click("#keep-mine");
    page.wait_until("there are two", &format!("return (() => {{ {saved} }})().includes('VALUES (3)') && (() => {{ {saved} }})().includes('VALUES (2)')"), &[]);
    page.switch(&second);
    assert!(editor(&page).contains("VALUES (2)"));
    assert_eq!(page.count("#keeping"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_another_tab_deletes_stays_here() {
    let (page, first) = saved_and_listed_in_another_tab();
    page.click("#library .saved button:last-child");
    page.wait_for_text("#library", "is deleted");
    page.switch(&first);
    page.wait_for("#keeping[data-case=deleted]");
    assert!(editor(&page).contains("title: Mine"));
    page.click("#keep-mine");
    page.wait_until(
        "it is saved again",
        "return Object.keys(localStorage).some((key) => key.startsWith('rowlock.saved.'))",
        &[],
    );
}

/// What a worker begins with.
const WORKER: &str = "worker.js";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_worker_that_is_gone_or_breaks_down_is_said_and_can_be_tried_again() {
    let front = Front::start(&Page::home());
    let page = behind(&front, "");
    page.wait_until_live();
    front.remove(WORKER);
    page.click("#schedules-tab");
    page.wait_for("#schedules[data-phase=failed]");
    page.wait_for_text("#schedules-headline", "could not be loaded");
    front.replace(WORKER, "throw new Error('broken');");
    page.click("#schedules-again");
    page.wait_for_text("#schedules-headline", "could not be loaded");
    // The rest lives on, and the worker that is there again is asked.
    page.click("#strategy-atomic");
    page.wait_for_text("#verdict", "");
    front.give_back(WORKER);
    // Whether the other strategy was asked about before that or after: there may be nothing to try again.
    page.wait_until(
        "all schedules, tried again where need be",
        "if (Date.now() - (window.triedAt ?? 0) > 3000) {
           window.triedAt = Date.now();
           document.querySelector('#schedules-again')?.click();
         }
         return document.querySelector('#schedules[data-phase=over]') !== null",
        &[],
    );
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_worker_that_starts_and_does_not_listen_is_said() {
    let front = Front::start(&Page::home());
    let beginning = front.read(WORKER);
    front.replace(WORKER, &format!("delete self.MessageChannel;\n{beginning}"));
    let page = behind(&front, "");
    page.wait_until_live();
    page.click("#schedules-tab");
    page.wait_for("#schedules[data-phase=failed]");
    page.wait_for_text("#schedules-headline", "could not be loaded");
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_worker_that_breaks_down_at_its_work_is_said_and_can_be_tried_again() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    // At its first answer it runs out of memory, once.
    page.before_each_page(
        "const Real = Worker;
         window.Worker = class extends Real {
           constructor(...all) {
             super(...all);
             let heard = 0;
             this.addEventListener('message', () => {
               if (++heard < 2 || window.brokeDown) return;
               window.brokeDown = true;
               this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
             });
           }
         };",
    );
    page.go("#g=flash-sale");
    page.click("#schedules-tab");
    page.wait_for("#schedules[data-phase=failed]");
    page.wait_for_text("#schedules-headline", "ran out of memory or broke down");
    page.click("#schedules-again");
    page.wait_for("#schedules:not([data-phase=failed]) #outcomes tr[data-count]");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn without_webassembly_there_is_a_picture_and_a_sentence() {
    let front = Front::start(&Page::home());
    let page = behind(&front, "delete window.WebAssembly;");
    page.wait_for_text("#trouble", "needs WebAssembly");
    page.wait_for_text("#verdict", "overwrote");
    page.wait_for(".still svg.sq");
    let shown = page.script("return [...document.querySelectorAll('button, select, input')].filter((it) => it.checkVisibility() && !it.closest('.strategies')).map((it) => it.id)", &[]);
    assert_eq!(shown, json!([]), "nothing is offered that does not work");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_program_that_does_not_come_is_said() {
    let front = Front::start(&Page::home());
    front.remove(&front.told("js"));
    let page = behind(&front, "");
    page.wait_for_text("#trouble", "could not be loaded");
    page.wait_for_text("#verdict", "overwrote");
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_program_that_breaks_down_is_said_and_the_draft_is_there_afterwards() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.fill("#scenario-text", MINE);
    wait_for_draft(&page, "title: Mine");
    // What a browser tells of a trap.
    page.script(
        "dispatchEvent(new ErrorEvent('error', { error: new window.WebAssembly.RuntimeError('unreachable') }))",
        &[],
    );
    page.wait_for_text("#trouble", "broke down");
    let _ = page.errors();
    page.reload();
    page.wait_for("#app:not([data-still]) #scenario-text");
    assert!(editor(&page).contains("title: Mine"));
}
