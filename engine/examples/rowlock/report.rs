//! What `rowlock load` tells: for people, and as JSON.

use rowlock_engine::load::decide::{Comparison, Known, Recommendation};
use rowlock_engine::load::number::{duration, percent, significant};
use rowlock_engine::load::{
    AtRetry, Choice, Drawn, Estimate, Measures, Prediction, Quantity, Settings, Simulation,
    Standing, band, explanation,
};
use rowlock_engine::scenario::Scenario;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What is to be told.
pub struct Report<'a> {
    pub scenario: &'a Scenario,
    pub drawing: &'a Drawn,
    pub settings: &'a Settings,
    pub simulation: &'a Simulation,
    pub measures: Measures,
    pub predictions: Vec<Prediction>,
    pub remarks: Vec<String>,
}

/// Six significant digits, so that a reader can compare; `null` for what is not known.
fn rounded(value: f64) -> Value {
    if value.is_nan() {
        Value::Null
    } else if value.is_infinite() {
        json!("infinite")
    } else {
        let text = significant(value, 6);
        text.parse::<f64>()
            .map_or(Value::Null, |number| json!(number))
    }
}

impl Report<'_> {
    /// Whether what was measured is what the formula says, as far as it claims to know.
    fn holds(&self, prediction: &Prediction) -> Option<bool> {
        let measured = self.measures.get(prediction.quantity);
        if self.measures.falls_behind && prediction.quantity != Quantity::Throughput {
            return None;
        }
        match prediction.standing {
            _ if measured.low.is_nan() => None,
            Standing::Exact => {
                // Where nothing is measured but the value itself, rounding is no difference.
                let slack = 1e-6 * prediction.value.abs();
                Some(
                    measured.low - slack <= prediction.value
                        && prediction.value <= measured.high + slack,
                )
            }
            Standing::UpperBound => Some(measured.low <= prediction.value),
            Standing::LowerBound => Some(measured.high >= prediction.value),
            Standing::Approximate => None,
        }
    }

    pub fn json(&self) -> Value {
        let settings = self.settings;
        let flow = self.simulation.flow();
        let measures: Vec<Value> = self
            .measures
            .all()
            .map(|(quantity, estimate)| {
                json!({
                    "id": quantity.id(),
                    "label": quantity.label(),
                    "unit": unit(quantity),
                    "value": rounded(estimate.value),
                    "low": rounded(estimate.low),
                    "high": rounded(estimate.high),
                })
            })
            .collect();
        let forms: Vec<Value> = self
            .predictions
            .iter()
            .map(|it| {
                json!({
                    "id": it.form.id,
                    "of": it.quantity.id(),
                    "value": rounded(it.value),
                    "measured": rounded(self.measures.get(it.quantity).value),
                    "standing": it.standing.as_str(),
                    "holds": self.holds(it),
                    "formula": it.form.formula,
                    "source": it.form.source,
                    "valid": it.form.valid,
                })
            })
            .collect();
        json!({
            "title": self.scenario.title,
            "strategy": self.scenario.strategy.to_string(),
            "settings": {
                "lambda": rounded(settings.lambda()),
                "t": rounded(settings.times.mean()),
                "t_distribution": settings.times.name(),
                "t_at_retry": at_retry(settings.at_retry),
                "lambda_t": rounded(settings.lambda_t()),
                "writers": rounded(settings.writers()),
                "read_share": rounded(settings.read_share),
                "rows": settings.rows,
                "rows_each": settings.rows_each,
                "zipf": match settings.choice { Choice::Zipf(s) => rounded(s), Choice::Uniform => Value::Null },
                "retries": settings.on_conflict.retries,
                "backoff": rounded(settings.on_conflict.backoff),
                "jitter": settings.on_conflict.jitter,
                "lock_round_trip": rounded(settings.costs.lock_round_trip),
                "think": rounded(settings.costs.think),
                "retry_price": rounded(settings.costs.retry),
                "commit": rounded(settings.costs.commit),
                "connections": settings.connections,
                "seed": settings.seed,
            },
            "flow": {
                "arrivals": flow.arrivals,
                "commits": flow.commits,
                "rejects": flow.rejects,
                "in_flight": flow.in_flight,
                "crashed": flow.crashed,
                "turned_away": flow.turned_away,
            },
            "events": self.measures.events,
            "time": rounded(self.measures.time),
            "falls_behind": self.measures.falls_behind,
            "interval": "95 %, by batch means; Wilson's where fewer than ten were seen",
            "measures": measures,
            "closed_forms": forms,
            "explanation": explanation(settings),
            "remarks": self.remarks,
        })
    }

    pub fn words(&self) -> String {
        let mut text = String::new();
        let out = &mut text;
        let settings = self.settings;
        let title = if self.scenario.title.is_empty() {
            "A scenario without a title"
        } else {
            &self.scenario.title
        };
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            out,
            "{title}, under load\nstrategy {}",
            self.scenario.strategy
        );
        let _ = writeln!(
            out,
            "λ = {} writers of each row a second, t = {} on average ({}), λt = {}",
            significant(settings.lambda(), 4),
            duration(settings.distance()),
            settings.times.name(),
            significant(settings.lambda_t(), 4)
        );
        let _ = writeln!(out, "{}", self.traffic());
        for remark in &self.remarks {
            let _ = writeln!(out, "{remark}");
        }
        let flow = self.simulation.flow();
        let _ = writeln!(
            out,
            "\n{} events, {} of traffic: {} arrivals = {} commits + {} rejects + {} under way",
            self.measures.events,
            duration(self.simulation.now()),
            flow.arrivals,
            flow.commits,
            flow.rejects,
            flow.in_flight
        );
        if self.measures.falls_behind {
            let _ = writeln!(
                out,
                "More comes than can be done: queues grow as long as it goes on, and latencies only tell for how long it did."
            );
        }
        let _ = writeln!(
            out,
            "\nMeasured, with 95 % intervals (batch means; Wilson's for rare events):"
        );
        for (quantity, estimate) in self.measures.all() {
            let _ = writeln!(
                out,
                "  {:<30} {}",
                quantity.label(),
                shown(quantity, estimate)
            );
        }
        let _ = writeln!(out, "\nThe closed forms:");
        for prediction in &self.predictions {
            let unit = prediction.quantity.unit();
            let verdict = match self.holds(prediction) {
                Some(true) => ", and so it is",
                Some(false) => ", which the measurement does not bear out",
                None => "",
            };
            let _ = writeln!(
                out,
                "  {} of {}: {}, measured {}{verdict}\n    {}\n    source: {}\n    valid: {}",
                prediction.standing.as_str(),
                prediction.quantity.label(),
                unit.show(prediction.value),
                unit.show(self.measures.get(prediction.quantity).value),
                prediction.form.formula,
                prediction.form.source,
                prediction.form.valid
            );
        }
        let [first, second] = explanation(settings);
        let _ = writeln!(out, "\n{first} {second}");
        let _ = writeln!(
            out,
            "λt = {}: {}.",
            significant(settings.lambda_t(), 4),
            advice(settings.lambda_t())
        );
        text
    }

    /// What else the traffic is, in a sentence or two.
    fn traffic(&self) -> String {
        let settings = self.settings;
        let mut parts = vec![match settings.choice {
            _ if settings.rows == 1 => "one row".to_owned(),
            Choice::Zipf(s) if s > 0.0 => format!(
                "{} rows by Zipf's law with s = {}",
                settings.rows,
                significant(s, 3)
            ),
            _ => format!("{} rows, all alike", settings.rows),
        }];
        if settings.rows_each > 1 {
            parts.push(format!("{} of them each", settings.rows_each));
        }
        if settings.read_share > 0.0 {
            parts.push(format!(
                "{} of transactions only read",
                percent(settings.read_share)
            ));
        }
        parts.push(match settings.on_conflict.retries {
            Some(0) => "a conflict ends the transaction".to_owned(),
            retries => {
                let limit = retries.map_or("without end".to_owned(), |limit| {
                    format!("at most {limit} times")
                });
                let pause = match settings.on_conflict.backoff {
                    0.0 => "at once".to_owned(),
                    backoff => format!(
                        "after {}, doubled each time{}",
                        duration(backoff),
                        if settings.on_conflict.jitter {
                            ", with jitter"
                        } else {
                            ""
                        }
                    ),
                };
                format!(
                    "a conflict is retried {limit}, {pause}, with {}",
                    at_retry(settings.at_retry)
                )
            }
        });
        let costs = &settings.costs;
        for (name, time) in [
            ("a lock's round trip", costs.lock_round_trip),
            ("thinking", costs.think),
            ("a retry", costs.retry),
            ("from write to commit", costs.commit),
        ] {
            if time > 0.0 {
                parts.push(format!("{name} takes {}", duration(time)));
            }
        }
        if let Some(connections) = settings.connections {
            parts.push(format!("{connections} connections"));
        }
        if self.drawing.blind > 0 {
            parts.push(format!(
                "{} drawn transactions write without reading and are left out of t",
                self.drawing.blind
            ));
        }
        parts.join("; ")
    }
}

