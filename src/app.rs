//! The page as a whole: where the rooms stand, and what goes between the state and the address bar.

use crate::api::Api;
use crate::browser;
use crate::by_hand::{ByHandBar, ByHandButton};
use crate::code::Code;
use crate::compare::Compare;
use crate::diagram::SequenceDiagram;
use crate::editor::Editor;
use crate::embed::scene::Scene;
use crate::explain::Explain;
use crate::first;
use crate::graph::DependencyGraph;
use crate::header::Header;
use crate::keeping::{KeepingNotice, SETTLE, use_keeping};
use crate::lanes::Lanes;
use crate::later::{Later, use_all_here};
use crate::load::decide::Decide;
use crate::load::{Load, use_seed, use_workload};
use crate::locks::Locks;
use crate::player::Player;
use crate::schedules::{AllSchedules, Counted, counts_of, on_counted};
use crate::schema::Schema;
use crate::sent::Sent;
use crate::share::LinkNotice;
use crate::shared::Shared;
use crate::state::{Action, Drawing, Playground};
use crate::stories::StoryNote;
use crate::strategy_bar::StrategyBar;
use crate::tables::Tables;
use crate::verdict::VerdictStrip;
use crate::versions::Versions;
use crate::words::Words;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use rowlock_engine::diagram::svg::own_colours;
use rowlock_engine::gallery::story;
use rowlock_engine::link::{Fragment, encode_text};
use rowlock_engine::scenario::Scenario;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

/// How long a drawing must rest before it is run, in milliseconds.
const REST: u32 = 160;
/// The same before the search for a serial order goes on.
const REST_TO_JUDGE: u32 = 300;

/// The rooms below the verdict.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Tables,
    Versions,
    Locks,
    Graph,
    Words,
    Compare,
    Schedules,
    Sent,
    Explain,
    Code,
    Load,
    Decide,
}

const PANELS: [(Panel, &str, &str); 12] = [
    (Panel::Tables, "tables-tab", "Tables and rules"),
    (Panel::Versions, "versions-tab", "Versions"),
    (Panel::Locks, "locks-tab", "Locks"),
    (Panel::Graph, "graph-tab", "Dependencies"),
    (Panel::Words, "words-tab", "In words"),
    (Panel::Compare, "compare-tab", "Compare"),
    (Panel::Schedules, "schedules-tab", "All schedules"),
    (Panel::Sent, "sent-tab", "What is sent"),
    (Panel::Explain, "explain-tab", "About the strategy"),
    (Panel::Code, "code-tab", "Code"),
    (Panel::Load, "probability-tab", "How likely, how fast"),
    (Panel::Decide, "decide-tab", "Decide"),
];

/// What a phone shows: the drawing or the result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Draw,
    Watch,
}

