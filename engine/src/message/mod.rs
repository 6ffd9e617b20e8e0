//! What an embed and the page around it tell each other, as data: `{ns: "rowlock", v: 1, type, id?, ...}`.
//!
//! ```text
//! the page around                              the embed
//!                        <- ready {api, features}
//!                        <- resize {width, height}          at first, and when it changes
//! hello {want}           ->
//!                        <- step, outcome, change, open     of these, what is wanted
//! set {strategy}, id: 1  ->
//!                        <- result {id: 1, ok: true}        or error {id: 1, code, message}
//! ```
//!
//! `from_parent` reads, `to_parent` writes, `outcome` is the largest thing that is written, [`Conversation`] is who is heard
//! and what was asked for. Nothing here knows a browser: messages come as [`Fields`] and go as [`Data`], of which the page makes
//! values of JavaScript (by serde-wasm-bindgen).
//!
//! Why so: readers and writers derived for each of these types are several times as large as one type of value for all. A field
//! is looked at only where it means something, so nothing that others put into a message can be large enough to matter.
//!
//! [`Data`]: crate::json::Data
//!
//! No message can navigate, store or fetch: there is none that says so.

mod conversation;
mod from_parent;
mod outcome;
mod to_parent;

pub use conversation::{Conversation, Heard};
pub use from_parent::{Field, Fields, FromParent, Id, MOST_UNITS, Settings, What, id, read};
pub use outcome::{Counts, outcome};
pub use to_parent::{ToParent, Value, embedly, get};

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// The name by which messages know each other.
pub const NAMESPACE: &str = "rowlock";

/// What an embed can tell of without being asked each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The position has changed.
    Step,
    /// There is a new run.
    Outcome,
    /// The scenario was changed.
    Change,
    /// The reader wants the whole page.
    Open,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Step, Self::Outcome, Self::Change, Self::Open];

    /// The type of its messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Outcome => "outcome",
            Self::Change => "change",
            Self::Open => "open",
        }
    }
}

/// Why a message is not obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// There is no such type of message.
    UnknownType,
    /// A field is missing, or of a wrong kind or value.
    BadField,
    /// A link cannot be read.
    BadLink,
    /// There is no such story.
    NoSuchStory,
    /// A text is no scenario.
    BadScenario,
    /// What is asked for does not exist of this run, or not yet.
    NotAvailable,
}

impl Code {
    /// The code, for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown-type",
            Self::BadField => "bad-field",
            Self::BadLink => "bad-link",
            Self::NoSuchStory => "no-such-story",
            Self::BadScenario => "bad-scenario",
            Self::NotAvailable => "not-available",
        }
    }
}

/// A message that is not obeyed, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// Why, as a sentence.
    pub message: String,
}
