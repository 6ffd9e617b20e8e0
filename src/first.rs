//! What the page needs before it is drawn for the first time, worked out ahead of that, a part a turn.

use crate::keeping;
use crate::shared::Shared;
use crate::state::{Playground, Show};
use crate::verdict::cures_of;
use rowlock_engine::strategy::Strategy;
use std::cell::RefCell;

thread_local! {
    static PAGE: RefCell<Option<Playground>> = const { RefCell::new(None) };
    static CURES: RefCell<Option<(Shared<Show>, Vec<Strategy>)>> = const { RefCell::new(None) };
}

/// Runs what the address or the draft has.
pub fn run() {
    PAGE.set(Some(keeping::start()));
}

/// Finds what would have cured it.
pub fn find_cures() {
    let show = PAGE.with_borrow(|page| page.as_ref().map(|page| page.show.clone()));
    CURES.set(show.and_then(|show| {
        let cures = cures_of(&show)?;
        Some((show, cures))
    }));
}

/// The page; worked out now, if that was not done.
#[must_use]
pub fn page() -> Playground {
    PAGE.take().unwrap_or_else(keeping::start)
}

/// What cures a run, if it is the one that was looked at.
#[must_use]
pub fn cures(show: &Shared<Show>) -> Option<Vec<Strategy>> {
    let known = CURES.take()?;
    (known.0 == *show).then_some(known.1)
}
