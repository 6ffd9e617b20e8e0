//! `rowlock load`: traffic of transactions like those drawn, measured, and the closed forms beside it.

use rowlock_engine::load::decide::{Answers, Known, Recommendation, compare, recommend};
use rowlock_engine::load::number::{duration, percent, significant};
use rowlock_engine::load::{
    AtRetry, Choice, Drawn, Estimate, Measures, OnConflict, Policy, Prediction, Quantity, Queue,
    Rate, Readers, Settings, Simulation, Standing, Times, band, drawn, explanation, predictions,
};
use rowlock_engine::scenario::{self, Scenario, line_and_column};
use rowlock_engine::strategy::Strategy;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// How the command is used.
pub const USAGE: &str = "\
       rowlock load FILE.rowlock --lambda L [--t T|drawn] [--strategy S] [--json]
         traffic  --total (L over all rows)  --rows N  --rows-each K  --zipf S  --reads SHARE  --seed X
         time     --distribution fixed|exponential|lognormal[:CV]  --at-retry redraw|keep
         client   --on-conflict C|retry-forever  --connections N
         costs    --round-trip T  --think T  --retry-price T  --commit T
         locks    --readers snapshot|share  --queue first-come|readers-pass  --deadlock-timeout T
         faults   --crash SHARE  --duplicate SHARE  --hang SHARE
         run      --events N  --precision P (half width of the interval of the conflicts)  --decide  --compare
       L is a second, T in seconds or with a unit (250ms)";

/// What is asked for.
struct Options {
    file: String,
    pairs: Vec<(String, String)>,
    json: bool,
    total: bool,
    decide: bool,
    compare: bool,
}

const VALUED: [&str; 25] = [
    "--lambda",
    "--t",
    "--strategy",
    "--rows",
    "--rows-each",
    "--zipf",
    "--reads",
    "--seed",
    "--distribution",
    "--at-retry",
    "--on-conflict",
    "--connections",
    "--round-trip",
    "--think",
    "--retry-price",
    "--commit",
    "--readers",
    "--queue",
    "--deadlock-timeout",
    "--crash",
    "--duplicate",
    "--hang",
    "--events",
    "--precision",
    "--hang-time",
];

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            file: String::new(),
            pairs: Vec::new(),
            json: false,
            total: false,
            decide: false,
            compare: false,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--total" => options.total = true,
                "--decide" => options.decide = true,
                "--compare" => options.compare = true,
                flag if VALUED.contains(&flag) => {
                    let value = rest
                        .next()
                        .ok_or(format!("{flag} wants a value\n{USAGE}"))?;
                    if options.get(flag).is_some() {
                        return Err(format!("{flag} is given twice"));
                    }
                    options.pairs.push((flag.to_owned(), value.clone()));
                }
                flag if flag.starts_with("--") => {
                    return Err(format!("`{flag}` is not an option of load\n{USAGE}"));
                }
                file if options.file.is_empty() => file.clone_into(&mut options.file),
                extra => return Err(format!("`{extra}` is one file too many\n{USAGE}")),
            }
        }
        if options.file.is_empty() {
            return Err(format!("which file?\n{USAGE}"));
        }
        Ok(options)
    }

    fn get(&self, flag: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(other, _)| other == flag);
        pair.map(|(_, value)| value.as_str())
    }

    fn number<T: std::str::FromStr>(&self, flag: &str, what: &str) -> Result<Option<T>, String> {
        self.get(flag)
            .map(|text| {
                text.parse()
                    .map_err(|_| format!("{flag}: `{text}` is not {what}"))
            })
            .transpose()
    }

    /// A time in seconds, or with a unit.
    fn time(&self, flag: &str) -> Result<Option<f64>, String> {
        self.get(flag).map(|text| time(flag, text)).transpose()
    }
}

fn time(flag: &str, text: &str) -> Result<f64, String> {
    let (number, unit) = match text {
        _ if text.ends_with("us") => (&text[..text.len() - 2], 1e-6),
        _ if text.ends_with("ms") => (&text[..text.len() - 2], 1e-3),
        _ if text.ends_with('s') => (&text[..text.len() - 1], 1.0),
        _ => (text, 1.0),
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number * unit),
        _ => Err(format!(
            "{flag}: `{text}` is no time, such as 0.25, 250ms or 2s"
        )),
    }
}

