//! A small figure of the engine's on the page, as wide as there is room.

use crate::browser;
use crate::diagram::measure::use_width;
use rowlock_engine::diagram::svg::{DARK, Figure, LIGHT, OwnColours, figure, figure_to_svg};
use yew::prelude::*;

/// Wider than this no figure gets: beyond it only its arrows grow.
const WIDEST: i32 = 720;
/// The width of a column of an article.
const ARTICLE: i32 = 640;

/// What the picture shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The graph.
    pub figure: Figure,
    /// What it is called for those who do not see it; what it shows is told beside it.
    pub label: AttrValue,
    /// The colours that the scenario gives its sessions.
    pub own: OwnColours,
}

/// The picture.
#[component]
pub fn Picture(props: &Props) -> Html {
    let ruler = use_node_ref();
    let width = use_width(&ruler);
    let drawn = use_memo((props.figure.clone(), width), |(what, width)| {
        (*width > 0).then(|| figure(what, (*width).min(WIDEST)))
    });
    let said = use_state(|| "");
    let copy = {
        let (figure, label, own) = (props.figure.clone(), props.label.clone(), props.own);
        let said = said.clone();
        Callback::from(move |_: MouseEvent| {
            let said = said.clone();
            // As the picture of the diagram: in the colours that one sees.
            let theme = if browser::is_dark() { DARK } else { LIGHT };
            let theme = theme.with_sessions(own);
            let picture = figure_to_svg(&figure, ARTICLE, &label, &theme);
            browser::copy(&picture, move |copied| {
                said.set(if copied {
                    "Copied."
                } else {
                    "The browser does not allow it."
                });
            });
        })
    };
    html! {
        <div class="picture">
            <div class="sequence-ruler" ref={ruler} />
            if let Some((svg, wide)) = drawn.as_ref() {
                // What has to be scrolled must be reached by keys.
                <div class="paper" role="img" aria-label={props.label.clone()} tabindex={(*wide > width).then_some("0")}>
                    { Html::from_html_unchecked(svg.clone().into()) }
                </div>
                <button type="button" class="pill" onclick={copy}>{ "Copy as SVG" }</button>{ " " }
                <span role="status" class="muted">{ *said }</span>
            }
        </div>
    }
}
