//! Charts as values, and what can be made of them: a picture (`picture.rs`), a table, a file of numbers (CSV), a sentence at a place.

use super::super::Estimate;
use super::super::number::significant;
use super::axis::Axis;
use crate::markup::attribute as escape;
use std::borrow::Cow;
use std::fmt::Write as _;

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

impl Chart {
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

#[cfg(test)]
mod tests {
    use super::super::super::Unit;
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
