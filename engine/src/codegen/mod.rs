//! Code that people can take away: the plan on the screen, in the languages that send such plans.
//!
//! Each sample does what the sessions of the plan do, statement by statement, with what their clients do on a conflict. The SQL
//! is the plan's, which is what the engine ran; host variables become the language's own, sent as parameters and never put into
//! the text. A library's own way of saying a statement is used where it says the same; elsewhere the statement itself is sent,
//! and a comment says so.
//!
//! | file | language | what of it is checked by tests |
//! |---|---|---|
//! | `psql.rs` | psql, one script a session | run against PostgreSQL, one after the other |
//! | `go.rs` | Go, `database/sql` with pgx | parsed by Go's grammar |
//! | `sqlalchemy.rs` | Python, SQLAlchemy 2 | compiled |
//! | `django.rs` | Python, Django 5 | compiled |
//! | `spring.rs` | Java, JPA with Spring | parsed by Java's grammar |
//! | `java.rs` | Java, JDBC under `java.util.concurrent` locks | parsed by Java's grammar |

mod colours;
mod django;
mod go;
mod host;
mod java;
mod model;
mod params;
mod psql;
mod python;
mod spring;
mod sqlalchemy;
mod writer;

pub use colours::{Colour, colours};

use crate::run::Run;
use crate::scenario::Scenario;
use crate::strategy::Plan;
use model::Model;

/// A language, with the library that is used in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Scripts for psql.
    Psql,
    /// Go with `database/sql`.
    Go,
    /// Python with SQLAlchemy.
    SqlAlchemy,
    /// Python with Django.
    Django,
    /// Java with JPA and Spring.
    Spring,
    /// Java with JDBC and the locks of `java.util.concurrent`.
    Java,
}

impl Language {
    /// All languages, in the order of a list.
    pub const ALL: [Self; 6] = [
        Self::Psql,
        Self::Go,
        Self::SqlAlchemy,
        Self::Django,
        Self::Spring,
        Self::Java,
    ];

    /// The name, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Psql => "psql",
            Self::Go => "Go",
            Self::SqlAlchemy => "SQLAlchemy",
            Self::Django => "Django",
            Self::Spring => "JPA, Spring",
            Self::Java => "Java locks",
        }
    }

    /// The name, for machines.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Psql => "psql",
            Self::Go => "go",
            Self::SqlAlchemy => "sqlalchemy",
            Self::Django => "django",
            Self::Spring => "spring",
            Self::Java => "java",
        }
    }
}

/// A file of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The code for a plan in a language. The run tells of what type the host variables are.
#[must_use]
pub fn samples(scenario: &Scenario, plan: &Plan, run: &Run, language: Language) -> Vec<Sample> {
    let model = Model::of(scenario, plan, run);
    match language {
        Language::Psql => psql::write(&model),
        Language::Go => go::write(&model),
        Language::SqlAlchemy => sqlalchemy::write(&model),
        Language::Django => django::write(&model),
        Language::Spring => spring::write(&model),
        Language::Java => java::write(&model),
    }
}
