//! How a session is told from another: a colour, and a mark for those who do not see it.

use rowlock_engine::diagram::svg::{COLOURS, is_hollow, shape};
use rowlock_engine::scenario::SessionId;

const MARKS: [&str; 8] = ["●", "■", "▲", "◆", "✚", "★", "⬟", "▼"];
const HOLLOW: [&str; 8] = ["○", "□", "△", "◇", "✛", "☆", "⬠", "▽"];

/// The session's mark.
#[must_use]
pub fn mark(session: SessionId) -> &'static str {
    let marks = if is_hollow(session) { HOLLOW } else { MARKS };
    marks[shape(session)]
}

/// The class that gives an element the session's colour.
#[must_use]
pub fn class(session: SessionId) -> String {
    format!("session-{}", session.0 % COLOURS)
}
