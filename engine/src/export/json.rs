//! Writing JSON: just enough of it, so that the page need not carry a library.

/// A JSON text under construction.
#[derive(Default)]
pub(crate) struct Json {
    text: String,
}

impl Json {
    /// `{...}`: `fill` adds the fields.
    pub fn object(&mut self, fill: impl FnOnce(&mut Fields<'_>)) {
        self.text.push('{');
        fill(&mut Fields {
            json: self,
            first: true,
        });
        self.text.push('}');
    }

    /// `[...]`: `write` adds one element for each item.
    pub fn array<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.text.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            write(self, item);
        }
        self.text.push(']');
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                control if control < ' ' => {
                    self.text.push_str("\\u00");
                    for digit in [control as u32 >> 4, control as u32 & 15] {
                        self.text.extend(char::from_digit(digit, 16));
                    }
                }
                character => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    /// Text that is JSON already: a number, `true`, `null`.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }
}

/// The fields of an object.
pub(crate) struct Fields<'a> {
    json: &'a mut Json,
    first: bool,
}

impl Fields<'_> {
    /// A field whose value `write` writes.
    pub fn field(&mut self, name: &str, write: impl FnOnce(&mut Json)) -> &mut Self {
        if !self.first {
            self.json.text.push(',');
        }
        self.first = false;
        self.json.string(name);
        self.json.text.push(':');
        write(self.json);
        self
    }

    /// A string field.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        self.field(name, |json| json.string(value))
    }

    /// A number field.
    pub fn number(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.field(name, |json| json.raw(&value.to_string()))
    }

    /// A boolean field.
    pub fn boolean(&mut self, name: &str, value: bool) -> &mut Self {
        self.field(name, |json| json.raw(if value { "true" } else { "false" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let mut json = Json::default();
        json.object(|fields| {
            fields.string("a \"b\"", "line\nbell\u{7}é").number("n", 3);
        });
        assert_eq!(json.finish(), r#"{"a \"b\"":"line\nbell\u0007é","n":3}"#);
    }
}
