//! A run for a Markdown page: what is seen, a picture of it, a link to where it can be played with, and its text.
//!
//! It reads well where nothing is rendered, and the fenced block is what `rowlock-embed.js` makes a live figure of. The rules
//! are those of CommonMark 0.31.

use super::{Subject, title};
use crate::link::{Fragment, encode};
use std::fmt::Write as _;

/// The page; `picture` is the name of the picture that lies beside it.
pub(super) fn markdown(subject: &Subject<'_>, picture: &str) -> String {
    let scenario = subject.scenario;
    let title = plain(title(scenario));
    let mut out = format!("# {title}\n\n");
    // Writing to a string cannot fail.
    if !scenario.about.is_empty() {
        let _ = write!(out, "{}\n\n", plain(&scenario.about));
    }
    let image = format!("![Sequence diagram: {title}]({picture})");
    if subject.address.is_empty() {
        let _ = write!(out, "{image}\n\n");
    } else {
        let fragment = Fragment {
            scenario: Some(encode(scenario)),
            ..Fragment::default()
        };
        let link = format!("{}{}", subject.address, fragment.to_text());
        let _ = write!(out, "[{image}](<{link}>)\n\n");
        let _ = write!(out, "[Open in Rowlock](<{link}>)\n\n");
    }
    let _ = write!(out, "{}\n\n", plain(&subject.verdict.sentence));
    out.push_str(&fence(&scenario.to_text()));
    out
}

/// Text in a paragraph, with what Markdown or HTML would take for its own escaped.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '#' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(character),
        }
    }
    // At the beginning of a line these make a list or a rule.
    if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    }
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && out[digits..].starts_with(['.', ')']) {
        out.insert(digits, '\\');
    }
    out
}

/// A scenario's text as a fenced block, the fence longer than any in the text.
#[must_use]
pub fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}rowlock\n{text}{end}{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_its_fence() {
        assert_eq!(fence("title: a"), "```rowlock\ntitle: a\n```\n");
        assert_eq!(
            fence("title: ``` and ````\n"),
            "`````rowlock\ntitle: ``` and ````\n`````\n"
        );
    }

    #[test]
    fn nothing_in_a_sentence_is_markup() {
        assert_eq!(
            plain("a *b* <c> [d](e) `f`"),
            "a \\*b\\* \\<c\\> \\[d\\](e) \\`f\\`"
        );
        assert_eq!(plain("1. a"), "1\\. a");
        assert_eq!(plain("- a\nb"), "\\- a b");
    }
}
