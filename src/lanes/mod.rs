//! The timeline: a lane for each session, its steps in the order in which they are sent; drawn with pointer, finger or keys.
//!
//! Every change is an [`Edit`](rowlock_engine::edit::Edit) of the text. Steps that are dragged over another place or lane move there
//! at once, and the run follows. Whatever dragging does, keys and buttons do as well.

mod chip;
mod clipboard;
mod drag;
mod drop;
mod grid;
mod hold;
mod keys;
mod label;
mod palette;
mod sessions;
mod spans;
mod toolbar;

use crate::browser;
use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::{Action as Act, Drawing, Show};
use chip::Chip;
pub(crate) use chip::chip_id;
use clipboard::use_clipboard;
use gloo::events::{EventListener, EventListenerOptions};
use grid::{Grid, TOP};
use hold::Hold;
use palette::Palette;
use rowlock_engine::scenario::{SessionId, StepId, TextError};
use sessions::Sessions;
use spans::step_spans;
use toolbar::Toolbar;
use web_sys::Element;
use yew::prelude::*;

/// What the lanes show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is drawn.
    pub drawing: Shared<Drawing>,
    /// What is wrong with it.
    pub errors: Shared<Vec<TextError>>,
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// The steps that are chosen.
    pub chosen: Shared<Vec<StepId>>,
    /// What the last change came to.
    pub told: std::rc::Rc<str>,
    /// While the text cannot be read nothing can be drawn.
    pub disabled: bool,
    /// Called with a position when a step is chosen.
    pub on_seek: Callback<usize>,
    /// Where actions go.
    pub dispatch: Callback<Act>,
}

/// A place in a lane where a step would be put: before the step at this place.
type Aim = Option<(usize, SessionId)>;

