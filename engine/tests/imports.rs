//! What goes out comes back: scenarios through link, text, picture and file; specs of PostgreSQL's own tests through the
//! scenario and back to a spec. And what is damaged on its way is told from what is whole, in a moment.

#[path = "support/scenarios.rs"]
mod scenarios;
mod support;

use proptest::prelude::*;
use proptest::test_runner::Config;
use rowlock_engine::diagram::svg::{self, Caption};
use rowlock_engine::diagram::{Diagram, Options, layout};
use rowlock_engine::export::{Export, Look, Subject, spec};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::import::{Kind, from_spec, import};
use rowlock_engine::link::{Fragment, Query, decode, encode, encode_plain};
use rowlock_engine::markup::fence;
use rowlock_engine::run::execute;
use rowlock_engine::scenario::{Scenario, parse, read};
use rowlock_engine::strategy::plan;
use rowlock_engine::verdict::judge;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{difference, ours};

/// A story's diagram, for pictures that carry something else.
fn diagram() -> Diagram {
    let scenario = read(STORIES[0].text).expect("a story is sound");
    let plan = plan(&scenario);
    let run = execute(&plan).expect("its set-up is sound");
    let verdict = judge(&scenario, &plan, &run);
    layout(&run, &plan, &verdict, &Options { width: 600 })
}

fn picture(diagram: &Diagram, text: &str) -> String {
    let caption = Caption {
        title: "A picture",
        description: "",
        source: text,
    };
    svg::to_svg(diagram, &caption, &svg::DARK)
}

fn comes_back(kind: Kind, pasted: &str, scenario: &Scenario) -> Result<(), TestCaseError> {
    let imported = import(pasted);
    let imported = imported.map_err(|error| TestCaseError::fail(format!("{error}: {pasted}")))?;
    prop_assert_eq!(imported.kind, kind, "{}", pasted);
    let back = parse(&imported.text);
    prop_assert_eq!(back.as_ref(), Ok(scenario), "{}", pasted);
    Ok(())
}

