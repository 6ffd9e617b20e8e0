//! The head of the page: name, stories, link, theme, guide.

use crate::browser;
use crate::embed::scene::Scene;
use crate::library::Library;
use crate::share::{Share, Tab};
use crate::state::Action;
use crate::stories::StoryPicker;
use rowlock_engine::link::{Query, ThemeChoice};
use std::rc::Rc;
use yew::prelude::*;

/// What the head shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The story that is open.
    pub story: Option<&'static str>,
    /// The text that a link would carry.
    pub text: Rc<str>,
    /// Which of the visitor's saved scenarios it is.
    pub saved: Option<Rc<str>>,
    /// What the page shows, to be shared.
    pub scene: Scene,
    /// Whether there is anything to undo.
    pub can_undo: bool,
    /// Whether there is anything to do again.
    pub can_redo: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The head of the page.
#[component]
pub fn Header(props: &Props) -> Html {
    let tab = use_state_eq(|| None::<Tab>);
    let on_tab = {
        let set = tab.setter();
        use_callback((), move |to: Option<Tab>, ()| set.set(to))
    };
    let on_open = on_tab.reform(|()| Some(Tab::Open));
    html! {
        <header class="head">
            <h1>
                <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M6 27 L24 6" class="oar" />
                    <path d="M21.5 9.5 L26 3.6 L29 6.4 L24 11.4 Z" class="blade" />
                    <path d="M8 15 a6 6 0 0 1 12 0 v3" class="shackle" />
                    <rect x="6" y="17" width="16" height="10" rx="2" class="body" />
                </svg>
                { "Rowlock" }
            </h1>
            <StoryPicker story={props.story} dispatch={props.dispatch.clone()} />
            <Library text={props.text.clone()} saved={props.saved.clone()} dispatch={props.dispatch.clone()} {on_open} />
            { button("undo", "↶", "Undo", props.can_undo, Action::Undo, &props.dispatch) }
            { button("redo", "↷", "Do again", props.can_redo, Action::Redo, &props.dispatch) }
            <Share scene={props.scene.clone()} tab={*tab} {on_tab} dispatch={props.dispatch.clone()} />
            <ThemeButton />
            <a href="guide/">{ "Guide" }</a>
        </header>
    }
}

/// A button of the head.
fn button(
    id: &'static str,
    sign: &'static str,
    label: &'static str,
    can: bool,
    action: Action,
    dispatch: &Callback<Action>,
) -> Html {
    let dispatch = dispatch.clone();
    html! {
        <button type="button" class="quiet" {id} aria-label={label} title={label} disabled={!can}
            onclick={Callback::from(move |_| dispatch.emit(action.clone()))}>{ sign }</button>
    }
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    Auto,
    Light,
    Dark,
}

const THEME: &str = "rowlock.theme";

impl Theme {
    /// What the address asks for, else what the visitor chose last.
    fn remembered() -> Self {
        match Query::parse(&browser::query()).0.theme {
            ThemeChoice::Light => return Self::Light,
            ThemeChoice::Dark => return Self::Dark,
            ThemeChoice::Auto => {}
        }
        let name = browser::storage().and_then(|storage| storage.get_item(THEME).ok().flatten());
        match name.as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }

    fn apply(self) {
        browser::set_theme(self.name());
    }
}

#[component]
fn ThemeButton() -> Html {
    let theme = use_state(Theme::remembered);
    use_effect_with(*theme, |theme| theme.apply());
    let click = {
        let theme = theme.clone();
        Callback::from(move |_| {
            let next = theme.next();
            if let Some(storage) = browser::storage() {
                let _ = storage.set_item(THEME, next.name());
            }
            theme.set(next);
        })
    };
    html! {
        <button type="button" id="theme" class="quiet" onclick={click}
            aria-label={format!("Theme: {}. Change it.", theme.name())}>
            { match *theme { Theme::Auto => "◐ auto", Theme::Light => "○ light", Theme::Dark => "● dark" } }
        </button>
    }
}
