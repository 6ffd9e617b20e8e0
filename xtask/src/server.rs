//! A plain static file server for `dist/`, as any host would serve it: below a path, with the
//! right types, nothing clever.

use crate::problem::{Outcome, While};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// Where the page lies on the server: not at its root, to prove that any path will do.
const BELOW: &str = "/some/where/";

/// Serves a folder on a free port for as long as this process lives, and says where.
pub fn serve(folder: PathBuf) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").while_doing("open a port for dist")?;
    let address = listener
        .local_addr()
        .while_doing("read the port for dist")?;
    let folder = Arc::new(folder);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = Arc::clone(&folder);
            thread::spawn(move || answer(stream, &folder));
        }
    });
    Ok(format!("http://{address}{BELOW}"))
}

/// A client that goes away in the middle is no news.
fn answer(mut stream: TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let path = first.split(' ').nth(1)?;
    let (status, kind, body) = match file(folder, path) {
        Some((file, bytes)) => ("200 OK", kind(&file), bytes),
        None => (
            "404 Not Found",
            "text/plain",
            b"There is no such file.".to_vec(),
        ),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .ok()?;
    stream.write_all(&body).ok()
}

fn file(folder: &Path, path: &str) -> Option<(PathBuf, Vec<u8>)> {
    let path = path.split(['?', '#']).next()?;
    let inner = Path::new(path.strip_prefix(BELOW)?);
    let stays_inside = inner
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !stays_inside {
        return None;
    }
    let mut file = folder.join(inner);
    if file.is_dir() {
        file = file.join("index.html");
    }
    let bytes = fs::read(&file).ok()?;
    Some((file, bytes))
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt" | "rowlock") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
