//! Places in a field: the browser counts UTF-16 units, the engine bytes.

use web_sys::HtmlInputElement;

/// The byte at which a UTF-16 unit stands.
pub(super) fn byte(text: &str, unit: usize) -> usize {
    let mut units = 0;
    let found = text.char_indices().find(|(_, letter)| {
        let is_there = units >= unit;
        units += letter.len_utf16();
        is_there
    });
    found.map_or(text.len(), |(at, _)| at)
}

/// The UTF-16 unit that stands at a byte.
pub(super) fn unit(text: &str, byte: usize) -> usize {
    text[..text.floor_char_boundary(byte)]
        .encode_utf16()
        .count()
}

/// The byte at which a field's cursor stands.
pub(super) fn of(field: &HtmlInputElement) -> usize {
    let text = field.value();
    let unit = field.selection_end().ok().flatten();
    unit.map_or(text.len(), |unit| byte(&text, unit as usize))
}

/// Selects from one byte to another.
pub(super) fn select(field: &HtmlInputElement, from: usize, to: usize) {
    let text = field.value();
    let _ = field.set_selection_range(unit(&text, from) as u32, unit(&text, to) as u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_width_are_counted() {
        let text = "aä😀b";
        for (byte_at, unit_at) in [(0, 0), (1, 1), (3, 2), (7, 4), (8, 5)] {
            assert_eq!(
                (byte(text, unit_at), unit(text, byte_at)),
                (byte_at, unit_at)
            );
        }
        assert_eq!((byte(text, 99), unit(text, 99)), (8, 5));
    }
}
