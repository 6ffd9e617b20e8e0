//! The line below the field: what is wrong with what is typed, in its place; else what is odd about the step's place.

use rowlock_engine::edit::{ErrorPlace, StepError};
use std::rc::Rc;
use yew::prelude::*;

/// How many letters are shown before and behind what is wrong.
const AROUND: usize = 14;

/// What the line needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// What stands in the field.
    pub text: String,
    /// What is wrong with it.
    pub error: Rc<Option<StepError>>,
    /// Where the cursor stands, in bytes.
    pub cursor: usize,
    /// Whether it was to become the step.
    pub tried: bool,
    /// What is odd about the step's place; may be empty.
    pub note: Rc<String>,
    /// Called with a range to be selected in the field.
    pub on_mark: Callback<(usize, usize)>,
    /// Called when the step is to be changed although a name in it, or in another one, means nothing then.
    pub on_all_the_same: Callback<()>,
}

/// The line. It is always there, so that nothing below it jumps.
#[component]
pub(super) fn Trouble(props: &Props) -> Html {
    let Some(error) = &*props.error else {
        let class = if props.note.is_empty() {
            "step-trouble"
        } else {
            "step-trouble odd"
        };
        return html! { <p id="step-trouble" {class} role="status">{ &*props.note }</p> };
    };
    // A word that is being typed is not wrong yet, nor is an end that is not reached.
    let end = props.text.trim_end().len();
    let (goes_on, at_end) = match error.place {
        ErrorPlace::Unread(span) | ErrorPlace::Name(span) if !props.tried => {
            let at_end = span.start >= end && props.cursor >= end;
            let inside = (span.start..=span.end).contains(&props.cursor);
            (inside || at_end, at_end)
        }
        _ => (false, false),
    };
    let said = match (error.expected.as_str(), at_end) {
        ("", _) => format!("{}.", error.message),
        (expected, true) => format!("Goes on with {expected}."),
        (expected, false) => format!("{}; expected {expected}.", error.message),
    };
    let class = classes!("step-trouble", if goes_on { "goes-on" } else { "wrong" });
    html! {
        <p id="step-trouble" {class} role={(!goes_on).then_some("status")}>
            { match error.place {
                ErrorPlace::Unread(span) | ErrorPlace::Name(span) if span.start < span.end => {
                    let (from, to) = (span.start, span.end);
                    let mark = props.on_mark.reform(move |_: MouseEvent| (from, to));
                    let (head, wrong, tail) = cut(&props.text, from, to);
                    html! {
                        <><button type="button" class="place" title="Select it in the field" onclick={mark}>
                            { head }<mark>{ wrong }</mark>{ tail }
                        </button>{ " " }{ said }</>
                    }
                }
                ErrorPlace::Unread(_) | ErrorPlace::Name(_) => html! { said },
                ErrorPlace::Step(step) => html! { format!("Step {} would lose its meaning: {said}", step.0 + 1) },
                ErrorPlace::Elsewhere => html! { format!("Something else would lose its meaning: {said}") },
            } }
            if props.tried && !matches!(error.place, ErrorPlace::Unread(_)) {
                { " " }<button type="button" class="pill" id="step-all-the-same"
                    onclick={props.on_all_the_same.reform(|_: MouseEvent| ())}>{ "Change it all the same" }</button>
            }
        </p>
    }
}

/// What is wrong, with some letters before and behind it.
fn cut(text: &str, from: usize, to: usize) -> (String, String, String) {
    let from = text.floor_char_boundary(from);
    let to = text.floor_char_boundary(to).max(from);
    let (head, wrong, tail) = (&text[..from], &text[from..to], &text[to..]);
    let before = head.chars().count().saturating_sub(AROUND);
    let mut shown: String = head.chars().skip(before).collect();
    if before > 0 {
        shown.insert(0, '…');
    }
    let mut behind: String = tail.chars().take(AROUND).collect();
    if tail.chars().count() > AROUND {
        behind.push('…');
    }
    (shown, wrong.chars().take(3 * AROUND).collect(), behind)
}
