//! What a link asks for, and one that cannot be read.

use super::Playground;
use crate::shared::Shared;
use rowlock_engine::gallery::{STORIES, Story};
use rowlock_engine::link::{Fragment, LinkError, decode};
use std::rc::Rc;

/// A link that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenLink {
    /// Which of the four cases it is.
    pub error: LinkError,
    /// The link's value as it came.
    pub raw: String,
}

impl Playground {
    /// Goes where a fragment leads. What was there before can be gone back to.
    pub(super) fn follow(&mut self, fragment: &str) {
        let asks = Fragment::parse(fragment);
        let before = Rc::clone(&self.text);
        match (
            &asks.scenario,
            asks.story.as_deref().map(rowlock_engine::gallery::story),
        ) {
            (Some(raw), _) => match decode(raw) {
                Ok(text) => {
                    let known = STORIES.iter().find(|story| story.text == text);
                    self.broken_link = None;
                    self.open(text.into(), known.map(|story| story.slug));
                }
                Err(error) => {
                    self.broken_link = Some(Shared::new(BrokenLink {
                        error,
                        raw: raw.clone(),
                    }));
                    return;
                }
            },
            (None, Some(Some(Story { slug, text, .. }))) => {
                self.broken_link = None;
                self.open((*text).into(), Some(slug));
            }
            (None, Some(None)) => {
                let raw = asks.story.clone().unwrap_or_default();
                self.broken_link = Some(Shared::new(BrokenLink {
                    error: LinkError::NotAScenario,
                    raw,
                }));
                return;
            }
            (None, None) => {}
        }
        if before != self.text {
            self.replaced = Some(before);
        }
        self.obey(&asks);
    }

    /// What a fragment asks for beside the scenario.
    pub(super) fn obey(&mut self, asks: &Fragment) {
        if let Some(Ok(strategy)) = asks.strategy.as_deref().map(str::parse) {
            self.change(|scenario| scenario.strategy = strategy);
        }
        self.compare = Shared::new(asks.compare.clone());
        self.seed = asks.seed;
        if let Some(step) = asks.step {
            self.position = step.min(self.show.run.events.len());
        }
    }
}