#[test]
fn a_thousand_scenarios_come_back_equal_from_wherever_they_were() {
    let diagram = diagram();
    let folder = std::env::temp_dir().join(format!("rowlock-imports-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join("scenario.rowlock");
    let runner = Config {
        cases: 1000,
        // What fails is shown; there is nothing to remember.
        failure_persistence: None,
        ..Config::default()
    };
    proptest!(runner, |(scenario in scenarios::scenario())| {
        let text = scenario.to_text();
        comes_back(Kind::Link, &encode(&scenario), &scenario)?;
        let fragment = Fragment {
            scenario: Some(encode(&scenario)),
            step: Some(7),
            ..Fragment::default()
        };
        let address = format!("https://rowlock.example/play/?embed{}", fragment.to_text());
        comes_back(Kind::Link, &address, &scenario)?;
        comes_back(Kind::Link, &encode_plain(&scenario), &scenario)?;
        comes_back(Kind::Text, &text, &scenario)?;
        comes_back(Kind::Picture, &picture(&diagram, &text), &scenario)?;
        comes_back(Kind::Markdown, &format!("A post\n\n{}", fence(&text)), &scenario)?;
        fs::write(&file, text.replace('\n', "\r\n")).expect("a file can be written");
        let read = fs::read_to_string(&file).expect("a file can be read");
        comes_back(Kind::Text, &read, &scenario)?;
    });
    fs::remove_dir_all(&folder).expect("the folder can be removed");
}

#[test]
fn every_story_comes_back_from_its_exports() {
    for story in STORIES {
        let scenario = read(story.text).expect("a story is sound");
        let plan = plan(&scenario);
        let run = execute(&plan).expect("its set-up is sound");
        let verdict = judge(&scenario, &plan, &run);
        let subject = Subject {
            scenario: &scenario,
            plan: &plan,
            run: &run,
            verdict: &verdict,
            look: Look {
                width: 900,
                theme: svg::LIGHT,
            },
            address: "https://rowlock.example/play/",
        };
        for (export, kind) in [
            (Export::Text, Kind::Text),
            (Export::Svg, Kind::Picture),
            (Export::Markdown, Kind::Markdown),
        ] {
            let files = export.files(&subject).expect("every run has one");
            let imported = import(&files[0].text).expect("it is ours");
            assert_eq!(imported.kind, kind, "{}", story.slug);
            assert_eq!(
                parse(&imported.text).as_ref(),
                Ok(&scenario),
                "{}",
                story.slug
            );
        }
        // A spec holds what was sent, so it comes back as that.
        if let Ok(files) = Export::Isolation.files(&subject) {
            let imported = import(&files[0].text).expect("it is ours");
            assert_eq!(imported.kind, Kind::Spec, "{}", story.slug);
            assert_eq!(imported.errors, [], "{}", story.slug);
        }
    }
}

/// Small numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's linear congruential generator (MMIX); the upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    /// A text with a few pieces cut out, doubled, swapped or replaced.
    fn damage(&mut self, text: &str) -> String {
        const PIECES: [&str; 25] = [
            "",
            "",
            "",
            "a",
            "%",
            "%2",
            "&",
            "#",
            "s=",
            "d1.",
            "t1.",
            "d2.",
            ".",
            "=",
            "\n",
            "{",
            "}",
            "<",
            ">",
            "\u{0}",
            "é",
            "&#x110000;",
            "\u{a0}",
            "\u{2003}",
            "setup {",
        ];
        let mut text = text.to_owned();
        for _ in 0..1 + self.roll(4) {
            let start = text.floor_char_boundary(self.roll(text.len() + 1));
            let end = text.floor_char_boundary((start + self.roll(12)).min(text.len()));
            let put = PIECES[self.roll(PIECES.len())];
            match self.roll(8) {
                0 => text.truncate(start),
                1 => {
                    let again = text[start..end].to_owned();
                    text.insert_str(end, &again);
                }
                2 => text.insert_str(start, put),
                _ => text.replace_range(start..end, put),
            }
        }
        text
    }
}

/// Far more than any of it takes, on a busy machine without optimization.
const PATIENCE: Duration = Duration::from_secs(10);

fn in_a_moment<T>(pasted: &str, answer: impl FnOnce(&str) -> T) -> T {
    let start = Instant::now();
    let answer = answer(pasted);
    assert!(
        start.elapsed() < PATIENCE,
        "it took {:?}: {pasted}",
        start.elapsed()
    );
    answer
}

#[test]
fn ten_thousand_damaged_links_are_read_or_told_apart() {
    let mut dice = Dice(7);
    let texts: Vec<&str> = STORIES.iter().map(|story| story.text).collect();
    let mut cases = [0; 5];
    for number in 0..10_000 {
        let text = texts[number % texts.len()];
        let scenario = parse(text).expect("a story is sound");
        let value = if number % 3 == 0 {
            encode_plain(&scenario)
        } else {
            encode(&scenario)
        };
        let damaged = dice.damage(&value);
        let case = match in_a_moment(&damaged, decode) {
            Ok(_) => 0,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                let names = ["cut-off", "newer-format", "not-a-scenario", "over-limits"];
                1 + names
                    .iter()
                    .position(|name| *name == error.case())
                    .expect("it is one of the four")
            }
        };
        cases[case] += 1;
        let address = format!("https://rowlock.example/?embed&play#step=1&s={damaged}");
        // What can be read, once read, reads back as itself.
        if let Ok(imported) = in_a_moment(&address, import)
            && let Ok(scenario) = read(&imported.text)
        {
            assert_eq!(parse(&scenario.to_text()).as_ref(), Ok(&scenario));
        }
    }
    assert!(cases[..4].iter().all(|count| *count > 0), "{cases:?}");
}

