//! Simulating a workload, all strategies over the load, and a retry storm.

use super::{Answer, Measured};
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

/// The answer that says it.
pub(super) fn tell(findings: &Findings, id: u32) -> Answer {
    Answer::Measured {
        id,
        measured: Box::new(Measured::of(findings)),
    }
}
