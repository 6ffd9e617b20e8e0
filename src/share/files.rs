//! Every export, to be downloaded, and copied where it is text.

use super::copy::CopyButton;
use crate::browser;
use crate::embed::scene::Scene;
use rowlock_engine::export::{Export, File};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};
use yew::prelude::*;

/// How many pixels of the PNG a CSS pixel is.
const SCALE: u32 = 2;
/// Browsers draw on no larger canvas.
const MOST_PIXELS: u32 = 16_000;

/// What is exported.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the page shows.
    pub scene: Scene,
}

/// The list.
#[component]
pub fn Files(props: &Props) -> Html {
    let made = use_memo(props.scene.show.clone(), |_| {
        let address = browser::page_address();
        let subject = props.scene.subject(&address);
        Export::ALL.map(|export| export.files(&subject).map(Rc::new))
    });
    let trouble = use_state(|| false);
    let png = {
        let (made, trouble) = (made.clone(), trouble.clone());
        Callback::from(move |_: MouseEvent| {
            let svg = Export::ALL
                .iter()
                .zip(&*made)
                .find(|(export, _)| **export == Export::Svg);
            if let Some(file) = svg.and_then(|(_, files)| files.as_ref().ok()?.first().cloned()) {
                let trouble = trouble.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    trouble.set(save_png(&file).await.is_none());
                });
            }
        })
    };
    html! {
        <ul class="share-files">
            { for Export::ALL.into_iter().zip(&*made).map(|(export, files)| html! {
                <li key={export.slug()} data-export={export.slug()}>
                    <strong>{ export.name() }</strong>
                    <span class="muted">{ match files { Ok(_) => export.description().to_owned(), Err(why) => why.to_string() } }</span>
                    if let Ok(files) = files {
                        <span class="buttons">{ buttons(export, files) }</span>
                    }
                </li>
            }) }
            <li data-export="png">
                <strong>{ "Picture (PNG)" }</strong>
                <span class="muted" role="status">{ if *trouble {
                    "This browser cannot draw the picture: take the SVG."
                } else {
                    "The diagram at twice its size, for programs that take no SVG."
                } }</span>
                <span class="buttons"><button type="button" class="pill" id="download-png" aria-label="Download: Picture (PNG)" onclick={png}>{ "Download" }</button></span>
            </li>
        </ul>
    }
}

fn buttons(export: Export, files: &Rc<Vec<File>>) -> Html {
    let download = {
        let files = files.clone();
        Callback::from(move |_: MouseEvent| {
            for file in &*files {
                if let Some(blob) = browser::blob(&file.text, file.media_type) {
                    browser::download(&blob, &file.name);
                }
            }
        })
    };
    // Of Markdown the picture that lies beside it is no text to paste.
    let text: AttrValue = match files.as_slice() {
        [only] => only.text.clone().into(),
        [first, ..] if export == Export::Markdown => first.text.clone().into(),
        many => many
            .iter()
            .map(|file| format!("-- {}\n{}\n", file.name, file.text))
            .collect::<String>()
            .into(),
    };
    html! {
        <>
            <button type="button" class="pill" id={format!("download-{}", export.slug())} aria-label={format!("Download: {}", export.name())} onclick={download}>{ "Download" }</button>
            <CopyButton id={format!("copy-{}", export.slug())} what={export.name()} {text} />
        </>
    }
}

/// Has the browser draw the picture, and saves what it has drawn; `None` where it cannot.
async fn save_png(svg: &File) -> Option<()> {
    let address = browser::object_url(&browser::blob(&svg.text, svg.media_type)?)?;
    let drawn = draw(&address).await;
    let _ = web_sys::Url::revoke_object_url(&address);
    let name = svg.name.replace(".svg", ".png");
    let save = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            browser::download(&blob, &name);
        }
    });
    drawn?.to_blob(save.unchecked_ref()).ok()
}

async fn draw(address: &str) -> Option<HtmlCanvasElement> {
    let image = HtmlImageElement::new().ok()?;
    image.set_src(address);
    JsFuture::from(image.decode()).await.ok()?;
    let (width, height) = (image.natural_width(), image.natural_height());
    let most = MOST_PIXELS / width.max(height).max(1);
    let scale = SCALE.min(most.max(1));
    let canvas = browser::document()?.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
    canvas.set_width(width * scale);
    canvas.set_height(height * scale);
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context
        .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)
        .ok()?;
    Some(canvas)
}
