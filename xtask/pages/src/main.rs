//! What a release has beside the page, made from Trunk's output and the engine:
//!
//! - `rowlock-sandbox.js`: the whole program in one script of the old kind, for frames without an origin (`sandbox.rs`);
//! - `s/<slug>/`: a page for each story (`stories.rs`), since crawlers see neither the fragment nor what scripts draw;
//! - absolute addresses of pictures, where the site is known.
//!
//! ```text
//! rowlock-pages DIST [--site https://host/path/]
//! rowlock-pages --social > social.svg
//! ```

mod sandbox;
mod social;
mod stories;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let first = args.next().unwrap_or_default();
    if first == "--social" {
        print!("{}", social::svg());
        return ExitCode::SUCCESS;
    }
    let site = match args.next().as_deref() {
        Some("--site") => args.next().unwrap_or_default(),
        _ => String::new(),
    };
    match make(Path::new(&first), &site) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{first}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(dist: &Path, site: &str) -> io::Result<()> {
    sandbox::write(dist)?;
    stories::write(dist, site)?;
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
