//! A run in words: what each event means, as one plain sentence in the present tense.
//!
//! [`account`] is the whole run as an ordered list, for the command line and for those who do not see the diagram.
//! A statement and its outcome are one sentence, told when the outcome is known; a wait is one of its own, and so is
//! what a client does by itself. [`caption`] tells a single event, a statement that has just been sent included. Time is
//! mentioned where it jumps.

use super::place::JUMP;
use super::says::{self, name, names, pairs, target, value, verb};
use super::text::grouped;
use super::thread::{Thread, threads};
use crate::run::{Event, EventKind, LockTarget, Read, Reply, Run, Wait, Write};
use crate::scenario::Scenario;
use crate::sql::ast::IsolationLevel;
use crate::strategy::Plan;

/// Rows that are told one by one; of more, only how many.
const MOST_ROWS: usize = 5;

/// The whole run, one sentence for each thing that happens.
#[must_use]
pub fn account(_scenario: &Scenario, plan: &Plan, run: &Run) -> Vec<String> {
    let told = account_by_event(plan, run).into_iter();
    told.map(|(_, sentence)| sentence).collect()
}

/// The same, each sentence with the event that it tells.
#[must_use]
pub fn account_by_event(plan: &Plan, run: &Run) -> Vec<(usize, String)> {
    let threads = threads(run, plan.sessions.len());
    let teller = Teller {
        plan,
        run,
        threads: &threads,
    };
    let mut told = 0;
    let mut sentences = Vec::new();
    for (index, event) in run.events.iter().enumerate() {
        if !matches!(event.kind, EventKind::Sent { .. }) {
            sentences.push((index, teller.timed(index, told)));
            told = index;
        }
    }
    sentences
}

/// What one event means; empty when there is no such event.
#[must_use]
pub fn caption(_scenario: &Scenario, plan: &Plan, run: &Run, event: usize) -> String {
    told(plan, run, event, event.saturating_sub(1))
}

/// The same without the time that has passed.
#[must_use]
pub fn sentence(plan: &Plan, run: &Run, event: usize) -> String {
    told(plan, run, event, event)
}

fn told(plan: &Plan, run: &Run, event: usize, before: usize) -> String {
    if event >= run.events.len() {
        return String::new();
    }
    let threads = threads(run, plan.sessions.len());
    let teller = Teller {
        plan,
        run,
        threads: &threads,
    };
    teller.timed(event, before)
}

struct Teller<'a> {
    plan: &'a Plan,
    run: &'a Run,
    threads: &'a [Thread],
}

