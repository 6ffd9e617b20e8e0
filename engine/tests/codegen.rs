//! Code samples: reviewed as files, and held against what can read them.
//!
//! `codegen/<story>_<strategy>/` holds the samples of a few stories as files; with `ROWLOCK_UPDATE_GOLDEN=1` they are written
//! anew. The samples of every story under every strategy are parsed by the grammars of Go and Java and compiled by Python, and
//! the psql scripts are run on PostgreSQL.

use rowlock_engine::codegen::{Language, Sample, samples};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::run::{Outcome, execute};
use rowlock_engine::scenario::{Action, Scenario, read};
use rowlock_engine::strategy::{Plan, Strategy, plan};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STRATEGIES: [&str; 19] = [
    "none",
    "last-write-wins",
    "atomic",
    "optimistic",
    "optimistic, updated_at",
    "pessimistic",
    "pessimistic, for share",
    "pessimistic, nowait",
    "pessimistic, skip locked",
    "pessimistic, timeout 50",
    "upsert",
    "upsert-lock",
    "snapshot",
    "serializable",
    "advisory-lock, try",
    "table-lock",
    "in-process-lock",
    "in-process-lock, read-write, fair",
    "in-process-lock, stamped",
];

fn with_strategy(text: &str, strategy: &str) -> Scenario {
    let mut scenario = read(text).expect("a story is sound");
    scenario.strategy = strategy.parse::<Strategy>().expect("a strategy");
    scenario
}

fn write(scenario: &Scenario, language: Language) -> (Plan, Vec<Sample>) {
    let plan = plan(scenario);
    let run = execute(&plan).expect("the set-up is sound");
    let samples = samples(scenario, &plan, &run, language);
    (plan, samples)
}

/// Every sample of every story under every strategy.
fn each(language: Language, mut f: impl FnMut(&str, &Sample)) {
    for story in STORIES
        .iter()
        .filter(|story| story.slug != "lock-escalation")
    {
        for strategy in STRATEGIES {
            let (_, samples) = write(&with_strategy(story.text, strategy), language);
            for sample in samples {
                f(
                    &format!("{} under {strategy}: {}", story.slug, sample.file),
                    &sample,
                );
            }
        }
    }
}

const REVIEWED: [(&str, &str); 7] = [
    ("account-withdrawals", "none"),
    ("account-withdrawals", "optimistic"),
    ("account-withdrawals", "pessimistic, nowait"),
    ("account-withdrawals", "atomic"),
    ("payment-reply-lost", "upsert-lock"),
    ("on-call-doctors", "serializable"),
    ("price-cache", "in-process-lock, stamped"),
];

