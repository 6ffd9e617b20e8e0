//! The scenario that a picture carries, so that the picture can be opened again.
//!
//! It stands in the `<metadata>` of the SVG, where programs keep what they do not draw: an element `rowlock-scenario` with
//! the text form as its content. Characters that XML cannot hold (a bell in a string of SQL) make it a link's value in the
//! place of the text, which `codec="d1"` says.
//!
//! What is read may have gone through other programs: the element may have a prefix, other quotes and attributes, any
//! entities and a CDATA section. What has lost it (optimisers drop metadata) is [`NoSource::Absent`].

use crate::link::{self, LinkError};
use crate::markup::{is_xml, push_xml, unescape};
use crate::scenario::MOST_BYTES;

/// No other program names an element so.
const ELEMENT: &str = "rowlock-scenario";

/// Why a picture cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSource {
    /// It carries no scenario.
    Absent,
    /// The element is there, and not whole or not XML.
    Damaged,
    /// What it carries is no scenario that is read.
    Link(LinkError),
}

/// The metadata of a picture of the scenario with this text.
pub(super) fn metadata(text: &str) -> String {
    let mut out =
        format!("<metadata><{ELEMENT} xmlns=\"urn:rowlock\" xml:space=\"preserve\" codec=\"");
    if text.chars().all(is_xml) {
        out.push_str("t1\">");
        push_xml(&mut out, text);
    } else {
        out.push_str("d1\">");
        out.push_str(&link::encode_text(text));
    }
    out.push_str(&format!("</{ELEMENT}></metadata>"));
    out
}

/// The text of the scenario that a picture carries.
///
/// # Errors
/// When it carries none, or none that can be read.
pub fn source(svg: &str) -> Result<String, NoSource> {
    let (attributes, content) = element(svg)?;
    let text = match content.trim_start().strip_prefix("<![CDATA[") {
        Some(raw) => raw.split_once("]]>").ok_or(NoSource::Damaged)?.0.to_owned(),
        None => {
            let (content, _) = content.split_once('<').ok_or(NoSource::Damaged)?;
            unescape(content).ok_or(NoSource::Damaged)?
        }
    };
    if attributes.contains("\"d1\"") || attributes.contains("'d1'") {
        return link::decode(text.trim()).map_err(NoSource::Link);
    }
    if text.trim().is_empty() {
        return Err(NoSource::Damaged);
    }
    if text.len() > MOST_BYTES {
        let readable = text[..text.floor_char_boundary(MOST_BYTES)].to_owned();
        return Err(NoSource::Link(LinkError::OverLimits { readable }));
    }
    Ok(text)
}

/// The element's attributes, and all that comes after its opening tag.
fn element(svg: &str) -> Result<(&str, &str), NoSource> {
    let mut rest = svg;
    while let Some((before, after)) = rest.split_once(ELEMENT) {
        // `<rowlock-scenario` or `<prefix:rowlock-scenario`.
        let name = before.rsplit(['<', '>', ' ', '\n']).next();
        let opens = name.is_some_and(|prefix| {
            before[..before.len() - prefix.len()].ends_with('<')
                && (prefix.is_empty() || prefix.ends_with(':') && !prefix.starts_with('/'))
        });
        if opens {
            let (attributes, content) = after.split_once('>').ok_or(NoSource::Damaged)?;
            if attributes.ends_with('/') {
                return Err(NoSource::Damaged);
            }
            return Ok((attributes, content));
        }
        rest = after;
    }
    Err(NoSource::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "title: a < b && 'c' > \"d\" ]]>\n\ntimeline:\n  A: SELECT '\r é'\n# &amp; </metadata>\n";

    #[test]
    fn what_a_picture_carries_comes_back() {
        for text in [TEXT, "title: \u{7}\u{0}\u{ffff}\n", "title: x"] {
            assert_eq!(source(&metadata(text)).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_other_programs_make_of_it_is_read() {
        let cases = [
            "<svg><metadata><r:rowlock-scenario xmlns:r='urn:rowlock' codec='t1'>title: &#x61;&quot;&apos;</r:rowlock-scenario>",
            "<svg><rowlock-scenario\n codec=\"t1\"><![CDATA[title: a\"']]></rowlock-scenario>",
            "<svg><!-- rowlock-scenario, /x:rowlock-scenario --><rowlock-scenario>title: a\"'</rowlock-scenario>",
        ];
        for case in cases {
            assert_eq!(source(case).as_deref(), Ok("title: a\"'"), "{case}");
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_is_damaged() {
        let whole = metadata(TEXT);
        assert_eq!(source("<svg></svg>"), Err(NoSource::Absent));
        let name = whole.find(ELEMENT).unwrap() + ELEMENT.len();
        let end = whole.rfind("</rowlock").unwrap();
        for cut in 0..whole.len() {
            let expected = match cut {
                _ if cut < name => Err(NoSource::Absent),
                _ if cut <= end => Err(NoSource::Damaged),
                _ => Ok(TEXT.to_owned()),
            };
            if whole.is_char_boundary(cut) {
                assert_eq!(source(&whole[..cut]), expected, "cut at {cut}");
            }
        }
        let picture = "<svg><rowlock-scenario>title: &nbsp;</rowlock-scenario>";
        assert_eq!(source(picture), Err(NoSource::Damaged));
        let large = metadata(&"x".repeat(MOST_BYTES + 1));
        assert!(matches!(
            source(&large),
            Err(NoSource::Link(LinkError::OverLimits { .. }))
        ));
    }
}
