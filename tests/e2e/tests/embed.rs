//! The page as a figure in somebody else's page, on another origin, and without an origin at all.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme, serve, serve_with};
use serde_json::{Value, json};

const HOST: &str = include_str!("../blog/host.html");

/// A page with three figures, opened; `sandbox` is what stands in their tags.
fn host(sandbox: &str) -> (Page, String) {
    let file = |host: &str| {
        HOST.replace("SANDBOX", sandbox)
            .replace("PLAYER", &Page::home())
            .replace("HOST", host)
    };
    let host = serve_with(|host| {
        vec![
            ("/host.html", "text/html", file(host)),
            ("/favicon.ico", "image/x-icon", String::new()),
        ]
    });
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_theme(Theme::Light);
    page.visit(&format!("{host}/host.html"));
    for id in ["cashiers", "deadlock", "doctors"] {
        page.wait_until(
            "the figure is there",
            "return last(arguments[0], 'ready') !== null",
            &[id.into()],
        );
    }
    (page, host)
}

fn say(page: &Page, id: &str, message: Value) {
    page.script("say(arguments[0], arguments[1])", &[id.into(), message]);
}

fn wait_for_message(page: &Page, id: &str, condition: &str) {
    page.wait_until(
        &format!("{id}: {condition}"),
        &format!("return (heard[arguments[0]] ?? []).some(it => {condition})"),
        &[id.into()],
    );
}

/// Three figures are embedded, resized, switched, and tell what comes out.
fn a_conversation(sandbox: &str) {
    let (page, _) = host(sandbox);
    // Nobody who has not said hello is told.
    assert_eq!(
        page.script("return last('deadlock', 'outcome')", &[]),
        Value::Null
    );
    say(&page, "cashiers", json!({ "type": "hello" }));
    wait_for_message(
        &page,
        "cashiers",
        "it.type === 'outcome' && it.outcome.verdict === 'anomaly'",
    );
    wait_for_message(&page, "cashiers", "it.type === 'step' && it.of > 5");
    say(
        &page,
        "cashiers",
        json!({ "type": "set", "strategy": "pessimistic", "id": 7 }),
    );
    wait_for_message(&page, "cashiers", "it.type === 'result' && it.id === 7");
    wait_for_message(
        &page,
        "cashiers",
        "it.type === 'outcome' && it.outcome.correct && it.outcome.strategy === 'pessimistic'",
    );
    wait_for_message(
        &page,
        "cashiers",
        "it.type === 'change' && it.text.includes('strategy: pessimistic') && it.url.includes('#s=d1.')",
    );
    // Positions.
    say(&page, "cashiers", json!({ "type": "seek", "step": 3 }));
    wait_for_message(
        &page,
        "cashiers",
        "it.type === 'step' && it.step === 3 && it.caption",
    );
    say(&page, "cashiers", json!({ "type": "next" }));
    wait_for_message(&page, "cashiers", "it.type === 'step' && it.step === 4");
    say(&page, "cashiers", json!({ "type": "prev" }));
    // Another scenario, from each of the three sources.
    say(
        &page,
        "deadlock",
        json!({ "type": "hello", "want": ["outcome"] }),
    );
    say(
        &page,
        "deadlock",
        json!({ "type": "load", "text": "timeline:\n  A: SELECT 1\n", "id": "mine" }),
    );
    wait_for_message(
        &page,
        "deadlock",
        "it.type === 'result' && it.id === 'mine'",
    );
    say(
        &page,
        "deadlock",
        json!({ "type": "get", "what": "text", "id": 2 }),
    );
    wait_for_message(
        &page,
        "deadlock",
        "it.id === 2 && it.value === 'timeline:\\n  A: SELECT 1\\n'",
    );
    say(
        &page,
        "deadlock",
        json!({ "type": "get", "what": "svg", "id": 3 }),
    );
    wait_for_message(
        &page,
        "deadlock",
        "it.id === 3 && it.value.includes('<svg')",
    );
    say(
        &page,
        "deadlock",
        json!({ "type": "load", "story": "no-such", "id": 4 }),
    );
    wait_for_message(
        &page,
        "deadlock",
        "it.id === 4 && it.code === 'no-such-story'",
    );
    assert_eq!(
        page.script("return last('deadlock', 'step')", &[]),
        Value::Null
    );
    // Where schedules are counted, the outcome has the counts.
    if sandbox.is_empty() {
        say(
            &page,
            "doctors",
            json!({ "type": "hello", "want": ["outcome"] }),
        );
        wait_for_message(
            &page,
            "doctors",
            "it.type === 'outcome' && it.outcome.counts?.wrong > 0 && it.outcome.counts.schedules > it.outcome.counts.wrong",
        );
    }
    // A narrower frame has another height, and says so, to Embedly's readers too.
    wait_for_message(&page, "doctors", "it.type === 'resize' && it.width === 700");
    page.script(
        "document.getElementById('cashiers').style.width = '360px'",
        &[],
    );
    wait_for_message(
        &page,
        "cashiers",
        "it.type === 'resize' && it.width === 360 && it.height > 200",
    );
    page.wait_until(
        "Embedly's readers are told",
        "return texts.some(it => { const said = JSON.parse(it); return said.context === 'iframe.resize' && said.height > 200 })",
        &[],
    );
    // What is not understood is named, and the rest works.
    page.enter("#doctors");
    page.wait_for_text(".embed-notice", "`them=dark` is not understood");
    // There is a worker for all schedules, without an origin too.
    page.wait_for("#schedules[data-phase=over]");
    page.wait_for_text("#schedules-headline", "ways to interleave");
    page.wait_for(".sequence svg.sq");
    page.wait_for("[data-part=rows]");
    assert_eq!(page.count(".embed-notice"), 1);
    page.leave();
    // How many schedules there are is told with the outcome once all were counted, and is asked for.
    say(
        &page,
        "doctors",
        json!({ "type": "hello", "want": ["outcome"] }),
    );
    let counted = "it.outcome.counts.schedules === 252 && it.outcome.counts.wrong === 240";
    wait_for_message(
        &page,
        "doctors",
        &format!("it.type === 'outcome' && it.outcome.counts && {counted}"),
    );
    // Of another run nothing is known until its schedules were counted.
    say(
        &page,
        "doctors",
        json!({ "type": "set", "isolation": "serializable" }),
    );
    wait_for_message(
        &page,
        "doctors",
        "it.type === 'outcome' && it.outcome.isolation === 'serializable' && !it.outcome.counts",
    );
    wait_for_message(
        &page,
        "doctors",
        "it.type === 'outcome' && it.outcome.isolation === 'serializable' && it.outcome.counts?.wrong === 0",
    );
    say(
        &page,
        "doctors",
        json!({ "type": "get", "what": "outcome", "id": 9 }),
    );
    wait_for_message(
        &page,
        "doctors",
        "it.id === 9 && it.value.counts.wrong === 0",
    );
    quiet(&page);
}

