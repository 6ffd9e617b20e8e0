//! What the page knows: one value, changed by one reducer.
//!
//! The text is what the visitor edits. From it follow the scenario, the plan, the run and the verdict, computed once an
//! edit. While the text is broken the last good run stays.

mod by_hand;
mod history;
mod show;

pub use by_hand::{HandMade, obstacle};
pub use history::History;
pub use show::Show;

use crate::shared::Shared;
use rowlock_engine::edit::{Edit, apply};
use rowlock_engine::gallery::{STORIES, Story};
use rowlock_engine::link::{Fragment, LinkError, decode};
use rowlock_engine::scenario::{OnConflict, Scenario, SessionId, StepId, TextError, read};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::Strategy;
use std::rc::Rc;
use yew::Reducible;

/// Everything the page knows.
#[derive(Clone, PartialEq)]
pub struct Playground {
    /// What stands in the editor.
    pub text: Rc<str>,
    /// What is wrong with it.
    pub errors: Shared<Vec<TextError>>,
    /// The last text that was sound, with everything that follows from it.
    pub show: Shared<Show>,
    /// How many events have happened, as far as the views are concerned.
    pub position: usize,
    /// Whether the player runs.
    pub playing: bool,
    /// The story of the gallery that was opened, while its text is unchanged but for strategy and isolation.
    pub story: Option<&'static str>,
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
    /// While the visitor runs the drawing by hand: how far it has come. What is shown is that.
    pub by_hand: Option<Shared<HandMade>>,
}

