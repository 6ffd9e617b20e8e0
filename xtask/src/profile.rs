//! `cargo xtask profile`: which functions a first visit runs.
//!
//! It builds the page in one part, with a mark at the beginning of each function, visits it in Chromium as somebody does who looks
//! and touches nothing (the page, on a desk and on a phone, and a figure of each story), and writes down what ran.

use crate::args::Args;
use crate::problem::{Outcome, Problem, While};
use crate::{browser, build, process, root, server, split};
use std::fs;

/// The command.
pub fn command(args: Args) -> Outcome {
    args.end()?;
    build::whole()?;
    let dist = root::dist();
    let (name, wasm) = split::program(&dist)?;
    let (marked, names) = (
        root::target().join("marked.wasm"),
        root::target().join("names.txt"),
    );
    split::run(&[
        "mark",
        &split::text(&wasm),
        &split::text(&marked),
        &split::text(&names),
    ])?;
    fs::copy(&marked, &wasm).while_doing(format!("write {}", wasm.display()))?;
    let glue = dist.join(format!("{name}.js"));
    let script = fs::read_to_string(&glue).while_doing(format!("read {}", glue.display()))?;
    const START: &str = "wasm = instance.exports;";
    if !script.contains(START) {
        return Err(Problem::new(
            "wasm-bindgen's glue takes what a wasm exports in another way now.",
        ));
    }
    let script = script.replace(START, "wasm = globalThis.marked = instance.exports;");
    fs::write(&glue, script).while_doing(format!("write {}", glue.display()))?;
    // The page believes that there is a second part, which cannot be had: what it does then must be in the first.
    let index = dist.join("index.html");
    let page = fs::read_to_string(&index).while_doing("read dist/index.html")?;
    let page = page.replace("data-wasm=", "data-later=./none.wasm data-wasm=");
    fs::write(&index, page).while_doing("write dist/index.html")?;
    let driver = browser::start()?;
    process::run(
        driver
            .visiting("first_visit", &server::serve(dist)?)
            .arg(&names)
            .arg(root::root().join(split::LIST)),
    )?;
    println!("Now dist/ holds the marked page: `cargo xtask build` makes the real one.");
    Ok(())
}
