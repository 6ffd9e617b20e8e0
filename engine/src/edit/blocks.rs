//! A section of the text, cut into its entries as they stand.
//!
//! ```text
//! timeline:                 the head
//!   # Ann is first.         an entry: the comments above it,
//!   A: BEGIN                its line,
//!                           and what goes on with it or is blank below it
//! ```

use crate::scenario::Scenario;
use crate::sql::Span;

/// A section's entries, and what stands around them.
pub(super) struct Section<'t> {
    /// Everything before the first entry, the section's own head line included.
    pub before: &'t str,
    /// The entries, each with the comments above it, up to the next entry.
    pub entries: Vec<Entry>,
    /// Everything after the last entry.
    pub after: &'t str,
}

/// An entry as it stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Comment lines above it, with their line ends.
    pub comments: String,
    /// How its line is indented.
    pub indent: String,
    /// What stands before the colon.
    pub head: String,
    /// What stands after the colon, lines that go on with it included, without the last line end.
    pub body: String,
    /// Blank lines below it.
    pub below: String,
}

impl Entry {
    /// A new entry, set in as the others are.
    pub fn new(head: &str, body: &str, indent: &str) -> Self {
        Self {
            comments: String::new(),
            indent: indent.to_owned(),
            head: head.to_owned(),
            body: if body.is_empty() {
                String::new()
            } else {
                format!(" {}", body.trim_start())
            },
            below: String::new(),
        }
    }

    fn write(&self, text: &mut String) {
        for part in [
            &self.comments,
            &self.indent,
            &self.head,
            ":",
            &self.body,
            "\n",
            &self.below,
        ] {
            text.push_str(part);
        }
    }
}

impl<'t> Section<'t> {
    /// Cuts a section at its entries, which are given by what follows their colons and by how many comment lines are theirs.
    /// `None` if there are none.
    pub fn cut(text: &'t str, places: &[(Span, usize)]) -> Option<Self> {
        let mut entries: Vec<Entry> = Vec::new();
        let (mut first, mut end) = (None, 0);
        for (place, comments) in places {
            let line = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
            let start = comments_above(text, line, *comments);
            // What is blank between two entries belongs to the one above.
            if let (Some(last), true) = (entries.last_mut(), end < start) {
                last.below.push_str(&text[end..start]);
            }
            first.get_or_insert(start);
            let indent = text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len();
            let stop = place.end.min(text.len());
            entries.push(Entry {
                comments: text[start..line].to_owned(),
                indent: text[line..line + indent].to_owned(),
                head: text[line + indent..place.start - 1].to_owned(),
                body: text[place.start..stop].to_owned(),
                below: String::new(),
            });
            end = (stop + 1).min(text.len());
        }
        Some(Self {
            before: &text[..first?],
            entries,
            after: &text[end..],
        })
    }

    /// The timeline.
    pub fn timeline(text: &'t str, scenario: &Scenario) -> Option<Self> {
        let steps = scenario.timeline.iter();
        let places: Vec<_> = steps
            .map(|step| (step.place, step.comments.len()))
            .collect();
        Self::cut(text, &places)
    }

    /// The whole text again.
    pub fn put_together(&self) -> String {
        let mut text = self.before.to_owned();
        for entry in &self.entries {
            entry.write(&mut text);
        }
        text.push_str(self.after);
        text
    }
}

/// Where the comment lines begin that stand above a line; blank lines among them are theirs.
pub(super) fn comments_above(text: &str, line: usize, comments: usize) -> usize {
    let mut start = line;
    let mut left = comments;
    let mut at = line;
    while left > 0 && at > 0 {
        let above = text[..at - 1].rfind('\n').map_or(0, |it| it + 1);
        let content = text[above..at - 1].trim();
        if content.starts_with('#') {
            left -= 1;
            start = above;
        } else if !content.is_empty() {
            break;
        }
        at = above;
    }
    start
}

/// Appends a section with one entry to a text that has none of that name.
pub(super) fn with_section(text: &str, name: &str, entry: &Entry) -> String {
    let mut whole = text.trim_end().to_owned();
    if !whole.is_empty() {
        whole.push_str("\n\n");
    }
    whole.push_str(name);
    whole.push_str(":\n");
    entry.write(&mut whole);
    whole
}
