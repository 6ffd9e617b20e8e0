//! What the page is told, and that it survives the way there.

use super::*;
use crate::gallery::story;

fn explore(text: &str) -> Job {
    let task = Task::Explore {
        id: 7,
        text: text.to_owned(),
    };
    let task = Task::read(&task.to_bytes()).expect("what was written can be read");
    match Job::new(task) {
        Some(Ok(job)) => job,
        Some(Err(answer)) => panic!("{answer:?}"),
        None => panic!("exploring is work"),
    }
}

/// All answers up to the last, each after a way through bytes.
fn answers(job: &mut Job, budget: usize) -> Vec<Answer> {
    let mut all = Vec::new();
    loop {
        for answer in job.advance(budget) {
            let read = Answer::read(&answer.to_bytes());
            assert_eq!(read.as_ref(), Some(&answer));
            let over = matches!(answer, Answer::Finished { .. } | Answer::Failed { .. });
            all.push(answer);
            if over {
                return all;
            }
        }
    }
}

fn reports(answers: &[Answer]) -> Vec<&Schedules> {
    let reports = answers.iter().filter_map(|answer| match answer {
        Answer::Report { report, .. } => Some(&**report),
        _ => None,
    });
    reports.collect()
}

fn two_cashiers() -> &'static str {
    story("two-cashiers").expect("there is such a story").text
}

#[test]
fn two_cashiers_have_fifty_schedules_and_forty_lose_a_sale() {
    let answers = answers(&mut explore(two_cashiers()), 10);
    let [report] = reports(&answers)[..] else {
        panic!("one report: {answers:?}");
    };
    assert_eq!(report.known, Known::All);
    assert_eq!(
        (
            &*report.interleavings,
            &*report.wrong.count,
            &*report.correct.count
        ),
        ("50", "40", "10")
    );
    let lost = &report.outcomes[0];
    assert_eq!((&*lost.amount.count, lost.faithful), ("40", true));
    assert_eq!(lost.anomalies, ["lost update"]);
    assert_eq!(lost.tables, ["stock: (id = 42, quantity = 9)"]);
    assert_eq!(lost.sessions[0].1, "committed");
}

#[test]
fn the_order_of_an_outcome_is_one_of_the_drawing() {
    use crate::edit::{Edit, apply};
    let text = two_cashiers();
    let answers = answers(&mut explore(text), 1000);
    let report = reports(&answers)[0];
    for outcome in &report.outcomes {
        let edited = apply(text, &Edit::Reschedule(outcome.order.clone()));
        let edited = edited.expect("an order of the steps");
        let scenario = crate::scenario::read(&edited.text).expect("it can be read");
        let plan = crate::strategy::plan(&scenario);
        let run = crate::run::execute(&plan).expect("its set-up is sound");
        let verdict = crate::verdict::judge(&scenario, &plan, &run);
        assert_eq!(verdict.kind, outcome.verdict);
    }
}

#[test]
fn every_strategy_gets_its_line_and_pessimistic_loses_nothing() {
    let answers = answers(&mut explore(two_cashiers()), 1000);
    let lines: Vec<&StrategyLine> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Line { line, .. } => Some(&**line),
            _ => None,
        })
        .collect();
    let strategies: Vec<Strategy> = lines.iter().map(|line| line.strategy).collect();
    assert_eq!(strategies, Strategy::ALL);
    let line = |wanted| {
        lines
            .iter()
            .find(|line| line.strategy == wanted)
            .expect("all are there")
    };
    assert_eq!(line(Strategy::None).amounts[1].count, "40");
    let pessimistic = line(Strategy::PESSIMISTIC);
    assert!(pessimistic.is_exact && pessimistic.amounts[1].is_none());
    assert_eq!(pessimistic.amounts[0].count, pessimistic.interleavings);
}

#[test]
fn who_stops_it_is_told_bounds() {
    let mut job = explore(two_cashiers());
    assert_eq!(job.advance(1), []);
    assert!(matches!(job.progress(), Answer::Progress { id: 7, .. }));
    let Some(Answer::Report { report, .. }) = job.so_far() else {
        panic!("a report");
    };
    assert_eq!(report.known, Known::SoFar);
    let answers = job.stop();
    let [report] = reports(&answers)[..] else {
        panic!("one report: {answers:?}");
    };
    let Known::Bounds { open, stopped, .. } = report.known else {
        panic!("bounds: {report:?}");
    };
    assert!(open > 0.0 && stopped);
    assert_eq!(answers.last(), Some(&Answer::Finished { id: 7 }));
    assert_eq!(job.advance(1), [Answer::Finished { id: 7 }]);
}

#[test]
fn what_cannot_be_run_is_told_in_a_sentence() {
    for (text, says) in [
        (
            "timeline:\n  A: SELEKT 1\n",
            "The scenario cannot be read: ",
        ),
        (
            "setup:\n  SELECT 1 / 0;\ntimeline:\n  A: SELECT 1\n",
            "The set-up fails: ",
        ),
    ] {
        let task = Task::Explore {
            id: 1,
            text: text.to_owned(),
        };
        let Some(Err(Answer::Failed { message, .. })) = Job::new(task) else {
            panic!("{text} fails");
        };
        assert!(message.starts_with(says), "{message}");
    }
    assert!(Job::new(Task::Stop { id: 1 }).is_none());
}

#[test]
fn bytes_that_are_no_message_are_none() {
    let bytes = Task::Explore {
        id: 300,
        text: "title: ü\n".to_owned(),
    }
    .to_bytes();
    for end in 0..bytes.len() {
        assert_eq!(Task::read(&bytes[..end]), None);
    }
    let mut answers = answers(&mut explore(two_cashiers()), 1000);
    answers.truncate(3);
    for answer in answers {
        let bytes = answer.to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(Answer::read(&bytes[..end]), None);
        }
        for place in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[place] = !wrong[place];
            // Whatever it reads as, reading it ends.
            let _ = Answer::read(&wrong);
        }
    }
    assert_eq!(Answer::read(&[9, 0]), None);
    assert_eq!(Task::read(&[0xff; 20]), None);
}
