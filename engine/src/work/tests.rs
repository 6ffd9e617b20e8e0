//! What the page is told, and that it survives the way there.

use super::*;
use crate::gallery::story;
use crate::load::findings::Question;
use crate::load::{
    AtRetry, Burst, Choice, Faults, Finding as _, OnConflict, Policy, Quantity, Queue, Rate,
    Readers, Settings, Simulation, Times,
};
use crate::strategy::Strategy;

/// Begins a task after its way through bytes.
fn begin(task: Task) -> Job {
    let read = Task::read(&task.to_bytes()).expect("what was written can be read");
    assert_eq!(read, task);
    match Job::new(read) {
        Some(Ok(job)) => job,
        Some(Err(answer)) => panic!("{answer:?}"),
        None => panic!("{task:?} is work"),
    }
}

fn explore(text: &str) -> Job {
    begin(Task::Explore {
        id: 7,
        text: text.to_owned(),
    })
}

fn measure(settings: &Settings) -> Job {
    let question = Question {
        settings: settings.clone(),
        keeps_client: true,
        crowd: 30,
    };
    begin(Task::Measure {
        id: 8,
        question: Box::new(question),
    })
}

fn measured(answers: &[Answer]) -> Vec<&Measured> {
    let all = answers.iter().filter_map(|answer| match answer {
        Answer::Measured { measured, .. } => Some(&**measured),
        _ => None,
    });
    all.collect()
}

