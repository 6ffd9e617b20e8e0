//! The closed forms: what theory says, where it is from, and where it holds.
//!
//! rho = lambda t is the number of other writers of a row that come, on average, while one is between its read and its write;
//! as utilisation, it is the share of time in which a row's lock is held.

use super::math::one_minus_exp;

/// A formula from the literature, or derived beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name, for machines.
    pub id: &'static str,
    /// As a text.
    pub formula: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// Where it holds.
    pub valid: &'static str,
}

/// All forms there are.
pub const FORMS: [&Form; 15] = [
    &POISSON,
    &LAPLACE,
    &SEVERAL_ROWS,
    &LINEAGE,
    &FIRST_COMMITTER,
    &FIRST_COMMITTER_ANY,
    &RETRY,
    &RETRY_LATENCY,
    &P_WAIT,
    &M_D_1,
    &M_M_1,
    &M_G_1,
    &GRAY,
    &THOMASIAN_RYU,
    &EVEN_STEPS,
];

/// The famous one.
pub const POISSON: Form = Form {
    id: "poisson",
    formula: "P = 1 − e^(−λt)",
    source: "probability of at least one event of a Poisson process of rate λ within t",
    valid: "every writer commits whatever came between, t is fixed, one row (or N, with λ of each: Σ pᵢ (1 − e^(−λᵢt)))",
};

/// The same with t that varies.
pub const LAPLACE: Form = Form {
    id: "laplace",
    formula: "P = 1 − L(λ), L(s) = E e^(−st); exponential t: λt / (1 + λt)",
    source: "the Poisson form averaged over t; departures of M/G/∞ are a Poisson process (Mirasol 1963)",
    valid: "every writer commits whatever came between, t of any distribution",
};

/// With several rows each.
pub const SEVERAL_ROWS: Form = Form {
    id: "several-rows",
    formula: "P = 1 − L(Λq), q = 1 − C(N−k, k) / C(N, k) ≈ k² / N",
    source: "the Poisson form, thinned to those of Λ arrivals a second that want one of the same k of N rows",
    valid: "every writer commits, k different rows each, all rows wanted alike",
};

/// How many updates vanish.
pub const LINEAGE: Form = Form {
    id: "lineage",
    formula: "lost per commit = λt / (1 + λt)",
    source: "the stored value, followed back in time: each step goes back t to a read, and 1/λ on average to the commit before it",
    valid: "a counter that is read, added to and written back by everyone; t of any distribution",
};

/// Optimistic, no retry.
pub const FIRST_COMMITTER: Form = Form {
    id: "first-committer",
    formula: "P = λt / (1 + λt)",
    source: "renewal argument: after a commit the next attempt to begin is the next to commit, 1/λ + t later",
    valid: "first committer wins, no retry, fixed t",
};

/// The same with t that varies.
pub const FIRST_COMMITTER_ANY: Form = Form {
    id: "first-committer-any",
    formula: "P = 1 − X/λ, X = 1 / ∫ exp(−λ ∫F)",
    source: "the same argument, with the first attempt to end among those begun since the last commit",
    valid: "first committer wins, no retry, t distributed as F",
};

/// Optimistic, retried for ever.
pub const RETRY: Form = Form {
    id: "retry",
    formula: "P = λt; attempts a second λ / (1 − λt)",
    source: "successful attempts never overlap, so that they fill a share λt of the time; an attempt fails if it begins within one",
    valid: "first committer wins, retried at once without end, fixed t, λt < 1",
};

/// How long that takes.
pub const RETRY_LATENCY: Form = Form {
    id: "retry-latency",
    formula: "T = t / (1 − λt)",
    source: "1 / (1 − P) attempts of t each",
    valid: "as for P = λt",
};

/// A lock's queue.
pub const P_WAIT: Form = Form {
    id: "p-wait",
    formula: "P(wait) = λt",
    source: "Poisson arrivals see time averages (Wolff 1982); the lock is held for a share λt of the time",
    valid: "exclusive locks, one row each, first come, first served, λt < 1",
};

/// Fixed t under a lock.
pub const M_D_1: Form = Form {
    id: "m-d-1",
    formula: "T = t (1 + ρ / (2 (1 − ρ))), ρ = λt",
    source: "Pollaczek and Khinchine; Kleinrock, Queueing Systems I, 5.6",
    valid: "exclusive locks, one row each, first come, first served, fixed t, ρ < 1",
};

/// Exponential t under a lock.
pub const M_M_1: Form = Form {
    id: "m-m-1",
    formula: "T = t / (1 − ρ), exponentially distributed, ρ = λt",
    source: "Kleinrock, Queueing Systems I, 3.2",
    valid: "exclusive locks, one row each, first come, first served, exponential t, ρ < 1",
};

/// Any t under a lock.
pub const M_G_1: Form = Form {
    id: "m-g-1",
    formula: "T = t + λ E[t²] / (2 (1 − ρ)), ρ = λt",
    source: "Pollaczek and Khinchine; Kleinrock, Queueing Systems I, 5.6",
    valid: "exclusive locks, one row each, first come, first served, ρ < 1",
};

/// The well-known estimate of deadlocks.
pub const GRAY: Form = Form {
    id: "gray",
    formula: "P(deadlock) = M k⁴ / (4 D²)",
    source: "Gray, Helland, O'Neil, Shasha: The Dangers of Replication (1996), M transactions under way, k of D rows each",
    valid: "an order of magnitude: three to eight times too high at low load",
};

/// A better one.
pub const THOMASIAN_RYU: Form = Form {
    id: "thomasian-ryu",
    formula: "P(deadlock) = (M − 1) k⁴ / (12 D²)",
    source: "Thomasian and Ryu: Performance Analysis of Two-Phase Locking (1991); with Poisson arrivals, who comes meets M others",
    valid: "cycles of two, low load; 1.1 times (k = 6) to 2.5 times (k = 2) too high",
};

/// A better one still.
pub const EVEN_STEPS: Form = Form {
    id: "even-steps",
    formula: "P(deadlock) = M k (k − 1) (k² − 1) / (12 D²)",
    source: "Thomasian and Ryu's argument for locks taken at even distances, the first at once: of s = 1 … k locks held M s / D are in the way, k − s are yet to come, and who holds nothing is in no cycle",
    valid: "cycles of two, low load; up to a sixth too low, because victims that try again meet the same others",
};

/// The curve of the famous formula: 1 - e^(-lambda t).
#[must_use]
pub fn famous(lambda_t: f64) -> f64 {
    one_minus_exp(lambda_t.max(0.0))
}
