//! Undo and redo: the texts that there were.

use std::rc::Rc;

/// A text, and the story that it was.
type Moment = (Rc<str>, Option<&'static str>);

/// What can be undone and done again, as long as the page is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    past: Vec<Moment>,
    future: Vec<Moment>,
    /// The line that was typed in last; typing on in it is one change.
    typing: Option<usize>,
}

impl History {
    /// Remembers a text that is about to change.
    pub fn push(&mut self, text: Rc<str>, story: Option<&'static str>) {
        self.typing = None;
        self.future.clear();
        self.past.push((text, story));
    }

    /// The same while somebody types: changes within one line are one.
    pub fn push_typed(&mut self, text: Rc<str>, story: Option<&'static str>, new: &str) {
        let line = changed_line(&text, new);
        if line.is_none() || line != self.typing {
            self.push(text, story);
        }
        self.future.clear();
        self.typing = line;
    }

    /// The text before the last change; `now` can be brought back.
    pub fn undo(&mut self, now: Moment) -> Option<Moment> {
        self.typing = None;
        let found = self.past.pop()?;
        self.future.push(now);
        Some(found)
    }

    /// The text that the last undo took back.
    pub fn redo(&mut self, now: Moment) -> Option<Moment> {
        self.typing = None;
        let found = self.future.pop()?;
        self.past.push(now);
        Some(found)
    }

    /// Whether there is anything to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is anything to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

/// The one line in which two texts differ; `None` where lines were added or taken away.
fn changed_line(old: &str, new: &str) -> Option<usize> {
    if old.matches('\n').count() != new.matches('\n').count() {
        return None;
    }
    old.split('\n')
        .zip(new.split('\n'))
        .position(|(old, new)| old != new)
}
