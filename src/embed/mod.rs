//! `?embed`: the page as one figure in somebody else's page.
//!
//! ```text
//! +--------------------------------------------+
//! | [none] [optimistic] [pessimistic, nowait]  |   strategies=
//! | sequence diagram, verdict, rows ...        |   show=
//! | |< < |> > >|  ------o------                |   controls=
//! | Two cashiers, one shelf     Open in Rowlock|
//! +--------------------------------------------+
//! ```
//!
//! It is quiet: it takes no focus, scrolls nothing but its own diagram, keeps nothing, and leaves the address as it is.
//! `conversation` hears the page around over the `wire`, `obey` does what that wants with the `scene`, `size` says how high the
//! figure would like to be, and `sight` when the reader has come to it. What the options mean is the engine's (`link::Query`), and so is who is heard
//! (`message::Conversation`).

mod conversation;
pub mod obey;
pub mod scene;
mod sight;
mod size;
pub mod wire;

use crate::app::{use_catching_up, use_colours, use_undo_keys};
use crate::browser;
use crate::code::Code;
use crate::compare::{Compare, InFigure};
use crate::diagram::SequenceDiagram;
use crate::lanes::Lanes;
use crate::load::LoadOfItsOwn;
use crate::locks::Locks;
use crate::player::Player;
use crate::schedules::{AllSchedules, Counted, counts_of, on_counted};
use crate::state::{Action, Playground};
use crate::verdict::VerdictStrip;
use crate::versions::Versions;
use conversation::use_conversation;
use rowlock_engine::link::{Controls, Fragment, Load, Part, Query};
use rowlock_engine::message::{Conversation, ToParent};
use scene::Scene;
use yew::prelude::*;

/// What of the figure can be changed by a message.
#[derive(Clone, PartialEq)]
struct Look {
    show: Vec<Part>,
    edit: bool,
}

