//! The marks of sessions, so that they differ without colour too: ● ■ ▲ ◆ ✚ ★ ⬟ ▼.
//!
//! There are eight colours and eight shapes. From the ninth session on colours come again, each with the next shape: ■ in the
//! first one's blue. No two of the 64 sessions that there can be have colour and shape alike; and every second round is hollow, marks
//! and the bars of transactions, so that it is told at a glance.

use super::Out;
use crate::ids::SessionId;

/// How many shapes and colours there are.
const SHAPES: usize = 8;

/// The shape of a session's mark, from 0: ● ■ ▲ ◆ ✚ ★ ⬟ ▼.
#[must_use]
pub fn shape(session: SessionId) -> usize {
    (session.0 + session.0 / SHAPES) % SHAPES
}

/// Whether a session's mark is hollow.
#[must_use]
pub fn is_hollow(session: SessionId) -> bool {
    session.0 / SHAPES % 2 == 1
}

impl Out {
    /// A session's mark around a point.
    pub(super) fn mark(&mut self, session: SessionId, x: i32, y: i32, r: i32) {
        let d = r * 2;
        let left = x - r;
        match shape(session) {
            0 => self.path(
                "mark",
                format_args!("M{left} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0z"),
            ),
            1 => {
                let (e, q) = (d - 1, r - 1);
                let (x, y) = (x - q, y - q);
                self.path("mark", format_args!("M{x} {y}h{e}v{e}h-{e}z"));
            }
            2 => {
                let y = y - r;
                self.path("mark", format_args!("M{x} {y}l{r} {d}h-{d}z"));
            }
            3 => self.path(
                "mark",
                format_args!("M{left} {y}l{r}-{r}l{r} {r}l-{r} {r}z"),
            ),
            4 => {
                let (third, y) = (d / 3, y - r / 3);
                self.path(
                    "mark",
                    format_args!(
                        "M{left} {y}h{third}v-{third}h{third}v{third}h{third}v{third}h-{third}v{third}h-{third}v-{third}h-{third}z"
                    ),
                );
            }
            5 => {
                // A star, its points twice as far out as its corners.
                let (top, half) = (y - r, r / 2);
                self.path(
                    "mark",
                    format_args!(
                        "M{x} {top}l{half} {half}h{half}l-{half} {half}l{half} {r}l-{r}-{half}l-{r} {half}l{half}-{r}l-{half}-{half}h{half}z"
                    ),
                );
            }
            6 => {
                let (top, half) = (y - r, r / 2);
                self.path(
                    "mark",
                    format_args!("M{x} {top}l{r} {half}l-{half} {r}h-{r}l-{half}-{r}z"),
                );
            }
            _ => {
                let y = y + r;
                self.path("mark", format_args!("M{x} {y}l{r}-{d}h-{d}z"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::MOST_SESSIONS;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_sessions_have_colour_and_mark_alike() {
        let looks: BTreeSet<_> = (0..MOST_SESSIONS)
            .map(|place| (place % SHAPES, shape(SessionId(place))))
            .collect();
        assert_eq!(looks.len(), MOST_SESSIONS);
        // Without colours the first sixteen still differ.
        let marks: BTreeSet<_> = (0..16)
            .map(|place| (shape(SessionId(place)), is_hollow(SessionId(place))))
            .collect();
        assert_eq!(marks.len(), 16);
    }
}
