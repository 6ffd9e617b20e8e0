//! The script by which Trunk has the page reloaded while `cargo xtask serve` runs. Trunk writes it into the page, whose policy lets no
//! script be there; so it becomes a file.

use std::path::Path;
use std::{fs, io};

/// Its file.
const FILE: &str = "reload.js";
/// What Trunk would put in when it serves the page: where the server is, as text between quotes, and the path before it.
const PLACES: [(&str, &str); 2] = [
    ("'{{__TRUNK_ADDRESS__}}'", "window.location.host"),
    ("{{__TRUNK_WS_BASE__}}", "/"),
];

/// Takes it out of the page of `dist` into a file, if it is there.
pub fn into_file(dist: &Path) -> io::Result<()> {
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index)?;
    let Some((page, script)) = taken_out(&page) else {
        return Ok(());
    };
    fs::write(dist.join(FILE), script)?;
    fs::write(&index, page)
}

/// The page that names the file, and what is in that.
fn taken_out(page: &str) -> Option<(String, String)> {
    const TAGS: [&str; 2] = ["<script>", "</script>"];
    let inside = page.find(PLACES[0].0)?;
    let start = page[..inside].rfind(TAGS[0])?;
    let end = inside + page[inside..].find(TAGS[1])?;
    let mut script = page[start + TAGS[0].len()..end].to_owned();
    for (place, what) in PLACES {
        script = script.replace(place, what);
    }
    let link = format!("<script src=\"{FILE}\">");
    Some((format!("{}{link}{}", &page[..start], &page[end..]), script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_leaves_the_page_and_knows_its_server() {
        let page = "<body><script src=a></script><script>const a = '{{__TRUNK_ADDRESS__}}' + '{{__TRUNK_WS_BASE__}}ws';</script></body>";
        let (page, script) = taken_out(page).expect("it is there");
        assert_eq!(
            page,
            "<body><script src=a></script><script src=\"reload.js\"></script></body>"
        );
        assert_eq!(script, "const a = window.location.host + '/ws';");
        assert_eq!(taken_out("<script>other()</script>"), None);
    }
}
