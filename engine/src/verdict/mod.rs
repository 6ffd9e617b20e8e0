//! Whether a run is correct, and what went wrong where it is not.
//!
//! A run is correct when its outcome (final tables, and what each committed transaction was told) is that of some serial
//! order of the committed transactions, and every rule holds. This is decided by trying serial orders, never guessed.
//! When it is not, the anomaly is named from the run's dependency graph (Adya 1999; Berenson et al. 1995).

mod anomaly;
mod cycle;
mod graph;
mod history;
mod patterns;
mod replay;
mod requests;
mod rules;
mod sentence;
mod serial;
mod setbacks;
#[cfg(test)]
mod tests;
mod words;

pub use cycle::{Cycle, CycleClass};
pub use graph::{Basis, Dependency, DependencyKind, Graph};
pub(crate) use replay::{Contents, Job, in_any_order, place_matters, planned, same_told};
pub(crate) use rules::{Facts, ask_with};

use crate::run::{Outcome, Run, Serially, TableState};
use crate::scenario::{Scenario, SessionId};
use crate::strategy::Plan;
use history::History;

/// What is said of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// In one word.
    pub kind: VerdictKind,
    /// In one sentence, with the sessions' names and the values ("Cashier B overwrote Cashier A's update: ...").
    pub sentence: String,
    /// What went wrong, worst first; empty when the run is serializable.
    pub anomalies: Vec<Anomaly>,
    /// Each rule of the scenario, in order.
    pub rules: Vec<RuleResult>,
    /// Whether a serial order of the committed transactions gives the same outcome.
    pub serial: Serial,
    /// The different final tables that running all planned transactions one after the other can leave, each tried once (a
    /// transaction whose own check or statement fails in some order leaves nothing there): what the tables should have
    /// been. Sorted, without repetition; empty when there were too many orders to try.
    pub serial_tables: Vec<Vec<TableState>>,
}

/// The verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictKind {
    /// A serial order gives the same outcome and every rule holds.
    Correct,
    /// A serial order of what committed gives the same outcome, but a transaction was turned away (and told so), and a rule
    /// fails without it. Nothing was lost silently.
    TurnedAway,
    /// A serial order of what committed gives the same outcome, all committed, and yet a rule fails: the transactions
    /// themselves break it.
    RuleBroken,
    /// No serial order gives this outcome, or a request took effect twice, or a newer write was dropped as older.
    Anomaly,
    /// A transaction had not ended when the timeline did.
    Unfinished,
    /// There were too many serial orders to try them all, and those that were tried do not give this outcome.
    Undecided,
}

impl VerdictKind {
    /// The name, as attributes and exports have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::TurnedAway => "turned-away",
            Self::RuleBroken => "rule-broken",
            Self::Anomaly => "anomaly",
            Self::Unfinished => "unfinished",
            Self::Undecided => "undecided",
        }
    }
}

/// Whether some serial order gives the same outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serial {
    /// This order of the committed transactions does (their places in [`crate::run::Run::transactions`]).
    Yes(Vec<usize>),
    /// None does; all were tried.
    No,
    /// There were too many to try them all.
    Undecided,
}

/// Something that went wrong, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// Its name.
    pub name: AnomalyName,
    /// What happened, in one sentence.
    pub sentence: String,
    /// The events that prove it, in order (places in [`crate::run::Run::events`]), two to four.
    pub evidence: Vec<usize>,
    /// Whose work was lost or who saw what it should not, and who caused it.
    pub sessions: Vec<SessionId>,
}

/// The names (Berenson et al. 1995, Adya 1999).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyName {
    /// P4: two transactions read the same version and both write the row.
    LostUpdate,
    /// G0, P0: two transactions wrote the same rows, and on each another one came last.
    DirtyWrite,
    /// G1a, P1: a value that was never committed was read.
    DirtyRead,
    /// P2: the same row read twice gave two values.
    NonRepeatableRead,
    /// P3: a search repeated found other rows.
    Phantom,
    /// A5A, G-single: two rows read of which one was older than the other.
    ReadSkew,
    /// A5B, G2-item: two transactions each read what the other wrote over, on different rows.
    WriteSkew,
    /// None of these alone: a longer cycle.
    SerializationAnomaly,
    /// The same request, made twice, took effect twice.
    DoubleProcessing,
    /// Last write wins with clocks that differ: the newer write was dropped as if it were the older.
    SilentOverwrite,
}

