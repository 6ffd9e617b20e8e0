//! Links: making one, and what is said when one cannot be read.

mod notice;

pub use notice::LinkNotice;

use crate::browser;
use rowlock_engine::link::{Fragment, encode_text};
use std::rc::Rc;
use yew::prelude::*;

/// What the button shares.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario's text.
    pub text: Rc<str>,
    /// The position.
    pub position: usize,
}

/// Some chat programs turn a longer message into a file.
const LONG: usize = 2000;
/// Some servers and programs refuse a longer address.
const TOO_LONG: usize = 8000;

/// Copies a link to what is on the screen.
#[component]
pub fn ShareButton(props: &Props) -> Html {
    let said = use_state(String::new);
    // What was said of an older text is no longer true.
    {
        let said = said.clone();
        use_effect_with(props.text.clone(), move |_| said.set(String::new()));
    }
    let click = {
        let (text, position, said) = (props.text.clone(), props.position, said.clone());
        Callback::from(move |_| {
            let fragment = Fragment {
                scenario: Some(encode_text(&text)),
                step: Some(position),
                ..Fragment::default()
            };
            let link = format!("{}{}", browser::address(), fragment.to_text());
            let length = link.chars().count();
            let warning = match length {
                _ if length <= LONG => "",
                _ if length <= TOO_LONG => {
                    " Some chat programs turn a link of this length into a file."
                }
                _ => " Many programs cut off a link of this length: send the text instead.",
            };
            let said = said.clone();
            browser::replace_fragment(&fragment.to_text());
            browser::copy(&link, move |copied| {
                let what = if copied {
                    "Link copied"
                } else {
                    "The link is in the address bar: copy it there"
                };
                said.set(format!("{what} ({length} characters).{warning}"));
            });
        })
    };
    html! {
        <div class="share">
            <button type="button" id="share" onclick={click}>{ "Copy link" }</button>
            <span role="status" class="said">{ &*said }</span>
        </div>
    }
}
