//! What goes out and comes in: the Share dialog with link, figure, files and imports, and what is said when a link cannot be
//! read.

mod copy;
mod figure;
mod files;
mod notice;
mod open;

pub use notice::LinkNotice;

use crate::browser;
use crate::embed::scene::Scene;
use crate::state::Action;
use copy::Copyable;
use figure::Figure;
use files::Files;
use gloo::events::EventListener;
use open::{Open, Opened};
use rowlock_engine::link::Length;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// The rooms of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// A link.
    Link,
    /// A figure for another page.
    Figure,
    /// Files.
    Files,
    /// What comes in.
    Open,
}

const TABS: [(Tab, &str, &str); 4] = [
    (Tab::Link, "share-link-tab", "Link"),
    (Tab::Figure, "share-figure-tab", "Embed"),
    (Tab::Files, "share-files-tab", "Files"),
    (Tab::Open, "share-open-tab", "Open"),
];

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the page shows.
    pub scene: Scene,
    /// The room that is open.
    pub tab: Option<Tab>,
    /// Called when another is wanted, or none.
    pub on_tab: Callback<Option<Tab>>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The button and the dialog.
#[component]
pub fn Share(props: &Props) -> Html {
    let node = use_node_ref();
    let opened = use_state(|| None::<Opened>);
    let done = {
        let (opened, on_tab) = (opened.clone(), props.on_tab.clone());
        use_callback((), move |what: Opened, ()| {
            let quiet = what.as_ref().is_ok_and(Vec::is_empty);
            opened.set((!quiet).then_some(what));
            on_tab.emit((!quiet).then_some(Tab::Open));
        })
    };
    open::use_drop(&props.dispatch, &done);
    {
        let node = node.clone();
        use_effect_with(props.tab.is_some(), move |is_open| {
            let dialog = node.cast::<HtmlDialogElement>();
            if let Some(dialog) = dialog.filter(|dialog| dialog.open() != *is_open) {
                if *is_open {
                    let _ = dialog.show_modal();
                } else {
                    dialog.close();
                }
            }
        });
    }
    // Escape closes it without asking.
    {
        let (on_tab, opened) = (props.on_tab.clone(), opened.clone());
        use_effect_with(node.clone(), move |node| {
            let dialog = node.cast::<HtmlDialogElement>();
            let listener = dialog.map(|dialog| {
                EventListener::new(&dialog, "close", move |_| {
                    opened.set(None);
                    on_tab.emit(None);
                })
            });
            move || drop(listener)
        });
    }
    let to = |tab: Option<Tab>| {
        let on_tab = props.on_tab.clone();
        Callback::from(move |_: MouseEvent| on_tab.emit(tab))
    };
    let current = props.tab.unwrap_or(Tab::Link);
    html! {
        <div class="share">
            <button type="button" id="share" aria-haspopup="dialog" onclick={to(Some(Tab::Link))}>{ "Share" }</button>
            <dialog id="share-dialog" ref={node} aria-label="Share and open">
                if props.tab.is_some() {
                    <div class="share-head">
                        <div class="tabs" role="tablist" aria-label="Share and open">
                            { for TABS.map(|(tab, id, label)| html! {
                                <button type="button" role="tab" {id} aria-selected={(tab == current).to_string()} aria-controls="share-room"
                                    onclick={to(Some(tab))}>{ label }</button>
                            }) }
                        </div>
                        <button type="button" class="quiet" id="share-close" aria-label="Close" onclick={to(None)}>{ "✕" }</button>
                    </div>
                    <div id="share-room" role="tabpanel" tabindex="0" aria-labelledby={TABS.iter().find(|(tab, ..)| *tab == current).map(|(_, id, _)| *id)}>
                        { match current {
                            Tab::Link => html! { <Link scene={props.scene.clone()} /> },
                            Tab::Figure => html! { <Figure scene={props.scene.clone()} /> },
                            Tab::Files => html! { <Files scene={props.scene.clone()} /> },
                            Tab::Open => html! { <Open opened={(*opened).clone()} dispatch={props.dispatch.clone()} {done} /> },
                        } }
                    </div>
                }
            </dialog>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct LinkProps {
    scene: Scene,
}

/// A link, and how far it goes.
#[component]
fn Link(props: &LinkProps) -> Html {
    let link = props.scene.link();
    let warning = Length::of(&link).warning();
    {
        // Where nothing can be copied by a program, it is in the address bar.
        let fragment = props.scene.fragment(true).to_text();
        use_effect_with(fragment, |fragment| browser::replace_fragment(fragment));
    }
    html! {
        <>
            <p id="share-length" class={(!warning.is_empty()).then_some("warning")}>
                { format!("{} characters. {warning}", link.chars().count()) }
            </p>
            <Copyable id="share-link" label="Link to this scenario at this step" text={link} rows={3} />
            if let Some(page) = props.scene.story_page() {
                <Copyable id="share-story" label="Page of this story, which shows its picture where it is posted" text={page} rows={1} />
            }
            <p class="muted">{ "The scenario is in the link itself, behind the #: it reaches no server." }</p>
        </>
    }
}
