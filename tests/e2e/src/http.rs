//! One JSON request over HTTP/1.1, to a driver on this machine.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A browser that says nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// Sends `body` and returns the answer's `value`, or what the driver said was wrong.
pub(crate) fn request(
    base: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, String> {
    let answer = exchange(base, method, path, body)
        .map_err(|error| format!("the driver at {base} does not answer: {error}"))?;
    let mut answer: Value = serde_json::from_slice(&answer)
        .map_err(|error| format!("the driver's answer is not JSON: {error}"))?;
    let value = answer["value"].take();
    match value.get("error") {
        Some(error) => Err(format!(
            "{}: {}",
            error.as_str().unwrap_or_default(),
            value["message"].as_str().unwrap_or_default()
        )),
        None => Ok(value),
    }
}

fn exchange(
    base: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> std::io::Result<Vec<u8>> {
    let host = base.trim_start_matches("http://").trim_end_matches('/');
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let mut bytes = Vec::new();
    match length {
        Some(length) => reader.take(length).read_to_end(&mut bytes)?,
        None => reader.read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}
