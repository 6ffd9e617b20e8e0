//! The player: where in the run the views stand.

use crate::browser;
use crate::shared::Shared;
use crate::state::{Action, Show};
use gloo::timers::callback::Interval;
use rowlock_engine::diagram::words::caption;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Milliseconds from one event to the next while playing.
const PACE: u32 = 900;

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
    {
        let dispatch = props.dispatch.clone();
        use_effect_with(props.playing, move |playing| {
            let interval =
                playing.then(|| Interval::new(PACE, move || dispatch.emit(Action::Advance)));
            move || drop(interval)
        });
    }
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
            <p class="caption" aria-live={if props.playing { "off" } else { "polite" }}>{ words }</p>
            <div class="controls" role="group" aria-label="Player">
                { button("player-start", "To the start", START, Action::Seek(0), position == 0) }
                { button("player-back", "One step back", BACK, Action::Seek(position.saturating_sub(1)), position == 0) }
                { button("player-play", play.0, play.1, Action::TogglePlay, end == 0) }
                { button("player-forward", "One step on", FORWARD, Action::Seek(position + 1), position == end) }
                { button("player-end", "To the end", END, Action::Seek(end), position == end) }
                <input type="range" id="position" min="0" max={end.to_string()} value={position.to_string()} step="1"
                    aria-label="Position" aria-valuetext={format!("event {position} of {end}")} oninput={slide} />
                <output class="count">{ format!("{position} of {end}") }</output>
            </div>
        </div>
    }
}