#[test]
fn the_samples_are_as_they_were_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codegen");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    for (slug, strategy) in REVIEWED {
        let story = rowlock_engine::gallery::story(slug).expect("it is in the gallery");
        let name = strategy.replace([',', ' '], "-").replace("--", "-");
        for language in Language::ALL {
            let folder = folder.join(format!("{slug}_{name}")).join(language.slug());
            for sample in write(&with_strategy(story.text, strategy), language).1 {
                let path = folder.join(format!("{}.txt", sample.file));
                if update {
                    std::fs::create_dir_all(&folder).expect("a folder");
                    std::fs::write(&path, &sample.text).expect("a file to write");
                } else if std::fs::read_to_string(&path).unwrap_or_default() != sample.text {
                    let _ = writeln!(wrong, "{}", path.display());
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "These have changed:\n{wrong}If that is right: ROWLOCK_UPDATE_GOLDEN=1 cargo test -p rowlock-engine --test codegen"
    );
}

/// The first place where a grammar finds no sense.
fn nonsense(text: &str, grammar: &tree_sitter::Language) -> Option<String> {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(grammar)
        .expect("the grammar fits the parser");
    let tree = parser.parse(text, None).expect("there is no time limit");
    let mut rest = vec![tree.root_node()];
    while let Some(node) = rest.pop() {
        if node.is_error() || node.is_missing() {
            let line = node.start_position().row;
            return Some(format!(
                "line {}: {}",
                line + 1,
                text.lines().nth(line).unwrap_or_default()
            ));
        }
        if node.has_error() {
            rest.extend(
                (0..node.child_count())
                    .rev()
                    .filter_map(|child| node.child(child)),
            );
        }
    }
    None
}

#[test]
fn go_reads_as_go() {
    let grammar = tree_sitter_go::LANGUAGE.into();
    assert!(nonsense("package shop\nfunc f() { if {", &grammar).is_some());
    each(Language::Go, |name, sample| {
        assert_eq!(
            nonsense(&sample.text, &grammar),
            None,
            "{name}\n{}",
            sample.text
        );
    });
}

#[test]
fn java_reads_as_java() {
    let grammar = tree_sitter_java::LANGUAGE.into();
    assert!(nonsense("class A { void f( { }", &grammar).is_some());
    for language in [Language::Java, Language::Spring] {
        each(language, |name, sample| {
            assert_eq!(
                nonsense(&sample.text, &grammar),
                None,
                "{name}\n{}",
                sample.text
            );
        });
    }
}

/// A folder for this process alone.
fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rowlock-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
#[ignore = "needs Python: cargo xtask test"]
fn python_compiles() {
    let folder = scratch("python");
    let mut names = Vec::new();
    for language in [Language::SqlAlchemy, Language::Django] {
        each(language, |name, sample| {
            let path = folder.join(format!("sample_{}.py", names.len()));
            std::fs::write(&path, &sample.text).expect("a file to write");
            names.push((path, name.to_owned()));
        });
    }
    let output = Command::new("python3")
        .args(["-m", "py_compile"])
        .args(names.iter().map(|(path, _)| path))
        .output()
        .expect("python3 starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let _ = std::fs::remove_dir_all(&folder);
    assert!(output.status.success(), "{told}");
}

/// Each session's script by itself, one after the other, leaves on the server what the engine leaves when the sessions come one
/// after the other.
#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
fn psql_scripts_do_on_the_server_what_the_engine_does() {
    let folder = scratch("psql");
    for story in STORIES
        .iter()
        .filter(|story| story.slug != "lock-escalation")
    {
        for strategy in STRATEGIES {
            // Locks of a process are none of psql's; options that only change who waits leave the same when nobody waits.
            if strategy.contains("in-process") || strategy.contains(',') {
                continue;
            }
            let mut scenario = with_strategy(story.text, strategy);
            // psql has no faults of a client, and dirty reads are no level of PostgreSQL.
            scenario
                .timeline
                .retain(|step| !matches!(step.action, Action::Fault(_)));
            scenario.isolation = None;
            scenario.on_conflict = Some(rowlock_engine::scenario::OnConflict::Reject);
            let (plan, samples) = write(&scenario, Language::Psql);
            let serial = one_after_the_other(&plan);
            let Ok(run) = execute(&serial) else { continue };
            if run
                .transactions
                .iter()
                .any(|it| it.outcome == Outcome::Open)
            {
                continue;
            }
            for sample in &samples {
                let path = folder.join(&sample.file);
                std::fs::write(&path, &sample.text).expect("a file to write");
                psql(&["-f", &path.to_string_lossy()]);
            }
            let mut query = String::new();
            for table in &run.tables {
                let _ = write!(
                    query,
                    "SELECT {} FROM {} ORDER BY 1;",
                    columns(table),
                    table.name
                );
            }
            let names: Vec<&str> = run.tables.iter().map(|table| table.name.as_str()).collect();
            let drop = format!("DROP TABLE {} CASCADE", names.join(", "));
            let found = psql(&["-A", "-t", "-c", &query, "-c", &drop]);
            let found = sorted(found.lines().map(str::to_owned).collect());
            assert_eq!(found, rows(&run.tables), "{} under {strategy}", story.slug);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// The columns that do not hold the time.
fn columns(table: &rowlock_engine::run::TableState) -> String {
    let columns: Vec<&str> = kept(table).map(|(_, name)| name).collect();
    columns.join(", ")
}

fn kept(table: &rowlock_engine::run::TableState) -> impl Iterator<Item = (usize, &str)> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(place, name)| (place, name.as_str()))
        .filter(|(_, name)| !["updated_at", "written_at"].contains(name))
}

/// The rows of all tables as psql prints them, sorted.
fn rows(tables: &[rowlock_engine::run::TableState]) -> Vec<String> {
    let rows = tables.iter().flat_map(|table| {
        table.rows.iter().map(move |row| {
            let cells = kept(table).map(|(place, _)| row[place].to_text().unwrap_or_default());
            cells.collect::<Vec<_>>().join("|")
        })
    });
    sorted(rows.collect())
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// The same plan, each session when the one before is done.
fn one_after_the_other(plan: &Plan) -> Plan {
    let mut serial = plan.clone();
    let mut steps = Vec::new();
    for session in 0..plan.sessions.len() {
        steps.extend(
            plan.steps
                .iter()
                .filter(|step| step.session.0 == session)
                .cloned(),
        );
    }
    for (place, step) in steps.iter_mut().enumerate() {
        step.at.0 = 1000 * place as u64;
    }
    serial.steps = steps;
    serial
}

fn psql(arguments: &[&str]) -> String {
    let variable = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by cargo xtask test"))
    };
    let mut psql = Command::new(variable("ROWLOCK_PSQL"))
        .args(["-X", "-q", "-d", &variable("ROWLOCK_PG_DSN")])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql starts");
    // Enter, at every prompt. A script without prompts may be done before it has read them.
    let mut keys = psql.stdin.take().expect("it has an input");
    let _ = std::io::Write::write_all(&mut keys, "\n".repeat(40).as_bytes());
    drop(keys);
    let output = psql.wait_with_output().expect("it ends");
    // A script that gives up says so, and is no failure; what the server refuses is what it refused the engine too.
    String::from_utf8_lossy(&output.stdout).into_owned()
}
