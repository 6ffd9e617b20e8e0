//! The same timeline under several strategies: small diagrams in step, where they part, and one table.
//!
//! Strategies send different numbers of statements, so that what the diagrams have in common is the clock: the player here
//! moves from one moment at which anything happens under any of them to the next. In a figure (`?embed`) they follow the
//! figure's own player, which moves through the run under the scenario's strategy: as far as that has come by its clock, the others
//! have come by theirs.

mod numbers;

use crate::diagram::SequenceDiagram;
use crate::latest::use_latest;
use crate::shared::Shared;
use crate::state::Show;
use gloo::timers::callback::Interval;
use rowlock_engine::compare::{Comparison, Counts, Parting, compare};
use rowlock_engine::ids::Tick;
use rowlock_engine::link::Controls;
use rowlock_engine::run::locks::LockLog;
use rowlock_engine::scenario::Action;
use rowlock_engine::strategy::Strategy;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// More than this do not fit side by side.
const MOST: usize = 4;
/// Milliseconds from one moment to the next while playing.
const PACE: u32 = 700;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// The strategies, as they were asked for or chosen; empty: those that suggest themselves.
    pub chosen: Shared<Vec<Strategy>>,
    /// Called with other strategies.
    pub on_choose: Callback<Vec<Strategy>>,
    /// Where it stands in for the diagram of a figure.
    #[prop_or_default]
    pub figure: Option<InFigure>,
    /// Called with a position in the run on the screen, in a figure.
    #[prop_or_default]
    pub on_seek: Callback<usize>,
}

/// What is other in a figure, which has a player of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFigure {
    /// How many events have happened in the run on the screen.
    pub position: usize,
    /// What the author wants of controls and tables.
    pub controls: Controls,
}

/// A strategy's run, ready for a diagram.
#[derive(Clone, PartialEq)]
struct Side {
    strategy: Strategy,
    show: Shared<Show>,
    counts: Counts,
}

/// All of it.
struct Compared {
    sides: Vec<Side>,
    parting: Option<Parting>,
    /// The moments at which anything happens, in order.
    moments: Vec<Tick>,
}

