//! `rowlock-embed.js` in a blog on another origin: what it makes of blocks as Markdown programs write them, and that
//! nothing in the post moves.
//!
//! The frames show a page that says how it was called; that the real page does what it is asked is tested elsewhere.

use rowlock_e2e::{DESKTOP, Page, Theme, serve};
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("../../../static/rowlock-embed.js");
const POST: &str = include_str!("../blog/post.html");
const PLAYER: &str = include_str!("../blog/player.html");

/// A post with the script, opened, and the origins of script and post.
fn open() -> (Page, String, String) {
    let ours = serve(vec![
        (
            "/play/rowlock-embed.js",
            "text/javascript",
            SCRIPT.to_owned(),
        ),
        ("/play/", "text/html", PLAYER.to_owned()),
    ]);
    let post = POST.replace("SCRIPT", &format!("{ours}/play/rowlock-embed.js"));
    let blog = serve(vec![
        ("/post.html", "text/html", post),
        ("/favicon.ico", "image/x-icon", String::new()),
    ]);
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_theme(Theme::Light);
    page.visit(&format!("{blog}/post.html"));
    page.wait_until(
        "the first figure is there",
        "return heard.some(it => it.href)",
        &[],
    );
    (page, ours, blog)
}

/// What each frame was asked for.
fn frames(page: &Page) -> Vec<Value> {
    let frames = page.script(
        "return [...document.querySelectorAll('iframe')].map(it => {
            const url = new URL(it.src);
            const ask = new URLSearchParams(url.search);
            const fragment = decodeURIComponent(url.hash);
            return {
                page: url.origin + url.pathname, title: it.title, lazy: it.loading, sandbox: it.sandbox.value,
                query: url.search.replace(/&parent=.*/, ''), parent: ask.get('parent'), fragment,
                height: it.getBoundingClientRect().height,
            };
        })",
        &[],
    );
    frames.as_array().cloned().unwrap_or_default()
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn blocks_become_frames_whatever_program_wrote_them() {
    let (page, ours, blog) = open();
    let frames = frames(&page);
    let titles: Vec<&str> = frames
        .iter()
        .filter_map(|it| it["title"].as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "In <sight> & \"quoted\" (interactive)",
            "Rouge (interactive)",
            "Prism (interactive)",
            "Hugo (interactive)",
            "Sphinx (interactive)",
            "By hand",
            "Concurrent transactions (interactive)",
        ]
    );
    for frame in &frames {
        assert_eq!(frame["page"], json!(format!("{ours}/play/")));
        assert_eq!(frame["parent"], json!(blog));
        assert_eq!(frame["lazy"], "lazy");
        assert_eq!(
            frame["sandbox"],
            "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads"
        );
    }
    let text = |name: &str| format!("#s=t1.title: {name}\n\ntimeline:\n  A: SELECT 1\n");
    for (place, name) in [(1, "Rouge"), (2, "Prism"), (3, "Hugo"), (4, "Sphinx")] {
        assert_eq!(frames[place]["fragment"], json!(text(name)));
        assert_eq!(frames[place]["query"], "?embed&controls=full&theme=light");
        assert_eq!(frames[place]["height"], 300);
    }
    let first = frames[0]["fragment"].as_str().unwrap_or_default();
    assert!(
        first.starts_with("#s=t1.title: In <sight> & \"quoted\"\n\nsetup:\n  CREATE TABLE t"),
        "{first}"
    );
    assert_eq!(
        frames[5]["query"],
        "?embed&show=diagram,rows&strategies=none,pessimistic,nowait&controls=full&play&theme=dark"
    );
    assert_eq!(frames[5]["fragment"], json!(text("Ours") + "&step=3"));
    assert_eq!(frames[6]["fragment"], "#g=two-cashiers&strategy=atomic");
    // Nothing else is touched.
    assert_eq!(page.text("#sql"), "SELECT 1");
    assert_eq!(page.count("pre#sql + iframe"), 0);
    // What comes later is found too.
    page.script(
        "document.querySelector('#end').insertAdjacentHTML('afterend',
            '<pre><code class=\"lang-rowlock\">title: Late</code></pre>')",
        &[],
    );
    page.wait_for("iframe[title^=Late]");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn nothing_in_a_post_moves() {
    let (page, ..) = open();
    let loaded = |page: &Page| page.script("return heard.filter(it => it.href).length", &[]);
    assert_eq!(loaded(&page), 1, "frames far below wait");
    let height =
        "return document.querySelectorAll('iframe')[arguments[0]].getBoundingClientRect().height";
    // In sight the frame stays as high as the block was.
    let block = page.script(height, &[0.into()]);
    assert_ne!(block, 556);
    // The reader goes down, by and by.
    page.script_async(
        "const end = arguments[0];
         const step = () => {
             scrollBy(0, 200);
             if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) return end();
             setTimeout(step, 60);
         };
         step()",
        &[],
    );
    page.wait_until(
        "all figures are there",
        "return heard.filter(it => it.href).length === 7",
        &[],
    );
    page.wait_until(
        "figures that came out of sight are as high as they want",
        "return document.querySelectorAll('iframe')[5].getBoundingClientRect().height === 556",
        &[],
    );
    assert_eq!(
        page.script(height, &[0.into()]),
        556,
        "it is out of sight now"
    );
    assert_eq!(page.script("return shifts", &[]), 0, "something has moved");
}

