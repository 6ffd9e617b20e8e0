//! What an author pastes: a link, the frame of an embed, and what feeds and plain Markdown get in its place.
//!
//! The frame is complete by itself: it needs no script of ours around it. Its sandbox lets the page run and open new
//! windows, and nothing else; the page works without an origin.

use super::{Fragment, Query};
use crate::markup::{attribute, markdown};

/// What a snippet is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snippet<'a> {
    /// The address of the page, without query and fragment.
    pub page: &'a str,
    /// How the embed shows itself; that it is one goes without saying.
    pub query: &'a Query,
    /// The scenario.
    pub fragment: &'a Fragment,
    /// What it is, for screen readers and where it cannot be shown.
    pub title: &'a str,
    /// The height of the frame in pixels.
    pub height: u32,
    /// The address of a picture of it; empty: there is none.
    pub picture: &'a str,
}

impl Snippet<'_> {
    /// The address of the whole page with this scenario.
    #[must_use]
    pub fn link(&self) -> String {
        format!("{}{}", self.page, self.fragment.to_text())
    }

    /// The address of the embed.
    #[must_use]
    pub fn address(&self) -> String {
        let query = Query {
            embed: true,
            ..self.query.clone()
        };
        let (query, fragment) = (query.to_text(), self.fragment.to_text());
        format!("{}{query}{fragment}", self.page)
    }

    /// The frame, as HTML.
    #[must_use]
    pub fn iframe(&self) -> String {
        let (address, title) = (attribute(&self.address()), attribute(self.title));
        let height = self.height;
        format!(
            "<iframe src=\"{address}\" title=\"{title}\" width=\"100%\" height=\"{height}\" style=\"border:0\" \
             loading=\"lazy\" allow=\"fullscreen; clipboard-write\" \
             sandbox=\"allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads\"></iframe>"
        )
    }

    /// A picture that is a link, or a link alone: Markdown for feeds, and for pages that let no frame in.
    #[must_use]
    pub fn markdown(&self) -> String {
        let (title, link) = (markdown(self.title), self.link());
        if self.picture.is_empty() {
            format!("[{title}](<{link}>)")
        } else {
            format!("[![{title}](<{}>)](<{link}>)", self.picture)
        }
    }
}

/// How long a link is, as far as it matters to those who pass it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// It goes everywhere.
    Fine,
    /// Over 2,000 characters.
    Long,
    /// Over 8,000 characters.
    TooLong,
}

impl Length {
    /// The length of a link.
    #[must_use]
    pub fn of(link: &str) -> Self {
        match link.chars().count() {
            0..=2000 => Self::Fine,
            2001..=8000 => Self::Long,
            _ => Self::TooLong,
        }
    }

    /// What to warn of, as a sentence; empty when there is nothing.
    #[must_use]
    pub fn warning(self) -> &'static str {
        match self {
            Self::Fine => "",
            Self::Long => "Some chat programs turn a link of this length into a file.",
            Self::TooLong => "Many programs cut off a link of this length: send the text instead.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Part;

    #[test]
    fn a_frame_and_what_stands_in_its_place() {
        let query = Query {
            show: vec![Part::Diagram, Part::Rows],
            play: true,
            ..Query::default()
        };
        let fragment = Fragment::parse("#g=two-cashiers&step=7");
        let snippet = Snippet {
            page: "https://rowlock.example/play/",
            query: &query,
            fragment: &fragment,
            title: "\"Lost\" <update>\n& [more]",
            height: 420,
            picture: "",
        };
        assert_eq!(
            snippet.iframe(),
            "<iframe src=\"https://rowlock.example/play/?embed&amp;show=diagram,rows&amp;play#g=two-cashiers&amp;step=7\" \
             title=\"&quot;Lost&quot; &lt;update&gt; &amp; [more]\" width=\"100%\" height=\"420\" style=\"border:0\" \
             loading=\"lazy\" allow=\"fullscreen; clipboard-write\" \
             sandbox=\"allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads\"></iframe>"
        );
        assert_eq!(
            snippet.markdown(),
            "[\"Lost\" \\<update\\> \\& \\[more\\]](<https://rowlock.example/play/#g=two-cashiers&step=7>)"
        );
        let snippet = Snippet {
            title: "a",
            picture: "a b.svg",
            ..snippet
        };
        assert_eq!(
            snippet.markdown(),
            "[![a](<a b.svg>)](<https://rowlock.example/play/#g=two-cashiers&step=7>)"
        );
    }

    #[test]
    fn long_links_are_warned_of() {
        for (length, expected) in [
            (2000, Length::Fine),
            (2001, Length::Long),
            (8000, Length::Long),
            (8001, Length::TooLong),
        ] {
            assert_eq!(Length::of(&"é".repeat(length)), expected);
            assert_eq!(expected.warning().is_empty(), length == 2000);
        }
    }
}
