//! The same traffic at many values of lambda t, under many strategies: a table that refines while it is looked at.
//!
//! Each cell is a simulation. A slice goes to the unfinished cell that has had the least, so that the whole table is there early
//! and gets sharper everywhere. A cell is finished when its interval of the conflict probability is as narrow as wanted, or when it
//! has had its share: where queues grow without end, or neighbours depend on one another for long, an interval may never get there,
//! and says so by its width.

use super::estimate::Estimate;
use super::math::{exp, ln};
use super::measures::Measures;
use super::policy::Policy;
use super::quantity::Quantity;
use super::settings::{Settings, SettingsError};
use super::simulation::Simulation;

/// Events of a slice.
const SLICE: u64 = 10_000;

/// One value of lambda t under one strategy.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The value.
    pub lambda_t: f64,
    /// The strategy, by its place in the list that the sweep was made with.
    pub policy: usize,
    /// What is known until now.
    pub measures: Measures,
    /// It is as sharp as wanted, or has had its share.
    pub is_finished: bool,
    /// Events it has had.
    spent: u64,
    /// Gone when finished.
    simulation: Option<Simulation>,
}

/// The whole table.
#[derive(Clone, Debug)]
pub struct Sweep {
    cells: Vec<Cell>,
    half_width: f64,
    most_events: u64,
}

impl Sweep {
    /// For these values and strategies; `half_width`: how narrow the interval of the conflict probability shall be (0.005: half a
    /// point to either side); `most_events`: the share of a cell.
    ///
    /// # Errors
    /// When the settings of a cell are out of range.
    pub fn new(
        base: &Settings,
        values: &[f64],
        policies: &[Policy],
        half_width: f64,
        most_events: u64,
    ) -> Result<Self, SettingsError> {
        let mut cells = Vec::new();
        for lambda_t in values {
            let traffic = base.with_lambda_t(*lambda_t);
            for (place, policy) in policies.iter().enumerate() {
                let simulation = Simulation::new(&traffic.with_policy(*policy))?;
                cells.push(Cell {
                    lambda_t: *lambda_t,
                    policy: place,
                    measures: simulation.measures(),
                    is_finished: false,
                    spent: 0,
                    simulation: Some(simulation),
                });
            }
        }
        Ok(Self {
            cells,
            half_width,
            most_events,
        })
    }

    /// Goes on for so many events; `true` when every cell is finished.
    pub fn run(&mut self, budget: u64) -> bool {
        let mut spent = 0;
        while spent < budget {
            let unfinished = self.cells.iter_mut().filter(|cell| !cell.is_finished);
            let Some(cell) = unfinished.min_by_key(|cell| cell.spent) else {
                return true;
            };
            spent += cell.run(SLICE, self.half_width, self.most_events);
        }
        self.cells.iter().all(|cell| cell.is_finished)
    }

    /// The cells: all strategies of the first value, then those of the second.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The share of cells that are finished.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let finished = self.cells.iter().filter(|cell| cell.is_finished).count();
        finished as f64 / self.cells.len().max(1) as f64
    }

    /// Events that were simulated until now.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.cells.iter().map(|cell| cell.spent).sum()
    }

    /// A quantity against lambda t, under one strategy.
    #[must_use]
    pub fn curve(&self, policy: usize, quantity: Quantity) -> Vec<(f64, Estimate)> {
        let cells = self.cells.iter().filter(|cell| cell.policy == policy);
        cells
            .map(|cell| (cell.lambda_t, cell.measures.get(quantity)))
            .collect()
    }
}

