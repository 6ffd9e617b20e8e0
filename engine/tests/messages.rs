//! Messages between an embed and the page around it: what is heard, obeyed, refused and said.

use rowlock_engine::diagram::svg::LIGHT;
use rowlock_engine::export::{Look, Subject};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::link::{Parent, encode_text};
use rowlock_engine::message::{
    Code, Conversation, Counts, Field, Fields, FromParent, Heard, Id, MOST_UNITS, Refusal,
    ToParent, Topic, Value as Answer, What, embedly, get, outcome,
};
use rowlock_engine::run::execute;
use rowlock_engine::scenario::read;
use rowlock_engine::strategy::plan;
use rowlock_engine::verdict::judge;
use serde_json::{Value, json};

struct Message(Value);

impl Fields for Message {
    fn field(&self, name: &str) -> Field {
        match self.0.get(name) {
            None | Some(Value::Null) => Field::Absent,
            Some(Value::String(text)) if text.encode_utf16().count() > MOST_UNITS => Field::TooLong,
            Some(Value::String(text)) => Field::Text(text.clone()),
            Some(Value::Number(number)) => number.as_f64().map_or(Field::Other, Field::Number),
            Some(Value::Bool(flag)) => Field::Flag(*flag),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                texts
                    .collect::<Option<_>>()
                    .map_or(Field::Other, Field::List)
            }
            Some(Value::Object(_)) => Field::Other,
        }
    }
}

/// What an embed that hears everybody makes of a message of ours with these fields.
fn heard(fields: Value) -> Heard {
    let mut message = json!({ "ns": "rowlock", "v": 1 });
    let all = message.as_object_mut().expect("it is an object");
    all.extend(fields.as_object().expect("it is an object").clone());
    Conversation::new(Parent::Any).hear(true, "https://blog.example", &Message(message))
}

fn obeyed(fields: Value) -> FromParent {
    match heard(fields.clone()) {
        Heard::Message { message, .. } => message,
        other => panic!("{fields}: {other:?}"),
    }
}

fn refused(fields: Value) -> Refusal {
    match heard(fields.clone()) {
        Heard::Refused { refusal, .. } => refusal,
        other => panic!("{fields}: {other:?}"),
    }
}

#[test]
fn every_message_is_understood() {
    assert_eq!(
        obeyed(json!({ "type": "hello", "want": ["step", "open", "later"] })),
        FromParent::Hello {
            want: vec![Topic::Step, Topic::Open]
        }
    );
    assert_eq!(
        obeyed(json!({ "type": "hello" })),
        FromParent::Hello {
            want: Topic::ALL.to_vec()
        }
    );
    for (name, message) in [
        ("play", FromParent::Play),
        ("pause", FromParent::Pause),
        ("next", FromParent::Next),
        ("prev", FromParent::Prev),
    ] {
        assert_eq!(obeyed(json!({ "type": name })), message);
    }
    assert_eq!(
        obeyed(json!({ "type": "seek", "step": 7 })),
        FromParent::Seek { step: 7 }
    );
    assert_eq!(
        obeyed(json!({ "type": "seek", "step": 1e300 })),
        FromParent::Seek { step: usize::MAX }
    );
    for (name, what) in [
        ("text", What::Text),
        ("url", What::Url),
        ("outcome", What::Outcome),
        ("trace", What::Trace),
        ("svg", What::Svg),
    ] {
        assert_eq!(
            obeyed(json!({ "type": "get", "what": name })),
            FromParent::Get(what)
        );
    }
    let FromParent::Set(settings) = obeyed(json!({
        "type": "set", "theme": "dark", "strategy": "pessimistic, nowait", "isolation": "auto", "edit": true,
        "show": ["rows", "verdict", "rows"],
    })) else {
        panic!("it is no setting");
    };
    assert_eq!(settings.isolation, Some(None));
    assert_eq!(settings.edit, Some(true));
    assert_eq!(settings.show.map(|show| show.len()), Some(2));
    assert_eq!(
        settings.strategy.map(|it| it.to_string()).as_deref(),
        Some("pessimistic, nowait")
    );
}

#[test]
fn a_scenario_comes_as_text_link_or_story() {
    let story = &STORIES[1];
    let scenario = read(story.text).expect("a story is sound").to_text();
    for (fields, named) in [
        (json!({ "type": "load", "text": scenario }), None),
        (
            json!({ "type": "load", "url": format!("https://x.example/#s={}&step=3", encode_text(&scenario)) }),
            None,
        ),
        (
            json!({ "type": "load", "story": story.slug }),
            Some(story.slug),
        ),
        (
            json!({ "type": "load", "url": format!("#g={}", story.slug) }),
            Some(story.slug),
        ),
    ] {
        let FromParent::Load { text, story, .. } = obeyed(fields.clone()) else {
            panic!("{fields}");
        };
        assert_eq!(read(&text), read(&scenario), "{fields}");
        assert_eq!(story, named, "{fields}");
    }
}

