//! What the page is told of traffic.

use super::bytes::{Reader, Writer};
use crate::load::shown::{Axis, Chart, Dots, Ground, Kind, Line, Mark};
use crate::load::{Estimate, Unit};
use crate::strategy::Strategy;

/// What was measured of a workload, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// How often another writer came between.
    pub conflicts: Dots,
    /// Throughput of all strategies over the load.
    pub throughput: Chart,
    /// Their latencies: p50, p95, p99, mean ([`Measured::LATENCIES`]).
    pub latencies: Vec<Chart>,
    /// How the workload's latencies are spread.
    pub histogram: Chart,
    /// The retry storm.
    pub storm: Chart,
    /// Everything that was measured of the workload, with the closed forms beside it, as HTML.
    pub table: String,
}

/// What to decide, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// For each way in which the four questions can be answered ([`Decision::told`]): a click is then answered at once.
    pub told: Vec<Told>,
    /// Both trees with the way through them, as HTML.
    pub trees: String,
    /// The literature's advice and the measurement at three values of lambda t, as HTML.
    pub points: String,
    /// Every strategy on this workload, as HTML.
    pub comparison: String,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The strategy.
    pub strategy: Strategy,
    /// In a sentence.
    pub sentence: String,
    /// Why: full sentences, with the numbers behind them.
    pub reasons: Vec<String>,
    /// What would change it: full sentences.
    pub would_change: Vec<String>,
    /// The questions that decide: each with its answer, and whether that was measured.
    pub questions: Vec<(String, String, bool)>,
}

impl Measured {
    pub(super) fn write(&self, out: &mut Writer) {
        out.real(self.conflicts.here)
            .list(&self.conflicts.points, point);
        chart(out, &self.throughput);
        out.list(&self.latencies, chart);
        chart(out, &self.histogram);
        chart(out, &self.storm);
        out.text(&self.table);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            conflicts: Dots {
                here: from.real()?,
                points: from.list(point_of)?,
            },
            throughput: chart_of(from)?,
            latencies: from.list(chart_of)?,
            histogram: chart_of(from)?,
            storm: chart_of(from)?,
            table: from.text()?,
        })
    }
}

impl Decision {
    pub(super) fn write(&self, out: &mut Writer) {
        out.list(&self.told, |out, told| told.write(out))
            .text(&self.trees)
            .text(&self.points)
            .text(&self.comparison);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            told: from.list(Told::read)?,
            trees: from.text()?,
            points: from.text()?,
            comparison: from.text()?,
        })
    }
}

impl Told {
    fn write(&self, out: &mut Writer) {
        out.text(&self.strategy.to_string())
            .text(&self.sentence)
            .texts(&self.reasons)
            .texts(&self.would_change)
            .list(&self.questions, |out, (question, answer, measured)| {
                out.text(question).text(answer).flag(*measured);
            });
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            strategy: from.text()?.parse().ok()?,
            sentence: from.text()?,
            reasons: from.texts()?,
            would_change: from.texts()?,
            questions: from.list(|from| Some((from.text()?, from.text()?, from.flag()?)))?,
        })
    }
}

fn point(out: &mut Writer, (at, it): &(f64, Estimate)) {
    out.real(*at).real(it.value).real(it.low).real(it.high);
}

fn point_of(from: &mut Reader<'_>) -> Option<(f64, Estimate)> {
    let at = from.real()?;
    let estimate = Estimate {
        value: from.real()?,
        low: from.real()?,
        high: from.real()?,
    };
    Some((at, estimate))
}

/// Units and kinds of lines, by their numbers in a message.
const UNITS: [Unit; 4] = [Unit::Share, Unit::Seconds, Unit::PerSecond, Unit::Number];
const KINDS: [Kind; 4] = [Kind::Curve, Kind::Dots, Kind::Measured, Kind::Steps];

fn place<T: PartialEq>(all: &[T], wanted: &T) -> u64 {
    let place = all.iter().position(|it| it == wanted);
    place.unwrap_or_default() as u64
}

fn axis(out: &mut Writer, axis: &Axis) {
    out.text(&axis.label)
        .number(place(&UNITS, &axis.unit))
        .real(axis.low)
        .real(axis.high)
        .flag(axis.log);
}

fn axis_of(from: &mut Reader<'_>) -> Option<Axis> {
    Some(Axis {
        label: from.text()?.into(),
        unit: *UNITS.get(from.size()?)?,
        low: from.real()?,
        high: from.real()?,
        log: from.flag()?,
    })
}

fn chart(out: &mut Writer, chart: &Chart) {
    out.text(&chart.id).text(&chart.title).text(&chart.summary);
    axis(out, &chart.x);
    axis(out, &chart.y);
    out.list(&chart.lines, |out, line| {
        out.text(&line.name)
            .number(line.look as u64)
            .number(place(&KINDS, &line.kind))
            .list(&line.points, point);
    })
    .list(&chart.marks, |out, mark| {
        out.real(mark.x)
            .option(mark.y, |out, y| {
                out.real(y);
            })
            .text(&mark.label);
    })
    .list(&chart.grounds, |out, ground| {
        out.real(ground.from).real(ground.to).text(&ground.name);
    })
    .list(&chart.stops, |out, stop| {
        out.real(*stop);
    });
}

fn chart_of(from: &mut Reader<'_>) -> Option<Chart> {
    Some(Chart {
        id: from.text()?.into(),
        title: from.text()?,
        summary: from.text()?,
        x: axis_of(from)?,
        y: axis_of(from)?,
        lines: from.list(|from| {
            Some(Line {
                name: from.text()?,
                look: from.size()?,
                kind: *KINDS.get(from.size()?)?,
                points: from.list(point_of)?,
            })
        })?,
        marks: from.list(|from| {
            Some(Mark {
                x: from.real()?,
                y: from.option(Reader::real)?,
                label: from.text()?,
            })
        })?,
        grounds: from.list(|from| {
            Some(Ground {
                from: from.real()?,
                to: from.real()?,
                name: from.text()?.into(),
            })
        })?,
        stops: from.list(Reader::real)?,
    })
}
