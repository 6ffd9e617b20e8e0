//! What happens when time passes: sleepers wake, waits are given up, deadlocks are looked for.

use super::answer::{Progress, Until, WaitFor};
use super::backend::Waiting;
use super::database::Database;
use super::lock::deadlock::{Found, look};
use super::message::Batch;
use super::settings::Setting;
use super::xact::Fate;
use super::{SqlError, SqlState};
use crate::ids::{SessionId, Tick};

/// What a session's clock strikes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    /// It has slept enough.
    Awake,
    /// It looks for a deadlock, once in a wait.
    Deadlock,
    /// It gives the wait for a lock up.
    LockTimeout,
    /// It gives the statement up.
    StatementTimeout,
}

impl Database {
    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Tick {
        self.clock
    }

    /// Sets the clock; it does not go back.
    pub fn set_clock(&mut self, to: Tick) {
        self.clock = self.clock.max(to);
    }

    /// What a session's statement waits for.
    #[must_use]
    pub fn waiting(&self, session: SessionId) -> Option<&WaitFor> {
        let waiting = self.backends[session.0].waiting.as_ref();
        waiting.map(|waiting| &waiting.for_what)
    }

    /// The next moment at which something happens by itself, and to whom.
    #[must_use]
    pub fn next_timer(&self) -> Option<(Tick, SessionId)> {
        (0..self.backends.len())
            .map(SessionId)
            .filter_map(|session| self.alarm(session).map(|(at, _)| (at, session)))
            .min()
    }

    /// Whether time alone can end a session's wait, or have it look for a deadlock.
    pub(super) fn alarm_is_set(&self, session: usize) -> bool {
        self.alarm(SessionId(session)).is_some()
    }

    fn alarm(&self, session: SessionId) -> Option<(Tick, Alarm)> {
        let backend = &self.backends[session.0];
        let waiting = backend.waiting.as_ref()?;
        let time = |setting| Some(backend.settings.time(setting)).filter(|time| *time > 0);
        let after = |at: Tick, time: u64| Tick(at.0 + time);
        let (first, patience) = match waiting.for_what.until {
            Until::Time(at) => (Some((at, Alarm::Awake)), None),
            Until::Granted(..) => {
                let look = time(Setting::DeadlockTimeout).filter(|_| !waiting.checked);
                let patience = time(Setting::LockTimeout);
                (
                    look.map(|time| (after(waiting.since, time), Alarm::Deadlock)),
                    patience.map(|time| (after(waiting.since, time), Alarm::LockTimeout)),
                )
            }
            Until::SafeSnapshot => (None, None),
        };
        let statement = time(Setting::StatementTimeout);
        let cancel =
            statement.map(|time| (after(waiting.exec.started, time), Alarm::StatementTimeout));
        first.into_iter().chain(patience).chain(cancel).min()
    }

    /// Lets the next thing happen that time brings to a session. `Some` if its statement went on, or came to its end.
    pub fn fire_timer(&mut self, session: SessionId) -> Option<Batch> {
        let (_, alarm) = self.alarm(session)?;
        let (state, message) = match alarm {
            Alarm::Awake => return self.resume(session),
            Alarm::Deadlock => return self.look_for_deadlock(session),
            Alarm::LockTimeout => (
                SqlState::LOCK_NOT_AVAILABLE,
                "canceling statement due to lock timeout",
            ),
            Alarm::StatementTimeout => (
                SqlState::QUERY_CANCELED,
                "canceling statement due to statement timeout",
            ),
        };
        Some(self.give_up(session, SqlError::new(state, message)))
    }

    /// Somebody cancels the statement of a session that waits (`pg_cancel_backend`); `None` if none does.
    pub fn cancel(&mut self, session: SessionId) -> Option<Batch> {
        self.backends[session.0].waiting.as_ref()?;
        let message = "canceling statement due to user request";
        Some(self.give_up(session, SqlError::new(SqlState::QUERY_CANCELED, message)))
    }

    fn look_for_deadlock(&mut self, session: SessionId) -> Option<Batch> {
        let waiting: &mut Waiting = self.backends[session.0].waiting.as_mut()?;
        waiting.checked = true;
        match look(&self.locks, session) {
            Found::Nothing => None,
            Found::Soft(orders) => {
                let woken = self.locks.rearrange(&orders);
                self.woken.extend(woken);
                None
            }
            Found::Hard(edges) => {
                let error = self.deadlock_error(&edges);
                Some(self.give_up(session, error))
            }
        }
    }

    /// The statement that waits fails; others may go on where it queued.
    fn give_up(&mut self, session: SessionId, error: SqlError) -> Batch {
        let woken = self.locks.release_all(session, &|_| false);
        self.woken.extend(woken);
        let waiting = self.backends[session.0].waiting.as_ref();
        let progress = if waiting.is_some_and(|waiting| waiting.exec.is_commit()) {
            self.end(session, Fate::Aborted);
            Progress::Failed(error)
        } else {
            self.fail(session, error)
        };
        self.after(session, progress)
    }
}
