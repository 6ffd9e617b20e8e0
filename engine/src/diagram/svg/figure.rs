//! Small graphs as figures: who depends on whom, who waits for whom, the states of a lock.
//!
//! Boxes stand in a row; arrows to the right go over them and arrows to the left below, each on a track of its own with
//! its words in the middle, so that a cycle is a loop that one sees, and no two labels meet:
//!
//! ```text
//!            rw  stock id = 42
//!        .--------------------------.
//!        |                          v
//!   +----------+              +----------+
//!   | Cashier A|              | Cashier B|
//!   +----------+              +----------+
//!        ^                          |
//!        '--------------------------'
//!            ww  stock id = 42
//! ```
//!
//! What is marked is thick, and the legend says what that means; strokes differ in their dashes. Nothing rests on colour.

use super::{Out, Theme, theme};
use crate::diagram::text::{Font, width, wrap};
use crate::ids::SessionId;

/// The size of text.
const SIZE: i32 = 12;
/// From one line to the next.
const LINE: i32 = 16;
/// The least distance from one box's middle to the next one's, and the greatest width of a box.
const LEAST_PITCH: i32 = 132;
const WIDEST_BOX: i32 = 190;
/// Between two boxes at least.
const BETWEEN: i32 = 34;
/// Around the text in a box.
const PADDING: i32 = 10;
/// The radius of corners of arrows.
const ROUND: i32 = 6;
/// The most lines in a box, and at an arrow.
const MOST_LINES: usize = 10;

/// A graph to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Boxes, from left to right.
    pub nodes: Vec<Node>,
    /// Arrows; of two between the same boxes in the same direction each has its own track.
    pub arrows: Vec<Arrow>,
    /// What thick arrows and boxes are; stands below.
    pub legend: String,
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What it says; the first is bold, over several lines if need be.
    pub lines: Vec<String>,
    /// Whose mark it bears.
    pub session: Option<SessionId>,
    /// How it is drawn.
    pub look: Look,
}

/// How a box is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Plain.
    #[default]
    Plain,
    /// Thick: this is the one.
    Marked,
    /// Crossed out.
    Crossed,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The place of the box it comes from.
    pub from: usize,
    /// The place of the box it leads to.
    pub to: usize,
    /// What it says.
    pub label: String,
    /// How its line is drawn.
    pub stroke: Stroke,
    /// Whether it is thick.
    pub marked: bool,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// In one.
    Solid,
    /// In dashes.
    Dashed,
    /// In dots.
    Dotted,
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Placed {
    width: i32,
    height: i32,
    boxes: Vec<PlacedBox>,
    tracks: Vec<Track>,
    legend: Option<Words>,
}

/// A box in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PlacedBox {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    lines: Vec<String>,
    /// How many of the lines are bold.
    bold: usize,
}

/// Lines of text around a middle.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    middle: i32,
    top: i32,
    width: i32,
    lines: Vec<String>,
}

/// An arrow in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Track {
    from: (i32, i32),
    to: (i32, i32),
    /// The height of its long part.
    y: i32,
    words: Words,
}

/// The figure as an `<svg>` at least so wide, and its width in pixels. What it shows has to be told beside it.
#[must_use]
pub fn figure(figure: &Figure, width: i32) -> (String, i32) {
    let placed = place(figure, width);
    let mut out = Out::default();
    out.figure(figure, &placed, |_| {});
    (out.0, placed.width)
}

/// The figure as a picture that needs nothing else, for an article.
#[must_use]
pub fn figure_to_svg(figure: &Figure, width: i32, title: &str, theme: &Theme) -> String {
    let placed = place(figure, width);
    let mut out = Out::default();
    out.figure(figure, &placed, |out| {
        out.title(title);
        out.0.push_str("<style>");
        out.0.push_str(&theme::style(theme));
        out.0.push_str("</style>");
        out.rect("paper", (0, 0), (placed.width, placed.height));
    });
    out.0
}

/// An end of an arrow at a side of a box.
struct Port {
    arrow: usize,
    outgoing: bool,
    /// How far the other end is, in boxes.
    reach: usize,
}

