//! The stories of the gallery, told: what every strategy sends, what happens at each level, and the verdict.
//!
//! `gallery/<slug>.txt` holds the tellings of a story. With `ROWLOCK_UPDATE_GOLDEN=1` they are written anew; without, the
//! first line that has changed is shown.

use rowlock_engine::diagram::words::account;
use rowlock_engine::gallery::{STORIES, Story, story};
use rowlock_engine::run::{Conflict, Outcome, Run, TableState, execute};
use rowlock_engine::scenario::{OnConflict, Scenario, read};
use rowlock_engine::sql::ast::{IsolationLevel, WaitPolicy};
use rowlock_engine::strategy::{LockOrder, Plan, Strategy, difference, plan};
use rowlock_engine::verdict::{Verdict, VerdictKind, judge};
use std::fmt::Write;
use std::path::Path;

const fn locking(wait: WaitPolicy, order: LockOrder) -> Strategy {
    Strategy::Pessimistic { wait, order }
}

/// Every strategy that is told, with what its clients do on a conflict.
const GUARDS: [(Strategy, OnConflict); 8] = [
    (Strategy::None, OnConflict::Reject),
    (Strategy::Atomic, OnConflict::Reject),
    (Strategy::Optimistic, OnConflict::Reject),
    (Strategy::Optimistic, OnConflict::Retry { limit: 3 }),
    (
        locking(WaitPolicy::Block, LockOrder::AsDrawn),
        OnConflict::Reject,
    ),
    (
        locking(WaitPolicy::NoWait, LockOrder::AsDrawn),
        OnConflict::Reject,
    ),
    (
        locking(WaitPolicy::SkipLocked, LockOrder::AsDrawn),
        OnConflict::Reject,
    ),
    (
        locking(WaitPolicy::Block, LockOrder::ByKey),
        OnConflict::Reject,
    ),
];

const LEVELS: [IsolationLevel; 2] = [
    IsolationLevel::ReadCommitted,
    IsolationLevel::RepeatableRead,
];

struct Told {
    scenario: Scenario,
    plan: Plan,
    run: Run,
    verdict: Verdict,
}

fn tell(story: &Story, guard: (Strategy, OnConflict), level: IsolationLevel) -> Told {
    let mut scenario = read(story.text).expect("a story is sound");
    (scenario.strategy, scenario.on_conflict) = (guard.0, Some(guard.1));
    scenario.isolation = Some(level);
    let plan = plan(&scenario);
    let run = execute(&plan).expect("the set-up is sound");
    let verdict = judge(&scenario, &plan, &run);
    Told {
        scenario,
        plan,
        run,
        verdict,
    }
}

/// Lines, each set in.
fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}\n")).collect()
}

fn rows(table: &TableState) -> String {
    let row = |values: &[rowlock_engine::db::Value]| {
        let values: Vec<String> = values
            .iter()
            .map(|value| value.to_literal().to_string())
            .collect();
        format!("({})", values.join(", "))
    };
    let rows: Vec<String> = table.rows.iter().map(|values| row(values)).collect();
    format!(
        "{} ({}): {}",
        table.name,
        table.columns.join(", "),
        rows.join(", ")
    )
}

/// What happened, without what goes without saying, and what is left.
fn happened(told: &Told) -> String {
    let plain = |line: &String| {
        !["BEGIN", "COMMIT", "ROLLBACK"]
            .iter()
            .any(|word| line.ends_with(&format!(" sends {word}.")))
    };
    let mut lines = account(&told.scenario, &told.plan, &told.run);
    lines.retain(plain);
    lines.push(String::new());
    lines.extend(told.run.tables.iter().map(rows));
    for rule in &told.verdict.rules {
        let holds = match &rule.holds {
            Ok(true) => "holds",
            Ok(false) => "does not hold",
            Err(why) => why,
        };
        lines.push(format!("{}: {holds}", rule.name));
    }
    lines.extend([String::new(), told.verdict.sentence.clone()]);
    lines.join("\n")
}

/// Texts that were told, each with where.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    /// The text, or where it was told already.
    fn once(&mut self, text: String, place: &str) -> String {
        match self.0.iter().find(|(seen, _)| *seen == text) {
            Some((_, before)) => format!("as under {before}"),
            None => {
                self.0.push((text.clone(), place.to_owned()));
                text
            }
        }
    }
}

