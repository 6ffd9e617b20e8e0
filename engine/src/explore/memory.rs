//! What has to be remembered of a schedule so that it can be judged at its end.
//!
//! A verdict asks what each committed transaction was told, which steps it made, what its client knew before, and how every
//! transaction ended. All of that is told by the events of its session as they come; nothing else of a schedule's past
//! matters, and what does not matter keeps states apart that are one. So as soon as it is known that something will not be
//! asked for, it is forgotten: the answers of a transaction that was rolled back, an attempt that was followed by another, the
//! names in a deadlock's detail.

use crate::db::SqlError;
use crate::ids::{SessionId, Tick};
use crate::run::{
    Answer, Conflict, Event, EventKind, Outcome, PlannedId, Run, TableState, Told, Transaction,
};
use crate::verdict::Job;

/// A transaction as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Past {
    /// As in [`Transaction`].
    pub number: usize,
    /// As in [`Transaction`].
    pub attempt: u32,
    /// As in [`Transaction`].
    pub delivery: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// What it was told: everything if it committed or is open, else the rows, which its client may go on to use.
    pub answers: Vec<Answer>,
    /// Which of its session's steps it made.
    pub steps: Vec<usize>,
    /// Whether it changed a row.
    pub changed: bool,
    /// Whether what it is told matters to nobody (see `orders`).
    pub deaf: bool,
}

/// What is remembered of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    /// The transactions that ended, in their order.
    pub pasts: Vec<Past>,
    /// The one that is open.
    pub open: Option<Past>,
    /// Since when it waits, and how long it has waited at the longest, in milliseconds; where a rule asks for that.
    pub waits: (Option<Tick>, u64),
}

impl Memory {
    /// Takes events of the session in. `first` is the number in `transactions` of the one that was open before.
    pub fn note<'e>(
        &mut self,
        events: impl Iterator<Item = &'e Event>,
        transactions: &[Transaction],
        mut current: Option<usize>,
        place: &dyn Fn(PlannedId) -> usize,
    ) {
        for event in events {
            let Some(id) = event.transaction.map(|id| id.0) else {
                continue;
            };
            if current != Some(id) {
                self.close(current, transactions);
                current = Some(id);
                self.begin(&transactions[id]);
            }
            let Some(open) = &mut self.open else {
                continue;
            };
            if let Some(place) = event.step.map(place)
                && open.steps.last() != Some(&place)
            {
                open.steps.push(place);
            }
            let answer = match &event.kind {
                EventKind::Replied(reply) => {
                    open.changed |= reply.writes.iter().any(|write| write.old != write.new);
                    match &reply.rows {
                        Some(rows) => Answer::Rows(rows.clone()),
                        None => Answer::Tag(reply.tag.clone()),
                    }
                }
                EventKind::Failed(error) => Answer::Error(plain(error)),
                EventKind::RequireHeld { .. } => Answer::Require(true),
                EventKind::RequireFailed { .. } => Answer::Require(false),
                _ => continue,
            };
            if !open.deaf {
                open.answers.push(answer);
            }
        }
        self.close(current, transactions);
    }

    /// Notes how long the session waits.
    pub fn note_waits<'e>(&mut self, events: impl Iterator<Item = &'e Event>) {
        for event in events {
            let (since, longest) = &mut self.waits;
            match (&event.kind, *since) {
                (EventKind::Blocked(_), None) => *since = Some(event.at),
                (EventKind::Blocked(_), Some(_)) | (_, None) => {}
                (_, Some(began)) => {
                    *since = None;
                    *longest = (*longest).max(event.at.0.saturating_sub(began.0));
                }
            }
        }
    }

    /// How long it has waited at the longest, if the last thing that happened to anybody happened at a time.
    pub fn longest_wait(&self, end: Tick) -> u64 {
        let (since, longest) = self.waits;
        longest.max(since.map_or(0, |since| end.0.saturating_sub(since.0)))
    }

    fn begin(&mut self, about: &Transaction) {
        // Another attempt at the same: the one before is not asked for any more.
        if let Some(last) = self.pasts.last()
            && last.outcome != Outcome::Committed
            && (last.number, last.delivery, last.attempt + 1)
                == (about.number, about.delivery, about.attempt)
        {
            self.pasts.pop();
        }
        self.open = Some(Past {
            number: about.number,
            attempt: about.attempt,
            delivery: about.delivery,
            outcome: Outcome::Open,
            answers: Vec::new(),
            steps: Vec::new(),
            changed: false,
            deaf: false,
        });
    }

    fn close(&mut self, current: Option<usize>, transactions: &[Transaction]) {
        let outcome = current.map(|id| &transactions[id].outcome);
        let Some(outcome) = outcome.filter(|outcome| **outcome != Outcome::Open) else {
            return;
        };
        let Some(mut past) = self.open.take() else {
            return;
        };
        past.outcome = plain_outcome(outcome);
        if past.outcome != Outcome::Committed {
            past.answers
                .retain(|answer| matches!(answer, Answer::Rows(_)));
            past.steps.clear();
            past.changed = false;
        }
        self.pasts.push(past);
    }

    /// The transaction that has committed since this was last done: what it was told is taken out, `None` if it was deaf. The
    /// rest is forgotten as well: who has a single transaction uses nothing of one that has ended.
    pub fn strike_out(&mut self) -> Option<Option<Vec<Answer>>> {
        let mut committed = None;
        for past in &mut self.pasts {
            let answers = std::mem::take(&mut past.answers);
            if past.outcome == Outcome::Committed && !past.steps.is_empty() {
                committed = Some((!past.deaf).then_some(answers));
            }
            past.steps.clear();
            past.changed = false;
            past.deaf = false;
        }
        if let Some(open) = &mut self.open {
            open.steps.clear();
            open.changed = false;
        }
        committed
    }

    /// The session makes no step any more: what its client knew is of no use to it.
    pub fn end(&mut self) {
        for past in self.pasts.iter_mut().rev() {
            if past.outcome == Outcome::Committed {
                break;
            }
            past.answers.clear();
        }
    }

    /// The committed transactions with what each was told, for the search of a serial order.
    pub fn committed(
        &self,
        session: SessionId,
        steps: &[PlannedId],
    ) -> impl Iterator<Item = (Job, Told)> {
        let jobs = self.pasts.iter().enumerate();
        jobs.filter(|(_, past)| past.outcome == Outcome::Committed)
            .map(move |(place, past)| {
                let job = Job {
                    session,
                    steps: past.steps.iter().map(|&step| steps[step]).collect(),
                    known: self.known_before(place),
                };
                let told = Told {
                    answers: past.answers.clone(),
                    outcome: Outcome::Committed,
                };
                (job, told)
            })
    }

    /// What the session read in transactions that were rolled back for good, since its last committed one.
    fn known_before(&self, place: usize) -> Vec<crate::db::RowSet> {
        let own = self.pasts[place].number;
        let later = |earlier: usize| {
            let number = self.pasts[earlier].number;
            number != own
                && !self.pasts[earlier + 1..]
                    .iter()
                    .chain(&self.open)
                    .any(|other| other.number == number)
        };
        let since = self.pasts[..place]
            .iter()
            .rposition(|past| past.outcome == Outcome::Committed)
            .map_or(0, |at| at + 1);
        let mut known = Vec::new();
        for earlier in (since..place).filter(|&earlier| later(earlier)) {
            known.extend(
                self.pasts[earlier]
                    .answers
                    .iter()
                    .filter_map(|answer| match answer {
                        Answer::Rows(rows) => Some(rows.clone()),
                        _ => None,
                    }),
            );
        }
        known
    }

    /// How many transactions committed, and how many were turned away for good.
    pub fn counts(&self) -> (usize, usize) {
        let committed = self
            .pasts
            .iter()
            .filter(|past| past.outcome == Outcome::Committed);
        let away = self.pasts.iter().filter(|past| {
            let turned = matches!(
                past.outcome,
                Outcome::Refused(_) | Outcome::Conflict(_) | Outcome::Failed(_)
            );
            let again = |other: &Past| other.number == past.number && other.attempt > past.attempt;
            turned && !self.pasts.iter().chain(&self.open).any(again)
        });
        (committed.count(), away.count())
    }

    /// Whether a request was carried out again with effect (see `verdict::requests`).
    pub fn carried_out_twice(&self) -> bool {
        let committed = |past: &&Past| past.outcome == Outcome::Committed && past.changed;
        self.pasts.iter().filter(committed).any(|first| {
            self.pasts.iter().filter(committed).any(|second| {
                (second.number, second.delivery) == (first.number, first.delivery + 1)
            })
        })
    }
}

