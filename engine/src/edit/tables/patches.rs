//! Places of a text that are written anew; all the rest stays as it stands.

use crate::collections::sort_by_key;
use crate::sql::Span;

/// What is to be written, and where.
pub(super) struct Patches<'t> {
    text: &'t str,
    list: Vec<(Span, String)>,
}

impl<'t> Patches<'t> {
    /// Nothing yet.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            list: Vec::new(),
        }
    }

    /// Writes something in the place of what stands there.
    pub fn write(&mut self, place: Span, text: impl Into<String>) {
        self.list.push((place, text.into()));
    }

    /// Writes something between.
    pub fn put(&mut self, at: usize, text: impl Into<String>) {
        self.write(Span::new(at, at), text);
    }

    /// Takes something away with the blanks before it, unless what follows would come into a comment then.
    pub fn take(&mut self, place: Span) {
        let before = self.text.get(..place.start).unwrap_or_default();
        let kept = before.trim_end();
        let line = kept.rsplit('\n').next().unwrap_or_default();
        let comment = line.contains("--") || line.trim_start().starts_with('#');
        let start = if comment { place.start } else { kept.len() };
        self.write(Span::new(start, place.end), "");
    }

    /// Takes an item out of a list with its comma. Comments beside it stay.
    pub fn take_item(&mut self, items: &[Span], which: usize) {
        let Some(item) = items.get(which).copied() else {
            return;
        };
        let comma = |from: usize| {
            let after = skip_comments(self.text, from);
            self.text[after..].starts_with(',').then_some(after)
        };
        if items.get(which + 1).is_some() {
            let end = match comma(item.end) {
                Some(comma) if comma == item.end => {
                    let after = &self.text[comma + 1..];
                    comma + 1 + (after.len() - after.trim_start().len())
                }
                Some(comma) => {
                    self.write(Span::new(comma, comma + 1), "");
                    item.end
                }
                None => item.end,
            };
            self.write(Span::new(item.start, end), "");
        } else {
            let before = which.checked_sub(1).and_then(|before| items.get(before));
            match before.and_then(|before| comma(before.end)) {
                Some(comma) if self.text[comma + 1..item.start].trim().is_empty() => {
                    self.write(Span::new(comma, item.end), "");
                }
                Some(comma) => {
                    self.write(Span::new(comma, comma + 1), "");
                    self.take(item);
                }
                None => self.write(item, ""),
            }
        }
    }

    /// Puts items that are in a list in another order: at each place stands what stood at another.
    pub fn reorder(&mut self, items: &[Span], order: &[usize]) {
        for (place, from) in items.iter().zip(order) {
            if let Some(from) = items.get(*from)
                && from.start != place.start
            {
                self.write(*place, &self.text[from.start..from.end]);
            }
        }
    }

    /// The whole text.
    pub fn done(mut self) -> String {
        sort_by_key(&mut self.list, |(place, _)| (place.start, place.end));
        let (mut whole, mut at) = (String::with_capacity(self.text.len() + 64), 0);
        for (place, text) in &self.list {
            // What has been taken away cannot be taken away again.
            if place.start > at {
                whole.push_str(&self.text[at..place.start]);
            }
            whole.push_str(text);
            at = at.max(place.end);
        }
        whole.push_str(&self.text[at..]);
        whole
    }
}

/// The first place from here that is neither blank nor in a comment.
fn skip_comments(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let content = rest.trim_start();
        at += rest.len() - content.len();
        let new_line = text[..at].rfind('\n').map_or(0, |it| it + 1);
        let whole_line = text[new_line..at].trim().is_empty();
        if content.starts_with("--") || (whole_line && content.starts_with('#')) {
            at += content.find('\n').unwrap_or(content.len());
        } else if content.starts_with("/*") {
            at += content.find("*/").map_or(content.len(), |end| end + 2);
        } else {
            return at;
        }
    }
}
