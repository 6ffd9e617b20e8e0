//! The marks of sessions, so that they differ without colour too: ● ■ ▲ ◆ ✚ ★ ⬟ ▼.

use super::{Out, class};
use crate::ids::SessionId;

impl Out {
    /// A session's mark around a point.
    pub(super) fn mark(&mut self, session: SessionId, x: i32, y: i32, r: i32) {
        let d = r * 2;
        let left = x - r;
        match class(session) {
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
