//! Base64, as screenshots come in it.

/// Decodes text; anything that is not base64 ends it.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0u32;
    let mut count = 0;
    for digit in text.bytes().map_while(digit) {
        bits = bits << 6 | digit;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

fn digit(letter: u8) -> Option<u32> {
    let digit = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

#[test]
fn decodes_every_ending() {
    assert_eq!(decode("Um93bG9jaw=="), b"Rowlock");
    assert_eq!(decode("bG9jaw=="), b"lock");
    assert_eq!(decode("cm93bG9jaw"), b"rowlock");
    assert_eq!(decode("b2Fy"), b"oar");
}
