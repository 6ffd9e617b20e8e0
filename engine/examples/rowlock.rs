//! Rowlock on the command line.
//!
//! ```text
//! rowlock run FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--json]
//! rowlock code FILE.rowlock --language psql|go|sqlalchemy|django|spring|java [--strategy S] [--isolation I] [--on-conflict C]
//! rowlock export FILE.rowlock --as text|svg|mermaid|markdown|psql|isolation|json [--dark] [--address URL] [--strategy S] ...
//! rowlock load FILE.rowlock --lambda L [--t T] [--strategy S] [--rows N] [--seed X] [--json] ...
//! rowlock explore FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--most-states N] [--json]
//! rowlock explore FILE.rowlock --all-strategies
//! ```
//!
//! `explore` counts every schedule and prints what they come to, exactly. A schedule is the order in which steps are sent: at
//! each point any session that is not blocked may send its next one.
//!
//! `run` prints the account of the run in words, or with `--json` its trace, tables, results and verdict. `-` reads the
//! scenario from standard input. `code` prints the plan as code, each file after a line with its name; `export` prints a form
//! of the run to take away, the files of a set in the same way. A file may be anything that Rowlock opens: a text, a link, a
//! picture of its own, Markdown, a spec of the isolation tester. Exit status 0 when it ran, whatever the verdict; 2 for bad input, with the place and what
//! was expected on standard error.

#[path = "rowlock/load.rs"]
mod load;

use rowlock_engine::codegen::{Language, samples};
use rowlock_engine::diagram::svg;
use rowlock_engine::diagram::words::account;
use rowlock_engine::explore::{
    Comparison, Completeness, Explorer, Limits, Report, Status, Symmetry, moves,
};
use rowlock_engine::export::{Export, Look, Subject, report_json, trace_json};
use rowlock_engine::import::import;
use rowlock_engine::run::{Outcome, Run, SetupError, TableState, execute};
use rowlock_engine::scenario::{self, Scenario, line_and_column};
use rowlock_engine::strategy::{Origin, Plan, plan};
use rowlock_engine::verdict::{Verdict, judge};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
usage: rowlock run FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--json]
       rowlock code FILE.rowlock --language psql|go|sqlalchemy|django|spring|java [--strategy S]
       rowlock export FILE.rowlock --as text|svg|mermaid|markdown|psql|isolation|json [--dark] [--address URL]
       rowlock explore FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--most-states N] [--json]
       rowlock explore FILE.rowlock --all-strategies";

