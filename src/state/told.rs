//! What a change came to, in a sentence.

use super::{Playground, by_hand};
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::StepId;

impl Playground {
    /// What a change came to.
    pub(super) fn describe(&self, edit: &Edit, steps: &[StepId]) -> String {
        let drawn = &self.drawing.scenario;
        let count = drawn.timeline.len();
        let place = steps.first().map_or(String::new(), |step| {
            let session = drawn.timeline.get(step.0);
            let session = session.and_then(|step| drawn.sessions.get(step.session.0));
            let name = session.map_or("", |session| session.display_name());
            format!(", {} of {count}, {name}", step.0 + 1)
        });
        match edit {
            Edit::AddStep { .. } => format!("Step added{place}."),
            Edit::SetStep { .. } => format!("Step changed{place}."),
            Edit::RemoveSteps(_) => "Removed. Undo brings it back.".to_owned(),
            Edit::DuplicateSteps(_) => format!("Copied{place}."),
            Edit::MoveSteps { .. } => format!("Moved{place}."),
            Edit::Reschedule(_) => by_hand::KEPT.to_owned(),
            Edit::SetTime(_, Some(at)) => format!("Sent at {} ms{place}.", at.0),
            Edit::SetTime(_, None) => format!("Sent after the step before it{place}."),
            Edit::Paste { .. } => format!("{} pasted{place}.", count_of(steps.len(), "step")),
            Edit::SetTitle(_) => "Title changed.".to_owned(),
            Edit::ColourSession(..) => "Colour changed.".to_owned(),
            Edit::SetClient(..) => "What it works for changed.".to_owned(),
            Edit::AddSession(_) | Edit::DuplicateSession(_) => "Session added.".to_owned(),
            Edit::RenameSession(..) => "Session renamed.".to_owned(),
            Edit::RemoveSession(_) => "Session removed. Undo brings it back.".to_owned(),
            Edit::MoveSession(..) => "Session moved.".to_owned(),
            Edit::Tables(edit) => self.with_what_is_left(edit.sentence()),
            Edit::Rules(edit) => self.with_what_is_left(edit.sentence()),
        }
    }

    /// What a change of tables and rules came to, and what no longer fits.
    fn with_what_is_left(&self, sentence: &str) -> String {
        match self.errors.first() {
            Some(error) => format!("{sentence} Now the text has an error in {error}."),
            None => sentence.to_owned(),
        }
    }
}

/// "1 step", "3 steps".
fn count_of(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
