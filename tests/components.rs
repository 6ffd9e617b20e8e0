//! Component tests run in a real browser, with a document and a layout: `cargo xtask test`.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn there_is_a_document_to_draw_in() {
    let document = web_sys::window().and_then(|window| window.document());
    assert!(document.is_some());
}
