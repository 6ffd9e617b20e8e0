//! How an outcome reads: lines and words for what the explorer found.

use crate::db::SqlError;
use crate::explore::SessionEnd;
use crate::run::{Conflict, Outcome, TableState};

/// So many rows of a table are shown.
const MOST_ROWS: usize = 12;

/// A table's rows in one line.
pub(super) fn table(table: &TableState) -> String {
    let mut line = format!("{}: ", table.name);
    if table.rows.is_empty() {
        line.push_str("no rows");
    }
    for (number, row) in table.rows.iter().take(MOST_ROWS).enumerate() {
        if number > 0 {
            line.push_str(", ");
        }
        let values = table.columns.iter().zip(row.iter());
        let values: Vec<String> = values
            .map(|(column, value)| format!("{column} = {}", value.to_literal()))
            .collect();
        line.push('(');
        line.push_str(&values.join(", "));
        line.push(')');
    }
    if table.rows.len() > MOST_ROWS {
        line.push_str(&format!(", and {} more", table.rows.len() - MOST_ROWS));
    }
    line
}

/// What a session was told of its transactions.
pub(super) fn session(end: &SessionEnd) -> String {
    let mut told: Vec<String> = end.transactions.iter().map(outcome).collect();
    if end.waits {
        told.push("waits for ever".to_owned());
    }
    if told.is_empty() {
        told.push("nothing".to_owned());
    }
    told.join(", then ")
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Committed => "committed".to_owned(),
        Outcome::RolledBack => "rolled back".to_owned(),
        Outcome::Refused(reason) => format!("turned away ({reason})"),
        Outcome::Conflict(Conflict::Version) => "version conflict".to_owned(),
        Outcome::Conflict(Conflict::NotGranted) => "the lock is taken".to_owned(),
        Outcome::Conflict(Conflict::Stamp) => "the stamp is not good".to_owned(),
        Outcome::Conflict(Conflict::Server(error)) => server(error),
        Outcome::Failed(error) => format!("failed ({})", server(error)),
        Outcome::AlreadyDone => "already done".to_owned(),
        Outcome::Lost => "connection lost".to_owned(),
        Outcome::Open => "left open".to_owned(),
    }
}

fn server(error: &SqlError) -> String {
    format!("{}, {}", error.message, error.state.0)
}
