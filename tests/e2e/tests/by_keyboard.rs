//! The page without a pointer and without eyes: where the Tab key leads, what keys do, and the page as a screen reader has it.
//!
//! What is seen is held against `golden/keyboard.txt` (that of Firefox beside it) and `golden/tree.txt`, to be read; `ROWLOCK_UPDATE_GOLDEN=1` writes them anew.

use rowlock_e2e::{DESKTOP, Page, Theme};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const SPACE: &str = " ";
const END: &str = "\u{e010}";
const LEFT: &str = "\u{e012}";

fn open() -> Page {
    let page = Page::open(DESKTOP, Theme::Light, "");
    page.wait_for("#verdict");
    page
}

#[track_caller]
fn hold(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    if env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is there");
        fs::write(&path, found).expect("it can be written");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == found,
        "{} is other now; `ROWLOCK_UPDATE_GOLDEN=1` writes it:\n{found}",
        path.display()
    );
}

/// What has the focus, and whether that is seen.
const FOCUSED: &str = "
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const style = getComputedStyle(it);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
    // In a picture it is a frame of its own or a thicker edge.
    const edged = it instanceof SVGElement && [...it.querySelectorAll('rect')].some(
        edge => parseFloat(getComputedStyle(edge).strokeWidth) >= 2 && getComputedStyle(edge).stroke !== 'none');
    const ringed = outlined || edged;
    const drawn = it.getClientRects().length > 0;
    return [ringed, drawn, it.closest('[hidden], [inert], [aria-hidden=true]') === null];
";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn tab_leads_through_everything_and_each_stop_is_seen() {
    let page = open();
    let mut stops = String::new();
    for _ in 0..200 {
        page.press(TAB);
        let seen = page.script(FOCUSED, &[]);
        if seen.is_null() {
            break;
        }
        let stop = page.focused();
        assert_eq!(
            seen,
            json!([true, true, true]),
            "focus ring, drawn, not hidden: {stop}"
        );
        stops += &stop;
        stops.push('\n');
    }
    // It has left the page at its end and was trapped nowhere.
    assert!(page.script(FOCUSED, &[]).is_null(), "{stops}");
    // Firefox stops at frames that scroll too, and has no role for a summary.
    hold(
        if page.is_firefox() {
            "keyboard-firefox.txt"
        } else {
            "keyboard.txt"
        },
        &stops,
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_story_is_cured_changed_and_shared_by_keys_alone() {
    let page = open();
    // Another story, by its list.
    page.keys("#story", ENTER);
    page.press(ESCAPE);
    page.wait_until(
        "the focus is back",
        "return document.activeElement.id === 'story'",
        &[],
    );
    // A strategy.
    page.script(
        "document.querySelector('[data-strategy=atomic]')?.focus()",
        &[],
    );
    page.press(SPACE);
    page.wait_until(
        "it is cured",
        "return document.querySelector('#verdict').dataset.kind === 'correct'",
        &[],
    );
    // The diagram, event by event.
    page.keys(".diagram.sequence", END);
    page.keys(".diagram.sequence", LEFT);
    page.wait_until(
        "one before the end",
        "return /^(\\d+) of (\\d+)$/.exec([...document.querySelectorAll('.player *')].map(it => it.textContent.trim()).find(it => /^\\d+ of \\d+$/.test(it)) ?? '')?.slice(1).map(Number).reduce((at, end) => end - at) === 1",
        &[],
    );
    // The Share dialog, and out of it.
    page.keys("#share", ENTER);
    page.wait_for("#share-dialog[open]");
    page.press(ESCAPE);
    page.wait_until(
        "the dialog is closed and the focus is back",
        "return !document.querySelector('#share-dialog').open && document.activeElement.id === 'share'",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn the_page_read_as_text_is_its_story() {
    let page = open();
    let nodes = page.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = nodes["nodes"].as_array().cloned().unwrap_or_default();
    let by_id: BTreeMap<&str, &Value> = nodes
        .iter()
        .filter_map(|node| Some((node["nodeId"].as_str()?, node)))
        .collect();
    let mut text = String::new();
    if let Some(root) = nodes.first() {
        tell(root, &by_id, 0, "", &mut text);
    }
    hold("tree.txt", &text);
}

/// Roles without which nothing is lost.
const QUIET: [&str; 6] = [
    "none",
    "generic",
    "InlineTextBox",
    "StaticText",
    "LineBreak",
    "ListMarker",
];

/// `said` is the name of what it is in: text that is in that name is not told once more.
fn tell(node: &Value, all: &BTreeMap<&str, &Value>, depth: usize, said: &str, text: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = node["name"]["value"].as_str().unwrap_or_default();
    let is_told = node["ignored"] != true && !QUIET.contains(&role);
    if is_told {
        *text += &format!("{}{role}", "  ".repeat(depth));
        if !name.is_empty() {
            *text += &format!(
                ": {}",
                name.split_whitespace().collect::<Vec<_>>().join(" ")
            );
        }
        text.push('\n');
    } else if role == "StaticText" && !name.trim().is_empty() && !said.contains(name.trim()) {
        *text += &format!("{}\u{201c}{}\u{201d}\n", "  ".repeat(depth), name.trim());
    }
    let depth = depth + usize::from(is_told);
    let said = if is_told { name } else { said };
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = child.as_str().and_then(|id| all.get(id)) {
            tell(child, all, depth, said, text);
        }
    }
}
