//! What the closed forms say of traffic under a strategy.
//!
//! What is said of one row holds for each of N rows with its own rate: values are averaged over the rows, by how often each is
//! wanted. Each form that belongs to traffic and strategy has its value and its [`Standing`] *for these settings*: the same
//! formula is exact for one strategy, and a bound for the next.

use super::forms::{
    EVEN_STEPS, FIRST_COMMITTER, FIRST_COMMITTER_ANY, Form, GRAY, LAPLACE, LINEAGE, M_D_1, M_G_1,
    M_M_1, P_WAIT, POISSON, RETRY, RETRY_LATENCY, SEVERAL_ROWS, THOMASIAN_RYU,
};
use super::math::{ln, one_minus_exp};
use super::policy::{Policy, Readers, Scope};
use super::quantity::Quantity;
use super::settings::{Choice, Settings};
use super::times::{Finished, Times};
use super::zipf::shares;

/// How a formula stands to what is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the truth, for these settings.
    Exact,
    /// It is near.
    Approximate,
    /// The truth is not above.
    UpperBound,
    /// The truth is not below.
    LowerBound,
}

impl Standing {
    /// For machines and people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximate => "approximate",
            Self::UpperBound => "upper bound",
            Self::LowerBound => "lower bound",
        }
    }
}

/// What a formula says of the traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Which formula.
    pub form: &'static Form,
    /// Of what.
    pub quantity: Quantity,
    /// The value; infinity where queues grow without end.
    pub value: f64,
    /// How it stands to these settings.
    pub standing: Standing,
}

/// Writers of each row a second and its share of all, for transactions of one row each. One entry stands for rows that are alike.
fn rates(settings: &Settings) -> Vec<(f64, f64)> {
    let writers = settings.writers();
    match settings.choice {
        Choice::Zipf(s) if s > 0.0 => {
            let shares = shares(settings.rows, settings.choice).into_iter();
            shares.map(|share| (share * writers, share)).collect()
        }
        _ => vec![(writers / f64::from(settings.rows), 1.0)],
    }
}

/// A value of each row, averaged by how often the rows are wanted.
fn over_rows(rates: &[(f64, f64)], value: impl Fn(f64) -> f64) -> f64 {
    rates.iter().map(|(rate, share)| share * value(*rate)).sum()
}

/// The probability that two transactions have a row in common, where all rows are wanted alike.
#[must_use]
pub fn overlap(rows: u32, each: u32) -> f64 {
    let mut apart = 1.0;
    for place in 0..each {
        let (free, left) = (
            f64::from(rows) - f64::from(each) - f64::from(place),
            f64::from(rows) - f64::from(place),
        );
        apart *= (free / left).max(0.0);
    }
    1.0 - apart
}

/// Gray's estimate: with so many transactions under way that lock `each` of `rows` rows one by one.
#[must_use]
pub fn gray(under_way: f64, each: u32, rows: u32) -> f64 {
    let (k, d) = (f64::from(each), f64::from(rows));
    under_way * k * k * k * k / (4.0 * d * d)
}

/// Thomasian and Ryu's, with so many *others* under way.
#[must_use]
pub fn thomasian_ryu(others: f64, each: u32, rows: u32) -> f64 {
    gray(others, each, rows) / 3.0
}

/// The same for locks taken at even distances, the first at once.
#[must_use]
pub fn even_steps(under_way: f64, each: u32, rows: u32) -> f64 {
    let (k, d) = (f64::from(each), f64::from(rows));
    under_way * k * (k - 1.0) * (k * k - 1.0) / (12.0 * d * d)
}

/// What theory says of this traffic under this strategy.
#[must_use]
pub fn predictions(settings: &Settings) -> Vec<Prediction> {
    let mut list = List {
        predictions: Vec::new(),
        // What no formula knows of.
        simple: settings.connections.is_none()
            && !settings.faults.any()
            && settings.burst.is_none(),
        one_each: settings.rows_each == 1,
        rates: rates(settings),
        settings,
    };
    match &settings.policy {
        Policy::None | Policy::Upsert | Policy::LastWriteWins { .. } => list.unguarded(),
        Policy::Atomic => list.atomic(),
        Policy::Optimistic | Policy::Snapshot | Policy::Serializable => list.optimistic(),
        Policy::Pessimistic(_) | Policy::UpsertLock(_) => list.locking(),
    }
    list.predictions
}

