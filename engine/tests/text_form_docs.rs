//! The pages' examples of the text form are what is said of them, and `docs/text-form.md` names all that there is.
//!
//! Each fenced block `rowlock` of a page has a line below it, `Verdict: ...` or `Error: ...`; with `ROWLOCK_UPDATE_GOLDEN=1`
//! these lines are written anew.

#[path = "support/fences.rs"]
mod fences;

use fences::fences;
use rowlock_engine::run::execute;
use rowlock_engine::scenario::{Fault, MOST_SESSIONS, read};
use rowlock_engine::strategy::{Strategy, plan};
use rowlock_engine::verdict::judge;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../docs/text-form.md");

/// Every page of the project.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = Vec::new();
    for folder in [root.clone(), root.join("docs")] {
        let entries = fs::read_dir(&folder).expect("it is there").flatten();
        pages.extend(
            entries
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|it| it == "md")),
        );
    }
    pages.sort();
    pages
}

/// What Rowlock says of a scenario.
fn said(text: &str) -> String {
    let scenario = match read(text) {
        Ok(scenario) => scenario,
        Err(errors) => return format!("Error: {}", errors[0]),
    };
    let plan = plan(&scenario);
    let run = match execute(&plan) {
        Ok(run) => run,
        Err(error) => panic!("{text}\n{error:?}"),
    };
    let verdict = judge(&scenario, &plan, &run);
    let what = match verdict.anomalies.first() {
        Some(anomaly) => anomaly.name.as_str().to_owned(),
        None => verdict.kind.as_str().replace('-', " "),
    };
    format!("Verdict: {what}. {}", verdict.sentence)
}

#[test]
fn every_example_comes_to_what_is_said_below_it() {
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let (mut wrong, mut verdicts, mut errors) = (String::new(), 0, 0);
    for page in pages() {
        let text = fs::read_to_string(&page).expect("it can be read");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for fence in fences(&text) {
            if fence.language != "rowlock" {
                continue;
            }
            // An empty line is between.
            let place = fence.after + 1;
            let line = lines.get_mut(place).unwrap_or_else(|| {
                panic!(
                    "{}: an example at the end without a verdict",
                    page.display()
                )
            });
            let found = said(&fence.text);
            let kind = found.split_inclusive(':').next().unwrap_or_default();
            if kind == "Error:" {
                errors += 1;
            } else {
                verdicts += 1;
            }
            if *line == found {
                continue;
            }
            wrong += &format!(
                "{}, line {}:\n- {line}\n+ {found}\n",
                page.display(),
                place + 1
            );
            if update && line.starts_with(kind) {
                *line = found;
            }
        }
        if update {
            fs::write(&page, lines.join("\n") + "\n").expect("it can be written");
        }
    }
    assert!(update || wrong.is_empty(), "{wrong}");
    assert!(verdicts >= 6 && errors >= 6, "{verdicts}, {errors}");
}

/// What stands between backticks.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The first error of a text says what is expected: a list, in words.
fn expected(text: &str) -> Vec<String> {
    let errors = read(text).expect_err("it is wrong");
    let list = &errors[0].expected;
    let list = list.split(", as in").next().unwrap_or_default();
    let list = list.replace(" or, unlike PostgreSQL, ", ", ");
    let items = list.split([',', ';']).flat_map(|part| part.split(" or "));
    items.map(|item| item.trim().to_owned()).collect()
}

#[test]
fn headers_sections_and_options_of_sessions_are_all_there() {
    for name in expected("a b c: x") {
        let is_section =
            PAGE.contains(&format!("`{name}:`")) || PAGE.contains(&format!("`{name}`,"));
        assert!(
            PAGE.contains(&format!("\n| `{name}` |")) || is_section,
            "{name}"
        );
    }
    for name in expected("sessions:\n  A: a\n    a b c: x") {
        assert!(PAGE.contains(&format!("\n| `{name}: ")), "{name}");
    }
    // What is written with a value is understood, as a header or as a line below a session.
    let mut seen = 0;
    for code in codes(PAGE).filter(|code| code.contains(": ") && !code.contains(['\n', '.'])) {
        let header = read(&format!("{code}\n")).is_ok();
        let option = read(&format!("sessions:\n  A: a\n    {code}\n")).is_ok();
        assert!(header || option, "{code}");
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn strategies_and_their_options_are_all_there() {
    for strategy in Strategy::ALL {
        let slug = strategy.slug();
        let row = PAGE
            .lines()
            .find(|line| line.starts_with(&format!("| `{slug}` |")))
            .unwrap_or_else(|| panic!("{slug}"));
        let cell = row.split('|').nth(3).unwrap_or_default();
        for group in cell.split(';') {
            for (place, option) in codes(group).enumerate() {
                let written: Strategy = format!("{slug}, {option}")
                    .parse()
                    .unwrap_or_else(|error| panic!("{slug}, {option}: {error}"));
                let is_default = place == 0 && !option.starts_with("key ");
                assert_eq!(written == strategy, is_default, "{slug}, {option}");
            }
        }
        let all = expected(&format!("strategy: {slug}, a b c"));
        for option in all
            .iter()
            .filter(|option| *option != "the strategy's name alone")
        {
            let name = option.split(" with ").next().unwrap_or_default();
            assert!(
                codes(cell).any(|code| code.starts_with(name)),
                "{slug}, {name}"
            );
        }
    }
}

#[test]
fn levels_faults_and_what_a_client_does_are_all_there() {
    for level in expected("isolation: a b c") {
        assert!(PAGE.contains(&format!("`{level}`")), "{level}");
    }
    for fault in Fault::ALL {
        let row = format!("\n| `{fault}` | {}", fault.description());
        assert!(PAGE.contains(&row), "{row}");
    }
    let (_, part) = PAGE.split_once("\n## On conflict").expect("it is there");
    let (part, _) = part.split_once("\n## ").expect("it ends");
    let ways = codes(part).filter(|code| !code.ends_with(':'));
    let mut seen = 0;
    for way in ways.filter(|way| !way.starts_with("jitter")) {
        assert!(read(&format!("on conflict: {way}\n")).is_ok(), "{way}");
        seen += 1;
    }
    assert!(seen >= 6);
    for fact in expected("expect:\n  a: SELECT :abc = 1") {
        let Some(name) = fact.strip_prefix(':') else {
            continue;
        };
        assert!(PAGE.contains(&format!("\n| `:{name}` |")), "{name}");
    }
    assert!(PAGE.contains(&format!("{MOST_SESSIONS} sessions")));
}
