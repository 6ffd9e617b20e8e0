//! From the drawing to the load: what the timeline says about t, rows, readers and faults.
//!
//! The timeline is run as drawn, without a strategy, to see which rows each transaction reads and writes; the times are those that
//! were drawn, not those of the run, so that no waiting is in them. t is the time from a transaction's first read of a row to its
//! write of the same row, a millisecond a tick.

use super::policy::Policy;
use super::settings::{AtRetry, Costs, Faults, OnConflict, Rate, Settings};
use super::times::Times;
use crate::collections::Set;
use crate::run::{EventKind, Run, SetupError, TransactionId, execute};
use crate::scenario::{Action, Fault, Scenario};
use crate::strategy::{Plan, PlannedAction, Strategy, plan};

/// What is to be read off a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Of each transaction that reads a row and writes it later: from the read to the write, in seconds.
    pub distances: Vec<f64>,
    /// Transactions that write without having read the row before.
    pub blind: usize,
    /// Rows that a writing transaction writes, on average, rounded; at least 1.
    pub rows_each: u32,
    /// Different rows that are written at all; at least 1.
    pub rows: u32,
    /// The share of transactions that only read.
    pub read_share: f64,
    /// From the last write to the commit, on average, in seconds.
    pub commit: f64,
    /// What goes wrong, as shares of the writers.
    pub faults: Faults,
    /// Whether arithmetic that the strategy `atomic` can move into the statement was drawn.
    pub is_arithmetic: bool,
}

/// How long a client that hangs keeps its transaction in the simulation, in seconds.
const HANG_TIME: f64 = 10.0;

/// Reads a timeline.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn drawn(scenario: &Scenario) -> Result<Drawn, SetupError> {
    let mut plain = scenario.clone();
    plain.strategy = Strategy::None;
    for session in &mut plain.sessions {
        session.strategy = None;
    }
    let drawn_plan = plan(&plain);
    let run = execute(&drawn_plan)?;
    let mut distances = Vec::new();
    let (mut blind, mut readers, mut writers) = (0, 0u32, 0u32);
    let mut written: Set<(String, usize)> = Set::new();
    let (mut rows_written, mut commit, mut commits) = (0usize, 0.0, 0.0);
    for (place, transaction) in run.transactions.iter().enumerate() {
        if transaction.attempt > 1 || transaction.delivery > 0 {
            continue;
        }
        let seen = Seen::of(&drawn_plan, &run, TransactionId(place));
        if seen.writes.is_empty() {
            readers += u32::from(!seen.reads.is_empty());
            continue;
        }
        writers += 1;
        let rows: Set<&(String, usize)> = seen.writes.iter().map(|(row, _)| row).collect();
        rows_written += rows.len();
        for row in rows.iter() {
            written.insert((*row).clone());
        }
        match seen.distance() {
            Some(ticks) => distances.push(ticks as f64 / 1000.0),
            None => blind += 1,
        }
        if let (Some(end), Some((_, last))) = (seen.committed, seen.writes.last()) {
            commit += end.saturating_sub(*last) as f64 / 1000.0;
            commits += 1.0;
        }
    }
    let count = |fault: Fault| {
        let steps = scenario.timeline.iter();
        steps
            .filter(|step| matches!(step.action, Action::Fault(it) if it == fault))
            .count() as f64
    };
    let share = |count: f64| (count / f64::from(writers.max(1))).min(1.0);
    Ok(Drawn {
        distances,
        blind,
        rows_each: ((rows_written as f64 / f64::from(writers.max(1)) + 0.5) as u32)
            .clamp(1, super::MOST_EACH),
        rows: (written.len() as u32).max(1),
        read_share: f64::from(readers) / f64::from((readers + writers).max(1)),
        commit: if commits > 0.0 { commit / commits } else { 0.0 },
        faults: Faults {
            crash: share(count(Fault::Crash)),
            duplicate: share(count(Fault::LoseReply) + count(Fault::Redeliver)),
            hang: share(count(Fault::Hang)),
            hang_time: HANG_TIME,
        },
        is_arithmetic: is_arithmetic(&plain),
    })
}

fn is_arithmetic(plain: &Scenario) -> bool {
    let mut atomic = plain.clone();
    atomic.strategy = Strategy::ATOMIC;
    let sent = plan(&atomic);
    let mut steps = sent.steps.iter();
    // What it could not move, it remarks on.
    sent.remarks.is_empty()
        && steps.any(|step| {
            matches!(step.origin, crate::strategy::Origin::Changed { .. })
                && matches!(step.action, PlannedAction::Sql { .. })
        })
}

/// What a transaction did, at the ticks at which it was drawn.
#[derive(Default)]
struct Seen {
    reads: Vec<((String, usize), u64)>,
    writes: Vec<((String, usize), u64)>,
    committed: Option<u64>,
}

