//! The page is kept for when there is no network, and a new version waits until it is asked for.

use rowlock_e2e::{DESKTOP, Front, Page, Theme};
use serde_json::json;

fn open(front: &Front) -> Page {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_theme(Theme::Light);
    page.visit(&front.home);
    page.wait_until_live();
    page
}

fn wait_until_kept(page: &Page) {
    page.wait_until(
        "the page is kept",
        "return navigator.serviceWorker.controller?.state === 'activated'",
        &[],
    );
}

/// The same page as another version would be.
fn next_version(front: &Front) {
    let index = front.read("index.html");
    front.replace("index.html", &index.replace("<title>", "<title>New: "));
    front.replace("", &index.replace("<title>", "<title>New: "));
    let worker = front.read("sw.js");
    front.replace(
        "sw.js",
        &worker.replace("const VERSION = '", "const VERSION = 'next-"),
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn who_has_been_here_comes_back_without_a_network() {
    let front = Front::start(&Page::home());
    let page = open(&front);
    let first = front.asked();
    assert!(
        !first.iter().any(|file| file.contains("sw.js")),
        "nothing is kept before the page has come to rest: {first:?}"
    );
    wait_until_kept(&page);
    let kept = front.asked();
    assert!(
        !kept.iter().any(|file| file.starts_with("s/")
            || file.contains("sandbox")
            || file.contains("social")),
        "{kept:?}"
    );
    front.set_offline(true);
    page.visit("about:blank");
    page.visit(&format!("{}?theme=dark#g=transfer-deadlock", front.home));
    page.wait_until_live();
    page.wait_for_text("#about", "ransfer");
    // What is loaded late is there too: the worker, and the figure in the Share dialog.
    page.click("#schedules-tab");
    page.wait_for("#schedules[data-phase=over]");
    page.click("#share");
    page.click("#share-figure-tab");
    page.enter("#figure-preview");
    page.wait_for(".embed .sequence svg.sq");
    page.leave();
    page.visit(&format!("{}guide/", front.home));
    page.wait_for("h1");
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_new_version_waits_and_keeps_the_draft() {
    let front = Front::start(&Page::home());
    let page = open(&front);
    wait_until_kept(&page);
    next_version(&front);
    page.visit("about:blank");
    page.visit(&front.home);
    page.wait_until_live();
    page.wait_for_text("#update", "A new version of Rowlock is here");
    let title = page.script("return document.title", &[]);
    assert!(!title.as_str().unwrap_or_default().starts_with("New"));
    page.script("window.sameAsBefore = true", &[]);
    let mine = "title: Mine\n\ntimeline:\n  A: SELECT 1\n";
    page.fill("#scenario-text", mine);
    assert_eq!(page.script("return window.sameAsBefore", &[]), json!(true));
    page.click("#update button");
    page.wait_until(
        "the new version is there",
        "return document.title.startsWith('New') && !document.querySelector('#app[data-still]')",
        &[],
    );
    page.wait_for("#scenario-text");
    let text = page.script("return document.querySelector('#scenario-text').value", &[]);
    assert_eq!(text, json!(mine));
    assert_eq!(page.count("#update"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_figure_registers_nothing_and_gets_what_the_network_has() {
    let front = Front::start(&Page::home());
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&format!("{}?embed#g=two-cashiers", front.home));
    page.wait_for(".embed .sequence svg.sq");
    page.script_async("setTimeout(arguments[0], 5000)", &[]);
    let registered = page.script_async(
        "navigator.serviceWorker.getRegistrations().then((all) => arguments[0](all.length))",
        &[],
    );
    assert_eq!(registered, json!(0));
    // Where the whole page is kept, a figure is still the network's.
    page.visit(&front.home);
    page.wait_until_live();
    wait_until_kept(&page);
    next_version(&front);
    page.visit(&format!("{}?embed#g=two-cashiers", front.home));
    page.wait_for(".embed .sequence svg.sq");
    let title = page.script("return document.title", &[]);
    assert!(
        title.as_str().unwrap_or_default().starts_with("New"),
        "{title}"
    );
    assert_eq!(page.count("#update"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn it_can_be_installed() {
    let front = Front::start(&Page::home());
    let page = open(&front);
    let found = page.devtools("Page.getInstallabilityErrors", json!({}));
    let errors: Vec<&str> = found["installabilityErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["errorId"].as_str())
        // Tests run in windows that keep nothing.
        .filter(|id| *id != "in-incognito")
        .collect();
    assert_eq!(errors, Vec::<&str>::new());
}
