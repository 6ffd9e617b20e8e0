//! Requests and answers between a session that is a service and those it works for (`client:` below the session).
//!
//! Nothing of it is an event: it is read out of the run's transactions. The attempts at one transaction are one request. It
//! comes in with the first event of the first attempt and is answered after what the session does last in the last one. A
//! reply that is lost goes out at that fault and does not arrive; the same request again, or the same message, comes in at
//! the fault that says so. Who crashes, hangs or is started again before it does anything else has not answered.

use crate::ids::SessionId;
use crate::run::{ClientNote, EventKind, Outcome, Run, Transaction};
use crate::scenario::Session;

/// A request or its answer, at an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The event that it is told with.
    pub event: usize,
    /// Who is asked, and answers.
    pub session: SessionId,
    /// What it is.
    pub kind: CallKind,
    /// What it says.
    pub words: String,
}

/// What goes between a session and its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// To the session.
    Request,
    /// To the client.
    Answer,
    /// To the client, that something went wrong: a conflict, an error.
    Failure,
    /// To the client, who does not get it.
    Lost,
}

impl CallKind {
    /// Whether it comes before what the event itself is.
    pub(crate) fn leads(self) -> bool {
        matches!(self, Self::Request | Self::Lost)
    }
}

/// For whom sessions work, each once, in the order of the sessions.
pub(crate) fn clients(sessions: &[Session]) -> Vec<&str> {
    let mut names = Vec::new();
    for name in sessions.iter().filter_map(|it| it.client.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// All requests and answers, in the order of their events.
pub(crate) fn calls(run: &Run, sessions: &[Session]) -> Vec<Call> {
    let mut calls = Vec::new();
    for (place, session) in sessions.iter().enumerate() {
        if session.client.is_some() {
            Reader::new(run, SessionId(place)).read(&mut calls);
        }
    }
    // At a fault, what is lost comes before what is asked.
    crate::collections::sort_by_key(&mut calls, |call| call.event);
    calls
}

/// Reads what one session was asked and answered.
struct Reader<'a> {
    run: &'a Run,
    session: SessionId,
    /// The session's events, as places in the run's.
    own: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(run: &'a Run, session: SessionId) -> Self {
        let events = run.events.iter().enumerate();
        let own = events.filter(|(_, event)| event.session == session);
        Self {
            run,
            session,
            own: own.map(|(index, _)| index).collect(),
        }
    }

    fn read(&self, calls: &mut Vec<Call>) {
        let transactions = self.run.transactions.iter();
        let mut own = transactions
            .filter(|transaction| transaction.session == self.session)
            .peekable();
        while let Some(first) = own.next() {
            let mut last = first;
            let same = |next: &&Transaction| {
                (next.number, next.delivery) == (first.number, first.delivery)
            };
            while let Some(next) = own.next_if(same) {
                last = next;
            }
            calls.push(self.request(first));
            calls.extend(self.answer(last));
        }
    }

    fn call(&self, event: usize, kind: CallKind, words: String) -> Call {
        Call {
            event,
            session: self.session,
            kind,
            words,
        }
    }

    /// The session's own events, by their place among them.
    fn kind(&self, place: usize) -> Option<&'a EventKind> {
        self.own
            .get(place)
            .map(|event| &self.run.events[*event].kind)
    }

    fn note(&self, place: usize) -> Option<&'a ClientNote> {
        match self.kind(place) {
            Some(EventKind::Client(note)) => Some(note),
            _ => None,
        }
    }

    fn request(&self, first: &Transaction) -> Call {
        let mut place = self.own.partition_point(|event| *event < first.first);
        if first.delivery > 0 {
            for before in (0..place).rev() {
                let words = match self.note(before) {
                    Some(ClientNote::SentAgain) => "the same request again",
                    Some(ClientNote::Redelivered) => "delivered again",
                    _ => continue,
                };
                return self.call(self.own[before], CallKind::Request, words.to_owned());
            }
        }
        // The lock of the process is taken for the request, before its transaction begins.
        while place > 0 && self.opens(place - 1) {
            place -= 1;
        }
        let words = match first.number {
            0 => "request".to_owned(),
            number => format!("request {}", number + 1),
        };
        let event = self.own.get(place).copied().unwrap_or(first.first);
        self.call(event, CallKind::Request, words)
    }

    /// Whether the session takes the lock of its process, or waits for it, between two transactions.
    fn opens(&self, place: usize) -> bool {
        let outside = self.run.events[self.own[place]].transaction.is_none();
        outside
            && matches!(
                self.kind(place),
                Some(
                    EventKind::Blocked(_)
                        | EventKind::Client(ClientNote::Locked(_) | ClientNote::Stamped)
                )
            )
    }

    fn answer(&self, last: &Transaction) -> Option<Call> {
        let mut place = self.own.partition_point(|event| *event < last.last);
        let lost = |place: usize, words: &str| {
            Some(self.call(self.own[place], CallKind::Lost, words.to_owned()))
        };
        if matches!(last.outcome, Outcome::Lost | Outcome::Open) {
            return match self.note(place) {
                Some(ClientNote::ReplyLost) => lost(place, "lost"),
                _ => None,
            };
        }
        // What ends the request in the session, after its transaction.
        let mut reason = None;
        loop {
            match self.kind(place + 1) {
                Some(EventKind::GaveUp { reason: why }) if reason.is_none() => reason = Some(why),
                Some(EventKind::Client(
                    ClientNote::Unlocked | ClientNote::StampGood | ClientNote::StampBad,
                )) => {}
                _ => break,
            }
            place += 1;
        }
        let (kind, words) = match (&last.outcome, reason) {
            (Outcome::AlreadyDone, _) => (CallKind::Answer, "already done".to_owned()),
            (Outcome::Committed, None) => (CallKind::Answer, "done".to_owned()),
            (Outcome::RolledBack, None) => (CallKind::Answer, "rolled back".to_owned()),
            (Outcome::Refused(reason), _) => (CallKind::Answer, format!("refused: {reason}")),
            (Outcome::Conflict(_), Some(reason)) => {
                (CallKind::Failure, format!("conflict: {reason}"))
            }
            // Another attempt would have come.
            (Outcome::Conflict(_), None) => return None,
            // Which one, the session has just been told; that is not for those outside.
            _ => (CallKind::Failure, "error".to_owned()),
        };
        match self.note(place + 1) {
            Some(ClientNote::ReplyLost) => lost(place + 1, &format!("lost: “{words}”")),
            Some(ClientNote::Crashed | ClientNote::Hung | ClientNote::Restarted) => None,
            _ => Some(self.call(self.own[place], kind, words)),
        }
    }
}
