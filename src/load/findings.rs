//! What is measured of a workload: itself, all strategies over the load, and a retry storm.

use super::work::Job;
use rowlock_engine::load::{
    AtRetry, Burst, Measures, OnConflict, Policy, Settings, Simulation, Storm, Sweep,
};

/// From the least to the largest lambda t of the charts.
pub const LEAST: f64 = 0.01;
/// The same.
pub const MOST: f64 = 10.0;
/// Values of lambda t in a sweep.
const VALUES: usize = 20;
/// Intervals of half a point to either side are sharp enough.
const SHARP: f64 = 0.005;
/// Events of a cell of the sweep, at most.
const CELL: u64 = 150_000;
/// Events of the workload itself: at first, and in the end.
const OWN: [u64; 2] = [60_000, 2_000_000];
/// More traffic than this beside the storm would be a storm of its own.
pub const BESIDE: f64 = 0.3;
/// How long the storm is followed, in t for each client.
const FOLLOWED: f64 = 1.6;

/// What is asked.
#[derive(Clone, PartialEq)]
pub struct Question {
    /// The workload under its strategy.
    pub settings: Settings,
    /// The same with a client that makes strategies comparable: the traffic of the sweep.
    pub comparable: Settings,
    /// Clients of the storm.
    pub crowd: u32,
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
    let step = (MOST / LEAST).powf(1.0 / (VALUES - 1) as f64);
    (0..VALUES as i32)
        .map(|place| LEAST * step.powi(place))
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
    /// Nothing is found yet; `None` when the settings are out of range.
    #[must_use]
    pub fn of(question: &Question) -> Option<Self> {
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
        Some(Self {
            own: Simulation::new(settings).ok()?,
            sweep: Sweep::new(&question.comparable, &values(), &policies, SHARP, CELL).ok()?,
            storm: Storm::new(&stubborn, burst, pause(settings), after).ok()?,
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
}

impl Job for Findings {
    fn run(&mut self, events: u64) -> bool {
        if self.own.spent() < OWN[0] {
            let _ = self.own.run(events);
        } else if !self.storm_is_over {
            self.storm_is_over = self.storm.run(events);
        } else if !self.sweep_is_over {
            self.sweep_is_over = self.sweep.run(events);
        } else {
            let _ = self.own.run(events);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::load::Quantity;

    fn found(settings: Settings) -> Findings {
        let question = Question {
            comparable: settings.clone(),
            settings,
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
                comparable: Settings::default().with_policy(policy),
                crowd: 2,
            };
            let findings = Findings::of(&question).expect("it can be simulated");
            assert_eq!(findings.policies[findings.own_place()], policy);
            assert!((6..=7).contains(&findings.policies.len()));
        }
    }
}
