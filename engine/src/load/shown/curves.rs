//! The charts of a workload, from closed forms and what was measured.

use super::super::findings::{Findings, LEAST, MOST, pause, values};
use super::super::forms::{POISSON, famous};
use super::super::number::{duration, percent, significant};
use super::super::{
    Bin, Estimate, Policy, Prediction, Quantity, Settings, Standing, Unit, crossings, predictions,
};
use super::axis::Axis;
use super::chart::{Chart, Ground, Kind, Line, Mark};

/// Points of a curve between two measured ones.
const BETWEEN: usize = 4;

fn load_axis() -> Axis {
    Axis {
        label: "λt, other writers to expect between read and write".into(),
        unit: Unit::Number,
        low: LEAST,
        high: MOST,
        log: true,
    }
}

/// What a strategy is called in a chart.
#[must_use]
pub fn name(policy: &Policy) -> String {
    policy.slug().replace('-', " ")
}

/// What theory says of conflicts under the strategy, beside the famous formula.
fn own_forms(settings: &Settings) -> Vec<Prediction> {
    let mut all = predictions(settings);
    all.retain(|it| it.quantity == Quantity::Conflict && it.form.id != POISSON.id);
    all
}

/// A formula's right side, and how it stands to the truth if it is not the truth itself.
fn formula(it: &Prediction) -> String {
    let right = it
        .form
        .formula
        .split_once(" = ")
        .map_or("", |(_, right)| right);
    let right = right.split([',', ';']).next().unwrap_or_default();
    match it.standing {
        Standing::Exact => right.to_owned(),
        standing => format!("{right}, {}", standing.as_str()),
    }
}

/// Conflicts as they were measured: of the workload itself, and over lambda t under its strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// The probability of a conflict.
    pub here: f64,
    /// The same at each value of lambda t.
    pub points: Vec<(f64, Estimate)>,
}

impl Dots {
    /// From what was found.
    #[must_use]
    pub fn of(findings: &Findings) -> Self {
        Self {
            here: findings.own.conflicts().value,
            points: findings
                .sweep
                .curve(findings.own_place(), Quantity::Conflict),
        }
    }
}

/// The curve of the famous formula, that of the strategy, and what was measured.
#[must_use]
pub fn conflicts(settings: &Settings, measured: Option<&Dots>) -> Chart {
    let values = values();
    let mut fine = Vec::new();
    for pair in values.windows(2) {
        let step = (pair[1] / pair[0]).powf(1.0 / BETWEEN as f64);
        fine.extend((0..BETWEEN as i32).map(|place| pair[0] * step.powi(place)));
    }
    fine.push(MOST);
    let curve = |of: &dyn Fn(f64) -> Option<f64>| -> Vec<(f64, Estimate)> {
        let points = fine.iter().filter_map(|at| Some((*at, of(*at)?)));
        points
            .filter(|(_, value)| value.is_finite())
            .map(|(at, value)| (at, Estimate::exact(value.min(1.0))))
            .collect()
    };
    let mut lines = vec![Line {
        name: "1 − e^(−λt)".to_owned(),
        look: 7,
        kind: Kind::Curve,
        points: curve(&|at| Some(famous(at))),
    }];
    let forms = own_forms(settings);
    for (place, form) in forms.iter().enumerate() {
        let at = |at: f64| {
            let all = own_forms(&settings.with_lambda_t(at));
            all.iter()
                .find(|it| it.form.id == form.form.id)
                .map(|it| it.value)
        };
        lines.push(Line {
            name: formula(form),
            look: 1 + place,
            kind: Kind::Curve,
            points: curve(&at),
        });
    }
    let mut summary = format!(
        "At λt = {} the formula 1 − e^(−λt) gives {}",
        significant(settings.lambda_t(), 3),
        percent(famous(settings.lambda_t()))
    );
    for form in &forms {
        summary.push_str(&format!(
            ", {} gives {}",
            formula(form),
            percent(form.value)
        ));
    }
    if let Some(dots) = measured {
        summary.push_str(&format!(", and {} was measured", percent(dots.here)));
        lines.push(Line {
            name: "measured".to_owned(),
            look: 0,
            kind: Kind::Dots,
            points: dots.points.clone(),
        });
    }
    summary.push('.');
    let here = settings.lambda_t();
    let beyond = if here > MOST {
        ", off the picture →"
    } else if here < LEAST {
        ", off the picture ←"
    } else {
        ""
    };
    Chart {
        id: "conflicts-plot".into(),
        title: "How likely another writer comes between".to_owned(),
        summary,
        x: load_axis(),
        y: Axis {
            label: "conflicts per write".into(),
            unit: Unit::Share,
            low: 0.0,
            high: 1.0,
            log: false,
        },
        marks: vec![Mark {
            x: here.clamp(LEAST, MOST),
            y: Some(famous(here)),
            label: format!("λt = {}{beyond}", significant(here, 3)),
        }],
        lines,
        grounds: [
            (LEAST, 0.1, "optimistic"),
            (0.1, 1.0, "measure"),
            (1.0, MOST, "pessimistic"),
        ]
        .map(|(from, to, name)| Ground {
            from,
            to,
            name: name.into(),
        })
        .to_vec(),
        stops: values,
    }
}

