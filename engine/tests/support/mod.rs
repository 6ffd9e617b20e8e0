//! Specs on both sides: run by our driver, and by PostgreSQL's on a real server.
#![allow(dead_code, reason = "each test that has this module uses a part of it")]

use rowlock_engine::isolation::{End, Options, Stream, run};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

/// What a driver printed, what is wrong with the spec included, and its exit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub text: String,
    pub status: i32,
}

/// Ours, with a limit of so many simulated seconds for a step.
pub fn ours(spec: &str, timeout: u64) -> Account {
    let mut text = String::new();
    let end: End = run(spec, Options { timeout }, &mut |_: Stream, piece: &str| {
        text.push_str(piece);
    });
    Account {
        text,
        status: i32::from(end.status()),
    }
}

/// A real server.
pub struct Server {
    driver: String,
    psql: String,
    dsn: String,
}

impl Server {
    /// The one that `cargo xtask test` has started.
    pub fn told() -> Self {
        let variable = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by cargo xtask test"))
        };
        Self {
            driver: variable("ROWLOCK_ISOLATIONTESTER"),
            psql: variable("ROWLOCK_PSQL"),
            dsn: variable("ROWLOCK_PG_DSN"),
        }
    }

    /// A new, empty database of this name on the same server.
    pub fn database(&self, name: &str) -> Self {
        self.ask(&format!("DROP DATABASE IF EXISTS {name}"));
        self.ask(&format!("CREATE DATABASE {name}"));
        Self {
            driver: self.driver.clone(),
            psql: self.psql.clone(),
            dsn: format!("{} dbname={name}", self.dsn),
        }
    }

    /// Has psql send a statement.
    pub fn ask(&self, sql: &str) {
        let output = Command::new(&self.psql)
            .args(["-X", "-q", "-c", sql, &self.dsn])
            .env("PGOPTIONS", "-c client_min_messages=error")
            .output()
            .expect("psql starts");
        assert!(
            output.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Forgets all tables.
    pub fn empty(&self) {
        self.ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    /// What the driver prints for a spec; a step may take so many seconds.
    pub fn account(&self, spec: &str, timeout: u64, settings: &str) -> Account {
        // Both streams go into one pipe, so that their order is kept.
        let (mut reader, writer) = std::io::pipe().expect("there are pipes");
        let mut driver = Command::new(&self.driver)
            .arg(&self.dsn)
            .env("PGISOLATIONTIMEOUT", timeout.to_string())
            .env("PGOPTIONS", settings)
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().expect("a pipe can be shared"))
            .stderr(writer)
            .spawn()
            .expect("the driver starts");
        let mut input = driver.stdin.take().expect("it has an input");
        // It reads all of the spec, or ends because the spec is wrong.
        let _ = input.write_all(spec.as_bytes());
        drop(input);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).expect("it can be read");
        let status = driver.wait().expect("it ends");
        Account {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            status: status.code().unwrap_or(-1),
        }
    }
}

/// Two texts line by line: `-` is in the first only, `+` in the second only. Lines far from a difference are left out.
pub fn difference(first: &str, second: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (first.lines().collect(), second.lines().collect());
    // The longest common subsequence of what follows each pair of places.
    let mut longest = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = if a[i] == b[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let mut lines: Vec<(char, &str)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && longest[i + 1][j] >= longest[i][j + 1] {
            lines.push(('-', a[i]));
            i += 1;
        } else {
            lines.push(('+', b[j]));
            j += 1;
        }
    }
    let mut text = String::new();
    let mut left_out = false;
    for (place, (mark, line)) in lines.iter().enumerate() {
        let near = &lines[place.saturating_sub(4)..(place + 4).min(lines.len())];
        if near.iter().any(|(mark, _)| *mark != ' ') {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{mark} {line}");
            left_out = false;
        } else if !left_out {
            text.push_str("  ...\n");
            left_out = true;
        }
    }
    text
}