const LOW: &str = include_str!("../blog/low.html");

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_low_block_in_sight_stays_text_until_it_is_wanted_or_out_of_sight() {
    let ours = serve(vec![
        (
            "/play/rowlock-embed.js",
            "text/javascript",
            SCRIPT.to_owned(),
        ),
        ("/play/", "text/html", PLAYER.to_owned()),
    ]);
    let blog = serve(vec![
        (
            "/post.html",
            "text/html",
            LOW.replace("SCRIPT", &format!("{ours}/play/rowlock-embed.js")),
        ),
        ("/favicon.ico", "image/x-icon", String::new()),
    ]);
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&format!("{blog}/post.html"));
    page.wait_until(
        "each low block has its button",
        "return document.querySelectorAll('#first button, #second button, #third button').length === 3",
        &[],
    );
    let places = "return ['#first', '#second', '#third', '#end'].map(it => document.querySelector(it).getBoundingClientRect().top)";
    let before = page.script("return places", &[]);
    assert_eq!(page.script(places, &[]), before, "something has moved");
    assert_eq!(page.count("iframe"), 0);
    page.wait_for_text("#first code", "A: SELECT 1");
    let shifts = "return shifts.filter(it => !it.hadRecentInput).map(it => it.value)";
    assert_eq!(page.script(shifts, &[]), json!([]), "something has moved");
    // The reader wants it now.
    page.click("#second button");
    page.wait_for("#second + iframe[title='Second (interactive)']");
    page.wait_until(
        "it is loaded",
        "return heard.filter(it => it.href).length === 1",
        &[],
    );
    let height = "return document.querySelector('#second + iframe').getBoundingClientRect().height";
    assert_eq!(page.script(height, &[]), 420);
    let source = page.script("return document.querySelector('#second + iframe').src", &[]);
    assert!(
        source.as_str().is_some_and(|it| !it.contains("Run")),
        "the button is no part of the text: {source}"
    );
    // Out of sight the others become figures by themselves, with the height that they were given.
    page.script_async(
        "const end = arguments[0];
         const step = () => {
             scrollBy(0, 200);
             if (scrollY >= 2000) return end();
             setTimeout(step, 60);
         };
         step()",
        &[],
    );
    page.wait_for("#first + iframe");
    page.wait_for("#third iframe");
    page.script_async("setTimeout(arguments[0], 500)", &[]);
    assert_eq!(page.count("#first button"), 0);
    assert_eq!(page.script(shifts, &[]), json!([]), "something has moved");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn figures_follow_the_theme_of_the_post_and_hear_nobody_else() {
    let (page, ..) = open();
    page.script("document.documentElement.className = 'dark'", &[]);
    page.wait_until(
        "the figure is told",
        "return heard.some(it => it.told?.type === 'set' && it.told.theme === 'dark' && it.told.v === 1)",
        &[],
    );
    // Messages of others that look like a figure's.
    let before = page.script("return document.querySelector('iframe').style.height", &[]);
    page.script(
        "document.querySelector('iframe').focus();
         for (const height of [900, -1, 1e9, '700', NaN, null])
             postMessage({ ns: 'rowlock', v: 1, type: 'resize', height }, '*');
         postMessage('rowlock', '*');
         postMessage(null, '*');",
        &[],
    );
    page.script_async("setTimeout(arguments[0], 200)", &[]);
    let after = page.script("return document.querySelector('iframe').style.height", &[]);
    assert_eq!(before, after);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn without_the_script_a_block_is_readable_text() {
    let blog = serve(vec![(
        "/post.html",
        "text/html",
        POST.replace("SCRIPT", "data:text/javascript,"),
    )]);
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&format!("{blog}/post.html"));
    page.wait_for_text("#top", "A: UPDATE t SET v = :v - 1 WHERE id = 1");
    page.wait_for_text("rowlock-playground", "A: SELECT 1");
    assert_eq!(page.count("iframe"), 0);
    // Its icon is not there.
    let _ = page.errors();
}
