//! What was pasted or dropped, as a scenario's text.
//!
//! [`import`] tells by what it sees, not by a name or a media type, because a paste has neither:
//!
//! | what | told by |
//! |---|---|
//! | a picture of ours | it begins with `<` and has an `<svg` |
//! | the code of an embed | it begins with `<` and has an `<iframe` |
//! | a link | one word with `s=` or `g=` in its fragment, or the fragment alone |
//! | a spec of the isolation tester | its first word is one of the spec's, without a colon after it |
//! | Markdown | a fence of kind `rowlock` |
//! | a message with a link in it | a fragment with `s=d1.` or `s=t1.` somewhere |
//! | the text form | everything else |
//!
//! The text form comes back as it is, right or wrong: an editor shows it with its errors, so [`Imported::errors`] is no
//! failure. Of all else there is a sound scenario or an [`ImportError`].

mod spec;

pub use spec::{SpecScenario, from_spec};

use crate::diagram::svg::{self, NoSource};
use crate::gallery;
use crate::link::{Fragment, LinkError, decode};
use crate::markup::unescape;
use crate::scenario::{TextError, read};
use std::fmt;

/// The largest thing that is looked at, in bytes. A picture is much larger than its scenario.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text form.
    Text,
    /// A link, alone or in a message.
    Link,
    /// A picture of ours.
    Picture,
    /// The code of an embed.
    Embed,
    /// A fenced block in Markdown.
    Markdown,
    /// A spec of PostgreSQL's isolation tester.
    Spec,
}

impl Kind {
    /// The name, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "a scenario's text",
            Self::Link => "a link",
            Self::Picture => "a picture",
            Self::Embed => "an embed",
            Self::Markdown => "Markdown",
            Self::Spec => "an isolation tester spec",
        }
    }
}

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What it was.
    pub kind: Kind,
    /// The scenario's text.
    pub text: String,
    /// What is wrong with the text, as [`read`] says it; only of a text can something be.
    pub errors: Vec<TextError>,
    /// The story of the gallery that a link names.
    pub story: Option<&'static str>,
    /// What a link asks for beside its scenario.
    pub asks: Fragment,
    /// What was left out or chosen on the way, as sentences.
    pub remarks: Vec<String>,
}

/// Why there is no scenario in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// There is nothing.
    Empty,
    /// It is larger than [`MOST_BYTES`].
    TooLarge,
    /// A link that cannot be read.
    Link(LinkError),
    /// A link to a story that is not in the gallery.
    NoSuchStory(String),
    /// An address or an embed without a scenario.
    NoScenarioInLink,
    /// A picture without a scenario, or with one that cannot be read.
    Picture(NoSource),
    /// XML or HTML that is neither a picture nor an embed.
    UnknownMarkup,
    /// A spec that cannot be read, or says what a scenario cannot.
    Spec(TextError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("There is nothing in it."),
            Self::TooLarge => {
                write!(f, "It is larger than Rowlock opens ({} MiB).", MOST_BYTES >> 20)
            }
            Self::Link(error) | Self::Picture(NoSource::Link(error)) => error.fmt(f),
            Self::NoSuchStory(slug) => {
                write!(f, "There is no story `{slug}` in the gallery of this version of Rowlock.")
            }
            Self::NoScenarioInLink => f.write_str(
                "There is no scenario in this link. One of Rowlock's has `#s=` or `#g=` in it; copy all of it.",
            ),
            Self::Picture(NoSource::Absent) => f.write_str(
                "There is no scenario in this picture. Rowlock's own have one, unless a program that makes pictures \
                 smaller has taken it out.",
            ),
            Self::Picture(NoSource::Damaged) => {
                f.write_str("The scenario in this picture is damaged: export it again.")
            }
            Self::UnknownMarkup => f.write_str(
                "This is HTML or XML without a picture or an embed of Rowlock's in it.",
            ),
            Self::Spec(error) => write!(f, "This spec cannot be opened: {error}."),
        }
    }
}

impl std::error::Error for ImportError {}

/// Says what something is, and gives its scenario.
///
/// # Errors
/// When there is no scenario in it.
pub fn import(pasted: &str) -> Result<Imported, ImportError> {
    if pasted.len() > MOST_BYTES {
        return Err(ImportError::TooLarge);
    }
    // Lines of other systems end otherwise, and their editors begin a file with a mark.
    let text = pasted.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(ImportError::Empty);
    }
    if trimmed.starts_with('<') && !is_link(trimmed) {
        return markup(trimmed);
    }
    if let Some(link) = lone_link(trimmed) {
        return follow(&link, Kind::Link);
    }
    if begins_a_spec(trimmed) {
        let SpecScenario { text, remarks } = from_spec(&text, 0).map_err(ImportError::Spec)?;
        return Ok(Imported {
            remarks,
            ..imported(Kind::Spec, text)
        });
    }
    if !begins_a_scenario(trimmed) {
        if let Some(inside) = fenced(&text) {
            return Ok(with_errors(Kind::Markdown, inside));
        }
        if let Some(link) = link_inside(trimmed) {
            return follow(link, Kind::Link);
        }
    }
    Ok(with_errors(Kind::Text, text))
}

fn imported(kind: Kind, text: String) -> Imported {
    Imported {
        kind,
        text,
        errors: Vec::new(),
        story: None,
        asks: Fragment::default(),
        remarks: Vec::new(),
    }
}

