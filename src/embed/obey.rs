//! What a message does: the same in a figure, for the page around, and in the whole page, for `window.rowlock`.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, Playground, Show};
use rowlock_engine::diagram::svg::{DARK, LIGHT};
use rowlock_engine::diagram::words::caption;
use rowlock_engine::export::{Look, Subject};
use rowlock_engine::gallery::Story;
use rowlock_engine::link::{Fragment, encode_text};
use rowlock_engine::message::{
    Code, Counts, FromParent, Refusal, Settings, ToParent, Value, What, get, outcome,
};
use rowlock_engine::strategy::Strategy;
use std::rc::Rc;
use yew::Callback;

/// How wide an exported picture is, unless its diagram needs more.
const WIDTH: i32 = 900;

/// What messages are about: the page as it is.
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

    /// Obeys a message; `set` takes settings of how a figure looks.
    ///
    /// # Errors
    /// When there is no such thing here.
    pub fn obey(
        &self,
        message: FromParent,
        dispatch: &Callback<Action>,
        set: impl FnOnce(&Settings) -> Result<(), Refusal>,
    ) -> Result<Value, Refusal> {
        let seek = |to: usize| dispatch.emit(Action::Seek(to));
        match message {
            FromParent::Hello { .. } => {}
            FromParent::Load { text, story, asks } => {
                dispatch.emit(Action::Open(text.into(), story, Box::new(asks)));
            }
            FromParent::Set(settings) => {
                set(&settings)?;
                if let Some(theme) = settings.theme {
                    browser::set_theme(theme.as_str());
                }
                if let Some(strategy) = settings.strategy {
                    dispatch.emit(Action::PickStrategy(strategy));
                }
                if let Some(isolation) = settings.isolation {
                    dispatch.emit(Action::PickIsolation(isolation));
                }
            }
            FromParent::Play if self.playing => {}
            FromParent::Pause if !self.playing => {}
            FromParent::Play | FromParent::Pause => dispatch.emit(Action::TogglePlay),
            FromParent::Next => seek(self.position + 1),
            FromParent::Prev => seek(self.position.saturating_sub(1)),
            FromParent::Seek { step } => seek(step),
            FromParent::Get(What::Url) => return Ok(Value::Text(self.link())),
            FromParent::Get(What::Text) => return Ok(Value::Text(self.text.to_string())),
            FromParent::Get(what) => {
                let address = browser::page_address();
                return get(what, &self.subject(&address), self.counts.as_ref());
            }
        }
        Ok(Value::Nothing)
    }
}

/// What a whole page says to settings of figures.
///
/// # Errors
/// When there are such settings.
pub fn no_figure(settings: &Settings) -> Result<(), Refusal> {
    if settings.edit.is_none() && settings.show.is_none() {
        return Ok(());
    }
    Err(Refusal {
        code: Code::NotAvailable,
        message: "`edit` and `show` are for embeds; this is the whole page.".to_owned(),
    })
}
