//! The guide (`static/guide/index.html`): its pictures are what the engine draws, its links open what they say, and what it
//! counts is counted.
//!
//! With `ROWLOCK_UPDATE_GOLDEN=1` the pictures and the count are written anew.

use rowlock_engine::diagram::svg::{DARK, LIGHT};
use rowlock_engine::explore::{Completeness, Explorer, Limits, Status, Symmetry};
use rowlock_engine::export::{Export, Look, Subject};
use rowlock_engine::gallery::story;
use rowlock_engine::link::{Fragment, Query};
use rowlock_engine::run::{Run, execute};
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::strategy::{Plan, Strategy, plan};
use rowlock_engine::verdict::judge;
use std::fs;
use std::path::{Path, PathBuf};
use usvg::roxmltree::{Document, ParsingOptions};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/guide")
}

fn page() -> String {
    fs::read_to_string(folder().join("index.html")).expect("the guide is there")
}

/// The page, which is well-formed XML too.
fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).expect("it is well-formed")
}

fn told(slug: &str, strategy: Option<&str>) -> (Scenario, Plan, Run) {
    let story = story(slug).unwrap_or_else(|| panic!("there is no story {slug}"));
    let mut scenario = read(story.text).expect("a story is sound");
    if let Some(strategy) = strategy {
        scenario.strategy = strategy
            .parse()
            .unwrap_or_else(|error| panic!("{strategy}: {error}"));
    }
    let plan = plan(&scenario);
    let run = execute(&plan).expect("its set-up is sound");
    (scenario, plan, run)
}

fn is_update() -> bool {
    std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some()
}

#[test]
fn its_links_open_what_is_there() {
    let text = page();
    let document = parsed(&text);
    let has_id = |id: &str| {
        document
            .descendants()
            .any(|it| it.attribute("id") == Some(id))
    };
    let (mut seen, mut strategies) = (0, Vec::new());
    for element in document.descendants() {
        let named = ["href", "src", "srcset"].map(|name| element.attribute(name));
        let Some(href) = named.into_iter().flatten().next() else {
            continue;
        };
        if let Some(id) = href.strip_prefix('#') {
            assert!(has_id(id), "{href}");
        } else if let Some((query, fragment)) =
            href.strip_prefix("../").and_then(|it| it.split_once('#'))
        {
            assert_eq!(Query::parse(query.trim_start_matches('?')).1, [], "{href}");
            let fragment = Fragment::parse(fragment);
            assert_eq!(fragment.notices(), [], "{href}");
            let slug = fragment.story.as_deref().expect("it opens a story");
            let (scenario, _, run) = told(slug, fragment.strategy.as_deref());
            let step = fragment.step.unwrap_or_default();
            assert!(step <= run.events.len(), "{href}: {}", run.events.len());
            strategies.extend(fragment.strategy.map(|_| scenario.strategy.slug()));
            seen += 1;
        } else if !["../", "icon.svg"].contains(&href) {
            // Trunk puts the icon there.
            assert!(folder().join(href).is_file(), "{href}");
        }
    }
    assert!(seen >= 15, "{seen}");
    for strategy in Strategy::ALL {
        assert!(
            strategies.contains(&strategy.slug()),
            "{strategy} is opened nowhere"
        );
    }
}

#[test]
fn it_keeps_the_page_s_policy_and_its_colours() {
    let text = page();
    for element in parsed(&text).descendants() {
        let name = element.tag_name().name();
        assert!(!["script", "style"].contains(&name), "{name}");
        assert_eq!(element.attribute("style"), None, "{name}");
    }
    let base = fs::read_to_string(folder().join("../base.css")).expect("it is there");
    let own = fs::read_to_string(folder().join("guide.css")).expect("it is there");
    let colours = own.lines().filter(|line| line.starts_with("  --"));
    for colour in colours {
        assert!(base.lines().any(|line| line == colour), "{colour}");
    }
}

#[test]
fn its_example_is_sound() {
    let text = page();
    let document = parsed(&text);
    let example = document.descendants().find(|it| it.has_tag_name("pre"));
    let example = example.and_then(|it| it.first_element_child()?.text());
    let read = read(example.expect("there is one"));
    assert!(read.is_ok(), "{read:?}");
}

#[test]
fn its_pictures_are_what_is_drawn() {
    let (scenario, plan, run) = told("two-cashiers", None);
    let verdict = judge(&scenario, &plan, &run);
    for (name, width, theme) in [
        ("lost-update.svg", 640, LIGHT),
        ("lost-update-dark.svg", 640, DARK),
        ("lost-update-narrow.svg", 340, LIGHT),
        ("lost-update-narrow-dark.svg", 340, DARK),
    ] {
        let look = Look { width, theme };
        let subject = Subject {
            scenario: &scenario,
            plan: &plan,
            run: &run,
            verdict: &verdict,
            look,
            address: "",
        };
        let files = Export::Svg.files(&subject).expect("every run has one");
        let path = folder().join(name);
        if is_update() {
            fs::write(&path, &files[0].text).expect("it can be written");
        }
        let drawn = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            drawn == files[0].text,
            "{name} is not what is drawn: ROWLOCK_UPDATE_GOLDEN=1 cargo test -p rowlock-engine --test guide"
        );
    }
}

#[test]
fn what_it_counts_is_counted() {
    let (scenario, ..) = told("two-cashiers", None);
    let mut explorer =
        Explorer::with(&scenario, Limits::default(), Symmetry::Used).expect("it can be run");
    while explorer.advance(100_000).status == Status::Running {}
    let report = explorer.report();
    assert_eq!(report.completeness, Completeness::All);
    let (wrong, ..) = report.sum(|outcome| !outcome.is_correct());
    let said = format!(
        "of the two cashiers' {} schedules {wrong} lose a sale",
        report.interleavings
    );
    let text = page();
    let (before, rest) = text.split_once("<!-- counted -->").expect("it has a place");
    let (_, after) = rest
        .split_once("<!-- end -->")
        .expect("the place has an end");
    let wanted = format!("{before}<!-- counted -->{said}<!-- end -->{after}");
    if is_update() {
        fs::write(folder().join("index.html"), &wanted).expect("it can be written");
    }
    assert!(page() == wanted, "{said}");
}
