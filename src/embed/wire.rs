//! The wire to the page around: messages as values of JavaScript, in and out.

use crate::browser;
use js_sys::{Array, JSON, JsString, Reflect};
use rowlock_engine::message::{Field, Fields, MOST_UNITS, ToParent, embedly};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Window;

/// A list longer than this has no meaning in any field.
const MOST_ITEMS: u32 = 32;

/// A message as it came.
pub struct Message<'a>(pub &'a JsValue);

impl Fields for Message<'_> {
    fn field(&self, name: &str) -> Field {
        match Reflect::get(self.0, &name.into()) {
            Ok(value) => field(&value),
            // It is no object at all.
            Err(_) => Field::Absent,
        }
    }
}

fn field(value: &JsValue) -> Field {
    if value.is_undefined() || value.is_null() {
        return Field::Absent;
    }
    if let Some(text) = value.dyn_ref::<JsString>() {
        return if text.length() as usize > MOST_UNITS {
            Field::TooLong
        } else {
            Field::Text(text.into())
        };
    }
    if let Some(number) = value.as_f64() {
        return Field::Number(number);
    }
    if let Some(flag) = value.as_bool() {
        return Field::Flag(flag);
    }
    let Some(list) = value
        .dyn_ref::<Array>()
        .filter(|list| list.length() <= MOST_ITEMS)
    else {
        return Field::Other;
    };
    let texts = list.iter().map(|item| match field(&item) {
        Field::Text(text) => Some(text),
        _ => None,
    });
    texts
        .collect::<Option<_>>()
        .map_or(Field::Other, Field::List)
}

/// A message as JavaScript has it.
#[must_use]
pub fn value(message: &ToParent) -> JsValue {
    JSON::parse(&message.to_json()).unwrap_or(JsValue::NULL)
}

/// The page around, where there is one.
#[must_use]
pub fn parent() -> Option<Window> {
    let window = browser::window()?;
    let parent = window.parent().ok()??;
    (parent != window).then_some(parent)
}

/// Sends a message to the page around, if that is of the origin `to`.
pub fn post(message: &ToParent, to: &str) {
    let Some(parent) = parent() else { return };
    let _ = parent.post_message(&value(message), to);
    if let ToParent::Resize { height, .. } = message {
        let _ = parent.post_message(&embedly(*height).into(), to);
    }
}
