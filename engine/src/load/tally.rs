//! What is counted while it runs.
//!
//! Sums in batches of equally many arrivals, at most 64 of them: when they are full they are joined pair by pair and twice as
//! long from then on. Two tallies of the same traffic under different seeds can be put together.

use super::estimate::{Estimate, ratio};
use super::histogram::Histogram;

/// The sums of a batch, by their place.
pub(super) mod sum {
    pub const ARRIVALS: usize = 0;
    /// Writers alone, in this and all below.
    pub const COMMITS: usize = 1;
    pub const REJECTS: usize = 2;
    /// Attempts at a write that came to their end.
    pub const ATTEMPTS: usize = 3;
    /// Of those, how many met another writer.
    pub const CONFLICTS: usize = 4;
    /// Of those, how many failed for it.
    pub const FAILURES: usize = 5;
    pub const RETRIES: usize = 6;
    pub const LOST: usize = 7;
    pub const WAITS: usize = 8;
    pub const WAIT_TIME: usize = 9;
    pub const WORK: usize = 10;
    pub const WASTED: usize = 11;
    pub const DEADLOCKS: usize = 12;
    pub const TIMEOUTS: usize = 13;
    pub const LATENCY: usize = 14;
    pub const LATENCY_SQUARES: usize = 15;
    /// From here on readers and writers.
    pub const TIME: usize = 16;
    pub const IN_FLIGHT: usize = 17;
    pub const WAITING: usize = 18;
    pub const READS: usize = 19;
    pub const READ_LATENCY: usize = 20;
    pub const DUPLICATES: usize = 21;
    pub const APPLIED_TWICE: usize = 22;
    pub const DROPPED: usize = 23;
    pub const POOL_WAIT: usize = 24;
    pub const COUNT: usize = 25;
}

/// All sums of a batch.
pub(super) type Sums = [f64; sum::COUNT];

/// What was counted since the warm-up.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) now: Sums,
    batches: Vec<Sums>,
    /// Arrivals of a batch.
    size: f64,
    pub(super) writers: Histogram,
    pub(super) readers: Histogram,
    pub(super) most_waiting: u32,
    pub(super) most_in_flight: u32,
}

const MOST: usize = 64;
/// Arrivals of a batch at first.
const FIRST_SIZE: f64 = 256.0;

impl Default for Tally {
    fn default() -> Self {
        Self {
            now: [0.0; sum::COUNT],
            batches: Vec::with_capacity(MOST),
            size: FIRST_SIZE,
            writers: Histogram::default(),
            readers: Histogram::default(),
            most_waiting: 0,
            most_in_flight: 0,
        }
    }
}

fn joined(one: &Sums, other: &Sums) -> Sums {
    let mut joined = *one;
    for (sum, more) in joined.iter_mut().zip(other) {
        *sum += more;
    }
    joined
}

impl Tally {
    /// After an arrival: closes the batch if it is full.
    #[inline]
    pub(super) fn arrived(&mut self) {
        self.now[sum::ARRIVALS] += 1.0;
        if self.now[sum::ARRIVALS] >= self.size {
            self.batches.push(self.now);
            self.now = [0.0; sum::COUNT];
            if self.batches.len() == MOST {
                self.halve();
            }
        }
    }

    /// Joins batches pair by pair; an odd one out goes to the batch under way.
    fn halve(&mut self) {
        if self.batches.len() % 2 == 1
            && let Some(last) = self.batches.pop()
        {
            self.now = joined(&self.now, &last);
        }
        for place in 0..self.batches.len() / 2 {
            self.batches[place] = joined(&self.batches[2 * place], &self.batches[2 * place + 1]);
        }
        self.batches.truncate(self.batches.len() / 2);
        self.size *= 2.0;
    }