impl AnomalyName {
    /// The name in words, as everywhere on the page ("lost update").
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LostUpdate => "lost update",
            Self::DirtyWrite => "dirty write",
            Self::DirtyRead => "dirty read",
            Self::NonRepeatableRead => "non-repeatable read",
            Self::Phantom => "phantom read",
            Self::ReadSkew => "read skew",
            Self::WriteSkew => "write skew",
            Self::SerializationAnomaly => "serialization anomaly",
            Self::DoubleProcessing => "double processing",
            Self::SilentOverwrite => "silent overwrite by timestamp",
        }
    }

    /// What Berenson and others (P and A) and Adya (G) call it; empty where they have no name for it.
    #[must_use]
    pub fn terms(self) -> &'static str {
        match self {
            Self::LostUpdate => "P4",
            Self::DirtyWrite => "P0, G0",
            Self::DirtyRead => "P1, G1",
            Self::NonRepeatableRead => "P2",
            Self::Phantom => "P3",
            Self::ReadSkew => "A5A, G-single",
            Self::WriteSkew => "A5B, G2",
            Self::SerializationAnomaly => "a cycle",
            Self::DoubleProcessing | Self::SilentOverwrite => "",
        }
    }
}

/// A rule and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleResult {
    /// The rule's name.
    pub name: String,
    /// Whether it holds; an error of its query is a sentence.
    pub holds: Result<bool, String>,
    /// The query as asked, host variables put in.
    pub query: String,
}

/// Judges the runs of one plan. What all serial orders leave is the same for every run, and is found out once.
pub struct Judge<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    serial_tables: Vec<Vec<TableState>>,
    most: usize,
}

impl<'a> Judge<'a> {
    /// A judge of a plan that was made of a scenario.
    #[must_use]
    pub fn new(scenario: &'a Scenario, plan: &'a Plan) -> Self {
        // Without a database there is no run to judge either.
        let serial_tables = Serially::start(plan).map_or_else(
            |_| Vec::new(),
            |start| serial::tables(start, plan, serial::MOST_STATEMENTS_FOR_TABLES),
        );
        Self {
            scenario,
            plan,
            serial_tables,
            most: serial::MOST_STATEMENTS,
        }
    }

    /// A judge who looks for no serial order: what all leave is not known, and whether one gives the outcome of a run is
    /// [`Serial::Undecided`], unless that is plain to see. For a first glance at a big run.
    #[must_use]
    pub fn at_a_glance(scenario: &'a Scenario, plan: &'a Plan) -> Self {
        Self {
            scenario,
            plan,
            serial_tables: Vec::new(),
            most: 0,
        }
    }

    /// The same, but a search for a serial order stops after this many statements. A run for which that was too few is
    /// [`Serial::Undecided`].
    #[must_use]
    pub fn within(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Judges a run.
    #[must_use]
    pub fn judge(&self, run: &Run) -> Verdict {
        let history = History::of(run);
        let graph = Graph::of_history(&history);
        let decision = match Serially::start(self.plan) {
            Ok(start) => serial::decide(start, self.plan, run, &graph, self.most),
            Err(_) => serial::Decision {
                serial: Serial::Undecided,
                never_told: None,
            },
        };
        let mut anomalies = if decision.serial == Serial::No {
            let scene = anomaly::Scene {
                plan: self.plan,
                run,
                history: &history,
                graph: &graph,
            };
            anomaly::name(&scene, decision.never_told)
        } else {
            Vec::new()
        };
        let beside = requests::processed_twice(self.plan, run)
            .into_iter()
            .chain(requests::newer_dropped(self.plan, run));
        anomalies.extend(beside.map(|found| found.into_anomaly(run)));
        let mut verdict = Verdict {
            kind: VerdictKind::Correct,
            sentence: String::new(),
            anomalies,
            rules: rules::ask_all(self.scenario, run),
            serial: decision.serial,
            serial_tables: self.serial_tables.clone(),
        };
        verdict.kind = kind(&verdict, run);
        verdict.sentence = sentence::of(&verdict, self.scenario, self.plan, &history);
        verdict
    }
}

/// Judges a run of a plan that was made of a scenario.
#[must_use]
pub fn judge(scenario: &Scenario, plan: &Plan, run: &Run) -> Verdict {
    Judge::new(scenario, plan).judge(run)
}

/// What happened, in one word: an anomaly is one whatever else is unfinished, and rules are for finished runs.
fn kind(verdict: &Verdict, run: &Run) -> VerdictKind {
    let open = |about: &crate::run::Transaction| about.outcome == Outcome::Open;
    if verdict.serial == Serial::No || !verdict.anomalies.is_empty() {
        VerdictKind::Anomaly
    } else if run.transactions.iter().any(open) {
        VerdictKind::Unfinished
    } else if verdict.serial == Serial::Undecided {
        VerdictKind::Undecided
    } else if verdict.rules.iter().all(rules::holds) {
        VerdictKind::Correct
    } else if setbacks::turned_away(run).is_empty() {
        VerdictKind::RuleBroken
    } else {
        VerdictKind::TurnedAway
    }
}
