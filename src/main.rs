//! The program's beginning: as the page, and in a thread of the browser as its worker.

use gloo::timers::callback::Timeout;
use web_sys::HtmlElement;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    if web_sys::window().is_none() {
        // Where a browser has no message channels nothing listens, which `static/worker.js` sees and tells the page.
        let _ = rowlock::worker::thread::listen();
    } else if let Some(root) = rowlock::browser::element("app") {
        let (query, _) = rowlock_engine::link::Query::parse(&rowlock::browser::query());
        if query.embed {
            alive(&root);
            yew::Renderer::<rowlock::embed::Embed>::with_root(root.into()).render();
        } else {
            start(root, 0);
        }
    }
}

/// Starts the page, in as many turns as there are things to do: on a slow phone each takes longer than a visitor who scrolls
/// meanwhile should wait.
fn start(root: HtmlElement, turn: u32) {
    match turn {
        0 => rowlock::first::run(),
        1 => rowlock::first::find_cures(),
        _ => {
            alive(&root);
            yew::Renderer::<rowlock::app::App>::with_root(root.into()).render();
            return;
        }
    }
    Timeout::new(0, move || start(root, turn + 1)).forget();
}

/// What stands there is a picture of the first view; from here on it works.
fn alive(root: &HtmlElement) {
    let _ = root.remove_attribute("data-still");
    let _ = root.remove_attribute("aria-busy");
}
