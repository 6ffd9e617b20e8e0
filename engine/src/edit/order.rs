//! What is odd about the order of a session's own steps.
//!
//! PostgreSQL takes most of it with a warning, or fails; a client that is gone does nothing at all. None of that is an error of
//! the text (`scenario::check` has those): it may be just what somebody wants to show. So each is a note at its step, in the
//! words of PostgreSQL where it has some (`xact.c`: `BeginTransactionBlock`, `EndTransactionBlock`, `CheckTransactionBlock`).

use super::names::{columns, tables};
use crate::collections::Set;
use crate::scenario::{Action, Columns, Fault, Scenario, SessionId, StepId, binds};
use crate::sql::ast::{Expr, SetScope, Statement};
use crate::sql::visit::{each_expr, walk};

/// The notes, in the order of the steps; at most a few a step.
#[must_use]
pub fn notes(scenario: &Scenario) -> Vec<(StepId, String)> {
    let tables = columns(&tables(scenario));
    let mut notes = Vec::new();
    for lane in 0..scenario.sessions.len() {
        let mut session = Session {
            notes: &mut notes,
            tables: &tables,
            block: None,
            gone: None,
            sent: false,
            savepoints: Vec::new(),
            inside: Set::new(),
            over: Set::new(),
        };
        let steps = scenario.timeline.iter().enumerate();
        for (place, step) in steps.filter(|(_, step)| step.session == SessionId(lane)) {
            session.step(StepId(place), &step.action);
        }
        session.end();
    }
    crate::collections::sort_by_key(&mut notes, |(step, _)| *step);
    notes
}

/// Whether a session is in a transaction block when it comes to a place on the timeline.
#[must_use]
pub(super) fn is_in_block(scenario: &Scenario, session: SessionId, at: usize) -> bool {
    let before = scenario.timeline.iter().take(at);
    let own = before.filter(|step| step.session == session);
    own.fold(false, |inside, step| match &step.action {
        Action::Sql(sql) => match sql.statement {
            Statement::Begin(_) => true,
            Statement::Commit | Statement::Rollback => false,
            _ => inside,
        },
        Action::Fault(Fault::Crash | Fault::LoseReply | Fault::Restart) => false,
        Action::Fault(_) | Action::Require(_) => inside,
    })
}

/// A session on its way through its steps.
struct Session<'a> {
    notes: &'a mut Vec<(StepId, String)>,
    tables: &'a Columns,
    /// The BEGIN of the transaction block that is open.
    block: Option<StepId>,
    /// What the client is gone by.
    gone: Option<Fault>,
    /// Whether something was sent since the client was started.
    sent: bool,
    /// The savepoints of the block.
    savepoints: Vec<String>,
    /// The host variables that the block has read, and nothing before it.
    inside: Set<String>,
    /// The same of the last block, which is over.
    over: Set<String>,
}

