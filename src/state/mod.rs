//! What the page knows: one value, changed by one reducer.
//!
//! The text is what the visitor edits. From it follow the scenario, the plan, the run and the verdict, computed once an
//! edit. While the text is broken the last good run stays. A big drawing that is being dragged is run when it rests, and a
//! search for a serial order that takes long is made after the run is on the screen ([`Action::CatchUp`]).

mod by_hand;
mod changes;
mod drawing;
mod history;
mod links;
mod reducer;
mod show;
#[cfg(test)]
mod tests;
mod told;

pub use by_hand::{HandMade, obstacle};
pub use drawing::Drawing;
pub use history::History;
pub use links::BrokenLink;
pub use show::{Effort, Show};

use crate::shared::Shared;
use rowlock_engine::edit::Edit;
use rowlock_engine::gallery::STORIES;
use rowlock_engine::link::Fragment;
use rowlock_engine::scenario::{OnConflict, SessionId, StepId, TextError};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::Strategy;
use std::rc::Rc;

/// Everything the page knows.
#[derive(Clone, PartialEq)]
pub struct Playground {
    /// What stands in the editor.
    pub text: Rc<str>,
    /// What is wrong with it.
    pub errors: Shared<Vec<TextError>>,
    /// The last text that could be read: what can be drawn on.
    pub drawing: Shared<Drawing>,
    /// Whether that is the text in the editor.
    pub readable: bool,
    /// The last text that was sound, with everything that follows from it.
    pub show: Shared<Show>,
    /// Whether the drawing has gone on since, and is to be run when it rests.
    pub behind: bool,
    /// How many events have happened, as far as the views are concerned.
    pub position: usize,
    /// Whether the player runs.
    pub playing: bool,
    /// The story of the gallery that was opened, while its text is unchanged but for strategy and isolation.
    pub story: Option<&'static str>,
    /// The story that the text began as, however much it was changed since.
    pub origin: Option<&'static str>,
    /// Which of the visitor's saved scenarios the text is: its id.
    pub saved: Option<Rc<str>>,
    /// What the visitor worked on last time, to be offered.
    pub left: Option<Rc<str>>,
    /// A link that could not be read.
    pub broken_link: Option<Shared<BrokenLink>>,
    /// The text that a link has taken the place of.
    pub replaced: Option<Rc<str>>,
    /// What can be undone and done again.
    pub history: Rc<History>,
    /// The steps that are chosen in the drawing.
    pub chosen: Shared<Vec<StepId>>,
    /// What the last change of the drawing came to, in a sentence.
    pub told: Rc<str>,
    /// Whether that was a change of tables or rules.
    pub told_of_tables: bool,
    /// The strategies that are compared, as they were asked for or chosen; empty: nobody has.
    pub compare: Shared<Vec<Strategy>>,
    /// Where chance begins under load, as it was asked for or chosen.
    pub seed: Option<u64>,
    /// While the visitor runs the drawing by hand: how far it has come. What is shown is that.
    pub by_hand: Option<Shared<HandMade>>,
}

/// What a visitor does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Types in the editor.
    EditText(Rc<str>),
    /// Changes the drawing.
    Change(Edit),
    /// Goes on with a change of the drawing that is under way, such as a step that is being dragged; undone with it.
    GoOnChanging(Edit),
    /// Chooses steps in the drawing.
    Choose(Vec<StepId>),
    /// Runs what is drawn, if that has not been done, and judges it with all effort.
    CatchUp,
    /// Takes the last change back.
    Undo,
    /// Makes it again.
    Redo,
    /// Chooses a strategy with its options.
    PickStrategy(Strategy),
    /// Chooses a strategy for one session; `None` is that of all.
    PickSessionStrategy(SessionId, Option<Strategy>),
    /// Chooses an isolation level; `None` is the strategy's own.
    PickIsolation(Option<IsolationLevel>),
    /// Chooses what clients do on a conflict; `None` is the strategy's own.
    PickOnConflict(Option<OnConflict>),
    /// Begins an empty scenario.
    New,
    /// Opens a saved scenario: its id and text.
    OpenSaved(Rc<str>, Rc<str>),
    /// The text is from now on kept under this id, or under none.
    KeepAs(Option<Rc<str>>),
    /// Opens what was worked on last time.
    GoOn,
    /// Says a sentence.
    Say(&'static str),
    /// Opens a story.
    PickStory(&'static str),
    /// Opens a text that came from elsewhere, the story that it is, and what its link asks for beside it.
    Open(Rc<str>, Option<&'static str>, Box<Fragment>),
    /// Follows a link.
    FollowLink(String),
    /// Chooses the strategies that are compared.
    Compare(Vec<Strategy>),
    /// Chooses where chance begins under load.
    Seed(u64),
    /// Moves to a position; the player stops.
    Seek(usize),
    /// Moves so many events on, or back; the player stops.
    Step(isize),
    /// Moves one event on, as the player does; at the end it stops.
    Advance,
    /// Starts or stops the player.
    TogglePlay,
    /// Opens what could be read of a broken link.
    OpenReadablePart,
    /// Goes back to what a link has taken the place of.
    GoBack,
    /// Puts a notice away.
    Dismiss,
    /// Begins to run the drawing by hand.
    StartByHand,
    /// By hand: lets a session make its next step.
    ChooseSession(SessionId),
    /// By hand: lets time pass until the next thing happens by itself.
    LetTimePass,
    /// By hand: takes the last choice back.
    ByHandBack,
    /// By hand: takes all choices back.
    ByHandRestart,
    /// By hand: makes what was chosen the drawing.
    KeepSchedule,
    /// By hand: goes back to the drawing as it is.
    LeaveByHand,
}

impl Playground {
    /// The page at its start: what the address asks for, else the visitor's own draft of this tab, else the first story. What was
    /// worked on last in any tab is offered.
    #[must_use]
    pub fn start(fragment: &str, draft: Option<String>, last: Option<String>) -> Self {
        let first = &STORIES[0];
        let mut page = Self {
            text: first.text.into(),
            errors: Shared::new(Vec::new()),
            drawing: Shared::new(Drawing::default()),
            readable: true,
            show: Shared::new(Show::default()),
            behind: false,
            position: 0,
            playing: false,
            story: Some(first.slug),
            origin: None,
            saved: None,
            left: None,
            broken_link: None,
            replaced: None,
            history: Rc::default(),
            chosen: Shared::new(Vec::new()),
            told: "".into(),
            told_of_tables: false,
            compare: Shared::new(Vec::new()),
            seed: None,
            by_hand: None,
        };
        page.open(first.text.into(), Some(first.slug));
        let asks = Fragment::parse(fragment);
        if asks.scenario.is_some() || asks.story.is_some() {
            page.follow(fragment);
            // Whoever comes by a link has lost nothing yet, unless a draft is left from before.
            page.replaced = draft.filter(|draft| **draft != *page.text).map(Into::into);
        } else if let Some(draft) = draft {
            page.open(draft.into(), None);
            page.obey(&asks);
        } else {
            page.obey(&asks);
        }
        let known = |text: &String| {
            **text == *page.text
                || page.replaced.as_deref() == Some(text)
                || STORIES.iter().any(|story| story.text == text)
        };
        page.left = last.filter(|last| !known(last)).map(Into::into);
        // What the visitor came to is where the history begins.
        page.history = Rc::default();
        page
    }
}
