//! Percent-encoding of what may not stand in a fragment, or what chat programs take for the end of a link.

const PLAIN: &[u8] = b"-_.~*,:=@/";

pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(
                    char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()),
                );
            }
        }
    }
    encoded
}

/// `None` when what is encoded is not text, or a `%` is not followed by two hex digits. A `+` is a plus.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let text = "a b\n100 % é & #\u{1}=";
        assert_eq!(encode("a b\n%"), "a%20b%0A%25");
        assert_eq!(encode("\u{11}"), "%11");
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
    }
}
