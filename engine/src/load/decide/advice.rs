//! Optimistic against pessimistic, on this traffic.
//!
//! With equal, fixed t on one row a lock is never slower: T = t / (1 - rho) against t (1 + rho / (2 (1 - rho))), that is 2 / (2 - rho)
//! times as long, whatever rho. So where the literature advises optimistic locking for small lambda t, it has something else in
//! mind that this formula has not: a round trip for the lock, readers who are kept waiting, thinking under the lock, several
//! rows, t that varies. Each of these is put in, or taken out, one at a time, and both are measured again.

use super::super::estimate::Estimate;
use super::super::measures::Measures;
use super::super::policy::{Locking, Policy, Readers};
use super::super::quantity::Quantity;
use super::super::settings::{AtRetry, Settings, SettingsError};
use super::super::times::Times;
use super::super::{Band, band};
use super::measured;

/// Events for each strategy and factor, at least: fewer give no intervals.
const LEAST: u64 = 30_000;

/// Which of the two is better off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winner {
    /// Optimistic locking.
    Optimistic,
    /// Pessimistic locking.
    Pessimistic,
    /// They are within 2 %, or within each other's interval.
    Neither,
}

impl Winner {
    /// In a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optimistic => "optimistic",
            Self::Pessimistic => "pessimistic",
            Self::Neither => "neither",
        }
    }
}

/// Both on the same traffic.
#[derive(Clone, Debug)]
pub struct Contest {
    /// What was measured of optimistic locking.
    pub optimistic: Measures,
    /// What was measured of pessimistic locking.
    pub pessimistic: Measures,
    /// Who is better off.
    pub winner: Winner,
    /// Mean latency of all transactions under optimistic locking, divided by that under pessimistic locking.
    pub ratio: f64,
    /// What decided, in a sentence.
    pub because: &'static str,
}

const MORE_COMMITS: &str = "more comes than can be done, and it does more of it";

/// Measures both, with so many events each.
///
/// Where more comes than one of them can do, the one that commits more a second wins, and if they commit alike the one that wastes
/// less work. Else a strategy loses under which fewer
/// writers commit, by more than a hundredth; then one whose transactions, readers included, take longer on average.
///
/// # Errors
/// When the settings are out of range.
pub fn contest(settings: &Settings, events: u64) -> Result<Contest, SettingsError> {
    let [optimistic, pessimistic] = contestants(settings);
    Ok(Contest::of(
        measured(&optimistic, events)?,
        measured(&pessimistic, events)?,
    ))
}

/// The traffic under optimistic and under pessimistic locking.
pub(super) fn contestants(settings: &Settings) -> [Settings; 2] {
    let locking = settings.policy.locking().copied().unwrap_or_default();
    let settings = settings.with_client_that_retries();
    [Policy::Optimistic, Policy::Pessimistic(locking)].map(|policy| settings.with_policy(policy))
}

impl Contest {
    /// Who is better off, from what was measured of both.
    pub(super) fn of(optimistic: Measures, pessimistic: Measures) -> Self {
        let latency = |measures: &Measures| measures.get(Quantity::LatencyOfAll);
        let success = |measures: &Measures| measures.get(Quantity::Success);
        let (a, b) = (latency(&optimistic), latency(&pessimistic));
        let ratio = a.value / b.value;
        let succeeds = |one: Estimate, other: Estimate| {
            one.value > other.value + 0.01 && !one.is_below(&other)
        };
        let throughput = |measures: &Measures| measures.get(Quantity::Throughput).value;
        let wasted = |measures: &Measures| measures.get(Quantity::Wasted).value;
        let (more, other) = (throughput(&optimistic), throughput(&pessimistic));
        let (winner, because) = match (optimistic.falls_behind, pessimistic.falls_behind) {
            // Who turns many away keeps up easily: what counts is how much gets done.
            (true, _) | (_, true) if more > 1.02 * other => (Winner::Optimistic, MORE_COMMITS),
            (true, _) | (_, true) if other > 1.02 * more => (Winner::Pessimistic, MORE_COMMITS),
            (true, true) if wasted(&optimistic) > wasted(&pessimistic) + 0.1 => (
                Winner::Pessimistic,
                "more comes than either can do, and it wastes less work on the same commits",
            ),
            (true, true) => (Winner::Neither, "more comes than either can do"),
            (true, false) => (
                Winner::Pessimistic,
                "optimistic locking does not keep up with what comes",
            ),
            (false, true) => (
                Winner::Optimistic,
                "pessimistic locking does not keep up with what comes",
            ),
            (false, false) if succeeds(success(&pessimistic), success(&optimistic)) => {
                (Winner::Pessimistic, "more writers come to their commit")
            }
            (false, false) if succeeds(success(&optimistic), success(&pessimistic)) => {
                (Winner::Optimistic, "more writers come to their commit")
            }
            _ if (ratio - 1.0).abs() < 0.02 || !(a.is_below(&b) || b.is_below(&a)) => (
                Winner::Neither,
                "latencies are the same within 2 % or their intervals",
            ),
            _ if ratio < 1.0 => (Winner::Optimistic, "transactions take less time on average"),
            _ => (
                Winner::Pessimistic,
                "transactions take less time on average",
            ),
        };
        Self {
            optimistic,
            pessimistic,
            winner,
            ratio,
            because,
        }
    }
}

