//! The recommendation: what the trees say, what the answers of the user and the measurement make of it, why, and what would change it.

use super::super::number::{duration, percent, significant};
use super::super::quantity::{Quantity, Unit};
use super::super::settings::{Choice, Settings, SettingsError};
use super::advice::{Advice, Agreement, Winner, advise};
use super::evidence::{Answers, Gathered, gather};
use super::tree::{Advised, TREES, Walk, walk};
use crate::strategy::Strategy;

/// One of the questions that decide, answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub question: &'static str,
    /// The answer, with its number.
    pub answer: String,
    /// Whether it was measured; otherwise it was drawn, set or said.
    pub is_measured: bool,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// The strategy.
    pub strategy: Strategy,
    /// In a sentence.
    pub sentence: &'static str,
    /// Why: full sentences, with the numbers behind them.
    pub reasons: Vec<String>,
    /// What would change it: full sentences.
    pub would_change: Vec<String>,
    /// The two walks.
    pub walks: Vec<Walk>,
    /// The literature's advice at this lambda t, and the measurement beside it.
    pub advice: Advice,
    /// The questions that decide.
    pub questions: Vec<Question>,
}

/// Recommends a strategy for a workload. Simulates about ten times `events`.
///
/// # Errors
/// When the settings are out of range.
pub fn recommend(
    settings: &Settings,
    answers: &Answers,
    events: u64,
) -> Result<Recommendation, SettingsError> {
    let numbers = gather(settings, events)?;
    let advice = advise(settings, events)?;
    Ok(Recommendation::of(&numbers, answers, advice))
}

impl Recommendation {
    /// From what was measured.
    pub(super) fn of(numbers: &Gathered, answers: &Answers, advice: Advice) -> Self {
        let settings = &numbers.settings;
        let walks: Vec<Walk> = TREES.iter().map(|tree| walk(tree, numbers)).collect();
        let mut reasons = Vec::new();
        let mut would_change = Vec::new();
        let advised = walks[0].advised;
        for taken in &walks[0].taken {
            reasons.push(format!(
                "{} {}: {} {}.",
                taken.question,
                capital(taken.answer),
                taken.evidence.shown(),
                if taken.evidence.is_measured {
                    "measured"
                } else {
                    "as set"
                },
            ));
            would_change.push(taken.would_change.clone());
        }
        let measured = measured_sentence(&advice);
        let (strategy, sentence) = if answers.older_may_vanish && !answers.wrong_is_costly {
            reasons.insert(0, "An older write may vanish, and a wrong result costs nothing: nothing has to be guarded.".to_owned());
            would_change.insert(
                0,
                "If a lost write cost something, the trees would decide.".to_owned(),
            );
            (
                Strategy::LastWriteWins,
                "Last write wins: the newest value stays, nobody waits.",
            )
        } else if answers.is_arithmetic {
            reasons.insert(
                0,
                "What is written is computed from what is stored: one statement can do it, without a read before it, a retry or a lock held for t.".to_owned(),
            );
            would_change.insert(
                0,
                format!("If the new value came from a user or from logic in the application, the trees would decide: {}", advised.sentence()),
            );
            (
                Strategy::ATOMIC,
                "An atomic statement: the arithmetic and its check move into the UPDATE.",
            )
        } else {
            from_trees(advised, &advice, answers, &mut reasons, &mut would_change)
        };
        reasons.push(measured);
        for factor in advice.turning() {
            would_change.push(format!(
                "With {} {} locking would be better off (mean latency, optimistic by pessimistic: {}).",
                factor.change,
                factor.winner.as_str(),
                significant(factor.ratio, 3)
            ));
        }
        would_change.retain(|sentence| !sentence.is_empty());
        Self {
            strategy,
            sentence,
            reasons,
            would_change,
            questions: questions(settings, answers, numbers),
            walks,
            advice,
        }
    }
}

/// Where neither a blind write nor an atomic statement will do.
fn from_trees(
    advised: Advised,
    advice: &Advice,
    answers: &Answers,
    reasons: &mut Vec<String>,
    would_change: &mut Vec<String>,
) -> (Strategy, &'static str) {
    let lock = (Strategy::PESSIMISTIC, Advised::ForUpdate.sentence());
    let optimistic = (Strategy::OPTIMISTIC, Advised::Optimistic.sentence());
    match advised {
        Advised::Optimistic | Advised::Measure if !answers.can_retry => {
            reasons.push("The application cannot do its work again, so a conflict at save would be a failure for its user.".to_owned());
            would_change.push(
                "If the application could retry, optimistic locking would be possible.".to_owned(),
            );
            lock
        }
        Advised::Optimistic => optimistic,
        Advised::Measure => match advice.contest.winner {
            Winner::Optimistic => optimistic,
            Winner::Pessimistic => lock,
            Winner::Neither => {
                reasons.push("Both are as fast here, and optimistic locking keeps no lock while a client is away.".to_owned());
                optimistic
            }
        },
        Advised::ForUpdateInOrder => (
            Strategy::Pessimistic {
                strength: crate::sql::ast::RowLock::Update,
                wait: crate::strategy::LockWait::Block,
                order: crate::strategy::LockOrder::ByKey,
            },
            Advised::ForUpdateInOrder.sentence(),
        ),
        Advised::ForUpdate => lock,
        Advised::ReadWriteLock => (
            Strategy::InProcess {
                lock: crate::strategy::ProcessLock::ReadWrite,
                fairness: crate::strategy::Fairness::Unfair,
            },
            Advised::ReadWriteLock.sentence(),
        ),
        Advised::NoLock => (Strategy::None, Advised::NoLock.sentence()),
    }
}

