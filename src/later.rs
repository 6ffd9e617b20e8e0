//! The second part of the program, which a first visit does not load (`xtask/split`).
//!
//! It is fetched when the visitor first touches the page (`static/loader.js`). Until it is there, rooms that a first visit does not
//! show wait for it ([`use_all_here`]); whatever else meets a function of it has it loaded on the spot. Where the program is in
//! one part, as when it is served for development, all is there from the beginning.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Loads it while all waits.
    #[wasm_bindgen(js_namespace = rowlockLater)]
    fn now(exports: &JsValue);
    /// Loads it: a promise.
    #[wasm_bindgen(js_namespace = rowlockLater, catch)]
    fn come(exports: &JsValue) -> Result<js_sys::Promise, JsValue>;
    /// Whether it is yet to come. Fails where nobody knows of a second part.
    #[wasm_bindgen(js_namespace = rowlockLater, js_name = isAway, catch)]
    fn is_away() -> Result<bool, JsValue>;
}

/// What gates of the first part call when the second is not there.
#[wasm_bindgen(js_name = later_need)]
pub fn later_need() {
    now(&wasm_bindgen::exports());
}

/// How it stands with the second part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// It is there.
    Here,
    /// It is being fetched.
    Coming,
    /// It could not be fetched; the callback that comes along tries again.
    Failed,
}

/// Has the second part fetched where `wanted`, and tells how it stands; what is given beside it tries once more.
#[hook]
pub fn use_all_here(wanted: bool) -> (Later, Callback<()>) {
    let failed = use_state(|| false);
    let tries = use_state(|| 0u32);
    let is_away = is_away().unwrap_or(false);
    let set = failed.setter();
    use_effect_with((wanted && is_away, *tries), move |(fetch, _)| {
        if *fetch {
            wasm_bindgen_futures::spawn_local(async move {
                let is_here = match come(&wasm_bindgen::exports()) {
                    Ok(promise) => JsFuture::from(promise).await.is_ok(),
                    Err(_) => false,
                };
                // Whether or not this is news, the room is drawn again.
                set.set(!is_here);
            });
        }
    });
    let again = {
        let set = failed.setter();
        Callback::from(move |()| {
            set.set(false);
            tries.set(*tries + 1);
        })
    };
    let later = match (is_away, *failed) {
        (false, _) => Later::Here,
        (true, false) => Later::Coming,
        (true, true) => Later::Failed,
    };
    (later, again)
}