fn place(figure: &Figure, width: i32) -> Placed {
    let count = i32::try_from(figure.nodes.len()).unwrap_or(1).max(1);
    let pitch = (width / count).clamp(LEAST_PITCH, WIDEST_BOX + 190);
    let total = width.max(pitch * count);
    let start = (total - pitch * count) / 2 + pitch / 2;
    let room = (pitch - BETWEEN).min(WIDEST_BOX) - 2 * PADDING;
    let mut boxes: Vec<PlacedBox> = Vec::new();
    for (place, drawn) in (0..).zip(&figure.nodes) {
        let mut lines = Vec::new();
        let mut bold = 0;
        for line in &drawn.lines {
            let left = MOST_LINES.saturating_sub(lines.len());
            if left > 0 {
                // Bold is wider; measured so, all lines fit.
                lines.extend(wrap(line, Font::Sans, SIZE, room * 10 / 11, left).lines);
            }
            if bold == 0 {
                bold = lines.len();
            }
        }
        let widest = lines.iter().map(|line| self::width(line, Font::Sans, SIZE));
        let box_width = (widest.max().unwrap_or(0) * 11 / 10 + 2 * PADDING).max(72);
        let mark = if drawn.session.is_some() { 18 } else { 0 };
        boxes.push(PlacedBox {
            x: start + pitch * place - box_width / 2,
            y: 0,
            width: box_width,
            height: i32::try_from(lines.len()).unwrap_or(0) * LINE + 12 + mark,
            lines,
            bold,
        });
    }
    let tallest = boxes.iter().map(|it| it.height).max().unwrap_or(0);
    let over = Rows::of(figure, &boxes, true);
    let below = Rows::of(figure, &boxes, false);
    let top = 4 + over.height();
    for placed in &mut boxes {
        placed.y = top;
        placed.height = tallest;
    }
    let bottom = top + tallest;
    let mut tracks: Vec<Track> = Vec::new();
    for (index, arrow) in figure.arrows.iter().enumerate() {
        let upward = arrow.from < arrow.to;
        let rows = if upward { &over } else { &below };
        let Some(row) = rows.rows.iter().find(|row| row.arrow == index) else {
            continue;
        };
        let before: i32 = rows.heights.iter().take(row.level).sum();
        let own = rows.heights.get(row.level).copied().unwrap_or(0);
        let lines = i32::try_from(row.lines.len()).unwrap_or(0) * LINE;
        // The words stand at the far side of the line, away from the boxes.
        let (edge, y, words) = if upward {
            let y = top - before - own + lines + 2;
            (top, y, y - lines - 2)
        } else {
            let y = bottom + before + own - lines - 2;
            (bottom, y, y + 3)
        };
        tracks.push(Track {
            from: (row.from, edge),
            to: (row.to, edge),
            y,
            words: Words {
                middle: (row.from + row.to) / 2,
                top: words,
                width: row.wide,
                lines: row.lines.clone(),
            },
        });
    }
    let mut height = bottom + below.height() + 4;
    let legend = (!figure.legend.is_empty()).then(|| {
        let lines = wrap(&figure.legend, Font::Sans, SIZE, total - 16, 3).lines;
        let widest = lines.iter().map(|line| self::width(line, Font::Sans, SIZE));
        let words = Words {
            middle: total / 2,
            top: height + 4,
            width: widest.max().unwrap_or(0),
            lines,
        };
        height += 8 + LINE * i32::try_from(words.lines.len()).unwrap_or(0);
        words
    });
    Placed {
        width: total,
        height,
        boxes,
        tracks,
        legend,
    }
}

/// The arrows at one side, each with its level: 0 is next to the boxes.
struct Rows {
    rows: Vec<Row>,
    heights: Vec<i32>,
}

struct Row {
    arrow: usize,
    from: i32,
    to: i32,
    level: usize,
    lines: Vec<String>,
    wide: i32,
}

impl Rows {
    fn of(figure: &Figure, boxes: &[PlacedBox], over: bool) -> Self {
        let here = |arrow: &Arrow| (arrow.from < arrow.to) == over && arrow.from != arrow.to;
        let reach = |arrow: &Arrow| arrow.from.abs_diff(arrow.to);
        let mut from = vec![0; figure.arrows.len()];
        let mut to = vec![0; figure.arrows.len()];
        for (place, placed) in boxes.iter().enumerate() {
            let mut ports: Vec<Port> = Vec::new();
            for (index, arrow) in figure.arrows.iter().enumerate().filter(|it| here(it.1)) {
                let outgoing = arrow.from == place;
                if outgoing || arrow.to == place {
                    ports.push(Port {
                        arrow: index,
                        outgoing,
                        reach: reach(arrow),
                    });
                }
            }
            // What comes from the left ends at the left, the farthest nearest to the middle; what goes to the right
            // begins at the right in the same manner. So lines of one side do not cross where they need not.
            crate::collections::sort_by_key(&mut ports, |port| {
                let at_left = port.outgoing != over;
                let reach = i64::try_from(port.reach).unwrap_or(0);
                if at_left { (0, reach) } else { (1, -reach) }
            });
            let ports_here = i32::try_from(ports.len()).unwrap_or(0);
            for (number, port) in (1..).zip(&ports) {
                let x = placed.x + placed.width * number / (ports_here + 1);
                if port.outgoing {
                    from[port.arrow] = x;
                } else {
                    to[port.arrow] = x;
                }
            }
        }
        let mut order: Vec<usize> = (0..figure.arrows.len())
            .filter(|index| here(&figure.arrows[*index]))
            .collect();
        crate::collections::sort_by_key(&mut order, |index| {
            (
                reach(&figure.arrows[*index]),
                from[*index].abs_diff(to[*index]),
            )
        });
        let mut rows: Vec<Row> = Vec::new();
        for index in order {
            let (from, to) = (from[index], to[index]);
            let (left, right) = (from.min(to), from.max(to));
            let overlaps = |row: &&Row| left < row.from.max(row.to) && row.from.min(row.to) < right;
            let level = rows.iter().filter(overlaps).map(|row| row.level + 1).max();
            let label = &figure.arrows[index].label;
            let lines = wrap(label, Font::Sans, SIZE - 1, right - left - 10, MOST_LINES).lines;
            let widest = lines
                .iter()
                .map(|line| width(line, Font::Sans, SIZE - 1))
                .max();
            rows.push(Row {
                arrow: index,
                from,
                to,
                level: level.unwrap_or(0),
                wide: widest.unwrap_or(0),
                lines,
            });
        }
        let levels = rows.iter().map(|row| row.level + 1).max().unwrap_or(0);
        let heights = (0..levels)
            .map(|level| {
                let of_level = rows.iter().filter(|row| row.level == level);
                let most = of_level.map(|row| row.lines.len()).max().unwrap_or(0);
                i32::try_from(most).unwrap_or(0) * LINE + if level == 0 { 24 } else { 14 }
            })
            .collect();
        Self { rows, heights }
    }

