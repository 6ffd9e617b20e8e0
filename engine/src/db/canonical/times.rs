//! Since when sessions wait, as far as it matters.

use super::super::database::Database;
use crate::db::answer::Until;
use crate::db::backend::{Backend, Waiting};
use crate::ids::{SessionId, Tick};
use std::sync::Arc;

/// What the clock says in every canonical state.
pub(super) const NOW: Tick = Tick(1 << 30);

/// When the first began to wait, where nothing but the order counts.
const LONG_AGO: Tick = Tick(1 << 29);

/// A difference from here on is one that somebody asked for by a setting; a smaller one is only an order.
const LONG: u64 = 100;

impl Database {
    /// Brings the times of all waits into one form: the same order, as close together as can be, up to [`NOW`]. `one_alarm`: as in
    /// [`super::Habits`].
    pub(super) fn normalise_times(&mut self, one_alarm: bool) {
        if one_alarm {
            return self.number_waits();
        }
        let mut times = vec![self.clock.0];
        let places = 0..self.backends.len();
        let matters: Vec<bool> = places.map(|place| self.alarm_is_set(place)).collect();
        for (backend, _) in self.backends.iter_mut().zip(&matters).filter(|it| *it.1) {
            each_time(backend, &mut |at| times.push(at.0));
        }
        crate::collections::sort_by_key(&mut times, |at| *at);
        times.dedup();
        let mut new = vec![0u64; times.len()];
        for place in 1..times.len() {
            let gap = times[place] - times[place - 1];
            new[place] = new[place - 1] + if gap < LONG { 1 } else { gap };
        }
        let place_of = |at: u64| times.binary_search(&at).unwrap_or_default();
        let now = new[place_of(self.clock.0)];
        for (backend, matters) in self.backends.iter_mut().zip(matters) {
            each_time(backend, &mut |at| {
                at.0 = match matters {
                    true => (NOW.0 + new[place_of(at.0)]).saturating_sub(now),
                    false => NOW.0,
                };
            });
        }
        self.clock = NOW;
    }

    /// The same where nothing but the order counts in which those who wait will look for a deadlock.
    fn number_waits(&mut self) {
        let looks =
            |place: &usize| self.alarm_is_set(*place) && !self.woken.contains(&SessionId(*place));
        let mut order: Vec<usize> = (0..self.backends.len()).filter(looks).collect();
        let since = |place: &usize| {
            self.backends[*place]
                .waiting
                .as_ref()
                .map(|waiting| waiting.since)
        };
        crate::collections::sort_by_key(&mut order, since);
        for (place, backend) in self.backends.iter_mut().enumerate() {
            if let Some(waiting) = &mut backend.waiting {
                // Who comes later changes nothing in those who are there.
                let looks = order.iter().position(|other| *other == place);
                waiting.since = looks.map_or(NOW, |looks| Tick(LONG_AGO.0 + looks as u64));
                set_started(waiting, NOW);
            }
        }
        self.clock = NOW;
    }
}

/// The times of a session's wait.
fn each_time(backend: &mut Backend, visit: &mut dyn FnMut(&mut Tick)) {
    if let Some(waiting) = &mut backend.waiting {
        visit(&mut waiting.since);
        let mut started = waiting.exec.started;
        visit(&mut started);
        set_started(waiting, started);
        if let Until::Time(at) = &mut waiting.for_what.until {
            visit(at);
        }
    }
}

/// What a statement has done is shared by copies of the state, and copied only if it is another time.
fn set_started(waiting: &mut Waiting, at: Tick) {
    if waiting.exec.started != at {
        Arc::make_mut(&mut waiting.exec).started = at;
    }
}
