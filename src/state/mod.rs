//! What the page knows: one value, changed by one reducer.
//!
//! The text is what the visitor edits. From it follow the scenario, the plan, the run and the verdict, computed once an
//! edit. While the text is broken the last good run stays. A big drawing that is being dragged is run when it rests, and a
//! search for a serial order that takes long is made after the run is on the screen ([`Action::CatchUp`]).

mod by_hand;
mod drawing;
mod history;
mod show;

pub use by_hand::{HandMade, obstacle};
pub use drawing::Drawing;
pub use history::History;
pub use show::{Effort, Show};

use crate::shared::Shared;
use rowlock_engine::edit::{Edit, apply};
use rowlock_engine::gallery::{STORIES, Story};
use rowlock_engine::link::{Fragment, LinkError, decode};
use rowlock_engine::message::Counts;
use rowlock_engine::scenario::{OnConflict, Scenario, SessionId, StepId, TextError, check, parse};
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
    /// What is known of all schedules, and of which drawing.
    pub counts: Option<(Shared<Drawing>, Counts)>,
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
    /// Learns what was counted of all schedules of a drawing.
    Counted(Shared<Drawing>, Counts),
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
            counts: None,
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

    /// Takes a text and rests at the moment that tells its story.
    fn open(&mut self, text: Rc<str>, story: Option<&'static str>) {
        self.chosen = Shared::new(Vec::new());
        if *self.text != *text {
            self.remember();
        }
        self.story = story;
        self.origin = story;
        self.saved = None;
        self.playing = false;
        self.edit(text);
        self.position = self.show.telling_moment();
    }

    /// Takes a text and runs it with all effort.
    fn edit(&mut self, text: Rc<str>) {
        self.edit_with(text, Some(Effort::Full));
    }

    /// Takes a text and runs it with some effort, or leaves the run for when the drawing rests.
    fn edit_with(&mut self, text: Rc<str>, effort: Option<Effort>) {
        self.leave_by_hand();
        self.behind = false;
        self.text = text;
        let scenario = match parse(&self.text) {
            Ok(scenario) => scenario,
            Err(errors) => {
                self.readable = false;
                self.errors = Shared::new(errors);
                return;
            }
        };
        self.readable = true;
        let errors = check(&scenario, &self.text);
        self.drawing = Shared::new(Drawing::of(scenario, Rc::clone(&self.text)));
        let sound = errors.is_empty();
        self.errors = Shared::new(errors);
        match effort {
            _ if !sound => {}
            Some(effort) => self.run(effort),
            None => self.behind = true,
        }
    }

    /// Runs what is drawn.
    fn run(&mut self, effort: Effort) {
        let at_end = self.position >= self.show.run.events.len();
        self.behind = false;
        match Show::of(self.drawing.clone(), &self.text, effort) {
            Ok(show) => {
                let end = show.run.events.len();
                self.position = if at_end { end } else { self.position.min(end) };
                self.show = Shared::new(show);
            }
            Err(errors) => self.errors = Shared::new(errors),
        }
    }

    /// Runs what has not been run; when that is done, searches to the end where a search was cut short.
    fn catch_up(&mut self) {
        if self.behind {
            self.run(Effort::Quick);
        } else if self.show.pending {
            self.show = Shared::new(self.show.judged());
        }
    }

    /// The visitor's own text, where it is kept nowhere else.
    fn own_work(&self) -> Option<Rc<str>> {
        let own = self.story.is_none() && self.saved.is_none() && *self.text != *EMPTY;
        own.then(|| Rc::clone(&self.text))
    }

    /// Remembers the text as it stands, before it is changed.
    fn remember(&mut self) {
        let (text, story) = (Rc::clone(&self.text), self.story);
        Rc::make_mut(&mut self.history).push(text, story);
    }

    /// Changes the drawing, or says why not. What goes on, such as a drag, has to keep pace with the pointer.
    fn draw(&mut self, edit: &Edit, goes_on: bool) {
        self.told_of_tables = matches!(edit, Edit::Tables(_) | Edit::Rules(_));
        match apply(&self.text, edit) {
            Ok(edited) => {
                if *self.text != *edited.text {
                    if !goes_on {
                        self.remember();
                    }
                    self.story = None;
                    self.playing = false;
                    let big = self.drawing.scenario.timeline.len() > AT_ONCE;
                    let effort = (!goes_on || !big).then_some(Effort::Quick);
                    self.edit_with(edited.text.into(), effort);
                }
                let mut told = self.describe(edit, &edited.steps);
                if let Some(error) = self.errors.first() {
                    told.push_str(&format!(" Now there is an error: {}.", error.message));
                }
                self.told = told.into();
                self.chosen = Shared::new(edited.steps);
            }
            Err(error) => self.told = error.0.into(),
        }
    }

    /// What a change came to.
    fn describe(&self, edit: &Edit, steps: &[StepId]) -> String {
        let drawn = &self.drawing.scenario;
        let count = drawn.timeline.len();
        let place = steps.first().map_or(String::new(), |step| {
            let session = drawn.timeline.get(step.0);
            let session = session.and_then(|step| drawn.sessions.get(step.session.0));
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
            Edit::SetTime(_, Some(at)) => format!("Sent at {} ms{place}.", at.0),
            Edit::SetTime(_, None) => format!("Sent after the step before it{place}."),
            Edit::Paste { .. } => format!("{} pasted{place}.", count_of(steps.len(), "step")),
            Edit::SetTitle(_) => "Title changed.".to_owned(),
            Edit::ColourSession(..) => "Colour changed.".to_owned(),
            Edit::SetClient(..) => "What it works for changed.".to_owned(),
            Edit::AddSession(_) | Edit::DuplicateSession(_) => "Session added.".to_owned(),
            Edit::RenameSession(..) => "Session renamed.".to_owned(),
            Edit::RemoveSession(_) => "Session removed. Undo brings it back.".to_owned(),
            Edit::MoveSession(..) => "Session moved.".to_owned(),
            Edit::Tables(edit) => self.with_what_is_left(edit.sentence()),
            Edit::Rules(edit) => self.with_what_is_left(edit.sentence()),
        }
    }

    /// What a change of tables and rules came to, and what no longer fits.
    fn with_what_is_left(&self, sentence: &str) -> String {
        match self.errors.first() {
            Some(error) => format!("{sentence} Now the text has an error in {error}."),
            None => sentence.to_owned(),
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
        self.compare = Shared::new(asks.compare.clone());
        self.seed = asks.seed;
        if let Some(step) = asks.step {
            self.position = step.min(self.show.run.events.len());
        }
    }
}

/// Where a new scenario begins.
const EMPTY: &str = "\
title: Untitled

sessions:
  A: Session A
  B: Session B

setup:
  CREATE TABLE account (id int PRIMARY KEY, balance int);
  INSERT INTO account VALUES (1, 1000), (2, 1000);
";

/// A drawing of up to so many steps is run at every move of a drag.
const AT_ONCE: usize = 60;

/// "1 step", "3 steps".
fn count_of(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
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
                page.edit_with(text, Some(Effort::Quick));
            }
            Action::CatchUp => page.catch_up(),
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
            Action::New => {
                let own = page.own_work();
                page.open(EMPTY.into(), None);
                page.broken_link = None;
                page.replaced = own;
            }
            Action::OpenSaved(id, text) => {
                let own = page.own_work();
                page.open(text, None);
                page.saved = Some(id);
                page.broken_link = None;
                page.replaced = own;
            }
            Action::KeepAs(id) => {
                page.saved = id;
                page.story = None;
            }
            Action::GoOn => {
                if let Some(left) = page.left.take() {
                    page.open(left, None);
                }
            }
            Action::Say(sentence) => page.told = sentence.into(),
            Action::PickStory(slug) => {
                if let Some(story) = rowlock_engine::gallery::story(slug) {
                    let own = page.own_work();
                    page.open(story.text.into(), Some(story.slug));
                    page.broken_link = None;
                    page.replaced = own;
                }
            }
            Action::Open(text, story, asks) => {
                let own = page.own_work();
                page.open(text, story);
                page.broken_link = None;
                page.replaced = own.filter(|own| **own != *page.text);
                page.obey(&asks);
            }
            Action::Compare(strategies) => page.compare = Shared::new(strategies),
            Action::Seed(seed) => page.seed = Some(seed),
            Action::Counted(of, counts) => page.counts = Some((of, counts)),
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
                page.left = None;
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
        let page = Playground::start("", None, None);
        assert_eq!(page.show.verdict.kind, VerdictKind::Anomaly);
        let page = after(page, Action::PickStrategy(Strategy::ATOMIC));
        assert_eq!(page.show.verdict.kind, VerdictKind::Correct);
        assert!(page.text.contains("\nstrategy: atomic\n"));
        assert_eq!(page.story, Some("two-cashiers"));
    }

    #[test]
    fn a_change_of_the_drawing_is_one_of_the_text_and_can_be_undone() {
        let page = Playground::start("", None, None);
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
        let page = Playground::start("", None, None);
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
        let page = Playground::start("", None, None);
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
        let page = Playground::start(&fragment, Some("title: mine\n".to_owned()), None);
        assert_eq!((&*page.text, page.position), (text, 7));
        let page = after(page, Action::GoBack);
        assert_eq!(&*page.text, "title: mine\n");
    }

    #[test]
    fn what_a_link_compares_and_where_its_chance_begins_is_the_page_s() {
        let page = Playground::start("#g=two-buyers&compare=none,atomic&seed=7", None, None);
        assert_eq!(*page.compare, [Strategy::None, Strategy::ATOMIC]);
        assert_eq!(page.seed, Some(7));
        let page = after(page, Action::Compare(vec![Strategy::ATOMIC]));
        let page = after(page, Action::Seed(8));
        assert_eq!((page.compare.len(), page.seed), (1, Some(8)));
        // Another link says all of it.
        let page = after(page, Action::FollowLink("#g=two-cashiers".to_owned()));
        assert_eq!((page.compare.len(), page.seed), (0, None));
    }

    #[test]
    fn a_new_scenario_keeps_the_old_work_and_can_be_undone() {
        let page = Playground::start("", Some("title: mine\n".to_owned()), None);
        let page = after(page, Action::New);
        assert_eq!((&*page.text, page.show.scenario.sessions.len()), (EMPTY, 2));
        assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
        let page = after(page, Action::Undo);
        assert_eq!(&*page.text, "title: mine\n");
        // What is saved under a name is not in danger.
        let page = after(page, Action::KeepAs(Some("7".into())));
        let page = after(page, Action::PickStory("two-cashiers"));
        assert_eq!(
            (page.replaced.as_deref(), page.saved.as_deref()),
            (None, None)
        );
        let page = after(page, Action::OpenSaved("7".into(), "title: mine\n".into()));
        assert_eq!(page.saved.as_deref(), Some("7"));
    }

    #[test]
    fn what_was_worked_on_last_is_offered_once() {
        let last = || Some("title: from yesterday\n".to_owned());
        let page = Playground::start("", None, last());
        assert!(page.left.is_some() && page.story == Some("two-cashiers"));
        let page = after(page, Action::GoOn);
        assert_eq!((&*page.text, page.left), ("title: from yesterday\n", None));
        let page = Playground::start("", last(), last());
        assert_eq!(page.left, None);
        let story = Some(STORIES[2].text.to_owned());
        assert_eq!(Playground::start("", None, story).left, None);
    }

    #[test]
    fn a_drawing_whose_names_mean_nothing_can_still_be_edited() {
        let page = Playground::start("", None, None);
        let show = page.show.clone();
        // Without the SELECT its variable has no value.
        let gone = Edit::RemoveSteps(vec![StepId(1)]);
        let page = after(page, Action::Change(gone));
        assert!(page.readable && page.show == show);
        assert_eq!(page.drawing.scenario.timeline.len(), 7);
        let wrong = page.drawing.step_of(&page.errors[0]);
        assert_eq!(wrong, Some(StepId(3)));
        assert!(page.told.contains("Now there is an error"), "{}", page.told);
        let page = after(page, Action::Change(Edit::RemoveSteps(vec![StepId(3)])));
        assert!(page.errors.is_empty() && page.show != show);
    }

    #[test]
    fn a_big_drawing_is_run_when_its_drag_rests() {
        let mut text = String::from("timeline:\n");
        for step in 0..80 {
            text.push_str(&format!("  A: SELECT {step}\n"));
        }
        let page = after(
            Playground::start("", None, None),
            Action::EditText(text.into()),
        );
        let (first, show) = (page.text.clone(), page.show.clone());
        let shift = |from: usize, to: usize| Edit::MoveSteps {
            steps: vec![StepId(from)],
            to,
            session: None,
        };
        let page = after(page, Action::Change(shift(0, 2)));
        assert!(!page.behind && page.show != show);
        let show = page.show.clone();
        let page = after(page, Action::GoOnChanging(shift(1, 3)));
        assert!(page.behind && page.show == show);
        let page = after(page, Action::CatchUp);
        assert!(!page.behind && page.show.drawing == page.drawing);
        let page = after(page, Action::Undo);
        assert_eq!(page.text, first);
    }

    #[test]
    fn a_broken_link_changes_nothing_and_says_which_case_it_is() {
        let page = Playground::start("", Some("title: mine\n".to_owned()), None);
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
    fn what_comes_in_never_loses_what_was_there() {
        let page = Playground::start("", Some("title: mine\n".to_owned()), None);
        let asks = Fragment::parse("#strategy=atomic&step=2");
        let story = &STORIES[0];
        let open = Action::Open(story.text.into(), Some(story.slug), Box::new(asks));
        let page = after(page, open);
        assert_eq!((page.story, page.position), (Some(story.slug), 2));
        assert!(page.text.contains("strategy: atomic"));
        assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
        let page = after(page, Action::GoBack);
        assert_eq!(&*page.text, "title: mine\n");
        // A text with an error is open too: the editor shows where.
        let broken = Action::Open("timeline:\n  A: SELEC".into(), None, Box::default());
        let page = after(page, broken);
        assert!(!page.errors.is_empty());
        assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
    }

    #[test]
    fn the_player_stops_at_the_end_and_begins_anew() {
        let page = Playground::start("", None, None);
        let end = page.show.run.events.len();
        let page = after(after(page, Action::Seek(end)), Action::TogglePlay);
        assert_eq!((page.playing, page.position), (true, 0));
        let page = after(after(page, Action::Seek(end - 1)), Action::TogglePlay);
        let page = after(page, Action::Advance);
        assert_eq!((page.playing, page.position), (false, end));
    }
}
