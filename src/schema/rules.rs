//! The rules that must hold at the end, each with whether it does.

use super::field::{Field, Target, focus_later};
use crate::shared::Shared;
use crate::state::{Action, Drawing, Show};
use rowlock_engine::edit::{Edit, RuleEdit, RulePlace};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub drawing: Shared<Drawing>,
    pub show: Shared<Show>,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The rules.
#[component]
pub(super) fn Rules(props: &Props) -> Html {
    let rules = &props.drawing.scenario.expect;
    let count = rules.len();
    let button = |sign: &'static str, label: String, off: bool, edit: RuleEdit, focus: String| {
        let dispatch = props.dispatch.clone();
        html! {
            <button type="button" class="pill" aria-label={label} disabled={props.disabled || off}
                onclick={Callback::from(move |_: MouseEvent| {
                    dispatch.emit(Action::Change(Edit::Rules(edit.clone())));
                    focus_later(focus.clone());
                })}>{ sign }</button>
        }
    };
    let name_at = |place: usize| Target::RuleName(RulePlace(place)).id();
    let add = {
        let (dispatch, drawing) = (props.dispatch.clone(), props.drawing.clone());
        let focus = name_at(count);
        Callback::from(move |_: MouseEvent| {
            let rule = RuleEdit::template(&drawing.scenario);
            dispatch.emit(Action::Change(Edit::Rules(rule)));
            focus_later(focus.clone());
        })
    };
    html! {
        <section class="expect" aria-label="Rules">
            <h3>{ "What must hold at the end" }</h3>
            if rules.is_empty() {
                <p class="muted">{ "No rules. A rule asks the final tables one question, such as whether a stock is still right." }</p>
            }
            <ol>
                { for rules.iter().enumerate().map(|(place, rule)| {
                    let (id, name) = (RulePlace(place), &rule.name);
                    let (mark, word, class) = result(props, place);
                    let (up, down) = (place.saturating_sub(1), place + 1);
                    html! {
                        <li key={place} {class} data-rule={place.to_string()}>
                            <Field target={Target::RuleName(id)} value={name.clone()} label={format!("Name of rule {}", place + 1)}
                                disabled={props.disabled} dispatch={props.dispatch.clone()} />
                            <output for={Target::RuleQuery(id).id()}><span aria-hidden="true">{ mark }</span>{ " " }{ word }</output>
                            <Field target={Target::RuleQuery(id)} value={rule.query.text.clone()} label={format!("Query of rule {name}")}
                                disabled={props.disabled} dispatch={props.dispatch.clone()} />
                            <span class="buttons">
                                { button("↑", format!("Move rule {name} up"), place == 0, RuleEdit::Move(id, RulePlace(up)), name_at(up)) }
                                { button("↓", format!("Move rule {name} down"), down == count, RuleEdit::Move(id, RulePlace(down)), name_at(down)) }
                                { button("Remove", format!("Remove rule {name}"), false, RuleEdit::Remove(id), "add-rule".to_owned()) }
                            </span>
                        </li>
                    }
                }) }
            </ol>
            <p class="buttons">
                <button type="button" class="pill" id="add-rule" aria-label="Add a rule" disabled={props.disabled}
                    onclick={add}>{ "+ rule" }</button>
            </p>
        </section>
    }
}

/// What the run on the screen says of a rule: a sign, a word, a class. A rule that was not asked yet has no answer.
fn result(props: &Props, place: usize) -> (&'static str, String, &'static str) {
    let asked = props.show.scenario.expect.get(place);
    let is_same = asked.is_some_and(|asked| {
        let drawn = &props.drawing.scenario.expect[place];
        (&asked.name, &asked.query.text) == (&drawn.name, &drawn.query.text)
    });
    let answer = props.show.verdict.rules.get(place).filter(|_| is_same);
    let when = if props.show.drawing == props.drawing {
        ""
    } else {
        " in the last run"
    };
    match answer.map(|rule| &rule.holds) {
        Some(Ok(true)) => ("✓", format!("true{when}"), "holds"),
        Some(Ok(false)) => ("✗", format!("false{when}"), "fails"),
        Some(Err(error)) => ("✗", error.clone(), "fails"),
        None => ("–", "not asked yet".to_owned(), "unknown"),
    }
}
