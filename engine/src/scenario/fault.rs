//! What goes wrong beside SQL: steps that are no statement.

use std::fmt::{self, Display, Formatter};

/// Something that happens to a client, its connection or its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The client's process dies. Its connection breaks, so the server rolls back what it had not committed; the steps
    /// after it are not made, up to a `restart`.
    Crash,
    /// The client's process is started again, and knows nothing of what it had read.
    Restart,
    /// The client stops answering but keeps its connection: transaction and locks stay.
    Hang,
    /// The answer to the step above does not arrive. The client cannot know whether it was carried out, connects anew and
    /// makes the whole request again. The server rolls back what was not committed.
    LoseReply,
    /// The message that asked for the transaction above is delivered a second time, and worked off again.
    Redeliver,
}

impl Fault {
    /// Every fault, in the order of a palette.
    pub const ALL: [Self; 5] = [
        Self::Crash,
        Self::Restart,
        Self::Hang,
        Self::LoseReply,
        Self::Redeliver,
    ];

    /// The step as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Restart => "restart",
            Self::Hang => "hang",
            Self::LoseReply => "lose reply",
            Self::Redeliver => "redeliver",
        }
    }

    /// What it does, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Crash => "The client dies; the server rolls back what it had not committed.",
            Self::Restart => "The client is started again and knows nothing of what it had read.",
            Self::Hang => "The client stops, and keeps its transaction and locks.",
            Self::LoseReply => {
                "The answer to the step above is lost; the client makes the whole request again."
            }
            Self::Redeliver => "The message for the transaction above is delivered a second time.",
        }
    }

    /// The fault that a step's text names, in any case and spacing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ").to_ascii_lowercase();
        Self::ALL.into_iter().find(|fault| fault.as_str() == text)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