/// The lanes.
#[component]
pub fn Lanes(props: &Props) -> Html {
    let scenario = &props.drawing.scenario;
    let spans = use_memo(props.show.clone(), |show| step_spans(show));
    // The run may be of an older drawing.
    let is_run = props.show.drawing == props.drawing && props.errors.is_empty();
    let grid = Grid::of(scenario, browser::coarse_pointer());
    let aim = use_state(|| Aim::None);
    let picture = use_node_ref();
    let ghost = use_node_ref();
    let caret = use_node_ref();
    let held = use_mut_ref(|| None);
    use_clipboard(
        &props.drawing,
        &props.chosen,
        props.disabled,
        &props.dispatch,
    );
    {
        let held = held.clone();
        use_steady_touch(&picture, !scenario.sessions.is_empty(), move || {
            drag::is_ready(&held)
        });
    }
    // A place that is aimed at is forgotten when another step is chosen.
    {
        let aim = aim.clone();
        use_effect_with(props.chosen.clone(), move |chosen| {
            if !chosen.is_empty() {
                aim.set(None);
            }
            // After a change by keys the focus stays with the step.
            let inside = browser::focused_id().is_some_and(|id| id.starts_with("step-at-"));
            if let (true, Some(first)) = (inside, chosen.first())
                && let Some(chip) = browser::element_by_id(&chip_id(*first))
            {
                browser::focus(&chip);
            }
        });
    }
    let current = props
        .position
        .checked_sub(1)
        .and_then(|event| props.show.step_of(event))
        .filter(|_| is_run);
    let reach = props
        .chosen
        .first()
        .copied()
        .or(current)
        .unwrap_or(StepId(0));
    let reach = reach.min(grid.last());
    let hold = Hold {
        grid,
        picture: picture.clone(),
        ghost: ghost.clone(),
        caret: caret.clone(),
        held,
        drawing: props.drawing.clone(),
        seeks: (0..grid.steps)
            .map(|place| Some(spans.get(&StepId(place)).filter(|_| is_run)?.last + 1))
            .collect(),
        chosen: props.chosen.clone(),
        disabled: props.disabled,
        aim: {
            let (aim, dispatch) = (aim.clone(), props.dispatch.clone());
            Callback::from(move |at: Aim| {
                if at.is_some() {
                    dispatch.emit(Act::Choose(Vec::new()));
                }
                aim.set(at);
            })
        },
        on_seek: props.on_seek.clone(),
        dispatch: props.dispatch.clone(),
    };
    let hold = Shared::new(hold);
    let sessions = scenario.sessions.iter().enumerate();
    let names =
        sessions.map(|(place, session)| name(grid, SessionId(place), session.display_name()));
    let lanes = (0..grid.lanes).map(|place| lane(grid, SessionId(place)));
    let waits = spans.iter().filter(|(_, span)| is_run && span.waits_until > span.column).map(|(step, span)| {
        let session = scenario.timeline[step.0].session;
        let width = (span.waits_until - span.column) as i32 * grid.step - grid.chip / 2;
        html! {
            <rect class={classes!("wait", class(session))} x={(grid.left(span.column) + grid.chip).to_string()}
                y={(grid.middle(session) - 5).to_string()} height="10" rx="2" width={width.to_string()}><title>{ "waits" }</title></rect>
        }
    });
    let chips = scenario.timeline.iter().enumerate().map(|(place, step)| {
        let id = StepId(place);
        let wrong = props
            .errors
            .iter()
            .find(|error| props.drawing.step_of(error) == Some(id));
        let state = spans.get(&id).filter(|_| is_run);
        let state = if is_run {
            state.map_or("unsent", |span| span.state(props.position))
        } else {
            ""
        };
        chip::view(
            &Chip {
                id,
                step,
                name: scenario.sessions[step.session.0].display_name(),
                state,
                wrong: wrong.map(|error| error.message.as_str()),
                is_current: current == Some(id),
                is_chosen: props.chosen.contains(&id),
                is_reach: id == reach,
            },
            &hold,
            &props.show,
        )
    });
    let pointer = |what: fn(&PointerEvent, &Hold)| {
        let hold = hold.clone();
        Callback::from(move |event: PointerEvent| what(&event, &hold))
    };
    let (width, height) = (grid.width(), grid.height());
    let aimed = (*aim).filter(|(place, lane)| *place <= grid.steps && lane.0 < grid.lanes);
    html! {
        <div class="lanes" id="lanes">
            <h2>{ "Timeline" }</h2>
            if scenario.timeline.is_empty() {
                <p class="empty">{ "No steps yet. Drag one from below into a lane, or press its button; or write it in the text under " }<code>{ "timeline:" }</code>{ "." }</p>
            }
            if !scenario.sessions.is_empty() {
                <div class="scroll" role="group" aria-label="Timeline, a lane for each session">
                    <svg class="names" width={grid.names.to_string()} height={height.to_string()} aria-hidden="true">{ for names }</svg>
                    <svg class="drawing" ref={picture.clone()} width={width.to_string()} height={height.to_string()} viewBox={format!("0 0 {width} {height}")}
                        onpointerdown={pointer(drag::down)} onpointermove={pointer(drag::over)} onpointerup={pointer(drag::up)}
                        onpointercancel={pointer(drag::cancel)}>
                        <defs>
                            <pattern id="wait-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                                <rect class="hatch-back" width="6" height="6" /><line class="hatch-line" x1="0" y1="0" x2="0" y2="6" />
                            </pattern>
                        </defs>
                        { for lanes }
                        { for waits }
                        { for chips }
                        if let Some((place, lane)) = aimed {
                            <line class="aim" x1={(grid.left(place) - 4).to_string()} x2={(grid.left(place) - 4).to_string()}
                                y1={(grid.middle(lane) - grid.lane / 2 + 2).to_string()} y2={(grid.middle(lane) + grid.lane / 2 - 2).to_string()} />
                        }
                        <line ref={caret} class="aim" y1={(-grid.lane / 2 + 2).to_string()} y2={(grid.lane / 2 - 2).to_string()} visibility="hidden" />
                        <g ref={ghost} class="ghost" visibility="hidden" aria-hidden="true">
                            <rect width={grid.chip.to_string()} height={grid.chip_height.to_string()} y={(-grid.chip_height / 2).to_string()} rx="4" />
                            <text x={(grid.chip / 2).to_string()} y="4" text-anchor="middle"></text>
                        </g>
                    </svg>
                </div>
            }
            <Palette drawing={props.drawing.clone()} chosen={props.chosen.clone()} aim={aimed} hold={hold.clone()} disabled={props.disabled}
                dispatch={props.dispatch.clone()} />
            <Toolbar drawing={props.drawing.clone()} chosen={props.chosen.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
            <p class="told muted" role="status">{ &*props.told }</p>
            <Sessions drawing={props.drawing.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
        </div>
    }
}

/// A lane.
fn lane(grid: Grid, id: SessionId) -> Html {
    let (middle, top) = (grid.middle(id).to_string(), TOP + id.0 as i32 * grid.lane);
    let width = grid.width().to_string();
    html! {
        <g class={class(id)}>
            <rect class="ground" x="0" y={top.to_string()} width={width.clone()} height={grid.lane.to_string()} />
            <line class="lane" x1="0" x2={width} y1={middle.clone()} y2={middle} />
        </g>
    }
}

/// The name of a lane's session. It stays in sight while the lanes scroll.
fn name(grid: Grid, id: SessionId, name: &str) -> Html {
    let letters = grid.letters();
    let short: String = if name.chars().count() > letters {
        name.chars().take(letters - 1).chain(['…']).collect()
    } else {
        name.to_owned()
    };
    html! {
        <text class={classes!("name", class(id))} x="12" y={(grid.middle(id) + 4).to_string()}>
            <tspan class="mark">{ mark(id) }</tspan>{ " " }{ short }<title>{ name.to_owned() }</title>
        </text>
    }
}

/// While a finger holds something the page does not scroll, and no menu opens.
#[hook]
fn use_steady_touch(node: &NodeRef, is_drawn: bool, holds: impl Fn() -> bool + Clone + 'static) {
    let node = node.clone();
    use_effect_with(is_drawn, move |_| {
        let listen = |name: &'static str| {
            let holds = holds.clone();
            let element = node.cast::<Element>()?;
            let options = EventListenerOptions::enable_prevent_default();
            Some(EventListener::new_with_options(
                &element,
                name,
                options,
                move |event| {
                    if holds() {
                        event.prevent_default();
                    }
                },
            ))
        };
        let listeners = ["touchmove", "contextmenu"].map(listen);
        move || drop(listeners)
    });
}
