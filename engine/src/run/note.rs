//! What happens to a client beside its statements: faults, pauses, the lock in its process's memory.

use crate::strategy::Hold;

/// Something that happened to a client, its connection or its messages, or that it did by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientNote {
    /// Its process died.
    Crashed,
    /// Its process was started again.
    Restarted,
    /// It stopped, and keeps what it holds.
    Hung,
    /// The answer to its last statement did not arrive.
    ReplyLost,
    /// It makes the whole request again, because it cannot know what became of the first.
    SentAgain,
    /// The message was delivered again.
    Redelivered,
    /// It found the record of its request: that has been carried out before.
    AlreadyDone,
    /// Its write was older than what is stored, and was dropped. Nobody is told; the client goes on.
    OlderDropped,
    /// It pauses so many milliseconds before it tries again.
    Paused(u64),
    /// It did not get a lock that it would not wait for.
    NotGranted,
    /// It holds its process's lock.
    Locked(Hold),
    /// It let its process's lock go.
    Unlocked,
    /// It noted the stamp of its process's lock and goes on without it.
    Stamped,
    /// Nobody has written since its stamp.
    StampGood,
    /// Somebody has written since its stamp.
    StampBad,
}

/// The nature of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// It takes time.
    Wait,
    /// Something went wrong.
    Bad,
    /// Another attempt.
    Again,
}

impl ClientNote {
    /// What it says beside a lifeline.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Crashed => "crashes".to_owned(),
            Self::Restarted => "starts again".to_owned(),
            Self::Hung => "hangs, and keeps what it holds".to_owned(),
            Self::ReplyLost => "the reply is lost".to_owned(),
            Self::SentAgain => "sends the request again".to_owned(),
            Self::Redelivered => "the message is delivered again".to_owned(),
            Self::AlreadyDone => "carried out before: nothing to do".to_owned(),
            Self::OlderDropped => "older than what is stored: dropped".to_owned(),
            Self::Paused(time) => format!("pauses for {time} ms"),
            Self::NotGranted => "somebody else holds the lock".to_owned(),
            Self::Locked(Hold::Write) => "holds the process's lock".to_owned(),
            Self::Locked(Hold::Read) => "holds the process's lock, for reading".to_owned(),
            Self::Unlocked => "lets the process's lock go".to_owned(),
            Self::Stamped => "notes the lock's stamp".to_owned(),
            Self::StampGood => "the stamp is still good".to_owned(),
            Self::StampBad => "the stamp is not good any more".to_owned(),
        }
    }

    /// The same as a sentence about somebody.
    #[must_use]
    pub fn sentence(&self, who: &str) -> String {
        match self {
            Self::ReplyLost => format!("{who} does not get the reply: it is lost on the way."),
            Self::SentAgain => {
                format!("{who} cannot know what became of its request, and sends it again.")
            }
            Self::Redelivered => format!("The message is delivered to {who} a second time."),
            Self::AlreadyDone => format!(
                "{who} finds that its request has been carried out before, and stops: nothing to do."
            ),
            Self::OlderDropped => format!(
                "{who}'s write is older than what is stored by its time stamp, and is dropped; nobody is told."
            ),
            Self::NotGranted => format!("{who} does not get the lock, and does not wait for it."),
            Self::StampGood => format!("{who} checks its stamp: nobody has written since."),
            Self::StampBad => format!("{who} checks its stamp: somebody has written since."),
            Self::Stamped => {
                format!("{who} notes the stamp of the process's lock and goes on without it.")
            }
            note => format!("{who} {}.", note.words()),
        }
    }

    /// The name in exports.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Crashed => "crashed",
            Self::Restarted => "restarted",
            Self::Hung => "hung",
            Self::ReplyLost => "reply lost",
            Self::SentAgain => "sent again",
            Self::Redelivered => "redelivered",
            Self::AlreadyDone => "already done",
            Self::OlderDropped => "older write dropped",
            Self::Paused(_) => "paused",
            Self::NotGranted => "not granted",
            Self::Locked(_) => "process lock taken",
            Self::Unlocked => "process lock released",
            Self::Stamped => "stamp noted",
            Self::StampGood => "stamp good",
            Self::StampBad => "stamp bad",
        }
    }

    /// Its nature.
    #[must_use]
    pub fn tone(&self) -> Tone {
        match self {
            Self::Restarted | Self::SentAgain | Self::Redelivered => Tone::Again,
            Self::AlreadyDone
            | Self::Locked(_)
            | Self::Unlocked
            | Self::Stamped
            | Self::StampGood => Tone::Good,
            Self::Paused(_) => Tone::Wait,
            _ => Tone::Bad,
        }
    }
}
