//! A text to take away, with a button that puts it on the clipboard and says so.

use crate::browser;
use yew::prelude::*;

/// What is to be taken away.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The id of the text; the button has it with `-copy`.
    pub id: &'static str,
    /// What it is.
    pub label: &'static str,
    /// The text.
    pub text: AttrValue,
    /// How many lines are shown.
    #[prop_or(1)]
    pub rows: u32,
}

/// The text and its button.
#[component]
pub fn Copyable(props: &Props) -> Html {
    let id = props.id;
    html! {
        <div class="copyable">
            <label for={id}>{ props.label }</label>
            <textarea {id} readonly=true rows={props.rows.to_string()} spellcheck="false" value={props.text.clone()} />
            <CopyButton id={format!("{id}-copy")} what={props.label} text={props.text.clone()} />
        </div>
    }
}

/// What the button copies.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// Its id.
    pub id: AttrValue,
    /// What it copies, for those who do not see what it stands beside.
    pub what: AttrValue,
    /// The text.
    pub text: AttrValue,
}

/// Copies, and says whether it has.
#[component]
pub fn CopyButton(props: &ButtonProps) -> Html {
    let said = use_state(|| "");
    // What was said of an older text is no longer true.
    {
        let said = said.clone();
        use_effect_with(props.text.clone(), move |_| said.set(""));
    }
    let click = {
        let (text, said) = (props.text.clone(), said.clone());
        Callback::from(move |_| {
            let said = said.clone();
            browser::copy(&text, move |copied| {
                said.set(if copied {
                    "Copied."
                } else {
                    "The browser does not allow it: select the text and copy it."
                });
            });
        })
    };
    html! {
        <>
            <button type="button" id={props.id.clone()} class="pill" aria-label={format!("Copy: {}", props.what)} onclick={click}>{ "Copy" }</button>
            <span role="status" class="said muted">{ *said }</span>
        </>
    }
}
