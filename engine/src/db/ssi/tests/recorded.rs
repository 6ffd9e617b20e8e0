//! Histories, most of them random, with what a PostgreSQL 15 server said to them.
//!
//! `recorded.txt` has one command a line, of sessions a, b, c and so on; after `->` stands why it was refused. A session
//! whose command is refused has its transaction rolled back. `waits` and `goes on` are DEFERRABLE transactions. The
//! commands are played again, and must give the same text.

use super::super::{Access, Safety};
use super::server::{Server, Tx};
use crate::db::SqlError;

#[test]
fn what_the_server_said_comes_out_again() {
    let recorded = include_str!("recorded.txt");
    for history in recorded.split("\n\n") {
        assert_eq!(replay(history.trim_end()), history.trim_end());
    }
}

/// The sessions of a history that have a transaction, in alphabetical order.
#[derive(Default)]
struct Sessions {
    open: Vec<(String, Tx)>,
    waiting: Vec<String>,
}

fn replay(history: &str) -> String {
    let mut lines = history.lines();
    let head = lines.next().unwrap_or_default();
    let rows = head.split(' ').next().and_then(|count| count.parse().ok());
    let mut server = Server::with_rows(rows.expect("a history begins with its number of rows"));
    let mut sessions = Sessions::default();
    let mut told = vec![head.to_owned()];
    for line in lines {
        let command = line.split(" -> ").next().unwrap_or(line);
        let (name, what) = command.split_once(' ').expect("a session and a command");
        if !["waits", "goes on"].contains(&what) {
            told.extend(play(&mut server, &mut sessions, name, what));
        }
    }
    told.join("\n")
}

/// Carries a command out. Returns the lines that it makes.
fn play(server: &mut Server, sessions: &mut Sessions, name: &str, what: &str) -> Vec<String> {
    let mut told = Vec::new();
    let (verb, argument) = what.split_once(' ').unwrap_or((what, ""));
    if verb == "begin" {
        let tx = match argument {
            "" => server.begin(),
            "read only" => server.begin_as(Access::ReadOnly),
            "deferrable" => server.begin_as(Access::ReadOnlyDeferrable),
            _ => server.begin_untracked(),
        };
        told.push(format!("{name} {what}"));
        sessions.open.push((name.to_owned(), tx));
        sessions.open.sort();
        if argument == "deferrable" && server.settle(tx) == Safety::Open {
            sessions.waiting.push(name.to_owned());
            told.push(format!("{name} waits"));
        }
        return told;
    }
    let place = sessions.open.iter().position(|(other, _)| other == name);
    let (_, tx) = sessions.open[place.expect("it has begun")];
    let row = || argument.parse().expect("a row");
    let result = match verb {
        "scan" => server.scan(tx),
        "read" => server.read(tx, row()),
        "update" => server.update(tx, row()),
        "delete" => server.delete(tx, row()),
        "insert" => server.insert(tx),
        "commit" => server.commit(tx).map(drop),
        _ => Err(SqlError::new(crate::db::SqlState::INTERNAL, "rollback")),
    };
    match &result {
        Err(error) if verb != "rollback" => told.push(format!("{name} {what} -> {}", why(error))),
        _ => told.push(format!("{name} {what}")),
    }
    if result.is_err() || verb == "commit" {
        if result.is_err() && verb != "commit" {
            server.rollback(tx);
        }
        sessions.open.retain(|(other, _)| other != name);
        told.extend(wake(server, sessions));
    }
    told
}

fn wake(server: &mut Server, sessions: &mut Sessions) -> Vec<String> {
    let mut told = Vec::new();
    for (name, tx) in &sessions.open {
        if !sessions.waiting.contains(name) {
            continue;
        }
        while server.settle(*tx) == Safety::Unsafe {}
        if server.serial(*tx).is_none() {
            sessions.waiting.retain(|other| other != name);
            told.push(format!("{name} goes on"));
        }
    }
    told
}

/// The reason code, without the number of a transaction, which differs from server to server.
fn why(error: &SqlError) -> String {
    let detail = error.detail.clone().unwrap_or_default();
    let reason = detail.replace("Reason code: Canceled on ", "");
    let mut words: Vec<&str> = reason.trim_end_matches('.').split(' ').collect();
    words.retain(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    words.join(" ").replace("pivot during", "pivot, during")
}
