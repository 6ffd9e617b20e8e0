//! Where the lifelines stand.
//!
//! The database stands in the middle and the sessions on both sides of it: with two sessions no arrow crosses another
//! lifeline, with six none crosses more than two. Between lifelines there is never less than [`LEAST_GAP`]; a diagram
//! that needs more than the given width is wider, and scrolls. It is never wider than is good for reading either, but
//! stands in the middle of the room there is.

use super::text::{Font, width, wrap};
use super::{Band, Head, Lane, Side};
use crate::ids::SessionId;
use crate::scenario::Session;

/// The least distance between two lifelines, or a lifeline and the database's edge.
const LEAST_GAP: i32 = 98;
/// The greatest.
const MOST_GAP: i32 = 430;
/// The room that labels want before they run across other lifelines.
const LABEL_ROOM: i32 = 132;
/// Half the width of what is drawn on a lifeline (a bar), and the distance that labels keep from it.
pub(super) const HALF: i32 = 6;
const CLEAR: i32 = HALF + 7;
/// The width of a lock's column.
pub(super) const LOCK_COLUMN: i32 = 15;

/// The horizontal plan.
pub(super) struct Lanes {
    pub width: i32,
    pub font_size: i32,
    pub lanes: Vec<Lane>,
    pub band: Band,
    pub head_height: i32,
}

/// Places the lifelines of sessions in a width; the database keeps room for so many lock columns, and for evidence.
pub(super) fn place(sessions: &[Session], width: i32, locks: usize, evidence: bool) -> Lanes {
    let count = i32::try_from(sessions.len()).unwrap_or(i32::MAX / 1000);
    let left = (count + 1) / 2;
    let right = count - left;
    let locks = i32::try_from(locks).unwrap_or(0);
    let axis = if evidence { 15 } else { 6 };
    let band_left = axis + locks / 2 * LOCK_COLUMN;
    let band_right = axis + (locks + 1) / 2 * LOCK_COLUMN;
    let margin = if width < 480 {
        16
    } else if width < 800 {
        36
    } else {
        60
    };
    // Without sessions at the right the database's name needs the margin.
    let margin_right = if right == 0 { margin.max(40) } else { margin };
    let gaps = count.max(1);
    let free = width - margin - margin_right - band_left - band_right;
    let gap = (free / gaps).clamp(LEAST_GAP, MOST_GAP);
    let used = margin + margin_right + band_left + band_right + gap * gaps;
    let start = margin + (width - used).max(0) / 2;
    let band = Band {
        left: start + gap * left,
        axis: start + gap * left + band_left,
        right: start + gap * left + band_left + band_right,
    };
    let font_size = if gap < 150 {
        11
    } else if gap < 330 {
        12
    } else {
        13
    };
    let place = |index: i32| {
        if index < left {
            (start + gap * index, Side::Left)
        } else {
            (band.right + gap * (index - left + 1), Side::Right)
        }
    };
    let diagram_width = width.max(used);
    let mut lanes: Vec<Lane> = Vec::new();
    for (index, session) in (0..count).zip(sessions) {
        let (x, side) = place(index);
        let to_band = match side {
            Side::Left => band.left - x,
            Side::Right => x - band.right,
        };
        let room = if gap < LABEL_ROOM { to_band } else { gap };
        lanes.push(Lane {
            session: SessionId(index as usize),
            x,
            side,
            room: room - CLEAR - if room == to_band { 7 } else { CLEAR },
            crosses: room > gap,
            head: head(session.display_name(), x, gap - 10, diagram_width, true),
        });
    }
    let lines = lanes.iter().map(|lane| lane.head.lines.len()).max();
    Lanes {
        width: diagram_width,
        font_size,
        lanes,
        head_height: 34 + 15 * i32::try_from(lines.unwrap_or(1).max(1)).unwrap_or(1),
        band,
    }
}

/// The head of the database's lifeline.
pub(super) fn database_head(lanes: &Lanes) -> Head {
    head("Database", lanes.band.axis, 80, lanes.width, false)
}

/// A name, as near to the middle of its lifeline as the edges allow.
fn head(name: &str, x: i32, room: i32, whole: i32, marked: bool) -> Head {
    const SIZE: i32 = 13;
    let wrapped = wrap(name, Font::Sans, SIZE, room, 2);
    let widest = wrapped.lines.iter();
    // Bold is a tenth wider.
    let half = (widest.map(|line| width(line, Font::Sans, SIZE)).max()).unwrap_or(0) * 11 / 20 + 1;
    Head {
        x: x.clamp(half + 2, (whole - half - 2).max(half + 2)),
        half,
        marked,
        title: wrapped.cut.then(|| name.to_owned()),
        lines: wrapped.lines,
    }
}

impl Lane {
    /// Where labels begin, going towards the database.
    pub(super) fn label_edge(&self) -> i32 {
        self.x + self.side.inward() * CLEAR
    }
}
