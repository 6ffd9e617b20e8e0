//! Which curve belongs to a strategy, in words.

use super::policy::Policy;
use super::settings::Settings;

/// Which curve belongs to the strategy, and why the famous one is exact, or a bound, for it: two sentences.
#[must_use]
pub fn explanation(settings: &Settings) -> [&'static str; 2] {
    let fixed = settings.times.is_fixed();
    match &settings.policy {
        Policy::None | Policy::Upsert | Policy::LastWriteWins { .. } if fixed => [
            "Every writer commits here, whatever came between its read and its write, so 1 − e^(−λt) is the curve of this strategy.",
            "It is exact for it, and only for strategies of this kind: the other writers of a row go on coming as a Poisson process because nothing holds them back.",
        ],
        Policy::None | Policy::Upsert | Policy::LastWriteWins { .. } => [
            "Every writer commits here, whatever came between, and t varies, so the curve is 1 − L(λ), the famous one averaged over t.",
            "1 − e^(−λt) with the mean of t is an upper bound for it: a short t saves more conflicts than an equally much longer one adds.",
        ],
        Policy::Atomic => [
            "The statement reads and writes in one step, so writers only meet while one commits: the curve is λ times that time, which is hardly anything.",
            "1 − e^(−λt) is a far upper bound: there is no t between a read and a write in which another could come.",
        ],
        Policy::Optimistic | Policy::Snapshot | Policy::Serializable => {
            match (settings.on_conflict.retries, fixed) {
                (Some(0), true) => [
                    "The first committer wins and the others give up, so the curve is λt / (1 + λt).",
                    "1 − e^(−λt) is an upper bound for it: an attempt that fails writes nothing, and so is no conflict for anybody else.",
                ],
                (Some(0), false) => [
                    "The first committer wins and the others give up, with t that varies: the curve is 1 − X/λ, where X is the rate at which first committers come.",
                    "1 − e^(−λt) is no bound for it: failed attempts harm nobody, which makes conflicts rarer, but short attempts overtake long ones, which makes them more frequent for the long.",
                ],
                (None, true) => [
                    "The first committer wins and the others try again until they succeed, so the curve is λt itself, and at λt = 1 nothing is left to retry with.",
                    "1 − e^(−λt) is a lower bound for it: every arrival commits in the end, and beside the arrivals there are the retries, which meet each other.",
                ],
                (Some(_), true) => [
                    "The first committer wins and the others try again a few times, so the curve lies between λt / (1 + λt), without retries, and λt, with retries without end.",
                    "1 − e^(−λt) lies between the same two, so it is neither an upper nor a lower bound; pauses before a retry move conflicts towards the lower curve.",
                ],
                (_, false) => [
                    "The first committer wins and the others try again, with t that varies: there is no closed form, and everything hangs on whether a retry draws a new t or keeps its long one.",
                    "1 − e^(−λt) is no bound for it: t that is drawn anew lets the lucky through, t that is kept fails again and again.",
                ],
            }
        }
        Policy::Pessimistic(_) | Policy::UpsertLock(_) => [
            "Writers stand in line, so a conflict is a wait, and its probability is the lock's utilisation ρ = λt, up to 1, where the line never ends; how long the wait is, M/D/1 or M/M/1 says.",
            "1 − e^(−λt) is a lower bound for it: who waits keeps the next one waiting as well, so the lock is busy for longer than one t after a writer came.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::forms::POISSON;
    use super::super::predictions::predictions;
    use super::super::settings::OnConflict;
    use super::super::times::Times;
    use super::super::{Quantity, Standing};
    use super::*;

    #[test]
    fn the_words_say_of_the_famous_curve_what_the_predictions_say() {
        for policy in Policy::all() {
            for retries in [Some(0), Some(3), None] {
                for times in [Times::Fixed(0.25), Times::Exponential { mean: 0.25 }] {
                    let settings = Settings {
                        policy,
                        times,
                        on_conflict: OnConflict {
                            retries,
                            ..OnConflict::RETRY
                        },
                        ..Settings::default()
                    };
                    let all = predictions(&settings);
                    let famous = all
                        .iter()
                        .find(|it| *it.form == POISSON && it.quantity == Quantity::Conflict);
                    let words = explanation(&settings)[1];
                    let said = match famous.expect("it is always there").standing {
                        Standing::Exact => "It is exact",
                        Standing::UpperBound => "upper bound for it",
                        Standing::LowerBound => "lower bound for it",
                        Standing::Approximate => "bound",
                    };
                    let far = words.contains("a far upper bound") && said.starts_with("upper");
                    assert!(
                        words.contains(said) || far,
                        "{}: {words} / {said}",
                        policy.slug()
                    );
                }
            }
        }
    }
}
