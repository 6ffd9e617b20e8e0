//! Writing the chosen step: as SQL with completion, or with a small form.
//!
//! What is typed is a draft: it is tried at every key stroke ([`try_step`]), its error shown in its place, and it becomes the step
//! (`Edit::SetStep`) with Enter or when the field is left, if it is sound. A draft that is not stays in the field, and is kept for its
//! step while another is looked at ([`drafts`]). The field with its list follows the combobox pattern of ARIA: the focus stays in the field, and the chosen suggestion is
//! its active descendant. The form ([`choices`]) writes the same draft.

mod caret;
mod choices;
mod controls;
pub mod drafts;
mod fields;
mod list;
mod parts;
mod trouble;

use crate::browser;
use crate::lanes::chip_id;
use crate::shared::Shared;
use crate::state::{Action, Drawing};
use choices::Choices;
use drafts::{Drafts, Keep, Origin};
use list::{List, Suggestions};
use rowlock_engine::edit::order::notes;
use rowlock_engine::edit::{Edit, SuggestionKind, Wish, complete, try_step};
use rowlock_engine::scenario::StepId;
use trouble::Trouble;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the field needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is drawn.
    pub drawing: Shared<Drawing>,
    /// The step.
    pub step: StepId,
    /// What was typed into steps and is no step yet.
    pub drafts: UseReducerHandle<Drafts>,
    /// While the text is broken no step can be written.
    pub disabled: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// What is typed and not yet the step.
#[derive(Clone, PartialEq)]
struct Draft {
    text: String,
    /// Where the cursor stands, in bytes.
    cursor: usize,
    /// Whether it was to become the step, and could not.
    tried: bool,
}

