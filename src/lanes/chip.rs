//! One step in its lane.

use super::hold::Hold;
use super::keys;
use super::label::{label, written};
use crate::browser;
use crate::session_mark::class;
use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::scenario::{Step, StepId};
use yew::prelude::*;

/// What a chip shows.
pub(super) struct Chip<'a> {
    pub id: StepId,
    pub step: &'a Step,
    /// Whose it is.
    pub name: &'a str,
    /// What has happened of it, as a class.
    pub state: &'static str,
    /// What is wrong with it.
    pub wrong: Option<&'a str>,
    /// Whether the position is at it.
    pub is_current: bool,
    pub is_chosen: bool,
    /// Whether Tab reaches it.
    pub is_reach: bool,
}

/// The id of a step's chip.
pub(crate) fn chip_id(step: StepId) -> String {
    format!("step-at-{}", step.0)
}

/// A step in its lane.
pub(super) fn view(chip: &Chip<'_>, hold: &Shared<Hold>, show: &Shared<Show>) -> Html {
    let Chip { id, step, .. } = *chip;
    let grid = hold.grid;
    let short = label(&step.action);
    let full = written(&step.action);
    let at = step
        .at
        .map(|at| format!(" at {} ms", at.0))
        .unwrap_or_default();
    let wrong = chip
        .wrong
        .map(|wrong| format!(" Error: {wrong}."))
        .unwrap_or_default();
    let spoken = format!(
        "{}{at}: {full}{}{wrong}",
        chip.name,
        if wrong.is_empty() { "" } else { "." }
    );
    let on_key = {
        let (hold, show) = (hold.clone(), show.clone());
        Callback::from(move |event: KeyboardEvent| obey(&event, id, &hold, &show))
    };
    let (x, y) = (
        grid.left(id.0),
        grid.middle(step.session) - grid.chip_height / 2,
    );
    let classes = classes!(
        "chip",
        class(step.session),
        chip.state,
        chip.is_current.then_some("current"),
        chip.is_chosen.then_some("chosen"),
        chip.wrong.map(|_| "wrong")
    );
    html! {
        <g class={classes} id={chip_id(id)} role="button" tabindex={if chip.is_reach { "0" } else { "-1" }}
            aria-pressed={chip.is_chosen.to_string()} aria-label={spoken} onkeydown={on_key}>
            <rect x={x.to_string()} y={y.to_string()} width={grid.chip.to_string()} height={grid.chip_height.to_string()} rx="4" />
            <text x={(x + grid.chip / 2).to_string()} y={(y + grid.chip_height / 2 + 4).to_string()} text-anchor="middle"
                class={(short.len() > 8).then_some("long")}>{ short }</text>
            if let Some(at) = step.at {
                <text class="at" x={(x + grid.chip / 2).to_string()} y={(y - 2).to_string()} text-anchor="middle">{ format!("@{}", at.0) }</text>
            }
            if chip.wrong.is_some() {
                <text class="sign" x={(x + grid.chip - 6).to_string()} y={(y + 4).to_string()} text-anchor="middle">{ "!" }</text>
            }
            <title>{ format!("{full}{wrong}") }</title>
        </g>
    }
}

/// Does what a key means on a step.
fn obey(event: &KeyboardEvent, id: StepId, hold: &Hold, show: &Show) {
    use keys::Meaning;
    let meaning = keys::meaning(event, &hold.drawing.scenario, &hold.chosen, id);
    if !matches!(meaning, Meaning::Other) {
        event.prevent_default();
    }
    match meaning {
        Meaning::Other => {}
        Meaning::Help => {
            if let Some(list) = browser::element_by_id("keys") {
                let _ = list.set_attribute("open", "");
            }
        }
        Meaning::See => {
            if let Some(Some(to)) = hold.seeks.get(id.0) {
                hold.on_seek.emit((*to).min(show.run.events.len()));
            }
            hold.dispatch.emit(Action::Choose(vec![id]));
        }
        Meaning::Write => {
            hold.dispatch.emit(Action::Choose(vec![id]));
            keys::focus_later("step-text");
        }
        Meaning::Add => {
            hold.dispatch.emit(Action::Choose(vec![id]));
            keys::focus_later("palette-first");
        }
        Meaning::Focus(step) => {
            if let Some(chip) = browser::element_by_id(&chip_id(step)) {
                browser::focus(&chip);
            }
        }
        Meaning::Choose(steps) => hold.dispatch.emit(Action::Choose(steps)),
        Meaning::Change(_) if hold.disabled => {}
        Meaning::Change(edit) => hold.dispatch.emit(Action::Change(edit)),
    }
}
