//! On paper, in the system's own colours, on the narrowest screen, with long names and in scripts that go from right to left.

use rowlock_e2e::{DESKTOP, Page, ROOMS, Theme, Viewport};
use serde_json::{Value, json};

/// Sixty characters, in one word.
const LONG: &str = "a_name_of_sixty_characters_which_is_as_long_as_names_can_be_";

fn long_names() -> String {
    format!(
        "title: {LONG}{LONG}\nabout: {LONG}{LONG}{LONG}\n\nsessions:\n  A: {LONG}\n  B: Session {LONG}\n\nsetup:\n  CREATE TABLE {LONG} (id int PRIMARY KEY, {LONG} text);\n  \
         INSERT INTO {LONG} VALUES (1, '{LONG}{LONG}{LONG}');\n\ntimeline:\n  A: BEGIN\n  A: SELECT {LONG} FROM {LONG} WHERE id = 1\n  B: BEGIN\n  \
         B: UPDATE {LONG} SET {LONG} = '{LONG}{LONG}' WHERE id = 1\n  A: UPDATE {LONG} SET {LONG} = 'x' WHERE id = 1\n  B: COMMIT\n  A: COMMIT\n\n\
         expect:\n  {LONG} {LONG}: SELECT count(*) = 2 FROM {LONG}\n"
    )
}

const RIGHT_TO_LEFT: &str = "title: شراء متزامن של שני קופאים\nabout: يبيع بائعان القطعة الأخيرة في اللحظة نفسها.\n\nsessions:\n  A: أمين الصندوق\n  B: הקופאית השנייה\n\n\
    setup:\n  CREATE TABLE stock (id int PRIMARY KEY, label text, quantity int);\n  INSERT INTO stock VALUES (1, 'مصباح', 10), (2, 'כיסא אדום', 3);\n\n\
    timeline:\n  A: SELECT quantity FROM stock WHERE label = 'مصباح'\n  B: SELECT quantity FROM stock WHERE label = 'مصباح'\n  \
    A: UPDATE stock SET quantity = :quantity - 1, label = 'مصباح قديم' WHERE id = 1\n  B: UPDATE stock SET quantity = :quantity - 1, label = 'כיסא' WHERE id = 1\n\n\
    expect:\n  كل البيع محسوب: SELECT quantity = 8 FROM stock WHERE id = 1\n";

fn open(viewport: Viewport, theme: Theme, text: &str) -> Page {
    let page = Page::open(viewport, theme, "");
    page.wait_for("#scenario-text");
    if !text.is_empty() {
        page.fill("#scenario-text", text);
        page.wait_until(
            "it is run",
            "return !document.querySelector('#errors li') && !document.querySelector('.stale')",
            &[],
        );
    }
    page
}

/// What sticks out of the page at its right, outside of frames that scroll: nothing, if one need not scroll in two directions.
fn sticks_out(page: &Page) -> Value {
    page.script(
        "const wide = document.documentElement.scrollWidth;
         if (wide <= innerWidth) return [];
         const scrolls = (it) => it && (getComputedStyle(it).overflowX !== 'visible' || scrolls(it.parentElement));
         const found = [...document.querySelectorAll('#app *')]
           .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && !scrolls(it.parentElement));
         return [wide, ...found.slice(0, 8).map((it) => it.tagName + '.' + (it.getAttribute('class') ?? '') + '#' + it.id)]",
        &[],
    )
}

