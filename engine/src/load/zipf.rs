//! Which row: all alike, or by Zipf's law.
//!
//! By Zipf's law the i-th most wanted row is wanted in proportion to i^-s. Rows are drawn by Walker's alias method (as Vose
//! builds it): one random number, one comparison, whatever the number of rows.

use super::math::power;
use super::random::Random;
use super::settings::Choice;

/// The probabilities of rows, made ready for drawing.
#[derive(Clone, Debug)]
pub struct Popularity {
    count: u32,
    /// Of each row: below this it is itself, above it is the alias. Empty where all are alike.
    alias: Vec<(f64, u32)>,
}

/// The probability of each row, the most wanted first; they add up to 1. One entry stands for all where all are alike.
#[must_use]
pub fn shares(rows: u32, choice: Choice) -> Vec<f64> {
    match choice {
        Choice::Zipf(s) if s > 0.0 => {
            let mut shares: Vec<f64> = (1..=rows).map(|row| power(f64::from(row), -s)).collect();
            let sum: f64 = shares.iter().sum();
            for share in &mut shares {
                *share /= sum;
            }
            shares
        }
        _ => vec![1.0 / f64::from(rows)],
    }
}

impl Popularity {
    /// Of so many rows.
    #[must_use]
    pub fn new(rows: u32, choice: Choice) -> Self {
        let shares = shares(rows, choice);
        let mut alias = Vec::new();
        if shares.len() > 1 {
            let count = f64::from(rows);
            let mut scaled: Vec<f64> = shares.iter().map(|share| share * count).collect();
            alias = (0..rows).map(|row| (1.0, row)).collect();
            let (mut small, mut large): (Vec<u32>, Vec<u32>) =
                (0..rows).partition(|row| scaled[*row as usize] < 1.0);
            while let (Some(less), Some(more)) = (small.pop(), large.pop()) {
                let own = scaled[less as usize];
                alias[less as usize] = (own, more);
                let left = scaled[more as usize] - (1.0 - own);
                scaled[more as usize] = left;
                if left < 1.0 { &mut small } else { &mut large }.push(more);
            }
        }
        Self { count: rows, alias }
    }

    /// The next row.
    #[inline]
    pub fn draw(&self, random: &mut Random) -> u32 {
        if self.count == 1 {
            return 0;
        }
        if self.alias.is_empty() {
            return random.below(self.count);
        }
        let at = random.unit() * f64::from(self.count);
        let row = (at as usize).min(self.alias.len() - 1);
        let (own, other) = self.alias[row];
        if at - row as f64 <= own {
            row as u32
        } else {
            other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_as_often_as_their_shares_say() {
        for (rows, choice) in [
            (50, Choice::Zipf(1.0)),
            (7, Choice::Zipf(2.5)),
            (20, Choice::Uniform),
            (3, Choice::Zipf(0.0)),
        ] {
            let popularity = Popularity::new(rows, choice);
            let mut random = Random::new(11, 0);
            let mut counts = vec![0.0; rows as usize];
            let draws = 400_000;
            for _ in 0..draws {
                counts[popularity.draw(&mut random) as usize] += 1.0;
            }
            let shares = shares(rows, choice);
            for (row, count) in counts.iter().enumerate() {
                let share = shares.get(row).unwrap_or(&shares[0]);
                let sigma = (share * (1.0 - share) / f64::from(draws)).sqrt();
                assert!(
                    (count / f64::from(draws) - share).abs() < 5.0 * sigma,
                    "row {row}"
                );
            }
        }
    }
}
