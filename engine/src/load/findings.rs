//! What is measured of a workload: itself, all strategies over the load, and a retry storm.
//!
//! Nothing depends on how the work is cut into slices: a seed gives the same numbers in every thread, however busy.

use super::math::{exp, ln};
use super::{
    AtRetry, Burst, Finding, Measures, OnConflict, Policy, Settings, SettingsError, Simulation,
    Storm, Sweep,
};

/// From the least to the largest lambda t of the charts.
pub const LEAST: f64 = 0.01;
/// The same.
pub const MOST: f64 = 10.0;
/// Values of lambda t in a sweep.
const VALUES: usize = 20;
/// Intervals of half a point to either side are sharp enough.
const SHARP: f64 = 0.005;
/// Events of a cell of the sweep, at most. Enough for sharp intervals everywhere but where retries without end pile up.
const CELL: u64 = 1_000_000;
/// Events of the workload itself: at first, and in the end.
const OWN: [u64; 2] = [60_000, 2_000_000];
/// More traffic than this beside the storm would be a storm of its own.
pub const BESIDE: f64 = 0.3;
/// How long the storm is followed, in t for each client.
const FOLLOWED: f64 = 1.6;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The workload under its strategy.
    pub settings: Settings,
    /// Whether its client is that of all strategies even where it gives up at once; otherwise theirs tries again.
    pub keeps_client: bool,
    /// Clients of the storm.
    pub crowd: u32,
}

impl Question {
    /// The workload with a client that makes strategies comparable: the traffic of the sweep.
    #[must_use]
    pub fn comparable(&self) -> Settings {
        if self.keeps_client {
            self.settings.clone()
        } else {
            self.settings.with_client_that_retries()
        }
    }
}

/// What was found until now.
pub struct Findings {
    /// What was asked.
    pub question: Question,
    /// The workload itself.
    pub own: Simulation,
    /// The same under many strategies and loads.
    pub sweep: Sweep,
    /// The strategies of the sweep; the workload's own is one of them.
    pub policies: Vec<Policy>,
    /// Many clients at once.
    pub storm: Storm,
    storm_is_over: bool,
    sweep_is_over: bool,
}

/// The values of lambda t that are measured.
#[must_use]
pub fn values() -> Vec<f64> {
    let step = exp(ln(MOST / LEAST) / (VALUES - 1) as f64);
    let next = |value: &f64| Some(value * step);
    std::iter::successors(Some(LEAST), next)
        .take(VALUES)
        .collect()
}

/// The first pause of the storm's clients, where the workload has none: t.
#[must_use]
pub fn pause(settings: &Settings) -> f64 {
    if settings.on_conflict.backoff > 0.0 {
        settings.on_conflict.backoff
    } else {
        settings.distance().min(OnConflict::LONGEST)
    }
}

impl Findings {
    /// Nothing is found yet.
    ///
    /// # Errors
    /// When the settings are out of range.
    pub fn of(question: &Question) -> Result<Self, SettingsError> {
        let settings = &question.settings;
        let own = settings.policy;
        let policies: Vec<Policy> = Policy::all()
            .into_iter()
            .take(6)
            .map(|policy| {
                if policy.slug() == own.slug() {
                    own
                } else {
                    policy
                }
            })
            .chain(
                Policy::all()
                    .into_iter()
                    .skip(6)
                    .filter(|policy| policy.slug() == own.slug())
                    .map(|_| own),
            )
            .collect();
        let t = settings.distance();
        let beside = settings.with_lambda_t(settings.lambda_t().min(BESIDE));
        let stubborn = Settings {
            policy: if settings.policy.compares_versions() {
                settings.policy
            } else {
                Policy::Optimistic
            },
            on_conflict: OnConflict::RETRY,
            at_retry: AtRetry::Redraw,
            ..beside
        };
        let burst = Burst {
            at: 2.0 * t,
            clients: question.crowd,
        };
        let after = FOLLOWED * t * f64::from(question.crowd) + 8.0 * t;
        Ok(Self {
            own: Simulation::new(settings)?,
            sweep: Sweep::new(&question.comparable(), &values(), &policies, SHARP, CELL)?,
            storm: Storm::new(&stubborn, burst, pause(settings), after)?,
            policies,
            question: question.clone(),
            storm_is_over: false,
            sweep_is_over: false,
        })
    }

    /// The strategy's place in the sweep.
    #[must_use]
    pub fn own_place(&self) -> usize {
        let own = self.question.settings.policy;
        let place = self.policies.iter().position(|policy| *policy == own);
        place.unwrap_or(0)
    }

    /// What was measured of the workload itself.
    #[must_use]
    pub fn measures(&self) -> Measures {
        self.own.measures()
    }

    /// Runs the workload itself up to `most` events.
    fn run_own(&mut self, most: u64, events: u64) {
        let left = most.saturating_sub(self.own.spent());
        let _ = self.own.run(left.min(events));
    }
}

impl Finding for Findings {
    fn run(&mut self, events: u64) -> bool {
        if self.own.spent() < OWN[0] {
            self.run_own(OWN[0], events);
        } else if !self.storm_is_over {
            self.storm_is_over = self.storm.run(events);
        } else if !self.sweep_is_over {
            self.sweep_is_over = self.sweep.run(events);
        } else {
            self.run_own(OWN[1], events);
        }
        self.sweep_is_over && self.own.spent() >= OWN[1]
    }

    fn is_ready(&self) -> bool {
        self.own.spent() >= OWN[0] && self.storm_is_over
    }

    fn progress(&self) -> f64 {
        let own = self.own.spent() as f64 / OWN[1] as f64;
        0.8 * self.sweep.progress() + 0.2 * own.min(1.0)
    }

    fn events(&self) -> u64 {
        let storm = self.storm.simulations().map(Simulation::events);
        self.own.events() + storm.iter().sum::<u64>() + self.sweep.events()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Quantity;
    use super::*;

    fn found(settings: Settings) -> Findings {
        let question = Question {
            settings,
            keeps_client: true,
            crowd: 20,
        };
        let mut findings = Findings::of(&question).expect("it can be simulated");
        let mut last = 0.0;
        while !findings.is_ready() {
            findings.run(7_000);
            assert!(findings.progress() >= last);
            last = findings.progress();
        }
        findings
    }

    #[test]
    fn the_same_seed_gives_the_same_and_another_does_not() {
        let throughput = |seed| {
            let settings = Settings {
                seed,
                ..Settings::default()
            };
            found(settings).measures().get(Quantity::Throughput).value
        };
        assert_eq!(throughput(3).to_bits(), throughput(3).to_bits());
        assert_ne!(throughput(3).to_bits(), throughput(4).to_bits());
    }

    #[test]
    fn the_own_strategy_is_among_those_of_the_sweep_with_its_options() {
        for policy in Policy::all() {
            let question = Question {
                settings: Settings::default().with_policy(policy),
                keeps_client: true,
                crowd: 2,
            };
            let findings = Findings::of(&question).expect("it can be simulated");
            assert_eq!(findings.policies[findings.own_place()], policy);
            assert!((6..=7).contains(&findings.policies.len()));
        }
    }
}
