//! The wire to the page around: messages as values of JavaScript.
//!
//! What goes out is made by serde-wasm-bindgen. What comes in may be anything, and from anybody: only the fields that mean something are
//! looked at, one by one, and a text is measured before it is copied, which a deserializer does not do (and its messages about what
//! it did not expect would weigh more than all of this).

use crate::browser;
use js_sys::{Array, JsString, Number, Reflect};
use rowlock_engine::json::Data;
use rowlock_engine::message::{Field, Fields, MOST_UNITS, ToParent, embedly};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
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

/// A value that goes out.
struct Written<'a>(&'a Data);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Data::Null => to.serialize_unit(),
            Data::Flag(flag) => to.serialize_bool(*flag),
            // JavaScript's numbers are floats. It reads them itself: Rust's reader is 10 kB of tables.
            Data::Number(digits) => to.serialize_f64(Number::parse_float(digits)),
            Data::Text(text) => to.serialize_str(text),
            Data::List(items) => to.collect_seq(items.iter().map(Written)),
            Data::Object(fields) => {
                let mut object = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    object.serialize_entry(name, &Written(value))?;
                }
                object.end()
            }
        }
    }
}

/// A message as JavaScript has it.
#[must_use]
pub fn value(message: &ToParent) -> JsValue {
    let to = serde_wasm_bindgen::Serializer::json_compatible();
    Written(&message.to_data())
        .serialize(&to)
        .unwrap_or(JsValue::NULL)
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
