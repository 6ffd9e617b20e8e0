//! You are the scheduler: a button that begins it, and the bar on which the visitor chooses who makes the next step.
//!
//! A session that cannot be chosen keeps its button, which says why: so that the focus stays where it is, and the reason can be
//! read out. Number keys choose while the focus is in the bar.

use crate::browser;
use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::{Action, HandMade, obstacle};
use rowlock_engine::run::Choice;
use rowlock_engine::scenario::SessionId;
use yew::prelude::*;

/// The id of the button that begins it.
const BUTTON: &str = "by-hand";
/// So many sessions have a key.
const KEYS: usize = 9;

/// What the button needs.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// Whether the drawing is being run by hand.
    pub is_on: bool,
    /// While the text is broken there is nothing to run.
    pub disabled: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The button that begins it, and ends it.
#[component]
pub fn ByHandButton(props: &ButtonProps) -> Html {
    let action = if props.is_on {
        Action::LeaveByHand
    } else {
        Action::StartByHand
    };
    html! {
        <button type="button" id={BUTTON} class="by-hand-button" aria-pressed={props.is_on.to_string()} disabled={props.disabled}
            title="Choose at each moment which session makes its next step" onclick={props.dispatch.reform(move |_| action.clone())}>
            { "Run by hand" }
        </button>
    }
}

/// What the bar shows.
#[derive(Properties, PartialEq)]
pub struct BarProps {
    /// How far it has come.
    pub made: Shared<HandMade>,
    /// What the last choice came to.
    pub told: std::rc::Rc<str>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The bar.
#[component]
pub fn ByHandBar(props: &BarProps) -> Html {
    let hand = &props.made.hand;
    let bar = use_node_ref();
    {
        let bar = bar.clone();
        use_effect_with((), move |()| {
            if let Some(bar) = bar.cast::<web_sys::Element>() {
                browser::focus(&bar);
            }
        });
    }
    let sessions = &hand.scenario().sessions;
    let choices = hand.choices();
    let on_key = {
        let (dispatch, count) = (props.dispatch.clone(), sessions.len().min(KEYS));
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key().parse().unwrap_or(0);
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if plain && (1..=count).contains(&key) {
                event.prevent_default();
                dispatch.emit(Action::ChooseSession(SessionId(key - 1)));
            }
        })
    };
    let turns = sessions.iter().zip(&choices).enumerate().map(|(place, (session, choice))| {
        let id = SessionId(place);
        let (name, why) = (format!("turn-{place}"), format!("turn-{place}-why"));
        let (kind, what, note) = match choice {
            Choice::Sends { text, unsendable, .. } => {
                let note = unsendable.as_ref().map(|why| format!("It cannot be sent: {why}."));
                ("sends", text.as_str(), note.unwrap_or_default())
            }
            Choice::GoesOn { text, at } => {
                ("goes-on", text.as_str(), format!("Goes on by itself at {} ms.", at.0))
            }
            Choice::Blocked(_) => ("blocked", "waits", obstacle(hand, choice)),
            Choice::Finished => ("finished", "finished", obstacle(hand, choice)),
            Choice::Skipped(_) => ("skipped", "stopped", obstacle(hand, choice)),
        };
        let key = (place < KEYS).then(|| (place + 1).to_string());
        html! {
            <div class={classes!("turn", class(id))} data-choice={kind}>
                <button type="button" id={name} aria-disabled={(!choice.is_open()).to_string()} aria-describedby={why.clone()}
                    aria-keyshortcuts={key.clone()} onclick={props.dispatch.reform(move |_| Action::ChooseSession(id))}>
                    <span class="who">
                        <span class="mark" aria-hidden="true">{ mark(id) }</span>
                        <span class="name">{ session.display_name() }</span>
                        if let Some(key) = key { <kbd aria-hidden="true">{ key }</kbd> }
                    </span>
                    <span class="what">{ what }</span>
                </button>
                <p class="why" id={why}>{ note }</p>
            </div>
        }
    });
    let act = |id: &'static str, label: String, possible: bool, action: Action| {
        let dispatch = props.dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            if matches!(action, Action::KeepSchedule | Action::LeaveByHand) {
                // The bar goes away; on a phone the button is on the other side, and does not take the focus.
                for id in ["position", BUTTON] {
                    if let Some(element) = browser::element_by_id(id) {
                        browser::focus(&element);
                    }
                }
            }
            dispatch.emit(action.clone());
        });
        html! {
            <button type="button" class="pill" {id} aria-disabled={(!possible).to_string()} {onclick}>{ label }</button>
        }
    };
    let pass = match hand.wakes() {
        Some(at) => format!("Let time pass to {} ms", at.0),
        None => "Let time pass".to_owned(),
    };
    let back = hand.can_go_back();
    html! {
        <section ref={bar} class="by-hand-bar" id="by-hand-bar" tabindex="-1" aria-label="Run by hand" onkeydown={on_key}>
            <h2>{ "You are the scheduler: who makes the next step?" }</h2>
            <div class="turns" role="group" aria-label="Sessions">{ for turns }</div>
            <p class="said" role="status">{ &*props.told }</p>
            <div class="acts" role="group" aria-label="Time and schedule">
                { act("let-time-pass", pass, hand.wakes().is_some(), Action::LetTimePass) }
                { act("by-hand-back", "Back".to_owned(), back, Action::ByHandBack) }
                { act("by-hand-restart", "Start over".to_owned(), back, Action::ByHandRestart) }
                { act("keep-schedule", "Keep this schedule".to_owned(), hand.placed() > 0, Action::KeepSchedule) }
                { act("leave-by-hand", "Leave".to_owned(), true, Action::LeaveByHand) }
            </div>
        </section>
    }
}
