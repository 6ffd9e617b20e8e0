//! The format and the order of permutations. What a run prints is tested against the real driver's word
//! (`engine/tests/isolation`).

use super::{Marker, StepId, each_permutation, parse};

#[test]
fn errors_are_those_of_the_driver() {
    let wrong = [
        (
            "session s1\n step a { SELECT 1;",
            "unterminated sql block at line 2",
        ),
        (
            "session s1\n step \"a\n\" { }",
            "unexpected newline in quoted identifier at line 2",
        ),
        (
            "session s1\n step \"a",
            "unterminated quoted identifier at line 2",
        ),
        (
            "session s1\n step a { } %\n",
            "syntax error at line 2: unexpected character \"%\"",
        ),
        (
            "session s1\n step a { }\nsetup { }\n",
            "syntax error at line 3",
        ),
        ("setup { }\n", "syntax error at line 2"),
        ("", "syntax error at line 1"),
        ("session s1\n step 1 { }", "syntax error at line 2"),
        ("session setup\n", "syntax error at line 1"),
        (
            "session s1\n step a {\n\n } {\n} \n",
            "syntax error at line 5",
        ),
        ("session s1\n setup {} setup {}", "syntax error at line 2"),
        (
            "session s1\n step a { }\npermutation a (a notices)\n",
            "syntax error at line 3",
        ),
        (
            "session s1 step a { } permutation a (*,)",
            "syntax error at line 1",
        ),
        (
            "session s1\n step a { }\npermutation a b\n",
            "undefined step \"b\" specified in permutation",
        ),
        (
            "session s1\n step b {} step a {} step b {} step a {}\n",
            "duplicate step name: a",
        ),
        (
            "session s1\n step a { } step b { }\npermutation a(b)\n",
            "undefined blocking step \"b\" referenced in permutation step \"a\"",
        ),
        (
            "session s1\n step a { } session s2 step b { }\npermutation a(a) b\n",
            "permutation step \"a\" cannot block on its own session",
        ),
    ];
    for (text, message) in wrong {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
        assert!(!error.hint.is_empty(), "{text}");
        let says_where = message.contains("line");
        assert_eq!(error.line.is_some(), says_where, "{text}");
    }
}

#[test]
fn sql_is_kept_but_for_blanks_at_its_ends() {
    let spec = parse("session s\nstep a {\t SELECT '#' # \n  -- { \n ;\t }\nstep b{}").unwrap();
    let steps = &spec.sessions[0].steps;
    assert_eq!(steps[0].sql.text, "SELECT '#' # \n  -- { \n ;");
    assert_eq!((steps[0].sql.line, steps[1].sql.line), (2, 5));
    assert_eq!(steps[1].sql.text, "");
}

#[test]
fn markers_name_steps_of_other_sessions() {
    let spec = parse(
        "session s1 step a {} session s2 step b {} permutation a (*, b, b notices 2) b permutation b a",
    )
    .unwrap();
    let b = StepId {
        session: 1,
        step: 0,
    };
    let markers = &spec.permutations[0].steps[0].markers;
    assert_eq!(
        *markers,
        [Marker::Once, Marker::Step(b), Marker::Notices(b, 2)]
    );
    assert_eq!(spec.permutations[1].steps[0].step, b);
}

#[test]
fn all_interleavings_come_depth_first() {
    let spec = parse("session s1 step a1 {} step a2 {} session s2 step b1 {} step b2 {}").unwrap();
    let mut all = Vec::new();
    let done: Result<(), ()> = each_permutation(&spec, &mut |permutation| {
        let names = permutation
            .steps
            .iter()
            .map(|placed| spec.step(placed.step).name.as_str());
        all.push(names.collect::<Vec<_>>().join(" "));
        Ok(())
    });
    assert_eq!(done, Ok(()));
    assert_eq!(
        all,
        [
            "a1 a2 b1 b2",
            "a1 b1 a2 b2",
            "a1 b1 b2 a2",
            "b1 a1 a2 b2",
            "b1 a1 b2 a2",
            "b1 b2 a1 a2",
        ]
    );
}
