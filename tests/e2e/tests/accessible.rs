//! axe-core finds nothing on any view, at the width of a desk and of a phone, light and dark.

use rowlock_e2e::{DESKTOP, PHONE, Page, ROOMS, Theme, Viewport};
use serde_json::Value;

/// What axe-core finds, a line each; nothing if all is well.
fn findings(page: &Page) -> Vec<String> {
    let found = page.script_async(
        "const done = arguments[0];
         axe.run(document, { resultTypes: ['violations'], iframes: false }).then(
           (result) => done(result.violations.flatMap((rule) => rule.nodes.map((node) =>
             `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`))),
           (error) => done([String(error)]));",
        &[],
    );
    let lines = found.as_array().cloned().unwrap_or_default();
    lines
        .iter()
        .map(|line| line.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The page with axe-core in it.
fn open(viewport: Viewport, theme: Theme, address: &str) -> Page {
    let page = Page::open(viewport, theme, address);
    page.wait_for(".sequence svg.sq");
    with_axe(&page);
    page
}

fn with_axe(page: &Page) {
    let file = std::env::var("ROWLOCK_AXE").expect("cargo xtask test says where axe-core is");
    let axe = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    page.script("(0, eval)(arguments[0])", &[Value::from(axe)]);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn axe_finds_nothing_in_the_share_dialog_and_in_a_figure() {
    for (viewport, theme) in [(DESKTOP, Theme::Light), (PHONE, Theme::Dark)] {
        let page = open(viewport, theme, "#g=two-cashiers");
        page.click("#share");
        for room in ["link", "figure", "files", "open"] {
            page.click(&format!("#share-{room}-tab"));
            page.wait_for(&format!("#share-{room}-tab[aria-selected=true]"));
            assert_eq!(findings(&page), Vec::<String>::new(), "{room} {theme:?}");
        }
        let figure = "?embed&show=draw,diagram,verdict,rows,locks,load,code&them=x&strategies=none,atomic&edit#g=two-cashiers";
        let page = open(viewport, theme, figure);
        assert_eq!(
            findings(&page),
            Vec::<String>::new(),
            "the figure {theme:?}"
        );
        let figure = "?embed&controls=full#g=two-cashiers&compare=none,atomic";
        let page = open(viewport, theme, figure);
        assert_eq!(
            findings(&page),
            Vec::<String>::new(),
            "the figure that compares {theme:?}"
        );
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn axe_finds_nothing_in_the_guide() {
    for (viewport, theme) in [(DESKTOP, Theme::Light), (PHONE, Theme::Dark)] {
        let page = Page::open(viewport, theme, "");
        page.wait_for("#verdict");
        page.click(".head a");
        page.wait_for("h2#diagram");
        with_axe(&page);
        assert_eq!(findings(&page), Vec::<String>::new(), "{theme:?}");
        assert_eq!(page.errors(), Vec::<String>::new());
        page.click("#player ~ ul a");
        page.wait_for_text(".caption", "waits for");
    }
}

fn every_room(viewport: Viewport, theme: Theme, address: &str) {
    let page = Page::open(viewport, theme, address);
    page.wait_for(".panels");
    with_axe(&page);
    let mut wrong = Vec::new();
    for room in ROOMS {
        page.script(
            "document.getElementById(arguments[0] + '-tab').click()",
            &[room.into()],
        );
        page.wait_for(&format!("#{room}-tab[aria-selected=true]"));
        // Figures are drawn once it is known how wide they may be.
        page.wait_until(
            "the figures are there",
            "return [...document.querySelectorAll('#panel .picture')].every((it) => it.querySelector('svg'))",
            &[],
        );
        page.wait_until(
            "everything is measured",
            "return [...document.querySelectorAll('#panel .progress')].every((it) => it.dataset.over === 'true')",
            &[],
        );
        // What is behind a button belongs to the view.
        page.script(
            "document.querySelectorAll('#panel details').forEach((it) => { it.open = true });
             document.querySelectorAll('#panel .plot [aria-expanded=false]').forEach((it) => it.click())",
            &[],
        );
        if room == "schedules" {
            page.wait_for("#outcomes tr[data-count]");
            page.wait_for("#strategies tr[data-fresh=true]");
        }
        for finding in findings(&page) {
            wrong.push(format!("{room}: {finding}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{address} {theme:?}\n{}",
        wrong.join("\n")
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn axe_finds_nothing_on_a_desk_in_light() {
    every_room(DESKTOP, Theme::Light, "#g=two-cashiers");
    every_room(DESKTOP, Theme::Light, "#g=transfer-deadlock&step=12");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn axe_finds_nothing_on_a_desk_in_the_dark() {
    every_room(DESKTOP, Theme::Dark, "#g=on-call-doctors");
    every_room(DESKTOP, Theme::Dark, "#g=transfer-deadlock&step=13");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn axe_finds_nothing_on_a_phone() {
    every_room(PHONE, Theme::Light, "#g=payment-reply-lost");
    every_room(PHONE, Theme::Dark, "#g=flash-sale&strategy=optimistic");
}
