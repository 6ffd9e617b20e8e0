//! The page as it is at a moment: what exports, links and messages are made from.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Playground, Show};
use rowlock_engine::diagram::svg::{DARK, LIGHT};
use rowlock_engine::diagram::words::caption;
use rowlock_engine::export::{Look, Subject};
use rowlock_engine::gallery::Story;
use rowlock_engine::link::{Fragment, encode_text};
use rowlock_engine::message::{Counts, ToParent, outcome};
use rowlock_engine::strategy::Strategy;
use std::rc::Rc;

/// How wide an exported picture is, unless its diagram needs more.
const WIDTH: i32 = 900;

/// The page as it is.
#[derive(Clone, PartialEq)]
pub struct Scene {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// The scenario's text.
    pub text: Rc<str>,
    /// The story that this is, unchanged but for strategy and isolation.
    pub story: Option<&'static str>,
    /// How many events have happened.
    pub position: usize,
    /// Whether the player runs.
    pub playing: bool,
    /// How many schedules the drawing has, where all were counted.
    pub counts: Option<Counts>,
    /// The strategies that are compared; empty: nobody has asked for that.
    pub compare: Shared<Vec<Strategy>>,
    /// Where chance begins under load, if somebody has chosen that.
    pub seed: Option<u64>,
}

impl Scene {
    /// That of the page, with what was counted of it.
    #[must_use]
    pub fn of(page: &Playground, counts: Option<Counts>) -> Self {
        Self {
            show: page.show.clone(),
            text: page.text.clone(),
            story: page.story,
            position: page.position,
            playing: page.playing,
            counts,
            compare: page.compare.clone(),
            seed: page.seed,
        }
    }

    /// What exports are made from.
    #[must_use]
    pub fn subject<'a>(&'a self, address: &'a str) -> Subject<'a> {
        Subject {
            scenario: &self.show.scenario,
            plan: &self.show.plan,
            run: &self.show.run,
            verdict: &self.show.verdict,
            look: Look {
                width: WIDTH,
                theme: if browser::is_dark() { DARK } else { LIGHT },
            },
            address,
        }
    }

    /// The fragment of a link to it; `step`: also to where it stands.
    #[must_use]
    pub fn fragment(&self, step: bool) -> Fragment {
        let unchanged = self.unchanged();
        Fragment {
            story: unchanged.map(|story| story.slug.to_owned()),
            scenario: unchanged.is_none().then(|| encode_text(&self.text)),
            step: Some(self.position).filter(|_| step),
            compare: self.compare.to_vec(),
            seed: self.seed,
            ..Fragment::default()
        }
    }

    /// The story that this is, to the letter.
    fn unchanged(&self) -> Option<&'static Story> {
        let story = self.story.and_then(rowlock_engine::gallery::story);
        story.filter(|story| story.text == &*self.text)
    }

    /// The page of the story that this is, which shows a picture where its address is posted; `None`: it is something else.
    #[must_use]
    pub fn story_page(&self) -> Option<String> {
        let page = browser::page_address();
        let (folder, _) = page.rsplit_once('/')?;
        Some(format!("{folder}/s/{}/", self.unchanged()?.slug))
    }

    /// A link to it.
    #[must_use]
    pub fn link(&self) -> String {
        format!(
            "{}{}",
            browser::page_address(),
            self.fragment(true).to_text()
        )
    }

    /// The message of where it stands.
    #[must_use]
    pub fn step(&self) -> ToParent {
        let (show, of) = (&self.show, self.show.run.events.len());
        let event = self.position.checked_sub(1).filter(|event| *event < of);
        ToParent::Step {
            step: self.position,
            of,
            caption: event.map_or(String::new(), |event| {
                caption(&show.scenario, &show.plan, &show.run, event)
            }),
        }
    }

    /// The message of how it ended.
    #[must_use]
    pub fn outcome(&self) -> ToParent {
        ToParent::Outcome(outcome(&self.subject(""), self.counts.as_ref()))
    }

    /// The message of what is drawn.
    #[must_use]
    pub fn change(&self) -> ToParent {
        ToParent::Change {
            text: self.text.to_string(),
            url: self.link(),
        }
    }
}
