//! The sequence diagram: the hero of the page.
//!
//! The engine lays it out and draws it (`rowlock_engine::diagram`); this room measures how wide it may be, puts the
//! drawing on the page and follows the run. The drawing depends on run and width alone. What moves with the position are
//! two rectangles: one that lights up the current event, below the drawing, and a veil over what has not happened yet.

mod after_paint;
mod follow;
pub mod measure;
#[cfg(not(target_family = "wasm"))]
pub mod still;

use crate::latest::use_latest;
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::diagram::{Diagram, Options, Side, layout_with, svg};
use web_sys::Element;
use yew::prelude::*;

/// What the diagram shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// Called with a position when an event is chosen.
    pub on_seek: Callback<usize>,
    /// The event at which this run parts from others, to be marked.
    #[prop_or_default]
    pub parts: Option<usize>,
}

/// A layout, drawn.
struct Drawing {
    diagram: Diagram,
    heads: AttrValue,
    frame: AttrValue,
    tiles: Vec<AttrValue>,
}

/// The diagram.
#[component]
pub fn SequenceDiagram(props: &Props) -> Html {
    let (frame, ruler, paper) = (use_node_ref(), use_node_ref(), use_node_ref());
    let width = measure::use_width(&ruler);
    let drawing = use_memo((props.show.clone(), width), |(show, width)| {
        (*width > 0 && !show.run.events.is_empty()).then(|| draw(show, *width))
    });
    follow::use_follow(&frame, &drawing, props.position);
    let latest = use_latest(props.position);
    let keys = {
        let (on_seek, end) = (props.on_seek.clone(), props.show.run.events.len());
        Callback::from(move |event: KeyboardEvent| {
            if event.alt_key() || event.ctrl_key() || event.meta_key() {
                return;
            }
            let to = match event.key().as_str() {
                "ArrowRight" => latest.get() + 1,
                "ArrowLeft" => latest.get().saturating_sub(1),
                "Home" => 0,
                "End" => end,
                _ => return,
            };
            event.prevent_default();
            latest.set(to.min(end));
            on_seek.emit(to.min(end));
        })
    };
    let seek = {
        let (paper, drawing, on_seek) = (paper.clone(), drawing.clone(), props.on_seek.clone());
        Callback::from(move |event: MouseEvent| {
            if let (Some(paper), Some(drawing)) = (paper.cast::<Element>(), drawing.as_ref()) {
                let y = event.client_y() - paper.get_bounding_client_rect().top() as i32;
                on_seek.emit(drawing.diagram.position_at(y));
            }
        })
    };
    let seen = drawing
        .as_ref()
        .as_ref()
        .map_or(0..0, |drawing| in_sight(&drawing.diagram, props.position));
    html! {
        <div class="diagram sequence" ref={frame} role="group" aria-label="Sequence diagram; arrow keys left and right step through it"
            tabindex="0" onkeydown={keys}>
            <div class="sequence-ruler" ref={ruler} />
            if let Some(drawing) = drawing.as_ref() {
                <div class="sequence-heads">{ Html::from_html_unchecked(drawing.heads.clone()) }</div>
                <div class="sequence-body" ref={paper} onclick={seek}>
                    { current(drawing, props.position) }
                    <div class="sequence-figure">
                        { Html::from_html_unchecked(drawing.frame.clone()) }
                        <div class="sequence-tiles" aria-hidden="true">
                            { for drawing.tiles.iter().enumerate().map(|(number, tile)| html! {
                                <Tile inside={tile.clone()} at_once={seen.contains(&number)} />
                            }) }
                        </div>
                    </div>
                    { veil(drawing, props.position) }
                    { parting(&props.show, drawing, props.parts) }
                </div>
            } else if props.show.run.events.is_empty() {
                <p class="sequence-empty">{ "Nothing is sent yet." }</p>
            }
        </div>
    }
}

/// The tiles that are in sight as the frame follows the position, and one around them.
fn in_sight(diagram: &Diagram, position: usize) -> std::ops::Range<usize> {
    let at = diagram.current(position).map_or(0, |slot| slot.top) / svg::TILE;
    let at = usize::try_from(at).unwrap_or(0);
    at.saturating_sub(1)..at + 2
}

/// A tile of the drawing.
#[derive(Properties, PartialEq)]
struct TileProps {
    /// Its picture.
    inside: AttrValue,
    /// Whether it is in sight; the others are drawn once those have been painted.
    at_once: bool,
}