fn nothing_is_cut_off(viewport: Viewport, text: &str) {
    let page = open(viewport, Theme::Light, text);
    let mut wrong = Vec::new();
    let mut look = |what: &str| {
        let found = sticks_out(&page);
        if found != json!([]) {
            wrong.push(format!("{what}: {found}"));
        }
    };
    look("first view");
    for room in ROOMS {
        page.script(
            "document.getElementById(arguments[0] + '-tab').click()",
            &[room.into()],
        );
        page.wait_for(&format!("#{room}-tab[aria-selected=true]"));
        look(room);
    }
    if viewport.width <= 760 {
        page.script(
            "document.querySelector('.sides button:first-child').click()",
            &[],
        );
        look("the drawing");
    }
    page.script("document.querySelector('#story').click()", &[]);
    page.wait_for("#stories");
    look("the stories");
    page.press("\u{E00C}");
    page.script("document.querySelector('#share').click()", &[]);
    for tab in ["link", "figure", "files", "open"] {
        page.click(&format!("#share-{tab}-tab"));
        look(tab);
    }
    assert!(wrong.is_empty(), "{viewport:?}\n{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn nothing_sticks_out_on_the_narrowest_screen_or_when_all_is_twice_as_large() {
    // 320: WCAG's reflow (1.4.10). 720 and 195: screens of 1440 and 390 at 200 %.
    for (width, height) in [(320, 640), (360, 740), (390, 844), (720, 450)] {
        nothing_is_cut_off(Viewport { width, height }, "");
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn long_names_and_literals_stay_in_their_places() {
    for (width, height) in [(320, 640), (1024, 768), (1440, 900)] {
        nothing_is_cut_off(Viewport { width, height }, &long_names());
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_goes_from_right_to_left_does_so_and_takes_nothing_along() {
    nothing_is_cut_off(
        Viewport {
            width: 390,
            height: 844,
        },
        RIGHT_TO_LEFT,
    );
    let page = open(DESKTOP, Theme::Light, RIGHT_TO_LEFT);
    let directions = page.script(
        "const of = (name) => getComputedStyle(document.querySelector(name)).direction;
         return [of('html'), of('#about'), of('#verdict'), of('.sequence svg')]",
        &[],
    );
    assert_eq!(directions, json!(["ltr", "rtl", "ltr", "ltr"]));
    // A heading in the diagram is inside the picture, whichever way it is written.
    let inside = page.script(
        "const frame = document.querySelector('.sequence').getBoundingClientRect();
         return [...document.querySelectorAll('.sequence .head text, .sequence .mono')].every((it) => {
           const box = it.getBoundingClientRect();
           return box.left >= frame.left - 1 && box.right <= frame.right + 1; })",
        &[],
    );
    assert_eq!(inside, json!(true));
    page.screenshot("right-to-left");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn on_paper_there_is_the_story_the_verdict_the_picture_and_the_tables() {
    let page = open(DESKTOP, Theme::Dark, "");
    page.script(
        "document.querySelector('#theme').click(); document.querySelector('#theme').click()",
        &[],
    );
    page.wait_for(":root[data-theme=dark]");
    page.click("#words-tab");
    page.set_paper(true);
    page.script("dispatchEvent(new Event('beforeprint'))", &[]);
    page.wait_for("#final-tables");
    let shown = page.script(
        "const shown = (name) => [...document.querySelectorAll(name)].some((it) => it.checkVisibility());
         return ['#about', '#verdict', '.sequence svg', '#final-tables'].map(shown)",
        &[],
    );
    assert_eq!(shown, json!([true, true, true, true]));
    let controls = page.script(
        "return [...document.querySelectorAll('button, select, input, textarea, summary')]
           .filter((it) => it.checkVisibility() && !it.matches('[aria-checked=true]')).map((it) => it.outerHTML.slice(0, 80))",
        &[],
    );
    assert_eq!(controls, json!([]));
    let light = page.script(
        "return getComputedStyle(document.querySelector('#about')).color",
        &[],
    );
    assert_eq!(light, json!("rgb(27, 31, 36)"), "ink on paper");
    page.script("dispatchEvent(new Event('afterprint'))", &[]);
    page.script("document.querySelector('#tables-tab').click()", &[]);
    page.set_paper(false);
    if !page.is_firefox() {
        assert_eq!(page.printed_sheets(), 1, "the first story");
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn in_the_systems_own_colours_all_that_is_told_is_told() {
    let page = open(DESKTOP, Theme::Dark, "");
    page.set_media(&[
        ("forced-colors", "active"),
        ("prefers-color-scheme", "dark"),
    ]);
    let told = page.script(
        "const style = (name) => getComputedStyle(document.querySelector(name));
         const different = (one, two, what) => style(one)[what] !== style(two)[what];
         return {
           forced: matchMedia('(forced-colors: active)').matches,
           strategy: different('.strategies [aria-checked=true]', '.strategies [aria-checked=false]', 'backgroundColor'),
           tab: different('.panels [aria-selected=true]', '.panels [aria-selected=false]', 'backgroundColor'),
           lifeline: style('.sequence .life').stroke !== style('.sequence').backgroundColor,
           text: style('.sequence .mono').fill !== style('.sequence').backgroundColor,
           arrow: style('.sequence .shaft').stroke !== style('.sequence').backgroundColor,
           now: style('.sequence .now').stroke !== 'none',
           verdict: style('.verdict').borderTopStyle === 'solid',
         }",
        &[],
    );
    for (what, is) in told.as_object().into_iter().flatten() {
        assert_eq!(is, &json!(true), "{what}");
    }
    page.press("\u{E004}");
    let outline = page.script(
        "return getComputedStyle(document.activeElement).outlineStyle",
        &[],
    );
    assert_eq!(outline, json!("solid"), "what has the focus is seen");
    page.screenshot("forced-colours");
}
