//! How long a transaction takes from its read to its write: t.
//!
//! What a formula needs of a distribution is here beside the drawing of it: mean, second moment, the Laplace transform L(s) =
//! E e^(-s t), and the integral of the distribution function, which decides how often the first committer wins.

use super::math::{exp, ln, one_minus_exp};
use super::random::Random;

/// The distribution of t, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Times {
    /// Always the same.
    Fixed(f64),
    /// Exponential: many short ones, some long.
    Exponential {
        /// Its mean.
        mean: f64,
    },
    /// Lognormal: what people and networks do.
    LogNormal {
        /// Its mean.
        mean: f64,
        /// Standard deviation divided by mean.
        variation: f64,
    },
    /// Each of these equally often: the distances of a drawn timeline.
    Drawn(Vec<f64>),
}

impl Times {
    /// The mean, in seconds.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(t) => *t,
            Self::Exponential { mean } | Self::LogNormal { mean, .. } => *mean,
            Self::Drawn(all) => all.iter().sum::<f64>() / all.len().max(1) as f64,
        }
    }

    /// The mean of the square, in seconds squared.
    #[must_use]
    pub fn second_moment(&self) -> f64 {
        match self {
            Self::Fixed(t) => t * t,
            Self::Exponential { mean } => 2.0 * mean * mean,
            Self::LogNormal { mean, variation } => mean * mean * (1.0 + variation * variation),
            Self::Drawn(all) => all.iter().map(|t| t * t).sum::<f64>() / all.len().max(1) as f64,
        }
    }

    /// Whether it is always the same.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::LogNormal { variation, .. } => *variation == 0.0,
            Self::Exponential { .. } => false,
            Self::Drawn(all) => all.windows(2).all(|pair| pair[0] == pair[1]),
        }
    }

    /// The same with another mean, all else in proportion.
    #[must_use]
    pub fn with_mean(&self, mean: f64) -> Self {
        match self {
            Self::Fixed(_) => Self::Fixed(mean),
            Self::Exponential { .. } => Self::Exponential { mean },
            Self::LogNormal { variation, .. } => Self::LogNormal {
                mean,
                variation: *variation,
            },
            Self::Drawn(all) => {
                let factor = mean / self.mean();
                Self::Drawn(all.iter().map(|t| t * factor).collect())
            }
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fixed(_) => "fixed",
            Self::Exponential { .. } => "exponential",
            Self::LogNormal { .. } => "lognormal",
            Self::Drawn(_) => "as drawn",
        }
    }

    /// E e^(-s (t + more)): the probability that in t, and a fixed time more, nothing happens that happens at rate `s`.
    #[must_use]
    pub fn laplace(&self, s: f64, more: f64) -> f64 {
        let own = match self {
            Self::Fixed(t) => exp(-s * t),
            Self::Exponential { mean } => 1.0 / (1.0 + s * mean),
            Self::LogNormal { mean, variation } => {
                let (mu, sigma) = log_parameters(*mean, *variation);
                // Over the normal variable; the trapezoid rule is exact to rounding for such an integrand.
                (-160..=160)
                    .map(|step| f64::from(step) * 0.05)
                    .map(|z| exp(-0.5 * z * z) * exp(-s * exp(mu + sigma * z)))
                    .sum::<f64>()
                    * 0.05
                    / (2.0 * std::f64::consts::PI).sqrt()
            }
            Self::Drawn(all) => {
                all.iter().map(|t| exp(-s * t)).sum::<f64>() / all.len().max(1) as f64
            }
        };
        own * exp(-s * more)
    }

    /// One t after the other.
    #[must_use]
    pub fn sampler(&self) -> Sampler {
        match self {
            Self::Fixed(t) => Sampler::Fixed(*t),
            Self::Exponential { mean } => Sampler::Exponential(*mean),
            Self::LogNormal { mean, variation } => {
                let (mu, sigma) = log_parameters(*mean, *variation);
                Sampler::LogNormal(mu, sigma)
            }
            Self::Drawn(all) => Sampler::Drawn(all.clone()),
        }
    }
}

/// Mean and standard deviation of the logarithm.
fn log_parameters(mean: f64, variation: f64) -> (f64, f64) {
    let variance = ln(1.0 + variation * variation);
    (ln(mean) - variance / 2.0, variance.sqrt())
}

/// [`Times`] made ready for drawing.
#[derive(Clone, Debug)]
pub enum Sampler {
    /// Always the same.
    Fixed(f64),
    /// With this mean.
    Exponential(f64),
    /// Mean and standard deviation of the logarithm.
    LogNormal(f64, f64),
    /// One of these.
    Drawn(Vec<f64>),
}

impl Sampler {
    /// The next t, in seconds.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Fixed(t) => *t,
            Self::Exponential(mean) => mean * random.exponential(),
            Self::LogNormal(mu, sigma) => exp(mu + sigma * random.normal()),
            Self::Drawn(all) => {
                let place = random.below(all.len().max(1) as u32);
                all.get(place as usize).copied().unwrap_or(0.0)
            }
        }
    }
}

