//! The command line, as a program that is run.

use std::process::{Command, Output};

/// Runs it to its end.
pub fn rowlock(arguments: &[&str]) -> Output {
    // Cargo builds the examples before the tests and puts them beside them.
    let tests = std::env::current_exe().expect("a test has a path");
    let target = tests
        .parent()
        .and_then(|deps| deps.parent())
        .expect("it lies in target/PROFILE/deps");
    Command::new(target.join("examples/rowlock"))
        .args(arguments)
        .output()
        .expect("the example runs")
}

/// The file of a story.
pub fn story(slug: &str) -> String {
    format!("{}/gallery/{slug}.rowlock", env!("CARGO_MANIFEST_DIR"))
}

/// Asserts that it refuses with status 2 and a sentence.
pub fn refuses(arguments: &[&str], said: &str) {
    let output = rowlock(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(errors.contains(said), "{arguments:?}: {errors}");
}