fn at_retry(at_retry: AtRetry) -> &'static str {
    match at_retry {
        AtRetry::Redraw => "a new t",
        AtRetry::Keep => "the same t",
    }
}

fn unit(quantity: Quantity) -> &'static str {
    use rowlock_engine::load::Unit;
    match quantity.unit() {
        Unit::Share => "share",
        Unit::Seconds => "s",
        Unit::PerSecond => "1/s",
        Unit::Number => "number",
    }
}

fn shown(quantity: Quantity, estimate: Estimate) -> String {
    let unit = quantity.unit();
    let value = unit.show(estimate.value);
    if estimate.low.is_nan() {
        return value;
    }
    format!(
        "{value:<12} {} to {}",
        unit.show(estimate.low),
        unit.show(estimate.high)
    )
}

fn advice(lambda_t: f64) -> &'static str {
    use rowlock_engine::load::Band;
    match band(lambda_t) {
        Band::Optimistic => "below 0.1 the literature advises optimistic locking",
        Band::Measure => "between 0.1 and 1 the literature says to measure under real load",
        Band::Pessimistic => "above 1 the literature advises pessimistic locking",
    }
}

pub fn decision_json(decision: &Recommendation) -> Value {
    let advice = &decision.advice;
    json!({
        "strategy": decision.strategy.to_string(),
        "sentence": decision.sentence,
        "reasons": decision.reasons,
        "would_change": decision.would_change,
        "questions": decision.questions.iter().map(|it| json!({
            "question": it.question,
            "answer": it.answer,
            "from": if it.is_measured { "measured" } else { "known" },
        })).collect::<Vec<_>>(),
        "trees": decision.walks.iter().map(|walk| json!({
            "title": walk.tree.title,
            "taken": walk.taken.iter().map(|taken| json!({
                "question": taken.question,
                "answer": taken.answer,
                "number": taken.evidence.shown(),
                "of": taken.evidence.label,
                "from": if taken.evidence.is_measured { "measured" } else { "known" },
                "sure": taken.is_sure,
                "would_change": taken.would_change,
            })).collect::<Vec<_>>(),
            "advice": walk.advised.sentence(),
        })).collect::<Vec<_>>(),
        "literature": advice.literature,
        "measured_winner": advice.contest.winner.as_str(),
        "measured_because": advice.contest.because,
        "agreement": advice.agreement.as_str(),
        "factors": advice.factors.iter().map(|factor| json!({
            "with": factor.change,
            "taken_out": factor.taken_out,
            "winner": factor.winner.as_str(),
            "ratio": rounded(factor.ratio),
            "turns": factor.turns,
        })).collect::<Vec<_>>(),
    })
}

