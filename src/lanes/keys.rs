//! What keys mean on a step.

use gloo::timers::callback::Timeout;
use rowlock_engine::edit::Edit;
use rowlock_engine::scenario::{Scenario, SessionId, StepId};
use web_sys::KeyboardEvent;

/// What a key means.
pub(super) enum Meaning {
    /// Nothing here.
    Other,
    /// Lists the keys.
    Help,
    /// Goes to the position after the step.
    See,
    /// Writes the step anew.
    Write,
    /// Adds a step after it.
    Add,
    /// The focus goes to another step.
    Focus(StepId),
    /// These are chosen.
    Choose(Vec<StepId>),
    /// A change.
    Change(Edit),
}

/// The keys, for a list of them.
pub(super) const KEYS: [(&str, &str); 12] = [
    ("← →", "the step before or after"),
    ("↑ ↓", "the nearest step of another lane"),
    ("Alt + ← →", "moves the step in time"),
    ("Alt + ↑ ↓", "moves it to another lane"),
    ("Enter", "writes it anew; Space shows what it does"),
    ("Insert or +", "adds a step after it, from the palette"),
    ("Delete", "takes it away"),
    ("Shift + ← →, Ctrl + A", "chooses several, or all"),
    ("Ctrl + D", "duplicates what is chosen"),
    (
        "Ctrl + C, X, V",
        "copies, cuts and pastes, as lines of text",
    ),
    ("?", "opens this list"),
    ("Ctrl + Z, Ctrl + Shift + Z", "undoes, and does again"),
];

/// What a key means on a step.
pub(super) fn meaning(
    event: &KeyboardEvent,
    scenario: &Scenario,
    chosen: &[StepId],
    step: StepId,
) -> Meaning {
    let timeline = &scenario.timeline;
    let Some(own) = timeline.get(step.0).map(|it| it.session) else {
        return Meaning::Other;
    };
    let lanes = scenario.sessions.len();
    // What several chosen steps have in common is done to all of them.
    let all = || {
        if chosen.contains(&step) {
            chosen.to_vec()
        } else {
            vec![step]
        }
    };
    let shift = |to: usize, session: Option<SessionId>| {
        Meaning::Change(Edit::MoveSteps {
            steps: all(),
            to,
            session,
        })
    };
    let first = all().iter().map(|step| step.0).min().unwrap_or(step.0);
    let last = all().iter().map(|step| step.0).max().unwrap_or(step.0);
    let command = event.ctrl_key() || event.meta_key();
    match (event.key().as_str(), event.alt_key()) {
        ("ArrowLeft", true) if first > 0 => shift(first - 1, None),
        ("ArrowRight", true) if last + 1 < timeline.len() => shift(last + 2, None),
        ("ArrowUp", true) if own.0 > 0 => shift(first, Some(SessionId(own.0 - 1))),
        ("ArrowDown", true) if own.0 + 1 < lanes => shift(first, Some(SessionId(own.0 + 1))),
        ("ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", true) => Meaning::Choose(all()),
        (key @ ("ArrowLeft" | "ArrowRight"), false) => {
            let next = if key == "ArrowLeft" {
                step.0.saturating_sub(1)
            } else {
                (step.0 + 1).min(timeline.len() - 1)
            };
            if event.shift_key() {
                let mut steps = all();
                if !steps.contains(&StepId(next)) {
                    steps.insert(0, StepId(next));
                }
                Meaning::Choose(steps)
            } else {
                Meaning::Focus(StepId(next))
            }
        }
        (key @ ("ArrowUp" | "ArrowDown"), false) => {
            let lane = if key == "ArrowUp" {
                own.0.checked_sub(1)
            } else {
                Some(own.0 + 1)
            };
            let near = timeline
                .iter()
                .enumerate()
                .filter(|(_, it)| Some(it.session.0) == lane)
                .map(|(place, _)| (place.abs_diff(step.0), place))
                .min();
            near.map_or(Meaning::Other, |(_, place)| Meaning::Focus(StepId(place)))
        }
        ("Home", _) => Meaning::Focus(StepId(0)),
        ("End", _) => Meaning::Focus(StepId(timeline.len() - 1)),
        ("Delete" | "Backspace", _) => Meaning::Change(Edit::RemoveSteps(all())),
        ("a" | "A", _) if command => Meaning::Choose((0..timeline.len()).map(StepId).collect()),
        ("d" | "D", _) if command => Meaning::Change(Edit::DuplicateSteps(all())),
        ("Insert" | "+", _) => Meaning::Add,
        ("Enter" | "F2", _) => Meaning::Write,
        (" ", _) => Meaning::See,
        ("?", _) => Meaning::Help,
        _ => Meaning::Other,
    }
}

/// Puts the focus on what will be there after the next drawing.
pub(super) fn focus_later(id: &'static str) {
    Timeout::new(0, move || {
        if let Some(element) = crate::browser::element(id) {
            let _ = element.focus();
        }
    })
    .forget();
}
