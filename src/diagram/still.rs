//! The diagram before it is known how wide it may be: one drawing for each of a few widths, of which styles show that which fits.

use super::{Drawing, current, draw, veil};
use crate::shared::Shared;
use crate::state::Show;
use yew::prelude::*;

/// What the diagrams show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
}

/// The widths that there are in windows of 360, 1024, 1280, 1440 and 1920 pixels, with the names that `still.css` knows them by.
const WIDTHS: [(i32, &str); 5] = [
    (332, "phone"),
    (474, "tablet"),
    (704, "window"),
    (800, "desk"),
    (1080, "wide"),
];

/// The diagrams.
#[component]
pub fn StillDiagrams(props: &Props) -> Html {
    html! {
        { for WIDTHS.iter().map(|(width, name)| {
            let drawing = draw(&props.show, *width);
            html! { <div class="diagram sequence still" data-for={*name}>{ sheet(&drawing, props.position) }</div> }
        }) }
    }
}

fn sheet(drawing: &Drawing, position: usize) -> Html {
    let slot = drawing.diagram.current(position);
    html! {
        <>
            <div class="sequence-ruler" />
            <div class="sequence-heads">{ Html::from_html_unchecked(drawing.heads.clone()) }</div>
            <div class="sequence-body">
                { current(drawing, position) }
                <div class="sequence-figure">
                    { Html::from_html_unchecked(drawing.frame.clone()) }
                    <div class="sequence-tiles" aria-hidden="true">
                        { for drawing.tiles.iter().map(|tile| html! {
                            <div class="sequence-tile">{ Html::from_html_unchecked(tile.clone()) }</div>
                        }) }
                    </div>
                </div>
                { veil(drawing, position) }
                if let Some(slot) = slot {
                    // Its end is where the frame rests, as the page does by scrolling.
                    <div class="rest" aria-hidden="true"><svg width="1" height={slot.bottom.to_string()} /><p /></div>
                }
            </div>
        </>
    }
}