/// The figure.
#[component]
pub fn Embed() -> Html {
    let asked = use_memo((), |()| Query::parse(&browser::query()));
    let (query, wrong) = &*asked;
    let plays = query.play && !browser::reduced_motion();
    let page = use_reducer(|| {
        let mut page = Playground::start(&browser::fragment(), None, None);
        if plays && Fragment::parse(&browser::fragment()).step.is_none() {
            page.position = 0;
        }
        page
    });
    let look = use_state_eq(|| Look {
        show: query.show.clone(),
        edit: query.edit,
    });
    let live = use_state_eq(|| query.load == Load::Eager);
    use_undo_keys(&page);
    use_catching_up(&page);
    use_colours(&page.drawing);
    use_effect_with((), {
        let theme = query.theme.as_str();
        move |()| browser::set_theme(theme)
    });
    let dispatch = {
        let dispatcher = page.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let counted = use_state_eq(|| None::<Counted>);
    let scene = Scene::of(&page, counts_of(&counted, &page.show));
    let figure = use_node_ref();
    let talk = use_mut_ref(|| Conversation::new(query.parent.clone()));
    let tell = use_conversation(&scene, &talk, &look, &dispatch);
    {
        let talk = talk.clone();
        size::use_size(&figure, move |width, height| {
            let news = talk.borrow_mut().resized(width, height);
            if let Some(message) = news
                && let Some(to) = talk.borrow().tell(&message)
            {
                wire::post(&message, &to);
            }
        });
    }
    {
        let (dispatch, playing) = (dispatch.clone(), page.playing);
        let start = Callback::from(move |()| {
            if !playing {
                dispatch.emit(Action::TogglePlay);
            }
        });
        sight::use_sight(&figure, plays && *live, start);
    }
    // A link that cannot be read stands for nothing: the whole page can say more of it.
    let broken = page.broken_link.is_some();
    let link = use_memo(
        (
            page.text.clone(),
            page.story,
            page.position,
            broken,
            page.compare.clone(),
            page.seed,
        ),
        |_| match broken {
            true => format!("{}{}", browser::page_address(), browser::fragment()),
            false => scene.link(),
        },
    );
    let open = {
        let (link, tell) = (link.clone(), tell.clone());
        Callback::from(move |_: MouseEvent| {
            tell.emit(ToParent::Open {
                url: link.to_string(),
            });
        })
    };
    let mut notices: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    let fragment = Fragment::parse(&browser::fragment());
    notices.extend(fragment.notices().iter().map(ToString::to_string));
    if let Some(broken) = &page.broken_link {
        notices.push(broken.error.to_string());
    }
    if let Some(error) = page.errors.first() {
        notices.push(format!("The scenario has an error in {error}."));
    }
    let bare = query.controls == Controls::None;
    // Where the figure has no diagram, what follows the position has the player below it.
    let last = look.show.iter().rposition(|part| follows(*part));
    let at = look
        .show
        .iter()
        .position(|part| *part == Part::Diagram)
        .or(last);
    let player = html! {
        <Player key="player" show={page.show.clone()} position={page.position} playing={page.playing} dispatch={dispatch.clone()} />
    };
    let controls = match query.controls {
        Controls::Auto => "auto",
        Controls::Full => "full",
        Controls::None => "none",
    };
    let title = match page.show.scenario.title.as_str() {
        "" => "Concurrent transactions",
        title => title,
    };
    html! {
        <main class="embed" ref={figure} data-controls={controls} data-edit={look.edit.then_some("")} aria-label={title.to_owned()}>
            { for notices.into_iter().map(|notice| html! { <p class="embed-notice" role="note">{ notice }</p> }) }
            if !*live && !broken {
                <button type="button" id="live" class="embed-live" onclick={{ let live = live.clone(); Callback::from(move |_| live.set(true)) }}>
                    { "▶ Play with this" }
                </button>
            }
            if !broken {
                <div class="embed-parts" inert={!*live}>
                    if query.strategies.len() > 1 && !bare {
                        { strategies(query, &page, &dispatch) }
                    }
                    { for look.show.iter().enumerate().map(|(place, part)| html! {
                        <div key={part.as_str()} class="embed-part" data-part={part.as_str()}>
                            { show(*part, &page, query.controls, look.edit, &dispatch, &counted) }
                            if at == Some(place) { { player.clone() } }
                        </div>
                    }) }
                </div>
            }
            <footer class="embed-foot">
                <h1 class="embed-title">{ title }</h1>
                if look.edit && page.history.can_undo() {
                    <button type="button" class="quiet" id="embed-undo" onclick={{ let dispatch = dispatch.clone(); Callback::from(move |_| dispatch.emit(Action::Undo)) }}>{ "Undo" }</button>
                }
                <a id="open" href={link.to_string()} target="_blank" rel="noopener" onclick={open}>{ "Open in Rowlock" }</a>
            </footer>
        </main>
    }
}

/// Whether a part shows the moment at which the player stands.
fn follows(part: Part) -> bool {
    matches!(part, Part::Draw | Part::Diagram | Part::Rows | Part::Locks)
}

fn show(
    part: Part,
    page: &Playground,
    controls: Controls,
    edit: bool,
    dispatch: &Callback<Action>,
    counted: &UseStateHandle<Option<Counted>>,
) -> Html {
    let (show, position) = (page.show.clone(), page.position);
    let seek = dispatch.reform(Action::Seek);
    match part {
        Part::Draw => html! {
            <Lanes drawing={page.drawing.clone()} errors={page.errors.clone()} {show} {position} chosen={page.chosen.clone()}
                told={page.told.clone()} disabled={!edit || !page.readable} on_seek={seek} dispatch={dispatch.clone()} />
        },
        Part::Diagram if !page.compare.is_empty() => html! {
            <Compare {show} chosen={page.compare.clone()} on_choose={dispatch.reform(Action::Compare)}
                figure={InFigure { position, controls }} on_seek={seek} />
        },
        Part::Diagram => html! { <SequenceDiagram {show} {position} on_seek={seek} /> },
        Part::Rows => html! { <Versions {show} {position} /> },
        Part::Locks => html! { <Locks {show} {position} on_seek={seek} /> },
        Part::Verdict => html! {
            <VerdictStrip {show} stale={!page.errors.is_empty() || page.behind} dispatch={dispatch.clone()} />
        },
        Part::Load => {
            html! { <LoadOfItsOwn {show} seed={page.seed} dispatch={dispatch.clone()} /> }
        }
        Part::Code => html! { <Code {show} /> },
        Part::Schedules => html! {
            <AllSchedules {show} stale={!page.errors.is_empty() || page.behind} dispatch={dispatch.clone()} on_counted={on_counted(counted)} />
        },
    }
}

/// The strategies that the author offers.
fn strategies(query: &Query, page: &Playground, dispatch: &Callback<Action>) -> Html {
    html! {
        <div class="embed-strategies" role="group" aria-label="Strategy">
            { for query.strategies.iter().map(|strategy| {
                let (dispatch, strategy) = (dispatch.clone(), *strategy);
                let pressed = page.show.scenario.strategy == strategy;
                html! {
                    <button type="button" class="pill" data-strategy={strategy.to_string()} aria-pressed={pressed.to_string()}
                        title={strategy.description()} onclick={Callback::from(move |_| dispatch.emit(Action::PickStrategy(strategy)))}>
                        { strategy.to_string() }
                    </button>
                }
            }) }
        </div>
    }
}
