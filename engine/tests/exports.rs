//! Exports: reviewed as files, and held against the programs that they are for.
//!
//! `exports/<story>_<strategy>/` holds those of a few stories; with `ROWLOCK_UPDATE_GOLDEN=1` they are written anew. Those of
//! every story under every strategy are read by an XML and an SVG reader, a JSON reader, Mermaid's own parser, our driver
//! for specs and PostgreSQL's. The psql scripts are in `codegen.rs`.

mod support;

use rowlock_engine::diagram::svg;
use rowlock_engine::export::{Export, File, Look, Subject, Unfit, headline, spec};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::run::{EventKind, Outcome, Run, Transaction, execute};
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::strategy::{Plan, plan};
use rowlock_engine::verdict::{Verdict, judge};
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use support::{Server, difference, ours};
use usvg::roxmltree;

/// Those that make something else of what is seen.
const FEW: [&str; 5] = [
    "none",
    "optimistic",
    "pessimistic, nowait",
    "upsert-lock",
    "in-process-lock, stamped",
];

const STRATEGIES: [&str; 14] = [
    "none",
    "last-write-wins",
    "atomic",
    "optimistic",
    "pessimistic",
    "pessimistic, nowait",
    "pessimistic, skip locked",
    "upsert",
    "upsert-lock",
    "snapshot",
    "serializable",
    "advisory-lock, try",
    "table-lock",
    "in-process-lock, stamped",
];

/// A scenario with all that follows from it.
struct Shown {
    name: String,
    scenario: Scenario,
    plan: Plan,
    run: Run,
    /// Not all tests want it, and it takes its time.
    verdict: OnceCell<Verdict>,
}

impl Shown {
    fn of(name: &str, text: &str, strategy: &str) -> Self {
        let mut scenario = read(text).expect("it is sound");
        scenario.strategy = strategy.parse().expect("a strategy");
        let plan = plan(&scenario);
        let run = execute(&plan).expect("its set-up is sound");
        Self {
            name: format!("{name} under {strategy}"),
            scenario,
            plan,
            run,
            verdict: OnceCell::new(),
        }
    }

    fn verdict(&self) -> &Verdict {
        let judge = || judge(&self.scenario, &self.plan, &self.run);
        self.verdict.get_or_init(judge)
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            scenario: &self.scenario,
            plan: &self.plan,
            run: &self.run,
            verdict: self.verdict(),
            look: Look {
                width: 800,
                theme: svg::LIGHT,
            },
            address: "https://rowlock.example/play/",
        }
    }

    fn files(&self, export: Export) -> Vec<File> {
        export
            .files(&self.subject())
            .unwrap_or_else(|unfit| panic!("{}: {unfit}", self.name))
    }

    fn text(&self, export: Export) -> String {
        let mut files = self.files(export);
        files.swap_remove(0).text
    }
}

/// Every story under every strategy, and texts that mean something to whoever reads them wrongly.
fn all(strategies: &[&str]) -> Vec<Shown> {
    const STRANGE: &str = "title: </title> & \"%%{init}%%\"; # <b>end</b> --> ]]> style x:#1;\nabout: *a* [b](c) `d` | ~ $\n\n\
        sessions:\n  end: wrap: <Ann>; #1\n  par-over: classDef a:#2; \u{1F600}\n\nsetup:\n  CREATE TABLE \"select\" (\"a;b\" int PRIMARY KEY, note text);\n  \
        INSERT INTO \"select\" VALUES (1, '<script>alert(1)</script>; %% #59; $$x$$ \\ `');\n\ntimeline:\n  end: BEGIN\n  \
        end: SELECT note FROM \"select\" WHERE \"a;b\" = 1 -- style y:#3;\n  par-over: SELECT 'it''s </svg> \u{7} & ]]> -->' AS \"x y\"\n  \
        end: require :note = 'nowrap: %%; #' else '`]] </script> %% ; #'\n  par-over: SELECT 1 / 0\n  end: COMMIT\n";
    let mut all = vec![
        Shown::of("strange", STRANGE, "none"),
        Shown::of("empty", "title: Nothing\n", "none"),
        Shown::of("alone", "timeline:\n  A: BEGIN\n", "none"),
    ];
    for story in STORIES {
        for strategy in strategies {
            all.push(Shown::of(story.slug, story.text, strategy));
        }
    }
    all
}

