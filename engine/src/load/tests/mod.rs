//! The formula and its bands; the simulation against theory, and whatever its settings are.

mod against_theory;
mod anything;

use super::*;

#[test]
fn the_probability_is_that_of_a_poisson_process() {
    assert_eq!(conflict_probability(0.0, 5.0), 0.0);
    assert!((conflict_probability(2.0, 0.5) - 0.632_120_558_828_557_7).abs() < 1e-15);
    // Where lambda t is tiny the probability is lambda t itself, not a rounded 1 - 1.
    assert!((conflict_probability(1e-10, 1e-10) / 1e-20 - 1.0).abs() < 1e-12);
}

#[test]
fn the_bands_meet_at_a_tenth_and_at_one() {
    assert_eq!(
        [0.09, 0.1, 1.0, 1.01].map(band),
        [
            Band::Optimistic,
            Band::Measure,
            Band::Measure,
            Band::Pessimistic
        ]
    );
}
