//! What a release has beside the page, made from Trunk's output and the engine:
//!
//! - `rowlock-sandbox.js`: the whole program in one script of the old kind, for frames without an origin (`sandbox.rs`);
//! - `s/<slug>/`: a page for each story (`stories.rs`), since crawlers see neither the fragment nor what scripts draw;
//! - `sw.js`: what keeps the page for when there is no network (`offline.rs`);
//! - absolute addresses of pictures, where the site is known.
//!
//! ```text
//! rowlock-pages DIST [--site https://host/path/] [--quick] [--keep FOLDER]
//! rowlock-pages --offline DIST             when all else lies there
//! rowlock-pages --social > social.svg
//! rowlock-pages --cards FOLDER             the pictures of the stories alone, to be looked at
//! ```
//!
//! `--quick` is for somebody who looks at it while it is served: it packs less tightly, and has the page reloaded when it
//! changes (`reload.rs`); in the folder that is kept pictures are found again that have not changed.

mod card;
mod letters;
mod offline;
mod reload;
mod sandbox;
mod social;
mod stories;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let first = args.next().unwrap_or_default();
    if first == "--social" {
        print!("{}", social::svg());
        return ExitCode::SUCCESS;
    }
    if first == "--offline" {
        let dist = args.next().unwrap_or_default();
        return ended(&dist, offline::write(Path::new(&dist)));
    }
    if first == "--cards" {
        let folder = args.next().unwrap_or_default();
        return ended(&folder, stories::write_cards(Path::new(&folder)));
    }
    let mut wishes = Wishes::default();
    while let Some(option) = args.next() {
        match option.as_str() {
            "--site" => wishes.site = args.next().unwrap_or_default(),
            "--keep" => wishes.keep = args.next().map(PathBuf::from),
            "--quick" => wishes.quick = true,
            other => {
                eprintln!("There is no option `{other}`.");
                return ExitCode::FAILURE;
            }
        }
    }
    ended(&first, make(Path::new(&first), &wishes))
}

/// How it is made.
#[derive(Default)]
struct Wishes {
    /// Where the site will be, ending in `/`; empty: that is not known.
    site: String,
    /// Where pictures are kept from one time to the next.
    keep: Option<PathBuf>,
    /// Somebody waits.
    quick: bool,
}

fn ended(folder: &str, outcome: io::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(dist: &Path, wishes: &Wishes) -> io::Result<()> {
    let site = &wishes.site;
    sandbox::write(dist, if wishes.quick { 1 } else { 9 })?;
    if wishes.quick {
        reload::into_file(dist)?;
    }
    stories::write(dist, site, wishes.keep.as_deref())?;
    if site.is_empty() {
        return Ok(());
    }
    // Crawlers want the whole address of a picture.
    for (page, picture) in [
        ("index.html", "social.png"),
        ("guide/index.html", "../social.png"),
    ] {
        let path = dist.join(page);
        let as_it_lies = format!("content=\"{picture}\"");
        let whole = format!("content=\"{site}social.png\"");
        fs::write(
            &path,
            fs::read_to_string(&path)?.replace(&as_it_lies, &whole),
        )?;
    }
    Ok(())
}

/// The file of `dist` whose name begins and ends so.
fn find(dist: &Path, start: &str, end: &str) -> io::Result<String> {
    for entry in fs::read_dir(dist)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(start) && name.ends_with(end) {
            return Ok(name);
        }
    }
    Err(io::Error::other(format!("there is no {start}*{end}")))
}
