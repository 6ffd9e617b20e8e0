//! What would have cured it, found by running the same drawing under other strategies: after the edit is on the screen, a few
//! strategies at a time, so that nobody waits for it.

use crate::shared::Shared;
use crate::state::Show;
use gloo::timers::callback::Timeout;
use rowlock_engine::strategy::Strategy;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// How long edits must rest before cures are looked for, in milliseconds.
const SETTLE: u32 = 250;
/// How long others may go first between two parts of the search, in milliseconds.
const PAUSE: u32 = 12;
/// So many drawn steps may be run in one part.
const AT_ONCE: usize = 60;

/// A search under way.
#[derive(Clone)]
struct Search {
    show: Shared<Show>,
    left: Rc<RefCell<Vec<Strategy>>>,
    found: Rc<RefCell<Vec<Strategy>>>,
    /// What goes on with it; dropped, it ends.
    next: Rc<RefCell<Option<Timeout>>>,
}

impl Search {
    fn of(show: &Shared<Show>) -> Self {
        let mut left = show.remedies();
        left.reverse();
        Self {
            show: show.clone(),
            left: Rc::new(RefCell::new(left)),
            found: Rc::default(),
            next: Rc::default(),
        }
    }

    /// Tries some strategies; one of a kind that cures stands for its kind. `true` when all were tried.
    fn part(&self) -> bool {
        let cost = self.show.scenario.timeline.len().max(1);
        let mut found = self.found.borrow_mut();
        for _ in 0..(AT_ONCE / cost).max(1) {
            let Some(strategy) = self.left.borrow_mut().pop() else {
                return true;
            };
            let covered = found.iter().any(|cure| cure.slug() == strategy.slug());
            if !covered && self.show.is_cured_by(strategy) {
                found.push(strategy);
            }
        }
        self.left.borrow().is_empty()
    }

    fn go_on(&self, after: u32, done: Callback<(Shared<Show>, Vec<Strategy>)>) {
        let search = self.clone();
        let timeout = Timeout::new(after, move || {
            if search.part() {
                done.emit((search.show.clone(), search.found.borrow().clone()));
            } else {
                search.go_on(PAUSE, done);
            }
        });
        *self.next.borrow_mut() = Some(timeout);
    }
}

/// The strategies that cure what is wrong, all tried at once; `None` where that takes too long.
#[must_use]
pub fn cures_of(show: &Shared<Show>) -> Option<Vec<Strategy>> {
    let small = show.scenario.timeline.len() <= AT_ONCE;
    small.then(|| {
        let search = Search::of(show);
        while !search.part() {}
        search.found.take()
    })
}

/// The strategies that cure what is wrong. Until those of a new run are found, those of the one before stand.
#[hook]
pub(super) fn use_cures(show: &Shared<Show>) -> Vec<Strategy> {
    let known = use_state(|| {
        // The first view has them from the start.
        match crate::first::cures(show).or_else(|| cures_of(show)) {
            Some(cures) => (Some(show.clone()), cures),
            None => (None, Vec::new()),
        }
    });
    {
        let known = known.clone();
        use_effect_with(show.clone(), move |show| {
            let is_known = known.0.as_ref() == Some(show);
            let search = (!is_known && !show.pending).then(|| Search::of(show));
            if let Some(search) = &search {
                let done = Callback::from(move |(show, found)| known.set((Some(show), found)));
                search.go_on(SETTLE, done);
            }
            move || {
                if let Some(search) = search {
                    search.next.borrow_mut().take();
                }
            }
        });
    }
    if show.remedies().is_empty() {
        Vec::new()
    } else {
        known.1.clone()
    }
}
