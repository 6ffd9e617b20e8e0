//! A run for a Markdown page: what is seen, a picture of it, a link to where it can be played with, and its text.
//!
//! It reads well where nothing is rendered, and the fenced block is what `rowlock-embed.js` makes a live figure of. The rules
//! are those of CommonMark 0.31.

use super::{Subject, title};
use crate::link::{Fragment, encode};
use crate::markup::{self, fence};
use std::fmt::Write as _;

/// The page; `picture` is the name of the picture that lies beside it.
pub(super) fn markdown(subject: &Subject<'_>, picture: &str) -> String {
    let scenario = subject.scenario;
    let title = markup::markdown(title(scenario));
    let mut out = format!("# {title}\n\n");
    // Writing to a string cannot fail.
    if !scenario.about.is_empty() {
        let _ = write!(out, "{}\n\n", markup::markdown(&scenario.about));
    }
    let image = format!("![Sequence diagram: {title}]({picture})");
    let _ = write!(out, "{image}\n\n");
    if !subject.address.is_empty() {
        let fragment = Fragment {
            scenario: Some(encode(scenario)),
            ..Fragment::default()
        };
        let link = format!("{}{}", subject.address, fragment.to_text());
        let _ = write!(out, "[Open in Rowlock](<{link}>)\n\n");
    }
    let _ = write!(out, "{}\n\n", markup::markdown(&subject.verdict.sentence));
    out.push_str(&fence(&scenario.to_text()));
    out
}
