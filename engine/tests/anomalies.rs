//! Anomalies as stories: each `anomalies/*.rowlock` opens with a sentence that says what it shows, and the account beside
//! it (`.txt`) is what the verdict says of it. For each anomaly there is a schedule that has it and the nearest that has
//! not. `ROWLOCK_UPDATE_GOLDEN=1` writes the accounts anew.

use rowlock_engine::run::{Run, execute};
use rowlock_engine::scenario::parse;
use rowlock_engine::strategy::{Plan, plan};
use rowlock_engine::verdict::{Serial, Verdict, judge};
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
