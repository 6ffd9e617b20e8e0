//! Values as JSON has them, and their text: just enough of it, so that the page need not carry a library.

use std::fmt::Write as _;

/// A value as JSON has it. The page makes values of JavaScript from it, files have its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Data {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as it is written: more digits than a float holds are kept.
    Number(String),
    /// A string.
    Text(String),
    /// `[...]`.
    List(Vec<Data>),
    /// `{...}`: names and values, in their order.
    Object(Vec<(String, Data)>),
}

impl Data {
    /// The text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// The value of a field of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                let field = fields.iter().find(|(known, _)| known == name);
                field.map(|(_, value)| value)
            }
            _ => None,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Flag(true) => out.push_str("true"),
            Self::Flag(false) => out.push_str("false"),
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                let mut mark = '[';
                for item in items {
                    out.push(std::mem::replace(&mut mark, ','));
                    item.write(out);
                }
                out.push_str(if mark == '[' { "[]" } else { "]" });
            }
            Self::Object(fields) => {
                let mut mark = '{';
                for (name, value) in fields {
                    out.push(std::mem::replace(&mut mark, ','));
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push_str(if mark == '{' { "{}" } else { "}" });
            }
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            character => out.push(character),
        }
    }
    out.push('"');
}

/// A value under construction.
#[derive(Default)]
pub(crate) struct Json(Data);

impl Json {
    /// `{...}`: `fill` adds the fields.
    pub fn object(&mut self, fill: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(Vec::new());
        fill(&mut fields);
        self.0 = Data::Object(fields.0);
    }

    /// `[...]`: `write` gives one element for each item.
    pub fn array<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let items = items.into_iter().map(|item| {
            let mut element = Self::default();
            write(&mut element, item);
            element.0
        });
        self.0 = Data::List(items.collect());
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.0 = Data::Text(text.to_owned());
    }

    /// A number.
    pub fn number(&mut self, value: impl ToString) {
        self.0 = Data::Number(value.to_string());
    }

    /// A value that is there already.
    pub fn data(&mut self, data: Data) {
        self.0 = data;
    }

    /// The finished value.
    pub fn finish(self) -> Data {
        self.0
    }
}

/// The fields of an object.
pub(crate) struct Fields(Vec<(String, Data)>);

impl Fields {
    /// A field whose value `write` gives.
    pub fn field(&mut self, name: &str, write: impl FnOnce(&mut Json)) -> &mut Self {
        let mut value = Json::default();
        write(&mut value);
        self.data(name, value.0)
    }

    /// A field with a value that is there already.
    pub fn data(&mut self, name: &str, value: Data) -> &mut Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// A string field.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        self.data(name, Data::Text(value.to_owned()))
    }

    /// A number field.
    pub fn number(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.data(name, Data::Number(value.to_string()))
    }

    /// A boolean field.
    pub fn boolean(&mut self, name: &str, value: bool) -> &mut Self {
        self.data(name, Data::Flag(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let mut json = Json::default();
        json.object(|fields| {
            fields
                .string("a \"b\"", "line\nbell\u{7}é")
                .number("n", 3)
                .data("none", Data::Null)
                .field("list", |json| {
                    json.array([1, 2], |json, it| json.number(it))
                })
                .field("empty", |json| {
                    json.array([0; 0], |json, it| json.number(it))
                })
                .field("object", |json| json.object(|_| ()));
        });
        let data = json.finish();
        assert_eq!(
            data.to_text(),
            r#"{"a \"b\"":"line\nbell\u0007é","n":3,"none":null,"list":[1,2],"empty":[],"object":{}}"#
        );
        assert_eq!(data.get("n"), Some(&Data::Number("3".to_owned())));
    }
}