/// How the measurement stands to the literature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// It says the same.
    Agrees,
    /// It says the opposite.
    Disagrees,
    /// The literature says to measure: this is the measurement.
    Decides,
    /// Too close to say.
    TooClose,
}

impl Agreement {
    /// In a word or two.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::Decides => "decides",
            Self::TooClose => "too close to say",
        }
    }
}

/// One thing changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// What is changed, as the end of a sentence that begins with "with".
    pub change: &'static str,
    /// Whether it is taken out of this workload (`true`) or put in.
    pub taken_out: bool,
    /// Who is better off then.
    pub winner: Winner,
    /// Optimistic by pessimistic mean latency then.
    pub ratio: f64,
    /// Whether that turns the result.
    pub turns: bool,
}

/// The literature's advice and the measurement beside it.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Lambda t of the traffic.
    pub lambda_t: f64,
    /// Where it lies.
    pub band: Band,
    /// What the literature advises there.
    pub literature: &'static str,
    /// What was measured.
    pub contest: Contest,
    /// How the two stand to each other.
    pub agreement: Agreement,
    /// What was changed, one thing at a time, and what came of it.
    pub factors: Vec<Factor>,
}

impl Advice {
    /// The things that turn the result.
    pub fn turning(&self) -> impl Iterator<Item = &Factor> {
        self.factors.iter().filter(|factor| factor.turns)
    }
}

/// The literature's advice at this lambda t, and whether this traffic agrees. Simulates `events` for each strategy, and a third of
/// that for each strategy and factor: about nine times `events` in all.
///
/// # Errors
/// When the settings are out of range.
pub fn advise(settings: &Settings, events: u64) -> Result<Advice, SettingsError> {
    let own = contest(settings, events)?;
    let mut others = Vec::new();
    for (change, taken_out, changed) in changes(settings) {
        // A change that cannot be simulated (more rows than there may be) is none.
        if let Ok(other) = contest(&changed, (events / 3).max(LEAST)) {
            others.push((change, taken_out, other));
        }
    }
    Ok(Advice::of(settings.lambda_t(), own, others))
}