/// The picture is put in its place as it is. As a node of the page's tree it would be read elsewhere, and then moved.
#[component]
fn Tile(props: &TileProps) -> Html {
    let place = use_node_ref();
    let drawn = after_paint::use_after_paint(&props.inside, props.at_once);
    use_effect_with((place.clone(), drawn), |(place, drawn)| {
        if let Some(place) = place.cast::<Element>() {
            place.set_inner_html(drawn);
        }
    });
    html! { <div class="sequence-tile" ref={place} /> }
}

fn draw(show: &Show, width: i32) -> Drawing {
    let options = Options { width };
    let diagram = layout_with(&show.run, &show.plan, &show.verdict, &show.locks, &options);
    let (events, sessions) = (show.run.events.len(), diagram.lanes.len());
    let width = diagram.width;
    let picture = |what: &str, top: i32, height: i32, inside: &str| -> AttrValue {
        format!(
            r#"<svg class="sq" {what} width="{width}" height="{height}" viewBox="0 {top} {width} {height}">{inside}</svg>"#
        )
        .into()
    };
    // What it shows is told, event by event, by the caption and the list beside it.
    let label = format!(
        r#"role="img" aria-label="{events} events between {sessions} sessions and the database""#
    );
    let tiles = svg::tiles(&diagram);
    let tile = |(number, inside): (i32, &String)| {
        let top = number * svg::TILE;
        picture("", top, svg::TILE.min(diagram.height - top), inside)
    };
    Drawing {
        heads: picture(
            r#"aria-hidden="true""#,
            0,
            diagram.head_height,
            &svg::heads(&diagram),
        ),
        frame: picture(&label, 0, diagram.height, &svg::frame(&diagram)),
        tiles: (0..).zip(&tiles).map(tile).collect(),
        diagram,
    }
}

/// Lights up the event that has just happened.
fn current(drawing: &Drawing, position: usize) -> Html {
    let Some(slot) = drawing.diagram.current(position) else {
        return Html::default();
    };
    let (y, height) = (slot.top.to_string(), (slot.bottom - slot.top).to_string());
    layer(
        drawing,
        html! {
            <>
                <rect class="now" x="0" y={y.clone()} width="100%" height={height.clone()} />
                <rect class="now-edge" x="0" {y} width="3" {height} />
            </>
        },
    )
}

/// Fades what has not happened yet.
fn veil(drawing: &Drawing, position: usize) -> Html {
    let diagram = &drawing.diagram;
    let horizon = diagram.horizon(position);
    let (y, height) = (horizon.to_string(), (diagram.height - horizon).to_string());
    layer(
        drawing,
        html! { <rect class="veil" x="0" {y} width="100%" {height} /> },
    )
}

/// Marks where this run parts from others: a dashed frame with a flag, at that side of the database where the event has no
/// words.
fn parting(show: &Show, drawing: &Drawing, event: Option<usize>) -> Html {
    let diagram = &drawing.diagram;
    let Some((event, slot)) = event.and_then(|event| Some((event, diagram.current(event + 1)?)))
    else {
        return Html::default();
    };
    let session = show.run.events.get(event).map(|event| event.session.0);
    let side = session
        .and_then(|session| diagram.lanes.get(session))
        .map(|lane| lane.side);
    let (x, anchor) = match side {
        Some(Side::Right) => (diagram.band.left - 8, "end"),
        _ => (diagram.band.right + 8, "start"),
    };
    let (y, height) = (slot.top.to_string(), (slot.bottom - slot.top).to_string());
    layer(
        drawing,
        html! {
            <g class="parting">
                <rect x="1" {y} width={(diagram.width - 2).to_string()} {height} />
                <text x={x.to_string()} y={(slot.top + 14).to_string()} text-anchor={anchor}>{ "they part" }</text>
            </g>
        },
    )
}

/// A sheet below or above the drawing. Another drawing gets a new one: marks glide along a drawing, not between two.
fn layer(drawing: &Drawing, marks: Html) -> Html {
    let Diagram { width, height, .. } = drawing.diagram;
    html! {
        <svg key={std::ptr::from_ref(drawing) as usize} class="sequence-layer" aria-hidden="true"
            width={width.to_string()} height={height.to_string()}>
            { marks }
        </svg>
    }
}
