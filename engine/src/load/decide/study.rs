//! All that a decision needs, measured a slice at a time.
//!
//! A caller that must not be away for long, such as a page between two frames, runs a [`Study`] in small budgets and looks at it
//! whenever it likes. Every simulation gets [`ROUNDS`]' first number of events before any gets more, so that all of the answer is
//! there early and gets sharper everywhere. Nothing depends on how the budgets were cut.

use super::super::finding::Finding;
use super::super::measures::Measures;
use super::super::policy::Policy;
use super::super::settings::{Settings, SettingsError};
use super::super::simulation::Simulation;
use super::advice::{Advice, Contest, changes, contestants};
use super::compare::{Comparison, contender};
use super::evidence::{Answers, Gathered};
use super::recommend::Recommendation;
use crate::strategy::Strategy;

/// The values of lambda t at which the literature's advice is held against the measurement: one in each band.
pub const POINTS: [f64; 3] = [0.05, 0.5, 2.0];

/// Events of each simulation at the end of each round. Fewer than the first give no intervals.
const ROUNDS: [u64; 2] = [30_000, 120_000];

/// What is measured for a decision.
#[derive(Clone, Debug)]
pub struct Study {
    settings: Settings,
    runs: Vec<Run>,
    /// For the workload, then for each of [`POINTS`].
    duels: Vec<Duel>,
    comparisons: usize,
    round: usize,
    next: usize,
}

#[derive(Clone, Debug)]
struct Run {
    simulation: Simulation,
    measures: Measures,
}

/// Where the runs of a contest are, and of those with one thing changed: each is two runs that follow one another.
#[derive(Clone, Debug)]
struct Duel {
    lambda_t: f64,
    own: usize,
    others: Vec<(&'static str, bool, usize)>,
}

fn add(runs: &mut Vec<Run>, all: &[Settings]) -> Result<usize, SettingsError> {
    let place = runs.len();
    for settings in all {
        let simulation = Simulation::new(settings)?;
        let measures = simulation.measures();
        runs.push(Run {
            simulation,
            measures,
        });
    }
    Ok(place)
}

impl Study {
    /// Of a workload; nothing is simulated yet.
    ///
    /// # Errors
    /// When the settings are out of range.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let mut runs = Vec::new();
        add(&mut runs, &[settings.with_policy(Policy::None)])?;
        let mut duels = Vec::new();
        let points = POINTS.map(|point| settings.with_lambda_t(point));
        for traffic in std::iter::once(settings).chain(&points) {
            let own = add(&mut runs, &contestants(traffic))?;
            let mut others = Vec::new();
            for (change, taken_out, changed) in changes(traffic) {
                // A change that cannot be simulated (more rows than there may be) is none.
                if changed.check().is_ok() {
                    let place = add(&mut runs, &contestants(&changed))?;
                    others.push((change, taken_out, place));
                }
            }
            duels.push(Duel {
                lambda_t: traffic.lambda_t(),
                own,
                others,
            });
        }
        let comparisons = runs.len();
        for strategy in Strategy::ALL {
            add(&mut runs, &contender(settings, strategy))?;
        }
        Ok(Self {
            settings: settings.clone(),
            runs,
            duels,
            comparisons,
            round: 0,
            next: 0,
        })
    }

    fn contest(&self, place: usize) -> Contest {
        let measures = |place: usize| self.runs[place].measures.clone();
        Contest::of(measures(place), measures(place + 1))
    }

    fn advice(&self, duel: &Duel) -> Advice {
        let others = duel.others.iter();
        Advice::of(
            duel.lambda_t,
            self.contest(duel.own),
            others
                .map(|(change, taken_out, place)| (*change, *taken_out, self.contest(*place)))
                .collect(),
        )
    }

    /// What to do, given what the numbers cannot tell.
    #[must_use]
    pub fn recommendation(&self, answers: &Answers) -> Recommendation {
        let numbers = Gathered {
            settings: self.settings.clone(),
            unguarded: self.runs[0].measures.clone(),
        };
        Recommendation::of(&numbers, answers, self.advice(&self.duels[0]))
    }

