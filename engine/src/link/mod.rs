//! Links: a scenario in the fragment of an address, so that it reaches no server.
//!
//! The value of `s=` names its codec and version. `d1.` is the base64url text, without padding, of the deflated (RFC 1951)
//! bytes of the scenario's text form, then a dot and four hex digits of a check sum, so that a link that was cut off is told
//! from one that is wrong. `t1.` is the percent-encoded text form itself, for links written by hand or by a program.
//!
//! What cannot be read is one of the four cases of [`LinkError`]. One link of every format that was ever published lies in
//! `engine/tests/links`.
//!
//! `fragment` has the keys beside the scenario, `query` how the page shows itself, `snippet` what authors paste.

mod base64url;
mod checksum;
mod choices;
mod fragment;
mod list;
mod origin;
mod percent;
mod query;
mod snippet;

pub use choices::{Controls, Load, Part, ThemeChoice};
pub use fragment::Fragment;
pub use list::strategies;
pub use origin::Parent;
pub use query::{Notice, Query};
pub use snippet::{Length, Snippet};

use crate::scenario::{MOST_BYTES, Scenario};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};
use std::fmt;

/// The strongest compression there is.
const LEVEL: u8 = 10;

/// Why a link cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It ends too early: a program has cut it off.
    CutOff {
        /// What can be read of the scenario's text.
        readable: String,
    },
    /// It was made by a newer version of Rowlock.
    NewerFormat {
        /// The codec it names.
        codec: String,
    },
    /// It holds no scenario: letters were changed, or it never did.
    NotAScenario,
    /// The scenario in it is larger than Rowlock reads.
    OverLimits {
        /// The beginning of the scenario's text.
        readable: String,
    },
}

impl LinkError {
    /// The case, as attributes have it.
    #[must_use]
    pub fn case(&self) -> &'static str {
        match self {
            Self::CutOff { .. } => "cut-off",
            Self::NewerFormat { .. } => "newer-format",
            Self::NotAScenario => "not-a-scenario",
            Self::OverLimits { .. } => "over-limits",
        }
    }

    /// What can be read of the scenario's text; empty when nothing can.
    #[must_use]
    pub fn readable(&self) -> &str {
        match self {
            Self::CutOff { readable } | Self::OverLimits { readable } => readable,
            Self::NewerFormat { .. } | Self::NotAScenario => "",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutOff { .. } => f.write_str(
                "This link was cut off on its way: its end is missing. Ask for it again, or open the part that arrived.",
            ),
            Self::NewerFormat { codec } => write!(
                f,
                "This link was made by a newer version of Rowlock (format `{codec}`). Reload the page to get that version.",
            ),
            Self::NotAScenario => f.write_str(
                "This link holds no scenario that Rowlock can read. It may have been changed on its way: ask for it again.",
            ),
            Self::OverLimits { .. } => {
                write!(f, "The scenario in this link is larger than Rowlock reads ({} KiB).", MOST_BYTES / 1024)
            }
        }
    }
}

impl std::error::Error for LinkError {}

/// The value of `s=` for a scenario.
#[must_use]
pub fn encode(scenario: &Scenario) -> String {
    encode_text(&scenario.to_text())
}

/// The value of `s=` for a scenario's text.
#[must_use]
pub fn encode_text(text: &str) -> String {
    let packed = compress_to_vec(text.as_bytes(), LEVEL);
    format!(
        "d1.{}.{}",
        base64url::encode(&packed),
        checksum::hex(text.as_bytes())
    )
}

/// The value of `s=` that can be read without a program.
#[must_use]
pub fn encode_plain(scenario: &Scenario) -> String {
    format!("t1.{}", percent::encode(&scenario.to_text()))
}

/// The scenario's text in a value of `s=`. Whether that text is a scenario is for [`crate::scenario::read`] to say.
///
/// # Errors
/// One of the four cases.
pub fn decode(value: &str) -> Result<String, LinkError> {
    let Some((codec, payload)) = value.split_once('.') else {
        // `s=d1` and shorter: the beginning of a link.
        let begins = !value.is_empty() && ["d1", "t1"].iter().any(|codec| codec.starts_with(value));
        return Err(if begins {
            LinkError::CutOff {
                readable: String::new(),
            }
        } else {
            LinkError::NotAScenario
        });
    };
    match codec {
        "d1" => decode_deflated(payload),
        "t1" => {
            let text = percent::decode(payload).ok_or(LinkError::NotAScenario)?;
            within_limits(text)
        }
        codec if is_codec(codec) => Err(LinkError::NewerFormat {
            codec: codec.to_owned(),
        }),
        _ => Err(LinkError::NotAScenario),
    }
}

