//! Runs held against the real PostgreSQL: the same statements in the same order, through the server's own concurrency
//! test driver (`isolationtester`). For each statement: did it wait, what came back, with which error?
//!
//! What a client decides (to retry, to give up) is ours; the statements that it then sent are the server's to answer.

use rowlock_engine::export::spec;
use rowlock_engine::gallery::STORIES;
use rowlock_engine::run::{EventKind, Run, execute};
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::{Plan, Strategy, plan};
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What became of one statement.
#[derive(Debug, Default, PartialEq)]
struct Fate {
    waited: bool,
    /// Result rows, as text; NULL is empty. Sorted: without ORDER BY their order is the plan's, which is not simulated.
    rows: Option<Vec<Vec<String>>>,
    error: Option<String>,
}

/// A run as the driver reads it, and what we say of each of its steps.
struct Case {
    spec: String,
    steps: Vec<(String, Fate)>,
}

fn case(scenario: &Scenario, plan: &Plan, run: &Run) -> Option<Case> {
    let spec = spec(scenario, plan, run).ok()?;
    let mut steps: Vec<(String, Fate)> = Vec::new();
    let mut names = spec.steps.into_iter().peekable();
    let mut open: Vec<Option<usize>> = vec![None; plan.sessions.len()];
    for (index, event) in run.events.iter().enumerate() {
        let session = event.session.0;
        if let Some((name, _)) = names.next_if(|(_, event)| *event == index) {
            open[session] = Some(steps.len());
            steps.push((name, Fate::default()));
        }
        let Some(step) = open[session] else {
            continue;
        };
        let fate = &mut steps[step].1;
        match &event.kind {
            EventKind::Blocked(_) => fate.waited = true,
            EventKind::Replied(reply) => {
                if let Some(rows) = &reply.rows {
                    let row = |row: &rowlock_engine::db::Row| {
                        row.iter()
                            .map(|value| value.to_text().unwrap_or_default())
                            .collect()
                    };
                    let mut rows: Vec<Vec<String>> = rows.rows.iter().map(row).collect();
                    rows.sort();
                    fate.rows = Some(rows);
                }
            }
            EventKind::Failed(error) => fate.error = Some(error.message.clone()),
            _ => {}
        }
    }
    Some(Case {
        spec: spec.text,
        steps,
    })
}

/// All use the same tables: one at a time.
static SERVER: Mutex<()> = Mutex::new(());

/// What the driver says became of each step.
fn ask(spec: &str) -> Vec<(String, Fate)> {
    let variable = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by cargo xtask test"))
    };
    let _alone = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut driver = Command::new(variable("ROWLOCK_ISOLATIONTESTER"))
        .arg(variable("ROWLOCK_PG_DSN"))
        // Where it would wait for ever there is a difference to tell of.
        .env("PGISOLATIONTIMEOUT", "3")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the driver starts");
    std::io::Write::write_all(
        &mut driver.stdin.take().expect("it has an input"),
        spec.as_bytes(),
    )
    .expect("it reads");
    let output = driver.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{spec}\n{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut fates: Vec<(String, Fate)> = Vec::new();
    let mut current = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some((name, rest)) = line
            .strip_prefix("step ")
            .and_then(|line| line.split_once(": "))
        {
            match fates.iter().position(|(other, _)| other == name) {
                Some(place) => current = place,
                None => {
                    current = fates.len();
                    fates.push((name.to_owned(), Fate::default()));
                }
            }
            fates[current].1.waited |= rest.ends_with("<waiting ...>");
        } else if let Some(error) = line.strip_prefix("ERROR:  ") {
            fates[current].1.error = Some(error.to_owned());
        } else if lines
            .peek()
            .is_some_and(|next| !next.is_empty() && next.bytes().all(|byte| b"-+".contains(&byte)))
        {
            // A result: names, dashes, rows, and their number in parentheses.
            lines.next();
            let mut rows: Vec<Vec<String>> = Vec::new();
            for row in lines.by_ref() {
                if row.starts_with('(') && (row.ends_with(" rows)") || row.ends_with(" row)")) {
                    break;
                }
                rows.push(row.split('|').map(|cell| cell.trim().to_owned()).collect());
            }
            rows.sort();
            fates[current].1.rows = Some(rows);
        }
    }
    fates
}

