//! Charts as values, and what can be made of them: a picture (SVG), a table, a file of numbers (CSV), a sentence at a place.
//!
//! Nothing is told by colour alone: each line has dashes, a mark and a name of its own, which stands at its end where there is
//! room, else in a key above. Text is as large on a phone as on a desk, because a chart is drawn for the width there is.

use super::super::number::{fixed, significant};
use super::super::{Estimate, Unit};
use crate::markup::attribute as escape;
use std::borrow::Cow;
use std::fmt::Write as _;

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it counts.
    pub label: Cow<'static, str>,
    /// In what.
    pub unit: Unit,
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Whether it is logarithmic.
    pub log: bool,
}

impl Axis {
    /// A value in its unit.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        self.unit.show(value)
    }

    /// How far along the axis a value is, 0 to 1.
    #[must_use]
    pub fn way(&self, value: f64) -> f64 {
        let way = if self.log {
            if value <= 0.0 {
                return 0.0;
            }
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        way.clamp(0.0, 1.0)
    }

    fn ticks(&self, most: usize) -> Vec<f64> {
        let mut ticks = Vec::new();
        if self.log {
            let first = self.low.log10().floor() as i32;
            let last = self.high.log10().ceil() as i32;
            let decades = (self.high / self.low).log10();
            let between: &[f64] = if decades * 3.0 <= most as f64 {
                &[1.0, 2.0, 5.0]
            } else {
                &[1.0]
            };
            let every = decades.ceil().max(1.0) as usize;
            let every = every.div_ceil(most.max(1)) as i32;
            for decade in first..=last {
                for step in between {
                    if decade.rem_euclid(every) == 0 {
                        ticks.push(step * 10f64.powi(decade));
                    }
                }
            }
        } else {
            let raw = (self.high - self.low) / most.max(1) as f64;
            let size = 10f64.powf(raw.log10().floor());
            let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * size);
            let step = steps.into_iter().find(|step| *step >= raw);
            let step = step.unwrap_or(raw);
            let count = ((self.high - self.low) / step + 1e-6) as usize;
            ticks.extend((0..=count).map(|place| self.low + step * place as f64));
        }
        ticks.retain(|tick| *tick >= self.low * (1.0 - 1e-9) && *tick <= self.high * (1.0 + 1e-9));
        ticks
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A curve.
    Curve,
    /// Points with bars for their intervals.
    Dots,
    /// Both.
    Measured,
    /// Steps over the axis, from each point to the next.
    Steps,
}

/// Values over the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Which colour, dashes and mark.
    pub look: usize,
    /// How it is drawn.
    pub kind: Kind,
    /// Its points, from left to right.
    pub points: Vec<(f64, Estimate)>,
}

/// A place that is marked.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// At which height; `None`: a line from top to bottom.
    pub y: Option<f64>,
    /// What it is.
    pub label: String,
}

/// A part of the picture with a ground of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    /// From.
    pub from: f64,
    /// To.
    pub to: f64,
    /// What it is; also its class.
    pub name: Cow<'static, str>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its id, and the name of its files.
    pub id: Cow<'static, str>,
    /// What it shows.
    pub title: String,
    /// What it says, for those who do not see it.
    pub summary: String,
    /// To the right.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// What is drawn.
    pub lines: Vec<Line>,
    /// What is marked.
    pub marks: Vec<Mark>,
    /// What it is drawn on.
    pub grounds: Vec<Ground>,
    /// The places at which it can be read off.
    pub stops: Vec<f64>,
}

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

    /// What the lines are at a stop, in words.
    #[must_use]
    pub fn read(&self, stop: usize) -> String {
        let Some(at) = self.stops.get(stop) else {
            return String::new();
        };
        let mut out = self.place(*at);
        for line in &self.lines {
            if let Some(value) = line.at(*at) {
                let _ = write!(out, "; {} {}", line.name, self.value(line, value));
            }
        }
        out
    }

    /// A place on the axis, in words.
    fn place(&self, at: f64) -> String {
        let name = self.x.label.split(',').next().unwrap_or_default();
        format!("{name} {}", self.x.show(at))
    }

    fn value(&self, line: &Line, at: &Estimate) -> String {
        let value = self.y.show(at.value);
        if at.high > at.low && line.kind != Kind::Curve {
            format!(
                "{value} ({} to {})",
                self.y.show(at.low),
                self.y.show(at.high)
            )
        } else {
            value
        }
    }

    /// The same as a table, in HTML.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = format!(
            "<table class=\"grid\"><caption>{}; in brackets 95 % intervals</caption><thead><tr><th scope=\"col\">{}</th>",
            escape(&self.title),
            escape(&self.x.label)
        );
        for line in &self.lines {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&line.name));
        }
        out.push_str("</tr></thead><tbody>");
        for stop in &self.stops {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", self.x.show(*stop));
            for line in &self.lines {
                let value = line.at(*stop).map(|at| self.value(line, at));
                let _ = write!(out, "<td>{}</td>", value.as_deref().unwrap_or("–"));
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table>");
        out
    }

    /// The same as numbers, a line for each stop, in seconds, shares and counts.
    #[must_use]
    pub fn csv(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut out = quoted(&self.x.label);
        for line in &self.lines {
            for what in ["", ", low", ", high"] {
                let _ = write!(out, ",{}", quoted(&format!("{}{what}", line.name)));
            }
        }
        out.push('\n');
        let number = |value: f64| {
            if value.is_finite() {
                significant(value, 6)
            } else {
                String::new()
            }
        };
        for stop in &self.stops {
            out.push_str(&number(*stop));
            for line in &self.lines {
                let none = Estimate::without_interval(f64::NAN);
                let at = line.at(*stop).unwrap_or(&none);
                for value in [at.value, at.low, at.high] {
                    let _ = write!(out, ",{}", number(value));
                }
            }
            out.push('\n');
        }
        out
    }
}