/// A quantity against lambda t under all strategies; strategies that come to exactly the same are one line.
#[must_use]
pub fn sweep(findings: &Findings, quantity: Quantity) -> Chart {
    let is_latency = quantity != Quantity::Throughput;
    let policies = findings.policies.len();
    let mut lines: Vec<Line> = Vec::new();
    for (place, policy) in findings.policies.iter().enumerate() {
        let cells = findings.sweep.cells().chunks(policies);
        let points: Vec<(f64, Estimate)> = cells
            .filter_map(|cells| {
                let cell = cells.get(place)?;
                let value = cell.measures.get(quantity);
                Some(if is_latency && cell.measures.falls_behind {
                    (cell.lambda_t, Estimate::without_interval(f64::INFINITY))
                } else {
                    (cell.lambda_t, value)
                })
            })
            .collect();
        let alike = lines.iter_mut().find(|line| {
            let pairs = line.points.iter().zip(&points);
            pairs.into_iter().all(|(a, b)| a.1.value == b.1.value)
        });
        match alike {
            Some(line) => line.name = format!("{}, {}", line.name, name(policy)),
            None => lines.push(Line {
                name: name(policy),
                look: place,
                kind: Kind::Measured,
                points,
            }),
        }
    }
    let finite = || {
        let values = lines.iter().flat_map(|line| &line.points);
        let values = values.map(|(_, it)| it.value);
        values.filter(|value| value.is_finite() && *value > 0.0)
    };
    let (low, high) = (
        finite().fold(f64::MAX, f64::min),
        finite().fold(0.0, f64::max),
    );
    let (low, high) = if low < high { (low, high) } else { (0.1, 1.0) };
    let crossed = crossed(&lines);
    let settings = &findings.question.settings;
    let mut marks: Vec<Mark> = crossed
        .iter()
        .map(|(at, _, label)| Mark {
            x: *at,
            y: None,
            label: label.clone(),
        })
        .collect();
    let here = settings.lambda_t();
    if (LEAST..=MOST).contains(&here) {
        marks.push(Mark {
            x: here,
            y: None,
            label: "this workload".to_owned(),
        });
    }
    let crossings = if crossed.is_empty() {
        "No two curves cross beyond their intervals.".to_owned()
    } else {
        let all: Vec<String> = crossed.iter().map(|(_, words, _)| words.clone()).collect();
        format!("{}.", all.join(". "))
    };
    Chart {
        id: if is_latency {
            "latency-plot"
        } else {
            "throughput-plot"
        }
        .into(),
        title: format!(
            "{} against λt, for all strategies",
            if is_latency {
                quantity.label().replacen('l', "L", 1)
            } else {
                "Throughput".to_owned()
            }
        ),
        summary: crossings,
        x: load_axis(),
        y: Axis {
            label: if is_latency {
                "latency of writers; the top edge: without end"
            } else {
                "commits a second"
            }
            .into(),
            unit: quantity.unit(),
            low: low / 1.15,
            high: high * 1.15,
            log: true,
        },
        lines,
        marks,
        grounds: Vec::new(),
        stops: values(),
    }
}

/// Where two lines cross beyond doubt, which is where one lies below the other before and above it after, intervals apart: at which
/// lambda t, in words, and in short. Of a pair the first place counts.
fn crossed(lines: &[Line]) -> Vec<(f64, String, String)> {
    let mut all = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        for other in &lines[place + 1..] {
            // The last place at which they were apart, and whether the first was below.
            let mut apart: Option<(f64, bool)> = None;
            for ((at, a), (_, b)) in line.points.iter().zip(&other.points) {
                let is_below = a.is_below(b);
                if !a.value.is_finite() || !b.value.is_finite() {
                    break;
                }
                if !is_below && !b.is_below(a) {
                    continue;
                }
                if let Some((from, was_below)) = apart
                    && was_below != is_below
                {
                    let found = crossings(&line.points, &other.points);
                    let between = found.iter().map(|it| it.lambda_t);
                    let between = between.rev().find(|it| (from..=*at).contains(it));
                    if let Some(lambda_t) = between {
                        let (under, over) = if was_below {
                            (line, other)
                        } else {
                            (other, line)
                        };
                        all.push((
                            lambda_t,
                            format!(
                                "Up to λt = {} {} lies below {}, then above",
                                significant(lambda_t, 2),
                                under.name,
                                over.name
                            ),
                            format!("{} × {}", first(&line.name), first(&other.name)),
                        ));
                    }
                    break;
                }
                apart = Some((*at, is_below));
            }
        }
    }
    crate::collections::sort_by(&mut all, |a, b| a.0.total_cmp(&b.0));
    all
}