/// All tellings of a story, each once.
fn telling(story: &Story) -> String {
    let mut text = format!("{}\n", story.title);
    let (mut sent, mut stories) = (Seen::default(), Seen::default());
    for guard in GUARDS {
        let name = format!("{}, {}", guard.0, guard.1);
        let first = tell(story, guard, LEVELS[0]);
        let difference = sent.once(difference(&first.scenario, &first.plan), &name);
        let _ = write!(text, "\n== {name} ==\n\n{}", indented(&difference));
        for level in LEVELS {
            let told = tell(story, guard, level);
            let happened = stories.once(happened(&told), &format!("{name}, {level}"));
            let kind = told.verdict.kind.as_str();
            let _ = write!(text, "\n-- {level}: {kind}\n\n{}", indented(&happened));
        }
    }
    // Set in, an empty line is still empty.
    text.replace("\n    \n", "\n\n")
}

#[test]
fn the_stories_are_told_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    for story in STORIES {
        let path = folder.join(format!("{}.txt", story.slug));
        let found = telling(story);
        if update {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &found).expect("a file to write");
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        let mut lines = found
            .lines()
            .zip(expected.lines().chain(std::iter::repeat("")));
        if let Some((place, (now, before))) = lines.by_ref().enumerate().find(|(_, (a, b))| a != b)
        {
            let _ = writeln!(wrong, "{path:?}, line {}:\n- {before}\n+ {now}", place + 1);
        } else if found.len() != expected.len() {
            let _ = writeln!(wrong, "{path:?}: the end differs");
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}If that is right: ROWLOCK_UPDATE_GOLDEN=1 cargo test -p rowlock-engine --test gallery"
    );
}

fn conflicts(run: &Run) -> Vec<String> {
    let conflict = |outcome: &Outcome| match outcome {
        Outcome::Conflict(Conflict::Version) => Some("version".to_owned()),
        Outcome::Conflict(Conflict::Server(error)) => Some(error.state.0.to_owned()),
        _ => None,
    };
    run.transactions
        .iter()
        .filter_map(|transaction| conflict(&transaction.outcome))
        .collect()
}

/// A lost update is lost silently without a strategy, and with none of the others.
#[test]
fn every_cure_cures_the_lost_updates() {
    for slug in ["two-cashiers", "product-price", "account-withdrawals"] {
        let story = story(slug).expect("it is in the gallery");
        for guard in GUARDS {
            let verdict = tell(story, guard, LEVELS[0]).verdict;
            let constant = slug == "product-price" && guard.0 == Strategy::Atomic;
            if guard.0 == Strategy::None || constant {
                assert_eq!(verdict.kind, VerdictKind::Anomaly, "{slug}: {}", guard.0);
            } else {
                let fine = matches!(verdict.kind, VerdictKind::Correct | VerdictKind::TurnedAway);
                assert!(fine, "{slug}: {}: {}", guard.0, verdict.sentence);
            }
        }
    }
}

/// At REPEATABLE READ the second writer is told, whatever the strategy.
#[test]
fn nothing_is_lost_silently_at_repeatable_read() {
    for story in STORIES {
        for guard in GUARDS {
            let verdict = tell(story, guard, LEVELS[1]).verdict;
            let fine = matches!(verdict.kind, VerdictKind::Correct | VerdictKind::TurnedAway);
            assert!(fine, "{}: {}: {}", story.slug, guard.0, verdict.sentence);
        }
    }
}

#[test]
fn opposite_transfers_deadlock_unless_rows_are_locked_in_order() {
    let story = story("transfer-deadlock").expect("it is in the gallery");
    for guard in GUARDS {
        let told = tell(story, guard, LEVELS[0]);
        let Strategy::Pessimistic { wait, order } = guard.0 else {
            assert!(
                conflicts(&told.run).contains(&"40P01".to_owned()),
                "{}",
                guard.0
            );
            continue;
        };
        let deadlock = wait == WaitPolicy::Block && order == LockOrder::AsDrawn;
        assert_eq!(
            conflicts(&told.run).contains(&"40P01".to_owned()),
            deadlock,
            "{}",
            guard.0
        );
        if order == LockOrder::ByKey {
            assert_eq!(told.verdict.kind, VerdictKind::Correct);
        }
    }
}
