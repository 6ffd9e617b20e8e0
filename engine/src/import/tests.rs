use super::*;
use crate::diagram::svg::{Caption, LIGHT, to_svg};
use crate::link::encode_text;
use crate::markup::fence;

const TEXT: &str = "title: a\n\nsetup:\n  CREATE TABLE t (v int);\n\ntimeline:\n  A: BEGIN\n  A: SELECT v FROM t\n  A: COMMIT\n";

fn kind_and_text(pasted: &str) -> (Kind, String) {
    match import(pasted) {
        Ok(imported) => (imported.kind, imported.text),
        Err(error) => panic!("{error}: {pasted}"),
    }
}

#[test]
fn everything_of_ours_is_known_for_what_it_is() {
    let value = encode_text(TEXT);
    let picture = {
        let scenario = read(TEXT).unwrap();
        let plan = crate::strategy::plan(&scenario);
        let run = crate::run::execute(&plan).unwrap();
        let verdict = crate::verdict::judge(&scenario, &plan, &run);
        let options = crate::diagram::Options { width: 600 };
        let diagram = crate::diagram::layout(&run, &plan, &verdict, &options);
        let caption = Caption {
            title: "a",
            description: "b",
            source: TEXT,
        };
        to_svg(&diagram, &caption, &LIGHT)
    };
    let cases = [
        (Kind::Text, TEXT.to_owned()),
        (
            Kind::Text,
            format!("\u{feff}{}", TEXT.replace('\n', "\r\n")),
        ),
        (Kind::Link, value.clone()),
        (Kind::Link, format!("#s={value}")),
        (Kind::Link, format!("s={value}&step=7")),
        (
            Kind::Link,
            format!("  https://rowlock.example/p/?theme=dark#step=7&s={value}\n"),
        ),
        (Kind::Link, format!("<https://rowlock.example/#s={value}>")),
        (Kind::Link, format!("?embed#s={value}")),
        (
            Kind::Link,
            format!("Look at (https://rowlock.example/#s={value}), it loses one!"),
        ),
        (
            Kind::Link,
            format!("See [this](<https://rowlock.example/#step=1&s={value}>) please"),
        ),
        (
            Kind::Link,
            format!("Look:\u{a0}https://rowlock.example/#s={value}\u{2003}!"),
        ),
        (Kind::Picture, picture.clone()),
        (
            Kind::Picture,
            format!("<?xml version=\"1.0\"?>\n<!-- a -->\n{picture}"),
        ),
        (
            Kind::Embed,
            format!(
                "<iframe src=\"https://rowlock.example/?embed&amp;play#s={value}\" title=\"a\"></iframe>"
            ),
        ),
        (
            Kind::Embed,
            format!(
                "<p>\n<iframe title='b' src='https://rowlock.example/?embed&play#s={value}'></iframe>"
            ),
        ),
        (
            Kind::Markdown,
            format!(
                "# A post\n\nText: with a colon.\n\n{}\nMore.\n",
                fence(TEXT)
            ),
        ),
        (
            Kind::Markdown,
            format!(
                "- a\n\n  ~~~rowlock\n  {}  ~~~\n",
                TEXT.replace('\n', "\n  ")
                    .replace("\n  \n", "\n\n")
                    .trim_end_matches(' ')
            ),
        ),
    ];
    for (kind, pasted) in cases {
        assert_eq!(kind_and_text(&pasted), (kind, TEXT.to_owned()), "{pasted}");
    }
}

#[test]
fn a_link_brings_what_else_it_asks_for() {
    let imported =
        import("https://rowlock.example/#g=two-cashiers&step=7&strategy=atomic").unwrap();
    assert_eq!(imported.story, Some("two-cashiers"));
    assert_eq!(imported.text, gallery::story("two-cashiers").unwrap().text);
    assert_eq!(
        (imported.asks.step, imported.asks.strategy.as_deref()),
        (Some(7), Some("atomic"))
    );
}

#[test]
fn a_text_with_errors_comes_in_with_them() {
    let imported = import("timeline:\n  A: SELEKT 1\n").unwrap();
    assert_eq!((imported.kind, imported.errors.len()), (Kind::Text, 1));
    assert_eq!(import("hello world").unwrap().errors[0].line, 1);
    // Colons are forgotten.
    let imported = import("setup\n  CREATE TABLE t (a int);\n").unwrap();
    assert_eq!((imported.kind, imported.errors.len()), (Kind::Text, 2));
    assert_eq!(import("# a\n\nsession:\n").unwrap().kind, Kind::Text);
}

#[test]
fn what_is_no_scenario_is_told_why() {
    let value = encode_text(TEXT);
    let cases = [
        ("", "There is nothing in it."),
        (" \n\t", "There is nothing in it."),
        (
            "https://rowlock.example/",
            "There is no scenario in this link.",
        ),
        ("#g=nothing", "There is no story `nothing`"),
        (&value[..30], "This link was cut off"),
        ("#s=d9.abc", "This link was made by a newer version"),
        ("#s=hello", "This link holds no scenario"),
        (
            "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            "There is no scenario in this picture.",
        ),
        (
            "<svg><rowlock-scenario>title",
            "The scenario in this picture is damaged",
        ),
        (
            "<svg><rowlock-scenario codec='d1'>d1.x</rowlock-scenario>",
            "This link was cut off",
        ),
        (
            "<iframe src=\"https://elsewhere.example/\">",
            "There is no scenario in this link.",
        ),
        ("<p>Hello</p>", "This is HTML or XML"),
        (
            "session s1",
            "This spec cannot be opened: line 1, column 1: syntax error. A session has at least one",
        ),
    ];
    for (pasted, said) in cases {
        let error = import(pasted).expect_err(pasted).to_string();
        assert!(error.starts_with(said), "of {pasted} is said: {error}");
    }
    let large = "x".repeat(MOST_BYTES + 1);
    assert_eq!(import(&large), Err(ImportError::TooLarge));
}

