//! Where the lifelines stand.
//!
//! The database stands in the middle and the sessions on both sides of it: with two sessions no arrow crosses another
//! lifeline, with six none crosses more than two. Between lifelines there is never less than [`LEAST_GAP`]; a diagram
//! that needs more than the given width is wider, and scrolls. It is never wider than is good for reading either, but
//! stands in the middle of the room there is. Those for whom sessions work stand outermost, a little closer: what they say
//! is short.

use super::calls::clients;
use super::text::{Font, width, wrap};
use super::{Band, ClientLane, Head, Lane, Side};
use crate::ids::SessionId;
use crate::scenario::Session;

/// The least distance between two lifelines, or a lifeline and the database's edge.
const LEAST_GAP: i32 = 98;
/// The greatest.
const MOST_GAP: i32 = 430;
/// The least distance between a client's lifeline and the next.
const LEAST_CLIENT_GAP: i32 = 84;
/// The greatest.
const MOST_CLIENT_GAP: i32 = 200;
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
    pub clients: Vec<ClientLane>,
    pub band: Band,
    pub head_height: i32,
}

/// Places the lifelines of sessions in a width; the database keeps room for so many lock columns, and for evidence.
pub(super) fn place(sessions: &[Session], width: i32, locks: usize, evidence: bool) -> Lanes {
    let count = i32::try_from(sessions.len()).unwrap_or(i32::MAX / 1000);
    let left = (count + 1) / 2;
    let right = count - left;
    let (sessions_left, sessions_right) =
        sessions.split_at(sessions.len().min(usize::try_from(left).unwrap_or(0)));
    let (clients_left, clients_right) = (clients(sessions_left), clients(sessions_right));
    let lane_count = |clients: &[&str]| i32::try_from(clients.len()).unwrap_or(0);
    let (outer_left, outer_right) = (lane_count(&clients_left), lane_count(&clients_right));
    let outer = outer_left + outer_right;
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
    // A client's name stands above the edge, not beside it.
    let at_edge = |margin: i32, outer: i32| if outer > 0 { margin.max(34) } else { margin };
    let (margin_left, margin_right) = (
        at_edge(margin, outer_left),
        at_edge(margin_right, outer_right),
    );
    let gaps = count.max(1);
    let free = width - margin_left - margin_right - band_left - band_right;
    // A client has three fifths of what a session has.
    let client_gap = (free * 3 / (gaps * 5 + outer * 3)).clamp(LEAST_CLIENT_GAP, MOST_CLIENT_GAP);
    let gap = ((free - client_gap * outer) / gaps).clamp(LEAST_GAP, MOST_GAP);
    let inside = band_left + band_right + gap * gaps + client_gap * outer;
    let used = margin_left + margin_right + inside;
    let edge = margin_left + (width - used).max(0) / 2;
    let start = edge + client_gap * outer_left;
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
    // The outermost heads are pushed inwards by the edges, towards their neighbours.
    let near = if outer > 0 { gap.min(client_gap) } else { gap };
    let margin = if outer > 0 {
        margin_left.min(margin_right)
    } else {
        margin
    };
    let head_room = (near - 6).min((margin + near - 6) * 2 / 3);
    let client_lane = |name: &str, x: i32, side: Side| ClientLane {
        x,
        side,
        room: client_gap - 2 * CLEAR,
        head: head(name, x, head_room, diagram_width),
    };
    let at_left = (0..).zip(&clients_left);
    let at_left =
        at_left.map(|(place, name)| client_lane(name, edge + client_gap * place, Side::Left));
    let at_right = (1..).zip(&clients_right);
    let at_right = at_right.map(|(place, name)| {
        let x = band.right + gap * right + client_gap * place;
        client_lane(name, x, Side::Right)
    });
    let client_lanes: Vec<ClientLane> = at_left.chain(at_right).collect();
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
            head: head(session.display_name(), x, head_room, diagram_width),
            client: session.client.as_deref().and_then(|client| {
                let place = |names: &[&str]| names.iter().position(|name| *name == client);
                match side {
                    Side::Left => place(&clients_left),
                    Side::Right => Some(clients_left.len() + place(&clients_right)?),
                }
            }),
        });
    }
    let heads = lanes.iter().map(|lane| &lane.head);
    let heads = heads.chain(client_lanes.iter().map(|lane| &lane.head));
    let lines = heads.map(|head| head.lines.len()).max();
    Lanes {
        width: diagram_width,
        font_size,
        lanes,
        clients: client_lanes,
        head_height: 34 + 15 * i32::try_from(lines.unwrap_or(1).max(1)).unwrap_or(1),
        band,
    }
}

/// The head of the database's lifeline.
pub(super) fn database_head(lanes: &Lanes) -> Head {
    head("Database", lanes.band.axis, 80, lanes.width)
}

/// A name, as near to the middle of its lifeline as the edges allow.
fn head(name: &str, x: i32, room: i32, whole: i32) -> Head {
    const SIZE: i32 = 13;
    // Bold is a tenth wider.
    let wrapped = wrap(name, Font::Sans, SIZE, room * 10 / 11, 2);
    let widest = wrapped.lines.iter();
    let half = (widest.map(|line| width(line, Font::Sans, SIZE)).max()).unwrap_or(0) * 11 / 20 + 1;
    Head {
        x: x.clamp(half + 2, (whole - half - 2).max(half + 2)),
        half,
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

impl ClientLane {
    /// Where labels begin, going towards the session.
    pub(super) fn label_edge(&self) -> i32 {
        self.x + self.side.inward() * CLEAR
    }
}
