//! Takes pictures of the page at three widths, light and dark. `cargo xtask shots` runs it:
//! `shots NAME QUERY FRAGMENT`.

use rowlock_e2e::{DESKTOP, PHONE, Page, TABLET, Theme};
use std::time::Duration;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let name = if word(0).is_empty() { "page" } else { word(0) };
    let address = format!("{}{}", prefixed('?', word(1)), prefixed('#', word(2)));

    let page = Page::start();
    for viewport in [DESKTOP, TABLET, PHONE] {
        for theme in [Theme::Light, Theme::Dark] {
            page.set_viewport(viewport);
            page.set_theme(theme);
            page.go(&address);
            page.wait_until(
                "something on the page",
                "return document.body.innerText.trim() !== ''",
                &[],
            );
            // For what comes in on its own after the first frame.
            std::thread::sleep(Duration::from_millis(400));
            let file = format!("{name}-{}-{}", viewport.width, theme.name());
            println!("{}", page.screenshot(&file).display());
        }
    }
    for error in page.errors() {
        println!("the console held an error: {error}");
    }
}

fn prefixed(mark: char, text: &str) -> String {
    if text.is_empty() || text.starts_with(mark) {
        text.to_owned()
    } else {
        format!("{mark}{text}")
    }
}