struct List<'a> {
    predictions: Vec<Prediction>,
    simple: bool,
    one_each: bool,
    rates: Vec<(f64, f64)>,
    settings: &'a Settings,
}

impl List<'_> {
    fn add(&mut self, form: &'static Form, quantity: Quantity, value: f64, standing: Standing) {
        self.predictions.push(Prediction {
            form,
            quantity,
            value,
            standing,
        });
    }

    fn exact_if(&self, exact: bool) -> Standing {
        if exact && self.simple {
            Standing::Exact
        } else {
            Standing::Approximate
        }
    }

    /// 1 - e^(-lambda t), with the mean of t, over the rows.
    fn famous(&self) -> f64 {
        let settings = self.settings;
        if self.one_each {
            over_rows(&self.rates, |rate| {
                one_minus_exp(rate * settings.distance())
            })
        } else {
            let q = overlap(settings.rows, settings.rows_each);
            one_minus_exp(settings.writers() * q * settings.distance())
        }
    }

    fn unguarded(&mut self) {
        let settings = self.settings;
        let think = settings.costs.think;
        let skewed = matches!(settings.policy, Policy::LastWriteWins { skew } if skew > 0.0);
        let plain = settings.costs.commit == 0.0 && !skewed;
        let fixed = settings.times.is_fixed();
        if self.one_each {
            let exact = self.exact_if(plain);
            let famous = if fixed || !plain {
                exact
            } else {
                Standing::UpperBound
            };
            self.add(&POISSON, Quantity::Conflict, self.famous(), famous);
            if !fixed {
                let value = over_rows(&self.rates, |rate| {
                    1.0 - settings.times.laplace(rate, think)
                });
                self.add(&LAPLACE, Quantity::Conflict, value, exact);
            }
            let rho = settings.distance();
            let lost = over_rows(&self.rates, |rate| rate * rho / (1.0 + rate * rho));
            self.add(&LINEAGE, Quantity::Lost, lost, exact);
        } else {
            let uniform = self.rates.len() == 1;
            let q = overlap(settings.rows, settings.rows_each);
            let value = 1.0 - settings.times.laplace(settings.writers() * q, think);
            let standing = self.exact_if(plain && uniform);
            self.add(&SEVERAL_ROWS, Quantity::Conflict, value, standing);
            let rho = settings.lambda_t();
            let lost = f64::from(settings.rows_each) * rho / (1.0 + rho);
            self.add(&LINEAGE, Quantity::Lost, lost, standing);
        }
    }

    fn atomic(&mut self) {
        let settings = self.settings;
        // Unless a commit takes longer than what lies between a read and a write elsewhere.
        let bounds = self.one_each && settings.lambda() * settings.costs.commit <= self.famous();
        let bound = if bounds {
            Standing::UpperBound
        } else {
            Standing::Approximate
        };
        self.add(&POISSON, Quantity::Conflict, self.famous(), bound);
        let service = Times::Fixed(settings.costs.commit);
        if self.one_each {
            let exact = self.exact_if(true);
            let waits = over_rows(&self.rates, |rate| (rate * settings.costs.commit).min(1.0));
            self.add(&P_WAIT, Quantity::Conflict, waits, exact);
            let latency = over_rows(&self.rates, |rate| sojourn(&service, 0.0, rate));
            self.add(
                &M_D_1,
                Quantity::Latency,
                settings.costs.think + latency,
                exact,
            );
        }
    }

    fn optimistic(&mut self) {
        let settings = self.settings;
        let client = &settings.on_conflict;
        let think = settings.costs.think;
        let (t, fixed) = (settings.distance(), settings.times.is_fixed());
        let at_once = client.backoff == 0.0 && settings.costs.retry == 0.0;
        let plain = settings.costs.commit == 0.0 && self.one_each;
        let once = client.retries == Some(0);
        let for_ever = client.retries.is_none();
        // Where commits take time, or rows are several, the bounds are not proven.
        let simple = self.simple;
        let bound = move |standing| {
            if plain && simple {
                standing
            } else {
                Standing::Approximate
            }
        };
        let rates = if self.one_each {
            self.rates.clone()
        } else {
            let q = overlap(settings.rows, settings.rows_each);
            vec![(settings.writers() * q, 1.0)]
        };
        if once {
            self.add(
                &POISSON,
                Quantity::Conflict,
                self.famous(),
                bound(if fixed {
                    Standing::UpperBound
                } else {
                    Standing::Approximate
                }),
            );
            let exact = self.exact_if(plain);
            let (form, value) = if fixed {
                let value = over_rows(&rates, |rate| rate * t / (1.0 + rate * t));
                (&FIRST_COMMITTER, value)
            } else {
                let finished = Finished::new(&settings.times, think);
                let commits = |rate: f64| 1.0 / (rate * finished.time_between_commits(rate));
                (
                    &FIRST_COMMITTER_ANY,
                    over_rows(&rates, |rate| 1.0 - commits(rate)),
                )
            };
            self.add(form, Quantity::Conflict, value, exact);
            self.add(
                form,
                Quantity::Throughput,
                settings.writers() * (1.0 - value),
                exact,
            );
            return;
        }
        if !fixed {
            // Short attempts overtake long ones; nobody has a formula.
            self.add(
                &POISSON,
                Quantity::Conflict,
                self.famous(),
                Standing::Approximate,
            );
            return;
        }
        let stable = rates.iter().all(|(rate, _)| rate * t < 1.0);
        self.add(
            &POISSON,
            Quantity::Conflict,
            self.famous(),
            bound(if for_ever && at_once {
                Standing::LowerBound
            } else {
                Standing::Approximate
            }),
        );
        // Rows count by their attempts: a hot one has more of them.
        let value = if stable {
            let attempts = |rate: f64| 1.0 / (1.0 - rate * t);
            over_rows(&rates, |rate| rate * t * attempts(rate)) / over_rows(&rates, attempts)
        } else {
            1.0
        };
        if for_ever && at_once {
            let exact = self.exact_if(plain);
            self.add(&RETRY, Quantity::Conflict, value, exact);
            let latency = if stable {
                over_rows(&rates, |rate| t / (1.0 - rate * t))
            } else {
                f64::INFINITY
            };
            self.add(&RETRY_LATENCY, Quantity::Latency, latency, exact);
            if stable {
                self.add(&RETRY, Quantity::Throughput, settings.writers(), exact);
            }
        } else {
            // Retries that end lie between none and without end; pauses may bring together what would not have met.
            let between = |standing| {
                if at_once && fixed {
                    bound(standing)
                } else {
                    Standing::Approximate
                }
            };
            let lower = over_rows(&rates, |rate| rate * t / (1.0 + rate * t));
            self.add(
                &FIRST_COMMITTER,
                Quantity::Conflict,
                lower,
                between(Standing::LowerBound),
            );
            self.add(
                &RETRY,
                Quantity::Conflict,
                value,
                between(Standing::UpperBound),
            );
        }
    }

    fn locking(&mut self) {
        let settings = self.settings;
        let Some(locking) = settings.policy.locking() else {
            return;
        };
        let costs = &settings.costs;
        let (times, all) = (&settings.times, locking.scope == Scope::All);
        let locks = if all { 1 } else { settings.rows_each };
        let more = costs.think + costs.commit + costs.lock_round_trip * f64::from(locks);
        self.add(
            &POISSON,
            Quantity::Conflict,
            self.famous(),
            if self.one_each && !all && self.simple {
                Standing::LowerBound
            } else {
                Standing::Approximate
            },
        );
        if locks == 1 {
            let rates = if all {
                vec![(settings.writers(), 1.0)]
            } else {
                self.rates.clone()
            };
            let hold = times.mean() + more;
            let shared = locking.readers == Readers::Share && settings.read_share > 0.0;
            let exact = self.exact_if(locking.timeout.is_none() && !shared);
            let waits = over_rows(&rates, |rate| (rate * hold).min(1.0));
            self.add(&P_WAIT, Quantity::Conflict, waits, exact);
            let form = match times {
                _ if times.is_fixed() => &M_D_1,
                Times::Exponential { .. } if more == 0.0 => &M_M_1,
                _ => &M_G_1,
            };
            let record = match settings.policy {
                Policy::UpsertLock(_) => costs.lock_round_trip,
                _ => 0.0,
            };
            let latency = over_rows(&rates, |rate| sojourn(times, more, rate));
            self.add(form, Quantity::Latency, record + latency, exact);
            if let ([(rate, _)], true) = (rates.as_slice(), *form == M_M_1 && record == 0.0) {
                for (quantity, share) in [
                    (Quantity::LatencyP50, 0.5),
                    (Quantity::LatencyP95, 0.95),
                    (Quantity::LatencyP99, 0.99),
                ] {
                    self.add(
                        &M_M_1,
                        quantity,
                        -ln(1.0 - share) * sojourn(times, 0.0, *rate),
                        exact,
                    );
                }
            }
            let most = over_rows(&rates, |rate| (1.0 / (rate * hold)).min(1.0));
            self.add(form, Quantity::Throughput, settings.writers() * most, exact);
            return;
        }
        let under_way = settings.writers() * (times.mean() + more);
        let (each, rows) = (settings.rows_each, settings.rows);
        if locking.order == super::policy::Order::Sorted {
            self.add(&THOMASIAN_RYU, Quantity::Deadlocks, 0.0, Standing::Exact);
            return;
        }
        self.add(
            &GRAY,
            Quantity::Deadlocks,
            gray(under_way, each, rows),
            Standing::Approximate,
        );
        let better = thomasian_ryu(under_way, each, rows);
        self.add(
            &THOMASIAN_RYU,
            Quantity::Deadlocks,
            better,
            Standing::Approximate,
        );
        let even = even_steps(under_way, each, rows);
        self.add(
            &EVEN_STEPS,
            Quantity::Deadlocks,
            even,
            Standing::Approximate,
        );
    }
}

