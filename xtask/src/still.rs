//! The first view as HTML, which Trunk puts into the page (`target/still/index.html`): what is seen before the program has come.
//! The page's own rooms draw it, compiled for this machine (`xtask/still`).

use crate::problem::{Outcome, Problem, While};
use crate::{process, root};
use std::fs;

/// Draws it.
pub fn draw() -> Outcome {
    let mut command = process::cargo();
    command.args(["run", "--quiet", "--locked", "--package", "rowlock-still"]);
    let html = process::output(command.stderr(std::process::Stdio::inherit()));
    let html = html.filter(|html| html.contains("class=\"desk"));
    let html = html.ok_or_else(|| Problem::new("Could not draw the first view (xtask/still)."))?;
    let folder = root::target().join("still");
    fs::create_dir_all(&folder).while_doing(format!("make {}", folder.display()))?;
    let file = folder.join("index.html");
    // Unchanged it is left alone, so that nobody who watches builds again.
    if fs::read_to_string(&file).is_ok_and(|old| old == html) {
        return Ok(());
    }
    fs::write(&file, html).while_doing(format!("write {}", file.display()))
}
