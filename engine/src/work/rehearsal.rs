//! What a worker is asked before anybody asks it something.
//!
//! Browsers compile a wasm function by function, as they are first called, and take trouble over those that are called often. So a
//! worker that has counted something answers its first question several times sooner.

use crate::gallery::STORIES;
use std::fmt::Write as _;

/// So many sessions keep a worker busy long enough, and not longer than a few tenths of a second.
const SESSIONS: usize = 5;

/// A scenario to explore for nobody.
pub struct Rehearsal {
    /// Its text.
    pub text: String,
    /// Whether the other strategies are to be counted as well; if not, it is over once every schedule of the scenario is.
    pub with_strategies: bool,
}

/// What makes a worker ready: a story under every strategy has most of what it can do compiled, and several sessions that differ
/// have the walk over states compiled well.
#[must_use]
pub fn rehearsals() -> [Rehearsal; 2] {
    let story = STORIES.first().map_or("", |story| story.text);
    [
        Rehearsal {
            text: story.to_owned(),
            with_strategies: true,
        },
        Rehearsal {
            text: sessions_that_differ(SESSIONS),
            with_strategies: false,
        },
    ]
}

/// Each reads a row and writes it back, with another amount.
fn sessions_that_differ(sessions: usize) -> String {
    let mut text = String::from(
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, n int);\n  INSERT INTO t VALUES (1, 100);\n\ntimeline:\n",
    );
    for session in 1..=sessions {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  S{session}: BEGIN\n  S{session}: SELECT n FROM t WHERE id = 1\n  \
             S{session}: UPDATE t SET n = :n - {session} WHERE id = 1\n  S{session}: COMMIT"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{Answer, Job, Known, Task};

    #[test]
    fn each_is_counted_whole_and_soon() {
        for Rehearsal { text, .. } in rehearsals() {
            let Some(Ok(mut job)) = Job::new(Task::Explore { id: 1, text }) else {
                panic!("it can be explored");
            };
            let report = std::iter::repeat_with(|| job.advance(1000))
                .take(100)
                .flatten()
                .find_map(|answer| match answer {
                    Answer::Report { report, .. } => Some(report),
                    _ => None,
                });
            let report = report.expect("it is over after 100,000 states at most");
            assert_eq!(report.known, Known::All);
        }
    }
}