/// A link that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenLink {
    /// Which of the four cases it is.
    pub error: LinkError,
    /// The link's value as it came.
    pub raw: String,
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
    /// Opens a story.
    PickStory(&'static str),
    /// Follows a link.
    FollowLink(String),
    /// Moves to a position; the player stops.
    Seek(usize),
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
    /// The page at its start: what the address asks for, else the visitor's own draft, else the first story.
    #[must_use]
    pub fn start(fragment: &str, draft: Option<String>) -> Self {
        let first = &STORIES[0];
        let mut page = Self {
            text: first.text.into(),
            errors: Shared::new(Vec::new()),
            show: Shared::new(Show::default()),
            position: 0,
            playing: false,
            story: Some(first.slug),
            broken_link: None,
            replaced: None,
            history: Rc::default(),
            chosen: Shared::new(Vec::new()),
            told: "".into(),
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
        // What the visitor came to is where the history begins.
        page.history = Rc::default();
        page
    }

    /// Takes a text and rests at the moment that tells its story.
    fn open(&mut self, text: Rc<str>, story: Option<&'static str>) {
        self.chosen = Shared::new(Vec::new());
        if *self.text != *text {
            self.remember();
        }
        self.story = story;
        self.playing = false;
        self.edit(text);
        self.position = self.show.telling_moment();
    }

    fn edit(&mut self, text: Rc<str>) {
        self.leave_by_hand();
        let at_end = self.position >= self.show.run.events.len();
        match read(&text).and_then(|scenario| Show::of(scenario, &text)) {
            Ok(show) => {
                self.position = if at_end {
                    show.run.events.len()
                } else {
                    self.position.min(show.run.events.len())
                };
                self.show = Shared::new(show);
                self.errors = Shared::new(Vec::new());
            }
            Err(errors) => self.errors = Shared::new(errors),
        }
        self.text = text;
    }

    /// Remembers the text as it stands, before it is changed.
    fn remember(&mut self) {
        let (text, story) = (Rc::clone(&self.text), self.story);
        Rc::make_mut(&mut self.history).push(text, story);
    }

    /// Changes the drawing, or says why not.
    fn draw(&mut self, edit: &Edit, goes_on: bool) {
        match apply(&self.text, edit) {
            Ok(edited) => {
                if *self.text != *edited.text {
                    if !goes_on {
                        self.remember();
                    }
                    self.story = None;
                    self.playing = false;
                    self.edit(edited.text.into());
                }
                self.told = self.describe(edit, &edited.steps).into();
                self.chosen = Shared::new(edited.steps);
            }
            Err(error) => self.told = error.0.into(),
        }
    }

    /// What a change came to.
    fn describe(&self, edit: &Edit, steps: &[StepId]) -> String {
        let count = self.show.scenario.timeline.len();
        let place = steps.first().map_or(String::new(), |step| {
            let session = self.show.scenario.timeline.get(step.0);
            let session = session.and_then(|step| self.show.scenario.sessions.get(step.session.0));
            let name = session.map_or("", |session| session.display_name());
            format!(", {} of {count}, {name}", step.0 + 1)
        });
        match edit {
            Edit::AddStep { .. } => format!("Step added{place}."),
            Edit::SetStep { .. } => format!("Step changed{place}."),
            Edit::RemoveSteps(_) => "Removed. Undo brings it back.".to_owned(),
            Edit::DuplicateSteps(_) => format!("Copied{place}."),
            Edit::MoveSteps { .. } => format!("Moved{place}."),
            Edit::Reschedule(_) => by_hand::KEPT.to_owned(),
            Edit::AddSession(_) | Edit::DuplicateSession(_) => "Session added.".to_owned(),
            Edit::RenameSession(..) => "Session renamed.".to_owned(),
            Edit::RemoveSession(_) => "Session removed. Undo brings it back.".to_owned(),
            Edit::MoveSession(..) => "Session moved.".to_owned(),
        }
    }

    /// Goes back or forth in the history.
    fn travel(&mut self, found: Option<(Rc<str>, Option<&'static str>)>, told: &'static str) {
        let Some((text, story)) = found else {
            self.told = "Nothing more to undo here.".into();
            return;
        };
        self.playing = false;
        self.edit(text);
        self.story = story;
        self.told = told.into();
        self.chosen = Shared::new(Vec::new());
    }

    /// Changes the scenario itself; its text follows. Where the text is broken there is no scenario to change.
    fn change(&mut self, change: impl FnOnce(&mut Scenario)) {
        let Ok(mut scenario) = rowlock_engine::scenario::parse(&self.text) else {
            return;
        };
        change(&mut scenario);
        self.remember();
        self.edit(scenario.to_text().into());
        self.position = self.show.telling_moment();
        self.playing = false;
    }

    fn follow(&mut self, fragment: &str) {
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
    fn obey(&mut self, asks: &Fragment) {
        if let Some(Ok(strategy)) = asks.strategy.as_deref().map(str::parse) {
            self.change(|scenario| scenario.strategy = strategy);
        }
        if let Some(step) = asks.step {
            self.position = step.min(self.show.run.events.len());
        }
    }
}

impl Reducible for Playground {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut page = Self::clone(&self);
        match action {
            Action::EditText(text) => {
                let (before, story) = (Rc::clone(&page.text), page.story);
                Rc::make_mut(&mut page.history).push_typed(before, story, &text);
                page.story = None;
                page.playing = false;
                page.edit(text);
            }
            Action::Change(edit) => page.draw(&edit, false),
            Action::GoOnChanging(edit) => page.draw(&edit, true),
            Action::Choose(steps) => page.chosen = Shared::new(steps),
            Action::Undo => {
                let now = (Rc::clone(&page.text), page.story);
                let found = Rc::make_mut(&mut page.history).undo(now);
                page.travel(found, "Undone.");
            }
            Action::Redo => {
                let now = (Rc::clone(&page.text), page.story);
                let found = Rc::make_mut(&mut page.history).redo(now);
                page.travel(found, "Done again.");
            }
            Action::PickStrategy(strategy) => page.change(|scenario| scenario.strategy = strategy),
            Action::PickSessionStrategy(session, strategy) => page.change(|scenario| {
                if let Some(session) = scenario.sessions.get_mut(session.0) {
                    session.strategy = strategy;
                }
            }),
            Action::PickIsolation(isolation) => {
                page.change(|scenario| scenario.isolation = isolation)
            }
            Action::PickOnConflict(on_conflict) => {
                page.change(|scenario| scenario.on_conflict = on_conflict)
            }
            Action::PickStory(slug) => {
                if let Some(story) = rowlock_engine::gallery::story(slug) {
                    let own = page.story.is_none().then(|| Rc::clone(&page.text));
                    page.open(story.text.into(), Some(story.slug));
                    page.broken_link = None;
                    page.replaced = own;
                }
            }
            Action::FollowLink(fragment) => page.follow(&fragment),
            Action::Seek(position) => {
                page.playing = false;
                page.position = position.min(page.show.run.events.len());
            }
            Action::Advance => {
                page.position = (page.position + 1).min(page.show.run.events.len());
                page.playing &= page.position < page.show.run.events.len();
            }
            Action::TogglePlay => {
                page.playing = !page.playing && !page.show.run.events.is_empty();
                if page.playing && page.position >= page.show.run.events.len() {
                    page.position = 0;
                }
            }
            Action::OpenReadablePart => {
                if let Some(broken) = page.broken_link.take() {
                    page.replaced = Some(Rc::clone(&page.text));
                    page.open(broken.error.readable().into(), None);
                }
            }
            Action::GoBack => {
                if let Some(text) = page.replaced.take() {
                    page.open(text, None);
                }
            }
            Action::Dismiss => {
                page.broken_link = None;
                page.replaced = None;
            }
            Action::StartByHand
            | Action::ChooseSession(_)
            | Action::LetTimePass
            | Action::ByHandBack
            | Action::ByHandRestart
            | Action::KeepSchedule
            | Action::LeaveByHand => page.run_by_hand(&action),
        }
        Rc::new(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::link::encode_text;
    use rowlock_engine::verdict::VerdictKind;

    pub(super) fn after(page: Playground, action: Action) -> Playground {
        Playground::clone(&Rc::new(page).reduce(action))
    }

    #[test]
    fn the_first_view_shows_a_lost_update_and_a_click_cures_it() {
        let page = Playground::start("", None);
        assert_eq!(page.show.verdict.kind, VerdictKind::Anomaly);
        let page = after(page, Action::PickStrategy(Strategy::ATOMIC));
        assert_eq!(page.show.verdict.kind, VerdictKind::Correct);
        assert!(page.text.contains("\nstrategy: atomic\n"));
        assert_eq!(page.story, Some("two-cashiers"));
    }

    #[test]
    fn a_change_of_the_drawing_is_one_of_the_text_and_can_be_undone() {
        let page = Playground::start("", None);
        let first = page.text.clone();
        let swap = Edit::MoveSteps {
            steps: vec![StepId(1)],
            to: 0,
            session: None,
        };
        let page = after(page, Action::Change(swap));
        assert!(page.text.contains("timeline:\n  A: SELECT"));
        assert_eq!(
            (&*page.told, page.story),
            ("Moved, 1 of 8, Cashier A.", None)
        );
        let page = after(page, Action::Change(Edit::RemoveSteps(vec![StepId(99)])));
        assert_eq!(&*page.told, "There is no such step.");
        let page = after(page, Action::Undo);
        assert_eq!((&*page.text, page.story), (&*first, Some("two-cashiers")));
        let page = after(page, Action::Redo);
        assert!(page.text.contains("timeline:\n  A: SELECT"));
    }

    #[test]
    fn typing_in_one_line_is_undone_at_once() {
        let page = Playground::start("", None);
        let first = page.text.clone();
        let typed = |page: Playground, from: &str, to: &str| {
            let text = page.text.replacen(from, to, 1);
            after(page, Action::EditText(text.into()))
        };
        let page = typed(page, "title: Two", "title: Twx");
        let page = typed(page, "title: Twx", "title: Tw");
        let page = typed(page, "sessions:\n", "sessions:\n\n");
        let page = after(page, Action::Undo);
        assert!(page.text.starts_with("title: Tw cashiers"));
        let page = after(page, Action::Undo);
        assert_eq!(page.text, first);
    }

    #[test]
    fn while_the_text_is_broken_the_last_good_run_stays() {
        let page = Playground::start("", None);
        let show = page.show.clone();
        let broken = page.text.replace("COMMIT", "COMIT");
        let page = after(page, Action::EditText(broken.into()));
        assert_eq!(page.errors.len(), 2);
        assert!(page.show == show);
    }

    #[test]
    fn a_link_is_followed_to_its_step_and_the_draft_is_kept() {
        let text = STORIES[3].text;
        let fragment = format!("#s={}&step=7", encode_text(text));
        let page = Playground::start(&fragment, Some("title: mine\n".to_owned()));
        assert_eq!((&*page.text, page.position), (text, 7));
        let page = after(page, Action::GoBack);
        assert_eq!(&*page.text, "title: mine\n");
    }

    #[test]
    fn a_broken_link_changes_nothing_and_says_which_case_it_is() {
        let page = Playground::start("", Some("title: mine\n".to_owned()));
        let link = encode_text(STORIES[1].text);
        let page = after(
            page,
            Action::FollowLink(format!("#s={}", &link[..link.len() / 2])),
        );
        assert_eq!(&*page.text, "title: mine\n");
        assert_eq!(
            page.broken_link.as_ref().map(|broken| broken.error.case()),
            Some("cut-off")
        );
        let page = after(page, Action::OpenReadablePart);
        assert!(page.text.starts_with("title: Two editors"));
        assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
    }

    #[test]
    fn the_player_stops_at_the_end_and_begins_anew() {
        let page = Playground::start("", None);
        let end = page.show.run.events.len();
        let page = after(after(page, Action::Seek(end)), Action::TogglePlay);
        assert_eq!((page.playing, page.position), (true, 0));
        let page = after(after(page, Action::Seek(end - 1)), Action::TogglePlay);
        let page = after(page, Action::Advance);
        assert_eq!((page.playing, page.position), (false, end));
    }
}