/// All answers up to the last, each after a way through bytes.
fn answers(job: &mut Job, budget: usize) -> Vec<Answer> {
    let mut all = Vec::new();
    loop {
        for answer in job.advance(budget) {
            let read = Answer::read(&answer.to_bytes());
            // As text: where nothing was seen there are numbers that are equal to none.
            assert_eq!(format!("{read:?}"), format!("{:?}", Some(&answer)));
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
    assert!(Job::new(Task::Forget { id: 1 }).is_none());
}

#[test]
fn traffic_is_told_early_and_in_the_end_as_the_simulation_alone_measures_it() {
    let settings = Settings {
        seed: 5,
        on_conflict: OnConflict::REJECT,
        ..Settings::default()
    };
    let all = answers(&mut measure(&settings), 2000);
    let told = measured(&all);
    assert_eq!(told.len(), 2, "once when there is something, and the end");
    assert_eq!(all.last(), Some(&Answer::Finished { id: 8 }));
    let [early, end] = told[..] else {
        panic!("two: {told:?}");
    };
    // What the command line prints for as many events.
    let mut alone = Simulation::new(&settings).expect("they are in range");
    alone.run(2_000_000);
    let conflicts = alone.measures().get(Quantity::Conflict);
    assert_eq!(end.conflicts.here.to_bits(), conflicts.value.to_bits());
    assert!(end.table.contains("seed 5"), "{}", end.table);
    // The first answer is about the workload itself; the sweep follows.
    let widths = |it: &Measured| -> Vec<f64> {
        let points = it.conflicts.points.iter();
        points.map(|(_, it)| it.half_width()).collect()
    };
    assert!(early.conflicts.here > 0.0 && widths(early).iter().all(|it| it.is_nan()));
    // Half a point to either side, as far as a strategy without retries goes.
    assert!(
        widths(end).iter().all(|it| *it <= 0.005),
        "{:?}",
        widths(end)
    );
    assert_eq!((end.latencies.len(), end.throughput.lines.len()), (4, 4));
}

#[test]
fn traffic_is_the_same_however_the_slices_are_cut() {
    let settings = Settings {
        on_conflict: OnConflict::REJECT,
        ..Settings::default()
    };
    let end = |budget| {
        let all = answers(&mut measure(&settings), budget);
        measured(&all).last().map(|it| (*it).clone())
    };
    let debug = |it: Option<Measured>| format!("{it:?}");
    assert!(debug(end(1_500)) == debug(end(700_000)));
}

#[test]
fn who_stops_traffic_keeps_what_was_measured() {
    let mut job = measure(&Settings::default());
    assert_eq!(job.advance(1), []);
    assert_eq!(job.so_far(), None, "there is nothing yet");
    while job.advance(10_000).is_empty() {}
    let Answer::Progress { progress, .. } = job.progress() else {
        panic!("progress");
    };
    assert!(progress.states > 10_000 && progress.done > 0.0 && progress.done < 1.0);
    assert_eq!(measured(&job.stop()).len(), 1);
    assert_eq!(job.advance(1), [Answer::Finished { id: 8 }]);
}

#[test]
fn a_decision_answers_each_of_sixteen_ways_as_the_study_does() {
    use crate::load::decide::Answers;
    let settings = Settings::default();
    let task = Task::Decide {
        id: 9,
        settings: Box::new(settings.clone()),
    };
    let all = answers(&mut begin(task), 100_000);
    let mut decisions = all.iter().filter_map(|answer| match answer {
        Answer::Decision { decision, .. } => Some(decision),
        _ => None,
    });
    let decision = decisions.next_back().expect("it is told");
    let mut study = Study::new(&settings).expect("they are in range");
    study.run(u64::MAX);
    for number in 0..16 {
        let yes = |place: u32| number >> place & 1 == 1;
        let answers = Answers {
            can_retry: yes(0),
            wrong_is_costly: yes(1),
            older_may_vanish: yes(2),
            is_arithmetic: yes(3),
        };
        let told = decision.told(&answers).expect("each way has its answer");
        let alone = study.recommendation(&answers);
        assert_eq!(told.strategy, alone.strategy);
        assert_eq!(told.reasons, alone.reasons);
        assert_eq!(told.questions.len(), alone.questions.len());
    }
    assert!(decision.points.contains("at-points") && decision.trees.contains('✓'));
}

#[test]
fn every_setting_of_traffic_survives_the_way() {
    let mut all = vec![Settings {
        rate: Rate::Total(7.5),
        read_share: 0.25,
        burst: Some(Burst {
            at: 1.5,
            clients: 300,
        }),
        rows: 1000,
        choice: Choice::Zipf(1.25),
        rows_each: 3,
        times: Times::Drawn(vec![0.1, 0.3]),
        at_retry: AtRetry::Keep,
        connections: Some(12),
        faults: Faults {
            crash: 0.1,
            duplicate: 0.2,
            hang: 0.3,
            hang_time: 4.0,
        },
        seed: u64::MAX,
        ..Settings::default()
    }];
    for times in [
        Times::Exponential { mean: 0.5 },
        Times::LogNormal {
            mean: 0.5,
            variation: 2.0,
        },
    ] {
        all.push(Settings {
            times,
            ..Settings::default()
        });
    }
    for mut policy in Policy::all() {
        match &mut policy {
            Policy::LastWriteWins { skew } => *skew = 0.5,
            Policy::Pessimistic(locking) => {
                locking.timeout = Some(0.125);
                locking.queue = Queue::ReadersPass;
            }
            Policy::UpsertLock(locking) => locking.readers = Readers::Share,
            _ => {}
        }
        let mut settings = Settings::default().with_policy(policy);
        settings.on_conflict.retries = Some(3);
        settings.costs.think = 2.0;
        all.push(settings);
    }
    for settings in all {
        let task = Task::Decide {
            id: 1,
            settings: Box::new(settings),
        };
        let bytes = task.to_bytes();
        assert_eq!(Task::read(&bytes), Some(task));
        for end in 0..bytes.len() {
            assert_eq!(Task::read(&bytes[..end]), None);
        }
    }
}

#[test]
fn traffic_out_of_range_is_told_in_a_sentence() {
    let settings = Settings {
        rows: 0,
        ..Settings::default()
    };
    let task = Task::Decide {
        id: 1,
        settings: Box::new(settings),
    };
    let Some(Err(Answer::Failed { message, .. })) = Job::new(task) else {
        panic!("it fails");
    };
    assert!(
        message.starts_with("This traffic cannot be simulated: the number of rows must lie"),
        "{message}"
    );
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