const REVIEWED: [(&str, &str, &[Export]); 4] = [
    (
        "two-cashiers",
        "none",
        &[
            Export::Svg,
            Export::Mermaid,
            Export::Markdown,
            Export::Isolation,
        ],
    ),
    (
        "transfer-deadlock",
        "none",
        &[Export::Mermaid, Export::Isolation],
    ),
    (
        "on-call-doctors",
        "serializable",
        &[Export::Mermaid, Export::Isolation],
    ),
    (
        "payment-reply-lost",
        "none",
        &[Export::Mermaid, Export::Isolation],
    ),
];

#[test]
fn exports_are_as_they_were_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    for (slug, strategy, exports) in REVIEWED {
        let story = rowlock_engine::gallery::story(slug).expect("it is in the gallery");
        let shown = Shown::of(slug, story.text, strategy);
        let folder = folder.join(format!("{slug}_{strategy}"));
        for export in exports {
            for file in shown.files(*export) {
                let path = folder.join(&file.name);
                if update {
                    fs::create_dir_all(&folder).expect("a folder");
                    fs::write(&path, &file.text).expect("a file to write");
                } else if fs::read_to_string(&path).unwrap_or_default() != file.text {
                    let _ = writeln!(wrong, "{}", path.display());
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "These have changed:\n{wrong}If that is right: ROWLOCK_UPDATE_GOLDEN=1 cargo test -p rowlock-engine --test exports"
    );
}

#[test]
fn every_export_has_its_name_and_file() {
    let shown = Shown::of("two-cashiers", STORIES[0].text, "none");
    let mut seen: Vec<String> = Vec::new();
    for export in Export::ALL {
        let files = shown.files(export);
        assert!(!export.name().is_empty() && export.description().ends_with('.'));
        assert_eq!(files[0].name, export.file_name(&shown.scenario));
        assert!(files[0].name.ends_with(&format!(".{}", export.extension())));
        assert_eq!(files[0].media_type, export.media_type());
        assert!(!seen.contains(&files[0].name) && files.iter().all(|file| !file.text.is_empty()));
        seen.push(files[0].name.clone());
    }
    assert_eq!(shown.files(Export::Psql).len(), 3);
    assert_eq!(shown.files(Export::Markdown).len(), 2);
    assert_eq!(
        headline(&shown.scenario, shown.verdict()),
        "Two cashiers, one shelf: lost update (interactive)"
    );
    let shown = Shown::of("two-cashiers", STORIES[0].text, "optimistic");
    assert_eq!(
        headline(&shown.scenario, shown.verdict()),
        "Two cashiers, one shelf, under optimistic: correct (interactive)"
    );
}

#[test]
fn pictures_are_read_by_a_reader_of_svg() {
    for shown in all(&FEW) {
        let picture = shown.text(Export::Svg);
        let document = roxmltree::Document::parse(&picture)
            .unwrap_or_else(|error| panic!("{}: {error}\n{picture}", shown.name));
        let text = |name: &str| {
            let mut found = document.root_element().children();
            let found = found.find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
            found.and_then(|node| node.text()).map(str::to_owned)
        };
        if !shown.scenario.title.is_empty() {
            assert_eq!(text("title").as_deref(), Some(&*shown.scenario.title));
        }
        let description = text("desc").unwrap_or_default();
        assert!(
            description.starts_with(
                shown
                    .verdict()
                    .sentence
                    .split('\u{7}')
                    .next()
                    .unwrap_or_default()
            )
        );
        // The scenario in it, as any program finds it.
        let source = document
            .descendants()
            .find(|node| node.has_tag_name(("urn:rowlock", "rowlock-scenario")))
            .unwrap_or_else(|| panic!("{}", shown.name));
        if source.attribute("codec") == Some("t1") {
            assert_eq!(
                source.text(),
                Some(&*shown.scenario.to_text()),
                "{}",
                shown.name
            );
        }
        assert_eq!(
            svg::source(&picture).as_deref(),
            Ok(&*shown.scenario.to_text())
        );
        // It refers to nothing outside, and runs nothing.
        for node in document.descendants() {
            assert!(
                !["script", "image", "use", "a", "foreignObject"].contains(&node.tag_name().name())
            );
            assert!(
                node.attributes()
                    .all(|it| !it.name().starts_with("on") && it.name() != "href")
            );
        }
        let tree = usvg::Tree::from_str(&picture, &usvg::Options::default())
            .unwrap_or_else(|error| panic!("{}: {error}", shown.name));
        let seen = tree.root().children().len();
        assert!(seen > 1, "{}: nothing is to be seen", shown.name);
    }
}

#[test]
fn pictures_have_the_colours_of_their_theme() {
    let shown = Shown::of("two-cashiers", STORIES[0].text, "none");
    for theme in [svg::LIGHT, svg::DARK] {
        let mut subject = shown.subject();
        subject.look.theme = theme;
        let files = Export::Svg.files(&subject).expect("every run has one");
        let picture = &files[0].text;
        assert!(!picture.contains("var(") && !picture.contains("url("));
        let tree = usvg::Tree::from_str(picture, &usvg::Options::default()).expect("it is SVG");
        let value = |name: &str| theme.value(name).unwrap_or_default().to_owned();
        let mut colours: Vec<String> = Vec::new();
        collect(tree.root(), &mut colours);
        for name in [
            "--panel",
            "--session-0",
            "--session-1",
            "--bad",
            "--ok",
            "--line",
        ] {
            assert!(
                colours.contains(&value(name)),
                "{name} {} {colours:?}",
                value(name)
            );
        }
    }
}

#[test]
fn pictures_have_the_colours_that_a_scenario_gives_its_sessions() {
    let text = "sessions:\n  A: Ann\n    colour: vermilion\n  B: Bob\n\ntimeline:\n  A: BEGIN\n  B: BEGIN\n";
    let shown = Shown::of("coloured", text, "none");
    for (theme, vermilion, blue, orange) in [
        (svg::LIGHT, "#8f3d00", "#0072b2", "#b35900"),
        (svg::DARK, "#f58b52", "#56b4e9", "#f0a030"),
    ] {
        let mut subject = shown.subject();
        subject.look.theme = theme;
        let files = Export::Svg.files(&subject).expect("every run has one");
        let tree = usvg::Tree::from_str(&files[0].text, &usvg::Options::default());
        let mut colours: Vec<String> = Vec::new();
        collect(tree.expect("it is SVG").root(), &mut colours);
        let has = |colour: &str| colours.iter().any(|it| it == colour);
        // Ann's is not her lane's; Bob's is.
        assert!(has(vermilion) && has(orange) && !has(blue), "{colours:?}");
    }
}

/// The colours of all paths.
fn collect(group: &usvg::Group, colours: &mut Vec<String>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, colours),
            usvg::Node::Path(path) => {
                let fill = path.fill().map(|fill| fill.paint());
                let stroke = path.stroke().map(|stroke| stroke.paint());
                for paint in fill.into_iter().chain(stroke) {
                    if let usvg::Paint::Color(colour) = paint {
                        let (red, green, blue) = (colour.red, colour.green, colour.blue);
                        colours.push(format!("#{red:02x}{green:02x}{blue:02x}"));
                    }
                }
            }
            _ => {}
        }
    }
}

