//! The error that a transaction gets which is rolled back so that the others stay serializable.

use crate::db::{SqlError, SqlState, Xid};

/// What was being done when it was found out, which is the `Reason code` of the `DETAIL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Doomed by another, and noticed before a read.
    DoomedAtRead,
    /// Doomed by another, and noticed before a write.
    DoomedAtWrite,
    /// Doomed by another, and noticed before the commit.
    DoomedAtCommit,
    /// Its own write made it a pivot, or completed a structure whose pivot it is.
    Write,
    /// Its read led to a pivot that cannot be rolled back any more.
    Read(Option<Xid>),
    /// Its commit would complete a structure whose pivot cannot be rolled back any more.
    Commit,
}

impl Reason {
    pub(super) fn error(self) -> SqlError {
        let code = match self {
            Self::DoomedAtRead => "identification as a pivot, during conflict out checking.",
            Self::DoomedAtWrite => "identification as a pivot, during conflict in checking.",
            Self::DoomedAtCommit => "identification as a pivot, during commit attempt.",
            Self::Write => "identification as a pivot, during write.",
            Self::Read(_) => "conflict out to pivot ",
            Self::Commit => "commit attempt with conflict in from prepared pivot.",
        };
        let mut detail = String::from("Reason code: Canceled on ");
        detail.push_str(code);
        if let Self::Read(xid) = self {
            detail.push_str(&xid.map_or(0, |xid| xid.0).to_string());
            detail.push_str(", during read.");
        }
        SqlError::new(
            SqlState::SERIALIZATION_FAILURE,
            "could not serialize access due to read/write dependencies among transactions",
        )
        .with_detail(detail)
        .with_hint("The transaction might succeed if retried.")
    }
}
