//! The stories of the gallery, told: what every strategy sends, what happens at each level, and the verdict.
//!
//! `gallery/<slug>.txt` holds the tellings of a story. With `ROWLOCK_UPDATE_GOLDEN=1` they are written anew; without, the
//! first line that has changed is shown.

use rowlock_engine::db::Value;
use rowlock_engine::diagram::words::account;
use rowlock_engine::gallery::{STORIES, Story, story};
use rowlock_engine::run::{ClientNote, Conflict, EventKind, Outcome, Run, TableState, execute};
use rowlock_engine::scenario::{OnConflict, Scenario, read};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::{Plan, Strategy, difference, plan};
use rowlock_engine::verdict::{AnomalyName, Verdict, VerdictKind, judge};
use std::fmt::Write;
use std::path::Path;

/// Every strategy that is told, and what its clients do on a conflict where that is not the strategy's own way.
const GUARDS: [&str; 25] = [
    "none",
    "last-write-wins",
    "atomic",
    "atomic, unguarded",
    "optimistic; reject",
    "optimistic; retry 3",
    "optimistic, updated_at; retry 5, backoff 10, jitter",
    "pessimistic",
    "pessimistic, for no key update",
    "pessimistic, for share",
    "pessimistic, nowait",
    "pessimistic, skip locked",
    "pessimistic, timeout 50",
    "pessimistic, by key",
    "upsert",
    "upsert, do update",
    "upsert-lock",
    "snapshot",
    "serializable",
    "advisory-lock",
    "advisory-lock, try; retry 3, backoff 20",
    "table-lock",
    "table-lock, row exclusive",
    "in-process-lock, fair",
    "in-process-lock, stamped",
];

/// The strategy and the client's way that a text names.
fn guard(text: &str) -> (Strategy, Option<OnConflict>) {
    let (strategy, client) = text.split_once(';').unwrap_or((text, "reject"));
    (
        strategy.parse().expect("a strategy"),
        Some(client.trim().parse().expect("what a client does")),
    )
}

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

fn tell(story: &Story, guarded: &str, level: IsolationLevel) -> Told {
    let mut scenario = read(story.text).expect("a story is sound");
    (scenario.strategy, scenario.on_conflict) = guard(guarded);
    scenario.isolation = Some(level);
    finish(scenario)
}

/// The same with everything else as the story has it, and the strategy's own way on a conflict.
fn tell_as_is(story: &Story, strategy: &str) -> Told {
    let mut scenario = read(story.text).expect("a story is sound");
    scenario.strategy = strategy.parse().expect("a strategy");
    scenario.on_conflict = None;
    finish(scenario)
}