#[test]
fn traces_are_read_by_a_reader_of_json() {
    for shown in all(&FEW) {
        let trace: Value = serde_json::from_str(&shown.text(Export::Json))
            .unwrap_or_else(|error| panic!("{}: {error}", shown.name));
        assert_eq!(trace["title"], shown.scenario.title);
        let events = trace["events"].as_array().map_or(0, Vec::len);
        assert_eq!(events, shown.run.events.len());
    }
}

#[test]
fn specs_are_played_by_our_driver_as_they_were_run() {
    let mut played = 0;
    for shown in all(&STRATEGIES) {
        let spec = match spec(&shown.scenario, &shown.plan, &shown.run) {
            Ok(spec) => spec,
            Err(unfit) => {
                fits(&shown, unfit);
                continue;
            }
        };
        let account = ours(&spec.text, 60);
        assert_eq!(
            account.status, 0,
            "{}\n{}\n{}",
            shown.name, spec.text, account.text
        );
        // Each error and each wait of the run is in the account, in order.
        let errors = shown
            .run
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Failed(error) => Some(error.message.as_str()),
                _ => None,
            });
        let told = account.text.lines();
        let told = told.filter_map(|line| line.strip_prefix("ERROR:  "));
        assert_eq!(
            told.collect::<Vec<_>>(),
            errors.collect::<Vec<_>>(),
            "{}\n{}\n{}",
            shown.name,
            spec.text,
            account.text
        );
        played += 1;
    }
    assert!(played > 200, "{played}");
}

