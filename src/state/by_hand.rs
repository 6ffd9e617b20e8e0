//! The drawing, run by hand: the visitor chooses which session makes its next step.
//!
//! While this goes on, what is shown is the run so far. The text is untouched until the schedule is kept, which is one change
//! of the drawing; whatever else changes the text leaves the mode first.

use super::show::verdict;
use super::{Action, Effort, Playground, Show};
use crate::shared::Shared;
use rowlock_engine::diagram::words::sentence;
use rowlock_engine::edit::Edit;
use rowlock_engine::run::locks::LockLog;
use rowlock_engine::run::{ByHand, Choice, EventKind};
use rowlock_engine::scenario::SessionId;
use rowlock_engine::verdict::VerdictKind;

/// What is said when a schedule is kept.
pub(super) const KEPT: &str = "This schedule is now the drawing. Undo brings the old one back.";

/// So many of the things that a choice has brought about are told, the last ones.
const MOST_TOLD: usize = 3;

/// A drawing that is being run by hand.
#[derive(Debug)]
pub struct HandMade {
    /// How far it has come.
    pub hand: ByHand,
    /// What is shown when it is left.
    drawn: Shared<Show>,
    /// Where the views stood.
    position: usize,
}

impl Show {
    /// A run by hand, as far as it has come.
    fn by_hand(hand: &ByHand, drawn: &Self) -> Self {
        let (scenario, plan, run) = (hand.scenario(), hand.plan(), hand.run());
        let mut verdict = verdict(scenario, plan, run, Effort::Full);
        let goes_on = !hand.is_over();
        if goes_on && verdict.kind != VerdictKind::Anomaly {
            verdict.kind = VerdictKind::Unfinished;
            verdict.sentence = match hand.placed() {
                0 => "Nothing has been sent yet: choose who goes first.".to_owned(),
                placed => {
                    let all = scenario.timeline.len();
                    format!("Run by hand: {placed} of {all} steps so far.")
                }
            };
        }
        let order = hand.schedule().iter().map(|(step, _)| *step);
        Self {
            scenario: scenario.clone(),
            plan: plan.clone(),
            run: run.clone(),
            locks: LockLog::of(plan, run),
            verdict,
            pending: false,
            drawing: Shared::new(drawn.drawing.in_order(scenario.clone(), order)),
            goes_on,
        }
    }
}

impl Playground {
    /// What the visitor does while, or to begin with, running the drawing by hand.
    pub(super) fn run_by_hand(&mut self, action: &Action) {
        let Some(made) = self.by_hand.clone() else {
            if *action == Action::StartByHand && self.errors.is_empty() && !self.behind {
                self.start_by_hand();
            }
            return;
        };
        let mut hand = made.hand.clone();
        let before = hand.run().events.len();
        match action {
            Action::ChooseSession(session) if !hand.choose(*session) => {
                return self.told = self.why_not(&hand, *session).into();
            }
            Action::ChooseSession(_) => {}
            Action::LetTimePass if !hand.wait() => {
                return self.told = "Nothing happens by itself now.".into();
            }
            Action::LetTimePass => {}
            Action::ByHandBack if !hand.back() => {
                return self.told = "There is nothing to take back.".into();
            }
            Action::ByHandBack => {}
            Action::ByHandRestart => hand.restart(),
            Action::KeepSchedule => {
                self.leave_by_hand();
                self.draw(&Edit::Reschedule(hand.schedule().to_vec()), false);
                return self.position = self.show.run.events.len();
            }
            Action::LeaveByHand => {
                self.leave_by_hand();
                return self.told = "Back to the drawing as it was.".into();
            }
            _ => return,
        }
        self.told = match action {
            Action::ByHandBack => "Taken back.".into(),
            Action::ByHandRestart => "Nothing has been sent.".into(),
            _ => what_happened(&hand, before).into(),
        };
        self.show_by_hand(HandMade {
            hand,
            drawn: made.drawn.clone(),
            position: made.position,
        });
    }

    fn start_by_hand(&mut self) {
        // The set-up went well when the drawing was run.
        if let Ok(hand) = ByHand::start(self.show.scenario.clone()) {
            self.told = "Choose who goes first.".into();
            self.show_by_hand(HandMade {
                hand,
                drawn: self.show.clone(),
                position: self.position,
            });
        }
    }

    fn show_by_hand(&mut self, made: HandMade) {
        self.playing = false;
        self.chosen = Shared::new(Vec::new());
        self.position = made.hand.run().events.len();
        self.show = Shared::new(Show::by_hand(&made.hand, &made.drawn));
        self.drawing = self.show.drawing.clone();
        self.by_hand = Some(Shared::new(made));
    }

    /// Shows the drawing again.
    pub(super) fn leave_by_hand(&mut self) {
        if let Some(made) = self.by_hand.take() {
            self.show = made.drawn.clone();
            self.drawing = self.show.drawing.clone();
            self.position = made.position;
            self.chosen = Shared::new(Vec::new());
        }
    }

    fn why_not(&self, hand: &ByHand, session: SessionId) -> String {
        let Some(it) = hand.scenario().sessions.get(session.0) else {
            return "There is no such session.".to_owned();
        };
        let choice = &hand.choices()[session.0];
        let why = obstacle(hand, choice);
        match choice {
            // Says whose it is.
            Choice::Blocked(_) => why,
            _ => format!("{}: {why}", it.display_name()),
        }
    }
}

