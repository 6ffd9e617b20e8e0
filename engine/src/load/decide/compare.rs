//! The comparison table: every strategy on the same traffic, each cell that can be measured measured.

use super::super::measures::Measures;
use super::super::policy::Policy;
use super::super::quantity::{Quantity, Unit};
use super::super::settings::{Settings, SettingsError};
use super::measured;
use crate::strategy::Strategy;

/// What strategies are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What has to be so.
    Assumption,
    /// Who waits.
    Blocking,
    /// Commits a second.
    Throughput,
    /// How long a writer takes.
    Latency,
    /// Whether updates get lost.
    Safety,
    /// Whether transactions wait for each other for ever.
    Deadlocks,
    /// What a conflict costs its client.
    RetrySafety,
    /// Whether a request that comes twice is carried out twice.
    Idempotence,
    /// The classic mistake.
    FailureMode,
    /// When to use it.
    BestFit,
}

impl Column {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Assumption,
        Self::Blocking,
        Self::Throughput,
        Self::Latency,
        Self::Safety,
        Self::Deadlocks,
        Self::RetrySafety,
        Self::Idempotence,
        Self::FailureMode,
        Self::BestFit,
    ];

    /// The heading.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Assumption => "assumes",
            Self::Blocking => "blocking",
            Self::Throughput => "throughput",
            Self::Latency => "latency",
            Self::Safety => "lost updates",
            Self::Deadlocks => "deadlocks",
            Self::RetrySafety => "conflicts",
            Self::Idempotence => "sent twice",
            Self::FailureMode => "classic mistake",
            Self::BestFit => "best fit",
        }
    }
}

/// Where a cell is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Measured on this workload.
    Measured,
    /// Known of the strategy.
    Known,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which column.
    pub column: Column,
    /// What it says.
    pub text: String,
    /// Where it is from.
    pub known: Known,
    /// The number to sort and colour by, where it was measured.
    pub number: Option<f64>,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The strategy.
    pub strategy: Strategy,
    /// Its cells, in the order of [`Column::ALL`].
    pub cells: Vec<Cell>,
    /// Everything that was measured.
    pub measures: Measures,
}

/// The whole table, with so many events for each strategy, and half as many again for requests that come twice.
///
/// # Errors
/// When the settings are out of range.
pub fn compare(settings: &Settings, events: u64) -> Result<Vec<Comparison>, SettingsError> {
    Strategy::ALL
        .into_iter()
        .map(|strategy| compare_one(settings, strategy, events))
        .collect()
}

/// One line of it.
///
/// # Errors
/// When the settings are out of range.
pub fn compare_one(
    settings: &Settings,
    strategy: Strategy,
    events: u64,
) -> Result<Comparison, SettingsError> {
    let [traffic, twice] = contender(settings, strategy);
    Ok(Comparison::of(
        strategy,
        measured(&traffic, events)?,
        &measured(&twice, events / 2)?,
    ))
}

/// The traffic under a strategy, and the same where a fifth of the requests come twice.
pub(super) fn contender(settings: &Settings, strategy: Strategy) -> [Settings; 2] {
    let policy = match (Policy::of(&strategy).0, &settings.policy) {
        // The options that the workload has for its locks hold in the table as well.
        (Policy::Pessimistic(locking), own) => Policy::Pessimistic(super::super::Locking {
            scope: locking.scope,
            ..own.locking().copied().unwrap_or(locking)
        }),
        (other, _) => other,
    };
    let traffic = settings.with_client_that_retries().with_policy(policy);
    let mut twice = traffic.clone();
    twice.faults.duplicate = 0.2;
    [traffic, twice]
}

impl Comparison {
    /// From what was measured of both.
    pub(super) fn of(strategy: Strategy, measures: Measures, again: &Measures) -> Self {
        let explained = strategy.explanation();
        let cells = Column::ALL.map(|column| match column {
            Column::Assumption => known(column, explained.assumes),
            Column::FailureMode => known(column, explained.mistake),
            Column::BestFit => known(column, explained.use_for),
            _ => cell(column, &measures, again),
        });
        Self {
            strategy,
            cells: cells.to_vec(),
            measures,
        }
    }
}

fn known(column: Column, text: &str) -> Cell {
    Cell {
        column,
        text: text.to_owned(),
        known: Known::Known,
        number: None,
    }
}