/// A letter and a number, as every version's codecs are named.
fn is_codec(codec: &str) -> bool {
    let mut characters = codec.chars();
    characters
        .next()
        .is_some_and(|letter| letter.is_ascii_lowercase())
        && codec.len() > 1
        && codec.len() < 5
        && characters.all(|digit| digit.is_ascii_digit())
}

fn decode_deflated(payload: &str) -> Result<String, LinkError> {
    let (packed, check) = match payload.split_once('.') {
        Some((packed, check)) => (packed, Some(check)),
        None => (payload, None),
    };
    let bytes = base64url::decode(packed).ok_or(LinkError::NotAScenario)?;
    let unpacked = unpack(&bytes);
    let text = readable(&unpacked.bytes);
    match (unpacked.end, check) {
        (End::TooLong, _) => Err(LinkError::OverLimits { readable: text }),
        (End::Whole, Some(check)) if check.len() == 4 => {
            let sound = check.eq_ignore_ascii_case(&checksum::hex(&unpacked.bytes));
            if sound && text.len() == unpacked.bytes.len() {
                within_limits(text)
            } else {
                Err(LinkError::NotAScenario)
            }
        }
        // The check stands at the very end, so without all of it the end is missing.
        (End::Whole | End::Early, None) => Err(LinkError::CutOff { readable: text }),
        (End::Whole, Some(check)) if check.len() < 4 => Err(LinkError::CutOff { readable: text }),
        _ => Err(LinkError::NotAScenario),
    }
}

fn within_limits(text: String) -> Result<String, LinkError> {
    if text.len() > MOST_BYTES {
        let readable = text[..text.floor_char_boundary(MOST_BYTES)].to_owned();
        return Err(LinkError::OverLimits { readable });
    }
    Ok(text)
}

/// The longest beginning that is text.
fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned(),
    }
}

struct Unpacked {
    bytes: Vec<u8>,
    end: End,
}

enum End {
    Whole,
    Early,
    TooLong,
    Wrong,
}

/// Inflates no more than is allowed, and as much as there is.
fn unpack(packed: &[u8]) -> Unpacked {
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let mut rest = packed;
    loop {
        let result = inflate(&mut state, rest, &mut chunk, MZFlush::None);
        rest = &rest[result.bytes_consumed..];
        bytes.extend_from_slice(&chunk[..result.bytes_written]);
        if bytes.len() > MOST_BYTES {
            bytes.truncate(MOST_BYTES);
            return Unpacked {
                bytes,
                end: End::TooLong,
            };
        }
        let end = match result.status {
            Ok(MZStatus::StreamEnd) if rest.is_empty() => End::Whole,
            Ok(MZStatus::StreamEnd) => End::Wrong,
            Ok(_) if result.bytes_written > 0 || result.bytes_consumed > 0 => continue,
            Ok(_) | Err(miniz_oxide::MZError::Buf) => End::Early,
            Err(_) => End::Wrong,
        };
        return Unpacked { bytes, end };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title: Zwei Kassen, ein Regal é\n\ntimeline:\n  A: BEGIN\n  A: COMMIT\n";

    #[test]
    fn a_link_gives_back_its_text() {
        assert_eq!(decode(&encode_text(TEXT)), Ok(TEXT.to_owned()));
        assert_eq!(
            decode(&format!("t1.{}", percent::encode(TEXT))),
            Ok(TEXT.to_owned())
        );
    }

    #[test]
    fn a_link_that_was_cut_off_anywhere_is_told_as_such_and_read_as_far_as_it_goes() {
        let link = encode_text(TEXT);
        let mut longest = 0;
        for length in 1..link.len() {
            match decode(&link[..length]) {
                Err(LinkError::CutOff { readable }) => {
                    assert!(TEXT.starts_with(&readable));
                    longest = longest.max(readable.len());
                }
                // A cut in the middle of four letters leaves one that stands for nothing.
                Err(LinkError::NotAScenario) if (length - 3) % 4 == 1 => {}
                other => panic!("cut at {length}: {other:?}"),
            }
        }
        assert_eq!(longest, TEXT.len());
    }

    #[test]
    fn the_other_three_cases() {
        let link = encode_text(TEXT);
        assert_eq!(
            decode(&link.replacen("d1", "d2", 1)).unwrap_err().case(),
            "newer-format"
        );
        assert_eq!(decode("hello").unwrap_err().case(), "not-a-scenario");
        let other = if link.ends_with('0') { "1" } else { "0" };
        assert_eq!(
            decode(&format!("{}{other}", &link[..link.len() - 1]))
                .unwrap_err()
                .case(),
            "not-a-scenario"
        );
        let large = "x".repeat(MOST_BYTES + 1);
        let error = decode(&encode_text(&large)).unwrap_err();
        assert_eq!(
            (error.case(), error.readable().len()),
            ("over-limits", MOST_BYTES)
        );
    }
}
