//! What is said when work cannot be kept, or another tab works on the same scenario.

use super::News;
use crate::browser;
use crate::library::store::{self, Saved, Trouble};
use crate::state::Action;
use std::rc::Rc;
use yew::prelude::*;

/// What the notice is about.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What there is to say.
    pub news: UseStateHandle<Option<News>>,
    /// What stands in the editor.
    pub text: Rc<str>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The notice; nothing when there is nothing to say. What was said once of the storage is not said again.
#[component]
pub fn KeepingNotice(props: &Props) -> Html {
    let hushed = use_state(|| None::<Trouble>);
    let close = {
        let (news, hushed) = (props.news.clone(), hushed.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(News::Trouble(trouble)) = &*news {
                hushed.set(Some(*trouble));
            }
            news.set(None);
        })
    };
    let keep = |suffix: &'static str| {
        let (props_text, dispatch, news) = (
            props.text.clone(),
            props.dispatch.clone(),
            props.news.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            let id = store::new_id();
            let saved = Saved {
                id: id.clone(),
                name: format!("{}{suffix}", store::own_name(&props_text)).into(),
                text: props_text.clone(),
            };
            match store::put(&saved) {
                Ok(()) => {
                    dispatch.emit(Action::KeepAs(Some(id)));
                    news.set(None);
                }
                Err(trouble) => news.set(Some(News::Trouble(trouble))),
            }
        })
    };
    let (case, sentence, button) = match &*props.news {
        None => return html! {},
        Some(News::Trouble(trouble)) if *hushed == Some(*trouble) => return html! {},
        Some(News::Trouble(trouble)) => {
            let text = props.text.clone();
            let save = Callback::from(move |_: MouseEvent| {
                if let Some(file) = browser::blob(&text, "text/plain") {
                    browser::download(&file, "scenario.rowlock");
                }
            });
            let button = html! { <button type="button" id="save-file" onclick={save}>{ "Save the text as a file" }</button> };
            let case = if *trouble == Trouble::Off {
                "off"
            } else {
                "full"
            };
            (case, html! { trouble.advice() }, button)
        }
        Some(News::Changed(saved)) => {
            let (dispatch, news, other) =
                (props.dispatch.clone(), props.news.clone(), saved.clone());
            let open = Callback::from(move |_: MouseEvent| {
                dispatch.emit(Action::OpenSaved(other.id.clone(), other.text.clone()));
                news.set(None);
            });
            let button = html! {
                <>
                    <button type="button" id="open-others" onclick={open}>{ "Open what is saved" }</button>
                    <button type="button" id="keep-mine" onclick={keep(" (copy)")}>{ "Save this one as a copy" }</button>
                </>
            };
            let sentence = html! {
                <>
                    { "“" }<bdi>{ &*saved.name }</bdi>{ "” was changed in another tab. What stands here stays here, and is no longer saved under that name." }
                </>
            };
            ("changed", sentence, button)
        }
        Some(News::Deleted) => (
            "deleted",
            html! { "This scenario was deleted in another tab. What stands here stays here." },
            html! { <button type="button" id="keep-mine" onclick={keep("")}>{ "Save it again" }</button> },
        ),
    };
    html! {
        <div id="keeping" class="notice" role="status" data-case={case}>
            <p>{ sentence }</p>
            <div class="buttons">
                { button }
                <button type="button" class="quiet" onclick={close}>{ "Dismiss" }</button>
            </div>
        </div>
    }
}
