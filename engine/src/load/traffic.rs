//! What arrives: a Poisson process, or arrivals that are given one by one.
//!
//! Everything about an arrival (when, which rows, how long, what goes wrong with it) is drawn from the traffic's own stream of
//! random numbers in a fixed order, so that it is the same under every strategy.

use super::random::Random;
use super::settings::{Faults, Settings};
use super::times::Sampler;
use super::zipf::Popularity;

/// A transaction that arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// From its read to its write at the first attempt.
    pub t: f64,
    /// Whether it writes.
    pub writes: bool,
    /// Its client dies at the write.
    pub crashes: bool,
    /// Its request comes a second time.
    pub comes_again: bool,
    /// Its client stops for a while.
    pub hangs: bool,
}

/// An arrival that is not drawn but given.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// When, in seconds from the start.
    pub at: f64,
    /// From its read to its write.
    pub t: f64,
    /// Whether it writes.
    pub writes: bool,
    /// The rows it wants, different ones, in its order: as many as the settings say.
    pub rows: Vec<u32>,
}

/// Arrivals, one after the other.
#[derive(Clone, Debug)]
pub struct Traffic {
    random: Random,
    /// Between arrivals, on average.
    gap: f64,
    read_share: f64,
    popularity: Popularity,
    rows: u32,
    sampler: Sampler,
    faults: Faults,
    next: f64,
    burst_at: f64,
    burst_left: u32,
    /// Those to come, the next one last.
    given: Option<Vec<Given>>,
}

impl Traffic {
    /// As settings say.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let mut random = Random::new(settings.seed, 0);
        let gap = 1.0 / settings.arrivals();
        let burst = settings.burst;
        Self {
            next: gap * random.exponential(),
            random,
            gap,
            read_share: settings.read_share,
            popularity: Popularity::new(settings.rows, settings.choice),
            rows: settings.rows,
            sampler: settings.times.sampler(),
            faults: settings.faults,
            burst_at: burst.map_or(f64::INFINITY, |burst| burst.at),
            burst_left: burst.map_or(0, |burst| burst.clients),
            given: None,
        }
    }

    /// These arrivals and no others, in the order of their times.
    pub fn give(&mut self, mut given: Vec<Given>) {
        crate::collections::sort_by(&mut given, |one, other| other.at.total_cmp(&one.at));
        self.burst_left = 0;
        self.next = given.last().map_or(f64::INFINITY, |given| given.at);
        self.given = Some(given);
    }

    /// When the next one comes; infinity when none will.
    #[inline]
    #[must_use]
    pub fn next_at(&self) -> f64 {
        if self.burst_left > 0 && self.burst_at < self.next {
            self.burst_at
        } else {
            self.next
        }
    }

    /// The next one, and the rows it wants.
    #[inline]
    pub fn take(&mut self, rows: &mut [u32]) -> Arrival {
        if let Some(given) = &mut self.given {
            let Some(arrival) = given.pop() else {
                self.next = f64::INFINITY;
                return self.draw(rows);
            };
            self.next = given.last().map_or(f64::INFINITY, |given| given.at);
            for (row, wanted) in rows.iter_mut().zip(&arrival.rows) {
                *row = (*wanted).min(self.rows - 1);
            }
            return Arrival {
                t: arrival.t,
                writes: arrival.writes,
                crashes: false,
                comes_again: false,
                hangs: false,
            };
        }
        let arrival = self.draw(rows);
        if self.burst_left > 0 && self.burst_at < self.next {
            self.burst_left -= 1;
        } else {
            self.next += self.gap * self.random.exponential();
        }
        arrival
    }

    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn draw(&mut self, rows: &mut [u32]) -> Arrival {
        let random = &mut self.random;
        for place in 0..rows.len() {
            let mut row = self.popularity.draw(random);
            let mut tries = 0;
            while rows[..place].contains(&row) {
                // Where few rows are wanted by nearly all, the cold ones would be long in coming.
                tries += 1;
                row = if tries < 64 {
                    self.popularity.draw(random)
                } else {
                    (row + 1) % self.rows
                };
            }
            rows[place] = row;
        }
        let writes = !random.chance(self.read_share);
        Arrival {
            t: self.sampler.draw(random),
            writes,
            crashes: writes && random.chance(self.faults.crash),
            comes_again: writes && random.chance(self.faults.duplicate),
            hangs: writes && random.chance(self.faults.hang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::{Burst, Choice, Rate};
    use super::*;

    #[test]
    fn arrivals_come_at_their_rate_and_want_different_rows() {
        let settings = Settings {
            rate: Rate::Total(30.0),
            read_share: 0.25,
            rows: 5,
            rows_each: 3,
            choice: Choice::Zipf(3.0),
            burst: Some(Burst {
                at: 10.0,
                clients: 7,
            }),
            ..Settings::default()
        };
        let mut traffic = Traffic::new(&settings);
        let mut rows = [0; 3];
        let (mut writers, mut together, mut last) = (0, 0, 0.0);
        for _ in 0..40_000 {
            let at = traffic.next_at();
            assert!(at >= last);
            together += u32::from(at == 10.0);
            last = at;
            writers += u32::from(traffic.take(&mut rows).writes);
            assert!(rows[0] != rows[1] && rows[0] != rows[2] && rows[1] != rows[2]);
            assert!(rows.iter().all(|row| *row < 5));
        }
        assert_eq!(together, 7);
        assert!((f64::from(writers) / last - 30.0).abs() < 1.0);
        assert!((40_000.0 / last - 40.0).abs() < 1.0);
    }
}
