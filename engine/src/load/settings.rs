//! What traffic is simulated: who arrives, what they touch, how long they take, how they are guarded, and what things cost.
//!
//! ```text
//!   arrival --> [connection] --> [lock] read ---- t + think ----> write --[commit]--> done
//!                   ^                                               |
//!                   +----- retry's price, backoff <---- conflict ---+
//! ```
//!
//! All times are in seconds, all rates a second.

use super::policy::{Policy, Scope};
use super::times::Times;
use std::fmt;

/// The traffic and how it is guarded.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How often writers come.
    pub rate: Rate,
    /// The share of arrivals that only read, 0 to 0.99. They come beside the writers: the rate is that of writers alone.
    pub read_share: f64,
    /// Many who come at once.
    pub burst: Option<Burst>,
    /// How many rows there are, 1 to [`MOST_ROWS`].
    pub rows: u32,
    /// Which of them a transaction wants.
    pub choice: Choice,
    /// How many different rows a transaction reads and writes, 1 to [`MOST_EACH`].
    pub rows_each: u32,
    /// From the read to the write.
    pub times: Times,
    /// Whether a retry takes as long as the attempt before it.
    pub at_retry: AtRetry,
    /// The strategy.
    pub policy: Policy,
    /// What a client does on a conflict.
    pub on_conflict: OnConflict,
    /// What costs time beside t.
    pub costs: Costs,
    /// How many connections there are; who comes when all are taken waits for one, first come, first served.
    pub connections: Option<u32>,
    /// What goes wrong.
    pub faults: Faults,
    /// The same seed gives the same traffic, under every strategy.
    pub seed: u64,
}

/// How often writers come, as a Poisson process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// Lambda of each row: so many transactions a second write a row, on average over the rows.
    PerRow(f64),
    /// So many transactions a second over all rows.
    Total(f64),
}

/// Clients that come at the same moment, beside the Poisson process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// When.
    pub at: f64,
    /// How many.
    pub clients: u32,
}

/// Which rows a transaction wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// All alike.
    Uniform,
    /// The i-th with a probability in proportion to i^-s: few hot rows, many cold ones. s from 0 to 4.
    Zipf(f64),
}

/// How long a retry takes. Which of the two it is decides how well optimistic locking fares with t that varies: a long attempt
/// that is kept fails again, one that is drawn anew may be short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtRetry {
    /// A new t is drawn: what made it long was chance.
    Redraw,
    /// The t of the first attempt: the work itself is long.
    Keep,
}

/// What a client does when its attempt failed because of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnConflict {
    /// How many further attempts; `None` is without end. 0: it gives up at once.
    pub retries: Option<u32>,
    /// The pause before the second attempt; doubled before each further one, at most [`OnConflict::LONGEST`].
    pub backoff: f64,
    /// Each pause is drawn evenly from nothing to its full length ("full jitter").
    pub jitter: bool,
}

impl OnConflict {
    /// The longest pause, as in a scenario.
    pub const LONGEST: f64 = crate::scenario::Backoff::LONGEST as f64 / 1000.0;

    /// Gives up at once.
    pub const REJECT: Self = Self {
        retries: Some(0),
        backoff: 0.0,
        jitter: false,
    };

    /// Tries again at once until it succeeds.
    pub const RETRY: Self = Self {
        retries: None,
        backoff: 0.0,
        jitter: false,
    };

    /// The full pause before an attempt, counted from 2.
    #[must_use]
    pub fn pause(&self, attempt: u32) -> f64 {
        let doublings = attempt.saturating_sub(2).min(40);
        (self.backoff * (1u64 << doublings) as f64).min(Self::LONGEST)
    }
}

impl From<crate::scenario::OnConflict> for OnConflict {
    fn from(drawn: crate::scenario::OnConflict) -> Self {
        match drawn {
            crate::scenario::OnConflict::Reject | crate::scenario::OnConflict::Abort => {
                Self::REJECT
            }
            crate::scenario::OnConflict::Retry { limit, backoff } => Self {
                retries: Some(u32::from(limit)),
                backoff: f64::from(backoff.first) / 1000.0,
                jitter: backoff.jitter.is_some(),
            },
        }
    }
}

/// What costs time beside t. All 0: the model of the formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// From a lock that is granted to the client that knows of it, for each lock; it is held meanwhile.
    pub lock_round_trip: f64,
    /// The user's time between read and write. Whoever locks holds the lock; a strategy that keeps no transaction open
    /// ([`Policy::keeps_transaction_open`]) gives its connection back meanwhile.
    pub think: f64,
    /// Beside the backoff, before another attempt: the failed one is rolled back, the form is filled in again.
    pub retry: f64,
    /// From the write to the end of its commit, while the row is locked under every strategy.
    pub commit: f64,
}

/// What goes wrong, as shares of writers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// The client dies at its write; the server rolls back.
    pub crash: f64,
    /// The request comes a second time after it was carried out: its reply was lost, or its message was delivered twice.
    pub duplicate: f64,
    /// The client stops for a while between read and write, and keeps what it has.
    pub hang: f64,
    /// For how long it then stops.
    pub hang_time: f64,
}

