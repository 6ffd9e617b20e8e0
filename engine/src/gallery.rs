//! The stories that come with Rowlock.
//!
//! A story is a scenario that teaches something. Beside its text stands what is said about it: its topic, under which strategies
//! its rules break and under which they hold, and what to try next. What is said is held against the engine by a test.

mod stories;

pub use stories::STORIES;

/// A story: a scenario that teaches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its name in links (`g=`).
    pub slug: &'static str,
    /// Its title, as in its text.
    pub title: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// What it teaches, in a few words.
    pub teaches: &'static str,
    /// Strategies (with options, as in the text form) under which it goes wrong.
    pub breaks: &'static [&'static str],
    /// Strategies under which every rule holds and nothing is lost.
    pub keeps: &'static [&'static str],
    /// What to try next, as a sentence.
    pub next: &'static str,
    /// The scenario's text form.
    pub text: &'static str,
}

/// What stories are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Work that vanishes.
    LostUpdates,
    /// What a transaction sees.
    Isolation,
    /// Who waits for whom.
    Locks,
    /// Requests that come twice.
    Requests,
    /// More than one database or one strategy.
    Boundaries,
}

impl Topic {
    /// All topics, in the order of a list.
    pub const ALL: [Self; 5] = [
        Self::LostUpdates,
        Self::Isolation,
        Self::Locks,
        Self::Requests,
        Self::Boundaries,
    ];

    /// The topic as a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LostUpdates => "Lost updates",
            Self::Isolation => "What a transaction sees",
            Self::Locks => "Locks and waiting",
            Self::Requests => "Requests that come twice",
            Self::Boundaries => "Beyond one strategy",
        }
    }
}

impl Story {
    /// Whether a search finds it: every word of the search stands in its title, its text or what is said about it.
    #[must_use]
    pub fn matches(&self, search: &str) -> bool {
        let said = [
            self.title,
            self.teaches,
            self.topic.name(),
            self.slug,
            self.text,
        ];
        search.split_whitespace().all(|word| {
            let word = word.to_lowercase();
            said.iter().any(|text| text.to_lowercase().contains(&word))
        })
    }
}

/// The story of this name.
#[must_use]
pub fn story(slug: &str) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read;
    use crate::strategy::Strategy;

    #[test]
    fn every_story_is_sound_and_in_canonical_form() {
        for story in STORIES {
            let scenario =
                read(story.text).unwrap_or_else(|errors| panic!("{}: {}", story.slug, errors[0]));
            assert_eq!(scenario.title, story.title);
            assert_eq!(scenario.to_text(), story.text);
            let sentences = scenario.about.matches(['.', '?']).count();
            assert!(
                (2..=3).contains(&sentences),
                "{}: two sentences",
                story.slug
            );
            assert!(!scenario.expect.is_empty(), "{}: a rule", story.slug);
            for strategy in story.breaks.iter().chain(story.keeps) {
                assert!(
                    strategy.parse::<Strategy>().is_ok(),
                    "{}: {strategy}",
                    story.slug
                );
            }
        }
    }

    #[test]
    fn a_search_finds_stories_by_what_is_said_about_them() {
        let found = |search: &str| {
            let found = STORIES.iter().filter(|story| story.matches(search));
            found.map(|story| story.slug).collect::<Vec<_>>()
        };
        assert_eq!(found("Doctors call"), ["on-call-doctors"]);
        assert!(found("deadlock").contains(&"transfer-deadlock"));
        assert_eq!(found("").len(), STORIES.len());
        assert!(found("no such story").is_empty());
    }
}
