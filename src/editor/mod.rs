//! The text form: an editor with line numbers, and errors at their places.
//!
//! Behind the text area lies the same text, unseen, whose lines carry the numbers and the marks; both grow with the text, so
//! that they scroll together.

use crate::browser;
use crate::shared::Shared;
use rowlock_engine::scenario::TextError;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// What the editor shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text.
    pub text: Rc<str>,
    /// What is wrong with it.
    pub errors: Shared<Vec<TextError>>,
    /// The line of the step at the position, from 1.
    pub current_line: Option<usize>,
    /// Called with the text at every key stroke.
    pub on_edit: Callback<Rc<str>>,
}

/// The editor.
#[component]
pub fn Editor(props: &Props) -> Html {
    let input = {
        let on_edit = props.on_edit.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                on_edit.emit(area.value().into());
            }
        })
    };
    let lines = props.text.split('\n').count();
    let columns = props
        .text
        .split('\n')
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let broken = !props.errors.is_empty();
    html! {
        <div class="editor">
            <h2 id="editor-title">{ "Text" }</h2>
            // It scrolls, which in Firefox would be a stop of its own without a name; the text in it is one.
            <div class="sheet" tabindex="-1">
                <Backdrop text={props.text.clone()} errors={props.errors.clone()} current_line={props.current_line} />
                <textarea id="scenario-text" aria-labelledby="editor-title" aria-describedby={broken.then_some("errors")}
                    aria-invalid={broken.to_string()} spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"
                    rows={(lines + 1).to_string()} cols={(columns + 4).to_string()}
                    value={props.text.to_string()} oninput={input} />
            </div>
            <div id="errors" role="status" aria-live="polite">
                if broken {
                    <ul>
                        { for props.errors.iter().map(|error| {
                            let place = (error.line, error.column, error.length);
                            html! {
                                <li>
                                    <button type="button" class="place" onclick={Callback::from(move |_| select(place))}>
                                        { format!("line {}, column {}", error.line, error.column) }
                                    </button>
                                    { ": " }{ &error.message }
                                    if !error.expected.is_empty() {
                                        { "; expected " }{ &error.expected }
                                    }
                                </li>
                            }
                        }) }
                    </ul>
                }
            </div>
        </div>
    }
}

/// Puts the cursor on what is wrong.
fn select((line, column, length): (usize, usize, usize)) {
    let area = browser::element("scenario-text")
        .and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(area) = area else { return };
    let text = area.value();
    let units = |text: &str| text.encode_utf16().count();
    let before: usize = text
        .split('\n')
        .take(line - 1)
        .map(|line| units(line) + 1)
        .sum();
    let within = text.split('\n').nth(line - 1).unwrap_or_default();
    let start = before + units(&within.chars().take(column - 1).collect::<String>());
    let end = start
        + units(
            &within
                .chars()
                .skip(column - 1)
                .take(length)
                .collect::<String>(),
        );
    let _ = area.focus();
    let _ = area.set_selection_range(start as u32, end as u32);
}

#[derive(Properties, PartialEq)]
struct BackdropProps {
    text: Rc<str>,
    errors: Shared<Vec<TextError>>,
    current_line: Option<usize>,
}

/// Numbers and marks behind the text.
#[component]
fn Backdrop(props: &BackdropProps) -> Html {
    let line_of = |(number, line): (usize, &str)| {
        let error = props.errors.iter().find(|error| error.line == number + 1);
        let current = props.current_line == Some(number + 1);
        let class = classes!("line", current.then_some("current"), error.map(|_| "wrong"));
        let content = match error {
            None => html! { { line } },
            Some(error) => {
                let part = |from: usize, count: usize| {
                    line.chars().skip(from).take(count).collect::<String>()
                };
                let start = error.column - 1;
                let wrong = part(start, error.length);
                let wrong = if wrong.is_empty() {
                    " ".to_owned()
                } else {
                    wrong
                };
                html! { <>{ part(0, start) }<mark>{ wrong }</mark>{ part(start + error.length, usize::MAX) }</> }
            }
        };
        html! { <span {class}>{ content }{ "\n" }</span> }
    };
    html! { <pre class="backdrop" aria-hidden="true">{ for props.text.split('\n').enumerate().map(line_of) }</pre> }
}
