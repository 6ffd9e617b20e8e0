//! The plan on the screen as code to take away.

use crate::browser;
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::codegen::{Colour, Language, Sample, colours, samples};
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
}

/// The room.
#[component]
pub fn Code(props: &Props) -> Html {
    let language = use_state(|| Language::Psql);
    let chosen = *language;
    let show = &props.show;
    let files = samples(&show.scenario, &show.plan, &show.run, chosen);
    html! {
        <div class="code" id="code">
            <div class="languages" role="group" aria-label="Language">
                { for Language::ALL.into_iter().map(|which| {
                    let language = language.clone();
                    html! {
                        <button type="button" class="pill" data-language={which.slug()} aria-pressed={(which == chosen).to_string()}
                            onclick={Callback::from(move |_| language.set(which))}>{ which.name() }</button>
                    }
                }) }
            </div>
            { for files.into_iter().map(|sample| {
                let key = sample.file.clone();
                html! { <File {key} sample={Shared::new(sample)} language={chosen} /> }
            }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct FileProps {
    sample: Shared<Sample>,
    language: Language,
}

/// A file, with a button that copies it.
#[component]
fn File(props: &FileProps) -> Html {
    let said = use_state(|| "");
    {
        let said = said.clone();
        use_effect_with(props.sample.clone(), move |_| said.set(""));
    }
    let copy = {
        let (said, sample) = (said.clone(), props.sample.clone());
        Callback::from(move |_| {
            let said = said.clone();
            browser::copy(&sample.text, move |copied| {
                said.set(if copied {
                    "Copied."
                } else {
                    "The browser does not allow it: select the text and copy it."
                });
            });
        })
    };
    let file = &props.sample.file;
    html! {
        <section>
            <h2>
                <code>{ file }</code>
                <button type="button" class="pill copy" aria-label={format!("Copy {file}")} onclick={copy}>{ "Copy" }</button>
                <span role="status" class="muted">{ *said }</span>
            </h2>
            <pre tabindex="0" aria-label={file.clone()}><code>
                { for colours(&props.sample.text, props.language).into_iter().map(|(colour, text)| match colour {
                    Colour::Plain => html! { { text } },
                    colour => html! { <span class={colour.as_str()}>{ text }</span> },
                }) }
            </code></pre>
        </section>
    }
}
