//! `docs/embedding.md`, and what README says of links and frames: every example is what it says.

#[path = "support/fences.rs"]
mod fences;

use fences::fences;
use rowlock_engine::export::{Export, headline};
use rowlock_engine::gallery::story;
use rowlock_engine::import::{Kind, import};
use rowlock_engine::link::{Fragment, Parent, Part, Query, Snippet};
use rowlock_engine::message::{
    Code, Conversation, Field, Fields, Heard, Id, Refusal, ToParent, Topic, Value as Answer,
};
use rowlock_engine::run::execute;
use rowlock_engine::scenario::read;
use rowlock_engine::strategy::plan;
use rowlock_engine::verdict::judge;
use serde_json::Value;

const PAGE: &str = include_str!("../../docs/embedding.md");
const README: &str = include_str!("../../README.md");

/// The fenced blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let all = fences(page).into_iter();
    let blocks: Vec<String> = all
        .filter(|fence| fence.language == language)
        .map(|fence| fence.text)
        .collect();
    assert!(!blocks.is_empty(), "{language}");
    blocks
}

#[test]
fn addresses_are_understood_whole() {
    let mut count = 0;
    let addresses = [blocks(PAGE, "text"), blocks(README, "text")].concat();
    for address in addresses.iter().flat_map(|block| block.lines()) {
        let (address_and_query, fragment) = address.split_once('#').expect("it has a fragment");
        let query = address_and_query
            .split_once('?')
            .map_or("", |(_, query)| query);
        let (asked, notices) = Query::parse(query);
        assert_eq!(notices, [], "{address}");
        assert_eq!(
            asked.to_text().trim_start_matches('?').len(),
            query.len(),
            "{address}"
        );
        let fragment = Fragment::parse(fragment);
        assert_eq!(
            (&fragment.others, fragment.notices()),
            (&vec![], vec![]),
            "{address}"
        );
        let imported = import(address).unwrap_or_else(|error| panic!("{error}: {address}"));
        assert_eq!(
            (imported.kind, imported.errors),
            (Kind::Link, vec![]),
            "{address}"
        );
        count += 1;
    }
    assert!(count >= 8);
}

#[test]
fn the_frame_is_the_one_that_is_made() {
    let scenario = read(story("two-cashiers").expect("it is there").text).expect("it is sound");
    let plan = plan(&scenario);
    let run = execute(&plan).expect("its set-up is sound");
    let verdict = judge(&scenario, &plan, &run);
    let fragment = Fragment {
        story: Some("two-cashiers".to_owned()),
        ..Fragment::default()
    };
    let snippet = Snippet {
        page: "https://rowlock.example/play/",
        query: &Query::parse("show=diagram,verdict").0,
        fragment: &fragment,
        title: &headline(&scenario, &verdict),
        height: 420,
        picture: "",
    };
    let made = snippet.iframe() + "\n";
    assert_eq!(blocks(README, "html")[0], made);
    // What is the default need not be said, and may be.
    let shown = blocks(PAGE, "html");
    let said = made.replace("?embed#", "?embed&amp;show=diagram,verdict#");
    assert_eq!(shown[0], said);
    assert_eq!(
        import(&shown[0]).map(|it| (it.kind, it.story)),
        Ok((Kind::Embed, Some("two-cashiers")))
    );
}

#[test]
fn the_block_of_the_blog_is_a_scenario() {
    let imported = import(&blocks(PAGE, "markdown")[0]).expect("it is Markdown");
    assert_eq!((imported.kind, imported.errors), (Kind::Markdown, vec![]));
    assert!(imported.text.starts_with("title: Two buyers\n"));
}

struct Message(Value);

impl Fields for Message {
    fn field(&self, name: &str) -> Field {
        match self.0.get(name) {
            Some(Value::String(text)) => Field::Text(text.clone()),
            Some(Value::Number(number)) => number.as_f64().map_or(Field::Other, Field::Number),
            Some(Value::Bool(flag)) => Field::Flag(*flag),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                texts
                    .collect::<Option<_>>()
                    .map_or(Field::Other, Field::List)
            }
            _ => Field::Absent,
        }
    }
}

#[test]
fn messages_are_what_is_said_and_heard() {
    let blocks = blocks(PAGE, "json");
    let [unasked, asked, answers] = blocks.as_slice() else {
        panic!("there are three");
    };
    let said = [
        ToParent::Ready,
        ToParent::Resize {
            width: 700,
            height: 512,
        },
        ToParent::Result {
            id: Some(Id::Number(2)),
            value: Answer::Text("timeline:\n  A: SELECT 1\n".to_owned()),
        },
        ToParent::Error {
            id: Some(Id::Number(3)),
            refusal: Refusal {
                code: Code::BadField,
                message: "`theme` is not understood here; expected auto, light or dark.".to_owned(),
            },
        },
    ];
    let said: Vec<String> = said.iter().map(|it| it.to_data().to_text()).collect();
    let shown: Vec<&str> = unasked.lines().chain(answers.lines()).collect();
    assert_eq!(shown, said);
    let mut types = Vec::new();
    for line in asked.lines() {
        let message: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let kind = message["type"].as_str().unwrap_or_default().to_owned();
        let heard =
            Conversation::new(Parent::Any).hear(true, "https://blog.example", &Message(message));
        assert!(matches!(heard, Heard::Message { .. }), "{line}: {heard:?}");
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    // All that there are.
    let ready: Value = serde_json::from_str(&said[0]).expect("it is JSON");
    let mut features: Vec<&str> = ready["features"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    features.truncate(features.len() - Topic::ALL.len());
    assert_eq!(types, features);
}

#[test]
fn the_tables_name_all_that_there_is() {
    for topic in Topic::ALL {
        assert!(
            PAGE.contains(&format!("\n| `{}` |", topic.as_str())),
            "{topic:?}"
        );
    }
    for code in [
        Code::UnknownType,
        Code::BadField,
        Code::BadLink,
        Code::NoSuchStory,
        Code::BadScenario,
        Code::NotAvailable,
    ] {
        assert!(PAGE.contains(&format!("`{}`", code.as_str())), "{code:?}");
    }
    for export in Export::ALL {
        let row = format!("\n| {} | `.{}` |", export.name(), export.extension());
        assert!(PAGE.contains(&row), "{row}");
    }
    let row = PAGE
        .lines()
        .find(|line| line.starts_with("| `show` |"))
        .expect("it is there");
    let named = row
        .split('`')
        .skip(3)
        .step_by(2)
        .take_while(|name| !name.contains(','));
    for name in named {
        assert!(Part::named(name).is_some(), "{name}");
    }
    // Each query key that is named is understood, with each value that is named.
    for (key, values) in [
        ("theme", "auto light dark"),
        ("controls", "auto full none"),
        ("load", "eager click"),
        ("play", ""),
        ("edit", ""),
        ("embed", ""),
    ] {
        assert!(PAGE.contains(&format!("\n| `{key}` |")), "{key}");
        for value in values.split(' ') {
            let query = format!("{key}={value}");
            assert_eq!(Query::parse(query.trim_end_matches('=')).1, [], "{query}");
        }
    }
}