fn with_errors(kind: Kind, text: String) -> Imported {
    let errors = read(&text).err().unwrap_or_default();
    Imported {
        errors,
        ..imported(kind, text)
    }
}

/// A picture or the code of an embed.
fn markup(text: &str) -> Result<Imported, ImportError> {
    if text.contains("<svg") || text.contains(":svg") {
        let source = svg::source(text).map_err(ImportError::Picture)?;
        return Ok(with_errors(Kind::Picture, source));
    }
    let source = text
        .split_once("<iframe")
        .and_then(|(_, rest)| rest.split_once("src="))
        .and_then(|(_, rest)| {
            let quote = rest.chars().next().filter(|quote| "\"'".contains(*quote))?;
            rest[1..].split_once(quote)
        });
    match source {
        Some((address, _)) => {
            // Who wrote it by hand may have left `&` as it is.
            let address = unescape(address).unwrap_or_else(|| address.to_owned());
            follow(&address, Kind::Embed)
        }
        None => Err(ImportError::UnknownMarkup),
    }
}

/// What a link's fragment holds.
fn follow(link: &str, kind: Kind) -> Result<Imported, ImportError> {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    let asks = Fragment::parse(fragment);
    if let Some(value) = &asks.scenario {
        let text = decode(value).map_err(ImportError::Link)?;
        return Ok(Imported {
            asks,
            ..with_errors(kind, text)
        });
    }
    let Some(slug) = &asks.story else {
        return Err(ImportError::NoScenarioInLink);
    };
    let Some(story) = gallery::story(slug) else {
        return Err(ImportError::NoSuchStory(slug.clone()));
    };
    Ok(Imported {
        story: Some(story.slug),
        asks,
        ..imported(kind, story.text.to_owned())
    })
}

/// A link that is all there is: an address, a fragment, or the value of `s=`; also in the angle brackets that mail and
/// Markdown put around addresses.
fn lone_link(text: &str) -> Option<String> {
    let text = text.strip_prefix('<').unwrap_or(text);
    let text = text.strip_suffix('>').unwrap_or(text);
    if text.contains(char::is_whitespace) {
        return None;
    }
    if is_value(text) {
        return Some(format!("#s={text}"));
    }
    let is_fragment = ["#", "s=", "g="]
        .iter()
        .any(|start| text.starts_with(start));
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    (is_fragment || is_address || text.starts_with("?")).then(|| text.to_owned())
}

fn is_link(text: &str) -> bool {
    text.starts_with("<http") && lone_link(text).is_some()
}

/// Whether it is the value of `s=`: a codec (a letter and a number) and a dot, and no colon as in a text.
fn is_value(text: &str) -> bool {
    let codec = text.split_once('.').map_or("", |(codec, _)| codec);
    let mut characters = codec.chars();
    characters
        .next()
        .is_some_and(|letter| "dt".contains(letter))
        && codec.len() > 1
        && characters.all(|digit| digit.is_ascii_digit())
}

/// A link in a message: from its fragment to the end of the word.
fn link_inside(text: &str) -> Option<&str> {
    let mut places = text.match_indices("s=");
    let at = places.find_map(|(at, _)| {
        let inside = text[..at].ends_with(['#', '&']) && is_value(&text[at + 2..]);
        inside.then_some(at)
    })?;
    let word = text[..at].rsplit(char::is_whitespace).next();
    let start = at - word.map_or(0, str::len);
    let start = text[start..at].find('#').map_or(at, |hash| start + hash);
    let ends = |character: char| character.is_whitespace() || "<>\"')]`".contains(character);
    let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
    Some(&text[start..end])
}

/// The text without blanks and comment lines at its beginning.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest
            .split_once('\n')
            .map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

/// A spec begins with one of its words, and what comes after it in a spec; the text form has them with a colon.
fn begins_a_spec(text: &str) -> bool {
    let rest = after_comments(text);
    let end = rest.find(|character: char| !character.is_ascii_alphabetic());
    let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let next = rest.trim_start().chars().next();
    match word {
        "setup" | "teardown" => next == Some('{'),
        "session" => next.is_some_and(|next| next != ':'),
        _ => false,
    }
}

fn begins_a_scenario(text: &str) -> bool {
    let line = after_comments(text).lines().next().unwrap_or_default();
    let key = line.split_once(':').map_or("", |(key, _)| key);
    let key = key.trim().to_ascii_lowercase();
    crate::scenario::keys().any(|known| key == known)
}

/// The first fenced block of kind `rowlock`.
fn fenced(text: &str) -> Option<String> {
    let mut lines = text.lines();
    loop {
        let line = lines.next()?;
        let opening = line.trim_start();
        let indent = line.len() - opening.len();
        let Some(fence) = opening.chars().next().filter(|mark| "`~".contains(*mark)) else {
            continue;
        };
        let length = opening.len() - opening.trim_start_matches(fence).len();
        let kind = opening[length..].split_whitespace().next();
        if length < 3 || kind != Some("rowlock") {
            continue;
        }
        let mut inside = String::new();
        for line in lines.by_ref() {
            let rest = line.trim();
            if rest.len() >= length && rest.chars().all(|mark| mark == fence) {
                break;
            }
            let blanks = line.len() - line.trim_start_matches(' ').len();
            inside.push_str(&line[blanks.min(indent)..]);
            inside.push('\n');
        }
        return Some(inside);
    }
}

#[cfg(test)]
mod tests;