impl Cell {
    /// Gives the number of events it took.
    fn run(&mut self, slice: u64, half_width: f64, most_events: u64) -> u64 {
        let Some(simulation) = &mut self.simulation else {
            return 0;
        };
        let before = simulation.spent();
        simulation.run(slice);
        let took = simulation.spent() - before;
        self.spent += took;
        let conflicts = simulation.conflicts();
        self.is_finished = conflicts.half_width() <= half_width || self.spent >= most_events;
        // What is shown is renewed when it has doubled: that is when it has got visibly sharper.
        if self.is_finished || self.spent >= 2 * self.measures.events {
            self.measures = simulation.measures();
        }
        if self.is_finished {
            self.simulation = None;
        }
        took
    }
}

/// Where two curves cross.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// At which lambda t, on a straight line between the measured points (both axes logarithmic where values are positive).
    pub lambda_t: f64,
    /// Before it, the first curve lies below the second.
    pub first_below_before: bool,
    /// On both sides the intervals are apart: the curves cross beyond doubt.
    pub is_sure: bool,
}

/// Where two curves over the same values of lambda t cross.
#[must_use]
pub fn crossings(first: &[(f64, Estimate)], second: &[(f64, Estimate)]) -> Vec<Crossing> {
    let scale = |one: f64, other: f64| {
        if one > 0.0 && other > 0.0 {
            ln(one) - ln(other)
        } else {
            one - other
        }
    };
    let mut found = Vec::new();
    for (pair, others) in first.windows(2).zip(second.windows(2)) {
        let ((from, a), (to, b)) = (pair[0], pair[1]);
        let ((_, c), (_, d)) = (others[0], others[1]);
        let before = scale(a.value, c.value);
        let after = scale(b.value, d.value);
        if !(before < 0.0 && after >= 0.0 || before > 0.0 && after <= 0.0) {
            continue;
        }
        let way = before / (before - after);
        let apart = |one: &Estimate, other: &Estimate| one.is_below(other) || other.is_below(one);
        found.push(Crossing {
            lambda_t: exp(ln(from) + (ln(to) - ln(from)) * way),
            first_below_before: before < 0.0,
            is_sure: apart(&a, &c) && apart(&b, &d),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::policy::Locking;
    use super::super::settings::{AtRetry, Costs};
    use super::super::times::Times;
    use super::*;

    #[test]
    fn a_sweep_refines_until_every_interval_is_narrow() {
        let policies = [Policy::None, Policy::Optimistic];
        let base = Settings::default();
        let mut sweep = Sweep::new(&base, &[0.1, 0.5], &policies, 0.01, 2_000_000).unwrap();
        assert!(!sweep.run(1));
        while !sweep.run(100_000) {}
        assert_eq!(sweep.progress(), 1.0);
        for cell in sweep.cells() {
            let conflicts = cell.measures.get(Quantity::Conflict);
            assert!(conflicts.half_width() <= 0.01);
        }
        let curve = sweep.curve(1, Quantity::Conflict);
        assert!((curve[1].1.value - 0.5).abs() < 0.02 && curve[1].0 == 0.5);
    }

    #[test]
    fn a_lock_that_costs_a_round_trip_is_overtaken_where_conflicts_are_frequent() {
        let base = Settings {
            times: Times::Fixed(0.25),
            at_retry: AtRetry::Redraw,
            costs: Costs {
                lock_round_trip: 0.04,
                ..Costs::default()
            },
            ..Settings::default()
        };
        let policies = [Policy::Optimistic, Policy::Pessimistic(Locking::default())];
        let values = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        let mut sweep = Sweep::new(&base, &values, &policies, 0.004, 3_000_000).unwrap();
        while !sweep.run(1_000_000) {}
        let latency = |policy| sweep.curve(policy, Quantity::Latency);
        let crossings = crossings(&latency(0), &latency(1));
        // t / (1 - rho) against t' (1 + rho' / (2 (1 - rho'))), t' = t + 0.04: they meet at rho = 0.3896.
        assert_eq!(crossings.len(), 1, "{crossings:?}");
        assert!(crossings[0].first_below_before);
        assert!(
            (crossings[0].lambda_t - 0.3896).abs() < 0.02,
            "{crossings:?}"
        );
    }
}
