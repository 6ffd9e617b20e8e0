//! The page opens from below any path, on any screen, without a complaint.

use rowlock_e2e::{DESKTOP, PHONE, Page, Theme};

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_page_says_its_name() {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for_text("h1", "Rowlock");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_viewport_and_the_theme_are_the_ones_asked_for() {
    let page = Page::open(PHONE, Theme::Dark, "");
    page.wait_for_text("h1", "Rowlock");
    let seen = page.script(
        "return [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]",
        &[],
    );
    assert_eq!(seen, serde_json::json!([390, 844, true]));
}
