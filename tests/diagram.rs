//! The sequence diagram in a real browser: it fits its place, follows the run and can be clicked.

#![cfg(target_arch = "wasm32")]

use gloo::timers::future::TimeoutFuture;
use rowlock::diagram::{Props, SequenceDiagram};
use rowlock::shared::Shared;
use rowlock::state::{Drawing, Effort, Show};
use rowlock_engine::gallery::STORIES;
use rowlock_engine::scenario::read;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A run, mounted in a place of so many pixels.
async fn mount(
    width: u32,
    show: Shared<Show>,
    position: usize,
    on_seek: Callback<usize>,
) -> (Element, AppHandle<SequenceDiagram>) {
    let document = rowlock::browser::document().expect("there is a document");
    let place: HtmlElement = document
        .create_element("div")
        .expect("an element can be made")
        .unchecked_into();
    place
        .style()
        .set_property("width", &format!("{width}px"))
        .expect("a width can be set");
    let body = document.body().expect("there is a body");
    body.append_child(&place).expect("it can be added");
    let props = Props {
        show,
        position,
        on_seek,
        parts: None,
    };
    let handle =
        yew::Renderer::<SequenceDiagram>::with_root_and_props(place.clone().into(), props).render();
    TimeoutFuture::new(80).await;
    (place.into(), handle)
}

/// Hears to which positions the diagram goes.
fn listener() -> (Callback<usize>, Rc<RefCell<Vec<usize>>>) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let on_seek = {
        let heard = heard.clone();
        Callback::from(move |position: usize| heard.borrow_mut().push(position))
    };
    (on_seek, heard)
}

/// The first story.
fn show() -> Shared<Show> {
    let text = STORIES[0].text;
    let scenario = read(text).expect("a sound story");
    let drawing = Shared::new(Drawing::of(scenario, text.into()));
    Shared::new(Show::of(drawing, text, Effort::Full).expect("its set-up works"))
}

fn find(place: &Element, selector: &str) -> Element {
    place
        .query_selector(selector)
        .expect("the selector is sound")
        .unwrap_or_else(|| panic!("no {selector}"))
}

fn number(element: &Element, attribute: &str) -> i32 {
    let value = element.get_attribute(attribute).unwrap_or_default();
    value.parse().unwrap_or(-1)
}

#[wasm_bindgen_test]
async fn it_is_as_wide_as_its_place() {
    for width in [360, 700] {
        let (place, _handle) = mount(width, show(), 0, Callback::noop()).await;
        let figure = find(&place, ".sequence-figure > svg");
        let wide = number(&figure, "width");
        assert!(
            wide <= width as i32 && wide > width as i32 - 40,
            "{wide} in {width}"
        );
        assert_eq!(figure.get_attribute("role").as_deref(), Some("img"));
        let text = place.text_content().unwrap_or_default();
        assert!(text.contains("quantity 9 → 9"), "{text}");
    }
}

#[wasm_bindgen_test]
async fn nothing_but_the_marks_moves_with_the_position() {
    let show = show();
    let (place, mut handle) = mount(640, show.clone(), 3, Callback::noop()).await;
    let figure = find(&place, ".sequence-figure > svg");
    let veil = number(&find(&place, ".veil"), "y");
    let last = show.run.events.len();
    handle.update(Props {
        show,
        position: last,
        on_seek: Callback::noop(),
        parts: None,
    });
    TimeoutFuture::new(40).await;
    assert!(
        find(&place, ".sequence-figure > svg") == figure,
        "drawn anew"
    );
    assert!(number(&find(&place, ".veil"), "y") > veil);
    assert_eq!(number(&find(&place, ".veil"), "height"), 0);
}

#[wasm_bindgen_test]
async fn keys_that_come_before_the_answer_is_drawn_go_on_from_where_they_led() {
    let (on_seek, heard) = listener();
    let (place, _handle) = mount(640, show(), 0, on_seek).await;
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft"] {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
        let event = event.expect("an event can be made");
        find(&place, ".sequence")
            .dispatch_event(&event)
            .expect("it is sent");
    }
    assert_eq!(*heard.borrow(), [1, 2, 1]);
}

#[wasm_bindgen_test]
async fn a_click_goes_to_the_event() {
    let (on_seek, heard) = listener();
    let (place, _handle) = mount(640, show(), 0, on_seek).await;
    // A click without a place is at the window's upper edge, above the diagram: the first row, which is the first statement
    // with its answer.
    let body: HtmlElement = find(&place, ".sequence-body").unchecked_into();
    body.click();
    assert_eq!(*heard.borrow(), [2]);
}
