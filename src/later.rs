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
    let state = use_state_eq(|| {
        if is_away().unwrap_or(false) {
            Later::Coming
        } else {
            Later::Here
        }
    });
    let tries = use_state(|| 0u32);
    let setter = state.setter();
    use_effect_with((wanted, *tries), move |(wanted, _)| {
        if *wanted && is_away().unwrap_or(false) {
            wasm_bindgen_futures::spawn_local(async move {
                let is_here = match come(&wasm_bindgen::exports()) {
                    Ok(promise) => JsFuture::from(promise).await.is_ok(),
                    Err(_) => false,
                };
                setter.set(if is_here { Later::Here } else { Later::Failed });
            });
        } else if *wanted {
            setter.set(Later::Here);
        }
    });
    let again = {
        let (tries, state) = (tries, state.setter());
        Callback::from(move |()| {
            state.set(Later::Coming);
            tries.set(*tries + 1);
        })
    };
    (*state, again)
}
