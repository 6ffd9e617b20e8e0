//! Anomalies as stories: each `anomalies/*.rowlock` opens with a sentence that says what it shows, and the account beside
//! it (`.txt`) is what the verdict says of it. For each anomaly there is a schedule that has it and the nearest that has
//! not. `ROWLOCK_UPDATE_GOLDEN=1` writes the accounts anew.

use rowlock_engine::run::{Run, execute};
use rowlock_engine::scenario::parse;
use rowlock_engine::strategy::{Plan, plan};
use rowlock_engine::verdict::{AnomalyName, Serial, Verdict, VerdictKind, judge};
use std::fmt::Write as _;
use std::path::Path;

/// The verdict as text.
fn account(verdict: &Verdict, run: &Run, plan: &Plan) -> String {
    let name = |session: usize| plan.sessions[session].display_name().to_owned();
    let mut text = format!("{}: {}\n", verdict.kind.as_str(), verdict.sentence);
    match &verdict.serial {
        Serial::Yes(order) => {
            let order: Vec<String> = order
                .iter()
                .map(|&id| name(run.transactions[id].session.0))
                .collect();
            let _ = writeln!(text, "serial order: {}", order.join(", "));
        }
        Serial::No => text.push_str("serial order: none\n"),
        Serial::Undecided => text.push_str("serial order: undecided\n"),
    }
    for anomaly in &verdict.anomalies {
        let _ = writeln!(text, "{}: {}", anomaly.name.as_str(), anomaly.sentence);
        for &event in &anomaly.evidence {
            let event = &run.events[event];
            let step = event
                .step
                .map_or("", |step| plan.steps[step.0].action.text());
            let _ = writeln!(text, "  {}: {step}", plan.sessions[event.session.0].name);
        }
    }
    for rule in &verdict.rules {
        let _ = writeln!(
            text,
            "rule {}: {:?} ({})",
            rule.name, rule.holds, rule.query
        );
    }
    text
}

#[test]
fn every_story_is_told_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/anomalies");
    let mut stories: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "rowlock"))
        .collect();
    stories.sort();
    assert!(!stories.is_empty());
    let mut wrong = String::new();
    for story in stories {
        let text = std::fs::read_to_string(&story).unwrap();
        let scenario = parse(&text).unwrap_or_else(|errors| panic!("{story:?}: {errors:?}"));
        let plan = plan(&scenario);
        let run = execute(&plan).unwrap();
        let found = account(&judge(&scenario, &plan, &run), &run, &plan);
        let beside = story.with_extension("txt");
        if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
            std::fs::write(&beside, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            let _ = writeln!(
                wrong,
                "{}\n--- expected\n{expected}--- found\n{found}",
                story.display()
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Which, its name, the files with it and the files without.
type Entry = (
    &'static str,
    Option<AnomalyName>,
    &'static [&'static str],
    &'static [&'static str],
);

/// Each anomaly of `docs/field.md`: the files that have it with the name they get, and the nearest that have it not.
/// Rules on values are broken by transactions that are serially correct, so that A9 has no name of its own.
const FIELD: [Entry; 11] = [
    (
        "A1",
        Some(AnomalyName::LostUpdate),
        &["lost_update", "lost_update_blind"],
        &[
            "lost_update_atomic",
            "lost_update_locked",
            "lost_update_optimistic",
            "lost_update_optimistic_retried",
            "lost_update_refused",
            "lost_update_retried",
        ],
    ),
    (
        "A2",
        Some(AnomalyName::DirtyRead),
        &["dirty_read", "dirty_read_intermediate"],
        &["dirty_read_committed"],
    ),
    (
        "A3",
        Some(AnomalyName::NonRepeatableRead),
        &["non_repeatable_read"],
        &["repeatable_read"],
    ),
    (
        "A4",
        Some(AnomalyName::Phantom),
        &["phantom"],
        &["phantom_elsewhere", "phantom_snapshot"],
    ),
    (
        "A5",
        Some(AnomalyName::DirtyWrite),
        &["dirty_write"],
        &["dirty_write_locked", "dirty_write_taken_back"],
    ),
    (
        "A6a",
        Some(AnomalyName::ReadSkew),
        &["read_skew"],
        &["read_skew_snapshot"],
    ),
    (
        "A6b",
        Some(AnomalyName::WriteSkew),
        &["write_skew"],
        &["write_skew_serial", "write_skew_serializable"],
    ),
    (
        "A7",
        Some(AnomalyName::DoubleProcessing),
        &["double_processing", "double_processing_reply_lost"],
        &["double_processing_key"],
    ),
    (
        "A8",
        Some(AnomalyName::SilentOverwrite),
        &["silent_overwrite"],
        &["silent_overwrite_clocks_agree"],
    ),
    (
        "A9",
        None,
        &["overselling", "overselling_checked_early"],
        &["overselling_guarded"],
    ),
    (
        "longer cycles",
        Some(AnomalyName::SerializationAnomaly),
        &["circular_information", "read_only_anomaly"],
        &["circular_information_one_way", "read_only_anomaly_unseen"],
    ),
];

#[test]
fn each_anomaly_has_a_schedule_that_has_it_and_a_nearest_that_has_not() {
    for (which, name, with, without) in FIELD {
        for file in with {
            let verdict = verdict_of(file);
            match name {
                Some(name) => {
                    assert_eq!(verdict.kind, VerdictKind::Anomaly, "{which} {file}");
                    assert_eq!(verdict.anomalies[0].name, name, "{which} {file}");
                    let evidence = &verdict.anomalies[0].evidence;
                    assert!(
                        (2..=4).contains(&evidence.len()),
                        "{which} {file}: {evidence:?}"
                    );
                }
                // Every statement succeeded, and a rule does not hold.
                None => assert!(verdict.rules.iter().any(|rule| rule.holds == Ok(false))),
            }
        }
        for file in without {
            let verdict = verdict_of(file);
            assert!(
                verdict.anomalies.is_empty(),
                "{which} {file}: {:?}",
                verdict.anomalies
            );
            assert!(matches!(verdict.serial, Serial::Yes(_)), "{which} {file}");
            assert!(
                name.is_some() || verdict.rules.iter().all(|rule| rule.holds == Ok(true)),
                "{which} {file}"
            );
        }
    }
}

fn verdict_of(file: &str) -> Verdict {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/anomalies");
    let text = std::fs::read_to_string(folder.join(format!("{file}.rowlock"))).unwrap();
    let scenario = parse(&text).unwrap_or_else(|errors| panic!("{file}: {errors:?}"));
    let plan = plan(&scenario);
    let run = execute(&plan).unwrap();
    judge(&scenario, &plan, &run)
}