impl Seen {
    fn of(plan: &Plan, run: &Run, transaction: TransactionId) -> Self {
        let mut seen = Self::default();
        let slow = plan
            .clients
            .get(run.transactions[transaction.0].session.0)
            .map_or(0, |it| it.slow);
        let mut earliest = 0;
        for event in run
            .events
            .iter()
            .filter(|event| event.transaction == Some(transaction))
        {
            let (Some(step), EventKind::Replied(reply)) = (event.step, &event.kind) else {
                continue;
            };
            let at = plan.steps[step.0].at.0.max(earliest);
            earliest = at + slow;
            // What an UPDATE reads is what it writes.
            if reply.writes.is_empty() {
                for read in &reply.reads {
                    seen.reads.push(((read.table.clone(), read.row.0), at));
                }
            }
            for write in &reply.writes {
                seen.writes.push(((write.table.clone(), write.row.0), at));
            }
            if reply.tag == "COMMIT" {
                seen.committed = Some(at);
            }
        }
        seen
    }

    /// From the first read of a row to its write, the longest of all rows.
    fn distance(&self) -> Option<u64> {
        let distances = self.writes.iter().filter_map(|(row, at)| {
            let first = self.reads.iter().find(|(other, _)| other == row)?.1;
            (first < *at).then(|| at - first)
        });
        distances.max()
    }
}

impl Drawn {
    /// Traffic of transactions like those drawn: so many writers of each row a second, as many rows as were drawn unless
    /// another number is given, under the scenario's strategy and with its client.
    #[must_use]
    pub fn settings(&self, scenario: &Scenario, rate: Rate, rows: Option<u32>) -> Settings {
        let strategy = scenario.strategy;
        let client = scenario
            .on_conflict
            .unwrap_or(strategy.default_on_conflict());
        let rows = rows.unwrap_or(self.rows);
        Settings {
            rate,
            read_share: self.read_share.min(0.99),
            rows,
            rows_each: self.rows_each.min(rows.max(1)),
            times: Times::Drawn(self.distances.clone()),
            at_retry: AtRetry::Keep,
            policy: Policy::of(&strategy).0,
            on_conflict: OnConflict::from(client),
            costs: Costs {
                commit: self.commit,
                ..Costs::default()
            },
            faults: self.faults,
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read;

    fn of(timeline: &str) -> Drawn {
        let text = format!(
            "setup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n  INSERT INTO stock VALUES (1, 10), (2, 10);\ntimeline:\n{timeline}"
        );
        let scenario = read(&text).unwrap_or_else(|errors| panic!("{}", errors[0]));
        drawn(&scenario).unwrap()
    }

    #[test]
    fn t_is_the_drawn_distance_whatever_the_run_had_to_wait_for() {
        let drawn = of("  A @0: BEGIN
  B @0: BEGIN
  A @10: SELECT quantity FROM stock WHERE id = 1
  B @20: SELECT quantity FROM stock WHERE id = 1
  A @60: UPDATE stock SET quantity = :quantity - 1 WHERE id = 1
  B @80: UPDATE stock SET quantity = :quantity - 1 WHERE id = 1
  A @90: COMMIT
  B @100: COMMIT
  C @110: SELECT quantity FROM stock WHERE id = 2
  D @120: UPDATE stock SET quantity = quantity - 1 WHERE id = 2
  D @130: crash
");
        assert_eq!(drawn.distances, [0.05, 0.06]);
        assert_eq!((drawn.blind, drawn.rows, drawn.rows_each), (1, 2, 1));
        assert!((drawn.read_share - 0.25).abs() < 1e-12);
        assert!((drawn.commit - 0.025).abs() < 1e-12);
        assert!((drawn.faults.crash - 1.0 / 3.0).abs() < 1e-12);
        assert!(drawn.is_arithmetic);
    }

    #[test]
    fn a_slow_client_takes_longer_from_read_to_write() {
        let text = "sessions:\n  A: Ann\n    slow: 40\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, v text);\n  INSERT INTO t VALUES (1, 'a');\ntimeline:\n  A: BEGIN\n  A: SELECT v FROM t WHERE id = 1\n  A: UPDATE t SET v = 'b' WHERE id = 1\n  A: COMMIT\n";
        let drawn = drawn(&read(text).unwrap()).unwrap();
        assert_eq!(drawn.distances, [0.04]);
        assert!(!drawn.is_arithmetic);
    }

    #[test]
    fn every_story_can_be_asked() {
        for story in crate::gallery::STORIES {
            let scenario = read(story.text).unwrap();
            let drawn = drawn(&scenario).unwrap();
            let settings = drawn.settings(&scenario, Rate::PerRow(1.0), None);
            assert_eq!(
                settings.check().is_err(),
                drawn.distances.is_empty(),
                "{}",
                story.slug
            );
        }
    }
}
