//! Component tests run in a real browser, with a document and a layout: `cargo xtask test`.

#![cfg(target_arch = "wasm32")]

use gloo::timers::future::TimeoutFuture;
use rowlock::load::Load;
use rowlock::load::workload::Workload;
use rowlock::state::{Action, Drawing, Effort, Playground, Show};
use rowlock::{editor, lanes, player, shared::Shared, strategy_bar, verdict};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::scenario::{parse, read};
use rowlock_engine::strategy::Strategy;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A place in the document of its own.
fn place() -> Element {
    let document = rowlock::browser::document().expect("there is a document");
    let place = document
        .create_element("div")
        .expect("an element can be made");
    document
        .body()
        .expect("there is a body")
        .append_child(&place)
        .expect("it can be added");
    place
}

async fn mount<C: BaseComponent>(props: C::Properties) -> Element {
    let place = place();
    yew::Renderer::<C>::with_root_and_props(place.clone(), props).render();
    settle().await;
    place
}

async fn settle() {
    TimeoutFuture::new(20).await;
}

fn text(place: &Element, selector: &str) -> String {
    let found = place
        .query_selector(selector)
        .expect("the selector is sound");
    found
        .and_then(|element| element.text_content())
        .unwrap_or_default()
}

fn click(place: &Element, selector: &str) {
    let found = place
        .query_selector(selector)
        .expect("the selector is sound")
        .expect("the element is there");
    found
        .dyn_into::<HtmlElement>()
        .expect("it can be clicked")
        .click();
}

fn cashiers() -> Shared<Show> {
    Playground::start("", None, None).show
}

/// A callback, and what it was called with.
fn listener<T: 'static>() -> (Callback<T>, Rc<RefCell<Vec<T>>>) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hears = Rc::clone(&heard);
    (
        Callback::from(move |value| hears.borrow_mut().push(value)),
        heard,
    )
}

/// The room, with a workload of its own.
#[component]
fn OwnLoad() -> Html {
    let workload = use_state_eq(|| Workload::new(None));
    html! { <Load show={cashiers()} {workload} /> }
}

#[wasm_bindgen_test]
async fn the_probability_is_that_of_two_writers_a_second_and_a_quarter_of_a_second() {
    let place = mount::<OwnLoad>(()).await;
    assert_eq!(text(&place, "#probability-value"), "39.3 %");
    assert_eq!(text(&place, "#band"), "measure under real load");
}

#[wasm_bindgen_test]
async fn the_editor_shows_an_error_at_its_place_and_tells_of_edits() {
    let broken = STORIES[0].text.replacen("BEGIN", "BEGUN", 1);
    let errors = Shared::new(parse(&broken).expect_err("it is broken"));
    let (on_edit, _) = listener();
    let place = mount::<editor::Editor>(yew::props!(editor::Props {
        text: Rc::<str>::from(broken),
        errors,
        current_line: None,
        on_edit
    }))
    .await;
    assert_eq!(text(&place, "mark"), "BEGUN");
    assert!(text(&place, "#errors").contains("line 13, column 6"));
}

#[wasm_bindgen_test]
async fn the_strategy_bar_marks_the_chosen_one_and_tells_of_another() {
    let (dispatch, heard) = listener();
    let place = mount::<strategy_bar::StrategyBar>(yew::props!(strategy_bar::Props {
        show: cashiers(),
        dispatch,
        disabled: false
    }))
    .await;
    assert_eq!(text(&place, "[aria-checked=true]"), "none");
    click(&place, "[data-strategy=optimistic]");
    assert_eq!(
        *heard.borrow(),
        [Action::PickStrategy(Strategy::OPTIMISTIC)]
    );
}

#[wasm_bindgen_test]
async fn the_verdict_names_what_went_wrong_and_offers_what_cures_it() {
    let (dispatch, heard) = listener();
    let props = yew::props!(verdict::Props {
        show: cashiers(),
        stale: false,
        dispatch
    });
    let place = mount::<verdict::VerdictStrip>(props).await;
    assert!(text(&place, ".kind").contains("lost update"));
    click(&place, ".cure");
    assert_eq!(*heard.borrow(), [Action::PickStrategy(Strategy::ATOMIC)]);
}

#[wasm_bindgen_test]
async fn the_player_seeks() {
    let (dispatch, heard) = listener();
    let props = yew::props!(player::Props {
        show: cashiers(),
        position: 3,
        playing: false,
        dispatch
    });
    let place = mount::<player::Player>(props).await;
    click(&place, "#player-forward");
    click(&place, "#player-start");
    assert_eq!(*heard.borrow(), [Action::Step(1), Action::Seek(0)]);
}

#[wasm_bindgen_test]
async fn the_lanes_show_every_step_and_the_wait() {
    let (on_seek, _) = listener();
    let show = cashiers();
    let place = mount::<lanes::Lanes>(yew::props!(lanes::Props {
        drawing: show.drawing.clone(),
        errors: Shared::new(Vec::new()),
        show,
        position: 17,
        chosen: Shared::new(Vec::new()),
        told: std::rc::Rc::<str>::from(""),
        disabled: false,
        on_seek,
        dispatch: listener::<Action>().0
    }))
    .await;
    assert_eq!(
        place
            .query_selector_all(".chip")
            .expect("the selector is sound")
            .length(),
        8
    );
    assert_eq!(
        place
            .query_selector_all(".wait")
            .expect("the selector is sound")
            .length(),
        1
    );
}

/// The engine gives the same on 32 bits as on 64.
#[wasm_bindgen_test]
fn the_engine_runs_as_it_does_natively() {
    for story in STORIES {
        let scenario = read(story.text).expect("the story is sound");
        let drawing = Shared::new(Drawing::of(scenario, story.text.into()));
        let show = Show::of(drawing, story.text, Effort::Full).expect("its set-up is sound");
        assert!(!show.verdict.sentence.is_empty());
    }
    assert!(
        cashiers()
            .verdict
            .sentence
            .ends_with("9 is left where 8 should be.")
    );
}