fn compare(name: &str, scenario: &Scenario) {
    let plan = plan(scenario);
    let run = execute(&plan).expect("the set-up is sound");
    // What the server does not have, or what never ends.
    let Some(case) = case(scenario, &plan, &run) else {
        return;
    };
    // Of several circles at once, the timers decide on the server which is found first.
    let deadlocks = case.steps.iter().filter(|(_, fate)| {
        let error = fate.error.as_deref();
        error == Some("deadlock detected")
    });
    let deadlocks = deadlocks.count();
    if case.steps.is_empty() || deadlocks > 1 {
        return;
    }
    // Three that wait for one another wake up on the server in an order that is not always the same; ours is one of them.
    // And on a busy machine, whose clock runs on, not always the first that waits is the first that looks for a deadlock.
    let tries = if plan.sessions.len() > 2 || deadlocks > 0 {
        6
    } else {
        1
    };
    for left in (0..tries).rev() {
        let theirs = ask(&case.spec);
        let their = |step: &String| theirs.iter().find(|(other, _)| other == step);
        let differs = case
            .steps
            .iter()
            .find(|(step, ours)| their(step).map(|(_, fate)| fate) != Some(ours));
        let Some((step, ours)) = differs else {
            return;
        };
        assert!(
            left > 0,
            "{name}, {}, {}: step {step} of\n{}\nours: {ours:?}\nthe server's: {:?}",
            scenario.strategy,
            plan.isolation,
            case.spec,
            their(step)
        );
    }
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
fn the_stories_run_as_on_the_server_under_every_strategy() {
    // Left out: what has no server to ask (locks in a process), and what depends on the clock (timeouts, updated_at).
    let strategies = [
        "none",
        "last-write-wins",
        "atomic",
        "atomic, unguarded",
        "optimistic",
        "pessimistic",
        "pessimistic, for no key update",
        "pessimistic, for share",
        "pessimistic, nowait",
        "pessimistic, skip locked",
        "pessimistic, by key",
        "upsert",
        "upsert, do update",
        "upsert-lock",
        "snapshot",
        "serializable",
        "advisory-lock",
        "advisory-lock, shared, try",
        "table-lock",
        "table-lock, share",
    ];
    for story in STORIES {
        let drawn = read(story.text).expect("a story is sound");
        for strategy in strategies {
            let strategy: Strategy = strategy.parse().expect("a strategy");
            for isolation in [
                IsolationLevel::ReadCommitted,
                IsolationLevel::RepeatableRead,
            ] {
                compare(
                    story.slug,
                    &Scenario {
                        strategy,
                        isolation: Some(isolation),
                        ..drawn.clone()
                    },
                );
            }
        }
    }
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
fn the_anomalies_run_as_on_the_server() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/anomalies");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rowlock")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        compare(&file.to_string_lossy(), &read(&text).expect("it is sound"));
    }
}

/// Small numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's linear congruential generator (MMIX); the upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

/// Two sessions that read, lock, change, insert and delete the same few rows.
fn scuffle(dice: &mut Dice) -> String {
    let level = dice.pick(&["read committed", "repeatable read"]);
    let mut text = format!(
        "isolation: {level}\n\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, v int, u int UNIQUE);\n  \
         INSERT INTO t VALUES (1, 10, 1), (2, 20, 2), (3, 30, 3);\n\ntimeline:\n  A: BEGIN\n  B: BEGIN\n"
    );
    let conditions = [
        "id = 1", "id = 2", "id = 4", "v > 15", "v = 20", "id <> 2", "v < 100", "u = 2",
    ];
    for _ in 0..4 + dice.roll(8) {
        let condition = dice.pick(&conditions);
        let clause = dice.pick(&[
            "",
            "",
            " FOR UPDATE",
            " FOR NO KEY UPDATE",
            " FOR SHARE",
            " FOR KEY SHARE",
            " FOR UPDATE NOWAIT",
            " FOR SHARE SKIP LOCKED",
        ]);
        let number = 1 + dice.roll(5);
        let statement = match dice.roll(9) {
            0..=1 => format!("SELECT id, v FROM t WHERE {condition}{clause}"),
            2 => format!("SELECT id, v FROM t WHERE {condition} ORDER BY v DESC LIMIT 1{clause}"),
            3 => "SELECT count(*), sum(v) FROM t".to_owned(),
            4..=5 => format!("UPDATE t SET v = v + {number} WHERE {condition}"),
            6 => format!(
                "UPDATE t SET id = id + {number}, v = v + 1 WHERE {condition} RETURNING id, v"
            ),
            7 => format!("DELETE FROM t WHERE {condition}"),
            _ => format!(
                "INSERT INTO t VALUES ({number}, {number}, {})",
                1 + dice.roll(5)
            ),
        };
        let _ = writeln!(text, "  {}: {statement}", dice.pick(&["A", "B"]));
    }
    for session in if dice.roll(2) == 0 {
        ["A", "B"]
    } else {
        ["B", "A"]
    } {
        let _ = writeln!(
            text,
            "  {session}: {}",
            dice.pick(&["COMMIT", "COMMIT", "ROLLBACK"])
        );
    }
    text
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
fn two_sessions_that_get_in_each_others_way_do_so_as_on_the_server() {
    let seed = std::env::var("ROWLOCK_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1);
    let cases = std::env::var("ROWLOCK_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(250);
    let mut dice = Dice(seed);
    for number in 0..cases {
        let text = scuffle(&mut dice);
        compare(
            &format!("case {number} of seed {seed}\n{text}"),
            &read(&text).expect("it is sound"),
        );
    }
}
