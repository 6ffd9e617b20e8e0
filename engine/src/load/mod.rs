//! How likely a conflict is.
//!
//! Writers arrive at a row as a Poisson process of rate lambda; a transaction reads the row and writes it t later. Another
//! writer arrives in between with probability 1 - e^(-lambda t). The bands are those of the literature: below 0.1
//! optimistic locking is clearly cheaper, above 1 pessimistic locking avoids the retries, between them measure.
//!
//! That formula is exact for one kind of strategy and a bound for the others, and says nothing of waiting, retries or deadlocks. So
//! beside it there is a simulation of the traffic ([`Simulation`], whose [`Settings`] say who arrives and what it costs), measures
//! with their intervals ([`Measures`]), the closed forms and where they hold ([`predictions`]), tables over lambda t that refine
//! while they are looked at ([`Sweep`]), a retry storm ([`Storm`]), what a drawn timeline says about its traffic ([`drawn()`]), and
//! what to make of it all ([`decide`]). [`findings`] is all that is measured of a workload, bit by bit, and [`shown`] its charts and
//! tables.

mod agenda;
mod attempt;
pub mod decide;
mod drawn;
mod estimate;
mod explanation;
mod fast_vec;
mod finding;
pub mod findings;
pub mod forms;
mod histogram;
mod locks;
pub mod math;
mod measures;
pub mod number;
mod policy;
mod predictions;
mod quantity;
mod random;
mod series;
mod settings;
pub mod shown;
mod simulation;
mod storm;
mod sweep;
mod tally;
#[cfg(test)]
mod tests;
mod times;
mod traffic;
mod transaction;
mod zipf;

pub use drawn::{Drawn, drawn};
pub use estimate::Estimate;
pub use explanation::explanation;
pub use finding::Finding;
pub use forms::Form;
pub use histogram::{Bar, Histogram};
pub use measures::Measures;
pub use policy::{Locking, Order, Policy, Queue, Readers, Scope};
pub use predictions::{Prediction, Standing, predictions};
pub use quantity::{Quantity, Unit};
pub use random::Random;
pub use series::{Bin, Series};
pub use settings::{
    AtRetry, Burst, Choice, Costs, Faults, MOST_CLIENTS, MOST_EACH, MOST_ROWS, OnConflict, Rate,
    Settings, SettingsError,
};
pub use simulation::{End, Ended, Flow, MOST_IN_FLIGHT, Simulation, Slice};
pub use storm::Storm;
pub use sweep::{Cell, Crossing, Sweep, crossings};
pub use tally::Tally;
pub use times::Times;
pub use traffic::Given;

/// P(conflict) = 1 - e^(-lambda t), for `lambda` arrivals a second and `t` seconds from read to write.
///
/// Both are clamped to 0 and above. Exact when every writer commits and t is fixed.
#[must_use]
pub fn conflict_probability(lambda: f64, t: f64) -> f64 {
    -(-lambda.max(0.0) * t.max(0.0)).exp_m1()
}

/// What a value of lambda t speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// lambda t below 0.1.
    Optimistic,
    /// Between.
    Measure,
    /// lambda t above 1.
    Pessimistic,
}

/// The band that lambda t (expected number of other writers between read and write) lies in.
#[must_use]
pub fn band(lambda_t: f64) -> Band {
    if lambda_t < 0.1 {
        Band::Optimistic
    } else if lambda_t > 1.0 {
        Band::Pessimistic
    } else {
        Band::Measure
    }
}
