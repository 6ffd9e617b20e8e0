//! Visits a marked page and writes down which functions ran. `cargo xtask profile` runs it.
//!
//! ```text
//! first_visit NAMES.txt LIST.txt
//! ```

use rowlock_e2e::{DESKTOP, PHONE, Page, TABLET, Theme};
use serde_json::json;
use std::collections::BTreeSet;
use std::{env, fs};

/// The result: the numbers of the functions that ran.
const MARKS: &str = "
    const marks = new Uint8Array(marked.marks.buffer);
    return [...marks.keys()].filter(at => marks[at]);
";

const HEAD: &str = "\
# The functions that a first visit runs: the first part of the page's program. Written by `cargo xtask profile`.
";

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let [names, list] = args.as_slice() else {
        panic!("usage: first_visit NAMES.txt LIST.txt");
    };
    let text = fs::read_to_string(names).expect("the names can be read");
    let names: Vec<&str> = text.lines().collect();
    let mut ran = BTreeSet::new();
    let mut visit = |page: &Page, ready: &str| {
        page.wait_for(ready);
        // What comes when the page has rested comes too.
        std::thread::sleep(std::time::Duration::from_millis(1500));
        for number in page.script(MARKS, &[]).as_array().into_iter().flatten() {
            let name = number
                .as_u64()
                .and_then(|number| names.get(number as usize));
            ran.insert(name.copied().expect("a function has a name"));
        }
    };
    for (size, theme) in [(DESKTOP, Theme::Light), (PHONE, Theme::Dark)] {
        let page = Page::open(size, theme, "");
        visit(&page, "#verdict");
        // The first signs of a visitor, upon which the second part is fetched: they must not have to wait for it.
        for place in 1..20 {
            let (x, y) = (size.width * place / 20, size.height * place / 20);
            let moved = json!({ "type": "mouseMoved", "x": x, "y": y });
            page.devtools("Input.dispatchMouseEvent", moved);
            page.press("\u{e004}");
        }
        let click =
            |at: &str| page.script("document.querySelector(arguments[0]).click()", &[at.into()]);
        click("#versions-tab");
        page.wait_for_text("#panel", "could not be fetched");
        click("#panel button");
        page.wait_for_text("#panel", "could not be fetched");
        click("#tables-tab");
        page.wait_for("#panel table");
        visit(&page, "#verdict");
        // The window changes, the system's theme does, and the visitor leaves.
        page.set_viewport(TABLET);
        page.set_theme(Theme::Dark);
        page.script("dispatchEvent(new Event('pagehide'))", &[]);
        visit(&page, "#verdict");
        // There is no second part to be had here, of which the console complains.
        page.errors();
    }
    for story in rowlock_engine::gallery::STORIES {
        let page = Page::open(DESKTOP, Theme::Light, &format!("?embed=1#g={}", story.slug));
        visit(&page, "main.embed");
    }
    for story in rowlock_engine::gallery::STORIES.iter().take(3) {
        let link = rowlock_engine::link::encode_text(story.text);
        let page = Page::open(DESKTOP, Theme::Light, &format!("?embed=1#s={link}"));
        visit(&page, "main.embed");
    }
    let list_of_names: Vec<&str> = ran.into_iter().collect();
    fs::write(list, format!("{HEAD}{}\n", list_of_names.join("\n")))
        .expect("the list can be written");
    println!("{} of {} functions ran.", list_of_names.len(), names.len());
}