fn cell(column: Column, measures: &Measures, again: &Measures) -> Cell {
    let show = |quantity: Quantity| quantity.unit().show(measures.get(quantity).value);
    let value = |quantity| measures.get(quantity).value;
    let none = |quantity, words: &str| {
        if value(quantity) == 0.0 {
            words.to_owned()
        } else {
            show(quantity)
        }
    };
    let (text, number) = match column {
        Column::Blocking if value(Quantity::Waits) == 0.0 => {
            ("nobody waits for a lock".to_owned(), 0.0)
        }
        Column::Blocking => (
            format!(
                "{} of writes wait, {} on average over all",
                show(Quantity::Waits),
                show(Quantity::WaitTime)
            ),
            value(Quantity::WaitTime),
        ),
        Column::Throughput => {
            let behind = if measures.falls_behind {
                ", falls behind"
            } else {
                ""
            };
            (
                format!("{}{behind}", show(Quantity::Throughput)),
                value(Quantity::Throughput),
            )
        }
        Column::Latency if measures.falls_behind => ("grows without end".to_owned(), f64::INFINITY),
        Column::Latency => (
            format!(
                "p50 {}, p95 {}, p99 {}",
                show(Quantity::LatencyP50),
                show(Quantity::LatencyP95),
                show(Quantity::LatencyP99)
            ),
            value(Quantity::LatencyP95),
        ),
        Column::Safety => (
            match value(Quantity::Lost) {
                lost if lost > 0.0 => format!("{} of updates lost", Unit::Share.show(lost)),
                _ => format!("none in {} commits", measures.commits),
            },
            value(Quantity::Lost),
        ),
        Column::Deadlocks => (
            if measures.deadlocks == 0 {
                format!("none in {} attempts", measures.attempts)
            } else {
                format!("{} of attempts", show(Quantity::Deadlocks))
            },
            value(Quantity::Deadlocks),
        ),
        Column::RetrySafety => {
            let gave_up = 1.0 - value(Quantity::Success);
            let retries = none(Quantity::Retries, "no");
            let given_up = if gave_up > 0.0 {
                format!(", {} give up", Unit::Share.show(gave_up))
            } else {
                String::new()
            };
            let wasted = match value(Quantity::Wasted) {
                wasted if wasted > 0.0 => {
                    format!(", {} of the work wasted", Unit::Share.show(wasted))
                }
                _ => String::new(),
            };
            (
                format!("{retries} retries per commit{given_up}{wasted}"),
                value(Quantity::Retries),
            )
        }
        Column::Idempotence => {
            let share = again.get(Quantity::AppliedTwice).value;
            let text = match share {
                share if share.is_nan() => "nothing came twice".to_owned(),
                0.0 => "carried out once".to_owned(),
                share if share > 0.999 => "carried out twice".to_owned(),
                share => format!("{} carried out twice", Unit::Share.show(share)),
            };
            (text, share)
        }
        Column::Assumption | Column::FailureMode | Column::BestFit => (String::new(), f64::NAN),
    };
    Cell {
        column,
        text,
        known: Known::Measured,
        number: Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_what_each_strategy_is_known_for() {
        let table = compare(&Settings::default(), 60_000).unwrap();
        let text = |slug: &str, column| {
            let line = table.iter().find(|line| line.strategy.slug() == slug);
            let cells = &line.expect("it is in the table").cells;
            let cell = cells.iter().find(|cell| cell.column == column);
            cell.expect("it has the column").text.clone()
        };
        assert!(text("none", Column::Safety).ends_with("of updates lost"));
        assert!(text("optimistic", Column::Safety).starts_with("none in"));
        assert_eq!(
            text("optimistic", Column::Blocking),
            "nobody waits for a lock"
        );
        assert!(text("pessimistic", Column::Blocking).contains("of writes wait"));
        assert!(text("pessimistic", Column::RetrySafety).starts_with("no retries"));
        assert_eq!(
            text("pessimistic", Column::Idempotence),
            "carried out twice"
        );
        assert_eq!(text("upsert-lock", Column::Idempotence), "carried out once");
        for line in &table {
            assert_eq!(line.cells.len(), Column::ALL.len());
            assert!(line.cells.iter().all(|cell| !cell.text.is_empty()));
        }
    }
}