/// Waiting and service together in M/G/1, with service t + more; infinity at a utilisation of 1 and above.
fn sojourn(times: &Times, more: f64, rate: f64) -> f64 {
    let mean = times.mean() + more;
    let square = times.second_moment() + 2.0 * more * times.mean() + more * more;
    let rho = rate * mean;
    if rho >= 1.0 {
        return f64::INFINITY;
    }
    mean + rate * square / (2.0 * (1.0 - rho))
}

#[cfg(test)]
mod tests {
    use super::super::policy::Locking;
    use super::super::settings::{OnConflict, Rate};
    use super::*;

    fn value(settings: &Settings, quantity: Quantity, standing: Standing) -> f64 {
        let all = predictions(settings);
        let one = all
            .iter()
            .find(|it| it.quantity == quantity && it.standing == standing);
        one.expect("there is such a prediction").value
    }

    #[test]
    fn the_forms_give_the_values_of_the_books() {
        let one_row = Settings {
            rate: Rate::PerRow(2.0),
            times: Times::Fixed(0.25),
            ..Settings::default()
        };
        let near = |value: f64, expected: f64| {
            assert!((value - expected).abs() < 1e-4, "{value} {expected}");
        };
        let under = |policy| one_row.with_policy(policy);
        let none = under(Policy::None);
        near(value(&none, Quantity::Conflict, Standing::Exact), 0.393_469);
        let exponential = Settings {
            times: Times::Exponential { mean: 0.25 },
            ..none
        };
        near(
            value(&exponential, Quantity::Conflict, Standing::Exact),
            1.0 / 3.0,
        );
        near(
            value(&exponential, Quantity::Lost, Standing::Exact),
            1.0 / 3.0,
        );
        let mut optimistic = under(Policy::Optimistic);
        near(value(&optimistic, Quantity::Conflict, Standing::Exact), 0.5);
        near(value(&optimistic, Quantity::Latency, Standing::Exact), 0.5);
        optimistic.on_conflict = OnConflict::REJECT;
        near(
            value(&optimistic, Quantity::Conflict, Standing::Exact),
            1.0 / 3.0,
        );
        let mut lock = under(Policy::Pessimistic(Locking::default()));
        near(value(&lock, Quantity::Conflict, Standing::Exact), 0.5);
        near(value(&lock, Quantity::Latency, Standing::Exact), 0.375);
        lock.times = Times::Exponential { mean: 0.25 };
        near(value(&lock, Quantity::Latency, Standing::Exact), 0.5);
        near(
            value(&lock, Quantity::LatencyP50, Standing::Exact),
            0.346_574,
        );
        lock.rate = Rate::PerRow(8.0);
        assert_eq!(
            value(&lock, Quantity::Latency, Standing::Exact),
            f64::INFINITY
        );
        assert_eq!(value(&lock, Quantity::Conflict, Standing::Exact), 1.0);
    }

    #[test]
    fn rows_in_common() {
        assert_eq!(overlap(1, 1), 1.0);
        assert!((overlap(10, 1) - 0.1).abs() < 1e-12);
        // Of the 15 pairs of pairs from four rows one is apart for each: 1 - C(2,2)/C(4,2).
        assert!((overlap(4, 2) - 5.0 / 6.0).abs() < 1e-12);
        assert!((overlap(10_000, 5) / (25.0 / 10_000.0) - 1.0).abs() < 0.01);
        assert_eq!(overlap(3, 2), 1.0);
    }
}