    /// The literature's advice at each of [`POINTS`], and the measurement beside it.
    #[must_use]
    pub fn at_points(&self) -> Vec<Advice> {
        let points = self.duels[1..].iter();
        points.map(|duel| self.advice(duel)).collect()
    }

    /// Every strategy on this traffic.
    #[must_use]
    pub fn comparisons(&self) -> Vec<Comparison> {
        let places = (self.comparisons..).step_by(2);
        let strategies = Strategy::ALL.into_iter().zip(places);
        strategies
            .map(|(strategy, place)| {
                let (own, again) = (&self.runs[place].measures, &self.runs[place + 1].measures);
                Comparison::of(strategy, own.clone(), again)
            })
            .collect()
    }
}

impl Finding for Study {
    fn run(&mut self, events: u64) -> bool {
        let mut left = events;
        while let Some(events) = ROUNDS.get(self.round) {
            if left == 0 {
                return false;
            }
            let Some(run) = self.runs.get_mut(self.next) else {
                self.round += 1;
                self.next = 0;
                continue;
            };
            let before = run.simulation.spent();
            let _ = run.simulation.run(events.saturating_sub(before).min(left));
            let took = run.simulation.spent() - before;
            left = left.saturating_sub(took);
            // One that takes nothing has come to its end.
            if took == 0 || run.simulation.spent() >= *events {
                run.measures = run.simulation.measures();
                self.next += 1;
            }
        }
        true
    }

    fn is_ready(&self) -> bool {
        self.round > 0
    }

    fn progress(&self) -> f64 {
        let events = |round: usize| ROUNDS.get(round).map_or(0.0, |events| *events as f64);
        let before = self.round.checked_sub(1).map_or(0.0, events);
        let way = self.next as f64 / self.runs.len() as f64;
        if self.round == ROUNDS.len() {
            return 1.0;
        }
        (before + (events(self.round) - before) * way) / events(ROUNDS.len() - 1)
    }

    fn events(&self) -> u64 {
        self.runs.iter().map(|run| run.simulation.events()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Agreement, advise, compare_one};
    use super::*;

    const ANSWERS: Answers = Answers {
        can_retry: true,
        wrong_is_costly: true,
        older_may_vanish: false,
        is_arithmetic: false,
    };

    fn studied(budget: u64) -> Study {
        let mut study = Study::new(&Settings::default()).unwrap();
        let mut last = 0.0;
        while !study.run(budget) {
            assert!(study.progress() >= last && study.progress() <= 1.0);
            last = study.progress();
        }
        study
    }

    #[test]
    fn it_measures_what_the_whole_measures_however_the_budgets_are_cut() {
        let whole = studied(u64::MAX);
        let slices = studied(7_001);
        let words = |study: &Study| {
            let told = study.recommendation(&ANSWERS);
            let cells: Vec<_> = study.comparisons().into_iter().map(|it| it.cells).collect();
            (told.strategy, told.reasons, told.would_change, cells)
        };
        assert_eq!(words(&whole), words(&slices));
        let events = ROUNDS[ROUNDS.len() - 1];
        let alone = advise(&Settings::default(), events).unwrap();
        let told = whole.recommendation(&ANSWERS);
        assert_eq!(told.advice.contest.winner, alone.contest.winner);
        assert!((told.advice.contest.ratio / alone.contest.ratio - 1.0).abs() < 1e-9);
        let optimistic = compare_one(&Settings::default(), Strategy::OPTIMISTIC, events).unwrap();
        let line = &whole.comparisons()[3];
        assert_eq!(line.strategy, Strategy::OPTIMISTIC);
        assert_eq!(line.measures.commits, optimistic.measures.commits);
    }

    #[test]
    fn each_band_has_a_point_and_without_costs_a_lock_is_never_slower() {
        let study = studied(1_000_000);
        let points = study.at_points();
        let bands: Vec<_> = points.iter().map(|advice| advice.lambda_t).collect();
        assert!(bands.iter().zip(POINTS).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_ne!(points[0].agreement, Agreement::Agrees);
        assert_eq!(points[1].agreement, Agreement::Decides);
        assert!(points[0].turning().count() > 0);
    }
}