fn finish(scenario: Scenario) -> Told {
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

/// Of longer tables only so many rows are told.
const MOST_ROWS: usize = 8;

fn rows(table: &TableState) -> String {
    let row = |values: &[rowlock_engine::db::Value]| {
        let values: Vec<String> = values
            .iter()
            .map(|value| value.to_literal().to_string())
            .collect();
        format!("({})", values.join(", "))
    };
    let told = table.rows.iter().take(MOST_ROWS);
    let rows: Vec<String> = told.map(|values| row(values)).collect();
    let more = table.rows.len().saturating_sub(MOST_ROWS);
    format!(
        "{} ({}): {}{}",
        table.name,
        table.columns.join(", "),
        rows.join(", "),
        if more > 0 {
            format!(", and {more} more")
        } else {
            String::new()
        }
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
    // A thousand rows take their time, and say nothing new under most strategies.
    let many = story.text.contains("lock escalation");
    let guards = GUARDS.into_iter().filter(|guard| {
        !many || ["none", "pessimistic", "advisory-lock", "table-lock"].contains(guard)
    });
    for guard in guards {
        let name = guard;
        // What is told of every story is told of the level that the story is about.
        let story_level = read(story.text).expect("a story is sound").isolation;
        let levels = story_level.map_or(LEVELS.to_vec(), |level| vec![level, LEVELS[0]]);
        let first = tell(story, guard, levels[0]);
        let difference = sent.once(difference(&first.scenario, &first.plan), name);
        let _ = write!(text, "\n== {name} ==\n\n{}", indented(&difference));
        for level in levels {
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

/// Whether all is as it should be: nothing lost, every rule kept.
fn is_kept(told: &Told) -> bool {
    told.verdict.anomalies.is_empty()
        && told.verdict.rules.iter().all(|rule| rule.holds == Ok(true))
}

/// What is said of the stories is what happens.
#[test]
fn strategies_break_and_keep_the_stories_as_is_said() {
    let mut wrong = String::new();
    for story in STORIES {
        for (strategies, kept) in [(story.keeps, true), (story.breaks, false)] {
            for strategy in strategies {
                let told = tell_as_is(story, strategy);
                if is_kept(&told) != kept {
                    let _ = writeln!(
                        wrong,
                        "{} under {strategy} should {}: {}",
                        story.slug,
                        if kept { "hold" } else { "break" },
                        told.verdict.sentence
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// At REPEATABLE READ the second writer is told, whatever the strategy.
#[test]
fn no_update_is_lost_silently_at_repeatable_read() {
    for story in [
        "two-cashiers",
        "product-price",
        "account-withdrawals",
        "flash-sale",
    ] {
        let story = story_named(story);
        for guard in GUARDS {
            let verdict = tell(story, guard, LEVELS[1]).verdict;
            let lost = AnomalyName::LostUpdate;
            let lost = verdict.anomalies.iter().any(|anomaly| anomaly.name == lost);
            assert!(!lost, "{}: {guard}: {}", story.slug, verdict.sentence);
        }
    }
}

fn story_named(slug: &str) -> &'static Story {
    story(slug).expect("it is in the gallery")
}

#[test]
fn opposite_transfers_deadlock_unless_rows_are_locked_in_order() {
    let story = story_named("transfer-deadlock");
    for (guard, deadlock) in [
        ("none", true),
        ("optimistic; reject", true),
        ("pessimistic", true),
        ("pessimistic, for share", true),
        ("pessimistic, nowait", false),
        ("pessimistic, by key", false),
        (
            "pessimistic, timeout 50; retry 3, backoff 20, jitter",
            false,
        ),
    ] {
        let told = tell(story, guard, LEVELS[0]);
        let found = conflicts(&told.run).contains(&"40P01".to_owned());
        assert_eq!(found, deadlock, "{guard}: {}", told.verdict.sentence);
    }
    for cure in [
        "pessimistic, by key",
        "pessimistic, timeout 50; retry 3, backoff 20, jitter",
    ] {
        assert_eq!(
            tell(story, cure, LEVELS[0]).verdict.kind,
            VerdictKind::Correct,
            "{cure}"
        );
    }
}

/// A lost reply under upsert alone charges twice, and the second charge is the evidence; under upsert and lock it charges
/// once.
#[test]
fn a_lost_reply_charges_twice_under_upsert_and_once_with_a_key() {
    let story = story_named("payment-reply-lost");
    let twice = tell_as_is(story, "upsert");
    let anomaly = &twice.verdict.anomalies[0];
    assert_eq!(anomaly.name, AnomalyName::DoubleProcessing);
    let balance = |told: &Told| told.run.tables[0].rows[0][1].clone();
    assert_eq!(balance(&twice), Value::Int(800));
    for event in &anomaly.evidence {
        let EventKind::Replied(reply) = &twice.run.events[*event].kind else {
            panic!("the evidence is a write");
        };
        assert_eq!(reply.writes[0].table, "account");
    }
    let once = tell_as_is(story, "upsert-lock");
    assert_eq!(balance(&once), Value::Int(900));
    assert_eq!(once.verdict.kind, VerdictKind::Correct);
}

/// The row locks of the price rise become a lock of the table, in the one database that does so.
#[test]
fn locks_escalate_only_where_the_scenario_says_so() {
    let story = story_named("lock-escalation");
    let mut scenario = read(story.text).expect("a story is sound");
    assert!(!is_kept(&finish(scenario.clone())));
    scenario.lock_escalation = None;
    assert!(is_kept(&finish(scenario)));
}

/// A writer among overlapping readers: an unfair read-write lock keeps it out until the last of them is gone.
#[test]
fn an_unfair_lock_starves_the_writer_and_a_fair_one_does_not() {
    let story = story_named("starved-writer");
    let wait = |strategy: &str| {
        let run = tell_as_is(story, strategy).run;
        let of_writer = |kind: &dyn Fn(&EventKind) -> bool| {
            let mut events = run.events.iter();
            events
                .find(|event| event.session.0 == 2 && kind(&event.kind))
                .map(|event| event.at.0)
        };
        let asked = of_writer(&|kind| matches!(kind, EventKind::Blocked(_)));
        let got = of_writer(&|kind| matches!(kind, EventKind::Client(ClientNote::Locked(_))));
        got.expect("it gets the lock in the end") - asked.expect("it has to wait")
    };
    assert!(wait("in-process-lock, read-write") > 70);
    assert!(wait("in-process-lock, read-write, fair") < 20);
}
