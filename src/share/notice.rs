//! What is said when a link cannot be read, or has taken the place of the visitor's own work.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, BrokenLink};
use yew::prelude::*;

/// What the notice is about.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// A link that could not be read.
    pub broken: Option<Shared<BrokenLink>>,
    /// Whether something was replaced that can be gone back to.
    pub replaced: bool,
    /// What the visitor worked on last time.
    pub left: Option<std::rc::Rc<str>>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The notice; nothing when there is nothing to say.
#[component]
pub fn LinkNotice(props: &Props) -> Html {
    let send = |action: Action| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
    };
    if let Some(broken) = &props.broken {
        let readable = !broken.error.readable().is_empty();
        let raw = broken.raw.clone();
        return html! {
            <div id="link-error" class="notice bad" role="alert" data-case={broken.error.case()}>
                <p>{ broken.error.to_string() }{ " Nothing of yours was changed." }</p>
                <div class="buttons">
                    if readable {
                        <button type="button" onclick={send(Action::OpenReadablePart)}>{ "Open the readable part" }</button>
                    }
                    <button type="button" onclick={Callback::from(move |_| browser::copy(&raw, |_| ()))}>{ "Copy the raw text" }</button>
                    <button type="button" onclick={send(Action::Dismiss)}>{ "Start fresh" }</button>
                </div>
            </div>
        };
    }
    if props.replaced {
        return html! {
            <div class="notice" role="status">
                <p>{ "Your own scenario is kept." }</p>
                <div class="buttons">
                    <button type="button" id="go-back" onclick={send(Action::GoBack)}>{ "Back to it" }</button>
                    <button type="button" class="quiet" onclick={send(Action::Dismiss)}>{ "Dismiss" }</button>
                </div>
            </div>
        };
    }
    if let Some(left) = &props.left {
        let name = crate::library::store::own_name(left);
        return html! {
            <div class="notice" role="status">
                <p>{ format!("Last time you worked on “{name}”.") }</p>
                <div class="buttons">
                    <button type="button" id="go-on" onclick={send(Action::GoOn)}>{ "Go on with it" }</button>
                    <button type="button" class="quiet" onclick={send(Action::Dismiss)}>{ "Dismiss" }</button>
                </div>
            </div>
        };
    }
    html! {}
}
