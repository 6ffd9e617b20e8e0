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
        None if end == 0 => "Nothing happens yet: write a step under `timeline:`.".to_owned(),
        None => "Before the first statement.".to_owned(),
    };
    let button = |id: &'static str,
                  label: &'static str,
                  text: &'static str,
                  action: Action,
                  disabled: bool| {
        html! { <button type="button" {id} aria-label={label} title={label} {disabled} onclick={send(action)}>{ text }</button> }
    };
    let play = if props.playing {
        ("Pause", "❚❚")
    } else {
        ("Play", "▶")
    };
    html! {
        <div class="player" data-motion={if browser::reduced_motion() { "reduced" } else { "full" }}>
            <p class="caption" aria-live={if props.playing { "off" } else { "polite" }}>{ words }</p>
            <div class="controls" role="group" aria-label="Player">
                { button("player-start", "To the start", "⏮", Action::Seek(0), position == 0) }
                { button("player-back", "One step back", "◀", Action::Seek(position.saturating_sub(1)), position == 0) }
                { button("player-play", play.0, play.1, Action::TogglePlay, end == 0) }
                { button("player-forward", "One step on", "▶︎|", Action::Seek(position + 1), position == end) }
                { button("player-end", "To the end", "⏭", Action::Seek(end), position == end) }
                <input type="range" id="position" min="0" max={end.to_string()} value={position.to_string()} step="1"
                    aria-label="Position" aria-valuetext={format!("event {position} of {end}")} oninput={slide} />
                <output class="count">{ format!("{position} of {end}") }</output>
            </div>
        </div>
    }
}
