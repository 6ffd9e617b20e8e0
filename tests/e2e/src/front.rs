//! A server in front of the one that has the page: it hands on what that has, but for what a test wants otherwise. So a test
//! can take a file away, put another version in its place, or the whole network down.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What a file is instead.
#[derive(Clone)]
enum Instead {
    Missing,
    Text(String),
}

#[derive(Default)]
struct State {
    offline: bool,
    instead: HashMap<String, Instead>,
    asked: Vec<String>,
}

/// The server. It lives as long as the process.
pub struct Front {
    /// The page's address on it, with its last slash.
    pub home: String,
    behind: String,
    state: Arc<Mutex<State>>,
}

impl Front {
    /// Starts one before the page under test, which lies below a path here too.
    pub fn start(behind: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has a number");
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, origin) = (Arc::clone(&state), behind.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, origin) = (Arc::clone(&shared), origin.clone());
                thread::spawn(move || answer(stream, &shared, &origin));
            }
        });
        Self {
            home: format!("http://{address}/a/b/"),
            behind: behind.to_owned(),
            state,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on a file, named as seen from the page, is this text.
    pub fn replace(&self, file: &str, text: &str) {
        let text = Instead::Text(text.to_owned());
        self.state().instead.insert(file.to_owned(), text);
    }

    /// From now on there is no such file.
    pub fn remove(&self, file: &str) {
        self.state()
            .instead
            .insert(file.to_owned(), Instead::Missing);
    }

    /// From now on a file is again what it is.
    pub fn give_back(&self, file: &str) {
        self.state().instead.remove(file);
    }

    /// From now on nothing is answered at all, or everything again.
    pub fn set_offline(&self, offline: bool) {
        self.state().offline = offline;
    }

    /// A file as the page's own server has it.
    pub fn read(&self, file: &str) -> String {
        let answer = fetch(&self.behind, file).unwrap_or_default();
        let start = answer
            .windows(4)
            .position(|it| it == b"\r\n\r\n")
            .map_or(0, |at| at + 4);
        String::from_utf8_lossy(&answer[start..]).into_owned()
    }

    /// A file that the page's loader is told of, by the name of its attribute: `js` is the program's glue, `later` its second part.
    pub fn told(&self, attribute: &str) -> String {
        let page = self.read("index.html");
        let (_, value) = page
            .split_once(&format!("data-{attribute}="))
            .unwrap_or_else(|| panic!("the loader is told of no `{attribute}`"));
        let file = value.trim_start_matches(['"', '.', '/']);
        let end = file.find(['"', ' ', '>']).unwrap_or(file.len());
        file[..end].to_owned()
    }

    /// What was asked for since this was last asked.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }
}

/// A client that goes away in the middle is no news.
fn answer(mut stream: TcpStream, state: &Mutex<State>, behind: &str) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let path = first.split([' ', '?']).nth(1)?;
    let file = path.strip_prefix("/a/b/")?;
    let instead = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.offline {
            return None;
        }
        state.asked.push(file.to_owned());
        state.instead.get(file).cloned()
    };
    let bytes = match instead {
        None => fetch(behind, file)?,
        Some(Instead::Missing) => {
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
        }
        Some(Instead::Text(text)) => {
            let kind = match file.rsplit_once('.') {
                Some((_, "js")) => "text/javascript",
                Some((_, "css")) => "text/css",
                _ => "text/html",
            };
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                text.len()
            )
            .into_bytes()
        }
    };
    stream.write_all(&bytes).ok()
}

/// The whole answer of the page's own server, head and all.
fn fetch(behind: &str, file: &str) -> Option<Vec<u8>> {
    let rest = behind.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).ok()?;
    write!(
        stream,
        "GET /{path}{file} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