impl Advice {
    /// From what was measured: as it is, and with one thing changed at a time.
    pub(super) fn of(
        lambda_t: f64,
        contest: Contest,
        others: Vec<(&'static str, bool, Contest)>,
    ) -> Self {
        let band = band(lambda_t);
        let (literature, agreement) = match (band, contest.winner) {
            (Band::Optimistic, winner) => (
                "λt is below 0.1: optimistic locking is clearly cheaper.",
                agreement(winner, Winner::Optimistic),
            ),
            (Band::Pessimistic, winner) => (
                "λt is above 1: pessimistic locking avoids the retries.",
                agreement(winner, Winner::Pessimistic),
            ),
            (Band::Measure, winner) => (
                "λt lies between 0.1 and 1: measure under real load.",
                if winner == Winner::Neither {
                    Agreement::TooClose
                } else {
                    Agreement::Decides
                },
            ),
        };
        let factors = others.into_iter().map(|(change, taken_out, other)| Factor {
            change,
            taken_out,
            winner: other.winner,
            ratio: other.ratio,
            turns: other.winner != contest.winner && other.winner != Winner::Neither,
        });
        Self {
            lambda_t,
            band,
            literature,
            agreement,
            factors: factors.collect(),
            contest,
        }
    }
}

fn agreement(measured: Winner, advised: Winner) -> Agreement {
    match measured {
        Winner::Neither => Agreement::TooClose,
        _ if measured == advised => Agreement::Agrees,
        _ => Agreement::Disagrees,
    }
}

/// The same traffic with one thing changed; lambda t of the times that hold stays what it is.
pub(super) fn changes(settings: &Settings) -> Vec<(&'static str, bool, Settings)> {
    let mut all = Vec::new();
    let mut add = |change, taken_out, edit: &dyn Fn(&mut Settings)| {
        let mut changed = settings.clone();
        edit(&mut changed);
        all.push((change, taken_out, changed));
    };
    let t = settings.distance();
    let costs = &settings.costs;
    let locking = settings.policy.locking().copied().unwrap_or_default();
    let shares = settings.read_share > 0.0 && locking.readers == Readers::Share;
    if costs.lock_round_trip > 0.0 {
        add("no round trip for a lock", true, &|it| {
            it.costs.lock_round_trip = 0.0
        });
    } else {
        add("a round trip of a fifth of t for each lock", false, &|it| {
            it.costs.lock_round_trip = t / 5.0;
        });
    }
    if shares {
        add("readers who do not lock", true, &|it| {
            it.policy = Policy::Pessimistic(Locking {
                readers: Readers::Snapshot,
                ..locking
            });
        });
    } else {
        add(
            "four readers to each writer, who take shared locks",
            false,
            &|it| {
                it.read_share = 0.8;
                it.policy = Policy::Pessimistic(Locking {
                    readers: Readers::Share,
                    ..locking
                });
            },
        );
    }
    if costs.think > 0.0 && settings.connections.is_some() {
        add("connections for everybody", true, &|it| {
            it.connections = None
        });
    } else if settings.connections.is_none() {
        // As many connections as are at work a third of the time, if nobody kept one while thinking.
        add(
            "a user who thinks for nine tenths of t, and few connections",
            false,
            &|it| {
                it.costs.think = 0.9 * t;
                it.times = it.times.with_mean(0.1 * t);
                it.connections = Some(((0.3 * t * it.arrivals()) as u32).max(1));
            },
        );
    }
    if settings.rows_each > 1 {
        add("one row each", true, &|it| {
            it.rate = super::super::settings::Rate::PerRow(it.lambda());
            it.rows_each = 1;
        });
    } else {
        add(
            "three of a hundred rows each, locked as they come",
            false,
            &|it| {
                it.rate = super::super::settings::Rate::PerRow(it.lambda());
                it.rows = 100;
                it.rows_each = 3;
            },
        );
    }
    if settings.times.is_fixed() {
        add(
            "t exponentially distributed, drawn anew at a retry",
            false,
            &|it| {
                it.times = Times::Exponential {
                    mean: it.times.mean(),
                };
                it.at_retry = AtRetry::Redraw;
            },
        );
        add(
            "t exponentially distributed, the same at a retry",
            false,
            &|it| {
                it.times = Times::Exponential {
                    mean: it.times.mean(),
                };
                it.at_retry = AtRetry::Keep;
            },
        );
    } else {
        add("t always the same", true, &|it| {
            it.times = Times::Fixed(it.times.mean())
        });
        let (words, other) = match settings.at_retry {
            AtRetry::Keep => ("a new t at each retry", AtRetry::Redraw),
            AtRetry::Redraw => ("the same t at each retry", AtRetry::Keep),
        };
        add(words, false, &|it| it.at_retry = other);
    }
    if costs.retry > 0.0 || settings.on_conflict.backoff > 0.0 {
        add("retries at once, for nothing", true, &|it| {
            it.costs.retry = 0.0;
            it.on_conflict.backoff = 0.0;
        });
    } else {
        add("a retry that costs another t", false, &|it| {
            it.costs.retry = t
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_equal_fixed_t_on_one_row_a_lock_is_never_slower_and_other_things_turn_it() {
        for lambda_t in [0.05, 0.5, 0.8] {
            let settings = Settings::default().with_lambda_t(lambda_t);
            let advice = advise(&settings, 400_000).unwrap();
            assert_ne!(advice.contest.winner, Winner::Optimistic);
            // 2 / (2 - rho).
            let expected = 2.0 / (2.0 - lambda_t);
            assert!(
                (advice.contest.ratio / expected - 1.0).abs() < 0.08,
                "{lambda_t} {}",
                advice.contest.ratio
            );
            let expected = match advice.band {
                Band::Optimistic => [Agreement::Disagrees, Agreement::TooClose],
                _ => [Agreement::Decides, Agreement::Agrees],
            };
            assert!(expected.contains(&advice.agreement));
            if lambda_t == 0.05 {
                let mut turning = advice.turning();
                assert!(
                    turning.any(|it| it.change.starts_with("a round trip")),
                    "{:?}",
                    advice.factors
                );
            }
        }
    }

    #[test]
    fn above_one_locks_keep_no_better_up_but_retries_make_it_worse() {
        let settings = Settings::default().with_lambda_t(2.0);
        let advice = advise(&settings, 300_000).unwrap();
        assert_eq!(advice.band, Band::Pessimistic);
        assert!(advice.contest.pessimistic.falls_behind);
        assert_eq!(advice.agreement, Agreement::Agrees);
        // A lock still does one transaction after the other, without a pause: 1 / t a second.
        let throughput = advice.contest.pessimistic.get(Quantity::Throughput);
        assert!(
            (throughput.value * 0.25 - 1.0).abs() < 0.02,
            "{throughput:?}"
        );
    }
}
