//! What diagrams of real runs look like, as text, and what must hold of every one of them.

mod calls;
mod goldens;
mod invariants;
mod sentences;

use super::{Diagram, Options, layout};
use crate::run::{Run, execute};
use crate::scenario::{Scenario, read};
use crate::strategy::{Plan, plan};
use crate::verdict::{Serial, Verdict, VerdictKind, judge};

/// Everything that a scenario's text leads to.
struct Shown {
    scenario: Scenario,
    plan: Plan,
    run: Run,
    verdict: Verdict,
}

impl Shown {
    fn of(text: &str) -> Self {
        let (scenario, plan, run) = ran(text);
        let verdict = judge(&scenario, &plan, &run);
        Self {
            scenario,
            plan,
            run,
            verdict,
        }
    }

    /// Without asking what is right, which takes long for many sessions.
    fn unjudged(text: &str) -> Self {
        let (scenario, plan, run) = ran(text);
        let verdict = Verdict {
            kind: VerdictKind::Correct,
            sentence: String::new(),
            anomalies: Vec::new(),
            rules: Vec::new(),
            serial: Serial::Undecided,
            serial_tables: Vec::new(),
        };
        Self {
            scenario,
            plan,
            run,
            verdict,
        }
    }

    fn diagram(&self, width: i32) -> Diagram {
        layout(&self.run, &self.plan, &self.verdict, &Options { width })
    }
}

fn ran(text: &str) -> (Scenario, Plan, Run) {
    let scenario = read(text).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"));
    let plan = plan(&scenario);
    let run = execute(&plan).unwrap_or_else(|failure| panic!("{failure:?}"));
    (scenario, plan, run)
}

/// A story of the gallery, with header lines of its own before it.
fn story(slug: &str, headers: &str) -> String {
    let story = crate::gallery::STORIES
        .iter()
        .find(|story| story.slug == slug);
    format!("{headers}{}", story.expect("a story").text)
}