/// The first of the names of a line.
fn first(names: &str) -> &str {
    names.split(',').next().unwrap_or(names)
}

/// How the latencies of the workload are spread.
#[must_use]
pub fn histogram(findings: &Findings) -> Chart {
    let measures = findings.measures();
    let bars = measures.writers.bars(8);
    let mut points: Vec<(f64, Estimate)> = bars
        .iter()
        .map(|bar| (bar.from, Estimate::without_interval(bar.share)))
        .collect();
    let stops = points.iter().map(|(at, _)| *at).collect();
    if let Some(last) = bars.last() {
        points.push((last.to, Estimate::without_interval(0.0)));
    }
    let (low, high) = match (bars.first(), bars.last()) {
        (Some(first), Some(last)) => (first.from / 1.2, last.to * 1.2),
        _ => (0.01, 1.0),
    };
    let highest = bars.iter().map(|bar| bar.share).fold(0.0, f64::max);
    let quantiles = [
        ("p50", Quantity::LatencyP50),
        ("p95", Quantity::LatencyP95),
        ("p99", Quantity::LatencyP99),
    ];
    let quantiles = quantiles.map(|(name, quantity)| (name, measures.get(quantity).value));
    let words = quantiles.map(|(name, value)| format!("{name} {}", duration(value)));
    Chart {
        id: "histogram-plot".into(),
        title: format!(
            "Latency of writers, {}",
            name(&findings.question.settings.policy)
        ),
        summary: format!("{}.", words.join(", ")),
        x: Axis {
            label: "latency".into(),
            unit: Unit::Seconds,
            low,
            high,
            log: true,
        },
        y: Axis {
            label: "share of commits".into(),
            unit: Unit::Share,
            low: 0.0,
            high: if highest > 0.0 { highest * 1.1 } else { 1.0 },
            log: false,
        },
        lines: vec![Line {
            name: "share".to_owned(),
            look: 0,
            kind: Kind::Steps,
            points,
        }],
        marks: quantiles
            .into_iter()
            .zip(words)
            .filter(|((_, value), _)| *value > 0.0)
            .map(|((_, value), label)| Mark {
                x: value,
                y: None,
                label,
            })
            .collect(),
        grounds: Vec::new(),
        stops,
    }
}

