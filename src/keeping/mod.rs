//! Nothing of the visitor's is lost: what stands in the editor is written down when edits rest and when the page is left, sound
//! or not, and whatever keeps that from happening is said (`notice.rs`).
//!
//! | where | what |
//! |---|---|
//! | the tab's own storage | the draft, and beside it the address and the saved scenario that it belongs to, so that a reload goes on with it |
//! | the browser's storage | what was worked on last, in whatever tab; and the scenarios that have a name (`library::store`) |
//!
//! A saved scenario that is open in two tabs belongs to the one that wrote last: the other lets go of it, keeps its own text as a
//! draft, and says so.

mod notice;

pub use notice::KeepingNotice;

use crate::browser;
use crate::library::store::{self, Saved, Trouble};
use crate::state::{Action, Playground};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use rowlock_engine::link::Fragment;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

/// How long edits must rest before they are written down, in milliseconds.
pub const SETTLE: u32 = 400;
/// The draft's name in the tab's storage.
const DRAFT: &str = "rowlock.draft";
/// There too: the address that the draft was drawn under, and the saved scenario that it is, a line each.
const DRAFT_OF: &str = "rowlock.draft.of";
/// What was worked on last, in the browser's storage.
const LAST: &str = "rowlock.last";

/// What the visitor has to know.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The work cannot be kept.
    Trouble(Trouble),
    /// The saved scenario has been changed in another tab, to this.
    Changed(Saved),
    /// It was deleted in another tab.
    Deleted,
}

/// The page as this tab remembers it, else as the address has it.
#[must_use]
pub fn start() -> Playground {
    let fragment = browser::fragment();
    let tab = browser::tab_storage();
    let read = |key: &str| tab.as_ref()?.get_item(key).ok().flatten();
    let last = browser::storage().and_then(|storage| storage.get_item(LAST).ok().flatten());
    let draft = read(DRAFT);
    let of = read(DRAFT_OF).unwrap_or_default();
    let (address, id) = of.split_once('\n').unwrap_or_default();
    if draft.is_none() || address.is_empty() || address != fragment {
        return Playground::start(&fragment, draft, last);
    }
    // It is this tab's own address, and the draft may be newer.
    let beside = Fragment {
        scenario: None,
        story: None,
        ..Fragment::parse(&fragment)
    };
    let mut page = Playground::start(&beside.to_text(), draft, last);
    let saved = store::get(id).filter(|saved| saved.text == page.text);
    page.saved = saved.map(|saved| saved.id);
    page
}

/// What is to be written down.
#[derive(Clone, PartialEq)]
struct Work {
    text: Rc<str>,
    saved: Option<Rc<str>>,
    /// Whether it is the visitor's own, and not a story as it is in the gallery.
    own: bool,
}

/// What this tab knows of the saved scenario that is open in it: its id, and the text that it last read or wrote.
type Known = Rc<RefCell<Option<(Rc<str>, Rc<str>)>>>;

/// Writes down what is worked on; what the visitor has to know of that.
#[hook]
pub fn use_keeping(page: &UseReducerHandle<Playground>) -> UseStateHandle<Option<News>> {
    let news = use_state_eq(|| None::<News>);
    let known: Known = use_mut_ref(|| None);
    let unwritten = use_mut_ref(|| None::<Work>);
    let first = use_mut_ref(|| true);
    let dispatcher = page.dispatcher();
    let work = Work {
        text: page.text.clone(),
        saved: page.saved.clone(),
        own: page.story.is_none(),
    };
    // What another tab has written is found at once; here it may come between two renderings.
    let latest = use_mut_ref(|| work.clone());
    *latest.borrow_mut() = work.clone();
    {
        let (known, text) = (known.clone(), page.text.clone());
        use_effect_with(page.saved.clone(), move |saved| {
            *known.borrow_mut() = saved.clone().map(|id| (id, text));
        });
    }
    let write = {
        let (unwritten, known, set, dispatcher) = (
            unwritten.clone(),
            known.clone(),
            news.setter(),
            dispatcher.clone(),
        );
        use_callback((), move |(), ()| {
            let Some(work) = unwritten.borrow_mut().take() else {
                return;
            };
            let found = write_down(&work, &known);
            if matches!(found, Some(News::Changed(_) | News::Deleted)) {
                dispatcher.dispatch(Action::KeepAs(None));
            }
            if found.is_some() {
                set.set(found);
            }
        })
    };
    {
        let write = write.clone();
        use_effect_with(work, move |work| {
            // What one came with is kept where it came from.
            let has_news = !std::mem::take(&mut *first.borrow_mut());
            *unwritten.borrow_mut() = has_news.then(|| work.clone());
            let timeout = has_news.then(|| Timeout::new(SETTLE, move || write.emit(())));
            move || drop(timeout)
        });
    }
    let set = news.setter();
    use_effect_with((), move |()| {
        let window = browser::window();
        let leave = window.as_ref().map(|window| {
            let write = write.clone();
            EventListener::new(window, "pagehide", move |_| write.emit(()))
        });
        let elsewhere = window.as_ref().map(|window| {
            EventListener::new(window, "storage", move |event| {
                let work = latest.borrow().clone();
                let event = event.dyn_ref::<web_sys::StorageEvent>();
                let key = event.map(web_sys::StorageEvent::key);
                let (Some(key), Some(id)) = (key, &work.saved) else {
                    return;
                };
                // No key: everything was deleted.
                if key.is_some_and(|key| key != store::key(id)) {
                    return;
                }
                let Some(found) = elsewhere(id, &work, &known) else {
                    return;
                };
                dispatcher.dispatch(Action::KeepAs(None));
                set.set(Some(found));
            })
        });
        move || drop((leave, elsewhere))
    });
    news
}

/// Whether another tab has taken the saved scenario further than this one knows.
fn elsewhere(id: &Rc<str>, work: &Work, known: &Known) -> Option<News> {
    let mine = known.borrow().clone().filter(|(of, _)| of == id)?.1;
    match store::get(id) {
        None => Some(News::Deleted),
        Some(saved) if saved.text != mine && saved.text != work.text => Some(News::Changed(saved)),
        Some(_) => None,
    }
}

/// Writes it down; what is in the way of that.
fn write_down(work: &Work, known: &Known) -> Option<News> {
    let set = |storage: Option<web_sys::Storage>, key: &str, value: &str| {
        let storage = storage.ok_or(Trouble::Off)?;
        storage.set_item(key, value).map_err(|_| Trouble::Full)
    };
    let mut trouble = None;
    if work.own {
        let of = format!(
            "{}\n{}",
            browser::fragment(),
            work.saved.as_deref().unwrap_or_default()
        );
        let kept = set(browser::tab_storage(), DRAFT, &work.text)
            .and_then(|()| set(browser::tab_storage(), DRAFT_OF, &of))
            .and_then(|()| set(browser::storage(), LAST, &work.text));
        trouble = kept.err();
    }
    if let Some(id) = &work.saved {
        if let Some(news) = elsewhere(id, work, known) {
            return Some(news);
        }
        match store::write(id, &work.text) {
            Ok(()) => *known.borrow_mut() = Some((id.clone(), work.text.clone())),
            Err(why) => trouble = Some(why),
        }
    }
    trouble.map(News::Trouble)
}
