//! What was typed into steps and is no step yet. It is kept while other steps are looked at, until it becomes the step or is
//! discarded.
//!
//! A draft belongs to the step as it is written, not to its number: it follows a step that is moved, and is there again when a
//! step comes back by undo.

use rowlock_engine::scenario::{Scenario, StepId};
use std::rc::Rc;
use yew::Reducible;

/// The step that a draft is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The scenario's title, which tells it from another that has the same step.
    title: String,
    session: String,
    /// The step as it is written.
    written: String,
    /// Which of the session's steps that are written so, from 0.
    nth: usize,
}

impl Origin {
    /// The origin of a draft of this step; `None`: there is no such step.
    #[must_use]
    pub fn of(scenario: &Scenario, step: StepId) -> Option<Self> {
        let drawn = scenario.timeline.get(step.0)?;
        let written = drawn.action.to_string();
        let before = scenario.timeline.iter().take(step.0);
        let same = before
            .filter(|it| it.session == drawn.session && it.action.to_string() == written)
            .count();
        Some(Self {
            title: scenario.title.clone(),
            session: scenario.sessions.get(drawn.session.0)?.name.clone(),
            written,
            nth: same,
        })
    }
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    of: Origin,
    text: String,
}

/// All drafts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts(Vec<Kept>);

/// A step has this draft from now on.
pub struct Keep {
    /// The step.
    pub of: Origin,
    /// The draft that it had under another name, as [`Drafts::origin`] told it.
    pub instead_of: Option<Origin>,
    /// What is typed; `None`: nothing that would be lost.
    pub text: Option<String>,
}

impl Drafts {
    /// Which step each draft is of, in the order of the steps. A step that was moved to another session keeps its draft.
    fn placed(&self, scenario: &Scenario) -> Vec<(StepId, &Kept)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let count = scenario.timeline.len();
        let origins: Vec<Option<Origin>> = (0..count)
            .map(|step| Origin::of(scenario, StepId(step)))
            .collect();
        let mut places: Vec<Option<&Kept>> = vec![None; count];
        let mut homeless = Vec::new();
        for kept in &self.0 {
            match origins.iter().position(|it| it.as_ref() == Some(&kept.of)) {
                Some(step) => places[step] = Some(kept),
                None => homeless.push(kept),
            }
        }
        for kept in homeless {
            let alike = |(step, origin): (usize, &Option<Origin>)| {
                let origin = origin.as_ref()?;
                let fits = origin.title == kept.of.title && origin.written == kept.of.written;
                (fits && places[step].is_none()).then_some(step)
            };
            if let Some(step) = origins.iter().enumerate().find_map(alike) {
                places[step] = Some(kept);
            }
        }
        let placed = places.into_iter().enumerate();
        placed
            .filter_map(|(step, kept)| Some((StepId(step), kept?)))
            .collect()
    }

    fn at(&self, scenario: &Scenario, step: StepId) -> Option<&Kept> {
        let placed = self.placed(scenario).into_iter();
        placed
            .rev()
            .find(|(at, _)| *at == step)
            .map(|(_, kept)| kept)
    }

    /// The draft of a step.
    #[must_use]
    pub fn text(&self, scenario: &Scenario, step: StepId) -> Option<String> {
        Some(self.at(scenario, step)?.text.clone())
    }

    /// Under which name the draft of a step is kept.
    #[must_use]
    pub fn origin(&self, scenario: &Scenario, step: StepId) -> Option<Origin> {
        Some(self.at(scenario, step)?.of.clone())
    }

    /// The steps that have one.
    #[must_use]
    pub fn steps(&self, scenario: &Scenario) -> Vec<StepId> {
        let placed = self.placed(scenario).into_iter();
        placed.map(|(step, _)| step).collect()
    }
}

impl Reducible for Drafts {
    type Action = Keep;

    fn reduce(self: Rc<Self>, keep: Keep) -> Rc<Self> {
        let mut drafts = Self::clone(&self);
        drafts
            .0
            .retain(|it| it.of != keep.of && Some(&it.of) != keep.instead_of.as_ref());
        if let Some(text) = keep.text {
            drafts.0.push(Kept { of: keep.of, text });
        }
        Rc::new(drafts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::scenario::parse;

    fn scenario(timeline: &str) -> Scenario {
        let text = format!("title: x\ntimeline:\n{timeline}");
        parse(&text).expect("it can be read")
    }

    fn kept(drafts: Drafts, scenario: &Scenario, step: usize, text: Option<&str>) -> Drafts {
        let keep = Keep {
            of: Origin::of(scenario, StepId(step)).expect("there is such a step"),
            instead_of: drafts.origin(scenario, StepId(step)),
            text: text.map(str::to_owned),
        };
        Drafts::clone(&Rc::new(drafts).reduce(keep))
    }

    #[test]
    fn a_draft_follows_its_step() {
        let first = scenario("  A: BEGIN\n  A: SELECT 1\n  A: SELECT 1\n  B: SELECT 1\n");
        let drafts = kept(Drafts::default(), &first, 2, Some("SELEC"));
        assert_eq!(drafts.steps(&first), [StepId(2)]);
        assert_eq!(drafts.text(&first, StepId(1)), None);
        let moved = scenario("  B: SELECT 1\n  A: SELECT 1\n  A: BEGIN\n  A: SELECT 1\n");
        assert_eq!(drafts.steps(&moved), [StepId(3)]);
        // Into another lane.
        let other = scenario("  A: BEGIN\n  C: SELECT 1\n");
        assert_eq!(drafts.text(&other, StepId(1)).as_deref(), Some("SELEC"));
        // The step is gone, and comes back.
        let gone = scenario("  A: BEGIN\n");
        assert_eq!(drafts.steps(&gone), []);
        assert_eq!(drafts.steps(&first), [StepId(2)]);
    }

    #[test]
    fn a_draft_is_one_a_step_and_goes_when_it_is_dropped() {
        let first = scenario("  A: BEGIN\n  A: SELECT 1\n");
        let drafts = kept(Drafts::default(), &first, 1, Some("SELEC"));
        let drafts = kept(drafts, &first, 1, Some("SELE"));
        assert_eq!(drafts.text(&first, StepId(1)).as_deref(), Some("SELE"));
        // In another lane it is still the same draft.
        let other = scenario("  A: BEGIN\n  B: SELECT 1\n");
        let drafts = kept(drafts, &other, 1, None);
        assert_eq!(drafts, Drafts::default());
    }

    #[test]
    fn another_scenario_does_not_have_it() {
        let first = scenario("  A: BEGIN\n");
        let drafts = kept(Drafts::default(), &first, 0, Some("BEGINN"));
        let other = parse("title: y\ntimeline:\n  A: BEGIN\n").expect("it can be read");
        assert_eq!(drafts.steps(&other), []);
    }
}
