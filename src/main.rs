//! The page's beginning.

fn main() {
    if let Some(root) = rowlock::browser::element("app") {
        yew::Renderer::<rowlock::app::App>::with_root(root.into()).render();
    }
}