impl Faults {
    /// Whether anything goes wrong at all.
    #[must_use]
    pub fn any(&self) -> bool {
        self.crash > 0.0 || self.duplicate > 0.0 || self.hang > 0.0
    }
}

/// Rows of a simulation.
pub const MOST_ROWS: u32 = 1_000_000;
/// Rows of a transaction.
pub const MOST_EACH: u32 = 32;
/// Clients of a burst.
pub const MOST_CLIENTS: u32 = 10_000;

impl Default for Settings {
    /// Two writers a second on one row, a quarter of a second from read to write, optimistic, without costs.
    fn default() -> Self {
        Self {
            rate: Rate::PerRow(2.0),
            read_share: 0.0,
            burst: None,
            rows: 1,
            choice: Choice::Uniform,
            rows_each: 1,
            times: Times::Fixed(0.25),
            at_retry: AtRetry::Redraw,
            policy: Policy::Optimistic,
            on_conflict: OnConflict::RETRY,
            costs: Costs::default(),
            connections: None,
            faults: Faults::default(),
            seed: 1,
        }
    }
}

impl Settings {
    /// How many writers come a second, over all rows.
    #[must_use]
    pub fn writers(&self) -> f64 {
        match self.rate {
            Rate::Total(rate) => rate,
            Rate::PerRow(rate) => rate * f64::from(self.rows) / f64::from(self.rows_each),
        }
    }

    /// How many transactions come a second, readers included.
    #[must_use]
    pub fn arrivals(&self) -> f64 {
        self.writers() / (1.0 - self.read_share)
    }

    /// Lambda: how many writers a second want a row, on average over the rows.
    #[must_use]
    pub fn lambda(&self) -> f64 {
        self.writers() * f64::from(self.rows_each) / f64::from(self.rows)
    }

    /// From read to write in the mean, thinking included: the t of the formulas.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.times.mean() + self.costs.think
    }

    /// Lambda t: how many other writers of a row are to be expected between a read and its write.
    #[must_use]
    pub fn lambda_t(&self) -> f64 {
        self.lambda() * self.distance()
    }

    /// The same traffic with another lambda t: the rate is changed, the times stay.
    #[must_use]
    pub fn with_lambda_t(&self, product: f64) -> Self {
        let lambda = product / self.distance();
        Self {
            rate: Rate::PerRow(lambda),
            ..self.clone()
        }
    }

    /// The same traffic under another strategy.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self {
            policy,
            ..self.clone()
        }
    }

    /// The same with a client that tries again, for strategies to be held against each other: where the present one has no
    /// conflicts that could fail, its client need not retry, but that of another would.
    #[must_use]
    pub fn with_client_that_retries(&self) -> Self {
        let mut settings = self.clone();
        if !self.policy.compares_versions() && self.on_conflict.retries == Some(0) {
            settings.on_conflict = crate::strategy::Strategy::OPTIMISTIC
                .default_on_conflict()
                .into();
        }
        settings
    }

    /// Whether it can be simulated.
    ///
    /// # Errors
    /// The first thing that is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let range = |what, value: f64, low: f64, high: f64| {
            if value >= low && value <= high {
                Ok(())
            } else {
                Err(SettingsError::Range { what, low, high })
            }
        };
        let rate = match self.rate {
            Rate::PerRow(rate) | Rate::Total(rate) => rate,
        };
        range("the arrival rate", rate, 1e-6, 1e9)?;
        range("the share of reads", self.read_share, 0.0, 0.99)?;
        range(
            "the number of rows",
            f64::from(self.rows),
            1.0,
            f64::from(MOST_ROWS),
        )?;
        range(
            "the number of rows of a transaction",
            f64::from(self.rows_each),
            1.0,
            f64::from(MOST_EACH),
        )?;
        if self.rows_each > self.rows {
            return Err(SettingsError::MoreRowsThanThereAre);
        }
        if let Choice::Zipf(s) = self.choice {
            range("the exponent of Zipf's law", s, 0.0, 4.0)?;
        }
        match &self.times {
            Times::Fixed(t) | Times::Exponential { mean: t } => range("t", *t, 1e-6, 1e6)?,
            Times::LogNormal { mean, variation } => {
                range("t", *mean, 1e-6, 1e6)?;
                range("the variation of t", *variation, 0.0, 10.0)?;
            }
            Times::Drawn(all) if all.is_empty() => return Err(SettingsError::NothingDrawn),
            Times::Drawn(all) => {
                for t in all {
                    range("t", *t, 1e-6, 1e6)?;
                }
            }
        }
        let costs = &self.costs;
        range("the lock's round trip", costs.lock_round_trip, 0.0, 1e6)?;
        range("the think time", costs.think, 0.0, 1e6)?;
        range("the price of a retry", costs.retry, 0.0, 1e6)?;
        range("the time of a commit", costs.commit, 0.0, 1e6)?;
        range(
            "the backoff",
            self.on_conflict.backoff,
            0.0,
            OnConflict::LONGEST,
        )?;
        let faults = &self.faults;
        range("the share of crashes", faults.crash, 0.0, 1.0)?;
        range("the share of duplicates", faults.duplicate, 0.0, 1.0)?;
        range("the share that hangs", faults.hang, 0.0, 1.0)?;
        range("the time that it hangs", faults.hang_time, 0.0, 1e6)?;
        if let Some(connections) = self.connections {
            range(
                "the number of connections",
                f64::from(connections),
                1.0,
                1e6,
            )?;
        }
        if let Some(burst) = self.burst {
            range(
                "the size of the burst",
                f64::from(burst.clients),
                1.0,
                f64::from(MOST_CLIENTS),
            )?;
            range("the time of the burst", burst.at, 0.0, 1e9)?;
        }
        if let Policy::LastWriteWins { skew } = self.policy {
            range("the clocks' skew", skew, 0.0, 1e6)?;
        }
        if let Some(locking) = self.policy.locking() {
            if let Some(timeout) = locking.timeout {
                range("the lock timeout", timeout, 0.0, 1e6)?;
                // Who gives up at once and asks again at once would do so for ever at the same moment.
                let pause = self.on_conflict.backoff + costs.retry;
                if timeout == 0.0 && self.on_conflict.retries.is_none() && pause == 0.0 {
                    return Err(SettingsError::SpinsForEver);
                }
            }
            range("the deadlock timeout", locking.deadlock_timeout, 0.0, 1e6)?;
        }
        Ok(())
    }

    /// How many locks a transaction takes that locks before it reads.
    pub(super) fn locks_each(&self) -> u32 {
        match self.policy.locking() {
            Some(locking) if locking.scope == Scope::All => 1,
            _ => self.rows_each,
        }
    }
}