/// The room.
#[component]
pub fn Compare(props: &Props) -> Html {
    let suggested = use_state(|| suggested(props.show.scenario.strategy));
    let chosen = match &**props.chosen {
        [] => (*suggested).clone(),
        asked => asked.iter().copied().take(MOST).collect(),
    };
    // A verdict that comes later changes nothing here: only the drawing does.
    let compared = {
        let show = props.show.clone();
        use_memo(
            (props.show.drawing.clone(), chosen.clone()),
            move |(_, strategies)| run(&show, strategies),
        )
    };
    let end = compared.moments.len();
    let moment = use_state(|| usize::MAX);
    let at = match &props.figure {
        Some(figure) => moment_of(&props.show, &compared.moments, figure.position),
        None => (*moment).min(end),
    };
    let playing = use_state(|| false);
    use_player(&moment, &playing, at, end);
    let latest = use_latest(at);
    let step = |by: isize| {
        let (moment, playing, latest) = (moment.clone(), playing.clone(), latest.clone());
        Callback::from(move |_: MouseEvent| {
            latest.set(latest.get().saturating_add_signed(by).min(end));
            playing.set(false);
            moment.set(latest.get());
        })
    };
    let go = |to: usize| {
        let (moment, playing) = (moment.clone(), playing.clone());
        Callback::from(move |_: MouseEvent| {
            playing.set(false);
            moment.set(to);
        })
    };
    let slide = {
        let (moment, playing) = (moment.clone(), playing.clone());
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(to) = input.and_then(|input| input.value().parse().ok()) {
                playing.set(false);
                moment.set(to);
            }
        })
    };
    let play = {
        let (moment, playing) = (moment.clone(), playing.clone());
        Callback::from(move |_: MouseEvent| {
            if !*playing && at >= end {
                moment.set(0);
            }
            playing.set(!*playing);
        })
    };
    let parts_at = compared.parting.as_ref().and_then(|parting| {
        let moments = compared.sides.iter().zip(&parting.events);
        let moments =
            moments.filter_map(|(side, event)| Some(side.show.run.events.get((*event)?)?.at));
        let first = moments.min()?;
        Some(compared.moments.partition_point(|moment| *moment <= first))
    });
    let clock = match at.checked_sub(1) {
        Some(last) => format!("{} ms", compared.moments[last].0),
        None => "before the first statement".to_owned(),
    };
    let is_full = props
        .figure
        .is_none_or(|figure| figure.controls == Controls::Full);
    html! {
        <div class="compare" id="compare">
            if is_full {
                { pickers(&chosen, &props.on_choose) }
            }
            if props.figure.is_none() {
                { parting(&compared, parts_at, &go, true) }
                <div class="controls" role="group" aria-label="Player of all diagrams">
                    <button type="button" class="pill" id="compare-back" disabled={at == 0} onclick={step(-1)}>{ "Back" }</button>
                    <button type="button" class="pill" id="compare-play" onclick={play}>{ if *playing { "Pause" } else { "Play" } }</button>
                    <button type="button" class="pill" id="compare-on" disabled={at == end} onclick={step(1)}>{ "On" }</button>
                    <input type="range" id="compare-position" min="0" max={end.to_string()} value={at.to_string()} step="1"
                        aria-label="Moment" aria-valuetext={format!("moment {at} of {end}, {clock}")} oninput={slide} />
                    <output>{ clock.clone() }</output>
                </div>
            }
            <div class="side-by-side" data-sides={compared.sides.len().to_string()}>
                { for compared.sides.iter().enumerate().map(|(place, side)| {
                    let position = position_at(&side.show, &compared.moments, at);
                    let parts = compared.parting.as_ref().and_then(|parting| parting.events[place]);
                    html! {
                        <section key={side.strategy.slug()} aria-label={format!("Under {}", side.strategy)}>
                            <h2>{ side.strategy.to_string() }</h2>
                            <SequenceDiagram show={side.show.clone()} {position} parts={parts} on_seek={{
                                let (moment, playing, show) = (moment.clone(), playing.clone(), side.show.clone());
                                let moments = compared.moments.clone();
                                let figure = props.figure.map(|_| (props.show.clone(), props.on_seek.clone()));
                                Callback::from(move |to: usize| {
                                    let tick = to.checked_sub(1).and_then(|event| show.run.events.get(event));
                                    if let Some((own, on_seek)) = &figure {
                                        let events = &own.run.events;
                                        return on_seek.emit(tick.map_or(0, |event| events.partition_point(|it| it.at <= event.at)));
                                    }
                                    playing.set(false);
                                    moment.set(tick.map_or(0, |event| moments.partition_point(|it| *it <= event.at)));
                                })
                            }} />
                        </section>
                    }
                }) }
            </div>
            // In a figure there is little room, and first of all for the diagrams.
            if let Some(figure) = props.figure {
                { parting(&compared, None, &go, figure.controls == Controls::Full) }
            }
            if is_full {
                { numbers::table(&compared.sides) }
            }
        </div>
    }
}

#[hook]
fn use_player(
    moment: &UseStateHandle<usize>,
    playing: &UseStateHandle<bool>,
    at: usize,
    end: usize,
) {
    let (moment, set_playing) = (moment.clone(), playing.setter());
    use_effect_with((**playing, at, end), move |(playing, at, end)| {
        let (at, end) = (*at, *end);
        let interval = playing.then(|| {
            Interval::new(PACE, move || {
                moment.set((at + 1).min(end));
                if at + 1 >= end {
                    set_playing.set(false);
                }
            })
        });
        move || drop(interval)
    });
}

/// The moment at which the run on the screen stands; its end is that of all.
fn moment_of(show: &Show, moments: &[Tick], position: usize) -> usize {
    let events = &show.run.events;
    match position.checked_sub(1).and_then(|last| events.get(last)) {
        None => 0,
        Some(_) if position >= events.len() => moments.len(),
        Some(last) => moments.partition_point(|moment| *moment <= last.at),
    }
}

/// The strategy on the screen, and two or three that are chosen most.
fn suggested(own: Strategy) -> Vec<Strategy> {
    let mut suggested = vec![own];
    for other in [Strategy::None, Strategy::OPTIMISTIC, Strategy::PESSIMISTIC] {
        let known = suggested.iter().any(|it| it.slug() == other.slug());
        if !known && suggested.len() < 3 {
            suggested.push(other);
        }
    }
    suggested
}