/// A run without a spec has a reason for that.
fn fits(shown: &Shown, unfit: Unfit) {
    let open = shown.run.transactions.iter();
    let open = open
        .filter(|transaction| transaction.outcome == Outcome::Open)
        .count();
    match unfit {
        Unfit::NoSuchLevel => assert!(shown.plan.isolation.to_string().starts_with("dirty")),
        Unfit::LockEscalation => assert!(shown.plan.lock_escalation.is_some()),
        Unfit::NoSession => assert!(shown.plan.sessions.is_empty()),
        Unfit::Endless => assert!(open > 0, "{}", shown.name),
        Unfit::HangUp | Unfit::Brace => panic!("{}: {unfit}", shown.name),
    }
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
// `against_postgres.rs` holds the specs of more strategies against the server, statement by statement; this is every byte.
fn specs_are_played_by_the_server_as_by_us() {
    let server = Server::told().database("rowlock_exports");
    let mut wrong = String::new();
    let mut played = 0;
    for shown in all(&FEW) {
        let Ok(spec) = spec(&shown.scenario, &shown.plan, &shown.run) else {
            continue;
        };
        let ours = ours(&spec.text, 60).text;
        // Three that wait for one another wake up on the server in an order that is not always the same; and on a busy
        // machine not always the first that waits is the first that looks for a deadlock.
        let alone = shown.plan.sessions.len() < 3 && !ours.contains("deadlock detected");
        let tries = if alone { 1 } else { 6 };
        let mut theirs = String::new();
        for _ in 0..tries {
            server.empty();
            theirs = server.account(&spec.text, 10, "").text;
            if theirs == ours {
                break;
            }
        }
        played += 1;
        if ours != theirs {
            let changes = difference(&theirs, &ours);
            let _ = writeln!(wrong, "{}: - the server, + ours\n{changes}", shown.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(played > 90, "{played}");
}

/// What Mermaid's own parser makes of several sources.
fn mermaid(sources: &[String]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/exports/mermaid.mjs");
    let modules = std::env::var_os("ROWLOCK_NODE_MODULES").expect("it is set by cargo xtask test");
    let mut node = Command::new("node")
        .arg(script)
        .env("ROWLOCK_NODE_MODULES", modules)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node starts");
    let text = serde_json::to_string(sources).expect("texts are JSON");
    let mut input = node.stdin.take().expect("it has an input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "Node fails");
    serde_json::from_slice(&output.stdout).expect("it answers with JSON")
}

#[test]
#[ignore = "needs Node and Mermaid: cargo xtask test"]
fn diagrams_are_read_by_mermaid() {
    let all = all(&FEW);
    let sources: Vec<String> = all
        .iter()
        .map(|shown| shown.text(Export::Mermaid))
        .collect();
    let answers = mermaid(&sources);
    assert_eq!(answers.len(), all.len());
    for ((shown, source), answer) in all.iter().zip(&sources).zip(&answers) {
        let name = &shown.name;
        assert!(
            answer.get("error").is_none(),
            "{name}: {}\n{source}",
            answer["error"]
        );
        if !shown.scenario.title.is_empty() {
            assert_eq!(answer["title"], shown.scenario.title, "{name}");
        }
        let participants = answer["participants"].as_array().expect("a list");
        let sessions = shown.plan.sessions.iter();
        let clients: BTreeSet<&str> = sessions.filter_map(|it| it.client.as_deref()).collect();
        let drawn = shown.plan.sessions.len() + 1 + clients.len();
        assert_eq!(participants.len(), drawn, "{name}");
        for client in &clients {
            let is_it = |it: &&Value| it[1] == *client;
            assert_eq!(participants.iter().filter(is_it).count(), 1, "{name}");
        }
        for session in &shown.plan.sessions {
            let label = session.display_name();
            assert!(
                participants.iter().any(|it| it[1] == label),
                "{name}: {label}\n{source}"
            );
        }
        let all_messages = answer["messages"].as_array().expect("a list");
        // What services are asked and answer is no event, and goes to and from a client.
        let outside = |it: &&Value| {
            let ends = [&it[1], &it[2]];
            ends.iter()
                .any(|end| end.as_str().is_some_and(|end| end.starts_with("Client")))
        };
        let (calls, messages): (Vec<&Value>, Vec<&Value>) = all_messages.iter().partition(outside);
        let asked = calls.iter().filter(|it| it[0] == "SOLID").count();
        let works = |of: &Transaction| shown.plan.sessions[of.session.0].client.is_some();
        let requests = shown.run.transactions.iter();
        let requests = requests.filter(|it| it.attempt == 1 && works(it)).count();
        assert_eq!(asked, requests, "{name}\n{source}");
        let answered = calls.iter().filter(|it| it[0] != "SOLID").count();
        assert!(answered <= asked, "{name}\n{source}");
        let of = |kind: &str| -> Vec<String> {
            let messages = messages.iter().filter(|it| it[0] == kind);
            let texts = messages.map(|it| it[3].as_str().unwrap_or_default().replace("<br/>", " "));
            texts
                .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect()
        };
        // Nothing that was said is lost or changed but in its blanks.
        let said = |texts: Vec<String>| -> Vec<String> {
            let shown = texts.iter().map(|text| text.replace('\u{7}', "\u{fffd}"));
            shown
                .map(|text| text.split_whitespace().collect::<String>())
                .collect()
        };
        let told = |kind: &str| -> Vec<String> {
            of(kind).iter().map(|text| text.replace(' ', "")).collect()
        };
        let events = || shown.run.events.iter();
        let sent = events().filter_map(|event| match &event.kind {
            EventKind::Sent { sql } => Some(sql.clone()),
            _ => None,
        });
        assert_eq!(told("SOLID"), said(sent.collect()), "{name}\n{source}");
        let failed = events().filter_map(|event| match &event.kind {
            EventKind::Failed(error) => Some(format!("ERROR {}: {}", error.state.0, error.message)),
            _ => None,
        });
        assert_eq!(
            told("DOTTED_CROSS"),
            said(failed.collect()),
            "{name}\n{source}"
        );
        // Each transaction is an activation, begun and ended once.
        let transactions = shown.run.transactions.len();
        let count = |kind: &str| messages.iter().filter(|it| it[0] == kind).count();
        assert_eq!(count("ACTIVE_START"), transactions, "{name}\n{source}");
        assert_eq!(count("ACTIVE_END"), transactions, "{name}\n{source}");
        let blocked = events()
            .filter(|event| matches!(event.kind, EventKind::Blocked(_)))
            .count();
        let waits = of("NOTE")
            .iter()
            .filter(|text| text.starts_with("waits for "))
            .count();
        assert_eq!(waits, blocked, "{name}\n{source}");
        if !shown.plan.sessions.is_empty() {
            let last = told("NOTE").pop().unwrap_or_default();
            assert_eq!(
                vec![last],
                said(vec![shown.verdict().sentence.clone()]),
                "{name}"
            );
        }
    }
    // And it is a parser.
    let wrong = mermaid(&["sequenceDiagram\n  A->>".to_owned()]);
    assert!(wrong[0].get("error").is_some());
}