/// The figures took nothing from the page around.
fn quiet(page: &Page) {
    let own = "return [document.activeElement.id, scrollX, scrollY, history.length]";
    assert_eq!(page.script(own, &[])[0], "own");
    assert_eq!(page.script(own, &[])[2], 0);
    for id in ["cashiers", "deadlock", "doctors"] {
        page.enter(&format!("#{id}"));
        let kept = page.script(
            "let kept = 0; try { kept = localStorage.length + sessionStorage.length } catch {}
             return [kept, location.hash, document.activeElement === document.body]",
            &[],
        );
        assert_eq!(kept[0], 0, "{id} keeps something");
        assert!(
            kept[1].as_str().is_some_and(|hash| hash.starts_with("#g=")),
            "{id} has rewritten its address: {kept}"
        );
        assert_eq!(kept[2], true, "{id} has taken the focus");
        page.leave();
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn figures_on_another_origin_are_spoken_with() {
    a_conversation("");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn figures_without_an_origin_are_spoken_with() {
    a_conversation("sandbox=\"allow-scripts\"");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn traffic_is_measured_in_a_figure_without_an_origin() {
    let host = serve_with(|_| {
        let figure = format!(
            "<!doctype html><title>A figure</title><iframe id='figure' sandbox='allow-scripts' width='700' height='600' \
             src='{}?embed&show=schedules,load#g=two-cashiers'></iframe>",
            Page::home()
        );
        vec![
            ("/host.html", "text/html", figure),
            ("/favicon.ico", "image/x-icon", String::new()),
        ]
    });
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&format!("{host}/host.html"));
    page.enter("#figure");
    page.wait_for("#conflicts-plot svg");
    page.wait_until(
        "everything is measured",
        "return document.querySelector('.progress').dataset.over === 'true'",
        &[],
    );
    page.wait_for_text("#measures caption", "of traffic");
    // Both rooms ask one worker.
    page.wait_for("#schedules[data-phase=over]");
    // It is measured anew when something is set.
    page.keys("#rows", "\u{E014}");
    page.wait_until(
        "it is measured anew",
        "return document.querySelector('.progress').dataset.over === 'false'",
        &[],
    );
    page.wait_until(
        "everything is measured",
        "return document.querySelector('.progress').dataset.over === 'true'",
        &[],
    );
    page.leave();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn hostile_messages_are_ignored() {
    let (page, _) = host("sandbox=\"allow-scripts\"");
    say(&page, "cashiers", json!({ "type": "hello" }));
    wait_for_message(&page, "cashiers", "it.type === 'outcome'");
    let before = page.script("return heard.cashiers.length", &[]);
    page.script(
        "const target = document.getElementById('cashiers').contentWindow;
         const cyclic = {}; cyclic.ns = cyclic;
         for (const data of [null, undefined, 1, 'rowlock', '{\"ns\":\"rowlock\"}', [], {}, cyclic, { ns: 'rowlock' },
             { ns: 'rowlock', v: 2, type: 'play' }, { ns: 'rowlock', v: '1', type: 'play' }, { ns: 'Rowlock', v: 1, type: 'play' },
             { ns: ['rowlock'], v: 1, type: 'play' }, new Map([['ns', 'rowlock']]), new ArrayBuffer(8)])
             target.postMessage(data, '*');",
        &[],
    );
    // Ours, but not to be obeyed: answered by an error each.
    for (id, message) in [
        json!({ "type": "navigate", "url": "https://evil.example/" }),
        json!({ "type": "load", "text": "x".repeat(300_000) }),
        json!({ "type": "load", "text": "timeline:\n  A: SELEC" }),
        json!({ "type": "load", "url": "javascript:alert(1)" }),
        json!({ "type": "seek", "step": -1 }),
        json!({ "type": "seek", "step": "1" }),
        json!({ "type": "set", "theme": "<script>" }),
        json!({ "type": "set" }),
        json!({ "type": "get", "what": "cookies" }),
        json!({ "type": { "type": "play" } }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut message = message;
        message["id"] = json!(id);
        say(&page, "cashiers", message);
        wait_for_message(
            &page,
            "cashiers",
            &format!("it.type === 'error' && it.id === {id}"),
        );
    }
    let after = page.script("return heard.cashiers.length", &[]);
    assert_eq!(
        after.as_u64(),
        before.as_u64().map(|before| before + 10),
        "one answer each, and none to what is not ours"
    );
    // Another window than the parent: a frame beside it.
    page.script_async(
        "const done = arguments[0];
         const other = document.createElement('iframe');
         other.srcdoc = '<script>parent.frames[0].postMessage({ ns: \"rowlock\", v: 1, type: \"seek\", step: 1 }, \"*\")</' + 'script>';
         other.onload = () => setTimeout(done, 300);
         document.body.append(other)",
        &[],
    );
    assert_ne!(page.script("return last('cashiers', 'step').step", &[]), 1);
    say(
        &page,
        "cashiers",
        json!({ "type": "get", "what": "text", "id": 99 }),
    );
    wait_for_message(
        &page,
        "cashiers",
        "it.id === 99 && it.value.startsWith('title: Two cashiers')",
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_figure_hears_only_the_origin_that_it_is_told() {
    let (page, _) = host("");
    page.script(
        "const frame = document.getElementById('cashiers');
         heard.cashiers = [];
         frame.src = frame.src.replace(/parent=[^#]*/, 'parent=https://other.example')",
        &[],
    );
    page.enter("#cashiers");
    page.wait_for(".sequence svg.sq");
    page.leave();
    say(
        &page,
        "cashiers",
        json!({ "type": "get", "what": "text", "id": 1 }),
    );
    page.script_async("setTimeout(arguments[0], 300)", &[]);
    assert_eq!(page.script("return heard.cashiers.length", &[]), 0);
    // The browser says that what the figure told was for somebody else.
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_options_of_a_figure() {
    let page = Page::open(
        DESKTOP,
        Theme::Light,
        "?embed&show=diagram,verdict,code&strategies=none,optimistic,pessimistic,nowait&theme=dark#g=two-cashiers&step=3",
    );
    page.wait_for(".embed .sequence svg.sq");
    let parts = page.script(
        "return [...document.querySelectorAll('.embed-part')].map(it => it.dataset.part)",
        &[],
    );
    assert_eq!(parts, json!(["diagram", "verdict", "code"]));
    let theme = "return document.documentElement.dataset.theme";
    assert_eq!(page.script(theme, &[]), "dark");
    page.wait_for_text(".count", "3 of");
    // The reader switches, and takes that along.
    page.click("[data-strategy='pessimistic, nowait']");
    page.wait_until(
        "the link carries it",
        "return document.getElementById('open').href.includes('#s=d1.')",
        &[],
    );
    let href = page.script(
        "const link = document.getElementById('open'); return [link.href, link.target, link.rel]",
        &[],
    );
    assert_eq!((&href[1], &href[2]), (&json!("_blank"), &json!("noopener")));
    let other = Page::start();
    other.set_viewport(DESKTOP);
    other.visit(href[0].as_str().unwrap_or_default());
    other.wait_until(
        "it is open in the whole page",
        "return window.rowlock?.text().includes('strategy: pessimistic, nowait')",
        &[],
    );
    // No buttons.
    page.go("?embed&controls=none#g=two-cashiers");
    page.wait_for(".embed .sequence svg.sq");
    assert_eq!(
        page.script(
            "return [...document.querySelectorAll('button')].filter(it => it.checkVisibility()).length",
            &[]
        ),
        0
    );
    // A still until it is clicked.
    page.go("?embed&load=click&strategies=none,atomic#g=two-cashiers");
    page.wait_for(".embed-parts[inert]");
    page.click("#live");
    page.wait_for(".embed-parts:not([inert])");
    assert_eq!(page.count("#live"), 0);
    // Steps can be moved where that is wanted, and nowhere else.
    page.go("?embed&show=draw,diagram#g=two-cashiers");
    page.wait_for(".lanes");
    let plain = page.count("#embed-undo");
    page.go("?embed&show=draw,diagram&edit#g=two-cashiers");
    page.wait_for("[id^=step-at-]");
    page.script(
        "document.querySelector('[id^=step-at-]').dispatchEvent(new Event('focus'))",
        &[],
    );
    assert_eq!(plain, 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_figure_compares_and_begins_with_the_seed_as_its_link_says() {
    let page = Page::open(
        DESKTOP,
        Theme::Light,
        "?embed&show=diagram,verdict,load#g=two-cashiers&compare=none,atomic&seed=7",
    );
    page.wait_until(
        "two diagrams stand side by side",
        "return document.querySelectorAll('.side-by-side .sequence svg.sq').length >= 2",
        &[],
    );
    let sides = page.script(
        "return [...document.querySelectorAll('.side-by-side h2')].map(it => it.textContent)",
        &[],
    );
    assert_eq!(sides, json!(["none", "atomic"]));
    page.wait_for_text("#parting", "They part at step");
    assert_eq!(page.count(".player"), 1, "one player moves both");
    let seed = "return document.getElementById('seed').value";
    assert_eq!(page.script(seed, &[]), "7");
    // Both are as far as the clock of the run that the player moves through.
    let veils = "return [...document.querySelectorAll('.side-by-side .veil')].map(it => Math.round(it.getBoundingClientRect().height))";
    let before = page.script(veils, &[]);
    page.script(
        "const slider = document.getElementById('position');
         slider.value = 0;
         slider.dispatchEvent(new Event('input', { bubbles: true }))",
        &[],
    );
    page.wait_until(
        "both go back",
        &format!(
            "const now = (() => {{ {veils} }})();
             return now.length === 2 && now.every((it, place) => it > (arguments[0][place] ?? 0))"
        ),
        &[before],
    );
    // The whole page goes on from there.
    page.wait_until(
        "the link carries it",
        "const href = document.getElementById('open').href;
         return href.includes('compare=none,atomic') && href.includes('seed=7')",
        &[],
    );
    let href = page.script("return document.getElementById('open').href", &[]);
    page.visit(href.as_str().unwrap_or_default());
    page.wait_for_text(".side-by-side", "atomic");
    page.click("#probability-tab");
    page.wait_for("#seed");
    assert_eq!(page.script(seed, &[]), "7");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_figure_plays_when_it_is_seen_and_never_under_reduced_motion() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.set_media(&[("prefers-reduced-motion", "no-preference")]);
    page.go("?embed&play#g=two-cashiers");
    page.wait_until(
        "it plays",
        "return Number(document.getElementById('position')?.value) >= 2",
        &[],
    );
    page.set_media(&[("prefers-reduced-motion", "reduce")]);
    page.go("?embed&play#g=two-cashiers");
    page.wait_for(".embed .sequence svg.sq");
    let position = "return document.getElementById('position').value";
    let before = page.script(position, &[]);
    page.script_async("setTimeout(arguments[0], 2500)", &[]);
    assert_eq!(page.script(position, &[]), before);
    assert_ne!(before, "0", "it rests on its telling moment");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_fenced_block_of_a_blog_becomes_a_live_figure_and_nothing_moves() {
    let home = Page::home();
    let post = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>A post</title>
         <style>pre {{ font: 13px/20px monospace }} .filler {{ height: 6000px }}</style>
         <script>
           window.shifts = 0; window.ready = 0;
           new PerformanceObserver((list) => {{ for (const shift of list.getEntries()) shifts += shift.value }})
             .observe({{ type: 'layout-shift', buffered: true }});
           addEventListener('message', ({{ data }}) => ready += data?.type === 'ready');
         </script>
         <script defer src='{home}rowlock-embed.js'></script>
         <h1>A post</h1>
         <pre><code class=language-rowlock>title: Two buyers\n\nsetup:\n  CREATE TABLE item (id int PRIMARY KEY, sold bool);\n  INSERT INTO item VALUES (1, false);\n
timeline:\n  A: SELECT sold FROM item WHERE id = 1\n  B: SELECT sold FROM item WHERE id = 1\n  A: UPDATE item SET sold = TRUE WHERE id = 1\n  B: UPDATE item SET sold = TRUE WHERE id = 1\n\nexpect:\n  sold once: SELECT count(*) = 1 FROM item WHERE sold\n\n# A block as long as the figure needs at least.\n</code></pre>
         <p>After it.</p><div class=filler></div>
         <pre><code class=language-rowlock>timeline:\n  A: SELECT 1\n</code></pre>"
    );
    let blog = serve(vec![
        ("/post.html", "text/html", post),
        ("/favicon.ico", "image/x-icon", String::new()),
    ]);
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.visit(&format!("{blog}/post.html"));
    page.wait_until("the first figure is live", "return ready === 1", &[]);
    page.script_async("setTimeout(arguments[0], 500)", &[]);
    assert_eq!(page.script("return ready", &[]), 1, "the one below waits");
    assert_eq!(page.script("return shifts", &[]), 0, "something has moved");
    page.enter("iframe[title^='Two buyers']");
    page.wait_for(".sequence svg.sq");
    page.wait_for("#verdict");
    page.leave();
    page.script("scrollTo(0, 9999)", &[]);
    page.wait_until(
        "the second comes when it is near",
        "return ready === 2",
        &[],
    );
    page.script_async("setTimeout(arguments[0], 500)", &[]);
    assert_eq!(page.script("return shifts", &[]), 0, "something has moved");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_share_dialog_gives_link_frame_and_files() {
    for viewport in [DESKTOP, PHONE] {
        let page = Page::open(viewport, Theme::Light, "");
        page.click("#share");
        page.wait_for_text("#share-length", "characters");
        assert_eq!(page.count("#share-dialog:modal"), 1);
        // Copying is confirmed, or said not to be allowed.
        page.click("#share-link-copy");
        page.wait_until(
            "the button says what came of it",
            "return document.querySelector('#share-dialog .said').textContent !== ''",
            &[],
        );
        // A story has a page with a picture.
        let page_of_story = "const at = document.getElementById('share-story').value; return at.endsWith('/s/two-cashiers/')";
        assert_eq!(page.script(page_of_story, &[]), true);
        // The focus goes round inside.
        for _ in 0..12 {
            page.press("\u{E004}");
            let inside = "const it = document.activeElement; return it === document.body || it.closest('dialog') !== null";
            assert_eq!(page.script(inside, &[]), true);
        }
        page.click("#share-figure-tab");
        page.wait_for("#figure-preview");
        page.enter("#figure-preview");
        page.wait_for(".embed .sequence svg.sq");
        page.leave();
        page.click(".share-options [data-part=rows]");
        page.click("#figure-play");
        let snippet = "return document.getElementById('figure-iframe').value";
        page.wait_until(
            "the frame follows the options",
            "const it = document.getElementById('figure-iframe').value; return it.includes('show=diagram,verdict,rows') && it.includes('&amp;play')",
            &[],
        );
        let snippet = page.script(snippet, &[]);
        let snippet = snippet.as_str().unwrap_or_default();
        assert!(
            snippet.contains("title=\"Two cashiers, one shelf: lost update (interactive)\""),
            "{snippet}"
        );
        let markdown = page.script(
            "return document.getElementById('figure-markdown').value",
            &[],
        );
        let markdown = markdown.as_str().unwrap_or_default();
        assert!(
            markdown.starts_with("[![Two cashiers, one shelf")
                && markdown.contains("/s/two-cashiers/card.png>)](<"),
            "{markdown}"
        );
        // What is pasted is a figure.
        let host = serve(vec![
            (
                "/",
                "text/html",
                format!(
                    "<!doctype html><title>Pasted</title><script>heard = []; addEventListener('message', it => heard.push(it.data))</script>{snippet}"
                ),
            ),
            ("/favicon.ico", "image/x-icon", String::new()),
        ]);
        let other = Page::start();
        other.set_viewport(viewport);
        other.visit(&format!("{host}/"));
        other.wait_until(
            "it is live",
            "return heard.some(it => it.type === 'ready')",
            &[],
        );
        page.click("#share-files-tab");
        page.wait_for("#download-png");
        let files = page.script(
            "return [...document.querySelectorAll('.share-files li')].map(it => it.dataset.export)",
            &[],
        );
        assert_eq!(
            files,
            json!([
                "text",
                "svg",
                "mermaid",
                "markdown",
                "psql",
                "isolation",
                "json",
                "png"
            ])
        );
        page.press("\u{E00C}");
        page.wait_until(
            "Escape closes it",
            "return document.querySelector('dialog[open]') === null",
            &[],
        );
        assert_eq!(
            page.script("return document.activeElement.id", &[]),
            "share"
        );
    }
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn files_are_downloaded_and_the_png_is_twice_as_large() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    // What would be saved is looked at instead.
    page.script(
        "window.saved = [];
         HTMLAnchorElement.prototype.click = function () {
             const { href, download } = this;
             fetch; saved.push({ href, download });
         };
         const make = URL.createObjectURL; window.blobs = {};
         URL.createObjectURL = (blob) => { const url = make.call(URL, blob); blobs[url] = blob; return url; };",
        &[],
    );
    page.click("#share");
    page.click("#share-files-tab");
    page.click("#download-text");
    page.click("#download-psql");
    page.click("#download-png");
    page.wait_until(
        "the picture is drawn",
        "return saved.some(it => it.download.endsWith('.png'))",
        &[],
    );
    let names = page.script("return saved.map(it => it.download)", &[]);
    assert_eq!(names[0], "two-cashiers-one-shelf.rowlock");
    assert!(
        names
            .as_array()
            .is_some_and(|names| names.contains(&json!("setup.sql")))
    );
    let text = page.script_async(
        "const done = arguments[0]; blobs[saved[0].href].text().then(it => done(it === rowlock.text()))",
        &[],
    );
    assert_eq!(text, true);
    let size = page.script_async(
        "const done = arguments[0];
         const png = saved.find(it => it.download.endsWith('.png'));
         createImageBitmap(blobs[png.href]).then(it => done([it.width, it.height]))",
        &[],
    );
    assert!(
        size[0].as_u64() >= Some(1800) && size[1].as_u64() >= Some(800),
        "{size}"
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_comes_in_is_opened_and_nothing_is_lost() {
    let mine = "title: Mine\n\ntimeline:\n  A: SELECT 1\n";
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#scenario-text");
    page.fill("#scenario-text", mine);
    page.wait_until(
        "it is mine",
        "return rowlock.text() === arguments[0]",
        &[mine.into()],
    );
    let svg = page.script(
        "return rowlock.send({ type: 'get', what: 'svg', id: 1 }).value",
        &[],
    );
    // A paste, by way of the visitor's own list.
    page.click("#mine");
    page.click("#open-other");
    page.fill(
        "#open-text",
        "see https://rowlock.example/play/#s=t1.timeline:%0A%20%20Z:%20BEGIN%0A for more",
    );
    page.click("#open-pasted");
    page.wait_until(
        "it is open",
        "return rowlock.text().includes('Z: BEGIN')",
        &[],
    );
    assert_eq!(page.count("dialog[open]"), 0);
    page.click("#go-back");
    page.wait_until(
        "mine is back",
        "return rowlock.text() === arguments[0]",
        &[mine.into()],
    );
    // What cannot be opened says why, and changes nothing.
    page.click("#share");
    page.click("#share-open-tab");
    for (text, why) in [
        ("", "nothing in it"),
        ("<p>Hello</p>", "without a picture or an embed"),
        ("https://example.com/", "no scenario in this link"),
        ("#s=d9.AAAA.0000", "newer version"),
        (
            "setup { CREATE TABLE t (a int); }\nsession s\nstep x { SELEC 1; }\n",
            "line 3",
        ),
    ] {
        page.fill("#open-text", text);
        page.click("#open-pasted");
        page.wait_for_text("#open-error", why);
        assert_eq!(page.script("return rowlock.text()", &[]), mine);
    }
    page.press("\u{E00C}");
    // A file that is dropped: a picture of ours.
    page.script("rowlock.send({ type: 'load', story: 'two-buyers' })", &[]);
    page.wait_until(
        "a story is open",
        "return rowlock.text().startsWith('title: Two buyers')",
        &[],
    );
    page.script(
        "const data = new DataTransfer();
         data.items.add(new File([arguments[0]], 'mine.svg', { type: 'image/svg+xml' }));
         for (const type of ['dragover', 'drop'])
             document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }))",
        &[svg],
    );
    page.wait_until(
        "the picture's scenario is open",
        "return rowlock.text() === arguments[0]",
        &[mine.into()],
    );
    // A file that is none of ours: the dialog says so.
    page.script(
        "const data = new DataTransfer();
         data.items.add(new File(['<svg xmlns=\"http://www.w3.org/2000/svg\"/>'], 'other.svg'));
         document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))",
        &[],
    );
    page.wait_for_text(
        "#open-error",
        "other.svg: There is no scenario in this picture",
    );
    assert_eq!(page.script("return rowlock.text()", &[]), mine);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_four_cases_of_a_broken_link_in_a_figure() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    // 300 KiB of blanks, deflated, are few letters.
    let large = page_of_blanks();
    for (fragment, says) in [
        ("#s=d1.nVJNT8JAEL33V7wj", "cut off"),
        ("#s=d9.AAAA.0000", "newer version"),
        ("#s=hello", "holds no scenario"),
        (large.as_str(), "larger than Rowlock reads"),
    ] {
        page.go(&format!("?embed{fragment}"));
        page.wait_for_text(".embed-notice", says);
        // No other scenario stands in its place.
        assert_eq!(page.count(".embed-part"), 0);
    }
}

fn page_of_blanks() -> String {
    format!("#s=t1.{}", "x".repeat(270_000))
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn scripts_beside_the_page_speak_as_an_embed_does() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_until("it is there", "return 'rowlock' in window", &[]);
    let outcome = page.script(
        "return rowlock.send({ type: 'get', what: 'outcome', id: 5 })",
        &[],
    );
    assert_eq!(
        (
            &outcome["type"],
            &outcome["id"],
            &outcome["value"]["verdict"]
        ),
        (&json!("result"), &json!(5), &json!("anomaly"))
    );
    assert_eq!(
        page.script("return rowlock.outcome()", &[]),
        outcome["value"]
    );
    let refused = page.script("return rowlock.send({ type: 'set', edit: true }).code", &[]);
    assert_eq!(refused, "not-available");
    let refused = page.script(
        "return [rowlock.send(null).code, rowlock.send('x').code]",
        &[],
    );
    assert_eq!(refused, json!(["unknown-type", "unknown-type"]));
    page.script("window.told = []; rowlock.listen(it => told.push(it)); rowlock.send({ type: 'set', strategy: 'atomic' })", &[]);
    page.wait_until("it is told", "return told.some(it => it.type === 'outcome' && it.outcome.correct) && told.some(it => it.type === 'change')", &[]);
}

/// The example of `window.rowlock` in the documentation.
fn documented() -> &'static str {
    let page = include_str!("../../../docs/embedding.md");
    let block = page
        .split("```js\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    block.expect("it is there")
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_documented_example_for_scripts_does_what_it_says() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-buyers");
    page.wait_until("it is there", "return 'rowlock' in window", &[]);
    page.script(
        "window.logged = []; console.log = (...said) => logged.push(said)",
        &[],
    );
    page.script(documented(), &[]);
    page.wait_until(
        "the listener is told",
        "return logged.some(it => it[0] === 'atomic' && it[1] === true)",
        &[],
    );
    let shapes = page.script(
        "const plain = (it) => Object.prototype.toString.call(it) === '[object Object]';
         const answer = rowlock.send({ type: 'set', theme: 'light', id: 1 });
         const outcome = rowlock.outcome();
         return [answer, rowlock.send({ type: 'set', edit: true }).code, plain(answer), plain(outcome), outcome.tables.stock,
             Array.isArray(outcome.waits), outcome.anomalies, rowlock.text() === rowlock.send({ type: 'get', what: 'text' }).value,
             rowlock.send({ type: 'get', what: 'trace' }).value.events.length > 5]",
        &[],
    );
    assert_eq!(
        shapes,
        json!([
            { "ns": "rowlock", "v": 1, "type": "result", "id": 1, "ok": true },
            "not-available",
            true,
            true,
            [{ "id": 42, "quantity": 8 }],
            true,
            [],
            true,
            true
        ])
    );
    // A long list and a long text are refused, and not read.
    let refused = page.script(
        "return [rowlock.send({ type: 'set', show: Array(99).fill('rows') }).code,
             rowlock.send({ type: 'load', text: 'x'.repeat(300000) }).code,
             rowlock.send({ type: 'set', theme: { a: 1 } }).code,
             rowlock.send({ type: 'seek', step: '3' }).code]",
        &[],
    );
    assert_eq!(
        refused,
        json!(["bad-field", "bad-field", "bad-field", "bad-field"])
    );
    page.script("rowlock.listen(null); logged.length = 0; rowlock.send({ type: 'set', strategy: 'pessimistic' })", &[]);
    page.wait_until(
        "it is drawn",
        "return rowlock.outcome().strategy === 'pessimistic'",
        &[],
    );
    assert_eq!(page.script("return logged", &[]), json!([]));
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_policy_lets_nothing_run_that_is_not_a_file_of_ours() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for(".sequence svg.sq");
    // Every room of the page, under the policy: what it refuses is an error of the console.
    page.script(
        "document.querySelectorAll('.panels [role=tab]').forEach(it => it.click())",
        &[],
    );
    assert_eq!(page.errors(), Vec::<String>::new());
    let ran = page.script_async(
        // Marks that a script of whatever world can see.
        "document.title = '';
         const inline = document.createElement('script');
         inline.textContent = 'document.title += \"inline\"';
         document.head.append(inline);
         const element = document.createElement('button');
         element.setAttribute('onclick', 'document.title += \"handler\"');
         document.body.append(element);
         element.click();
         element.setAttribute('style', 'position: fixed');
         if (getComputedStyle(element).position === 'fixed') document.title += 'style';
         element.remove();
         // While a driver's script runs, Chromium allows it more than a page; in Firefox it has a world of its own.
         setTimeout(() => {
             try { (window.wrappedJSObject ?? window).eval('document.title += \"eval\"') } catch {}
             arguments[0](document.title);
         }, 50)",
        &[],
    );
    assert_eq!(ran, "");
    let refused = page.script_async(
        "fetch('http://127.0.0.1:9/').then(() => arguments[0](false), () => arguments[0](true))",
        &[],
    );
    assert_eq!(refused, true);
    // That it refused is said.
    let _ = page.errors();
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_story_has_a_page_for_those_who_run_nothing() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.go("s/transfer-deadlock/");
    page.wait_for_text("h1", "Two transfers");
    let tags = page.script(
        "const of = (name) => document.querySelector(`meta[property=\"${name}\"]`)?.content;
         const picture = document.querySelector('img');
         return [of('og:title'), of('og:description'), of('og:image'), document.scripts.length, picture.complete && picture.naturalWidth > 300]",
        &[],
    );
    assert_eq!(tags[0], "Two transfers, opposite ways");
    assert!(
        tags[1]
            .as_str()
            .is_some_and(|text| text.starts_with("Ann and Bob waited")),
        "{tags}"
    );
    assert!(
        tags[2]
            .as_str()
            .is_some_and(|text| text.ends_with("card.png")),
        "{tags}"
    );
    // The picture is there, and as large as is said.
    let picture = page.script_async(
        "const [done] = arguments, of = (name) => document.querySelector(`meta[property=\"${name}\"]`)?.content;
         const picture = new Image();
         picture.onload = () => done([picture.naturalWidth, picture.naturalHeight, of('og:image:width'), of('og:image:height')]);
         picture.onerror = () => done(null);
         picture.src = new URL(of('og:image'), location.href)",
        &[],
    );
    assert_eq!(picture, json!([1200, 630, "1200", "630"]));
    assert_eq!((&tags[3], &tags[4]), (&json!(0), &json!(true)));
    page.click("a[href*='#g=transfer-deadlock']");
    page.wait_for_text("#verdict", "Ann and Bob waited");
}