fn run(show: &Show, strategies: &[Strategy]) -> Compared {
    let comparison = compare(&show.scenario, strategies).unwrap_or(Comparison {
        sides: Vec::new(),
        parting: None,
    });
    let mut moments: Vec<Tick> = Vec::new();
    for side in &comparison.sides {
        moments.extend(side.run.events.iter().map(|event| event.at));
    }
    rowlock_engine::collections::sort_by(&mut moments, Ord::cmp);
    moments.dedup();
    let sides = comparison.sides.into_iter().map(|side| Side {
        strategy: side.scenario.strategy,
        counts: side.counts,
        show: Shared::new(Show {
            pending: false,
            goes_on: false,
            drawing: show.drawing.clone(),
            locks: LockLog::of(&side.plan, &side.run),
            scenario: side.scenario,
            plan: side.plan,
            run: side.run,
            verdict: side.verdict,
        }),
    });
    Compared {
        sides: sides.collect(),
        parting: comparison.parting,
        moments,
    }
}

/// How many of a run's events have happened at a moment.
fn position_at(show: &Show, moments: &[Tick], at: usize) -> usize {
    at.checked_sub(1).map_or(0, |last| {
        show.run
            .events
            .partition_point(|event| event.at <= moments[last])
    })
}

fn pickers(chosen: &[Strategy], on_choose: &Callback<Vec<Strategy>>) -> Html {
    let full = chosen.len() >= MOST;
    html! {
        <div class="languages" role="group" aria-label="Strategies to compare">
            { for Strategy::ALL.into_iter().map(|strategy| {
                let place = chosen.iter().position(|it| it.slug() == strategy.slug());
                let (chosen_now, on_choose) = (chosen.to_vec(), on_choose.clone());
                let toggle = Callback::from(move |_: MouseEvent| {
                    let mut next = chosen_now.clone();
                    match place {
                        Some(place) => {
                            next.remove(place);
                        }
                        None => next.push(strategy),
                    }
                    on_choose.emit(next);
                });
                // One is always left.
                let disabled = (full && place.is_none()) || (chosen.len() == 1 && place.is_some());
                html! {
                    <button type="button" class="pill" data-compare={strategy.slug()} aria-pressed={place.is_some().to_string()}
                        {disabled} onclick={toggle}>{ strategy.slug() }</button>
                }
            }) }
        </div>
    }
}

fn parting(
    compared: &Compared,
    at: Option<usize>,
    go: &impl Fn(usize) -> Callback<MouseEvent>,
    is_full: bool,
) -> Html {
    let Some(parting) = &compared.parting else {
        let words = if compared.sides.len() < 2 {
            "Choose a second strategy to compare with."
        } else {
            "Under these strategies every drawn step comes to the same."
        };
        return html! { <p id="parting">{ words }</p> };
    };
    let Some(first) = compared.sides.first() else {
        return Html::default();
    };
    let scenario = &first.show.scenario;
    let step = scenario.timeline.get(parting.step.0);
    let who = step.and_then(|step| scenario.sessions.get(step.session.0));
    let who = who.map_or("", |session| session.display_name());
    let what = step.map_or(String::new(), |step| match &step.action {
        Action::Sql(sql) => sql.text.clone(),
        Action::Require(require) => format!("require {}", require.text),
        Action::Fault(fault) => fault.to_string(),
    });
    html! {
        <div id="parting">
            <p>
                <strong>{ format!("They part at step {}: ", parting.step.0 + 1) }</strong>
                { who }{ ", " }<code>{ what }</code>{ " " }
                if let Some(at) = at {
                    <button type="button" class="pill" id="compare-parting" onclick={go(at)}>{ "Show it" }</button>
                }
            </p>
            if is_full {
                <dl>
                    { for compared.sides.iter().zip(&parting.came_to).map(|(side, what)| html! {
                        <><dt>{ side.strategy.to_string() }</dt><dd>{ what.as_deref().unwrap_or("does not send it") }</dd></>
                    }) }
                </dl>
            }
        </div>
    }
}
