//! The sequence diagram of a run: where everything stands, in pixels, as plain data; and the run in words.
//!
//! ```text
//!   ● Cashier A               Database              Cashier B ■
//!       |                        :                       |
//!       |  SELECT quantity ...   :                       |
//!       |----------------------->:                       |
//!       |  quantity = 10         :                       |
//!       |<- - - - - - - - - - - -:                       |
//!       |                        :   UPDATE stock SET ...|
//!       |                        :<----------------------|
//!       |                       [:]                      |
//! ```
//!
//! Time goes down in the order of events, each row as high as its text needs; the clock shows only where it jumps
//! ([`Gap`]). A statement and its immediate answer are one row. What lasts is a bar: a transaction and a wait on the
//! lifeline of their session, a lock beside the database's, one column each.
//!
//! Outside of the sessions stand those for whom a session works ([`ClientLane`]), if the scenario says so; their requests and
//! answers ([`Call`]) share the slots of the events that they come before or after.
//!
//! Every event has its [`Slot`], and slots follow each other without gaps. So a view fades what has not happened yet by
//! one veil from [`Diagram::horizon`] down, and finds what was clicked by [`Diagram::position_at`]: nothing in the
//! layout depends on the position in the run, and nothing moves while it plays.
//!
//! [`svg`] draws it as text, which is what the page shows too.

mod bars;
pub(crate) mod calls;
pub mod graphs;
mod lanes;
mod locks;
mod place;
pub(crate) mod says;
pub mod svg;
pub(crate) mod text;
pub(crate) mod thread;
pub mod words;

#[cfg(test)]
mod tests;

pub use crate::run::Tone;
pub use calls::CallKind;
pub use place::{layout, layout_with};
pub use text::Font;
pub use words::{account, caption};

use crate::ids::SessionId;

/// What a layout depends on beside the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The width there is, in pixels. A diagram that needs more is wider.
    pub width: i32,
}

/// A sequence diagram. All measures are pixels from the upper left corner of the body; heads have their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagram {
    /// The width of heads and body.
    pub width: i32,
    /// The height of the body.
    pub height: i32,
    /// The height of the strip of heads above the body.
    pub head_height: i32,
    /// The size of text in labels.
    pub font_size: i32,
    /// One for each session.
    pub lanes: Vec<Lane>,
    /// Those for whom sessions work, from left to right.
    pub clients: Vec<ClientLane>,
    /// The database.
    pub band: Band,
    /// Its head.
    pub database: Head,
    /// One for each event.
    pub slots: Vec<Slot>,
    /// Jumps of the clock.
    pub gaps: Vec<Gap>,
    /// Transactions.
    pub extents: Vec<Extent>,
    /// Waits.
    pub waits: Vec<WaitBar>,
    /// Locks.
    pub locks: Vec<LockBar>,
    /// Statements and answers.
    pub messages: Vec<Message>,
    /// What sessions are asked and answer.
    pub calls: Vec<Call>,
    /// What clients do by themselves, and waits in words.
    pub notes: Vec<Note>,
    /// What the worst anomaly is proved by.
    pub evidence: Option<Evidence>,
}

/// On which side of the database a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At its left.
    Left,
    /// At its right.
    Right,
}

impl Side {
    /// The direction of the database: 1 or -1.
    #[must_use]
    pub fn inward(self) -> i32 {
        match self {
            Self::Left => 1,
            Self::Right => -1,
        }
    }
}

/// A session's lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub session: SessionId,
    /// Where.
    pub x: i32,
    /// On which side of the database.
    pub side: Side,
    /// How wide its labels may be.
    pub room: i32,
    /// Whether its labels run across other lifelines.
    pub crosses: bool,
    /// Its head.
    pub head: Head,
    /// For whom it works, by the place in [`Diagram::clients`].
    pub client: Option<usize>,
}

/// The lifeline of somebody for whom sessions work. Who has some on both sides of the database stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLane {
    /// Where.
    pub x: i32,
    /// On which side of the database.
    pub side: Side,
    /// How wide its labels may be.
    pub room: i32,
    /// Its head.
    pub head: Head,
}

/// A name above a lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its middle.
    pub x: i32,
    /// Half its width.
    pub half: i32,
    /// The name.
    pub lines: Vec<String>,
    /// The whole name, where lines are cut.
    pub title: Option<String>,
}

/// The database's lifeline, as wide as its locks need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Where arrows from the left end.
    pub left: i32,
    /// The lifeline, and the line of evidence.
    pub axis: i32,
    /// Where arrows from the right end.
    pub right: i32,
}

/// The strip of an event, over the whole width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Where it begins; the end of the one before.
    pub top: i32,
    /// Where it ends.
    pub bottom: i32,
    /// The height at which the event is said to happen: its arrow, or the middle of its note.
    pub at: i32,
    /// The lifelines it reaches between: where it begins,
    pub left: i32,
    /// and where it ends.
    pub right: i32,
}