    fn height(&self) -> i32 {
        self.heights.iter().sum()
    }
}

impl Out {
    /// The whole, with something before it.
    fn figure(&mut self, figure: &Figure, placed: &Placed, first: impl FnOnce(&mut Self)) {
        let (width, height) = (placed.width, placed.height);
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sq graph\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\">"
        ));
        first(self);
        for (track, arrow) in placed.tracks.iter().zip(&figure.arrows) {
            self.track(track, arrow);
        }
        for (track, arrow) in placed.tracks.iter().zip(&figure.arrows) {
            let class = if arrow.marked {
                "<g class=\"marked\">"
            } else {
                "<g>"
            };
            self.0.push_str(class);
            let words = &track.words;
            let height = i32::try_from(words.lines.len()).unwrap_or(0) * LINE;
            let left = words.middle - words.width / 2 - 3;
            self.rect("halo", (left, words.top), (words.width + 6, height));
            self.words_around("text", words);
            self.end_group();
        }
        for (placed, drawn) in placed.boxes.iter().zip(&figure.nodes) {
            self.boxed(placed, drawn);
        }
        if let Some(legend) = &placed.legend {
            self.words_around("legend", legend);
        }
        self.0.push_str("</svg>");
    }

    fn track(&mut self, track: &Track, arrow: &Arrow) {
        let stroke = match arrow.stroke {
            Stroke::Solid => "solid",
            Stroke::Dashed => "dashed",
            Stroke::Dotted => "dotted",
        };
        let marked = if arrow.marked { " marked" } else { "" };
        let ((x, start), (to, end), y) = (track.from, track.to, track.y);
        let side = (to - x).signum() * ROUND;
        let away = (y - start).signum() * ROUND;
        self.put(format_args!("<g class=\"arrow {stroke}{marked}\">"));
        let (before, after, short) = (y - away, to - side, x + side);
        let neck = end + away;
        self.path(
            "shaft",
            format_args!(
                "M{x} {start}V{before}Q{x} {y} {short} {y}H{after}Q{to} {y} {to} {before}V{neck}"
            ),
        );
        let (left, right, neck) = (to - 5, to + 5, end + away / ROUND * 9);
        self.path("tip", format_args!("M{to} {end}L{left} {neck}H{right}z"));
        self.end_group();
    }

    fn boxed(&mut self, placed: &PlacedBox, drawn: &Node) {
        let class = match drawn.look {
            Look::Plain => "box",
            Look::Marked => "box marked",
            Look::Crossed => "box crossed",
        };
        match drawn.session {
            Some(session) => self.group(class, session),
            None => self.put(format_args!("<g class=\"{class}\">")),
        }
        let PlacedBox {
            x,
            y,
            width,
            height,
            ..
        } = *placed;
        self.put(format_args!(
            "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>"
        ));
        if drawn.look == Look::Marked {
            let (x, y, width, height) = (x + 3, y + 3, width - 6, height - 6);
            self.put(format_args!(
                "<rect class=\"inner\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
            ));
        }
        let middle = x + width / 2;
        let mut text = y + 6;
        if let Some(session) = drawn.session {
            self.mark(session, middle, y + 14, 5);
            text += 18;
        }
        for (row, line) in (0..).zip(&placed.lines) {
            let at = text + row * LINE + SIZE;
            let weight = if row < i32::try_from(placed.bold).unwrap_or(1) {
                " class=\"first\""
            } else {
                ""
            };
            self.put(format_args!("<text x=\"{middle}\" y=\"{at}\"{weight}>"));
            self.text(line);
            self.0.push_str("</text>");
        }
        if drawn.look == Look::Crossed {
            let (right, bottom) = (x + width, y + height);
            self.path(
                "cross",
                format_args!("M{x} {y}L{right} {bottom}M{right} {y}L{x} {bottom}"),
            );
        }
        self.end_group();
    }

    fn words_around(&mut self, class: &str, words: &Words) {
        for (row, line) in (0..).zip(&words.lines) {
            let (x, y): (i32, i32) = (words.middle, words.top + row * LINE + SIZE);
            self.put(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">"));
            self.text(line);
            self.0.push_str("</text>");
        }
    }
}

#[cfg(test)]
mod tests;