/// The field, its list, what is wrong, and the form.
#[component]
pub fn StepForm(props: &Props) -> Html {
    let scenario = &props.drawing.scenario;
    let step = props.step;
    let drawn = scenario.timeline.get(step.0);
    let written = drawn.map_or(String::new(), |drawn| one_line(&drawn.action.to_string()));
    let session = drawn.map(|drawn| drawn.session);
    let field = use_node_ref();
    let draft = use_state(|| kept(props));
    let list = use_state(|| None::<List>);
    let form_is_open = use_state(|| false);
    // The field is left, and what is in it with it.
    let drop_draft = use_mut_ref(|| false);
    {
        let (draft, list, kept) = (draft.clone(), list.clone(), kept(props));
        use_effect_with((step, written.clone()), move |_| {
            draft.set(kept);
            list.set(None);
        });
    }
    // A draft, or none, here and where it is kept.
    let set_draft = {
        let (draft, drafts) = (draft.clone(), props.drafts.clone());
        let (of, written) = (Origin::of(scenario, step), written.clone());
        let instead_of = drafts.origin(scenario, step);
        move |next: Option<Draft>| {
            let text = next.as_ref().map(|next| next.text.clone());
            if let Some(of) = of.clone() {
                drafts.dispatch(Keep {
                    of,
                    instead_of: instead_of.clone(),
                    text: text.filter(|text| text.trim() != written),
                });
            }
            draft.set(next);
        }
    };
    let note = use_memo((props.drawing.clone(), step), |(drawing, step)| {
        let notes = notes(&drawing.scenario);
        let own = notes.into_iter().filter(|(at, _)| at == step);
        own.map(|(_, note)| note).collect::<Vec<_>>().join(" ")
    });
    let text = draft.as_ref().map_or(&written, |draft| &draft.text).clone();
    let error = use_memo(
        (
            props.drawing.clone(),
            step,
            draft.as_ref().map(|it| it.text.clone()),
        ),
        |(drawing, step, text)| {
            let text = text.as_ref()?;
            try_step(&drawing.scenario, *step, text).err()
        },
    );

    // Makes a text the step; where it cannot be one it stays a draft, and this is false.
    let write = {
        let (drawing, dispatch) = (props.drawing.clone(), props.dispatch.clone());
        let (set_draft, written) = (set_draft.clone(), written.clone());
        move |text: String| -> bool {
            let said = text.trim();
            if said == written {
                set_draft(None);
                return true;
            }
            if try_step(&drawing.scenario, step, said).is_err() {
                let cursor = text.len();
                set_draft(Some(Draft {
                    text,
                    cursor,
                    tried: true,
                }));
                return false;
            }
            set_draft(None);
            dispatch.emit(Action::Change(Edit::SetStep {
                step,
                text: said.to_owned(),
            }));
            true
        }
    };
    // Opens the list for what stands at the cursor, or closes it where there is nothing to suggest.
    let suggest = {
        let (drawing, list) = (props.drawing.clone(), list.clone());
        move |text: &str, cursor: usize, first: bool| {
            let Some(session) = session else { return };
            let completion = complete(&drawing.scenario, session, step.0, text, cursor);
            let active = (first || completion.wish == Wish::Likely).then_some(0);
            let is_something = !completion.suggestions.is_empty();
            list.set(is_something.then_some(List { completion, active }));
        }
    };
    let type_in = {
        let (set_draft, suggest) = (set_draft.clone(), suggest.clone());
        Callback::from(move |event: InputEvent| {
            let Some(field) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            let (text, cursor) = (field.value(), caret::of(&field));
            suggest(&text, cursor, false);
            set_draft(Some(Draft {
                text,
                cursor,
                tried: false,
            }));
        })
    };
    let take = {
        let (field, set_draft, list, suggest) = (
            field.clone(),
            set_draft.clone(),
            list.clone(),
            suggest.clone(),
        );
        Callback::from(move |chosen: usize| {
            let (Some(field), Some(open)) = (field.cast::<HtmlInputElement>(), &*list) else {
                return;
            };
            let Some(suggestion) = open.completion.suggestions.get(chosen) else {
                return;
            };
            let before = field.value();
            let replace = open.completion.replace.clone();
            let (Some(head), Some(tail)) = (before.get(..replace.start), before.get(replace.end..))
            else {
                return;
            };
            let goes_on = matches!(
                suggestion.kind,
                SuggestionKind::Keyword | SuggestionKind::Table | SuggestionKind::Client
            ) && !suggestion.text.ends_with(['(', '*']);
            let gap = if goes_on && !tail.starts_with([' ', ')', ',']) {
                " "
            } else {
                ""
            };
            let text = format!("{head}{}{gap}{tail}", suggestion.text);
            let cursor = text.len() - tail.len();
            field.set_value(&text);
            let _ = field.focus();
            caret::select(&field, cursor, cursor);
            if goes_on {
                suggest(&text, cursor, false);
            } else {
                list.set(None);
            }
            set_draft(Some(Draft {
                text,
                cursor,
                tried: false,
            }));
        })
    };
    let leave_for_chip = {
        let drop_draft = drop_draft.clone();
        move || {
            if let Some(chip) = browser::element_by_id(&chip_id(step)) {
                *drop_draft.borrow_mut() = true;
                browser::focus(&chip);
                *drop_draft.borrow_mut() = false;
            }
        }
    };
    let keys = {
        let (set_draft, list, written) = (set_draft.clone(), list.clone(), written.clone());
        let (take, write, suggest, leave) =
            (take.clone(), write.clone(), suggest.clone(), leave_for_chip);
        Callback::from(move |event: KeyboardEvent| {
            let Some(field) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            if event.is_composing() {
                return;
            }
            let active = list.as_ref().and_then(|list| list.active);
            match (event.key().as_str(), &*list) {
                (" ", _) if event.ctrl_key() => {
                    event.prevent_default();
                    suggest(&field.value(), caret::of(&field), true);
                }
                (key @ ("ArrowDown" | "ArrowUp"), Some(open)) => {
                    event.prevent_default();
                    list.set(Some(open.moved(key == "ArrowDown")));
                }
                ("ArrowDown", None) => {
                    event.prevent_default();
                    suggest(&field.value(), caret::of(&field), true);
                }
                ("Enter" | "Tab", Some(_)) if active.is_some() && !event.shift_key() => {
                    event.prevent_default();
                    take.emit(active.unwrap_or(0));
                }
                ("Enter", _) => {
                    event.prevent_default();
                    list.set(None);
                    if write(field.value()) {
                        leave();
                    }
                }
                ("Escape", Some(_)) => {
                    event.prevent_default();
                    list.set(None);
                }
                ("Escape", None) => {
                    event.prevent_default();
                    field.set_value(&written);
                    set_draft(None);
                    leave();
                }
                ("ArrowLeft" | "ArrowRight" | "Home" | "End", Some(_)) => list.set(None),
                _ => {}
            }
        })
    };
    let blur = {
        let (draft, list, write) = (draft.clone(), list.clone(), write.clone());
        Callback::from(move |_: FocusEvent| {
            list.set(None);
            if let (false, Some(draft)) = (*drop_draft.borrow(), &*draft) {
                write(draft.text.clone());
            }
        })
    };
    let all_the_same = {
        let (dispatch, text) = (props.dispatch.clone(), text.clone());
        let set_draft = set_draft.clone();
        Callback::from(move |()| {
            set_draft(None);
            dispatch.emit(Action::Change(Edit::SetStep {
                step,
                text: text.trim().to_owned(),
            }));
        })
    };
    let mark = {
        let field = field.clone();
        Callback::from(move |(from, to): (usize, usize)| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let _ = field.focus();
                caret::select(&field, from, to);
            }
        })
    };
    let toggle = {
        let open = form_is_open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let on_draft = {
        let set_draft = set_draft.clone();
        Callback::from(move |text: String| {
            set_draft(Some(Draft {
                cursor: text.len(),
                text,
                tried: false,
            }));
        })
    };
    let discard = {
        let (field, written) = (field.clone(), written.clone());
        Callback::from(move |_: MouseEvent| {
            set_draft(None);
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.set_value(&written);
                let _ = field.focus();
            }
        })
    };
    let on_write = Callback::from(move |text: String| {
        write(text);
    });
    let is_open = list.is_some();
    let active = list.as_ref().and_then(|list| list.active);
    let (tried, cursor) = draft
        .as_ref()
        .map_or((false, 0), |draft| (draft.tried, draft.cursor));
    html! {
        <div class="step-form">
            <div class="step-line">
                <input ref={field} id="step-text" class="step-text" aria-label="The step" spellcheck="false" autocapitalize="off" autocomplete="off"
                    role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-expanded={is_open.to_string()} aria-controls="step-suggestions"
                    aria-activedescendant={active.map(list::option_id)} aria-invalid={error.is_some().then_some("true")}
                    aria-describedby="step-trouble" disabled={props.disabled} value={text.clone()}
                    oninput={type_in} onkeydown={keys} onblur={blur} />
                if tried && error.is_some() {
                    <button type="button" class="pill" id="step-discard" title="Back to the step as it is" onclick={discard}>{ "Discard" }</button>
                }
                <button type="button" class="pill" id="step-form-toggle" aria-expanded={form_is_open.to_string()} aria-controls="step-form"
                    disabled={props.disabled} onclick={toggle}>{ "Form" }</button>
            </div>
            <Trouble text={text.clone()} {error} {cursor} {tried} note={note} on_mark={mark} on_all_the_same={all_the_same} />
            if let Some(open) = (*list).clone() {
                <Suggestions list={open} on_take={take} />
            }
            if *form_is_open {
                <Choices drawing={props.drawing.clone()} {step} {text} disabled={props.disabled} {on_draft} {on_write} />
            }
        </div>
    }
}

/// What was typed into the step before, and could not become it.
fn kept(props: &Props) -> Option<Draft> {
    let text = props.drafts.text(&props.drawing.scenario, props.step)?;
    Some(Draft {
        cursor: text.len(),
        text,
        tried: true,
    })
}

/// A step on one line, as a field shows it.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join(" ")
}