    /// Adds what another run of the same traffic, with another seed, has counted.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        // Batches must be of the same size.
        while self.size < other.size {
            self.halve();
        }
        while other.size < self.size {
            other.halve();
        }
        self.now = joined(&self.now, &other.now);
        self.batches.extend(&other.batches);
        while self.batches.len() >= MOST {
            self.halve();
        }
        self.writers.merge(&other.writers);
        self.readers.merge(&other.readers);
        self.most_waiting = self.most_waiting.max(other.most_waiting);
        self.most_in_flight = self.most_in_flight.max(other.most_in_flight);
    }

    /// All of a sum.
    pub(super) fn total(&self, place: usize) -> f64 {
        self.now[place] + self.batches.iter().map(|batch| batch[place]).sum::<f64>()
    }

    /// The ratio of two sums; `count`: the first counts trials of the second that came true.
    pub(super) fn ratio(&self, over: usize, under: usize, count: bool) -> Estimate {
        let pairs: Vec<(f64, f64)> = self
            .batches
            .iter()
            .map(|batch| (batch[over], batch[under]))
            .collect();
        ratio(&pairs, (self.total(over), self.total(under)), count)
    }

    /// A ratio of what is made of the sums of a batch.
    fn ratio_of(
        &self,
        count: bool,
        pair: impl Fn(&dyn Fn(usize) -> f64) -> (f64, f64),
    ) -> Estimate {
        let batches = self.batches.iter();
        let pairs: Vec<(f64, f64)> = batches.map(|batch| pair(&|place| batch[place])).collect();
        ratio(&pairs, pair(&|place| self.total(place)), count)
    }

    /// The share of writers that end without a commit.
    pub(super) fn ended_without(&self) -> Estimate {
        self.ratio_of(true, |sums| {
            (sums(sum::REJECTS), sums(sum::REJECTS) + sums(sum::COMMITS))
        })
    }

    /// The mean latency of writers that commit and of readers together.
    pub(super) fn latency_of_all(&self) -> Estimate {
        self.ratio_of(false, |sums| {
            (
                sums(sum::LATENCY) + sums(sum::READ_LATENCY),
                sums(sum::COMMITS) + sums(sum::READS),
            )
        })
    }

    /// How much wider the interval of the mean latency is than it would be if transactions were independent, as a factor of the
    /// variance, at least 1.
    fn dependence(&self) -> f64 {
        let commits = self.total(sum::COMMITS);
        let mean = self.ratio(sum::LATENCY, sum::COMMITS, false);
        let variance = self.total(sum::LATENCY_SQUARES) / commits - mean.value * mean.value;
        let deviation = mean.half_width() / 1.96;
        let factor = deviation * deviation / (variance / commits);
        if factor > 1.0 && variance > 1e-12 * mean.value * mean.value {
            factor
        } else {
            1.0
        }
    }

    /// A quantile of a histogram with its interval: the ranks between which it lies, were transactions independent, spread by how
    /// much they depend on one another in the mean.
    pub(super) fn quantile(&self, histogram: &Histogram, share: f64) -> Estimate {
        let count = histogram.count() as f64;
        if count < 20.0 {
            return Estimate::without_interval(histogram.quantile(share));
        }
        let half = 1.96 * (share * (1.0 - share) * self.dependence() / count).sqrt();
        Estimate {
            value: histogram.quantile(share),
            low: histogram.quantile(share - half),
            high: histogram.quantile(share + half),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(arrivals: u32, conflict_every: u32) -> Tally {
        let mut tally = Tally::default();
        for number in 0..arrivals {
            tally.now[sum::ATTEMPTS] += 1.0;
            if number % conflict_every == 0 {
                tally.now[sum::CONFLICTS] += 1.0;
            }
            tally.arrived();
        }
        tally
    }

    #[test]
    fn sums_stay_whole_when_batches_are_joined_and_tallies_merged() {
        for (one, other) in [
            (100_000, 1_000),
            (1_000, 100_000),
            (300, 300),
            (70_000, 33_333),
        ] {
            let mut tally = counted(one, 4);
            tally.merge(&counted(other, 4));
            assert_eq!(tally.total(sum::ARRIVALS), f64::from(one + other));
            assert_eq!(tally.total(sum::ATTEMPTS), f64::from(one + other));
            assert!(tally.batches.len() < MOST);
            let share = tally.ratio(sum::CONFLICTS, sum::ATTEMPTS, true);
            assert!((share.value - 0.25).abs() < 0.002);
        }
    }
}
