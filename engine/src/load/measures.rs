//! What was measured: every quantity with its 95 % interval.

use super::estimate::Estimate;
use super::histogram::Histogram;
use super::quantity::Quantity;
use super::tally::{Tally, sum};

/// Everything that was measured.
#[derive(Clone, Debug)]
pub struct Measures {
    /// Events that were simulated, the warm-up included.
    pub events: u64,
    /// Transactions that came since the warm-up.
    pub arrivals: u64,
    /// Attempts at writes that came to their end since then.
    pub attempts: u64,
    /// Writers that committed.
    pub commits: u64,
    /// Updates lost, in all.
    pub lost: u64,
    /// Deadlocks, in all.
    pub deadlocks: u64,
    /// The most transactions that were under way at a time.
    pub most_in_flight: u32,
    /// Simulated seconds since the warm-up.
    pub time: f64,
    /// More comes than can be done: queues grow as long as it goes on, and latencies only tell for how long it went on.
    pub falls_behind: bool,
    values: [Estimate; Quantity::ALL.len()],
    /// Latencies of writers.
    pub writers: Histogram,
    /// Latencies of readers.
    pub readers: Histogram,
}

impl Measures {
    /// From what was counted.
    #[must_use]
    pub fn of(tally: &Tally, events: u64, falls_behind: bool) -> Self {
        let whole = |place| tally.total(place).max(0.0) as u64;
        let values = Quantity::ALL.map(|quantity| value(tally, quantity));
        Self {
            events,
            arrivals: whole(sum::ARRIVALS),
            attempts: whole(sum::ATTEMPTS),
            commits: whole(sum::COMMITS),
            lost: whole(sum::LOST),
            deadlocks: whole(sum::DEADLOCKS),
            most_in_flight: tally.most_in_flight,
            time: tally.total(sum::TIME),
            falls_behind,
            values,
            writers: tally.writers.clone(),
            readers: tally.readers.clone(),
        }
    }

    /// A quantity.
    #[must_use]
    pub fn get(&self, quantity: Quantity) -> Estimate {
        self.values[quantity as usize]
    }

    /// All that something was seen of, in the order of a table.
    pub fn all(&self) -> impl Iterator<Item = (Quantity, Estimate)> {
        let all = Quantity::ALL.into_iter().zip(self.values);
        all.filter(|(_, estimate)| !estimate.value.is_nan())
    }
}

fn value(tally: &Tally, quantity: Quantity) -> Estimate {
    let share = |over, under| tally.ratio(over, under, true);
    let mean = |over, under| tally.ratio(over, under, false);
    match quantity {
        Quantity::Conflict => share(sum::CONFLICTS, sum::ATTEMPTS),
        Quantity::Lost => share(sum::LOST, sum::COMMITS),
        Quantity::Throughput => mean(sum::COMMITS, sum::TIME),
        Quantity::Success => success(tally),
        Quantity::Latency => mean(sum::LATENCY, sum::COMMITS),
        Quantity::LatencyOfAll => tally.latency_of_all(),
        Quantity::LatencyP50 => tally.quantile(&tally.writers, 0.5),
        Quantity::LatencyP95 => tally.quantile(&tally.writers, 0.95),
        Quantity::LatencyP99 => tally.quantile(&tally.writers, 0.99),
        Quantity::Longest => Estimate::without_interval(tally.writers.longest()),
        Quantity::Starved => {
            let median = tally.writers.quantile(0.5);
            Estimate::without_interval(if median > 0.0 {
                tally.writers.share_above(10.0 * median)
            } else {
                f64::NAN
            })
        }
        Quantity::Waits => share(sum::WAITS, sum::ATTEMPTS),
        Quantity::WaitTime => mean(sum::WAIT_TIME, sum::ATTEMPTS),
        Quantity::Retries => share(sum::RETRIES, sum::COMMITS),
        Quantity::Wasted => mean(sum::WASTED, sum::WORK),
        Quantity::Deadlocks => share(sum::DEADLOCKS, sum::ATTEMPTS),
        Quantity::Timeouts => share(sum::TIMEOUTS, sum::ATTEMPTS),
        Quantity::Queue => mean(sum::WAITING, sum::TIME),
        Quantity::LongestQueue => Estimate::without_interval(f64::from(tally.most_waiting)),
        Quantity::InFlight => mean(sum::IN_FLIGHT, sum::TIME),
        Quantity::PoolWait => mean(sum::POOL_WAIT, sum::ARRIVALS),
        Quantity::ReadLatency => mean(sum::READ_LATENCY, sum::READS),
        Quantity::ReadLatencyP95 => tally.quantile(&tally.readers, 0.95),
        Quantity::AppliedTwice => share(sum::APPLIED_TWICE, sum::DUPLICATES),
        Quantity::Dropped => share(sum::DROPPED, sum::COMMITS),
    }
}

/// The share that commits, from the share that does not: both count among those that ended.
fn success(tally: &Tally) -> Estimate {
    let rejects = tally.ended_without();
    Estimate {
        value: 1.0 - rejects.value,
        low: 1.0 - rejects.high,
        high: 1.0 - rejects.low,
    }
}