/// An error without what is in it by accident: who stood where in a circle, at which of several places SSI found it.
fn plain(error: &SqlError) -> SqlError {
    let mut error = error.clone();
    if error.is_conflict() {
        error.detail = None;
        error.hint = None;
    }
    error
}

fn plain_outcome(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Conflict(Conflict::Server(error)) => {
            Outcome::Conflict(Conflict::Server(plain(error)))
        }
        other => other.clone(),
    }
}

/// How a schedule ends: all that its verdict is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ending {
    /// Each session's transactions, and whether it still waits.
    pub sessions: Vec<(Memory, bool)>,
    /// The committed tables, rows in an order that says nothing.
    pub tables: Vec<Table>,
}

/// A table at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Table {
    pub name: String,
    pub columns: Vec<String>,
    pub rows: Vec<crate::db::Row>,
}

impl Ending {
    /// The ending of a run.
    pub fn of(run: &Run, sessions: usize, steps: &[Vec<PlannedId>], times: bool) -> Self {
        let memory = |session: usize| {
            let mut memory = Memory::default();
            let place = |step: PlannedId| place_of(&steps[session], step);
            let events = run.events.iter().filter(|event| event.session.0 == session);
            memory.note(events.clone(), &run.transactions, None, &place);
            if times {
                memory.note_waits(events.clone());
            }
            memory.end();
            let waits = matches!(
                events.clone().next_back().map(|event| &event.kind),
                Some(EventKind::Blocked(_))
            );
            (memory, waits)
        };
        Self {
            sessions: (0..sessions).map(memory).collect(),
            tables: tables(&run.database),
        }
    }
}

/// Where among a session's steps one stands.
pub(crate) fn place_of(steps: &[PlannedId], step: PlannedId) -> usize {
    steps
        .binary_search(&step)
        .unwrap_or_else(|place| place.min(steps.len()))
}

/// The committed tables of a database.
pub(crate) fn tables(db: &crate::db::Database) -> Vec<Table> {
    let ids: Vec<_> = db.tables().collect();
    let states = crate::run::tables(db).into_iter();
    states
        .zip(ids)
        .map(|(state, id): (TableState, _)| {
            let mut rows = state.rows;
            if db.table(id).primary_key().is_empty() {
                // Such rows have no order of their own.
                crate::collections::sort_by(&mut rows, |a, b| {
                    let columns = a.iter().zip(b.iter()).map(|(a, b)| a.sql_cmp(b));
                    columns.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                });
            }
            Table {
                name: state.name,
                columns: state.columns,
                rows,
            }
        })
        .collect()
}
