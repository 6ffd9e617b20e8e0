//! The visitor's own scenarios: new, saved under a name, opened, duplicated, deleted and brought back.

pub mod store;

use crate::browser;
use crate::dismiss::use_dismiss;
use crate::state::Action;
use std::rc::Rc;
use store::{Saved, Trouble};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the library shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What stands in the editor.
    pub text: Rc<str>,
    /// Which of the saved scenarios that is.
    pub saved: Option<Rc<str>>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
    /// Called when something from elsewhere is to be opened.
    pub on_open: Callback<()>,
}

/// The button, and the list that it opens.
#[component]
pub fn Library(props: &Props) -> Html {
    let open = use_state(|| false);
    let list = use_state(Vec::<Saved>::new);
    let trouble = use_state(|| None::<Trouble>);
    let deleted = use_state(|| None::<Saved>);
    let is_open = *open;
    let close = {
        let (open, deleted) = (open.clone(), deleted.clone());
        Callback::from(move |()| {
            open.set(false);
            deleted.set(None);
            browser::focus_from("library", "mine");
        })
    };
    let toggle = {
        let (open, list, trouble) = (open.clone(), list.clone(), trouble.clone());
        Callback::from(move |_| {
            list.set(store::all());
            trouble.set(browser::storage().is_none().then_some(Trouble::Off));
            open.set(!*open);
        })
    };
    let list_node = use_node_ref();
    use_dismiss(&list_node, is_open, &close);
    // Keeps one, says so where that fails, and shows the list as it is then.
    let keep = {
        let (list, trouble) = (list.clone(), trouble.clone());
        Callback::from(move |saved: Saved| {
            trouble.set(store::put(&saved).err());
            list.set(store::all());
        })
    };
    let act = |action: Action| {
        let (dispatch, close) = (props.dispatch.clone(), close.clone());
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(action.clone());
            close.emit(());
        })
    };
    let open_saved = |id: Rc<str>| {
        let (dispatch, close) = (props.dispatch.clone(), close.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(saved) = store::get(&id) {
                dispatch.emit(Action::OpenSaved(saved.id, saved.text));
            }
            close.emit(());
        })
    };
    let save = |suffix: &'static str| {
        let (keep, dispatch, text) = (keep.clone(), props.dispatch.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let id = store::new_id();
            let name = format!("{}{suffix}", store::own_name(&text)).into();
            keep.emit(Saved {
                id: id.clone(),
                name,
                text: text.clone(),
            });
            dispatch.emit(Action::KeepAs(Some(id)));
        })
    };
    let delete = {
        let (list, deleted, dispatch, open_one) = (
            list.clone(),
            deleted.clone(),
            props.dispatch.clone(),
            props.saved.clone(),
        );
        Callback::from(move |id: Rc<str>| {
            let Some(saved) = store::get(&id) else {
                return list.set(store::all());
            };
            store::remove(&saved.id);
            list.set(store::all());
            if open_one.as_ref() == Some(&saved.id) {
                dispatch.emit(Action::KeepAs(None));
            }
            deleted.set(Some(saved));
        })
    };
    let bring_back = {
        let (keep, deleted) = (keep.clone(), deleted.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(saved) = &*deleted {
                keep.emit(saved.clone());
            }
            deleted.set(None);
        })
    };
    let rows = list.iter().map(|saved| {
        let is_current = props.saved.as_ref() == Some(&saved.id);
        row(
            saved,
            is_current,
            &keep,
            &delete,
            open_saved(saved.id.clone()),
        )
    });
    html! {
        <div class="story mine" ref={list_node}>
            <button type="button" id="mine" aria-expanded={is_open.to_string()} aria-controls="library" onclick={toggle}>
                { "Mine" }<span aria-hidden="true">{ " ▾" }</span>
            </button>
            if is_open {
                <div id="library" class="stories" role="dialog" aria-label="Your own scenarios">
                    <div class="buttons">
                        <button type="button" id="new" onclick={act(Action::New)}>{ "New" }</button>
                        <button type="button" id="open-other" onclick={{
                            let (close, on_open) = (close.clone(), props.on_open.clone());
                            Callback::from(move |_| {
                                close.emit(());
                                on_open.emit(());
                            })
                        }}>{ "Open …" }</button>
                        if props.saved.is_none() {
                            <button type="button" id="save" onclick={save("")}>{ "Save this one" }</button>
                        } else {
                            <button type="button" id="duplicate-scenario" onclick={save(" (copy)")}>{ "Duplicate" }</button>
                        }
                    </div>
                    <p class="muted" role="status">
                        if let Some(trouble) = *trouble {
                            <strong>{ trouble.advice() }</strong>
                        } else if let Some(saved) = &*deleted {
                            { format!("“{}” is deleted. ", saved.name) }
                            <button type="button" id="bring-back" onclick={bring_back}>{ "Undo" }</button>
                        } else if props.saved.is_some() {
                            { "What you change is saved as you go, in this browser only." }
                        } else {
                            { "Saved in this browser only; a link takes a scenario elsewhere." }
                        }
                    </p>
                    <ul class="saved">{ for rows }</ul>
                </div>
            }
        </div>
    }
}

/// A scenario of the list.
fn row(
    saved: &Saved,
    is_current: bool,
    keep: &Callback<Saved>,
    delete: &Callback<Rc<str>>,
    open: Callback<MouseEvent>,
) -> Html {
    let rename = {
        let (keep, id) = (keep.clone(), saved.id.clone());
        Callback::from(move |event: Event| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>()
                && let Some(saved) = store::get(&id)
            {
                let name = field.value().into();
                keep.emit(Saved { name, ..saved });
            }
        })
    };
    let delete = {
        let (delete, id) = (delete.clone(), saved.id.clone());
        Callback::from(move |_: MouseEvent| delete.emit(id.clone()))
    };
    let name = &saved.name;
    html! {
        <li key={saved.id.to_string()} aria-current={is_current.then_some("true")}>
            <input dir="auto" aria-label={format!("Name of “{name}”")} value={name.to_string()} onchange={rename} />
            <button type="button" class="open" aria-label={format!("Open “{name}”")} onclick={open}>{ if is_current { "Open now" } else { "Open" } }</button>
            <button type="button" aria-label={format!("Delete “{name}”")} onclick={delete}>{ "Delete" }</button>
        </li>
    }
}
