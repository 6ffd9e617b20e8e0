//! The stories: a list by topic with a search, and what is said about the one that is open.

mod note;

pub use note::StoryNote;

use crate::browser;
use crate::dismiss::use_dismiss;
use crate::state::Action;
use rowlock_engine::gallery::{STORIES, Story, Topic, story};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the picker shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The story that is open.
    pub story: Option<&'static str>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The button that names the story, and the list that it opens.
#[component]
pub fn StoryPicker(props: &Props) -> Html {
    let open = use_state(|| false);
    let search = use_state(String::new);
    let is_open = *open;
    use_effect_with(is_open, |is_open| {
        if *is_open && let Some(field) = browser::element("story-search") {
            let _ = field.focus();
        }
    });
    let close = {
        let (open, search) = (open.clone(), search.clone());
        Callback::from(move |()| {
            open.set(false);
            search.set(String::new());
            browser::focus_from("stories", "story");
        })
    };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let list_node = use_node_ref();
    use_dismiss(&list_node, is_open, &close);
    let typed = {
        let search = search.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                search.set(field.value());
            }
        })
    };
    let pick = {
        let (dispatch, close) = (props.dispatch.clone(), close.clone());
        Callback::from(move |slug: &'static str| {
            dispatch.emit(Action::PickStory(slug));
            close.emit(());
        })
    };
    let found: Vec<&Story> = STORIES
        .iter()
        .filter(|story| story.matches(&search))
        .collect();
    let title = props
        .story
        .and_then(story)
        .map_or("Your own", |story| story.title);
    html! {
        <div class="story" ref={list_node}>
            <button type="button" id="story" aria-expanded={is_open.to_string()} aria-controls="stories"
                onclick={toggle}>
                <span class="unseen">{ "Story: " }</span>{ title }<span aria-hidden="true">{ " ▾" }</span>
            </button>
            if is_open {
                <div id="stories" class="stories" role="dialog" aria-label="Stories">
                    <input id="story-search" type="search" placeholder="Search: deadlock, upsert, doctors …"
                        aria-label="Search the stories" value={(*search).clone()} oninput={typed} />
                    <p class="unseen" role="status">{ format!("{} stories", found.len()) }</p>
                    if found.is_empty() {
                        <p class="muted">{ "No story has these words. Fewer may do." }</p>
                    }
                    { for Topic::ALL.into_iter().map(|topic| list(topic, &found, props.story, &pick)) }
                </div>
            }
        </div>
    }
}

/// The stories of a topic, if there are any.
fn list(
    topic: Topic,
    found: &[&Story],
    current: Option<&str>,
    pick: &Callback<&'static str>,
) -> Html {
    let of_topic: Vec<&Story> = found
        .iter()
        .filter(|story| story.topic == topic)
        .copied()
        .collect();
    if of_topic.is_empty() {
        return html! {};
    }
    html! {
        <section>
            <h2>{ topic.name() }</h2>
            <ul>
                { for of_topic.into_iter().map(|story| {
                    let (pick, slug) = (pick.clone(), story.slug);
                    let is_current = current == Some(slug);
                    html! {
                        <li>
                            <button type="button" data-story={slug} aria-current={is_current.then_some("true")}
                                onclick={Callback::from(move |_| pick.emit(slug))}>
                                <strong>{ story.title }</strong>
                                <span>{ story.teaches }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}