/// Why traffic cannot be simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SettingsError {
    /// A number is out of its range.
    Range {
        /// Which.
        what: &'static str,
        /// The least it may be.
        low: f64,
        /// The most.
        high: f64,
    },
    /// A transaction wants more rows than there are.
    MoreRowsThanThereAre,
    /// No transaction of the timeline reads a row and writes it later.
    NothingDrawn,
    /// Who does not wait for a lock and asks again at once, without end, never lets time pass.
    SpinsForEver,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use super::number::significant;
        match self {
            Self::Range { what, low, high } => write!(
                f,
                "{what} must lie between {} and {}",
                significant(*low, 3),
                significant(*high, 3)
            ),
            Self::MoreRowsThanThereAre => {
                f.write_str("a transaction cannot want more rows than there are")
            }
            Self::NothingDrawn => {
                f.write_str("no transaction of the timeline reads a row and writes it later")
            }
            Self::SpinsForEver => f.write_str(
                "a lock that is not waited for, and asked for again at once without end, needs a backoff or a price of a retry",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_a_row_is_that_of_its_writers() {
        let settings = Settings {
            rate: Rate::PerRow(2.0),
            rows: 10,
            rows_each: 2,
            read_share: 0.5,
            ..Settings::default()
        };
        assert_eq!(settings.writers(), 10.0);
        assert_eq!(settings.arrivals(), 20.0);
        assert_eq!(settings.lambda(), 2.0);
        let other = settings.with_lambda_t(0.75);
        assert!((other.lambda_t() - 0.75).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_sentence() {
        let refused = |settings: Settings| settings.check().unwrap_err().to_string();
        let base = Settings::default();
        assert_eq!(base.check(), Ok(()));
        let rate = Settings {
            rate: Rate::Total(f64::NAN),
            ..base.clone()
        };
        assert_eq!(
            refused(rate),
            "the arrival rate must lie between 0.000001 and 1000000000"
        );
        let rows = Settings {
            rows_each: 2,
            ..base.clone()
        };
        assert_eq!(
            refused(rows),
            "a transaction cannot want more rows than there are"
        );
        let drawn = Settings {
            times: Times::Drawn(Vec::new()),
            ..base.clone()
        };
        assert!(refused(drawn).starts_with("no transaction"));
        let mut nowait = base;
        let locking = super::super::Locking {
            timeout: Some(0.0),
            ..super::super::Locking::default()
        };
        nowait.policy = Policy::Pessimistic(locking);
        assert!(refused(nowait.clone()).ends_with("price of a retry"));
        nowait.costs.retry = 0.1;
        assert_eq!(nowait.check(), Ok(()));
    }

    #[test]
    fn a_pause_doubles() {
        let client = OnConflict {
            backoff: 0.01,
            ..OnConflict::RETRY
        };
        assert_eq!(
            [2, 3, 4].map(|attempt| client.pause(attempt)),
            [0.01, 0.02, 0.04]
        );
        assert_eq!(client.pause(60), OnConflict::LONGEST);
    }
}