impl Session<'_> {
    fn note(&mut self, step: StepId, note: String) {
        self.notes.push((step, note));
    }

    fn step(&mut self, step: StepId, action: &Action) {
        if let (Some(fault), false) = (self.gone, *action == Action::Fault(Fault::Restart)) {
            let what = match fault {
                Fault::Hang => "hangs",
                _ => "has crashed",
            };
            let note =
                format!("The client {what}: this step is not made without `restart` before it.");
            return self.note(step, note);
        }
        match action {
            Action::Sql(sql) => {
                self.statement(step, &sql.statement);
                self.sent = true;
            }
            Action::Require(_) => {}
            Action::Fault(fault) => self.fault(step, *fault),
        }
    }

    fn fault(&mut self, step: StepId, fault: Fault) {
        match fault {
            Fault::Crash | Fault::Hang => {
                self.gone = Some(fault);
                self.leave_block();
            }
            Fault::Restart => {
                if self.gone.take().is_none() {
                    self.note(
                        step,
                        "There is nothing to start again: no `crash` stands before it.".to_owned(),
                    );
                }
                self.sent = false;
                self.over = Set::new();
            }
            Fault::LoseReply | Fault::Redeliver => {
                if !self.sent {
                    let what = if fault == Fault::Redeliver {
                        "delivered again"
                    } else {
                        "lost"
                    };
                    self.note(
                        step,
                        format!("No transaction stands before it whose message could be {what}."),
                    );
                }
                // The server rolls back what was not committed when the connection is gone.
                if fault == Fault::LoseReply {
                    self.leave_block();
                }
            }
        }
    }

    fn statement(&mut self, step: StepId, statement: &Statement) {
        match statement {
            Statement::Begin(_) => {
                if let Some(begin) = self.block {
                    let note = format!(
                        "PostgreSQL warns that there is already a transaction in progress: that of step {}.",
                        begin.0 + 1
                    );
                    return self.note(step, note);
                }
                self.block = Some(step);
                self.savepoints.clear();
                self.over = Set::new();
            }
            Statement::Commit | Statement::Rollback => {
                if self.block.is_none() {
                    self.note(
                        step,
                        "PostgreSQL warns that there is no transaction in progress.".to_owned(),
                    );
                }
                let read = std::mem::take(&mut self.inside);
                let commits = *statement == Statement::Commit && self.block.is_some();
                self.leave_block();
                self.over = if commits { read } else { Set::new() };
            }
            Statement::Savepoint(name) => {
                self.needs_block(step, "SAVEPOINT");
                self.savepoints.push(name.name.clone());
            }
            Statement::RollbackTo(name) => {
                if self.needs_block(step, "ROLLBACK TO SAVEPOINT")
                    && let Some(at) = self.savepoint(step, &name.name)
                {
                    self.savepoints.truncate(at + 1);
                }
            }
            Statement::Release(name) => {
                if self.needs_block(step, "RELEASE SAVEPOINT")
                    && let Some(at) = self.savepoint(step, &name.name)
                {
                    self.savepoints.truncate(at);
                }
            }
            Statement::LockTable(_) => {
                self.needs_block(step, "LOCK TABLE");
            }
            Statement::Set(set) if set.scope == SetScope::Local => {
                self.warned_of(step, "SET LOCAL")
            }
            Statement::SetTransaction(_, SetScope::Local) => {
                self.warned_of(step, "SET TRANSACTION")
            }
            Statement::Select(select) if !select.locking.is_empty() && self.block.is_none() => {
                let clause = select.locking[0].strength.clause();
                self.note(step, format!("{clause} outside a transaction block: its row locks end with the statement itself."));
            }
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => {
                self.stray(step, statement)
            }
            _ => {}
        }
        for name in binds(statement, self.tables) {
            if self.block.is_some() {
                self.inside.insert(name);
            } else {
                // Read again, after the transaction.
                self.over = self
                    .over
                    .iter()
                    .filter(|it| **it != name)
                    .cloned()
                    .collect();
            }
        }
    }

    /// A write after the COMMIT, with what was read before it.
    fn stray(&mut self, step: StepId, statement: &Statement) {
        if self.block.is_some() || self.over.is_empty() {
            return;
        }
        let mut used: Option<&str> = None;
        each_expr(statement, &mut |expr| {
            walk(expr, &mut |expr| {
                if let Expr::HostVariable(name) = expr
                    && used.is_none()
                    && self.over.contains(&name.name)
                {
                    used = Some(&name.name);
                }
            });
        });
        if let Some(name) = used {
            let note = format!(
                "It writes what it makes of :{name} after the COMMIT of the transaction that read it, outside of that transaction."
            );
            self.note(step, note);
        }
    }

    /// Whether a transaction block is open; PostgreSQL refuses the statement without one.
    fn needs_block(&mut self, step: StepId, what: &str) -> bool {
        if self.block.is_none() {
            self.note(
                step,
                format!("PostgreSQL refuses it: {what} can only be used in transaction blocks."),
            );
        }
        self.block.is_some()
    }

    fn warned_of(&mut self, step: StepId, what: &str) {
        if self.block.is_none() {
            self.note(step, format!("PostgreSQL warns that {what} can only be used in transaction blocks; it does nothing."));
        }
    }

    fn savepoint(&mut self, step: StepId, name: &str) -> Option<usize> {
        let found = self.savepoints.iter().rposition(|it| it == name);
        if found.is_none() {
            self.note(
                step,
                format!("PostgreSQL refuses it: savepoint \"{name}\" does not exist."),
            );
        }
        found
    }

    fn leave_block(&mut self) {
        self.block = None;
        self.savepoints.clear();
        self.inside = Set::new();
        self.over = Set::new();
    }

    /// Nothing more comes.
    fn end(mut self) {
        if let Some(begin) = self.block {
            self.note(begin, "This transaction is never ended: no COMMIT or ROLLBACK follows, and it keeps its locks.".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::STORIES;
    use crate::scenario::read;

    const SETUP: &str = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 1);\n\ntimeline:\n";

    /// `golden/order.txt` holds timelines, each followed by `---` and its notes.
    #[test]
    fn notes_are_what_the_golden_file_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/edit/golden/order.txt");
        let golden = std::fs::read_to_string(path).expect("a golden file");
        let mut written = Vec::new();
        for part in golden.split("\n\n") {
            let timeline = part.split("---").next().unwrap_or_default().trim_end();
            let text = format!(
                "{SETUP}{}\n",
                timeline.replace('\n', "\n  ").replacen("A", "  A", 1)
            );
            let scenario = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            let notes: Vec<String> = notes(&scenario)
                .into_iter()
                .map(|(step, note)| format!("\n{}: {note}", step.0 + 1))
                .collect();
            written.push(format!("{timeline}\n---{}", notes.concat()));
        }
        let written = written.join("\n\n") + "\n";
        if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &written).expect("the golden file can be written");
        }
        assert_eq!(written, golden, "ROWLOCK_UPDATE_GOLDEN=1 writes it anew");
    }

    #[test]
    fn nothing_is_odd_in_the_stories() {
        for story in STORIES {
            let scenario = read(story.text).expect("a story is sound");
            assert_eq!(notes(&scenario), [], "{}", story.slug);
        }
    }
}
