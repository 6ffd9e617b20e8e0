//! The first view without a browser: what a visitor sees while the program is under way, and what those see who run none.
//!
//! It is drawn when the page is built, by the rooms that draw the page itself, so that nothing moves when the page takes its
//! place. How wide the diagram will be is not known then, so there are several, and styles show one.

use crate::app::about;
use crate::by_hand::ByHandButton;
use crate::diagram::still::StillDiagrams;
use crate::editor::Editor;
use crate::embed::scene::Scene;
use crate::header::Header;
use crate::lanes::Lanes;
use crate::player::Player;
use crate::schema::Schema;
use crate::state::{Action, Playground};
use crate::stories::StoryNote;
use crate::strategy_bar::StrategyBar;
use crate::verdict::VerdictStrip;
use rowlock_engine::gallery::story;
use yew::prelude::*;

/// The first view.
#[component]
pub fn Still() -> Html {
    let page = Playground::start("", None, None);
    let nobody = Callback::<Action>::noop();
    let scene = Scene::of(&page, None);
    let at = page.position.checked_sub(1);
    let step = at.and_then(|event| page.show.step_of(event));
    let current_line = step.and_then(|step| Some(*page.drawing.lines.get(step.0)?.start()));
    html! {
        <>
            <Header story={page.story} text={page.text.clone()} saved={None::<std::rc::Rc<str>>} {scene} can_undo={false} can_redo={false} dispatch={nobody.clone()} />
            <section class="of-the-story" aria-label="The scenario and its strategy">
                { about(&page.show.scenario) }
                if let Some(story) = page.origin.and_then(story) {
                    <StoryNote {story} strategy={page.show.scenario.strategy} dispatch={nobody.clone()} />
                }
                <StrategyBar show={page.show.clone()} dispatch={nobody.clone()} disabled={false} />
            </section>
            <VerdictStrip show={page.show.clone()} stale={false} dispatch={nobody.clone()} on_graph={Callback::noop()} />
            <nav aria-label="Draw or watch">
                <div class="sides" role="tablist" aria-label="Draw or watch">
                    <button type="button" role="tab" aria-selected="false">{ "Draw" }</button>
                    <button type="button" role="tab" aria-selected="true">{ "Watch" }</button>
                </div>
            </nav>
            <main class="desk shows-watch">
                // What is typed here would be gone when the page comes.
                <section class="draw" inert={true} aria-label="The timeline, drawn and as text">
                    <ByHandButton is_on={false} disabled={false} dispatch={nobody.clone()} />
                    <Lanes drawing={page.drawing.clone()} errors={page.errors.clone()} show={page.show.clone()} position={page.position}
                        chosen={page.chosen.clone()} told={std::rc::Rc::<str>::from("")} disabled={false} on_seek={Callback::noop()} dispatch={nobody.clone()} />
                    <Schema drawing={page.drawing.clone()} show={page.show.clone()} told={std::rc::Rc::<str>::from("")} disabled={false} dispatch={nobody.clone()} />
                    <Editor text={page.text.clone()} errors={page.errors.clone()} {current_line} on_edit={Callback::noop()} />
                </section>
                <section class="watch" aria-label="What happens">
                    <StillDiagrams show={page.show.clone()} position={page.position} />
                    <Player show={page.show.clone()} position={page.position} playing={false} dispatch={nobody} />
                </section>
            </main>
        </>
    }
}