#[test]
fn a_spec_becomes_a_scenario() {
    let spec = "# Two updates of one row\n\nsetup { CREATE TABLE t (id int PRIMARY KEY, v int);\n        INSERT INTO t VALUES (1, 0); }\n\
        teardown { DROP TABLE t; }\nsession \"s 1\"\nsetup { BEGIN; }\nstep a { UPDATE t\n\t\tSET v = 1\n\t\t WHERE id = 1; }\n\
        step c { COMMIT; }\nsession s2\nstep b { SELECT 1; SELECT 2; }\nstep unused { SELECT 3; }\npermutation a b(*) c\npermutation b a c\n";
    let first = from_spec(spec, 0).unwrap();
    assert_eq!(
        first.text,
        "title: Two updates of one row\n\nsessions:\n  s_1: s 1\n  s2:\n\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  \
         INSERT INTO t VALUES (1, 0);\n\ntimeline:\n  s_1: BEGIN\n  s_1: UPDATE t\n      SET v = 1\n       WHERE id = 1\n  \
         s2: BEGIN\n  s2: SELECT 1\n  s2: SELECT 2\n  s2: COMMIT\n  s_1: COMMIT\n"
    );
    assert_eq!(
        first.remarks,
        [
            "The spec has 2 permutations, of which this is number 1.",
            "Several statements of one step outside a transaction are one to the server: BEGIN and COMMIT were put around them.",
            "Markers of the permutation, which only order what the driver prints, were left out.",
            "Steps that the permutation does not have were left out: unused.",
        ]
    );
    assert!(read(&first.text).is_ok());
    assert!(
        from_spec(spec, 1)
            .unwrap()
            .text
            .contains("s2: COMMIT\n  s_1: UPDATE")
    );
    assert!(
        from_spec(spec, 2)
            .unwrap_err()
            .message
            .contains("no permutation number 3")
    );
}

#[test]
fn levels_are_options() {
    let level = |of: &str| {
        format!(
            "session {of}\nsetup {{ SET default_transaction_isolation = 'serializable'; }}\nstep {of}a {{ SELECT 1; }}\n"
        )
    };
    let both = from_spec(&format!("{}{}", level("a"), level("b")), 0)
        .unwrap()
        .text;
    assert_eq!(
        both,
        "isolation: serializable\n\ntimeline:\n  a: SELECT 1\n  b: SELECT 1\n"
    );
    let one = from_spec(
        &format!("{}session b step ba {{ SELECT 1; }}", level("a")),
        0,
    )
    .unwrap()
    .text;
    assert!(
        one.starts_with("sessions:\n  a:\n    isolation: serializable\n  b:\n"),
        "{one}"
    );
}

#[test]
fn what_a_scenario_cannot_say_is_named_at_its_place() {
    let cases = [
        (
            "session a\nstep x { LISTEN c; }",
            2,
            10,
            "Rowlock does not simulate LISTEN",
        ),
        (
            "session a\nstep x {\n  SELECT 1;\n  SELECT :v; }",
            4,
            10,
            "`:v` is a variable of psql",
        ),
        (
            "session a\nstep x { SELECT 1 FROM\n  nowhere; }",
            2,
            10,
            "table `nowhere` does not exist",
        ),
        (
            "session a\nstep x { SELECT 1; }\nstep y { CREATE TABLE t (a int); }",
            3,
            10,
            "Rowlock creates tables in the set-up only",
        ),
        (
            "session a\nstep x { SELECT 'a\n# b'; }",
            2,
            10,
            "a text in this statement spans lines",
        ),
        (
            "session a\nstep x { SELECT 'a\n\nb  \n'; }",
            2,
            10,
            "a text in this statement spans lines",
        ),
        (
            "session a\nstep x { BEGIN; SAVEPOINT s; }\nstep y { SELECT 1 / 0; }\nstep z { ROLLBACK TO s; }",
            4,
            10,
            "a client that goes back to a savepoint",
        ),
        (
            "session a\nstep x { SELECT 1 }\nstep x { SELECT 2 }",
            1,
            1,
            "duplicate step name: x",
        ),
        (
            "setup { SELECT 1 +; }\nsession a step x { }",
            1,
            19,
            "`;` is not understood here",
        ),
    ];
    for (spec, line, column, message) in cases {
        let error = from_spec(spec, 0).expect_err(spec);
        assert!(error.message.starts_with(message), "{error}: {spec}");
        assert_eq!((error.line, error.column), (line, column), "{error}");
    }
}

#[test]
fn the_driver_waits_for_what_it_has_launched() {
    // `c` comes after `a2`, which waits until the deadlock is found.
    let spec = "setup { CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2); }\n\
        session a setup { BEGIN; } step a1 { SELECT * FROM t WHERE id = 1 FOR UPDATE; } step a2 { SELECT * FROM t WHERE id = 2 FOR UPDATE; } step a3 { ROLLBACK; }\n\
        session b setup { BEGIN; } step b1 { SELECT * FROM t WHERE id = 2 FOR UPDATE; } step b2 { SELECT * FROM t WHERE id = 1 FOR UPDATE; }  step b3 { ROLLBACK; }\n\
        session c step c1 { DELETE FROM t WHERE id = 3; }\npermutation a1 b1 a2 b2 a3 c1 b3\n";
    let text = from_spec(spec, 0).unwrap().text;
    let scenario = read(&text).unwrap();
    let c = scenario
        .timeline
        .iter()
        .position(|step| step.session.0 == 2)
        .unwrap();
    assert!(scenario.times()[c].0 > 1000, "{text}");
}
