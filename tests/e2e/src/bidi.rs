//! A session's other line to its browser: WebDriver BiDi, JSON over a WebSocket.
//!
//! What Firefox can do beyond plain WebDriver it is told here: an exact size, scripts that run before a page's own. And it tells what
//! its console holds. Chromium is told the same by the DevTools protocol.

use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// A browser that says nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(60);

/// The line. What goes wrong on it panics with a sentence.
pub(crate) struct Line {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    errors: Vec<String>,
}

impl Line {
    /// Calls the browser of a session, at the `webSocketUrl` of its capabilities, and listens for errors from now on.
    #[track_caller]
    pub(crate) fn open(url: &str) -> Self {
        let (socket, _) = tungstenite::connect(url)
            .unwrap_or_else(|error| panic!("the browser does not listen at `{url}`: {error}"));
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a time is a time");
        }
        let mut line = Self {
            socket,
            last_id: 0,
            errors: Vec::new(),
        };
        let events = json!({ "events": ["log.entryAdded", "network.responseCompleted"] });
        line.command("session.subscribe", events);
        line
    }

    /// Sends a command and waits for its result. What the browser tells meanwhile is kept.
    #[track_caller]
    pub(crate) fn command(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = json!(self.last_id);
        let command = json!({ "id": id, "method": method, "params": params });
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap_or_else(|error| panic!("{method}: {error}"));
        loop {
            let message = self.socket.read();
            let message = message.unwrap_or_else(|error| panic!("{method}: {error}"));
            let Ok(text) = message.to_text() else {
                continue;
            };
            let mut said: Value = serde_json::from_str(text).unwrap_or_default();
            if said["id"] != id {
                self.errors.extend(error_in(&said));
                continue;
            }
            assert_eq!(said["type"], "success", "{method}: {}", said["message"]);
            return said["result"].take();
        }
    }

    /// The errors since this was last asked.
    #[track_caller]
    pub(crate) fn errors(&mut self) -> Vec<String> {
        // Whatever it had to say comes before its answer.
        self.command("session.status", json!({}));
        std::mem::take(&mut self.errors)
    }
}

/// What an event says is wrong: thrown, logged as an error, or not there.
fn error_in(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "log.entryAdded" if params["level"] == "error" => {
            let text = params["text"].as_str().unwrap_or_default();
            let frame = &params["stackTrace"]["callFrames"][0];
            // What Firefox says of a worker that is ended while it starts.
            if text == "uncaught exception: undefined" && frame.is_null() {
                return None;
            }
            Some(format!(
                "{text} ({}:{})",
                frame["url"].as_str().unwrap_or_default(),
                frame["lineNumber"]
            ))
        }
        "network.responseCompleted" => {
            let response = &params["response"];
            let status = response["status"].as_u64()?;
            let url = response["url"].as_str().unwrap_or_default();
            (status >= 400).then(|| format!("{url}: {status}"))
        }
        _ => None,
    }
}
