//! `rowlock load`: traffic of transactions like those drawn, measured, and the closed forms beside it.

mod report;

use report::{Report, comparison_json, comparison_words, decision_json, decision_words};
use rowlock_engine::load::decide::{Answers, compare, recommend};
use rowlock_engine::load::{
    AtRetry, Choice, Drawn, OnConflict, Policy, Queue, Rate, Readers, Settings, Simulation, Times,
    drawn, predictions,
};
use rowlock_engine::scenario::{self, Scenario, line_and_column};
use rowlock_engine::strategy::Strategy;

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
            value["comparison"] = comparison_json(table);
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
        comparison_words(table, &mut text);
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