/// Lines of text in a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width of the widest line.
    pub width: i32,
    /// All lines together.
    pub height: i32,
    /// At which edge lines are even. SQL always starts at the left; sentences keep close to their lifeline.
    pub even: Side,
    /// The text.
    pub lines: Vec<String>,
    /// In which font.
    pub font: Font,
    /// The whole text, where lines are cut.
    pub title: Option<String>,
}

/// A message between a session and the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The event.
    pub event: usize,
    /// Whose.
    pub session: SessionId,
    /// What.
    pub kind: MessageKind,
    /// The end at the session.
    pub from: i32,
    /// The end at the database.
    pub to: i32,
    /// The height of the arrow.
    pub y: i32,
    /// What it says; `None`: no more than that the statement was carried out, and no arrow is needed.
    pub label: Option<Label>,
    /// Whether it proves an anomaly.
    pub evidence: bool,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A statement, to the database.
    Statement,
    /// A result, to the session.
    Answer,
    /// An error, to the session.
    Error,
}

/// A request to a session or its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The event that it comes before or after.
    pub event: usize,
    /// Who is asked, and answers.
    pub session: SessionId,
    /// What.
    pub kind: CallKind,
    /// The end at the client.
    pub from: i32,
    /// The end at the session.
    pub to: i32,
    /// The height of the arrow.
    pub y: i32,
    /// What it says.
    pub label: Label,
}

/// Words at a lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The event.
    pub event: usize,
    /// Whose.
    pub session: SessionId,
    /// Of what nature.
    pub tone: Tone,
    /// Where its sign stands on the lifeline.
    pub sign: (i32, i32),
    /// What it says.
    pub label: Label,
    /// Whether it proves an anomaly.
    pub evidence: bool,
}

/// A transaction, on its session's lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Its first and last event.
    pub events: (usize, usize),
    /// Whose.
    pub session: SessionId,
    /// The lifeline.
    pub x: i32,
    /// Upper end.
    pub top: i32,
    /// Lower end.
    pub bottom: i32,
    /// How it ended.
    pub end: End,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its work is in the tables.
    Committed,
    /// It was rolled back.
    RolledBack,
    /// It did not end.
    Open,
}

/// A wait, on its session's lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitBar {
    /// The event it begins with.
    pub event: usize,
    /// Who waits.
    pub session: SessionId,
    /// The lifeline.
    pub x: i32,
    /// Upper end.
    pub top: i32,
    /// Lower end.
    pub bottom: i32,
    /// What it waits for.
    pub title: String,
}

/// A lock, beside the database's lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockBar {
    /// The event it begins with.
    pub event: usize,
    /// Who holds it.
    pub session: SessionId,
    /// The middle of its column.
    pub x: i32,
    /// Upper end.
    pub top: i32,
    /// Lower end.
    pub bottom: i32,
    /// What is written along it; empty where it is too short.
    pub label: String,
    /// How strong it is, as far as its outline says.
    pub grip: Grip,
    /// What it is.
    pub title: String,
}

/// How strong a lock is, as far as the outline of its bar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// Several may hold it: FOR SHARE, FOR KEY SHARE and the like; dashed.
    Shared,
    /// FOR NO KEY UPDATE, what an `UPDATE` takes, and what lies between; plain.
    Writing,
    /// FOR UPDATE and the like; thick.
    Exclusive,
}

/// A jump of the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The event after it.
    pub event: usize,
    /// The height of its line.
    pub y: i32,
    /// How long.
    pub label: Label,
}

/// The events that prove an anomaly, joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The anomaly's name.
    pub name: &'static str,
    /// Whether there is room to write the name along the line.
    pub named: bool,
    /// Where the line is.
    pub x: i32,
    /// The heights of the events, in order.
    pub points: Vec<i32>,
}

impl Diagram {
    /// The height down to which the first `position` events reach; below it nothing has happened yet.
    #[must_use]
    pub fn horizon(&self, position: usize) -> i32 {
        if position >= self.slots.len() {
            return self.height;
        }
        let last = position.checked_sub(1).map(|last| self.slots[last]);
        last.map_or(0, |slot| slot.bottom)
    }

    /// The slot of the last of the first `position` events. An answer that says nothing shares that of its statement.
    #[must_use]
    pub fn current(&self, position: usize) -> Option<Slot> {
        let last = position.checked_sub(1)?;
        let mut slot = *self.slots.get(last)?;
        if self.is_plain(last) {
            slot.top = self.slots[last - 1].top;
        }
        Some(slot)
    }

    /// The position just after the event at a height.
    #[must_use]
    pub fn position_at(&self, y: i32) -> usize {
        let after = self.slots.partition_point(|slot| slot.bottom <= y) + 1;
        (after + usize::from(self.is_plain(after))).min(self.slots.len())
    }

    /// Whether an event is an answer that says nothing of its own.
    fn is_plain(&self, event: usize) -> bool {
        event > 0
            && self
                .slots
                .get(event)
                .is_some_and(|slot| slot.bottom - slot.top <= place::PLAIN)
    }
}
