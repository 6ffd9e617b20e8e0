//! What leaves Rowlock: forms of a scenario and its run that other programs read.
//!
//! | file | export | opens in |
//! |---|---|---|
//! | (`scenario/print.rs`) | the text form | Rowlock, any editor |
//! | `svg.rs` | the diagram, carrying its scenario | browsers, drawing programs, Rowlock |
//! | `mermaid.rs` | `sequenceDiagram` | Mermaid, and whatever renders it in Markdown |
//! | `markdown.rs` | picture, link and text | blogs, wikis, issue trackers |
//! | (`codegen/psql.rs`) | one script a session | psql |
//! | `isolation.rs` | a spec of PostgreSQL's concurrency tests | `isolationtester`, Rowlock |
//! | `trace.rs` | all that happened, as JSON | programs |
//!
//! [`Export::ALL`] lists them; [`Export::files`] makes one. All are pure: the same subject gives the same bytes. A PNG is
//! made from the SVG by whoever has a rasterizer; in the page that is the browser.

mod isolation;
mod markdown;
mod mermaid;
mod schedules;
mod svg;
mod trace;

pub use isolation::{Spec, spec};
pub use schedules::report_json;
pub(crate) use trace::{anomalies, outcome, tables};
pub use trace::{trace, trace_json};

use crate::codegen::{self, Language};
use crate::diagram::svg::Theme;
use crate::run::Run;
use crate::scenario::Scenario;
use crate::strategy::Plan;
use crate::verdict::Verdict;
use std::fmt;

/// What exports are made from.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The document.
    pub scenario: &'a Scenario,
    /// What is sent.
    pub plan: &'a Plan,
    /// What happened.
    pub run: &'a Run,
    /// What is said of it.
    pub verdict: &'a Verdict,
    /// How pictures look.
    pub look: Look,
    /// The address of the page, without query and fragment, for links; empty: no links.
    pub address: &'a str,
}

/// How pictures look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Their width in pixels; a diagram that needs more is wider.
    pub width: i32,
    /// Their colours.
    pub theme: Theme,
}

/// A form to take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Export {
    /// The text form.
    Text,
    /// The diagram as a picture that carries its scenario.
    Svg,
    /// A sequence diagram for Mermaid.
    Mermaid,
    /// Picture, link and text for a Markdown page.
    Markdown,
    /// Scripts for psql, one a session.
    Psql,
    /// A spec for PostgreSQL's isolation tester.
    Isolation,
    /// The trace.
    Json,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without folders.
    pub name: String,
    /// Its media type (RFC 6838), with the charset where it is text.
    pub media_type: &'static str,
    /// Its text.
    pub text: String,
}

/// Why there is no such export of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no session in it, and a spec has at least one.
    NoSession,
    /// It runs at a level that PostgreSQL does not have.
    NoSuchLevel,
    /// Row locks become a table lock, which PostgreSQL never does.
    LockEscalation,
    /// A statement waits at the end, and the driver would wait with it.
    Endless,
    /// A connection breaks while its statement waits, which the driver cannot do.
    HangUp,
    /// A statement has a `}`, with which SQL ends in a spec.
    Brace,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSession => "There is no spec of this run: a spec has at least one session.",
            Self::NoSuchLevel => {
                "There is no spec of this run: it is at an isolation level that PostgreSQL does not have."
            }
            Self::LockEscalation => {
                "There is no spec of this run: its row locks become a table lock, which PostgreSQL never does."
            }
            Self::Endless => {
                "There is no spec of this run: a statement waits at its end, and the isolation tester would wait with it."
            }
            Self::HangUp => {
                "There is no spec of this run: a connection breaks while its statement waits, which the isolation tester cannot do."
            }
            Self::Brace => {
                "There is no spec of this run: a statement has a `}` in it, with which SQL ends in a spec."
            }
        })
    }
}

impl std::error::Error for Unfit {}

