//! Counts of any size and shares, as they are read.

/// A count in decimal digits, in groups of three.
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Counts of more digits than this are shown in short, unless all digits are wanted.
const MOST_DIGITS: usize = 12;

/// A count as it is shown: all digits, or for very large ones its size.
pub fn shown(digits: &str, all_digits: bool) -> String {
    if all_digits || digits.len() <= MOST_DIGITS {
        return grouped(digits);
    }
    let lead = digits.get(..4).and_then(|lead| lead.parse::<u32>().ok());
    let mut lead = lead.map_or(0, |lead| (lead + 5) / 10);
    let mut power = digits.len() - 1;
    if lead >= 1000 {
        lead /= 10;
        power += 1;
    }
    let power: String = power.to_string().chars().map(superscript).collect();
    format!("{}.{:02} × 10{power}", lead / 100, lead % 100)
}

fn superscript(digit: char) -> char {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digit
        .to_digit(10)
        .map_or(digit, |digit| DIGITS[digit as usize])
}

/// A share from 0 to 1 in percent. Only nothing is 0 % and only everything is 100 %.
pub fn percent(share: f64) -> String {
    let hundredths = (share * 10_000.0).round() as u64;
    match hundredths {
        0 if share > 0.0 => "< 0.01 %".to_owned(),
        10_000 if share < 1.0 => "> 99.99 %".to_owned(),
        _ => {
            let (whole, rest) = (hundredths / 100, hundredths % 100);
            match rest {
                0 => format!("{whole} %"),
                _ if rest.is_multiple_of(10) => format!("{whole}.{} %", rest / 10),
                _ => format!("{whole}.{rest:02} %"),
            }
        }
    }
}

/// A probability, a sum of rounded numbers: what is as near to nothing or everything as rounding is.
pub fn probability(likely: f64) -> String {
    const ROUNDING: f64 = 1e-12;
    percent(if likely > 1.0 - ROUNDING {
        1.0
    } else if likely < ROUNDING {
        0.0
    } else {
        likely
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (digits, text) in [
            ("0", "0"),
            ("50", "50"),
            ("999", "999"),
            ("1000", "1,000"),
            ("4887448403349158640000", "4,887,448,403,349,158,640,000"),
        ] {
            assert_eq!(grouped(digits), text);
        }
    }

    #[test]
    fn large_counts_are_short_unless_all_digits_are_wanted() {
        assert_eq!(shown("123456789012", false), "123,456,789,012");
        assert_eq!(shown("4887448403349158640000", false), "4.89 × 10²¹");
        assert_eq!(shown("9996000000000", false), "1.00 × 10¹³");
        assert_eq!(shown("9994000000000", false), "9.99 × 10¹²");
        assert_eq!(shown("1234567890123", true), "1,234,567,890,123");
    }

    #[test]
    fn only_nothing_is_no_percent_and_only_everything_is_a_hundred() {
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.8, "80 %"),
            (0.125, "12.5 %"),
            (1.0 / 3.0, "33.33 %"),
            (1e-9, "< 0.01 %"),
            (0.999_999, "> 99.99 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(probability(1.0 - 1e-15), "100 %");
        assert_eq!(probability(1e-15), "0 %");
    }
}
