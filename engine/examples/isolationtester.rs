//! PostgreSQL's `isolationtester` over Rowlock's database: a spec from the standard input, the account on the standard
//! output. The exit status is 0, 1 where the real driver fails as well, or 3 where the spec needs what is not simulated.
//!
//! `cargo run --example isolationtester < tests/postgres/some.spec`

use rowlock_engine::isolation::{Options, Stream, parse, run};
use std::io::{Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
        eprintln!("The spec cannot be read: {error}.");
        return ExitCode::FAILURE;
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut options = Options::default();
    if let Some(timeout) = std::env::var("PGISOLATIONTIMEOUT")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
    {
        options.timeout = timeout;
    }
    let end = run(&text, options, &mut |stream, piece| {
        // Whoever closed the pipe does not want to read on.
        let _ = match stream {
            Stream::Out => std::io::stdout().write_all(piece.as_bytes()),
            Stream::Err => std::io::stderr().write_all(piece.as_bytes()),
        };
    });
    if let Err(error) = parse(&text)
        && !error.hint.is_empty()
    {
        eprintln!("{}", error.hint);
    }
    ExitCode::from(end.status())
}