/// Carries the command out.
pub fn answer(
    arguments: &[String],
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let options = Options::read(arguments)?;
    let text = read(&options.file)?;
    let mut scenario = scenario::read(&text).map_err(|errors| {
        let lines = errors
            .iter()
            .map(|error| format!("{}: {error}", options.file));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    if let Some(strategy) = options.get("--strategy") {
        scenario.strategy = strategy
            .parse()
            .map_err(|error| format!("--strategy: {error}"))?;
    }
    let drawing = drawn(&scenario).map_err(|failure| {
        let statement = &scenario.setup.get(failure.statement);
        let place = statement.map_or((1, 1), |it| line_and_column(&text, it.place.start));
        format!(
            "{}: line {}, column {}: the set-up fails: {}",
            options.file, place.0, place.1, failure.error
        )
    })?;
    let mut remarks = Vec::new();
    let settings = settings(&options, &scenario, &drawing, &mut remarks)?;
    settings
        .check()
        .map_err(|error| format!("{error}\n{USAGE}"))?;
    let events: u64 = options
        .number("--events", "a number of events")?
        .unwrap_or(2_000_000);
    if !(1000..=2_000_000_000).contains(&events) {
        return Err("--events: from 1000 to 2000000000".to_owned());
    }
    let precision: f64 = options.number("--precision", "a number")?.unwrap_or(0.0);
    let mut simulation = Simulation::new(&settings).map_err(|error| error.to_string())?;
    while simulation.spent() < events {
        let _ = simulation.run((events - simulation.spent()).min(50_000));
        if simulation.conflicts().half_width() < precision {
            break;
        }
    }
    let decision = options
        .decide
        .then(|| recommend(&settings, &answers(&scenario, &drawing), events / 4))
        .transpose()
        .map_err(|error| error.to_string())?;
    let table = options
        .compare
        .then(|| compare(&settings, events / 4))
        .transpose()
        .map_err(|error| error.to_string())?;
    let report = Report {
        scenario: &scenario,
        drawing: &drawing,
        settings: &settings,
        simulation: &simulation,
        measures: simulation.measures(),
        predictions: predictions(&settings),
        remarks,
    };
    if options.json {
        let mut value = report.json();
        if let Some(decision) = &decision {
            value["decision"] = decision_json(decision);
        }
        if let Some(table) = &table {
            value["comparison"] = table
                .iter()
                .map(|line| {
                    let cells = line.cells.iter().map(|cell| {
                        json!({
                            "column": cell.column.label(),
                            "text": cell.text,
                            "from": if cell.known == Known::Measured { "measured" } else { "known" },
                        })
                    });
                    json!({"strategy": line.strategy.slug(), "cells": cells.collect::<Vec<_>>()})
                })
                .collect();
        }
        let mut text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
        text.push('\n');
        return Ok(text);
    }
    let mut text = report.words();
    if let Some(decision) = &decision {
        decision_words(decision, &mut text);
    }
    if let Some(table) = &table {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\nEvery strategy on this traffic (* measured):");
        for line in table {
            let _ = writeln!(text, "  {}", line.strategy.name());
            for cell in &line.cells {
                let mark = if cell.known == Known::Measured {
                    '*'
                } else {
                    ' '
                };
                let _ = writeln!(text, "    {mark} {:<16} {}", cell.column.label(), cell.text);
            }
        }
    }
    Ok(text)
}

/// What the numbers cannot tell, as far as the scenario does.
fn answers(scenario: &Scenario, drawing: &Drawn) -> Answers {
    let gives_up = |client| !matches!(client, scenario::OnConflict::Retry { .. });
    Answers {
        can_retry: !scenario.on_conflict.is_some_and(gives_up),
        wrong_is_costly: !scenario.expect.is_empty(),
        older_may_vanish: matches!(scenario.strategy, Strategy::LastWriteWins),
        is_arithmetic: drawing.is_arithmetic,
    }
}

fn settings(
    options: &Options,
    scenario: &Scenario,
    drawing: &Drawn,
    remarks: &mut Vec<String>,
) -> Result<Settings, String> {
    let lambda: f64 = options
        .number("--lambda", "a number")?
        .ok_or(format!("--lambda: how many writers a second?\n{USAGE}"))?;
    let rate = if options.total {
        Rate::Total(lambda)
    } else {
        Rate::PerRow(lambda)
    };
    let rows = options.number("--rows", "a number of rows")?;
    let mut settings = drawing.settings(scenario, rate, rows);
    let (policy, remark) = Policy::of(&scenario.strategy);
    settings.policy = policy;
    remarks.extend(remark.map(str::to_owned));
    if let Some(each) = options.number("--rows-each", "a number of rows")? {
        settings.rows_each = each;
    }
    let drawn_t = matches!(options.get("--t"), None | Some("drawn"));
    if drawn_t && drawing.distances.is_empty() {
        return Err(format!(
            "{}: no transaction reads a row and writes it later, so no t can be taken from the drawing; give --t",
            options.file
        ));
    }
    let shape = options.get("--distribution");
    let mean = if drawn_t {
        settings.times.mean()
    } else {
        time("--t", options.get("--t").unwrap_or_default())?
    };
    if !drawn_t {
        // The model of the formulas, unless costs are given.
        settings.costs.commit = 0.0;
        settings.times = Times::Fixed(mean);
        settings.at_retry = AtRetry::Redraw;
    }
    match shape {
        None => {}
        Some("fixed") => settings.times = Times::Fixed(mean),
        Some("exponential") => settings.times = Times::Exponential { mean },
        Some(text) => {
            let variation = match text.strip_prefix("lognormal") {
                Some("") => Some(1.0),
                Some(rest) => rest.strip_prefix(':').and_then(|rest| rest.parse().ok()),
                None => None,
            };
            let variation = variation.ok_or(format!("--distribution: `{text}` is not fixed, exponential or lognormal, such as lognormal:0.5"))?;
            settings.times = Times::LogNormal { mean, variation };
        }
    }
    settings.at_retry = match options.get("--at-retry") {
        None => settings.at_retry,
        Some("redraw") => AtRetry::Redraw,
        Some("keep") => AtRetry::Keep,
        Some(text) => return Err(format!("--at-retry: `{text}` is neither redraw nor keep")),
    };
    if let Some(s) = options.number("--zipf", "a number")? {
        settings.choice = Choice::Zipf(s);
    }
    if let Some(share) = options.number("--reads", "a share")? {
        settings.read_share = share;
    }
    match options.get("--on-conflict") {
        None => {}
        Some("retry-forever") => settings.on_conflict = OnConflict::RETRY,
        Some(text) => {
            let client: scenario::OnConflict = text
                .parse()
                .map_err(|error| format!("--on-conflict: {error}"))?;
            settings.on_conflict = client.into();
        }
    }
    settings.connections = options.number("--connections", "a number of connections")?;
    let costs = &mut settings.costs;
    for (flag, cost) in [
        ("--round-trip", &mut costs.lock_round_trip),
        ("--think", &mut costs.think),
        ("--retry-price", &mut costs.retry),
        ("--commit", &mut costs.commit),
        ("--hang-time", &mut settings.faults.hang_time),
    ] {
        if let Some(time) = options.time(flag)? {
            *cost = time;
        }
    }
    let faults = &mut settings.faults;
    for (flag, fault) in [
        ("--crash", &mut faults.crash),
        ("--duplicate", &mut faults.duplicate),
        ("--hang", &mut faults.hang),
    ] {
        if let Some(share) = options.number(flag, "a share")? {
            *fault = share;
        }
    }
    if let Some(seed) = options.number("--seed", "a seed, a whole number")? {
        settings.seed = seed;
    }
    lock_options(options, &mut settings)?;
    Ok(settings)
}

fn lock_options(options: &Options, settings: &mut Settings) -> Result<(), String> {
    let given = ["--readers", "--queue", "--deadlock-timeout"];
    let (Policy::Pessimistic(locking) | Policy::UpsertLock(locking)) = &mut settings.policy else {
        return match given.into_iter().find(|flag| options.get(flag).is_some()) {
            Some(flag) => Err(format!(
                "{flag} is for strategies that lock, and {} does not",
                settings.policy.slug()
            )),
            None => Ok(()),
        };
    };
    match options.get("--readers") {
        None | Some("snapshot") => {}
        Some("share") => locking.readers = Readers::Share,
        Some(text) => return Err(format!("--readers: `{text}` is neither snapshot nor share")),
    }
    match options.get("--queue") {
        None | Some("first-come") => {}
        Some("readers-pass") => locking.queue = Queue::ReadersPass,
        Some(text) => {
            return Err(format!(
                "--queue: `{text}` is neither first-come nor readers-pass"
            ));
        }
    }
    if let Some(time) = options.time("--deadlock-timeout")? {
        locking.deadlock_timeout = time;
    }
    Ok(())
}

/// What is to be told.
struct Report<'a> {
    scenario: &'a Scenario,
    drawing: &'a Drawn,
    settings: &'a Settings,
    simulation: &'a Simulation,
    measures: Measures,
    predictions: Vec<Prediction>,
    remarks: Vec<String>,
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

    fn json(&self) -> Value {
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

    fn words(&self) -> String {
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

fn decision_json(decision: &Recommendation) -> Value {
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

fn decision_words(decision: &Recommendation, text: &mut String) {
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
