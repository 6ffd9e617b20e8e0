//! A retry storm: many clients at once, with and without a pause before they try again.
//!
//! Everybody reads the same version, one commits, all others fail and, without a pause, come back together. With exponential
//! backoff and full jitter they spread out (Brooker, *Exponential Backoff and Jitter*, 2015). Both runs see the same arrivals.

use super::series::Series;
use super::settings::{Burst, OnConflict, Settings, SettingsError};
use super::simulation::{Simulation, Slice};

/// The two runs.
#[derive(Clone, Debug)]
pub struct Storm {
    without: Simulation,
    with: Simulation,
    until: f64,
}

impl Storm {
    /// So many clients at once in the traffic that settings describe, followed for so long after they came. `backoff`: the first
    /// pause, in seconds.
    ///
    /// # Errors
    /// When the settings are out of range.
    pub fn new(
        settings: &Settings,
        burst: Burst,
        backoff: f64,
        after: f64,
    ) -> Result<Self, SettingsError> {
        let with = |backoff, jitter| {
            Simulation::new(&Settings {
                burst: Some(burst),
                on_conflict: OnConflict {
                    backoff,
                    jitter,
                    ..settings.on_conflict
                },
                ..settings.clone()
            })
        };
        Ok(Self {
            without: with(0.0, false)?,
            with: with(backoff, true)?,
            until: burst.at + after,
        })
    }

    /// Goes on for so many events; `true` when both have come to their end.
    pub fn run(&mut self, budget: u64) -> bool {
        let mut over = true;
        for simulation in [&mut self.without, &mut self.with] {
            over &= simulation.run_until(self.until, budget / 2 + 1) == Slice::Over;
        }
        over
    }

    /// Without and with a pause, over time.
    #[must_use]
    pub fn series(&self) -> [&Series; 2] {
        [self.without.series(), self.with.series()]
    }

    /// Without and with a pause.
    #[must_use]
    pub fn simulations(&self) -> [&Simulation; 2] {
        [&self.without, &self.with]
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::Policy;
    use super::super::settings::Rate;
    use super::super::times::Times;
    use super::*;

    #[test]
    fn a_pause_takes_the_attempts_out_of_a_storm() {
        let settings = Settings {
            rate: Rate::PerRow(0.5),
            times: Times::Exponential { mean: 0.2 },
            policy: Policy::Optimistic,
            on_conflict: OnConflict::RETRY,
            ..Settings::default()
        };
        let burst = Burst {
            at: 5.0,
            clients: 100,
        };
        let mut storm = Storm::new(&settings, burst, 0.4, 60.0).unwrap();
        while !storm.run(10_000) {}
        let [without, with] = storm.series().map(|series| {
            assert!((series.width() * series.bins().count() as f64) >= 65.0);
            let attempts: f64 = series.bins().map(|bin| bin.attempts).sum();
            let arrivals: f64 = series.bins().map(|bin| bin.arrivals).sum();
            let most = series
                .bins()
                .map(super::super::Bin::mean_in_flight)
                .fold(0.0, f64::max);
            assert!(most > 50.0);
            (arrivals, attempts)
        });
        assert_eq!(without.0, with.0, "the same arrivals");
        assert!(without.1 > 1.5 * with.1, "{} {}", without.1, with.1);
    }
}
