//! A plain static server for a test's own pages.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

/// A path, a media type and a text.
pub type File = (&'static str, &'static str, String);

/// Serves a few texts on a port of their own, which is an origin of their own.
pub fn serve(files: Vec<File>) -> String {
    serve_with(|_| files)
}

/// The same for texts in which that origin stands.
pub fn serve_with(files: impl FnOnce(&str) -> Vec<File>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it has a number");
    let origin = format!("http://{address}");
    let files = files(&origin);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines
                .next()
                .and_then(Result::ok)
                .is_some_and(|line| !line.is_empty())
            {}
            let path = first.split([' ', '?']).nth(1).unwrap_or_default();
            let found = files.iter().find(|(name, ..)| *name == path);
            let (status, kind, body) = match found {
                Some((_, kind, body)) => ("200 OK", *kind, body.as_str()),
                None => ("404 Not Found", "text/plain", ""),
            };
            // A browser that goes away in the middle is no news.
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    origin
}
