//! How likely, how fast, and what to do: the workload is set, measured, read off, taken away, and decided.

use rowlock_e2e::{DESKTOP, LONGEST_PAUSE, PHONE, Page, Theme};

const OVER: &str = "return document.querySelector('.progress')?.dataset.over === 'true'";

fn open(address: &str, tab: &str) -> Page {
    let page = Page::open(DESKTOP, Theme::Light, address);
    page.click(tab);
    page.wait_until("everything is measured", OVER, &[]);
    page
}

/// A number of the table of measures, as text.
fn measured(page: &Page, name: &str) -> String {
    let cell = page.script(
        "const row = [...document.querySelectorAll('#measures tbody tr')].find((it) => it.cells[0].textContent === arguments[0]);
         return row ? row.cells[1].textContent : ''",
        &[name.into()],
    );
    cell.as_str().unwrap_or_default().to_owned()
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_is_measured_stands_beside_the_formula_and_follows_the_strategy() {
    let page = open("#g=two-cashiers&strategy=none&seed=5", "#probability-tab");
    page.wait_for_text("#which-curve", "It is exact for it");
    let lost = measured(&page, "lost updates per commit");
    let lost: f64 = lost.trim_end_matches(" %").parse().unwrap_or(0.0);
    // Lambda t / (1 + lambda t) of 0.5.
    assert!((lost - 33.3).abs() < 1.0, "{lost}");
    assert!(page.text("#measures").contains("seed 5"));
    page.click("#strategy-atomic");
    page.wait_for_text("#which-curve", "far upper bound");
    page.wait_for_text("#measures caption", "atomic");
    page.wait_until("everything is measured", OVER, &[]);
    assert_eq!(measured(&page, "lost updates per commit"), "0.00 %");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_same_seed_measures_the_same() {
    let measure = |seed: &str| {
        let address = format!("#g=two-cashiers&strategy=optimistic&seed={seed}");
        open(&address, "#probability-tab").text("#measures")
    };
    let first = measure("7");
    assert_eq!(first, measure("7"));
    assert_ne!(first, measure("8"));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn another_link_brings_its_seed() {
    let page = open("#g=two-cashiers&seed=7", "#probability-tab");
    page.wait_for_text("#measures caption", "seed 7");
    page.script("location.hash = '#g=flash-sale&seed=9'", &[]);
    page.wait_for_text("#measures caption", "seed 9");
    page.wait_until(
        "the field says so",
        "return document.querySelector('#seed').value === '9'",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_chart_is_read_off_with_the_pointer_and_with_keys_and_shown_as_a_table() {
    let page = open("", "#probability-tab");
    // Home: the leftmost place.
    page.keys("#conflicts-plot input[type=range]", "\u{E011}");
    page.wait_for_text("#conflicts-plot .read", "λt 0.01;");
    page.keys("#conflicts-plot input[type=range]", "\u{E010}");
    page.wait_for_text("#conflicts-plot .read", "λt 10;");
    let said = page.script(
        "return document.querySelector('#conflicts-plot input').getAttribute('aria-valuetext')",
        &[],
    );
    assert!(said.as_str().unwrap_or_default().contains("λt 10;"));
    let (x, y) = page.middle("#conflicts-plot .paper");
    page.drag(
        rowlock_e2e::Pointer::Mouse,
        std::time::Duration::ZERO,
        &[(x, y), (x + 2, y)],
    );
    page.wait_until(
        "the pointer reads it off",
        "return !document.querySelector('#conflicts-plot .read').textContent.startsWith('λt 10;')",
        &[],
    );
    page.click("#conflicts-plot [aria-expanded]");
    page.wait_until(
        "each place is a line of the table",
        "return document.querySelectorAll('#conflicts-plot tbody tr').length === 20",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_chart_is_taken_away_as_a_picture_and_as_numbers() {
    let page = open("", "#probability-tab");
    page.script(
        "window.saved = [];
         HTMLAnchorElement.prototype.click = function () { window.saved.push([this.download, decodeURIComponent(this.href)]) }",
        &[],
    );
    page.click("#throughput-plot .takes button:nth-child(2)");
    page.click("#throughput-plot .takes button:nth-child(3)");
    page.wait_until(
        "both are files that stand alone",
        "const [[svg, picture], [csv, numbers]] = window.saved;
         // A style that is parsed here would meet the policy of the page.
         const bare = picture.slice(picture.indexOf(',') + 1).replace(/<style>[^]*?<\\/style>/, '');
         const parsed = new DOMParser().parseFromString(bare, 'image/svg+xml');
         return svg === 'throughput-plot.svg' && csv === 'throughput-plot.csv' && parsed.documentElement.tagName === 'svg'
           && picture.includes('<style>') && numbers.trim().split('\\n').length === 21",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn t_is_taken_from_the_drawing_and_the_timeline_is_run_under_load() {
    let page = open("#g=two-cashiers", "#probability-tab");
    page.click("#drawn-t");
    page.wait_until(
        "t is as drawn",
        "return document.querySelector('#time').disabled && document.querySelector('#time + output').textContent.endsWith('as drawn')",
        &[],
    );
    let drawn = page.text("#probability-value");
    page.click("#reset-load");
    page.wait_for_text("#probability-value", "39.3 %");
    assert_ne!(drawn, "39.3 %");
    page.click("#as-drawn");
    page.wait_for_text("#probability-value", &drawn);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn measuring_can_be_stopped_begins_anew_at_a_change_and_ends_with_its_panel() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.script(WHEN_MEASURING, &["#load-progress button".into()]);
    page.click("#probability-tab");
    page.wait_for_text("#load-progress", "Stopped.");
    page.click("#load-progress button");
    page.wait_until("everything is measured", OVER, &[]);
    page.script(WHEN_MEASURING, &["body".into()]);
    page.keys("#rows", "\u{E014}");
    page.wait_until("it is measured anew", "return window.measuring === 2", &[]);
    page.wait_until("everything is measured", OVER, &[]);
    // Nothing is measured any more when it is closed.
    page.script(
        "window.ended = 0;
         const real = Worker.prototype.terminate;
         Worker.prototype.terminate = function () { window.ended += 1; real.call(this) }",
        &[],
    );
    page.script(WHEN_MEASURING, &["#tables-tab".into()]);
    page.keys("#rows", "\u{E014}");
    page.wait_until("it has ended", "return window.ended === 1", &[]);
}

/// Clicks something as soon as it is measured, which is over in less than a driver takes to look.
const WHEN_MEASURING: &str = "new MutationObserver((_, watch) => {
        if (!document.querySelector('#load-progress')?.textContent.includes('Measuring')) return;
        watch.disconnect();
        window.measuring = (window.measuring ?? 0) + 1;
        // Not within the page's own turn, in which it has drawn but not yet begun.
        setTimeout(() => document.querySelector(arguments[0]).click());
    }).observe(document.body, { subtree: true, childList: true, characterData: true });";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn it_is_measured_beside_the_page() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.wait_for(".verdict");
    let loads = "return performance.getEntriesByType('resource').some((it) => it.name.endsWith('/worker.js'))";
    assert_eq!(page.script(loads, &[]), false, "loaded early");
    page.click("#decide-tab");
    let pause = page.script_async(LONGEST_PAUSE, &[]);
    let pause = pause.as_f64().unwrap_or(f64::MAX);
    assert!(pause < 1000.0, "the page stood still for {pause} ms");
    page.wait_until("everything is measured", OVER, &[]);
    assert_eq!(page.script(loads, &[]), true);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn without_a_worker_the_formulas_are_drawn_and_the_panel_says_why_nothing_is_measured() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.wait_for(".verdict");
    page.script(
        "window.Real = Worker; window.Worker = function () { throw new Error('not here') }",
        &[],
    );
    page.click("#probability-tab");
    page.wait_for_text(".load [role=alert]", "does not let the page start a worker");
    page.wait_for_text(
        ".load [role=alert]",
        "What the formulas say is drawn all the same.",
    );
    page.wait_for("#conflicts-plot svg .ink");
    page.wait_for_text("#probability-value", "39.3 %");
    assert_eq!(page.count("#measures"), 0);
    page.click("#decide-tab");
    page.wait_for_text(
        "#decide [role=alert]",
        "A recommendation needs what is measured.",
    );
    page.script("window.Worker = window.Real", &[]);
    page.click("#decide-progress button");
    page.wait_until("everything is measured", OVER, &[]);
    page.wait_for("#recommendation");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_recommendation_follows_the_answers_and_is_a_button() {
    let page = open("#g=two-cashiers&strategy=none", "#decide-tab");
    page.wait_for_text("#recommendation", "An atomic statement");
    // The new value comes from a user: the trees decide.
    page.click("#is-arithmetic");
    page.wait_for_text("#recommendation", "FOR UPDATE");
    page.wait_for_text(".tree .taken", "over 10 %");
    page.wait_for_text("#take-advice", "Use pessimistic");
    page.click("#take-advice");
    page.wait_for_text("#take-advice", "pessimistic is on");
    // Rare conflicts: the other end of the tree.
    page.keys("#lambda", "\u{E011}");
    page.wait_for_text("#recommendation", "a version column");
    page.wait_for_text("#at-points", "the literature");
    let rows = page.script(
        "return [...document.querySelectorAll('#at-points tbody th')].map((it) => it.textContent).join()",
        &[],
    );
    assert_eq!(rows.as_str(), Some("0.05,0.5,2"));
    assert_eq!(page.count("#comparison tbody tr"), 12);
    assert_eq!(page.count("#comparison thead .muted"), 10);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn on_a_phone_nothing_is_wider_than_the_screen() {
    let page = Page::open(PHONE, Theme::Dark, "#g=two-cashiers");
    for tab in ["#probability-tab", "#decide-tab"] {
        // The tabs scroll beneath the finger.
        page.middle(tab);
        page.click(tab);
        page.wait_until("everything is measured", OVER, &[]);
        page.wait_until(
            "nothing is too wide",
            "return document.documentElement.scrollWidth <= innerWidth
               && document.querySelector('#panel').scrollWidth <= document.querySelector('#panel').clientWidth",
            &[],
        );
    }
}