/// Why a session cannot make a step; empty if it can.
#[must_use]
pub fn obstacle(hand: &ByHand, choice: &Choice) -> String {
    match choice {
        Choice::Sends { .. } | Choice::GoesOn { .. } => String::new(),
        Choice::Blocked(event) => sentence(hand.plan(), hand.run(), *event),
        Choice::Finished => "All its steps are made.".to_owned(),
        Choice::Skipped(why) => format!("The rest is skipped: {why}."),
    }
}

/// What has happened since so many events, in sentences.
fn what_happened(hand: &ByHand, before: usize) -> String {
    let (plan, run) = (hand.plan(), hand.run());
    let told = (before..run.events.len())
        .filter(|event| !matches!(run.events[*event].kind, EventKind::Sent { .. }));
    let mut sentences: Vec<String> = told.map(|event| sentence(plan, run, event)).collect();
    let from = sentences.len().saturating_sub(MOST_TOLD);
    sentences.drain(..from);
    if sentences.is_empty() {
        return "Nothing to be seen happens.".to_owned();
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::after;
    use rowlock_engine::sql::ast::IsolationLevel;

    const A: Action = Action::ChooseSession(SessionId(0));
    const B: Action = Action::ChooseSession(SessionId(1));

    fn all(page: Playground, actions: &[Action]) -> Playground {
        actions.iter().cloned().fold(page, after)
    }

    fn transfer() -> Playground {
        all(
            Playground::start("#g=transfer-deadlock", None, None),
            &[Action::StartByHand],
        )
    }

    #[test]
    fn a_schedule_is_made_shown_kept_and_undone() {
        let page = transfer();
        let text = page.text.clone();
        assert_eq!((page.position, page.show.run.events.len()), (0, 0));
        assert_eq!(page.show.verdict.kind, VerdictKind::Unfinished);
        let page = all(page, &[A, A]);
        assert_eq!(
            &*page.told,
            "Ann's UPDATE changes balance of account id = 1 from 500 to 400."
        );
        assert_eq!(
            page.show.verdict.sentence,
            "Run by hand: 2 of 8 steps so far."
        );
        assert_eq!(page.position, page.show.run.events.len());
        let page = all(page, &[A, A, B, B, B, B]);
        assert_eq!(page.show.verdict.kind, VerdictKind::Correct);
        assert_eq!(
            (&*page.text, page.story),
            (&*text, Some("transfer-deadlock"))
        );
        let page = after(page, Action::KeepSchedule);
        assert_eq!(&*page.told, KEPT);
        assert_eq!(page.show.verdict.kind, VerdictKind::Correct);
        assert_eq!(page.position, page.show.run.events.len());
        assert!(page.by_hand.is_none() && page.story.is_none() && page.text != text);
        let page = after(page, Action::Undo);
        assert_eq!(
            (&*page.text, page.story),
            (&*text, Some("transfer-deadlock"))
        );
        assert_eq!(page.show.verdict.kind, VerdictKind::TurnedAway);
    }

    #[test]
    fn who_waits_cannot_be_chosen_and_says_why() {
        let page = all(transfer(), &[A, A, B, B, A, A]);
        assert_eq!(
            &*page.told,
            "Ann asks to lock account id = 2 and waits for Bob."
        );
        let page = after(page, Action::LetTimePass);
        // Ann looks for a deadlock and finds none: nothing to be seen.
        assert_eq!(&*page.told, "Nothing happens by itself now.");
        let page = all(transfer(), &[A, A, B, B, A, B, Action::LetTimePass]);
        assert!(
            page.told.contains("Ann gives up: deadlock detected."),
            "{}",
            page.told
        );
        let page = after(page, A);
        assert_eq!(&*page.told, "Ann: The rest is skipped: deadlock detected.");
        let page = all(page, &[Action::ByHandBack, Action::ByHandBack]);
        assert_eq!(page.show.run.events.len(), 10);
        let page = all(page, &[Action::ByHandRestart, Action::ByHandBack]);
        assert_eq!(&*page.told, "There is nothing to take back.");
    }

    #[test]
    fn leaving_brings_the_drawing_back_and_so_does_whatever_changes_the_text() {
        let first = Playground::start("#g=transfer-deadlock", None, None);
        let page = all(transfer(), &[A, Action::LeaveByHand]);
        assert_eq!((page.position, &page.text), (first.position, &first.text));
        assert!(page.show.run == first.show.run && page.by_hand.is_none());
        let broken: std::rc::Rc<str> = first.text.replace("COMMIT", "COMIT").into();
        let snapshot = Some(IsolationLevel::RepeatableRead);
        for action in [
            Action::EditText(broken),
            Action::PickStory("two-cashiers"),
            Action::PickIsolation(snapshot),
            Action::FollowLink("#g=on-call-doctors".to_owned()),
            Action::Undo,
        ] {
            let was = all(
                Playground::start("#g=transfer-deadlock", None, None),
                &[
                    Action::PickIsolation(Some(IsolationLevel::Serializable)),
                    Action::StartByHand,
                    A,
                ],
            );
            assert!(was.by_hand.is_some());
            let page = after(was, action.clone());
            assert!(page.by_hand.is_none(), "{action:?}");
            assert!(
                !page.show.goes_on && !page.show.run.events.is_empty(),
                "{action:?}"
            );
        }
        // Where the text is broken there is nothing to run.
        let broken = Action::EditText(first.text.replace("COMMIT", "COMIT").into());
        assert!(all(first, &[broken, Action::StartByHand]).by_hand.is_none());
    }
}
