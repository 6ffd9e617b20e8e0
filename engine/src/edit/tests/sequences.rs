//! Any sequence of edits.

use super::super::*;
use super::TEXT;
use super::any::{TABLES, a_rule_edit, a_table_edit, assert_tables, comments};
use crate::gallery::STORIES;
use crate::scenario::{Action, Step};
use proptest::prelude::*;

/// Steps without their places.
fn bare(steps: &[Step]) -> Vec<(SessionId, Action)> {
    steps
        .iter()
        .map(|step| (step.session, step.action.clone()))
        .collect()
}

fn an_edit() -> impl Strategy<Value = Edit> {
    let step = || (0..12usize).prop_map(StepId);
    let some = || prop::collection::vec(step(), 1..4);
    let session = || (0..4usize).prop_map(SessionId);
    let said = || {
        prop::sample::select(vec![
            "BEGIN",
            "COMMIT",
            "SELECT 1",
            "require 1 = 1 else 'no'",
            "lose reply",
            "SELECT\n 2",
        ])
    };
    prop_oneof![
        (0..12usize, session(), said()).prop_map(|(at, session, text)| Edit::AddStep {
            at,
            session,
            text: text.to_owned()
        }),
        (step(), said()).prop_map(|(step, text)| Edit::SetStep {
            step,
            text: text.to_owned()
        }),
        some().prop_map(Edit::RemoveSteps),
        some().prop_map(Edit::DuplicateSteps),
        (some(), 0..12usize, prop::option::of(session()))
            .prop_map(|(steps, to, session)| Edit::MoveSteps { steps, to, session }),
        prop::collection::vec((step(), prop::option::of((0..9u64).prop_map(Tick))), 1..4)
            .prop_map(Edit::Reschedule),
        "[A-Z][a-z: ]{0,5}".prop_map(Edit::AddSession),
        (session(), "[A-Za-z: ]{0,6}")
            .prop_map(|(session, label)| Edit::RenameSession(session, label)),
        session().prop_map(Edit::RemoveSession),
        (session(), 0..4usize).prop_map(|(session, to)| Edit::MoveSession(session, to)),
        session().prop_map(Edit::DuplicateSession),
        a_table_edit().prop_map(Edit::Tables),
        a_table_edit().prop_map(Edit::Tables),
        a_rule_edit().prop_map(Edit::Rules),
        (step(), prop::option::of(0..40u64))
            .prop_map(|(step, at)| Edit::SetTime(step, at.map(Tick))),
        (
            0..12usize,
            session(),
            "[AB]: (COMMIT|SELECT 1)\nBEGIN|restart"
        )
            .prop_map(|(at, session, text)| Edit::Paste { at, session, text }),
        "[A-Za-z: #]{0,9}".prop_map(Edit::SetTitle),
        (
            session(),
            prop::option::of(prop::sample::select(Colour::ALL.to_vec()))
        )
            .prop_map(|(session, colour)| Edit::ColourSession(session, colour)),
        (session(), "[A-Za-z: #]{0,9}").prop_map(|(session, name)| Edit::SetClient(session, name)),
    ]
}

proptest! {
    /// However a story is edited: what is made can be read, says what the edit says, and keeps every comment of what stays.
    #[test]
    fn any_sequence_of_edits_keeps_text_and_drawing_equal(
        which in 0..STORIES.len() + 16, edits in prop::collection::vec(an_edit(), 1..12)
    ) {
        let own = if which % 2 == 0 { TEXT } else { TABLES };
        let mut text = STORIES.get(which).map_or(own, |story| story.text).to_owned();
        for edit in edits {
            let before = parse(&text).expect("it was sound");
            let Ok(edited) = apply(&text, &edit) else { continue };
            let after = parse(&edited.text).expect("an edit makes what can be read");
            let mut steps = bare(&before.timeline);
            match &edit {
                Edit::RemoveSteps(gone) => {
                    let mut place = 0;
                    steps.retain(|_| { place += 1; !gone.contains(&StepId(place - 1)) });
                    prop_assert!(bare(&after.timeline) == steps, "{}", edited.text);
                }
                Edit::MoveSteps { .. } | Edit::MoveSession(..) => {
                    prop_assert_eq!(after.timeline.len(), steps.len());
                }
                Edit::Reschedule(order) => {
                    let mut expected: Vec<_> = order.iter().map(|(step, _)| steps[step.0].clone()).collect();
                    let unnamed = |place: &usize| order.iter().all(|(step, _)| step.0 != *place);
                    expected.extend((0..steps.len()).filter(unnamed).map(|place| steps[place].clone()));
                    prop_assert!(bare(&after.timeline) == expected, "{}", edited.text);
                    for (place, (_, at)) in order.iter().enumerate() {
                        prop_assert_eq!(after.timeline[place].at, *at);
                    }
                    for session in 0..before.sessions.len() {
                        let own = |steps: &[(SessionId, Action)]| -> Vec<Action> {
                            let own = steps.iter().filter(|(of, _)| of.0 == session);
                            own.map(|(_, action)| action.clone()).collect()
                        };
                        prop_assert_eq!(own(&expected), own(&steps));
                    }
                }
                Edit::SetStep { .. }
                | Edit::RenameSession(..)
                | Edit::SetTime(..)
                | Edit::SetTitle(_)
                | Edit::ColourSession(..)
                | Edit::SetClient(..) => {
                    prop_assert_eq!(after.timeline.len(), steps.len());
                    prop_assert_eq!(after.sessions.len(), before.sessions.len());
                }
                Edit::Paste { text, .. } => {
                    prop_assert_eq!(after.timeline.len(), steps.len() + text.lines().count());
                }
                Edit::AddStep { .. } => prop_assert_eq!(after.timeline.len(), steps.len() + 1),
                Edit::AddSession(_) => {
                    prop_assert_eq!(after.sessions.len(), before.sessions.len() + 1);
                    prop_assert!(bare(&after.timeline) == steps, "{}", edited.text);
                }
                _ => {}
            }
            for step in &edited.steps {
                prop_assert!(step.0 < after.timeline.len());
            }
            prop_assert_eq!(&after.leading_comments, &before.leading_comments);
            let rules = before.expect.len();
            match &edit {
                Edit::Rules(RuleEdit::Add { .. }) => prop_assert_eq!(after.expect.len(), rules + 1),
                Edit::Rules(RuleEdit::Remove(_)) => prop_assert_eq!(after.expect.len(), rules - 1),
                _ => prop_assert_eq!(after.expect.len(), rules),
            }
            match &edit {
                Edit::Tables(edit) => {
                    assert_tables(edit, &before, &after);
                    if !matches!(edit, TableEdit::MoveColumn { .. }) {
                        prop_assert!(bare(&after.timeline) == steps, "{}", edited.text);
                    }
                    if !matches!(edit, TableEdit::Remove(_) | TableEdit::RemoveRow(..)) {
                        prop_assert_eq!(comments(&text), comments(&edited.text));
                    }
                }
                _ => prop_assert_eq!(after.setup.len(), before.setup.len()),
            }
            text = edited.text;
        }
    }
}