impl Export {
    /// All of them, in the order of a list.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Svg,
        Self::Mermaid,
        Self::Markdown,
        Self::Psql,
        Self::Isolation,
        Self::Json,
    ];

    /// The name, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "Text form",
            Self::Svg => "Picture (SVG)",
            Self::Mermaid => "Mermaid",
            Self::Markdown => "Markdown",
            Self::Psql => "psql scripts",
            Self::Isolation => "Isolation tester spec",
            Self::Json => "Trace (JSON)",
        }
    }

    /// The name, for machines.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Svg => "svg",
            Self::Mermaid => "mermaid",
            Self::Markdown => "markdown",
            Self::Psql => "psql",
            Self::Isolation => "isolation",
            Self::Json => "json",
        }
    }

    /// What it is good for, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Text => "The scenario itself; opens in Rowlock.",
            Self::Svg => "The diagram, sharp at any size; opens in Rowlock too.",
            Self::Mermaid => "The diagram as text, for pages that draw Mermaid.",
            Self::Markdown => "Picture, link and text for a post or an issue.",
            Self::Psql => "One script a session, with a pause wherever another has its turn.",
            Self::Isolation => {
                "The run as a test for PostgreSQL's own concurrency test driver; opens in Rowlock too."
            }
            Self::Json => "Everything that happened, for programs.",
        }
    }

    /// The ending of its file names, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "rowlock",
            Self::Svg => "svg",
            Self::Mermaid => "mmd",
            Self::Markdown => "md",
            Self::Psql => "sql",
            Self::Isolation => "spec",
            Self::Json => "json",
        }
    }

    /// The media type of its files.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text | Self::Mermaid | Self::Isolation => "text/plain;charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Markdown => "text/markdown;charset=utf-8",
            Self::Psql => "application/sql",
            Self::Json => "application/json",
        }
    }

    /// The name of its file; of a set of files, that of the one to begin with.
    #[must_use]
    pub fn file_name(self, scenario: &Scenario) -> String {
        match self {
            Self::Psql => "setup.sql".to_owned(),
            _ => format!("{}.{}", stem(&scenario.title), self.extension()),
        }
    }

    /// The files. Markdown comes with the picture that it shows, psql with a script for the set-up and one a session; the
    /// others are one file.
    ///
    /// # Errors
    /// When this run has no such form, which only a spec can lack.
    pub fn files(self, subject: &Subject<'_>) -> Result<Vec<File>, Unfit> {
        let scenario = subject.scenario;
        let text = match self {
            Self::Text => scenario.to_text(),
            Self::Svg => svg::svg(subject),
            Self::Mermaid => mermaid::mermaid(subject),
            Self::Markdown => {
                let mut files = Self::Svg.files(subject)?;
                let picture = files.first().map_or("", |file| file.name.as_str());
                let text = markdown::markdown(subject, picture);
                files.insert(0, self.file(scenario, text));
                return Ok(files);
            }
            Self::Psql => {
                let samples = codegen::samples(scenario, subject.plan, subject.run, Language::Psql);
                let files = samples.into_iter().map(|sample| File {
                    name: sample.file,
                    media_type: self.media_type(),
                    text: sample.text,
                });
                return Ok(files.collect());
            }
            Self::Isolation => spec(scenario, subject.plan, subject.run)?.text,
            Self::Json => trace_json(scenario, subject.plan, subject.run, subject.verdict) + "\n",
        };
        Ok(vec![self.file(scenario, text)])
    }

    fn file(self, scenario: &Scenario, text: String) -> File {
        File {
            name: self.file_name(scenario),
            media_type: self.media_type(),
            text,
        }
    }
}

/// A title that says what is to be seen: `Two cashiers, one shelf, under optimistic: correct (interactive)`.
#[must_use]
pub fn headline(scenario: &Scenario, verdict: &Verdict) -> String {
    let mut head = title(scenario).to_owned();
    if scenario.strategy != Default::default() {
        head = format!("{head}, under {}", scenario.strategy.name());
    }
    let what = match verdict.anomalies.first() {
        Some(anomaly) => anomaly.name.as_str().to_owned(),
        None => verdict.kind.as_str().replace('-', " "),
    };
    format!("{head}: {what} (interactive)")
}

/// A title, or what is said in its place.
fn title(scenario: &Scenario) -> &str {
    if scenario.title.is_empty() {
        "A scenario without a title"
    } else {
        &scenario.title
    }
}

/// A title as a file's name that every system takes: `two-cashiers-one-shelf`.
fn stem(title: &str) -> String {
    /// Names of files are shown in narrow columns.
    const MOST: usize = 60;
    let mut stem = String::new();
    for character in title.chars() {
        if stem.len() >= MOST {
            break;
        }
        if character.is_ascii_alphanumeric() {
            stem.push(character.to_ascii_lowercase());
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() {
        "scenario".to_owned()
    } else {
        stem.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_of_files() {
        for (title, name) in [
            ("Two cashiers, one shelf", "two-cashiers-one-shelf"),
            ("", "scenario"),
            ("«Ü»", "scenario"),
            ("../../etc/passwd", "etc-passwd"),
        ] {
            assert_eq!(stem(title), name);
        }
        assert_eq!(stem(&"a".repeat(500)).len(), 60);
    }
}
