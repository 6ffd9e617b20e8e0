//! What can be measured: its name, and in what it is counted.

use super::number::{duration, percent, significant};

/// What can be measured, and predicted by a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// The probability that an attempt at a write meets another writer: it writes over what it has not seen, fails, or has to wait.
    Conflict,
    /// Updates that are in no row though their transactions committed, for each commit.
    Lost,
    /// Commits of writers a second.
    Throughput,
    /// The share of writers that end with a commit.
    Success,
    /// From a writer's arrival to its commit, on average.
    Latency,
    /// The same of writers and readers together.
    LatencyOfAll,
    /// Half of the writers' commits come within this time.
    LatencyP50,
    /// 95 of 100 do.
    LatencyP95,
    /// 99 of 100 do.
    LatencyP99,
    /// The longest of all.
    Longest,
    /// The share of commits that take more than ten times as long as the median: who is passed over again and again.
    Starved,
    /// Waits for locks, for each attempt at a write.
    Waits,
    /// How long an attempt at a write waits for locks, on average.
    WaitTime,
    /// Further attempts, for each commit.
    Retries,
    /// The share of the time spent working (not waiting) that went into attempts that failed.
    Wasted,
    /// Deadlocks, for each attempt at a write.
    Deadlocks,
    /// Locks given up, for each attempt at a write.
    Timeouts,
    /// Transactions that wait for a lock, on average over time.
    Queue,
    /// The most that waited at a time.
    LongestQueue,
    /// Transactions under way, on average over time.
    InFlight,
    /// How long a transaction waits for a connection, on average.
    PoolWait,
    /// From a reader's arrival to its end, on average.
    ReadLatency,
    /// 95 of 100 readers end within this time.
    ReadLatencyP95,
    /// Of the requests that came a second time, the share that was carried out a second time.
    AppliedTwice,
    /// Writes that were dropped because a newer stamp was stored, for each commit.
    Dropped,
}

/// In what a quantity is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A probability or share, 0 to 1.
    Share,
    /// Seconds.
    Seconds,
    /// A second.
    PerSecond,
    /// A number.
    Number,
}

impl Unit {
    /// A value in this unit, for people.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        if value.is_nan() {
            return "-".to_owned();
        }
        match self {
            Self::Share => percent(value),
            Self::Seconds => duration(value),
            Self::PerSecond => format!("{} / s", significant(value, 3)),
            Self::Number => significant(value, 3),
        }
    }
}

impl Quantity {
    /// All of them, in the order of a table.
    pub const ALL: [Self; 25] = [
        Self::Conflict,
        Self::Lost,
        Self::Throughput,
        Self::Success,
        Self::Latency,
        Self::LatencyOfAll,
        Self::LatencyP50,
        Self::LatencyP95,
        Self::LatencyP99,
        Self::Longest,
        Self::Starved,
        Self::Waits,
        Self::WaitTime,
        Self::Retries,
        Self::Wasted,
        Self::Deadlocks,
        Self::Timeouts,
        Self::Queue,
        Self::LongestQueue,
        Self::InFlight,
        Self::PoolWait,
        Self::ReadLatency,
        Self::ReadLatencyP95,
        Self::AppliedTwice,
        Self::Dropped,
    ];

    fn told(self) -> (&'static str, &'static str, Unit) {
        use Unit::{Number, PerSecond, Seconds, Share};
        match self {
            Self::Conflict => ("conflicts", "conflicts per write", Share),
            Self::Lost => ("lost_updates", "lost updates per commit", Share),
            Self::Throughput => ("throughput", "throughput", PerSecond),
            Self::Success => ("success", "writers that commit", Share),
            Self::Latency => ("latency", "latency, mean", Seconds),
            Self::LatencyOfAll => ("latency_of_all", "latency, readers too", Seconds),
            Self::LatencyP50 => ("latency_p50", "latency, p50", Seconds),
            Self::LatencyP95 => ("latency_p95", "latency, p95", Seconds),
            Self::LatencyP99 => ("latency_p99", "latency, p99", Seconds),
            Self::Longest => ("longest", "latency, longest", Seconds),
            Self::Starved => ("starved", "over ten times the median", Share),
            Self::Waits => ("waits", "lock waits per write", Share),
            Self::WaitTime => ("wait_time", "lock wait, mean", Seconds),
            Self::Retries => ("retries", "retries per commit", Number),
            Self::Wasted => ("wasted", "wasted work", Share),
            Self::Deadlocks => ("deadlocks", "deadlocks per write", Share),
            Self::Timeouts => ("timeouts", "lock timeouts per write", Share),
            Self::Queue => ("queue", "waiting for a lock, mean", Number),
            Self::LongestQueue => ("longest_queue", "waiting for a lock, most", Number),
            Self::InFlight => ("in_flight", "under way, mean", Number),
            Self::PoolWait => ("pool_wait", "wait for a connection, mean", Seconds),
            Self::ReadLatency => ("read_latency", "readers’ latency, mean", Seconds),
            Self::ReadLatencyP95 => ("read_latency_p95", "readers’ latency, p95", Seconds),
            Self::AppliedTwice => ("applied_twice", "duplicates carried out twice", Share),
            Self::Dropped => ("dropped", "writes dropped by their stamp", Share),
        }
    }

    /// Its name, for machines.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.told().0
    }

    /// Its name, for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.told().1
    }

    /// In what it is counted.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.told().2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_stand_at_their_places_and_have_names_of_their_own() {
        for (place, quantity) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(quantity as usize, place);
            let alike = Quantity::ALL.iter().filter(|it| it.id() == quantity.id());
            assert_eq!(alike.count(), 1);
        }
    }
}
