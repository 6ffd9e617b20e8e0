//! The page's beginning.

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    if let Some(root) = rowlock::browser::element("app") {
        // What stands there is a picture of the first view; from here on it works.
        let _ = root.remove_attribute("data-still");
        let _ = root.remove_attribute("aria-busy");
        let (query, _) = rowlock_engine::link::Query::parse(&rowlock::browser::query());
        if query.embed {
            yew::Renderer::<rowlock::embed::Embed>::with_root(root.into()).render();
        } else {
            yew::Renderer::<rowlock::app::App>::with_root(root.into()).render();
        }
    }
}
