//! The stories that come with Rowlock.

/// A story: a scenario that teaches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its name in links (`g=`).
    pub slug: &'static str,
    /// Its title, as in its text.
    pub title: &'static str,
    /// What it teaches.
    pub topic: &'static str,
    /// The scenario's text form.
    pub text: &'static str,
}

/// All stories. The first is what a visitor sees who comes without a link.
pub const STORIES: &[Story] = &[
    Story {
        slug: "two-cashiers",
        title: "Two cashiers, one shelf",
        topic: "lost update on a counter",
        text: include_str!("../gallery/two-cashiers.rowlock"),
    },
    Story {
        slug: "product-price",
        title: "Two editors, one price",
        topic: "lost update, and a conflict that is reported",
        text: include_str!("../gallery/product-price.rowlock"),
    },
    Story {
        slug: "account-withdrawals",
        title: "Two withdrawals, one balance",
        topic: "check, then act",
        text: include_str!("../gallery/account-withdrawals.rowlock"),
    },
    Story {
        slug: "transfer-deadlock",
        title: "Two transfers, opposite ways",
        topic: "deadlock, and a consistent lock order",
        text: include_str!("../gallery/transfer-deadlock.rowlock"),
    },
];

/// The story of this name.
#[must_use]
pub fn story(slug: &str) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read;

    #[test]
    fn every_story_is_sound_and_in_canonical_form() {
        for story in STORIES {
            let scenario =
                read(story.text).unwrap_or_else(|errors| panic!("{}: {}", story.slug, errors[0]));
            assert_eq!(scenario.title, story.title);
            assert_eq!(scenario.to_text(), story.text);
        }
    }
}
