//! What comes in: a file, something dropped on the page, or a paste.

use crate::browser;
use crate::state::Action;
use gloo::events::{EventListener, EventListenerOptions};
use rowlock_engine::import::{ImportError, MOST_BYTES, import};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, Element, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What came of it: what is to be said of what was opened, or why nothing was.
pub type Opened = Result<Vec<String>, String>;

/// Opens it.
pub fn open(pasted: &str, dispatch: &Callback<Action>) -> Opened {
    let imported = import(pasted).map_err(|error| error.to_string())?;
    let mut said = imported.remarks;
    if let Some(error) = imported.errors.first() {
        said.push(format!("It is open, with an error in {error}."));
    }
    let asks = Box::new(imported.asks);
    dispatch.emit(Action::Open(imported.text.into(), imported.story, asks));
    Ok(said)
}

/// Reads a file and opens it.
fn open_file(file: web_sys::File, dispatch: Callback<Action>, done: Callback<Opened>) {
    if file.size() > MOST_BYTES as f64 {
        return done.emit(Err(ImportError::TooLarge.to_string()));
    }
    wasm_bindgen_futures::spawn_local(async move {
        let text = JsFuture::from(file.text()).await;
        done.emit(match text.ok().as_ref().and_then(JsValue::as_string) {
            Some(text) => {
                open(&text, &dispatch).map_err(|error| format!("{}: {error}", file.name()))
            }
            None => Err(format!("{} cannot be read.", file.name())),
        });
    });
}

/// What the room needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What came of the last one.
    pub opened: Option<Opened>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
    /// Called with what came of it.
    pub done: Callback<Opened>,
}

/// The room.
#[component]
pub fn Open(props: &Props) -> Html {
    let paste = use_node_ref();
    let choose = {
        let (dispatch, done) = (props.dispatch.clone(), props.done.clone());
        Callback::from(move |event: Event| {
            let field = event.target_dyn_into::<HtmlInputElement>();
            let Some(field) = field else { return };
            if let Some(file) = field.files().and_then(|files| files.get(0)) {
                open_file(file, dispatch.clone(), done.clone());
            }
            // The same file can be chosen again.
            field.set_value("");
        })
    };
    let click = {
        let (paste, dispatch, done) = (paste.clone(), props.dispatch.clone(), props.done.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(field) = paste.cast::<HtmlTextAreaElement>() {
                done.emit(open(&field.value(), &dispatch));
            }
        })
    };
    html! {
        <div class="share-open">
            <label for="open-file">{ "A file: a scenario, a picture of ours, Markdown, an isolation tester spec" }</label>
            <input type="file" id="open-file" accept=".rowlock,.svg,.md,.spec,.txt,.html" onchange={choose} />
            <label for="open-text">{ "Or paste a link, a text, the code of an embed, or a spec; or drop any of them on the page" }</label>
            <textarea id="open-text" ref={paste} rows="8" spellcheck="false" />
            <div class="buttons"><button type="button" id="open-pasted" onclick={click}>{ "Open" }</button></div>
            { match &props.opened {
                Some(Err(why)) => html! { <p id="open-error" class="notice bad" role="alert">{ why }{ " Nothing of yours was changed." }</p> },
                Some(Ok(said)) => html! { <div role="status" id="open-said">{ for said.iter().map(|said| html! { <p>{ said }</p> }) }</div> },
                None => html! {},
            } }
        </div>
    }
}

/// Opens what is dropped on the page. A text that is dropped into a field stays the field's.
#[hook]
pub fn use_drop(dispatch: &Callback<Action>, done: &Callback<Opened>) {
    let (dispatch, done) = (dispatch.clone(), done.clone());
    use_effect_with((), move |()| {
        let listen = |name: &'static str| {
            let (dispatch, done) = (dispatch.clone(), done.clone());
            let options = EventListenerOptions::enable_prevent_default();
            let window = browser::window()?;
            Some(EventListener::new_with_options(
                &window,
                name,
                options,
                move |event| {
                    let Some(event) = event.dyn_ref::<DragEvent>() else {
                        return;
                    };
                    let Some(data) = event.data_transfer() else {
                        return;
                    };
                    let has = |kind: &str| data.types().includes(&kind.into(), 0);
                    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
                    let in_field = target
                        .is_some_and(|it| matches!(it.closest("textarea,input"), Ok(Some(_))));
                    if !has("Files") && (in_field || !has("text/plain")) {
                        return;
                    }
                    event.prevent_default();
                    if event.type_() == "dragover" {
                        return;
                    }
                    match data.files().and_then(|files| files.get(0)) {
                        Some(file) => open_file(file, dispatch.clone(), done.clone()),
                        None => done.emit(open(
                            &data.get_data("text/plain").unwrap_or_default(),
                            &dispatch,
                        )),
                    }
                },
            ))
        };
        let listeners = ["dragover", "drop"].map(listen);
        move || drop(listeners)
    });
}