const HELP: &str = "
explore counts every schedule of the sessions' steps and says what they come to:
  - A schedule is the order in which steps are sent. At each point any session that is not blocked may send its next step:
    a statement as the strategy has it, a require, a fault, a call on the process's lock. The times that were drawn, a slow
    client and pauses between attempts do not matter.
  - A session that waits for an answer sends nothing. When it is answered, that is no step, nor is the ROLLBACK of a client
    that gives up or tries again; the steps of another attempt are.
  - Time stands still while anybody can send. When nobody can, what is due first happens: a session looks for a deadlock (of
    two that wait for each other the one that began to wait first is the victim), a lock_timeout ends, pg_sleep is over.
  - A schedule is over when nobody can send: all are done, or the rest wait for ever.
  - count: how many schedules end so. probability: how likely that is when at each point everybody who can send is equally
    likely to be next. schedule: the shortest that ends so. Sessions that do the same stand for each other.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .iter()
        .any(|argument| matches!(argument.as_str(), "--help" | "-h"))
    {
        println!("{USAGE}\n{HELP}");
        return ExitCode::SUCCESS;
    }
    match answer(&arguments) {
        // A reader that has seen enough closes the pipe; that is no failure of ours.
        Ok(text) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn answer(arguments: &[String]) -> Result<String, String> {
    if let Some(("load", rest)) = arguments
        .split_first()
        .map(|(name, rest)| (name.as_str(), rest))
    {
        return load::answer(rest, read);
    }
    let options = Options::read(arguments)?;
    let given = read(&options.file)?;
    let imported = import(&given).map_err(|error| format!("{}: {error}", options.file))?;
    for remark in &imported.remarks {
        eprintln!("{}: {remark}", options.file);
    }
    let text = imported.text;
    let mut scenario = scenario::read(&text).map_err(|errors| {
        errors
            .iter()
            .map(|error| format!("{}: {error}", options.file))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    if let Some(strategy) = &options.strategy {
        scenario.strategy = strategy
            .parse()
            .map_err(|error| format!("--strategy: {error}"))?;
    }
    if let Some(isolation) = &options.isolation {
        scenario.isolation = Some(
            isolation
                .parse()
                .map_err(|error| format!("--isolation: {error}"))?,
        );
    }
    if let Some(on_conflict) = &options.on_conflict {
        scenario.on_conflict = Some(
            on_conflict
                .parse()
                .map_err(|error| format!("--on-conflict: {error}"))?,
        );
    }
    let plan = plan(&scenario);
    let in_words_of = |failure: SetupError| {
        let statement = &plan.setup[failure.statement];
        let (line, column) = line_and_column(&text, statement.place.start);
        format!(
            "{}: line {line}, column {column}: the set-up fails: {}",
            options.file, failure.error
        )
    };
    if options.command == CommandName::Explore {
        return explored(&scenario, &options).map_err(in_words_of);
    }
    let run = execute(&plan).map_err(in_words_of)?;
    if options.command == CommandName::Code {
        let wanted = options.language.as_deref().unwrap_or("psql");
        let language = Language::ALL.into_iter().find(|it| it.slug() == wanted);
        let language = language.ok_or(format!("`{wanted}` is not a language\n{USAGE}"))?;
        let files = samples(&scenario, &plan, &run, language);
        let files = files
            .iter()
            .map(|it| format!("== {}\n{}", it.file, it.text));
        return Ok(files.collect::<Vec<_>>().join("\n"));
    }
    let verdict = judge(&scenario, &plan, &run);
    if options.command == CommandName::Export {
        let wanted = options.form.as_deref().unwrap_or("text");
        let export = Export::ALL.into_iter().find(|it| it.slug() == wanted);
        let export = export.ok_or(format!("`{wanted}` is not an export\n{USAGE}"))?;
        let subject = Subject {
            scenario: &scenario,
            plan: &plan,
            run: &run,
            verdict: &verdict,
            look: Look {
                width: 900,
                theme: if options.dark { svg::DARK } else { svg::LIGHT },
            },
            address: options.address.as_deref().unwrap_or_default(),
        };
        let files = export
            .files(&subject)
            .map_err(|unfit| format!("{}: {unfit}", options.file))?;
        return Ok(match files.as_slice() {
            [file] => file.text.clone(),
            files => {
                let files = files
                    .iter()
                    .map(|it| format!("== {}\n{}", it.name, it.text));
                files.collect::<Vec<_>>().join("\n")
            }
        });
    }
    Ok(if options.json {
        trace_json(&scenario, &plan, &run, &verdict) + "\n"
    } else {
        in_words(&scenario, &plan, &run, &verdict)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CommandName {
    Run,
    Code,
    Export,
    Explore,
}

struct Options {
    file: String,
    strategy: Option<String>,
    isolation: Option<String>,
    on_conflict: Option<String>,
    json: bool,
    command: CommandName,
    most_states: u64,
    all_strategies: bool,
    language: Option<String>,
    form: Option<String>,
    dark: bool,
    address: Option<String>,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut rest = arguments.iter();
        let command = match rest.next().map(String::as_str) {
            Some("run") => CommandName::Run,
            Some("code") => CommandName::Code,
            Some("export") => CommandName::Export,
            Some("explore") => CommandName::Explore,
            Some(other) => {
                return Err(format!(
                    "`{other}` is not a command; `run`, `code`, `export`, `explore` and `load` are\n{USAGE}\n{}",
                    load::USAGE
                ));
            }
            None => return Err(USAGE.to_owned()),
        };
        let mut options = Self {
            file: String::new(),
            strategy: None,
            isolation: None,
            on_conflict: None,
            json: false,
            command,
            most_states: Limits::default().states,
            all_strategies: false,
            language: None,
            form: None,
            dark: false,
            address: None,
        };
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .cloned()
                    .ok_or(format!("{argument} wants a value\n{USAGE}"))
                    .map(Some)
            };
            match argument.as_str() {
                "--json" => options.json = true,
                "--all-strategies" if command == CommandName::Explore => {
                    options.all_strategies = true;
                }
                "--most-states" if command == CommandName::Explore => {
                    let number = value()?.unwrap_or_default();
                    options.most_states = number.parse().map_err(|_| {
                        format!("--most-states: `{number}` is not a number\n{USAGE}")
                    })?;
                }
                "--as" if command == CommandName::Export => options.form = value()?,
                "--dark" if command == CommandName::Export => options.dark = true,
                "--address" if command == CommandName::Export => options.address = value()?,
                "--language" if command == CommandName::Code => options.language = value()?,
                "--strategy" => options.strategy = value()?,
                "--isolation" => options.isolation = value()?,
                "--on-conflict" => options.on_conflict = value()?,
                flag if flag.starts_with("--") => {
                    return Err(format!("`{flag}` is not an option\n{USAGE}"));
                }
                file if options.file.is_empty() => options.file = file.to_owned(),
                extra => return Err(format!("`{extra}` is one file too many\n{USAGE}")),
            }
        }
        if options.file.is_empty() {
            return Err(format!("which file?\n{USAGE}"));
        }
        Ok(options)
    }
}

fn read(file: &str) -> Result<String, String> {
    if file == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        return read
            .map(|_| text)
            .map_err(|error| format!("standard input: {error}"));
    }
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}

/// What all schedules come to.
fn explored(scenario: &Scenario, options: &Options) -> Result<String, SetupError> {
    let limits = Limits {
        states: options.most_states,
        ..Limits::default()
    };
    if options.all_strategies {
        let mut comparison = Comparison::new(scenario, limits);
        while comparison.advance(100_000) {}
        return Ok(comparison.to_string());
    }
    let mut explorer = Explorer::with(scenario, limits, Symmetry::Used)?;
    while explorer.advance(100_000).status == Status::Running {}
    let report = explorer.report();
    Ok(if options.json {
        report_json(scenario, explorer.plan(), &report) + "\n"
    } else {
        schedules_in_words(scenario, explorer.plan(), &report)
    })
}

fn schedules_in_words(scenario: &Scenario, plan: &Plan, report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let out = &mut text;
    let _ = writeln!(
        out,
        "{}\nstrategy {}, isolation {}",
        scenario.title, scenario.strategy, plan.isolation
    );
    match &report.completeness {
        Completeness::All => {
            let _ = writeln!(
                out,
                "\n{} interleavings in {} states",
                report.interleavings, report.states
            );
        }
        Completeness::Bounds { open, at_most } => {
            let _ = write!(
                out,
                "\nStopped after {} states: at least {} interleavings",
                report.states, report.interleavings
            );
            if let Some(at_most) = at_most {
                let _ = write!(out, ", at most {at_most}");
            }
            let _ = writeln!(
                out,
                ".\nEach count below is a lower bound, each probability too low by at most {open:.6}."
            );
        }
    }
    let (correct, share, likely) = report.sum(|kind| kind.is_correct());
    let _ = writeln!(
        out,
        "correct: {correct} ({:.4} of all; probability {likely:.4})",
        share
    );
    for (number, kind) in report.outcomes.iter().enumerate() {
        let names: Vec<&str> = kind.anomalies.iter().map(|it| it.as_str()).collect();
        let names = if names.is_empty() {
            String::new()
        } else {
            format!(": {}", names.join(", "))
        };
        let _ = writeln!(
            out,
            "\n{}. {} of them ({:.4}; probability {:.4}): {}{names}",
            number + 1,
            kind.count,
            kind.share,
            kind.likely,
            kind.verdict.as_str(),
        );
        for table in &kind.tables {
            let _ = writeln!(out, "   {}", table_line(table));
        }
        for rule in kind.rules.iter().filter(|rule| rule.holds != Ok(true)) {
            let _ = writeln!(out, "   {}: does not hold", rule.name);
        }
        for (session, end) in kind.sessions.iter().enumerate() {
            let name = &plan.sessions[session].name;
            for ended in end
                .transactions
                .iter()
                .filter(|it| **it != Outcome::Committed)
            {
                let _ = writeln!(out, "   {name}: {}", ended.as_str());
            }
            if end.waits {
                let _ = writeln!(out, "   {name}: waits for ever");
            }
        }
        let _ = writeln!(out, "   the shortest schedule:");
        for (session, step) in moves(plan, &kind.schedule) {
            let name = &plan.sessions[session.0].name;
            let _ = writeln!(out, "     {name}: {}", plan.steps[step.0].action.text());
        }
    }
    text
}

fn in_words(scenario: &Scenario, plan: &Plan, run: &Run, verdict: &Verdict) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let out = &mut text;
    let title = if scenario.title.is_empty() {
        "A scenario without a title"
    } else {
        &scenario.title
    };
    let _ = writeln!(
        out,
        "{title}\nstrategy {}, isolation {}",
        scenario.strategy, plan.isolation
    );
    let changed: Vec<String> = plan
        .steps
        .iter()
        .filter_map(|step| difference(plan, step))
        .collect();
    if !changed.is_empty() || !plan.remarks.is_empty() {
        let _ = writeln!(out, "\nWhat the strategy changes:");
        for line in changed.iter().chain(&plan.remarks) {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(out, "\nWhat happens:");
    for (number, sentence) in account(scenario, plan, run).iter().enumerate() {
        let _ = writeln!(out, "{:>4}. {sentence}", number + 1);
    }
    let _ = writeln!(out, "\nWhat is left:");
    for table in &run.tables {
        let _ = writeln!(out, "  {}", table_line(table));
    }
    for rule in &verdict.rules {
        let mark = match &rule.holds {
            Ok(true) => "holds",
            Ok(false) => "does not hold",
            Err(error) => error,
        };
        let _ = writeln!(out, "  {}: {mark}", rule.name);
    }
    let _ = writeln!(out, "\n{}", verdict.sentence);
    text
}

fn difference(plan: &Plan, step: &rowlock_engine::strategy::PlannedStep) -> Option<String> {
    let session = &plan.sessions[step.session.0].name;
    let sent = step.action.text();
    match &step.origin {
        Origin::Drawn(_) => None,
        Origin::Changed { why, .. } => Some(format!("{session} sends {sent} ({why})")),
        Origin::Added { why, .. } => Some(format!("{session} also sends {sent} ({why})")),
    }
}

fn table_line(table: &TableState) -> String {
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let values = table.columns.iter().zip(row.iter());
            let values: Vec<String> = values
                .map(|(column, value)| format!("{column} = {}", value.to_literal()))
                .collect();
            format!("({})", values.join(", "))
        })
        .collect();
    format!(
        "{}: {}",
        table.name,
        if rows.is_empty() {
            "no rows".to_owned()
        } else {
            rows.join(", ")
        }
    )
}
