//! The run in words: an ordered list, to be read aloud or copied.

use crate::browser;
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::diagram::words::account_by_event;
use yew::prelude::*;

/// More sentences than this are copied but not shown.
const MOST_LINES: usize = 400;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
}

/// The room.
#[component]
pub fn Words(props: &Props) -> Html {
    let show = &props.show;
    let told = use_memo(show.clone(), |show| account_by_event(&show.plan, &show.run));
    let said = use_state(|| "");
    {
        let said = said.clone();
        use_effect_with(show.clone(), move |_| said.set(""));
    }
    let copy = {
        let (show, told, said) = (show.clone(), told.clone(), said.clone());
        Callback::from(move |_| {
            let said = said.clone();
            browser::copy(&text(&show, &told), move |copied| {
                said.set(if copied {
                    "Copied."
                } else {
                    "The browser does not allow it: select the text and copy it."
                });
            });
        })
    };
    // The last sentence that has happened.
    let done = told.partition_point(|(event, _)| *event < props.position);
    html! {
        <div class="words" id="words">
            <p>
                <button type="button" class="pill" id="copy-words" onclick={copy}>{ "Copy as text" }</button>{ " " }
                <span role="status" class="muted">{ *said }</span>
            </p>
            <h2>{ heading(show) }</h2>
            <ol>{ for told.iter().take(MOST_LINES).enumerate().map(|(place, (_, sentence))| {
                let class = if place >= done { Some("ahead") } else if place + 1 == done { Some("now") } else { None };
                html! { <li {class} aria-current={(place + 1 == done).then_some("step")}>{ sentence }</li> }
            }) }</ol>
            if told.len() > MOST_LINES {
                <p class="muted">{ format!("and {} more; the copy has them all", told.len() - MOST_LINES) }</p>
            }
            <p><strong>{ "Verdict: " }</strong>{ &show.verdict.sentence }</p>
        </div>
    }
}

fn heading(show: &Show) -> String {
    let title = match show.scenario.title.as_str() {
        "" => "The run",
        title => title,
    };
    format!("{title}, strategy {}", show.scenario.strategy)
}

/// What is copied: plain text with numbers, as it reads well in a chat or a commit.
fn text(show: &Show, told: &[(usize, String)]) -> String {
    let mut text = heading(show) + "\n\n";
    for (number, (_, sentence)) in (1..).zip(told) {
        text += &format!("{number}. {sentence}\n");
    }
    text += &format!("\nVerdict: {}\n", show.verdict.sentence);
    text
}
