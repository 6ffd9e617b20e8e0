//! The page's beginning.

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    if let Some(root) = rowlock::browser::element("app") {
        yew::Renderer::<rowlock::app::App>::with_root(root.into()).render();
    }
}