/// The page.
#[component]
pub fn App() -> Html {
    let page = use_reducer(first::page);
    let panel = use_state(|| {
        if browser::fragment().contains("compare=") {
            Panel::Compare
        } else {
            Panel::Tables
        }
    });
    let side = use_state(|| Side::Watch);
    let workload = use_workload(page.seed);
    // The room that a first visit shows is in the program's first part.
    let (later, try_again) = use_all_here(*panel != Panel::Tables);
    use_address(&page);
    let news = use_keeping(&page);
    let printing = use_printing();
    use_undo_keys(&page);
    use_catching_up(&page);
    use_colours(&page.drawing);
    let dispatch = {
        let dispatcher = page.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    use_seed(&workload, page.seed, &dispatch);
    let choose_compared = use_callback(dispatch.clone(), |strategies, dispatch| {
        dispatch.emit(Action::Compare(strategies))
    });
    let seek = use_callback(dispatch.clone(), |position: usize, dispatch| {
        dispatch.emit(Action::Seek(position))
    });
    let edit = use_callback(dispatch.clone(), |text: std::rc::Rc<str>, dispatch| {
        dispatch.emit(Action::EditText(text))
    });
    let current_line = page
        .position
        .checked_sub(1)
        .and_then(|event| page.show.step_of(event));
    let broken = !page.errors.is_empty();
    let current_line = current_line
        .filter(|_| page.show.drawing == page.drawing)
        .and_then(|step| Some(*page.drawing.lines.get(step.0)?.start()));
    // Until a verdict is found the one before it stands, so that nothing jumps.
    let settled = use_mut_ref(|| page.show.clone());
    if !page.show.pending {
        *settled.borrow_mut() = page.show.clone();
    }
    let settled = settled.borrow().clone();
    let told_of_tables = Some(&page.told).filter(|_| page.told_of_tables);
    let told_of_tables = told_of_tables.map_or_else(|| "".into(), std::rc::Rc::clone);
    let counted = use_state_eq(|| None::<Counted>);
    let scene = Scene::of(&page, counts_of(&counted, &page.show));
    let by_hand = page.by_hand.is_some();
    let start_by_hand = {
        // On a phone the bar is where the diagram is.
        let (dispatch, side) = (dispatch.clone(), side.clone());
        Callback::from(move |action: Action| {
            side.set(Side::Watch);
            dispatch.emit(action);
        })
    };
    let side_button = |which: Side, label: &str| {
        let set = side.clone();
        html! {
            <button type="button" role="tab" aria-selected={(*side == which).to_string()}
                onclick={Callback::from(move |_| set.set(which))}>{ label }</button>
        }
    };
    html! {
        <>
            <Header story={page.story} text={page.text.clone()} saved={page.saved.clone()} scene={scene.clone()} can_undo={page.history.can_undo()}
                can_redo={page.history.can_redo()} dispatch={dispatch.clone()} />
            <section class="of-the-story" aria-label="The scenario and its strategy">
            <LinkNotice broken={page.broken_link.clone()} replaced={page.replaced.is_some()} left={page.left.clone()} dispatch={dispatch.clone()} />
            <KeepingNotice {news} text={page.text.clone()} dispatch={dispatch.clone()} />
            { about(&page.show.scenario) }
            if let Some(story) = page.origin.and_then(story) {
                <StoryNote {story} strategy={page.show.scenario.strategy} dispatch={dispatch.clone()} />
            }
            <StrategyBar show={page.show.clone()} dispatch={dispatch.clone()} disabled={broken} />
            </section>
            <VerdictStrip show={settled.clone()} stale={broken || page.behind || page.show.pending} dispatch={dispatch.clone()}
                on_graph={{ let panel = panel.clone(); Callback::from(move |()| panel.set(Panel::Graph)) }} />
            <Api scene={scene.clone()} dispatch={dispatch.clone()} />
            <nav aria-label="Draw or watch">
                <div class="sides" role="tablist" aria-label="Draw or watch">
                    { side_button(Side::Draw, "Draw") }
                    { side_button(Side::Watch, "Watch") }
                </div>
            </nav>
            <main class={classes!("desk", by_hand.then_some("is-by-hand"), if *side == Side::Draw { "shows-draw" } else { "shows-watch" })}>
                <section class="draw" aria-label="The timeline, drawn and as text">
                    <ByHandButton is_on={by_hand} disabled={broken || page.behind} dispatch={start_by_hand} />
                    <Lanes drawing={page.drawing.clone()} errors={page.errors.clone()} show={page.show.clone()} position={page.position}
                        chosen={page.chosen.clone()} told={if by_hand { "".into() } else { page.told.clone() }} disabled={!page.readable || by_hand} on_seek={seek.clone()} dispatch={dispatch.clone()} />
                    <Schema drawing={page.drawing.clone()} show={page.show.clone()} told={told_of_tables} disabled={!page.readable || by_hand}
                        dispatch={dispatch.clone()} />
                    <Editor text={page.text.clone()} errors={page.errors.clone()} {current_line} on_edit={edit} />
                </section>
                <section class={classes!("watch", (broken || page.behind).then_some("stale"))} aria-label="What happens">
                    if broken {
                        <p class="stale-note">{ "The text has an error; this is the last run that was sound." }</p>
                    }
                    if let Some(made) = &page.by_hand {
                        <ByHandBar made={made.clone()} told={page.told.clone()} dispatch={dispatch.clone()} />
                    }
                    <SequenceDiagram show={page.show.clone()} position={page.position} on_seek={seek.clone()} />
                    <Player show={page.show.clone()} position={page.position} playing={page.playing} dispatch={dispatch.clone()} />
                </section>
            </main>
            if printing && *panel != Panel::Tables {
                <section class="panels" aria-label="Tables and rules">
                    <Tables show={page.show.clone()} position={page.position} />
                </section>
            }
            <section class="panels" aria-label="More about this run">
                <div class="tabs" role="tablist">
                    { for PANELS.iter().map(|(which, id, label)| {
                        let (which, set) = (*which, panel.clone());
                        let selected = *panel == which;
                        html! {
                            <button type="button" role="tab" id={*id} aria-controls="panel" aria-selected={selected.to_string()}
                                onclick={Callback::from(move |_| set.set(which))}>{ *label }</button>
                        }
                    }) }
                </div>
                <div id="panel" role="tabpanel" tabindex="0"
                    aria-labelledby={PANELS.iter().find(|(which, ..)| which == &*panel).map(|(_, id, _)| *id)}>
                    { match *panel {
                        panel if panel != Panel::Tables && later != Later::Here => awaited(later, &try_again),
                        // Until a big drawing is judged its tables are not known either: those before it stand.
                        Panel::Tables => html! { <Tables position={page.position.min(settled.run.events.len())} show={settled} /> },
                        Panel::Versions => html! { <Versions show={page.show.clone()} position={page.position} /> },
                        Panel::Locks => html! { <Locks show={page.show.clone()} position={page.position} on_seek={seek.clone()} /> },
                        Panel::Graph => html! { <DependencyGraph show={page.show.clone()} on_seek={seek.clone()} /> },
                        Panel::Words => html! { <Words show={page.show.clone()} position={page.position} /> },
                        Panel::Compare => html! { <Compare show={page.show.clone()} chosen={page.compare.clone()} on_choose={choose_compared.clone()} /> },
                        Panel::Schedules => html! {
                            <AllSchedules show={page.show.clone()} stale={broken || page.behind || !page.readable} dispatch={dispatch.clone()}
                                on_counted={on_counted(&counted)} />
                        },
                        Panel::Sent => html! { <Sent show={page.show.clone()} /> },
                        Panel::Explain => html! { <Explain show={page.show.clone()} dispatch={dispatch.clone()} /> },
                        Panel::Code => html! { <Code show={page.show.clone()} /> },
                        Panel::Load => html! { <Load show={page.show.clone()} workload={workload.clone()} /> },
                        Panel::Decide => html! { <Decide show={page.show.clone()} workload={workload.clone()} dispatch={dispatch.clone()} /> },
                    } }
                </div>
            </section>
            <footer class="foot">
                { "Everything runs in this page: no server, no account, no cookies. The engine does what PostgreSQL 15 does." }
            </footer>
        </>
    }
}

/// What stands in a room whose part of the program is not there.
fn awaited(later: Later, again: &Callback<()>) -> Html {
    if later == Later::Coming {
        return html! { <p role="status">{ "One moment: this room is being fetched." }</p> };
    }
    let again = again.reform(|_: MouseEvent| ());
    html! {
        <p role="alert">
            { "This room could not be fetched: the connection is gone, or the site has changed. Your work is safe. " }
            <button type="button" onclick={again}>{ "Try again" }</button>
        </p>
    }
}

/// What happens, in the author's words.
pub(crate) fn about(scenario: &Scenario) -> Html {
    if scenario.title.is_empty() && scenario.about.is_empty() {
        return Html::default();
    }
    html! { <p class="about" id="about" dir="auto"><strong>{ &scenario.title }</strong>{ " " }{ &scenario.about }</p> }
}

/// Ctrl+Z and Ctrl+Shift+Z, wherever the focus is: text and drawing have one history.
#[hook]
pub(crate) fn use_undo_keys(page: &UseReducerHandle<Playground>) {
    let dispatcher = page.dispatcher();
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = browser::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
                    return;
                };
                if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
                    return;
                }
                let action = match (event.key().as_str(), event.shift_key()) {
                    ("z" | "Z", false) => Action::Undo,
                    ("z" | "Z", true) | ("y", false) => Action::Redo,
                    _ => return,
                };
                event.prevent_default();
                dispatcher.dispatch(action);
            })
        });
        move || drop(listener)
    });
}

