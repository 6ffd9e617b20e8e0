//! Measuring all that a decision needs.

use super::{Answer, Decision, Told};
use crate::load::decide::{Answers, Study};
use crate::load::shown::{at_points, compared, walked};

impl Decision {
    /// What is recommended to who answers so.
    #[must_use]
    pub fn told(&self, answers: &Answers) -> Option<&Told> {
        let ways = (0..).map(way);
        let mut told = self.told.iter().zip(ways);
        told.find(|(_, way)| way == answers).map(|(told, _)| told)
    }

    /// From what was measured until now.
    #[must_use]
    pub fn of(study: &Study) -> Self {
        let all: Vec<_> = (0..16).map(|it| study.recommendation(&way(it))).collect();
        // The numbers lead through the trees, whatever is answered.
        let walks = all.first().map_or(&[][..], |it| &it.walks);
        Self {
            trees: walks.iter().map(walked).collect(),
            points: at_points(&study.at_points()),
            comparison: compared(study),
            told: all
                .into_iter()
                .map(|it| Told {
                    strategy: it.strategy,
                    sentence: it.sentence.to_owned(),
                    reasons: it.reasons,
                    would_change: it.would_change,
                    questions: it
                        .questions
                        .into_iter()
                        .map(|it| (it.question.to_owned(), it.answer, it.is_measured))
                        .collect(),
                })
                .collect(),
        }
    }
}

/// One of the sixteen ways to answer four questions.
fn way(number: u32) -> Answers {
    let yes = |place: u32| number >> place & 1 == 1;
    Answers {
        can_retry: yes(0),
        wrong_is_costly: yes(1),
        older_may_vanish: yes(2),
        is_arithmetic: yes(3),
    }
}

/// The answer that says it.
pub(super) fn tell(study: &Study, id: u32) -> Answer {
    Answer::Decision {
        id,
        decision: Box::new(Decision::of(study)),
    }
}
