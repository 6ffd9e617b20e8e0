//! The browser, guarded: whatever it refuses (storage in a sandbox, a clipboard without permission) is answered by `None`.

use web_sys::wasm_bindgen::JsCast as _;
use web_sys::wasm_bindgen::JsValue;
use web_sys::{Blob, Document, Element, HtmlElement, Storage, Window};

/// The window, where there is one: there is none when the first view is drawn without a browser.
#[must_use]
pub fn window() -> Option<Window> {
    if cfg!(target_family = "wasm") {
        web_sys::window()
    } else {
        None
    }
}

/// Whether the page has no origin, as in a frame with a sandbox.
#[must_use]
pub fn is_without_origin() -> bool {
    window().is_some_and(|window| window.origin() == "null")
}

/// The document.
#[must_use]
pub fn document() -> Option<Document> {
    window()?.document()
}

/// The element of this id.
#[must_use]
pub fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The element of this id, be it of a picture.
#[must_use]
pub fn element_by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Puts the focus on an element, be it of a picture.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Gives a custom property of the whole page a value, or the one that the styles give it.
pub fn set_root_property(name: &str, value: Option<&str>) {
    let root = document().and_then(|document| document.document_element());
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    set_property(&root, name, value);
}

/// The same for one element.
pub fn set_property(element: &HtmlElement, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.style().set_property(name, value),
        None => element.style().remove_property(name).map(|_| ()),
    };
}

/// The id of what has the focus.
#[must_use]
pub fn focused_id() -> Option<String> {
    Some(document()?.active_element()?.id())
}

/// Whether a media query holds.
fn matches(query: &str) -> bool {
    let found = window().and_then(|window| window.match_media(query).ok().flatten());
    found.is_some_and(|query| query.matches())
}

/// Whether fingers point here.
#[must_use]
pub fn coarse_pointer() -> bool {
    matches("(pointer: coarse)")
}

/// Lets a finger feel that it holds something, where the device can.
pub fn buzz() {
    if let Some(window) = window()
        && js_sys::Reflect::has(&window.navigator(), &"vibrate".into()).unwrap_or(false)
    {
        let _ = window.navigator().vibrate_with_duration(12);
    }
}

/// Puts the focus on an element if it is inside another, which goes away; elsewhere it stays.
pub fn focus_from(inside: &str, to: &str) {
    let focused = document().and_then(|document| document.active_element());
    let is_inside = element_by_id(inside)
        .zip(focused)
        .is_some_and(|(inside, focused)| inside.contains(Some(&focused)));
    if let (true, Some(to)) = (is_inside, element(to)) {
        let _ = to.focus();
    }
}

/// The address's fragment with its `#`.
#[must_use]
pub fn fragment() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// The address's query with its `?`.
#[must_use]
pub fn query() -> String {
    window()
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default()
}

/// The address of the page itself, without query and fragment.
#[must_use]
pub fn page_address() -> String {
    let address = address();
    address.split('?').next().unwrap_or_default().to_owned()
}

/// Light, dark, or `auto` as the visitor's system has it.
pub fn set_theme(name: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-theme", name);
    }
}

/// Whether the page is light on dark.
#[must_use]
pub fn is_dark() -> bool {
    let root = document().and_then(|document| document.document_element());
    match root
        .and_then(|root| root.get_attribute("data-theme"))
        .as_deref()
    {
        Some("light") => false,
        Some("dark") => true,
        _ => matches("(prefers-color-scheme: dark)"),
    }
}

/// The address without its fragment.
#[must_use]
pub fn address() -> String {
    let href = window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Writes the fragment into the address without leaving a trace in the history.
pub fn replace_fragment(fragment: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let address = format!("{}{fragment}", address());
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// What lasts for this tab.
#[must_use]
pub fn tab_storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

/// What lasts.
#[must_use]
pub fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// Whether the visitor wants little motion.
#[must_use]
pub fn reduced_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// A text as a file of a media type.
#[must_use]
pub fn blob(text: &str, media_type: &str) -> Option<Blob> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options).ok()
}

/// An address of a file, for as long as it is not revoked.
#[must_use]
pub fn object_url(blob: &Blob) -> Option<String> {
    web_sys::Url::create_object_url_with_blob(blob).ok()
}

/// Has the browser save a file.
pub fn download(blob: &Blob, name: &str) {
    let link = document().and_then(|document| document.create_element("a").ok());
    let link = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let (Some(link), Some(address)) = (link, object_url(blob)) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
        // The browser reads it after this.
        gloo::timers::callback::Timeout::new(60_000, move || {
            let _ = web_sys::Url::revoke_object_url(&address);
        })
        .forget();
    }
}

/// Puts a text on the clipboard; tells `done` whether it is there.
pub fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let Some(window) = window() else {
        return done(false);
    };
    // Without a secure context there is no clipboard at all.
    let has_clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into())
        .is_ok_and(|value| value.is_object());
    if !has_clipboard {
        return done(false);
    }
    let promise = window.navigator().clipboard().write_text(text);
    yew::platform::spawn_local(async move {
        done(wasm_bindgen_futures::JsFuture::from(promise).await.is_ok());
    });
}