impl Line {
    /// Its value at a place at which it has a point.
    fn at(&self, place: f64) -> Option<&Estimate> {
        let near = |at: f64| (at - place).abs() <= 1e-9 * place.abs();
        let found = self.points.iter().find(|(at, _)| near(*at));
        found
            .map(|(_, value)| value)
            .filter(|it| !it.value.is_nan())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(lines: usize, log: bool) -> Chart {
        let x = Axis {
            label: "λt, writers".into(),
            unit: Unit::Number,
            low: 0.01,
            high: 10.0,
            log,
        };
        let stops = vec![0.01, 0.1, 1.0, 10.0];
        let points = stops.iter().map(|at| {
            let estimate = Estimate {
                value: *at,
                low: at * 0.9,
                high: at * 1.1,
            };
            (*at, estimate)
        });
        Chart {
            id: "test".into(),
            title: "A <test>".to_owned(),
            summary: String::new(),
            y: Axis {
                unit: Unit::Seconds,
                label: "latency".into(),
                ..x.clone()
            },
            x,
            lines: (0..lines)
                .map(|look| Line {
                    name: format!("line \"{look}\""),
                    look,
                    kind: Kind::Measured,
                    points: points.clone().collect(),
                })
                .collect(),
            marks: Vec::new(),
            grounds: Vec::new(),
            stops: stops.clone(),
        }
    }

    #[test]
    fn a_place_is_read_off_with_its_interval() {
        assert_eq!(
            chart(1, true).read(1),
            "λt 0.1; line \"0\" 100 ms (90 ms to 110 ms)"
        );
        assert_eq!(chart(1, true).read(9), "");
    }

    #[test]
    fn names_never_lie_on_one_another_and_nothing_leaves_the_picture() {
        for width in [320, 390, 640, 1200] {
            let chart = chart(8, true);
            let (frame, svg) = (chart.frame(width), chart.svg(width, false));
            assert!(frame.width > 100.0 && frame.left + frame.width <= frame.whole.0);
            let places = svg.split("translate(").skip(1);
            let mut rows: Vec<f64> = places
                .filter_map(|rest| rest.split(')').next()?.split(' ').nth(1)?.parse().ok())
                .collect();
            rows.sort_by(f64::total_cmp);
            assert_eq!(rows.len(), 8);
            assert!(
                rows.windows(2).all(|pair| pair[1] - pair[0] >= 14.9),
                "{rows:?}"
            );
            assert!(rows[7] <= frame.whole.1);
        }
    }

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        for (log, expected) in [(true, vec![0.01, 0.1, 1.0, 10.0]), (false, vec![])] {
            let axis = chart(1, log).x;
            let ticks = axis.ticks(5);
            assert!(
                ticks.iter().all(|tick| (0.0099..10.001).contains(tick)),
                "{ticks:?}"
            );
            if log {
                assert!(
                    ticks
                        .iter()
                        .zip(&expected)
                        .all(|(a, b)| (a / b - 1.0).abs() < 1e-9)
                );
            }
            assert!(ticks.len() >= 3);
        }
    }

    #[test]
    fn what_is_written_is_escaped() {
        let chart = chart(2, true);
        assert!(
            chart.svg(600, true).contains("A &lt;test>")
                || chart.svg(600, true).contains("A &lt;test&gt;")
        );
        assert!(chart.table().contains("<td>10 s (9 s to 11 s)</td>"));
        let csv = chart.csv();
        assert_eq!(csv.lines().count(), 5);
        assert!(csv.contains("\"line \"\"0\"\", low\""));
        assert!(csv.contains("\n0.1,0.1,0.09,0.11,"));
    }
}
