//! What was measured, with a 95 % interval.
//!
//! What a simulation sees of one row is not independent: a busy moment hits many transactions. The interval of a share that takes
//! the observations for independent (Wilson's, Wald's) would be too narrow. So intervals are from **batch means**: the run is cut
//! into batches of equally many arrivals, long enough to be nearly independent of one another, and the spread of the batches
//! tells how far the mean can be off (Law, *Simulation Modeling and Analysis*, 9.5.3). Every measure is a ratio of two sums
//! (conflicts by attempts, commits by seconds), and its variance is that of a ratio estimator (same, 9.5.3). Batches whose
//! neighbours still resemble each other are joined, pair by pair, before the spread is taken. Where fewer than ten events were
//! seen, batches say little (none seen: no spread at all), and **Wilson's** interval is used, which is right for rare events, as
//! those hardly influence one another.

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best guess; NaN when nothing was seen.
    pub value: f64,
    /// It is hardly less.
    pub low: f64,
    /// It is hardly more.
    pub high: f64,
}

impl Estimate {
    /// A value that is known exactly.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self {
            value,
            low: value,
            high: value,
        }
    }

    /// A value of which nothing is known but itself: no interval.
    #[must_use]
    pub const fn without_interval(value: f64) -> Self {
        Self {
            value,
            low: f64::NAN,
            high: f64::NAN,
        }
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether it is less than another beyond doubt: the intervals do not touch.
    #[must_use]
    pub fn is_below(&self, other: &Self) -> bool {
        self.high < other.low
    }
}

/// Of a ratio of two sums, from the sums of each batch. `whole` is the pair of all sums; `count` says that the numerator counts
/// events among as many trials as the denominator says, so that Wilson's interval makes sense.
#[must_use]
pub fn ratio(batches: &[(f64, f64)], whole: (f64, f64), count: bool) -> Estimate {
    let (sum, trials) = whole;
    if trials <= 0.0 {
        return Estimate::without_interval(f64::NAN);
    }
    let value = sum / trials;
    if count && (0.0..10.0).contains(&sum) && sum <= trials {
        let (low, high) = wilson(sum, trials);
        return Estimate { value, low, high };
    }
    let mut batches = batches.to_vec();
    while batches.len() >= 16 && resemblance(&batches) > 0.15 {
        batches = batches
            .chunks_exact(2)
            .map(|pair| (pair[0].0 + pair[1].0, pair[0].1 + pair[1].1))
            .collect();
    }
    if batches.len() < 4 {
        return Estimate::without_interval(value);
    }
    let (sum, trials) = total(&batches);
    let center = sum / trials;
    let n = batches.len() as f64;
    let squares: f64 = batches
        .iter()
        .map(|(x, y)| (x - center * y) * (x - center * y))
        .sum();
    let deviation = (squares / (n - 1.0) / n).sqrt() / (trials / n);
    let half = student(batches.len() - 1) * deviation;
    Estimate {
        value,
        low: value - half,
        high: value + half,
    }
}

fn total(batches: &[(f64, f64)]) -> (f64, f64) {
    batches
        .iter()
        .fold((0.0, 0.0), |sum, batch| (sum.0 + batch.0, sum.1 + batch.1))
}

/// How much a batch resembles the next one: the correlation of neighbours, -1 to 1.
fn resemblance(batches: &[(f64, f64)]) -> f64 {
    let (sum, trials) = total(batches);
    let center = sum / trials;
    let deviation = |batch: &(f64, f64)| batch.0 - center * batch.1;
    let squares: f64 = batches.iter().map(|it| deviation(it) * deviation(it)).sum();
    let products: f64 = batches
        .windows(2)
        .map(|pair| deviation(&pair[0]) * deviation(&pair[1]))
        .sum();
    if squares > 0.0 {
        products / squares
    } else {
        0.0
    }
}

/// Wilson's 95 % interval of a probability, from how often it came true.
#[must_use]
pub fn wilson(count: f64, trials: f64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let share = count / trials;
    let z = Z * Z / trials;
    let center = (share + z / 2.0) / (1.0 + z);
    let half = Z * (share * (1.0 - share) / trials + z / (4.0 * trials)).sqrt() / (1.0 + z);
    ((center - half).max(0.0), (center + half).min(1.0))
}

/// The 97.5 % quantile of Student's distribution (the expansion of Fisher and Cornish, good to 0.002 from 5 degrees of freedom
/// on).
#[must_use]
pub fn student(freedom: usize) -> f64 {
    const Z: f64 = 1.959_964;
    let v = freedom.max(1) as f64;
    let (z3, z5, z7) = (Z * Z * Z, Z * Z * Z * Z * Z, Z * Z * Z * Z * Z * Z * Z);
    Z + (z3 + Z) / (4.0 * v)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / (96.0 * v * v)
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / (384.0 * v * v * v)
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    #[test]
    fn student_is_that_of_the_tables() {
        for (freedom, value) in [
            (6, 2.447),
            (10, 2.228),
            (31, 2.040),
            (63, 1.998),
            (1000, 1.962),
        ] {
            assert!(
                (student(freedom) - value).abs() < 0.003,
                "{freedom} {}",
                student(freedom)
            );
        }
    }

    #[test]
    fn wilson_is_that_of_the_books() {
        let (low, high) = wilson(0.0, 100.0);
        assert!(low == 0.0 && (high - 0.0370).abs() < 1e-4, "{high}");
        let (low, high) = wilson(7.0, 20.0);
        assert!((low - 0.1812).abs() < 1e-3 && (high - 0.5671).abs() < 1e-3);
    }

    /// How often the interval holds the true value, in per cent.
    fn coverage(correlated: f64) -> u32 {
        let mut random = Random::new(5, 0);
        let mut held = 0;
        for _ in 0..1000 {
            let mut state = 0.0;
            let batches: Vec<(f64, f64)> = (0..64)
                .map(|_| {
                    state = correlated * state
                        + (1.0 - correlated * correlated).sqrt() * random.normal();
                    (30.0 + 4.0 * state, 100.0)
                })
                .collect();
            held += u32::from(ratio(&batches, total(&batches), true).contains(0.3));
        }
        held / 10
    }

    #[test]
    fn ninety_five_of_a_hundred_intervals_hold_the_truth_even_where_neighbours_resemble() {
        assert!((93..=97).contains(&coverage(0.0)), "{}", coverage(0.0));
        assert!((90..=97).contains(&coverage(0.5)), "{}", coverage(0.5));
    }
}