pub fn decision_words(decision: &Recommendation, text: &mut String) {
    let out = text;
    let _ = writeln!(out, "\nRecommended: {}", decision.sentence);
    for reason in &decision.reasons {
        let _ = writeln!(out, "  {reason}");
    }
    let _ = writeln!(out, "What would change it:");
    for change in &decision.would_change {
        let _ = writeln!(out, "  {change}");
    }
    for walk in &decision.walks {
        let _ = writeln!(out, "{}:", walk.tree.title);
        for taken in &walk.taken {
            let sure = if taken.is_sure { "" } else { " (not sure)" };
            let _ = writeln!(
                out,
                "  {} {}{sure}: {}",
                taken.question,
                taken.answer,
                taken.evidence.shown()
            );
        }
        let _ = writeln!(out, "  {}", walk.advised.sentence());
    }
    let _ = writeln!(out, "The questions that decide:");
    for question in &decision.questions {
        let _ = writeln!(out, "  {} {}", question.question, question.answer);
    }
    let advice = &decision.advice;
    let _ = writeln!(
        out,
        "Optimistic against pessimistic, one thing changed at a time (mean latency, optimistic by pessimistic; as it is {}):",
        significant(advice.contest.ratio, 3)
    );
    for factor in &advice.factors {
        let turns = if factor.turns { ", which turns it" } else { "" };
        let _ = writeln!(
            out,
            "  with {}: {}, {}{turns}",
            factor.change,
            significant(factor.ratio, 3),
            factor.winner.as_str()
        );
    }
}

/// The comparison table for machines.
pub fn comparison_json(table: &[Comparison]) -> Value {
    let lines = table.iter().map(|line| {
        let cells = line.cells.iter().map(|cell| {
            json!({
                "column": cell.column.label(),
                "text": cell.text,
                "from": if cell.known == Known::Measured { "measured" } else { "known" },
            })
        });
        json!({"strategy": line.strategy.slug(), "cells": cells.collect::<Vec<_>>()})
    });
    lines.collect()
}

/// The comparison table for people.
pub fn comparison_words(table: &[Comparison], out: &mut String) {
    let _ = writeln!(out, "\nEvery strategy on this traffic (* measured):");
    for line in table {
        let _ = writeln!(out, "  {}", line.strategy.name());
        for cell in &line.cells {
            let mark = if cell.known == Known::Measured {
                '*'
            } else {
                ' '
            };
            let _ = writeln!(out, "    {mark} {:<16} {}", cell.column.label(), cell.text);
        }
    }
}
