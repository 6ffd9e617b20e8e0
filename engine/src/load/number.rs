//! Numbers for people. The standard library's way of writing a float weighs 30 kB on the page.

/// A number with so many decimals, at most 15; a number beyond 2^63 in scale is written as that limit.
#[must_use]
pub fn fixed(value: f64, decimals: u32) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "-"
        } else if value > 0.0 {
            "∞"
        } else {
            "-∞"
        }
        .to_owned();
    }
    let decimals = decimals.min(15);
    let scale = 10u64.pow(decimals);
    let whole = (value.abs() * scale as f64 + 0.5) as u64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    format!(
        "{sign}{}.{:0>width$}",
        whole / scale,
        whole % scale,
        width = decimals as usize
    )
}

/// A number with so many significant digits, without zeros at the end; never in scientific notation.
#[must_use]
pub fn significant(value: f64, digits: u32) -> String {
    let mut decimals = digits.saturating_sub(1);
    let mut size = value.abs();
    while size >= 10.0 && decimals > 0 {
        size /= 10.0;
        decimals -= 1;
    }
    while size < 1.0 && size > 0.0 && decimals < 12 {
        size *= 10.0;
        decimals += 1;
    }
    let text = fixed(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A probability or share, as per cent.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent.abs() < 1.0 { 2 } else { 1 };
    format!("{} %", fixed(percent, decimals))
}

/// A time in the unit that suits it.
#[must_use]
pub fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if size == 0.0 {
        "0 s".to_owned()
    } else if size < 1e-3 {
        format!("{} µs", significant(seconds * 1e6, 3))
    } else if size < 1.0 {
        format!("{} ms", significant(seconds * 1e3, 3))
    } else {
        format!("{} s", significant(seconds, 3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(2.5, 0), "3");
        assert_eq!(significant(1234.5, 3), "1235");
        assert_eq!(significant(0.012_345, 3), "0.0123");
        assert_eq!(significant(100.0, 3), "100");
        assert_eq!(significant(0.0, 3), "0");
        assert_eq!(percent(0.3935), "39.4 %");
        assert_eq!(percent(0.0049), "0.49 %");
        assert_eq!(duration(0.25), "250 ms");
        assert_eq!(duration(0.000_02), "20 µs");
        assert_eq!(duration(f64::INFINITY), "∞ s");
    }
}