/// What was left for later is done when the visitor rests.
#[hook]
pub(crate) fn use_catching_up(page: &UseReducerHandle<Playground>) {
    let dispatcher = page.dispatcher();
    let state = (
        page.behind,
        page.show.pending,
        page.drawing.clone(),
        page.show.clone(),
    );
    use_effect_with(state, move |(behind, pending, ..)| {
        let rest = (*behind || *pending).then(|| {
            Timeout::new(if *behind { REST } else { REST_TO_JUDGE }, move || {
                dispatcher.dispatch(Action::CatchUp);
            })
        });
        move || drop(rest)
    });
}

/// Whether the page is being printed: the tables belong to it, whatever room is open.
#[hook]
fn use_printing() -> bool {
    let printing = use_state_eq(|| false);
    let set = printing.setter();
    use_effect_with((), move |()| {
        let listeners = browser::window().map(|window| {
            [("beforeprint", true), ("afterprint", false)].map(|(event, is)| {
                let set = set.clone();
                EventListener::new(&window, event, move |_| set.set(is))
            })
        });
        move || drop(listeners)
    });
    *printing
}

/// Sessions that have a colour of their own are drawn in it.
#[hook]
pub(crate) fn use_colours(drawing: &Shared<Drawing>) {
    use_effect_with(own_colours(&drawing.scenario), |own| {
        for (place, own) in own.iter().enumerate() {
            let hue = own.map(|own| format!("var(--hue-{})", own.hue()));
            browser::set_root_property(&format!("--session-{place}"), hue.as_deref());
        }
    });
}