/// The integral of the distribution function of t + more from 0 to x, as a line through points: the number of attempts, out of
/// those that begin at rate 1 after a commit, that have come to their write x later.
#[derive(Clone, Debug)]
pub struct Finished {
    points: Vec<(f64, f64)>,
}

impl Finished {
    /// For a distribution, and a fixed time more.
    #[must_use]
    pub fn new(times: &Times, more: f64) -> Self {
        let mut points = vec![(0.0, 0.0)];
        match times {
            Times::Fixed(t) => points.push((t + more, 0.0)),
            Times::Exponential { mean } => {
                points.push((more, 0.0));
                for step in 1..=4000 {
                    let x = f64::from(step) * 0.01;
                    points.push((more + mean * x, mean * (x - one_minus_exp(x))));
                }
            }
            Times::LogNormal { mean, variation } => {
                let (mu, sigma) = log_parameters(*mean, *variation);
                let density = |z: f64| exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
                let step = 0.01;
                let (mut below, mut sum) = (0.0, 0.0);
                let mut last = exp(mu - 8.0 * sigma);
                points.push((more + last, 0.0));
                for place in -799..=800 {
                    let z = f64::from(place) * step;
                    let next = below
                        + step * (density(z - step) + 4.0 * density(z - step / 2.0) + density(z))
                            / 6.0;
                    let x = exp(mu + sigma * z);
                    sum += (x - last) * (below + next) / 2.0;
                    points.push((more + x, sum));
                    (below, last) = (next, x);
                }
            }
            Times::Drawn(all) => {
                let mut sorted = all.clone();
                crate::collections::sort_by(&mut sorted, f64::total_cmp);
                let mut sum = 0.0;
                for (place, t) in sorted.iter().enumerate() {
                    let (last, _) = points[points.len() - 1];
                    sum += (t + more - last) * place as f64 / sorted.len() as f64;
                    points.push((t + more, sum));
                }
            }
        }
        Self { points }
    }

    /// The mean time from one commit to the next when attempts begin at rate `lambda` and the first committer wins: the integral
    /// of exp(-lambda * this).
    #[must_use]
    pub fn time_between_commits(&self, lambda: f64) -> f64 {
        let mut total = 0.0;
        for pair in self.points.windows(2) {
            let ((from, start), (to, end)) = (pair[0], pair[1]);
            let fall = lambda * (end - start);
            // The mean of a falling exponential over the piece; 1 where it does not fall.
            let mean = if fall > 0.0 {
                one_minus_exp(fall) / fall
            } else {
                1.0
            };
            total += (to - from) * exp(-lambda * start) * mean;
        }
        let end = self.points.last().map_or(0.0, |(_, end)| *end);
        total + exp(-lambda * end) / lambda
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Times; 4] {
        [
            Times::Fixed(0.5),
            Times::Exponential { mean: 0.5 },
            Times::LogNormal {
                mean: 0.5,
                variation: 1.2,
            },
            Times::Drawn(vec![0.2, 0.3, 1.0]),
        ]
    }

    #[test]
    fn what_is_drawn_has_the_moments_and_the_transform_it_should_have() {
        for times in all() {
            let mut random = Random::new(3, 1);
            let sampler = times.sampler();
            let count = 400_000;
            let (mut sum, mut squares, mut transform) = (0.0, 0.0, 0.0);
            for _ in 0..count {
                let t = sampler.draw(&mut random);
                assert!(t > 0.0);
                sum += t;
                squares += t * t;
                transform += exp(-2.0 * (t + 0.1));
            }
            let n = f64::from(count);
            assert!(
                (sum / n / times.mean() - 1.0).abs() < 0.01,
                "{}",
                times.name()
            );
            assert!(
                (squares / n / times.second_moment() - 1.0).abs() < 0.05,
                "{}",
                times.name()
            );
            assert!(
                (transform / n - times.laplace(2.0, 0.1)).abs() < 0.002,
                "{}",
                times.name()
            );
        }
    }

    #[test]
    fn the_first_committer_among_attempts_of_one_length_comes_t_and_a_gap_after_the_last() {
        let between = Finished::new(&Times::Fixed(0.5), 0.25).time_between_commits(4.0);
        assert!((between - (0.75 + 0.25)).abs() < 1e-12);
        let drawn = Finished::new(&Times::Drawn(vec![0.5, 0.5]), 0.25).time_between_commits(4.0);
        assert!((between - drawn).abs() < 1e-12);
        // Where attempts are rare every one commits.
        for times in all() {
            let between = Finished::new(&times, 0.0).time_between_commits(1e-4);
            assert!((between * 1e-4 - 1.0).abs() < 1e-3, "{}", times.name());
        }
    }

    #[test]
    fn another_mean_keeps_the_shape() {
        for times in all() {
            let longer = times.with_mean(2.0);
            assert!((longer.mean() - 2.0).abs() < 1e-12);
            let shape = |times: &Times| times.second_moment() / times.mean() / times.mean();
            assert!((shape(&longer) - shape(&times)).abs() < 1e-12);
        }
    }
}
