//! The check sum of a link: CRC-16/CCITT-FALSE (polynomial 0x1021, from 0xffff), as four hex digits.

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut sum = 0xffffu16;
    for byte in bytes {
        sum ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            sum = if sum & 0x8000 == 0 {
                sum << 1
            } else {
                sum << 1 ^ 0x1021
            };
        }
    }
    format!("{sum:04x}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_value_of_the_catalogue() {
        assert_eq!(super::hex(b"123456789"), "29b1");
    }
}