#[test]
fn damaged_addresses_pictures_and_specs_are_read_or_told_apart() {
    let mut dice = Dice(8);
    let addresses = [
        "?embed&show=verdict,rows&theme=dark&strategies=none,pessimistic,nowait&controls=full&load=click&parent=https://blog.example&play&edit",
        "#g=two-cashiers&step=7&strategy=pessimistic,%20nowait&compare=none,optimistic,updated_at&seed=12",
    ];
    let diagram = diagram();
    let picture = picture(&diagram, STORIES[0].text);
    let specs: Vec<String> = specs()
        .iter()
        .map(|path| fs::read_to_string(path).expect("it can be read"))
        .filter(|text| text.len() < 1500)
        .collect();
    for number in 0..2000 {
        let address = dice.damage(addresses[number % 2]);
        let (query, _) = in_a_moment(&address, Query::parse);
        assert_eq!(
            Query::parse(&query.to_text()).0.to_text(),
            query.to_text(),
            "{address}"
        );
        let fragment = in_a_moment(&address, Fragment::parse);
        assert_eq!(Fragment::parse(&fragment.to_text()), fragment, "{address}");
        let _ = fragment.notices();
        let spec = dice.damage(&specs[number % specs.len()]);
        if let Err(error) = in_a_moment(&spec, |spec| from_spec(spec, 0)) {
            let lines = spec.split('\n').count();
            assert!(
                (1..=lines.max(1)).contains(&error.line) && error.column > 0,
                "{error}: {spec}"
            );
        }
        if number % 10 == 0 {
            let _ = in_a_moment(&dice.damage(&picture), import);
        }
    }
}

fn specs() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [here.join("tests/isolation"), here.join("../tests/postgres")];
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("it is there"));
    let files = entries.map(|entry| entry.expect("it can be listed").path());
    let mut specs: Vec<PathBuf> = files
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "spec")
        })
        .collect();
    specs.sort();
    specs
}

/// What the driver prints of the first permutation, without the names of steps: the results, in their order.
fn results(account: &str) -> Vec<String> {
    let mut starts = account
        .match_indices("\nstarting permutation:")
        .map(|(at, _)| at);
    let start = starts.next().unwrap_or(0) + 1;
    let end = starts.next().unwrap_or(account.len());
    let lines = account[start..end.max(start)].lines();
    let lines = lines.filter(|line| !line.starts_with("step ") && !line.starts_with("starting "));
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Specs that say what a scenario cannot.
const REFUSED: [&str; 6] = [
    // A client goes on at a savepoint after an error.
    "deadlock_victim_goes_on_from_a_savepoint",
    "errors_behind_a_savepoint",
    "isolation_read_only_transaction_refuses_each_command",
    "rr_error_stays_for_the_whole_transaction",
    "timeout_inside_a_savepoint",
    // A column that is there only if ON CONFLICT names it.
    "series_and_named_constraints",
];

/// Specs of which the scenario's own spec prints something else.
const OTHERWISE: [&str; 20] = [
    // Markers hold reports back, or have the driver give a step up.
    "cancel",
    "cancel_with_marker",
    "markers_hold_back_a_report",
    "markers_notices",
    "output_markers",
    // Set-ups and teardowns of sessions are steps.
    "empty_setup",
    "last_result_of_setup",
    "output_setup_and_teardown",
    "session_setup_fails",
    "setup_fails",
    "teardown_fails",
    // Several statements of a step are steps of their own, and a step's text stands on one line.
    "names_and_blanks",
    "notices",
    "output_step_text",
    "results",
    "transaction_message_waits_as_one",
    // After an error a client sends no more of its transaction.
    "table_lock_several_tables_in_order",
    "table_lock_taken_by_each_statement",
    "transaction_error_gives_locks_back_at_once",
    // A table that the timeline drops cannot be dropped again.
    "drop_table_waits",
];

#[test]
fn specs_that_come_in_answer_as_they_did() {
    let mut wrong: Vec<String> = Vec::new();
    for path in specs() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).expect("it can be read");
        let came = match from_spec(&text, 0) {
            Ok(_) if REFUSED.contains(&&*name) => {
                wrong.push(format!("{name} comes in"));
                continue;
            }
            Ok(came) => came,
            Err(error) if !REFUSED.contains(&&*name) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
            Err(_) => continue,
        };
        let scenario = read(&came.text).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        let plan = plan(&scenario);
        let before = results(&ours(&text, 60).text);
        let after = match execute(&plan).map(|run| spec(&scenario, &plan, &run)) {
            Ok(Ok(again)) => results(&ours(&again.text, 60).text),
            Ok(Err(unfit)) => vec![unfit.to_string()],
            Err(failure) => vec![failure.error.to_string()],
        };
        if (before == after) == OTHERWISE.contains(&&*name) {
            let changes = difference(&before.join("\n"), &after.join("\n"));
            wrong.push(format!("{name}\n{changes}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
