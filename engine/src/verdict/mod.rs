//! Whether a run is correct, and what went wrong where it is not.
//!
//! A run is correct when its outcome (final tables, and what each committed transaction was told) is that of some serial
//! order of the committed transactions, and every rule holds. This is decided by trying serial orders, never guessed.
//! When it is not, the anomaly is named from the run's dependency graph (Adya 1999; Berenson et al. 1995).

use crate::run::TableState;
use crate::scenario::SessionId;

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
    /// The different final tables that running all drawn transactions one after the other can leave (each serial order of
    /// them all, none failing); what the tables should have been. Sorted, without repetition.
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
    /// No serial order gives this outcome.
    Anomaly,
    /// A transaction had not ended when the timeline did.
    Unfinished,
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
}

impl AnomalyName {
    /// The name in words, as everywhere on the page ("lost update").
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LostUpdate => "lost update",
            Self::DirtyRead => "dirty read",
            Self::NonRepeatableRead => "non-repeatable read",
            Self::Phantom => "phantom read",
            Self::ReadSkew => "read skew",
            Self::WriteSkew => "write skew",
            Self::SerializationAnomaly => "serialization anomaly",
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

/// Judges a run of a plan that was made of a scenario.
#[must_use]
pub fn judge(
    _scenario: &crate::scenario::Scenario,
    _plan: &crate::strategy::Plan,
    _run: &crate::run::Run,
) -> Verdict {
    todo!()
}