/// The address follows the scenario when edits settle, and the scenario follows a new address.
#[hook]
fn use_address(page: &UseReducerHandle<Playground>) {
    let written = use_mut_ref(String::new);
    {
        let (written, first) = (written.clone(), use_mut_ref(|| true));
        let (text, position, story) = (page.text.clone(), page.position, page.story);
        let (compare, seed) = (page.compare.clone(), page.seed);
        let (sound, broken_link) = (page.errors.is_empty(), page.broken_link.is_some());
        let end = page.show.run.events.len();
        use_effect_with(
            (text, position, sound, broken_link, compare, seed),
            move |(text, position, sound, broken_link, compare, seed)| {
                // The address that the visitor came by stands until something changes.
                let leave = std::mem::take(&mut *first.borrow_mut()) || !sound || *broken_link;
                let (text, position) = (text.clone(), *position);
                let (compare, seed) = (compare.to_vec(), *seed);
                let timeout = (!leave).then(|| {
                    Timeout::new(SETTLE, move || {
                        let fragment = Fragment {
                            scenario: story.is_none().then(|| encode_text(&text)),
                            story: story.map(str::to_owned),
                            step: (position < end).then_some(position),
                            compare,
                            seed,
                            ..Fragment::default()
                        };
                        // A story whose strategy was changed is no longer the story's own text.
                        let unchanged = story
                            .and_then(rowlock_engine::gallery::story)
                            .is_none_or(|story| story.text == &*text);
                        let fragment = if unchanged {
                            fragment
                        } else {
                            Fragment {
                                scenario: Some(encode_text(&text)),
                                story: None,
                                ..fragment
                            }
                        };
                        let fragment = fragment.to_text();
                        browser::replace_fragment(&fragment);
                        *written.borrow_mut() = fragment;
                    })
                });
                move || drop(timeout)
            },
        );
    }
    let dispatcher = page.dispatcher();
    use_effect_with((), move |()| {
        let listener = browser::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                let fragment = browser::fragment();
                if fragment != *written.borrow() {
                    dispatcher.dispatch(Action::FollowLink(fragment));
                }
            })
        });
        move || drop(listener)
    });
}
