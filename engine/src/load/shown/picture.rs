//! A chart as a picture (SVG).
//!
//! Nothing is told by colour alone: each line has dashes, a mark and a name of its own, which stands at its end where there is
//! room, else in a key above. Text is as large on a phone as on a desk, because a chart is drawn for the width there is.

use super::super::Unit;
use super::super::number::{fixed, significant};
use super::axis::Axis;
use super::chart::{Chart, Kind, Line};
use crate::markup::attribute as escape;
use std::fmt::Write as _;

/// Where the plot lies in the picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Of the plot.
    pub left: f64,
    /// Of the plot.
    pub width: f64,
    top: f64,
    height: f64,
    /// Of the picture.
    pub whole: (f64, f64),
    names_at_ends: bool,
}

const DASHES: [&str; 8] = [
    "",
    "9 4",
    "2 3",
    "11 3 2 3",
    "5 2",
    "1 4",
    "14 4",
    "6 3 1 3 1 3",
];
/// For files that are opened elsewhere; on the page the styles have them.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#57606a}.name{font-weight:600}.grid{stroke:#d0d7de}.axis{stroke:#57606a}\
.ink{fill:none;stroke:currentColor;stroke-width:2}.bar{stroke:currentColor}.dot{fill:#fff;stroke:currentColor;stroke-width:1.5}.area{fill:currentColor;fill-opacity:.2;stroke:currentColor}\
.optimistic{fill:#e5f5ec}.measure{fill:#fff4d6}.pessimistic{fill:#e3effb}.mark{stroke:#1b1f24;stroke-dasharray:3 3}.here{fill:#0b5cad;stroke:#fff;stroke-width:2}\
.k0{color:#0072b2}.k1{color:#b35900}.k2{color:#00795a}.k3{color:#a3487f}.k4{color:#6b6000}.k5{color:#1b6e94}.k6{color:#8f3d00}.k7{color:#1b1f24}";

fn px(value: f64) -> String {
    fixed(value, 1)
}

impl Chart {
    /// Where everything lies in a picture of this width.
    #[must_use]
    pub fn frame(&self, width: i32) -> Frame {
        let whole = f64::from(width.max(240));
        let names_at_ends = whole >= 560.0 && self.lines.len() > 1;
        let longest = self
            .lines
            .iter()
            .map(|line| line.name.chars().count())
            .max();
        let right = if names_at_ends {
            longest.unwrap_or(0).min(34) as f64 * 7.7 + 26.0
        } else {
            14.0
        };
        let key = if names_at_ends || self.lines.len() < 2 {
            0.0
        } else {
            18.0 * self.lines.len() as f64 + 4.0
        };
        let (left, top, bottom) = (58.0, 22.0 + key, 40.0);
        let height = if whole < 560.0 { 200.0 } else { 240.0 };
        Frame {
            left,
            width: whole - left - right,
            top,
            height,
            whole: (whole, top + height + bottom),
            names_at_ends,
        }
    }

    /// The picture. `alone`: as a file of its own, with its colours.
    #[must_use]
    pub fn svg(&self, width: i32, alone: bool) -> String {
        let frame = self.frame(width);
        let (whole, tall) = frame.whole;
        let x = |value: f64| frame.left + frame.width * self.x.way(value);
        let y = |value: f64| frame.top + frame.height * (1.0 - self.y.way(value));
        let (left, top) = (frame.left, frame.top);
        let (right, bottom) = (left + frame.width, top + frame.height);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">",
            px(whole),
            px(tall),
            escape(&format!("{}. {}", self.title, self.summary))
        );
        if alone {
            let _ = write!(
                out,
                "<style>{STYLE}</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
            );
        }
        let text = |out: &mut String, at: (f64, f64), anchor: &str, class: &str, words: &str| {
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" class=\"{class}\">{}</text>",
                px(at.0),
                px(at.1),
                escape(words)
            );
        };
        let line = |out: &mut String, class: &str, from: (f64, f64), to: (f64, f64)| {
            let _ = write!(
                out,
                "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>",
                px(from.0),
                px(from.1),
                px(to.0),
                px(to.1)
            );
        };
        for ground in &self.grounds {
            let (from, to) = (x(ground.from), x(ground.to));
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                ground.name,
                px(from),
                px(top),
                px(to - from),
                px(frame.height)
            );
            // Curves rise to the right.
            let high = if from > left + frame.width / 2.0 {
                bottom - 8.0
            } else {
                top + 14.0
            };
            let middle = (from + to) / 2.0;
            text(&mut out, (middle, high), "middle", "", &ground.name);
        }
        for tick in self.y.ticks(5) {
            line(&mut out, "grid", (left, y(tick)), (right, y(tick)));
            let words = short(&self.y, tick);
            text(&mut out, (left - 6.0, y(tick) + 4.0), "end", "", &words);
        }
        for tick in self.x.ticks((frame.width / 70.0) as usize) {
            line(&mut out, "axis", (x(tick), bottom), (x(tick), bottom + 4.0));
            let words = short(&self.x, tick);
            text(&mut out, (x(tick), bottom + 17.0), "middle", "", &words);
        }
        line(&mut out, "axis", (left, bottom), (right, bottom));
        line(&mut out, "axis", (left, top), (left, bottom));
        text(
            &mut out,
            (left - 52.0, top - 8.0),
            "start",
            "",
            &self.y.label,
        );
        text(&mut out, (right, bottom + 34.0), "end", "", &self.x.label);
        for mark in self.marks.iter().filter(|mark| mark.y.is_none()) {
            line(&mut out, "mark", (x(mark.x), top), (x(mark.x), bottom));
        }
        for it in &self.lines {
            self.draw(&mut out, it, &x, &y, bottom);
        }
        self.names(&mut out, &frame, &y, right);
        // Labels of marks go down in steps where they would lie on one another.
        let mut last = f64::NEG_INFINITY;
        let mut row = 0.0;
        for mark in &self.marks {
            let at = x(mark.x);
            row = if at - last < 90.0 { row + 1.0 } else { 0.0 };
            last = at;
            let (anchor, side) = if at > (left + right) / 2.0 {
                ("end", -6.0)
            } else {
                ("start", 6.0)
            };
            let high = match mark.y {
                Some(value) => {
                    let _ = write!(
                        out,
                        "<circle class=\"here\" cx=\"{}\" cy=\"{}\" r=\"6\"/>",
                        px(at),
                        px(y(value))
                    );
                    (y(value) - 10.0).max(top + 30.0)
                }
                None => bottom - 8.0 - 14.0 * (row % 6.0),
            };
            text(
                &mut out,
                (at + side, high),
                anchor,
                "name halo",
                &mark.label,
            );
        }
        out.push_str("</svg>");
        out
    }

    fn draw(
        &self,
        out: &mut String,
        line: &Line,
        x: &dyn Fn(f64) -> f64,
        y: &dyn Fn(f64) -> f64,
        bottom: f64,
    ) {
        let points = || line.points.iter().filter(|(_, at)| !at.value.is_nan());
        let _ = write!(out, "<g class=\"k{}\">", line.look % 8);
        let mut path = String::new();
        let mut last: Option<f64> = None;
        for (from, at) in points() {
            let (left, high) = (px(x(*from)), px(y(at.value)));
            match (line.kind, last) {
                (_, None) => {
                    if line.kind == Kind::Steps {
                        let _ = write!(path, "M{left} {}V{high}", px(bottom));
                    } else {
                        let _ = write!(path, "M{left} {high}");
                    }
                }
                (Kind::Steps, _) => {
                    let _ = write!(path, "H{left}V{high}");
                }
                _ => {
                    let _ = write!(path, "L{left} {high}");
                }
            }
            last = Some(at.value);
        }
        if path.is_empty() {
            // Nothing was seen.
        } else if line.kind == Kind::Steps {
            let _ = write!(out, "<path class=\"area\" d=\"{path}V{}Z\"/>", px(bottom));
        } else if line.kind != Kind::Dots {
            let dashes = DASHES[line.look % DASHES.len()];
            let _ = write!(
                out,
                "<path class=\"ink\" stroke-dasharray=\"{dashes}\" d=\"{path}\"/>"
            );
        }
        if matches!(line.kind, Kind::Dots | Kind::Measured) {
            for (from, at) in points() {
                let (left, high, low) = (px(x(*from)), px(y(at.high)), px(y(at.low)));
                if at.high > at.low {
                    let _ = write!(out, "<path class=\"bar\" d=\"M{left} {high}V{low}\"/>");
                }
                let _ = write!(
                    out,
                    "<path class=\"dot\" d=\"M{left} {}{}\"/>",
                    px(y(at.value)),
                    mark(line.look)
                );
            }
        }
        out.push_str("</g>");
    }

    /// The names of the lines, at their ends or in a key.
    fn names(&self, out: &mut String, frame: &Frame, y: &dyn Fn(f64) -> f64, right: f64) {
        if self.lines.len() < 2 {
            return;
        }
        let mut places: Vec<(f64, usize)> = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let last = line.points.iter().rfind(|(_, at)| !at.value.is_nan());
            places.push((last.map_or(frame.top, |(_, at)| y(at.value)), place));
        }
        if frame.names_at_ends {
            crate::collections::sort_by(&mut places, |a, b| a.0.total_cmp(&b.0));
            let mut lowest = frame.top + frame.height + 15.0;
            for (high, _) in places.iter_mut().rev() {
                *high = high.min(lowest - 15.0);
                lowest = *high;
            }
            let mut highest = frame.top - 15.0;
            for (high, _) in &mut places {
                *high = high.max(highest + 15.0);
                highest = *high;
            }
        }
        for (row, (high, place)) in places.into_iter().enumerate() {
            let line = &self.lines[place];
            let (left, high) = if frame.names_at_ends {
                (right + 4.0, high)
            } else {
                (frame.left, 12.0 + 18.0 * row as f64)
            };
            let sample = match line.kind {
                Kind::Steps => "<path class=\"area\" d=\"M0 -4H14V4H0Z\"/>".to_owned(),
                Kind::Dots => format!("<path class=\"dot\" d=\"M7 0{}\"/>", mark(line.look)),
                _ => format!(
                    "<path class=\"ink\" stroke-dasharray=\"{}\" d=\"M0 0H16\"/>",
                    DASHES[line.look % DASHES.len()]
                ),
            };
            let dot = if line.kind == Kind::Measured {
                format!("<path class=\"dot\" d=\"M8 0{}\"/>", mark(line.look))
            } else {
                String::new()
            };
            let _ = write!(
                out,
                "<g class=\"k{}\" transform=\"translate({} {})\">{sample}{dot}<text class=\"name\" x=\"20\" y=\"4\">{}</text></g>",
                line.look % 8,
                px(left),
                px(high),
                escape(&line.name)
            );
        }
    }
}

/// A tick's value, as short as it can be.
fn short(axis: &Axis, value: f64) -> String {
    match axis.unit {
        Unit::Share => format!("{} %", significant(value * 100.0, 3)),
        // The label says that it is a second.
        Unit::PerSecond => significant(value, 3),
        _ => axis.show(value),
    }
}

/// A mark around the point that a path has come to.
fn mark(look: usize) -> &'static str {
    match look % 8 {
        0 => "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
        1 => "m-3 -3h6v6h-6z",
        2 => "m0 -4.5l4 7h-8z",
        3 => "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
        4 => "m0 4.5l4 -7h-8z",
        5 => "m-4 -4l8 8m0 -8l-8 8",
        6 => "m-4.5 0h9m-4.5 -4.5v9",
        _ => "m-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
    }
}
