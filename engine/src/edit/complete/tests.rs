//! What is offered, as a table that a person can read; and that nothing one types can break it.

use super::*;
use crate::gallery::STORIES;
use crate::scenario::read;
use proptest::prelude::*;

const SCENARIO: &str = "\
setup:
  CREATE TABLE account (id int PRIMARY KEY, owner text UNIQUE, balance numeric, open boolean);
  CREATE TABLE \"Order\" (account_id int, item int, PRIMARY KEY (account_id, item));
  INSERT INTO account VALUES (1, 'Ann', 100, true), (2, 'Ben''s', 5, false);

timeline:
  B: SELECT id FROM account WHERE id = 1
  A: BEGIN
  A: SELECT balance, owner AS name FROM account WHERE id = 1
  A: SAVEPOINT before
  A: UPDATE account SET balance = 0 WHERE id = 2 RETURNING balance
  A: COMMIT
";

/// `golden/complete.txt` has texts with `|` for the cursor in a step of A at the fifth place, each with what is offered.
#[test]
fn what_is_offered_is_what_the_golden_file_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/edit/golden/complete.txt");
    let golden = std::fs::read_to_string(path).expect("a golden file");
    let scenario = read(SCENARIO).expect("it is sound");
    let mut written = Vec::new();
    for part in golden.trim_end().split("\n\n") {
        let line = part.lines().next().unwrap_or_default();
        let cursor = line.find('|').expect("a cursor");
        let text = line.replacen('|', "", 1);
        let found = complete(&scenario, SessionId(1), 4, &text, cursor);
        let mut told = vec![line.to_owned()];
        let replaced = &text[found.replace.clone()];
        if !replaced.is_empty() {
            told.push(format!("  {replaced} -> ({:?})", found.wish));
        }
        // Suggestions of one kind and without details stand in one line.
        for it in &found.suggestions {
            let said = if it.detail.is_empty() {
                it.text.clone()
            } else {
                format!("{} ({})", it.text, it.detail)
            };
            let head = format!("  {}: ", it.kind.name());
            match told.last_mut().filter(|last| last.starts_with(&head)) {
                Some(last) => last.push_str(&format!(" | {said}")),
                None => told.push(head + &said),
            }
        }
        written.push(told.join("\n"));
    }
    let written = written.join("\n\n") + "\n";
    if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &written).expect("the golden file can be written");
    }
    assert_eq!(written, golden, "ROWLOCK_UPDATE_GOLDEN=1 writes it anew");
}

/// Whoever types a statement of a story is offered each name and key word of it: at the first letter of every word the word is
/// among the suggestions, or is one that nothing could know.
#[test]
fn the_words_of_the_stories_are_offered_where_they_stand() {
    let mut missing = Vec::new();
    let mut words = 0;
    for story in STORIES {
        let scenario = read(story.text).expect("a story is sound");
        for (at, step) in scenario.timeline.iter().enumerate() {
            let text = step.action.to_string();
            let Ok(tokens) = crate::sql::tokenize(&text) else {
                continue;
            };
            for token in tokens {
                let said = &text[token.span.start..token.span.end];
                let is_word =
                    said.starts_with(|first: char| first.is_ascii_alphabetic() || first == ':');
                if !is_word {
                    continue;
                }
                words += 1;
                let cursor = token.span.start + 1;
                // The rest of the statement stands there as well, as when it is mended.
                let found = complete(&scenario, step.session, at, &text, cursor);
                let is_offered = found.suggestions.iter().any(|it| {
                    let parts = it
                        .text
                        .split(' ')
                        .map(|part| part.trim_end_matches(['(', '*', ')']));
                    parts
                        .into_iter()
                        .any(|part| part.eq_ignore_ascii_case(said))
                });
                if !is_offered {
                    missing.push(format!("{said} in {text}"));
                }
            }
        }
    }
    // What somebody names with AS, nobody can know.
    missing.retain(|it| !it.contains(" AS "));
    assert!(words > 500, "{words}");
    assert_eq!(missing, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_is_typed_breaks_it(
        story in 0..STORIES.len(), step in 0usize..40, from in 0usize..80, to in 0usize..200, cursor in 0usize..260,
        between in "[ -~äß'\"/*:]{0,6}",
    ) {
        let scenario = read(STORIES[story].text).expect("a story is sound");
        let step = &scenario.timeline[step % scenario.timeline.len()];
        let said = step.action.to_string();
        let cut = |at: usize| said.floor_char_boundary(at.min(said.len()));
        let text = format!("{}{between}{}", &said[..cut(from)], &said[cut(to)..]);
        for session in 0..scenario.sessions.len() {
            let found = complete(&scenario, SessionId(session), 99, &text, cursor);
            prop_assert!(found.suggestions.len() <= MOST);
            prop_assert!(text.get(found.replace.clone()).is_some());
            prop_assert!(found.replace.start <= cursor.max(text.len()));
            prop_assert_eq!(&found, &complete(&scenario, SessionId(session), 99, &text, cursor));
        }
    }
}
