//! What a client's library raises on a conflict, by its name.
//!
//! The names are those of SQLAlchemy 2, Django 5, Hibernate 6 with Spring 6, Rails 7 and Go's pgx 5.

use crate::db::SqlState;
use crate::run::Conflict;

/// An error as a library names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The library.
    pub library: &'static str,
    /// What it raises, or how it tells.
    pub error: &'static str,
}

const fn by(library: &'static str, error: &'static str) -> Raised {
    Raised { library, error }
}

const VERSION: [Raised; 5] = [
    by("SQLAlchemy", "StaleDataError"),
    by("JPA", "OptimisticLockException"),
    by("Spring", "ObjectOptimisticLockingFailureException"),
    by("Rails", "ActiveRecord::StaleObjectError"),
    by("Django, Go", "no error: the UPDATE tells of 0 rows"),
];
const SERIALIZATION: [Raised; 5] = [
    by("SQLAlchemy", "OperationalError (SerializationFailure)"),
    by("Django", "OperationalError (SerializationFailure)"),
    by("Spring", "CannotAcquireLockException"),
    by("Rails", "ActiveRecord::SerializationFailure"),
    by("Go", "pgconn.PgError with Code 40001"),
];
const DEADLOCK: [Raised; 5] = [
    by("SQLAlchemy", "OperationalError (DeadlockDetected)"),
    by("Django", "OperationalError (DeadlockDetected)"),
    by("Spring", "CannotAcquireLockException"),
    by("Rails", "ActiveRecord::Deadlocked"),
    by("Go", "pgconn.PgError with Code 40P01"),
];
const UNAVAILABLE: [Raised; 5] = [
    by("SQLAlchemy", "OperationalError (LockNotAvailable)"),
    by("Django", "OperationalError (LockNotAvailable)"),
    by("JPA", "LockTimeoutException or PessimisticLockException"),
    by("Rails", "ActiveRecord::LockWaitTimeout"),
    by("Go", "pgconn.PgError with Code 55P03"),
];

/// What libraries raise for a conflict; empty where none of them has a name for it.
#[must_use]
pub fn raised(conflict: &Conflict) -> &'static [Raised] {
    match conflict {
        Conflict::Version => &VERSION,
        Conflict::Server(error) => match error.state {
            SqlState::SERIALIZATION_FAILURE => &SERIALIZATION,
            SqlState::DEADLOCK_DETECTED => &DEADLOCK,
            SqlState::LOCK_NOT_AVAILABLE => &UNAVAILABLE,
            _ => &[],
        },
        Conflict::NotGranted | Conflict::Stamp => &[],
    }
}