impl Teller<'_> {
    /// The sentence, with the time since the event told before it when that is a jump.
    fn timed(&self, index: usize, before: usize) -> String {
        let events = &self.run.events;
        let jump = events[index].at.0.saturating_sub(events[before].at.0);
        let sentence = self.sentence(index, &events[index]);
        if jump > JUMP {
            format!("{} ms later: {sentence}", grouped(jump))
        } else {
            sentence
        }
    }

    fn sentence(&self, index: usize, event: &Event) -> String {
        let thread = &self.threads[index];
        let who = name(&self.plan.sessions, event.session);
        match &event.kind {
            EventKind::Sent { sql } => format!("{who} sends {sql}."),
            EventKind::Blocked(wait) => self.blocked(who, wait, thread),
            EventKind::Replied(reply) => {
                let mut sentence = self.replied(who, event, reply, thread);
                if thread.blocked.is_some() {
                    sentence = format!("The wait is over: {sentence}");
                }
                for notice in &reply.notices {
                    sentence += &format!(" The server warns: {notice}.");
                }
                sentence
            }
            EventKind::Failed(error) => {
                let verb = self.sql(thread).map_or("statement", verb);
                format!("{who}'s {verb} fails: {error}.")
            }
            EventKind::RequireHeld { condition } => {
                format!("{who} checks that {condition}: it holds.")
            }
            EventKind::RequireFailed { condition, reason } => {
                format!("{who} checks that {condition}: it does not hold ({reason}).")
            }
            EventKind::VersionConflict => {
                format!("{who} sees that no row matched: the row has changed since it was read.")
            }
            EventKind::Unsendable { reason } => {
                format!("{who} cannot send the next statement: {reason}.")
            }
            EventKind::Retry { attempt } => {
                format!("{who} starts the transaction again: attempt {attempt}.")
            }
            EventKind::GaveUp { reason } => format!("{who} gives up: {reason}."),
            EventKind::Client(note) => {
                let session = self.plan.sessions.get(event.session.0);
                note.sentence(session.map_or(who, |session| says::caller(session, note)))
            }
        }
    }

    fn sql(&self, thread: &Thread) -> Option<&str> {
        match &self.run.events[thread.sent?].kind {
            EventKind::Sent { sql } => Some(sql),
            _ => None,
        }
    }

    fn blocked(&self, who: &str, wait: &Wait, thread: &Thread) -> String {
        let blockers = names(&self.plan.sessions, &wait.blockers);
        let what = target(&wait.target);
        let wants = match &wait.target {
            LockTarget::Row { .. } if wait.blockers.len() == wait.held.len() => {
                format!("asks to lock {what} and waits for")
            }
            LockTarget::Row { .. } => format!("asks to lock {what} and queues behind"),
            LockTarget::Key { .. } => format!("wants to insert {what} and waits for"),
            LockTarget::Other { .. } if wait.blockers.is_empty() => {
                return format!("{who} waits for {what}.");
            }
            LockTarget::Other { .. } => format!("wants {what} and waits for"),
        };
        match thread.blocked {
            Some(_) => format!("{who} waits on: now it {wants} {blockers}."),
            None => format!("{who} {wants} {blockers}."),
        }
    }

    fn replied(&self, who: &str, event: &Event, reply: &Reply, thread: &Thread) -> String {
        let sql = self.sql(thread).unwrap_or_default();
        match (verb(sql), reply.tag.as_str()) {
            ("COMMIT", "ROLLBACK") => {
                format!("{who} asks to commit, and the server rolls back: a statement had failed.")
            }
            (_, "BEGIN") => {
                let transaction = event.transaction.map(|id| &self.run.transactions[id.0]);
                match transaction.map_or(IsolationLevel::ReadCommitted, |t| t.isolation) {
                    IsolationLevel::ReadCommitted => format!("{who} begins a transaction."),
                    level => format!("{who} begins a transaction at {level}."),
                }
            }
            (_, "COMMIT") => format!("{who} commits."),
            (_, "ROLLBACK") => match sql.split_once(" TO ") {
                Some((_, savepoint)) => {
                    let name = savepoint.trim_start_matches("SAVEPOINT ");
                    format!("{who} rolls back to the savepoint {name}.")
                }
                None => format!("{who} rolls back."),
            },
            ("SELECT", _) => self.selected(who, reply),
            (verb, _) if reply.writes.is_empty() => match reply.searches.first() {
                Some(search) if search.condition.is_empty() => {
                    format!("{who}'s {verb} finds no row of {}.", search.table)
                }
                Some(search) => {
                    let (table, condition) = (&search.table, &search.condition);
                    format!("{who}'s {verb} finds no row of {table} where {condition}.")
                }
                None => format!("{who}'s {verb} is carried out: {}.", reply.tag),
            },
            (verb, _) => {
                let writes = reply.writes.iter().take(MOST_ROWS);
                let mut parts: Vec<String> =
                    writes.map(|write| self.written(event, write)).collect();
                if reply.writes.len() > MOST_ROWS {
                    let more = reply.writes.len() - MOST_ROWS;
                    parts.push(format!("does the same to {more} rows more"));
                }
                // Outside a transaction block a statement is one by itself.
                let ended = if thread.releases {
                    ", and that is committed"
                } else {
                    ""
                };
                format!("{who}'s {verb} {}{ended}.", parts.join("; "))
            }
        }
    }

    /// `reads quantity = 10 of stock id = 42`
    fn selected(&self, who: &str, reply: &Reply) -> String {
        let locks = match reply.locked.as_slice() {
            [] => String::new(),
            [one] => format!(" and locks it {}", one.strength.clause()),
            [first, ..] => format!(" and locks them {}", first.strength.clause()),
        };
        let empty = Default::default();
        let result = reply.rows.as_ref().unwrap_or(&empty);
        let rows = &result.rows;
        let what = match (
            rows.as_slice(),
            reply.reads.as_slice(),
            reply.searches.first(),
        ) {
            ([], _, Some(search)) if search.condition.is_empty() => {
                format!("finds no row of {}", search.table)
            }
            ([], _, Some(search)) => {
                format!(
                    "finds no row of {} where {}",
                    search.table, search.condition
                )
            }
            ([], _, None) => "gets no row".to_owned(),
            ([row], [Read { table, key, .. }], _) => {
                format!("reads {} of {table} {key}", pairs(&result.columns, row))
            }
            ([row], _, Some(search)) => {
                format!(
                    "reads {} from {}",
                    pairs(&result.columns, row),
                    search.table
                )
            }
            ([row], ..) => format!("reads {}", pairs(&result.columns, row)),
            (_, _, search) => {
                let from = search.map_or(String::new(), |search| format!(" of {}", search.table));
                let told = rows.iter().take(MOST_ROWS);
                let told: Vec<String> = told
                    .map(|row| format!("({})", pairs(&result.columns, row)))
                    .collect();
                let dots = if rows.len() > MOST_ROWS { ", …" } else { "" };
                format!("reads {} rows{from}: {}{dots}", rows.len(), told.join(", "))
            }
        };
        format!("{who} {what}{locks}.")
    }

    /// `changes quantity of stock id = 42 from 10 to 9`
    fn written(&self, event: &Event, write: &Write) -> String {
        let row = format!("{} {}", write.table, write.key);
        let columns = says::columns(self.run, &write.table);
        match (&write.old, &write.new) {
            (None, Some(new)) => {
                format!("puts ({}) into {}", pairs(columns, new), write.table)
            }
            (Some(_), None) => format!("deletes {row}"),
            _ => {
                let changes = says::changes(self.run, self.plan, event, write);
                match changes.as_slice() {
                    [] => format!("leaves {row} as it was"),
                    [one] if one.old == one.new => {
                        let value = value(one.new);
                        format!(
                            "sets {} of {row} to {value}, which it was already",
                            one.column
                        )
                    }
                    [one] => {
                        let (old, new) = (value(one.old), value(one.new));
                        format!("changes {} of {row} from {old} to {new}", one.column)
                    }
                    several => {
                        let parts: Vec<String> = several
                            .iter()
                            .map(|one| {
                                let (old, new) = (value(one.old), value(one.new));
                                format!("{} from {old} to {new}", one.column)
                            })
                            .collect();
                        format!("changes {row}: {}", parts.join(", "))
                    }
                }
            }
        }
    }
}