/// Many clients at once, with and without a pause before they try again.
#[must_use]
pub fn storm(findings: &Findings) -> Chart {
    let names = [
        "without a pause".to_owned(),
        format!(
            "pause from {}",
            duration(pause(&findings.question.settings))
        ),
    ];
    let end = findings
        .storm
        .simulations()
        .map(|it| it.now())
        .into_iter()
        .fold(0.0, f64::max);
    // Both as steps of the same width, so that they can be read off together.
    let width = findings
        .storm
        .series()
        .map(|it| it.width())
        .into_iter()
        .fold(0.0, f64::max);
    let mut sums = Vec::new();
    let mut lines = Vec::new();
    let mut stops: Vec<f64> = Vec::new();
    for (look, (series, name)) in findings.storm.series().into_iter().zip(names).enumerate() {
        let join = (width / series.width()).round().max(1.0) as usize;
        let bins: Vec<&Bin> = series.bins().collect();
        let points: Vec<(f64, Estimate)> = bins
            .chunks(join)
            .enumerate()
            .map(|(place, bins)| {
                let failures: f64 = bins.iter().map(|bin| bin.failures).sum();
                (
                    place as f64 * width,
                    Estimate::without_interval(failures / width),
                )
            })
            .collect();
        let sum = |of: fn(&Bin) -> f64| -> f64 { bins.iter().map(|bin| of(bin)).sum() };
        sums.push((sum(|bin| bin.failures), sum(|bin| bin.commits)));
        if points.len() > stops.len() {
            stops = points.iter().map(|(at, _)| *at).collect();
        }
        lines.push(Line {
            name,
            look,
            kind: Kind::Curve,
            points,
        });
    }
    let values = lines.iter().flat_map(|line: &Line| &line.points);
    let highest = values.map(|(_, it)| it.value).fold(0.0, f64::max);
    let whole = |value: f64| significant(value, 4);
    Chart {
        id: "storm-plot".into(),
        title: format!(
            "A retry storm: {} optimistic clients at once",
            findings.question.crowd
        ),
        summary: format!(
            "In {} without a pause {} attempts fail and {} transactions commit; with a pause that doubles and is drawn anew each time {} fail and {} commit.",
            duration(end),
            whole(sums[0].0),
            whole(sums[0].1),
            whole(sums[1].0),
            whole(sums[1].1)
        ),
        x: Axis {
            label: "time".into(),
            unit: Unit::Seconds,
            low: 0.0,
            high: if end > 0.0 { end } else { 1.0 },
            log: false,
        },
        y: Axis {
            label: "failed attempts a second".into(),
            unit: Unit::PerSecond,
            low: 0.0,
            high: if highest > 0.0 { highest * 1.05 } else { 1.0 },
            log: false,
        },
        lines,
        marks: Vec::new(),
        grounds: Vec::new(),
        stops,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::findings::Question;
    use super::super::super::{Finding as _, OnConflict};
    use super::*;

    fn found(settings: &Settings) -> Findings {
        let question = Question {
            settings: settings.clone(),
            keeps_client: false,
            crowd: 40,
        };
        let mut findings = Findings::of(&question).expect("it can be simulated");
        // A fraction of all is sharp enough.
        for _ in 0..60 {
            findings.run(100_000);
        }
        findings
    }

    #[test]
    fn the_measured_dots_lie_on_the_curve_of_the_strategy() {
        for (policy, client) in [
            (Policy::None, OnConflict::RETRY),
            (Policy::Optimistic, OnConflict::REJECT),
        ] {
            let settings = Settings {
                policy,
                on_conflict: client,
                ..Settings::default()
            };
            let chart = conflicts(&settings, Some(&Dots::of(&found(&settings))));
            let dots = chart.lines.iter().find(|line| line.kind == Kind::Dots);
            let dots = &dots.expect("something was measured").points;
            // The strategy's own curve is the last one.
            let mut curves = chart.lines.iter().filter(|line| line.kind == Kind::Curve);
            let curve = &curves.next_back().expect("there is a curve").points;
            assert_eq!(dots.len(), 20);
            for (at, dot) in dots {
                let near = |point: &&(f64, Estimate)| (point.0 / at - 1.0).abs() < 1e-9;
                let expected = curve
                    .iter()
                    .find(near)
                    .expect("a point of the curve")
                    .1
                    .value;
                assert!(
                    (dot.value - expected).abs() < 0.04,
                    "{policy:?} {at} {dot:?} {expected}"
                );
            }
        }
    }

    #[test]
    fn strategies_that_come_to_the_same_are_one_line_and_endless_latencies_are_said_to_be() {
        let findings = found(&Settings::default());
        let chart = sweep(&findings, Quantity::LatencyP95);
        let names: Vec<&str> = chart.lines.iter().map(|line| line.name.as_str()).collect();
        assert!(
            names.contains(&"none, last write wins, upsert"),
            "{names:?}"
        );
        let lock = chart.lines.iter().find(|line| line.name == "pessimistic");
        let last = lock
            .and_then(|line| line.points.last())
            .expect("it has points");
        assert_eq!(last.1.value, f64::INFINITY);
        // Endless is at the top edge, and nothing of it is written as a number.
        assert!(!chart.svg(800, false).contains("NaN") && !chart.csv().contains('∞'));
    }

    #[test]
    fn a_pause_takes_the_failures_out_of_the_storm() {
        let findings = found(&Settings::default().with_lambda_t(0.1));
        let chart = storm(&findings);
        let failures = |line: &Line| -> f64 { line.points.iter().map(|(_, it)| it.value).sum() };
        assert!(failures(&chart.lines[1]) * 2.0 < failures(&chart.lines[0]));
    }

    #[test]
    fn a_lock_that_costs_a_round_trip_crosses_optimistic_locking() {
        let mut settings = Settings::default();
        settings.costs.lock_round_trip = 0.01;
        let chart = sweep(&found(&settings), Quantity::Latency);
        assert!(
            chart.summary.contains("optimistic lies below pessimistic"),
            "{}",
            chart.summary
        );
        let mark = "optimistic × pessimistic";
        assert!(chart.marks.iter().any(|it| it.label == mark));
    }
}