#[test]
fn what_cannot_be_obeyed_is_answered() {
    let large = "x".repeat(MOST_UNITS + 1);
    for (fields, code, said) in [
        (
            json!({ "type": "fly" }),
            Code::UnknownType,
            "There is no message `fly`; there are hello, load",
        ),
        (json!({}), Code::UnknownType, "There is no message ``"),
        (
            json!({ "type": ["play"] }),
            Code::UnknownType,
            "There is no message ``",
        ),
        (
            json!({ "type": "seek", "step": -1 }),
            Code::BadField,
            "`step` is not understood here; expected a number",
        ),
        (
            json!({ "type": "seek", "step": "7" }),
            Code::BadField,
            "`step`",
        ),
        (
            json!({ "type": "seek", "step": 0.5 }),
            Code::BadField,
            "`step`",
        ),
        (
            json!({ "type": "get", "what": "cookies" }),
            Code::BadField,
            "`what` is not understood here; expected text",
        ),
        (json!({ "type": "get" }), Code::BadField, "`what`"),
        (
            json!({ "type": "hello", "want": "step" }),
            Code::BadField,
            "`want`",
        ),
        (
            json!({ "type": "load" }),
            Code::BadField,
            "`load` wants one of",
        ),
        (
            json!({ "type": "load", "text": "a", "story": "b" }),
            Code::BadField,
            "`load` wants one of",
        ),
        (
            json!({ "type": "load", "text": 7 }),
            Code::BadField,
            "`text`",
        ),
        (
            json!({ "type": "load", "text": large }),
            Code::BadField,
            "`text` is longer",
        ),
        (
            json!({ "type": "load", "text": "timeline:\n  A: FLY" }),
            Code::BadScenario,
            "The text is not sound: line 2, column 6",
        ),
        (
            json!({ "type": "load", "url": "https://x.example/" }),
            Code::BadLink,
            "There is no scenario in this link",
        ),
        (
            json!({ "type": "load", "url": "#s=d1.abc" }),
            Code::BadLink,
            "This link was cut off",
        ),
        (
            json!({ "type": "load", "url": "title: a" }),
            Code::BadLink,
            "`url` is not a link",
        ),
        (
            json!({ "type": "load", "url": "#g=nothing" }),
            Code::NoSuchStory,
            "There is no story `nothing`",
        ),
        (
            json!({ "type": "load", "story": "nothing" }),
            Code::NoSuchStory,
            "There is no story `nothing`",
        ),
        (
            json!({ "type": "set" }),
            Code::BadField,
            "`set` wants one or more",
        ),
        (
            json!({ "type": "set", "theme": "blue" }),
            Code::BadField,
            "`theme`",
        ),
        (
            json!({ "type": "set", "strategy": "hope" }),
            Code::BadField,
            "`hope` is not a strategy",
        ),
        (
            json!({ "type": "set", "isolation": "none" }),
            Code::BadField,
            "`none` is not an isolation level",
        ),
        (
            json!({ "type": "set", "edit": 1 }),
            Code::BadField,
            "`edit`",
        ),
        (
            json!({ "type": "set", "show": [] }),
            Code::BadField,
            "`show`",
        ),
        (
            json!({ "type": "set", "show": ["rows", 1] }),
            Code::BadField,
            "`show`",
        ),
        (
            json!({ "type": "set", "show": "rows,all" }),
            Code::BadField,
            "`show`",
        ),
    ] {
        let refusal = refused(fields.clone());
        assert_eq!(refusal.code, code, "{fields}");
        assert!(
            refusal.message.starts_with(said),
            "{fields}: {}",
            refusal.message
        );
    }
}

#[test]
fn nobody_else_is_heard() {
    let play = Message(json!({ "ns": "rowlock", "v": 1, "type": "play" }));
    let strict = Parent::Origin("https://blog.example".to_owned());
    let hears = |parent: &Parent, from_parent, origin, message: &Message| {
        let mut conversation = Conversation::new(parent.clone());
        conversation.hear(from_parent, origin, message) != Heard::Nothing
    };
    assert!(hears(&Parent::Any, true, "https://any.example", &play));
    assert!(hears(&strict, true, "https://blog.example", &play));
    assert!(!hears(
        &strict,
        true,
        "https://blog.example.evil.example",
        &play
    ));
    assert!(!hears(&strict, true, "null", &play));
    assert!(!hears(&Parent::Any, false, "https://any.example", &play));
    assert!(!hears(&Parent::Nobody, true, "https://blog.example", &play));
    for message in [
        json!({ "ns": "other", "v": 1, "type": "play" }),
        json!({ "v": 1, "type": "play" }),
        json!({ "ns": "rowlock", "type": "play" }),
        json!({ "ns": "rowlock", "v": 2, "type": "play" }),
        json!({ "ns": "rowlock", "v": "1", "type": "play" }),
        json!("rowlock"),
        json!(null),
        json!([]),
    ] {
        assert!(
            !hears(
                &Parent::Any,
                true,
                "https://any.example",
                &Message(message.clone())
            ),
            "{message}"
        );
    }
}