/// What the measurement says to the literature's advice.
fn measured_sentence(advice: &Advice) -> String {
    let contest = &advice.contest;
    let says = match advice.agreement {
        Agreement::Agrees => "This workload's own measurement agrees",
        Agreement::Disagrees => "This workload's own measurement disagrees",
        Agreement::Decides => "This workload's own measurement decides",
        Agreement::TooClose => "This workload's own measurement is too close to say",
    };
    let better = match contest.winner {
        Winner::Optimistic => "optimistic locking is better off",
        Winner::Pessimistic => "pessimistic locking is better off",
        Winner::Neither => "neither is better off",
    };
    let latency = |measures: &super::super::Measures| {
        if measures.falls_behind {
            "without end".to_owned()
        } else {
            duration(measures.get(Quantity::LatencyOfAll).value)
        }
    };
    format!(
        "{} {says}: {better}, {} (mean latency {} optimistic, {} pessimistic).",
        advice.literature,
        contest.because,
        latency(&contest.optimistic),
        latency(&contest.pessimistic),
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => std::iter::once(first.to_ascii_uppercase())
            .chain(letters)
            .collect(),
        None => String::new(),
    }
}

/// The six questions that decide, answered for a workload.
#[must_use]
pub fn questions(settings: &Settings, answers: &Answers, numbers: &Gathered) -> Vec<Question> {
    let conflict = numbers.unguarded.get(Quantity::Conflict);
    let said = |question, yes: bool, then: &str, otherwise: &str| Question {
        question,
        answer: if yes { then } else { otherwise }.to_owned(),
        is_measured: false,
    };
    let hot = match settings.choice {
        Choice::Zipf(s) if s > 0.0 => {
            let shares = super::super::zipf::shares(settings.rows, settings.choice);
            let hottest = shares.first().copied().unwrap_or(1.0);
            format!(
                "The hottest of {} rows gets {} of the writes: λt = {} there.",
                settings.rows,
                percent(hottest),
                significant(hottest * settings.writers() * settings.distance(), 3)
            )
        }
        _ if settings.lambda_t() < 0.01 => format!(
            "Nearly private: λt = {} of each row.",
            significant(settings.lambda_t(), 3)
        ),
        _ => format!(
            "Shared: λt = {} of each row.",
            significant(settings.lambda_t(), 3)
        ),
    };
    vec![
        Question {
            question: "How often do writes conflict?",
            answer: format!(
                "{} of them, {} to {}.",
                Unit::Share.show(conflict.value),
                Unit::Share.show(conflict.low),
                Unit::Share.show(conflict.high)
            ),
            is_measured: true,
        },
        Question {
            question: "How long is the critical section?",
            answer: format!(
                "{} on average from read to write ({}), thinking {} of it.",
                duration(settings.distance()),
                settings.times.name(),
                percent(settings.costs.think / settings.distance())
            ),
            is_measured: false,
        },
        said(
            "Can the application retry?",
            answers.can_retry,
            "Yes: a conflict costs another attempt.",
            "No: a conflict is a failure for its user.",
        ),
        Question {
            question: "Is the row hot or private?",
            answer: hot,
            is_measured: false,
        },
        said(
            "What does a wrong result cost?",
            answers.wrong_is_costly,
            "Something: there is a rule that must hold.",
            "Nothing that a later write would not mend.",
        ),
        said(
            "May an older write vanish silently?",
            answers.older_may_vanish,
            "Yes.",
            "No.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: Answers = Answers {
        can_retry: true,
        wrong_is_costly: true,
        older_may_vanish: false,
        is_arithmetic: false,
    };

    fn recommended(lambda_t: f64, answers: Answers) -> Recommendation {
        let settings = Settings::default().with_lambda_t(lambda_t);
        recommend(&settings, &answers, 60_000).unwrap()
    }

    #[test]
    fn rare_conflicts_are_retried_and_frequent_ones_wait() {
        let rare = recommended(0.02, ANSWERS);
        assert_eq!(rare.strategy, Strategy::OPTIMISTIC);
        assert!(
            rare.reasons[0].contains("under 5 %") || rare.reasons[0].contains("Under 5 %"),
            "{:?}",
            rare.reasons
        );
        assert!(
            rare.would_change
                .iter()
                .any(|it| it.contains("a round trip")),
            "{:?}",
            rare.would_change
        );
        let frequent = recommended(0.5, ANSWERS);
        assert_eq!(frequent.strategy, Strategy::PESSIMISTIC);
        assert!(
            frequent.would_change[0].starts_with("It is 39."),
            "{:?}",
            frequent.would_change
        );
        assert_eq!(frequent.questions.len(), 6);
    }

    #[test]
    fn answers_of_the_user_come_before_the_trees() {
        let once = recommended(
            0.02,
            Answers {
                can_retry: false,
                ..ANSWERS
            },
        );
        assert_eq!(once.strategy, Strategy::PESSIMISTIC);
        let sums = recommended(
            0.5,
            Answers {
                is_arithmetic: true,
                ..ANSWERS
            },
        );
        assert_eq!(sums.strategy, Strategy::ATOMIC);
        let cache = recommended(
            0.5,
            Answers {
                older_may_vanish: true,
                wrong_is_costly: false,
                ..ANSWERS
            },
        );
        assert_eq!(cache.strategy, Strategy::LastWriteWins);
    }
}
