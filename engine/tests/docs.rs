//! `docs/postgresql.md` says what is simulated; the conflict matrices in it are those of the code.
//!
//! `ROWLOCK_UPDATE_GOLDEN=1` writes them anew.

use rowlock_engine::db::lock::{LockMode, row_locks_conflict};
use rowlock_engine::sql::ast::RowLock;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- matrices, made by engine/tests/docs.rs -->\n";
const END: &str = "<!-- end of the matrices -->\n";

fn table(names: &[&str], conflicts: &dyn Fn(usize, usize) -> bool) -> String {
    let mut text = format!("| requested, held | {} |\n", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(names.len()));
    for (requested, name) in names.iter().enumerate() {
        let cells: Vec<&str> = (0..names.len())
            .map(|held| if conflicts(requested, held) { "X" } else { " " })
            .collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
    text
}

fn matrices() -> String {
    let rows = [
        RowLock::KeyShare,
        RowLock::Share,
        RowLock::NoKeyUpdate,
        RowLock::Update,
    ];
    let row_names = rows.map(RowLock::clause);
    let tables = LockMode::ALL;
    let table_names = tables.map(LockMode::sql_name);
    format!(
        "Row locks (manual, table 13.3); X: who asks waits.\n\n{}\nTable locks (manual, table 13.2).\n\n{}",
        table(&row_names, &|a, b| row_locks_conflict(rows[a], rows[b])),
        table(&table_names, &|a, b| tables[a].conflicts_with(tables[b])),
    )
}

#[test]
fn the_matrices_in_the_docs_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/postgresql.md");
    let text = fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = text.split_once(BEGIN).expect("it has a place for them");
    let (_, after) = rest.split_once(END).expect("the place has an end");
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", matrices());
    if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let text = fs::read_to_string(&path).expect("the page is there");
    assert!(text == wanted, "run the test with ROWLOCK_UPDATE_GOLDEN=1");
}

/// Every file and story that the list of what there is to see names is there.
#[test]
fn what_there_is_to_see_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../docs/field.md")).expect("the page is there");
    let mut seen = 0;
    for word in text.split('`').skip(1).step_by(2) {
        if let Some(slug) = word.strip_prefix("#g=") {
            let known = slug == "..." || rowlock_engine::gallery::story(slug).is_some();
            assert!(known, "{word}");
        } else if ["src/", "tests/", "gallery/"]
            .iter()
            .any(|folder| word.starts_with(folder))
        {
            assert!(root.join(word).exists(), "{word}");
        } else if let Ok(strategy) = word.parse::<rowlock_engine::strategy::Strategy>() {
            assert_eq!(strategy.to_string(), word);
        } else {
            continue;
        }
        seen += 1;
    }
    assert!(seen > 100, "{seen} are named");
    for story in rowlock_engine::gallery::STORIES {
        assert!(
            text.contains(&format!("`#g={}`", story.slug)),
            "{}",
            story.slug
        );
    }
}

/// Files that the pages for those who change the code name are there.
#[test]
fn the_map_names_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [
        "",
        "engine",
        "engine/src",
        "engine/src/db",
        "engine/tests",
        "src",
        "static",
    ];
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/extending.md"] {
        let text = fs::read_to_string(root.join(page)).expect("the page is there");
        let mut seen = 0;
        for line in text.lines() {
            // A row of a table is about a folder, and names what is in it.
            let is_row = line.starts_with('|');
            let mut folders: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
            for name in line.split('`').skip(1).step_by(2) {
                let file = name.rsplit('/').next().unwrap_or_default();
                let is_file = file.is_empty() || file.contains('.');
                let is_path = is_file && (name.contains('/') || is_row && name.ends_with(".rs"));
                let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
                if !is_path || !name.chars().all(is_plain) || name.starts_with("target/") {
                    continue;
                }
                let found = folders
                    .iter()
                    .map(|it| it.join(name))
                    .find(|it| it.exists());
                let found = found.unwrap_or_else(|| panic!("{page}: {name}"));
                folders.push(found);
                seen += 1;
            }
        }
        assert!(seen > 5, "{page}: {seen}");
    }
}