#[test]
fn an_id_comes_back_as_it_was() {
    let id = |id: Value| match heard(json!({ "type": "play", "id": id })) {
        Heard::Message { id, answer_to, .. } => {
            assert_eq!(answer_to, "https://blog.example");
            id
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(id(json!("a")), Some(Id::Text("a".to_owned())));
    assert_eq!(id(json!(-7)), Some(Id::Number(-7)));
    for strange in [
        json!(0.5),
        json!(1e300),
        json!({}),
        json!("x".repeat(65)),
        json!(null),
    ] {
        assert_eq!(id(strange), None);
    }
    for (id, written) in [
        (Some(Id::Text("\"a\"".to_owned())), json!("\"a\"")),
        (Some(Id::Number(7)), json!(7)),
        (None, json!(null)),
    ] {
        let text = ToParent::Result {
            id,
            value: Answer::Nothing,
        }
        .to_data()
        .to_text();
        let message: Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(message["id"], written);
        assert_eq!(message["ok"], true);
    }
}

#[test]
fn who_says_hello_is_told_what_they_want() {
    let step = ToParent::Step {
        step: 1,
        of: 2,
        caption: String::new(),
    };
    let open = ToParent::Open {
        url: "https://x.example/".to_owned(),
    };
    let mut conversation = Conversation::new(Parent::Any);
    assert_eq!(conversation.tell(&ToParent::Ready).as_deref(), Some("*"));
    assert_eq!(conversation.tell(&step), None);
    let hello = Message(json!({ "ns": "rowlock", "v": 1, "type": "hello", "want": ["step"] }));
    conversation.hear(true, "https://blog.example", &hello);
    assert_eq!(
        conversation.tell(&step).as_deref(),
        Some("https://blog.example")
    );
    assert_eq!(conversation.tell(&open), None);
    let strict = Conversation::new(Parent::Origin("https://blog.example".to_owned()));
    assert_eq!(
        strict.tell(&ToParent::Ready).as_deref(),
        Some("https://blog.example")
    );
    assert_eq!(
        Conversation::new(Parent::Nobody).tell(&ToParent::Ready),
        None
    );
    // A page from a file or in a sandbox has no origin to name.
    let mut conversation = Conversation::new(Parent::Any);
    conversation.hear(true, "null", &hello);
    assert_eq!(conversation.tell(&step).as_deref(), Some("*"));
}

#[test]
fn a_size_is_told_when_it_is_news() {
    let mut conversation = Conversation::new(Parent::Any);
    assert!(conversation.resized(600, 400).is_some());
    assert_eq!(conversation.resized(601, 399), None);
    assert_eq!(
        conversation.resized(600, 402),
        Some(ToParent::Resize {
            width: 600,
            height: 402
        })
    );
    assert_eq!(conversation.resized(600, 401), None);
    assert_eq!(embedly(402), r#"{"context":"iframe.resize","height":402}"#);
}

#[test]
fn all_that_is_said_is_json() {
    let scenario = read(STORIES[0].text).expect("a story is sound");
    let plan = plan(&scenario);
    let run = execute(&plan).expect("its set-up is sound");
    let verdict = judge(&scenario, &plan, &run);
    let subject = Subject {
        scenario: &scenario,
        plan: &plan,
        run: &run,
        verdict: &verdict,
        look: Look {
            width: 600,
            theme: LIGHT,
        },
        address: "https://x.example/",
    };
    let counts = Counts {
        schedules: "20".to_owned(),
        wrong: "12".to_owned(),
    };
    let ended = outcome(&subject, Some(&counts));
    for (message, kind) in [
        (ToParent::Ready, "ready"),
        (
            ToParent::Resize {
                width: 1,
                height: 2,
            },
            "resize",
        ),
        (
            ToParent::Step {
                step: 1,
                of: 2,
                caption: "A \"b\"\n".to_owned(),
            },
            "step",
        ),
        (ToParent::Outcome(ended.clone()), "outcome"),
        (
            ToParent::Change {
                text: scenario.to_text(),
                url: "https://x.example/".to_owned(),
            },
            "change",
        ),
        (
            ToParent::Open {
                url: "https://x.example/".to_owned(),
            },
            "open",
        ),
        (
            ToParent::Error {
                id: None,
                refusal: Refusal {
                    code: Code::BadField,
                    message: "No.".to_owned(),
                },
            },
            "error",
        ),
        (
            ToParent::Result {
                id: None,
                value: Answer::Data(ended.clone()),
            },
            "result",
        ),
    ] {
        let text = message.to_data().to_text();
        let value: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(
            (&value["ns"], &value["v"], &value["type"]),
            (&json!("rowlock"), &json!(1), &json!(kind))
        );
    }
    let ended: Value = serde_json::from_str(&ended.to_text()).expect("it is JSON");
    assert_eq!(ended["verdict"], "anomaly");
    assert_eq!(ended["correct"], false);
    assert_eq!(ended["anomalies"][0]["name"], "lost update");
    assert_eq!(ended["transactions"][1]["outcome"], "committed");
    assert_eq!(ended["tables"]["stock"][0]["quantity"], 9);
    assert_eq!(ended["waits"][0]["blockers"], json!(["A"]));
    assert_eq!(ended["counts"], json!({ "schedules": 20, "wrong": 12 }));
    for what in [What::Text, What::Url, What::Outcome, What::Trace, What::Svg] {
        let value = get(what, &subject, None).expect("every run has it");
        let text = match (what, value) {
            (What::Outcome | What::Trace, Answer::Data(data)) => {
                let text = data.to_text();
                let _: Value = serde_json::from_str(&text).expect("it is JSON");
                text
            }
            (_, Answer::Text(text)) => text,
            (what, other) => panic!("{what:?}: {other:?}"),
        };
        let begins = match what {
            What::Text => "title: Two cashiers",
            What::Url => "https://x.example/#s=d1.",
            What::Svg => "<svg",
            What::Outcome | What::Trace => "{\"title\"",
        };
        assert!(text.starts_with(begins), "{text}");
    }
}

/// Ten thousand messages put together from what could stand in one. They are obeyed, refused or not heard, and change no
/// more of the conversation than a hello may.
#[test]
fn no_message_is_too_strange() {
    let mut state = 1u64;
    let mut roll = |sides: usize| {
        // Knuth's linear congruential generator (MMIX); the upper bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % sides
    };
    let names = [
        "type",
        "id",
        "want",
        "text",
        "url",
        "story",
        "theme",
        "strategy",
        "isolation",
        "edit",
        "show",
        "step",
        "what",
        "x",
    ];
    let types = [
        "hello",
        "load",
        "set",
        "play",
        "pause",
        "next",
        "prev",
        "seek",
        "get",
        "",
        "HELLO",
        "load\u{0}",
    ];
    let link = format!("#s={}", encode_text(STORIES[0].text));
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e308),
        json!(0.5),
        json!(""),
        json!("dark"),
        json!("serializable"),
        json!("pessimistic, nowait"),
        json!("rows,verdict"),
        json!(["rows"]),
        json!(["step", "outcome"]),
        json!([1, [2]]),
        json!({ "a": {} }),
        json!(STORIES[0].text),
        json!(link),
        json!(STORIES[0].slug),
        json!("text"),
        json!("javascript:alert(1)"),
        json!("https://x.example/#s=d1."),
        json!("\u{202e}<script>"),
        json!("session s1 step a { }"),
        json!("<svg><rowlock-scenario>"),
        json!("constructor"),
    ];
    let mut conversation = Conversation::new(Parent::Any);
    let mut counts = [0; 3];
    for _ in 0..10_000 {
        let mut message = json!({ "ns": "rowlock", "v": 1, "type": types[roll(types.len())] });
        for _ in 0..roll(4) {
            message[names[roll(names.len())]] = values[roll(values.len())].clone();
        }
        match roll(20) {
            0 => message["ns"] = values[roll(values.len())].clone(),
            1 => message["v"] = values[roll(values.len())].clone(),
            _ => {}
        }
        let before = conversation.clone();
        let case = match conversation.hear(true, "https://blog.example", &Message(message.clone()))
        {
            Heard::Nothing => 0,
            Heard::Message {
                message: FromParent::Hello { .. },
                ..
            } => {
                conversation = before.clone();
                1
            }
            Heard::Message { .. } => 1,
            Heard::Refused { id, refusal, .. } => {
                let text = ToParent::Error { id, refusal }.to_data().to_text();
                let _: Value =
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                2
            }
        };
        assert_eq!(conversation, before, "{message}");
        counts[case] += 1;
    }
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}
