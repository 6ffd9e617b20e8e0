//! The page's styles in one file: each room has a file of its own, and a first visit waits for all of them.

use crate::problem::{Outcome, Problem, While};
use crate::{content, root};
use std::fs;
use std::ops::Range;

/// Puts them together in `dist/`, in the order in which the page names them.
pub fn in_one() -> Outcome {
    let dist = root::dist();
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index).while_doing("read dist/index.html")?;
    let links = links(&page);
    let [first, .., last] = links.as_slice() else {
        return Err(Problem::new(
            "dist/index.html names fewer than two style sheets.",
        ));
    };
    let mut all = String::new();
    for (_, file) in &links {
        let path = dist.join(file);
        all += &fs::read_to_string(&path).while_doing(format!("read {}", path.display()))?;
        fs::remove_file(&path).while_doing(format!("remove {}", path.display()))?;
    }
    let name = format!("styles-{:016x}.css", content::hash(&[all.as_bytes()]));
    fs::write(dist.join(&name), all).while_doing(format!("write dist/{name}"))?;
    let between = &page[first.0.start..last.0.end];
    let mut rest = between.to_owned();
    for (place, _) in links.iter().rev() {
        rest.replace_range(place.start - first.0.start..place.end - first.0.start, "");
    }
    let link = format!("<link rel=stylesheet href=./{name}>{rest}");
    let page = page.replacen(between, &link, 1);
    fs::write(&index, page).while_doing("write dist/index.html")
}

/// The style sheets of a page: where their elements stand, and their files.
fn links(page: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = page[from..].find("<link").map(|at| from + at) {
        let Some(end) = page[start..].find('>').map(|at| start + at + 1) else {
            break;
        };
        from = end;
        let element = &page[start..end];
        let value = |name: &str| {
            let rest = element.split_once(name)?.1.trim_start_matches('"');
            Some(
                rest.split(['"', ' ', '>'])
                    .next()?
                    .trim_end_matches('/')
                    .to_owned(),
            )
        };
        if value("rel=").as_deref() == Some("stylesheet")
            && let Some(file) = value("href=")
        {
            found.push((start..end, file.trim_start_matches("./").to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_found_however_their_elements_are_written() {
        let page = "<link rel=icon href=./i.svg><link rel=stylesheet href=./a-1.css>\n<meta x>\
                    <link rel=\"stylesheet\" href=\"./b-2.css\"/>";
        let found: Vec<(&str, String)> = links(page)
            .into_iter()
            .map(|(place, file)| (&page[place], file))
            .collect();
        assert_eq!(
            found,
            [
                ("<link rel=stylesheet href=./a-1.css>", "a-1.css".to_owned()),
                (
                    "<link rel=\"stylesheet\" href=\"./b-2.css\"/>",
                    "b-2.css".to_owned()
                ),
            ]
        );
    }
}
