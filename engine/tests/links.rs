//! Links that were published. They lie in `links/` and are never written anew: a link in a blog post cannot be mended.
//!
//! Beside `x.link`, a whole address, lies `x.rowlock` with the scenario that it holds, or `x.txt` with what is said of it and
//! what of it can be read. A new format gets a new file.

use rowlock_engine::gallery::STORIES;
use rowlock_engine::import::{ImportError, import};
use rowlock_engine::link::{Fragment, decode};
use rowlock_engine::scenario::read;
use std::fs;
use std::path::{Path, PathBuf};

fn links() -> Vec<(String, String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links");
    let entries = fs::read_dir(folder).expect("it is there");
    let mut links: Vec<(String, String, PathBuf)> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "link")
        })
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let link = fs::read_to_string(&path).expect("it can be read");
            (name.into_owned(), link.trim().to_owned(), path)
        })
        .collect();
    links.sort();
    links
}

#[test]
fn what_was_published_can_be_read() {
    let mut seen = Vec::new();
    for (name, link, path) in links() {
        let Ok(text) = fs::read_to_string(path.with_extension("rowlock")) else {
            continue;
        };
        let imported = import(&link).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(imported.text, text, "{name}");
        assert!(read(&text).is_ok(), "{name}");
        seen.push(name);
    }
    assert_eq!(seen, ["d1", "t1", "t1-by-hand"]);
}

#[test]
fn stories_keep_their_names() {
    let (_, link, _) = links()
        .into_iter()
        .find(|(name, ..)| name == "g")
        .expect("it is there");
    // A link to each story that there was.
    let mut count = 0;
    for link in link.lines() {
        let imported = import(link).unwrap_or_else(|error| panic!("{link}: {error}"));
        assert!(imported.story.is_some(), "{link}");
        count += 1;
    }
    assert!(count <= STORIES.len());
    for story in STORIES {
        let key = format!("#g={}", story.slug);
        assert!(
            link.lines().any(|line| line.ends_with(&key)),
            "links/g.link wants a line with {key}"
        );
    }
}

#[test]
fn the_four_cases_of_a_broken_link_are_told_apart() {
    let mut seen = Vec::new();
    for (name, link, path) in links() {
        let Ok(expected) = fs::read_to_string(path.with_extension("txt")) else {
            continue;
        };
        let fragment = link.split_once('#').map_or("", |(_, fragment)| fragment);
        let value = Fragment::parse(fragment).scenario.expect("it has a value");
        let error = decode(&value).expect_err(&name);
        assert_eq!(
            import(&link),
            Err(ImportError::Link(error.clone())),
            "{name}"
        );
        let readable = error.readable();
        let readable = if readable.len() > 400 {
            format!("({} bytes)\n", readable.len())
        } else {
            readable.to_owned()
        };
        assert_eq!(
            format!("{}: {error}\n\n{readable}", error.case()),
            expected,
            "{name}"
        );
        seen.push(name);
    }
    assert_eq!(
        seen,
        ["cut-off", "newer-format", "not-a-scenario", "over-limits"]
    );
}
