//! Rowlock on the command line.
//!
//! ```text
//! rowlock run FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--json]
//! rowlock code FILE.rowlock --language psql|go|sqlalchemy|django|spring|java [--strategy S] [--isolation I] [--on-conflict C]
//! rowlock export FILE.rowlock --as text|svg|mermaid|markdown|psql|isolation|json [--dark] [--address URL] [--strategy S] ...
//! rowlock load FILE.rowlock --lambda L [--t T] [--strategy S] [--rows N] [--seed X] [--json] ...
//! ```
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
use rowlock_engine::export::{Export, Look, Subject, trace_json};
use rowlock_engine::import::import;
use rowlock_engine::run::{Run, TableState, execute};
use rowlock_engine::scenario::{self, Scenario, line_and_column};
use rowlock_engine::strategy::{Origin, Plan, plan};
use rowlock_engine::verdict::{Verdict, judge};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

const USAGE: &str = "\
usage: rowlock run FILE.rowlock [--strategy S] [--isolation I] [--on-conflict C] [--json]
       rowlock code FILE.rowlock --language psql|go|sqlalchemy|django|spring|java [--strategy S]
       rowlock export FILE.rowlock --as text|svg|mermaid|markdown|psql|isolation|json [--dark] [--address URL]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
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
    let run = execute(&plan).map_err(|failure| {
        let statement = &plan.setup[failure.statement];
        let (line, column) = line_and_column(&text, statement.place.start);
        format!(
            "{}: line {line}, column {column}: the set-up fails: {}",
            options.file, failure.error
        )
    })?;
    if options.command == "code" {
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
    if options.command == "export" {
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

struct Options {
    file: String,
    strategy: Option<String>,
    isolation: Option<String>,
    on_conflict: Option<String>,
    json: bool,
    command: String,
    language: Option<String>,
    form: Option<String>,
    dark: bool,
    address: Option<String>,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut rest = arguments.iter();
        let command = match rest.next().map(String::as_str) {
            Some(command @ ("run" | "code" | "export")) => command,
            Some(other) => {
                return Err(format!(
                    "`{other}` is not a command; `run`, `code`, `export` and `load` are\n{USAGE}\n{}",
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
            command: command.to_owned(),
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
                "--as" if command == "export" => options.form = value()?,
                "--dark" if command == "export" => options.dark = true,
                "--address" if command == "export" => options.address = value()?,
                "--language" if command == "code" => options.language = value()?,
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
