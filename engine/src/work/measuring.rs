//! Simulating a workload, all strategies over the load, and a retry storm.

use super::refining::Finding;
use super::{Answer, Measured, Progress};
use crate::load::Quantity;
use crate::load::findings::Findings;
use crate::load::shown::{Dots, histogram, measures, storm, sweep};

impl Measured {
    /// The latencies that are shown, in the order of their charts.
    pub const LATENCIES: [Quantity; 4] = [
        Quantity::LatencyP50,
        Quantity::LatencyP95,
        Quantity::LatencyP99,
        Quantity::Latency,
    ];

    /// From what was found until now.
    #[must_use]
    pub fn of(findings: &Findings) -> Self {
        Self {
            conflicts: Dots::of(findings),
            throughput: sweep(findings, Quantity::Throughput),
            latencies: Self::LATENCIES
                .map(|quantity| sweep(findings, quantity))
                .into(),
            histogram: histogram(findings),
            storm: storm(findings),
            table: measures(findings),
        }
    }
}

impl Finding for Findings {
    fn run(&mut self, events: u64) -> bool {
        Self::run(self, events)
    }

    fn is_ready(&self) -> bool {
        Self::is_ready(self)
    }

    fn progress(&self) -> Progress {
        Progress {
            states: self.events(),
            done: Self::progress(self),
        }
    }

    fn tell(&self, id: u32) -> Answer {
        Answer::Measured {
            id,
            measured: Box::new(Measured::of(self)),
        }
    }
}
