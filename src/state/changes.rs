//! How the text changes, by the editor or the drawing, and what follows from it is found out.

use super::{Drawing, Effort, Playground, Show};
use crate::shared::Shared;
use rowlock_engine::edit::{Edit, apply};
use rowlock_engine::scenario::{Scenario, check, parse};
use std::rc::Rc;

/// Where a new scenario begins.
pub(super) const EMPTY: &str = "\
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

impl Playground {
    /// Takes a text and rests at the moment that tells its story.
    pub(super) fn open(&mut self, text: Rc<str>, story: Option<&'static str>) {
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
    pub(super) fn edit(&mut self, text: Rc<str>) {
        self.edit_with(text, Some(Effort::Full));
    }

    /// Takes a text and runs it with some effort, or leaves the run for when the drawing rests.
    pub(super) fn edit_with(&mut self, text: Rc<str>, effort: Option<Effort>) {
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

    /// The effort for which an edit can wait: a big drawing is shown first and judged later.
    pub(super) fn effort(&self) -> Effort {
        if self.drawing.scenario.timeline.len() > AT_ONCE {
            Effort::Glance
        } else {
            Effort::Quick
        }
    }

    /// Runs what has not been run; when that is done, searches to the end where a search was cut short.
    pub(super) fn catch_up(&mut self) {
        if self.behind {
            self.run(self.effort());
        } else if self.show.pending {
            self.show = Shared::new(self.show.judged());
        }
    }

    /// The visitor's own text, where it is kept nowhere else.
    pub(super) fn own_work(&self) -> Option<Rc<str>> {
        let own = self.story.is_none() && self.saved.is_none() && *self.text != *EMPTY;
        own.then(|| Rc::clone(&self.text))
    }

    /// Remembers the text as it stands, before it is changed.
    pub(super) fn remember(&mut self) {
        let (text, story) = (Rc::clone(&self.text), self.story);
        Rc::make_mut(&mut self.history).push(text, story);
    }

    /// Changes the drawing, or says why not. What goes on, such as a drag, has to keep pace with the pointer.
    pub(super) fn draw(&mut self, edit: &Edit, goes_on: bool) {
        self.told_of_tables = matches!(edit, Edit::Tables(_) | Edit::Rules(_));
        match apply(&self.text, edit) {
            Ok(edited) => {
                if *self.text != *edited.text {
                    if !goes_on {
                        self.remember();
                    }
                    self.story = None;
                    self.playing = false;
                    let effort = self.effort();
                    let waits = goes_on && effort == Effort::Glance;
                    self.edit_with(edited.text.into(), (!waits).then_some(effort));
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

    /// Goes back or forth in the history.
    pub(super) fn travel(
        &mut self,
        found: Option<(Rc<str>, Option<&'static str>)>,
        told: &'static str,
    ) {
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
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Scenario)) {
        let Ok(mut scenario) = rowlock_engine::scenario::parse(&self.text) else {
            return;
        };
        change(&mut scenario);
        self.remember();
        self.edit(scenario.to_text().into());
        self.position = self.show.telling_moment();
        self.playing = false;
    }
}
