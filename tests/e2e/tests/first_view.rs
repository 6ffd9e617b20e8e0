//! What is seen before the program has come, and what of the story is seen without a click.

use rowlock_e2e::{DESKTOP, Front, PHONE, Page, Pointer, TABLET, Theme, Viewport};
use serde_json::{Value, json};
use std::time::Duration;

/// Adds up what moves, as browsers do.
const WATCH: &str = "window.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });";

/// Where the parts of the first view stand.
const PLACES: &str = "return ['.head', '.head h1', '#story', '#theme', '#about', '.strategies', '.options', '.verdict', '#verdict', '.verdict .cure',
      '.lanes', '.sequence', '.sequence-heads', '.player', '.caption']
    .map((name) => {
      const shown = [...document.querySelectorAll(name)].find((it) => it.checkVisibility());
      if (!shown) return [name];
      const box = shown.getBoundingClientRect();
      return [name, box.left, box.top, box.width, box.height].map((it) => typeof it === 'number' ? Math.round(it) : it);
    })";

fn without_its_program(viewport: Viewport, theme: Theme, address: &str) -> Page {
    let front = Front::start(&Page::home());
    front.remove("loader.js");
    let page = Page::start();
    page.set_viewport(viewport);
    page.set_theme(theme);
    page.visit(&format!("{}{address}", front.home));
    page.wait_for_error();
    page
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_first_view_stands_where_the_page_will_stand() {
    let phone = Viewport {
        width: 360,
        height: 740,
    };
    for viewport in [DESKTOP, TABLET, PHONE, phone] {
        let still = without_its_program(viewport, Theme::Light, "").script(PLACES, &[]);
        let page = Page::open(viewport, Theme::Light, "");
        page.wait_for(".sequence svg.sq");
        let live = page.script(PLACES, &[]);
        let both = still.as_array().into_iter().flatten();
        for (still, live) in both.zip(live.as_array().into_iter().flatten()) {
            // Where scroll bars take room, the picture in its frame is as much narrower.
            let bar = if page.is_firefox() { 8 } else { 0 };
            assert!(
                is_close(still, live, bar),
                "{viewport:?}: {still} and {live}"
            );
        }
    }
}

/// Whether something stands in the same place, its numbers but for so many pixels.
fn is_close(one: &Value, other: &Value, pixels: i64) -> bool {
    let both = one.as_array().into_iter().flatten();
    let is_close = |(one, other): (&Value, &Value)| match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => (one - other).abs() <= pixels,
        _ => one == other,
    };
    one.as_array().map(Vec::len) == other.as_array().map(Vec::len)
        && both
            .zip(other.as_array().into_iter().flatten())
            .all(is_close)
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn nothing_moves_when_the_program_comes() {
    for (viewport, theme) in [
        (DESKTOP, Theme::Light),
        (PHONE, Theme::Dark),
        (TABLET, Theme::Light),
    ] {
        let page = Page::start();
        page.set_viewport(viewport);
        page.set_theme(theme);
        page.before_each_page(WATCH);
        page.go("");
        page.wait_for(".sequence svg.sq");
        page.script_async("setTimeout(arguments[0], 1500)", &[]);
        assert_eq!(
            page.script("return window.moved", &[]),
            json!(0),
            "{viewport:?}"
        );
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_picture_rests_on_the_moment_on_which_the_page_will() {
    let scrolled = "const frame = [...document.querySelectorAll('.sequence')].find((it) => it.checkVisibility());
        const box = frame.querySelector('.now').getBoundingClientRect();
        return Math.round(box.top - frame.getBoundingClientRect().top)";
    for viewport in [DESKTOP, TABLET, PHONE] {
        let still = without_its_program(viewport, Theme::Light, "").script(scrolled, &[]);
        let page = Page::open(viewport, Theme::Light, "");
        page.wait_for(".sequence .now");
        let live = page.script(scrolled, &[]);
        let (still, live) = (
            still.as_i64().unwrap_or_default(),
            live.as_i64().unwrap_or_default(),
        );
        // Widths differ by some pixels, and with them a line of a label may.
        assert!(
            (still - live).abs() <= 32,
            "{viewport:?}: {still} and {live}"
        );
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_click_before_the_program_has_come_is_not_lost() {
    for (viewport, by_key) in [(DESKTOP, false), (PHONE, false), (DESKTOP, true)] {
        let page = Page::start();
        page.set_viewport(viewport);
        page.before_each_page(
            "const real = WebAssembly.instantiate;
             WebAssembly.instantiate = async (...all) => {
               await new Promise((go) => window.go = go);
               return real.apply(WebAssembly, all);
             };",
        );
        page.visit(&Page::home());
        if by_key {
            page.keys("#strategy-atomic", "\u{E007}");
        } else {
            let middle = page.middle("#strategy-atomic");
            page.drag(Pointer::Mouse, Duration::ZERO, &[middle]);
        }
        assert_eq!(page.count("#app[data-still]"), 1, "nothing works yet");
        page.wait_until("the program waits", "return window.go !== undefined", &[]);
        page.script("window.go()", &[]);
        page.wait_for("#strategy-atomic[aria-checked=true]");
        page.wait_for("#verdict[data-kind=correct]");
        assert_eq!(page.errors(), Vec::<String>::new());
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_link_to_another_story_and_a_figure_never_show_the_first_one() {
    let seen = "return [...document.querySelectorAll('#about, #verdict, .sequence')].filter((it) => it.checkVisibility({ visibilityProperty: true })).length";
    let count = |address: &str| {
        let page = without_its_program(DESKTOP, Theme::Light, address);
        page.script(seen, &[])
    };
    assert_eq!(count(""), json!(3));
    assert_eq!(count("#g=two-cashiers"), json!(3));
    for address in [
        "#g=on-call-doctors",
        "#s=t1.title:%20x",
        "?embed",
        "?embed=1&theme=dark#g=two-cashiers",
    ] {
        assert_eq!(count(address), json!(0), "{address}");
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn colours_are_right_from_the_first_paint() {
    let colour = "return getComputedStyle(document.body).backgroundColor";
    let dark = without_its_program(DESKTOP, Theme::Light, "?theme=dark").script(colour, &[]);
    let light = without_its_program(DESKTOP, Theme::Light, "").script(colour, &[]);
    assert_ne!(dark, light);
    // What the visitor chose last.
    let front = Front::start(&Page::home());
    let page = Page::start();
    page.visit(&front.home);
    page.wait_until_live();
    page.script("localStorage.setItem('rowlock.theme', 'dark')", &[]);
    front.remove("loader.js");
    page.visit(&front.home);
    page.wait_for_error();
    assert_eq!(page.script(colour, &[]), dark);
    page.visit(&format!("{}?embed", front.home));
    page.wait_for_error();
    assert_eq!(
        page.script(colour, &[]),
        light,
        "a figure asks its author alone"
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn who_runs_no_scripts_sees_the_story() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_scripts(false);
    page.visit(&Page::home());
    page.set_scripts(true);
    let text = page.text("body");
    for words in ["Two cashiers, one shelf", "overwrote", "needs JavaScript"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    page.screenshot("no-scripts");
}

/// Whether the moment that tells the story is seen, below the heads and above the player.
const IN_SIGHT: &str = "const now = document.querySelector('.sequence .now').getBoundingClientRect();
    const heads = document.querySelector('.sequence-heads').getBoundingClientRect();
    const player = document.querySelector('.player').getBoundingClientRect();
    return [now.top >= heads.bottom, now.bottom <= player.top, now.bottom <= innerHeight, now.height > 20, player.bottom <= innerHeight + 1, scrollY]";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_telling_moment_is_in_the_first_view() {
    for viewport in [DESKTOP, TABLET] {
        for story in ["", "#g=transfer-deadlock", "#g=on-call-doctors"] {
            let page = Page::open(viewport, Theme::Light, story);
            page.wait_for(".sequence .now");
            let seen = page.script(IN_SIGHT, &[]);
            let wanted: Vec<Value> = vec![
                json!(true),
                json!(true),
                json!(true),
                json!(true),
                json!(true),
                json!(0),
            ];
            assert_eq!(seen, Value::from(wanted), "{viewport:?} {story}");
        }
    }
}
