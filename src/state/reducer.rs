//! What each action does.

use super::changes::EMPTY;
use super::{Action, Playground};
use crate::shared::Shared;
use std::rc::Rc;
use yew::Reducible;

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
                let effort = page.effort();
                page.edit_with(text, Some(effort));
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
            Action::FollowLink(fragment) => page.follow(&fragment),
            Action::Seek(position) => {
                page.playing = false;
                page.position = position.min(page.show.run.events.len());
            }
            Action::Step(by) => {
                page.playing = false;
                let end = page.show.run.events.len();
                page.position = page.position.saturating_add_signed(by).min(end);
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
