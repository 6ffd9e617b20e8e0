//! The player: where in the run the views stand.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, Show};
use gloo::timers::callback::Interval;
use rowlock_engine::diagram::words::caption;
use rowlock_engine::run::landmarks::{Landmark, jump, landmark};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Milliseconds from one event to the next while playing, and what that is called.
const PACES: [(u32, &str); 4] = [(1800, "½ ×"), (900, "1 ×"), (450, "2 ×"), (180, "5 ×")];

const PLAY: &str = "M4 2 L13 8 L4 14 Z";
const PAUSE: &str = "M4 2 H7 V14 H4 Z M9 2 H12 V14 H9 Z";
const START: &str = "M2 2 H4 V14 H2 Z M14 2 V14 L5 8 Z";
const END: &str = "M12 2 H14 V14 H12 Z M2 2 V14 L11 8 Z";
const BACK: &str = "M10 2 V14 L2 8 Z M12 2 H14 V14 H12 Z";
const FORWARD: &str = "M6 2 V14 L14 8 Z M2 2 H4 V14 H2 Z";

/// What the player shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// Whether it runs.
    pub playing: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The player.
#[component]
pub fn Player(props: &Props) -> Html {
    let end = props.show.run.events.len();
    let position = props.position.min(end);
    let pace = use_state(|| PACES[1].0);
    {
        let dispatch = props.dispatch.clone();
        use_effect_with((props.playing, *pace), move |(playing, pace)| {
            let interval =
                playing.then(|| Interval::new(*pace, move || dispatch.emit(Action::Advance)));
            move || drop(interval)
        });
    }
    let choose_pace = {
        let pace = pace.clone();
        Callback::from(move |event: Event| {
            let list = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(chosen) = list.and_then(|list| list.value().parse().ok()) {
                pace.set(chosen);
            }
        })
    };
    let marks = use_memo(props.show.clone(), |show| marks(show));
    let send = |action: Action| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
    };
    let slide = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let to = event
                .target_dyn_into::<HtmlInputElement>()
                .and_then(|input| input.value().parse().ok());
            if let Some(to) = to {
                dispatch.emit(Action::Seek(to));
            }
        })
    };
    let words = match position.checked_sub(1) {
        Some(event) => caption(
            &props.show.scenario,
            &props.show.plan,
            &props.show.run,
            event,
        ),
        None if end == 0 && !props.show.goes_on => {
            "Nothing happens yet: write a step under `timeline:`.".to_owned()
        }
        None => "Before the first statement.".to_owned(),
    };
    let button = |id: &'static str,
                  label: &'static str,
                  icon: &'static str,
                  action: Action,
                  disabled: bool| {
        html! {
            <button type="button" {id} aria-label={label} title={label} {disabled} onclick={send(action)}>
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d={icon} /></svg>
            </button>
        }
    };
    let play = if props.playing {
        ("Pause", PAUSE)
    } else {
        ("Play", PLAY)
    };
    html! {
        <div class="player" data-motion={if browser::reduced_motion() { "reduced" } else { "full" }}>
            <p class="caption" aria-live={if props.playing { "off" } else { "polite" }}>{ &words }</p>
            <div class="controls" role="group" aria-label="Player">
                { button("player-start", "To the start", START, Action::Seek(0), position == 0) }
                { button("player-back", "One step back", BACK, Action::Step(-1), position == 0) }
                { button("player-play", play.0, play.1, Action::TogglePlay, end == 0) }
                { button("player-forward", "One step on", FORWARD, Action::Step(1), position == end) }
                { button("player-end", "To the end", END, Action::Seek(end), position == end) }
                <div class="track">
                    <input type="range" id="position" min="0" max={end.to_string()} value={position.to_string()} step="1"
                        aria-label="Position" aria-valuetext={format!("event {position} of {end}: {words}")} oninput={slide} />
                    { (*marks).clone() }
                </div>
                <output class="count">{ format!("{position} of {end}") }</output>
            </div>
            <div class="controls jumps" role="group" aria-label="Jumps and speed">
                { for Landmark::ALL.into_iter().map(|kind| jumps(props, position, kind)) }
                <select id="pace" aria-label="Speed" onchange={choose_pace}>
                    { for PACES.iter().map(|(time, name)| html! {
                        <option value={time.to_string()} selected={*time == *pace}>{ *name }</option>
                    }) }
                </select>
            </div>
        </div>
    }
}

/// The buttons that jump to the next event of a kind, and to the one before.
fn jumps(props: &Props, position: usize, kind: Landmark) -> Html {
    let name = kind.as_str();
    let button = |forward: bool, sign: &'static str| {
        let to = jump(&props.show.run, position, kind, forward);
        let word = if forward { "Next" } else { "Previous" };
        let label = format!("{word} {name}");
        let id = format!("{}-{name}", word.to_ascii_lowercase());
        let dispatch = props.dispatch.clone();
        html! {
            <button type="button" {id} aria-label={label.clone()} title={label} disabled={to.is_none()}
                onclick={Callback::from(move |_| to.into_iter().for_each(|to| dispatch.emit(Action::Seek(to))))}>{ sign }</button>
        }
    };
    html! {
        <span class="jump">{ button(false, "‹") }<span class="label">{ sign(kind) }{ " " }{ name }</span>{ button(true, "›") }</span>
    }
}

/// A sign for a kind of event, the same as on the track.
fn sign(kind: Landmark) -> Html {
    html! {
        <svg class="sign" viewBox="-5 -5 10 10" aria-hidden="true"><path d={path(kind)} /></svg>
    }
}

fn path(kind: Landmark) -> &'static str {
    match kind {
        Landmark::Wait => "M-2.5-4v8M2.5-4v8",
        Landmark::Conflict => "M-3.5-3.5l7 7M3.5-3.5l-7 7",
        Landmark::Commit => "M-4 0l3 3l5-6",
    }
}

/// More signs than this would run into each other.
const MOST_MARKS: usize = 120;

/// Where on the track there are waits, conflicts and commits.
fn marks(show: &Show) -> Html {
    let end = show.run.events.len();
    let found = (0..end).filter_map(|event| Some((event, landmark(&show.run, event)?)));
    html! {
        <svg class="marks" aria-hidden="true">
            { for found.take(MOST_MARKS).map(|(event, kind)| {
                // In hundredths of a percent, so that no floating point number needs to be written.
                let place = (event + 1) * 10_000 / end.max(1);
                html! {
                    <svg class={kind.as_str()} viewBox="-5 -5 10 10" x={format!("{}.{:02}%", place / 100, place % 100)} width="9" height="9">
                        <path d={path(kind)} />
                    </svg>
                }
            }) }
        </svg>
    }
}
