//! The transactions that did not go through at once: who was turned away and why, who tried again, who waited.

use super::sentence::Teller;
use super::words::{distinct, list};
use crate::ids::SessionId;
use crate::run::{Conflict, EventKind, Outcome, Run, Transaction, TransactionId};

/// Why a transaction did not commit.
#[derive(PartialEq, Eq)]
enum Setback {
    /// It waited in a circle; the whole sentence.
    Deadlock(String),
    /// The server or a version said no.
    Refused(String),
    /// The client's own check or guard said no.
    Own(String),
    /// The client could not send a statement.
    Stuck(String),
}

/// The last attempts at transactions that ended otherwise than their authors drew.
pub(super) fn turned_away(run: &Run) -> Vec<TransactionId> {
    let last = |about: &Transaction| {
        !run.transactions.iter().any(|other| {
            (other.session, other.number) == (about.session, about.number)
                && other.attempt > about.attempt
        })
    };
    let away = |about: &&(usize, &Transaction)| {
        matches!(
            about.1.outcome,
            Outcome::Refused(_) | Outcome::Conflict(_) | Outcome::Failed(_)
        ) && last(about.1)
    };
    let all: Vec<_> = run.transactions.iter().enumerate().collect();
    all.iter()
        .filter(away)
        .map(|(id, _)| TransactionId(*id))
        .collect()
}

impl Teller<'_> {
    /// Who was turned away and why; those with the same reason together.
    pub fn turned_away(&self) -> String {
        let mut groups: Vec<(Setback, Vec<&str>)> = Vec::new();
        for id in turned_away(self.run) {
            let name = self.name(self.run.transactions[id.0].session);
            let setback = self.setback(id);
            match groups.iter_mut().find(|(other, _)| *other == setback) {
                Some((_, names)) if !names.contains(&name) => names.push(name),
                Some(_) => {}
                None => groups.push((setback, vec![name])),
            }
        }
        let groups: Vec<String> = groups
            .into_iter()
            .map(|(setback, names)| {
                let one = names.len() == 1;
                let names = list(&names);
                match setback {
                    Setback::Deadlock(story) => story,
                    Setback::Refused(why) if one => {
                        format!("{names} was turned away ({why}) and told so")
                    }
                    Setback::Refused(why) => {
                        format!("{names} were turned away ({why}) and told so")
                    }
                    Setback::Own(why) if one => {
                        format!("{names} rolled back by its own check ({why})")
                    }
                    Setback::Own(why) => format!("{names} rolled back by their own check ({why})"),
                    Setback::Stuck(why) => format!("{names} could not go on ({why})"),
                }
            })
            .collect();
        groups.join("; ")
    }

    /// Why a transaction did not commit.
    fn setback(&self, id: TransactionId) -> Setback {
        let about = &self.run.transactions[id.0];
        match &about.outcome {
            Outcome::Conflict(Conflict::Version) => Setback::Refused("version conflict".to_owned()),
            Outcome::Conflict(Conflict::Server(error)) => self.deadlock(id).map_or_else(
                || {
                    let state = error.state.0;
                    Setback::Refused(format!("{}, {state}", conflict_name(state)))
                },
                Setback::Deadlock,
            ),
            Outcome::Conflict(Conflict::NotGranted) => {
                Setback::Refused("the lock was taken".to_owned())
            }
            Outcome::Conflict(Conflict::Stamp) => Setback::Refused("stamp not good".to_owned()),
            Outcome::Refused(reason) => {
                let unsendable = (about.first..=about.last).any(|event| {
                    let event = &self.run.events[event];
                    event.transaction == Some(id)
                        && matches!(event.kind, EventKind::Unsendable { .. })
                });
                if unsendable {
                    Setback::Stuck(reason.clone())
                } else {
                    Setback::Own(reason.clone())
                }
            }
            Outcome::Failed(error) => Setback::Refused(error.message.clone()),
            Outcome::Committed
            | Outcome::RolledBack
            | Outcome::AlreadyDone
            | Outcome::Lost
            | Outcome::Open => Setback::Stuck("it has not ended".to_owned()),
        }
    }

    /// `A and B waited for each other: PostgreSQL chose B as the victim (40P01)`, if that is how a transaction ended.
    fn deadlock(&self, victim: TransactionId) -> Option<String> {
        let about = &self.run.transactions[victim.0];
        let Outcome::Conflict(Conflict::Server(error)) = &about.outcome else {
            return None;
        };
        let failed = (about.first..=about.last)
            .find(|&event| matches!(&self.run.events[event].kind, EventKind::Failed(_)))?;
        if error.state != crate::db::SqlState::DEADLOCK_DETECTED {
            return None;
        }
        // What each session waited for at that moment.
        let waits_for = |session: SessionId| {
            self.run.events[..failed]
                .iter()
                .rev()
                .find(|event| event.session == session)
                .and_then(|event| match &event.kind {
                    EventKind::Blocked(wait) => wait.blockers.first().copied(),
                    _ => None,
                })
        };
        let mut circle = vec![about.session];
        let mut at = about.session;
        while let Some(next) = waits_for(at).filter(|next| !circle.contains(next)) {
            circle.push(next);
            at = next;
        }
        crate::collections::sort_by(&mut circle, Ord::cmp);
        let names: Vec<&str> = circle.iter().map(|&who| self.name(who)).collect();
        let how = match names.len() {
            0 | 1 => return None,
            2 => "waited for each other",
            _ => "waited for each other in a circle",
        };
        Some(format!(
            "{} {how}: PostgreSQL chose {} as the victim (40P01)",
            list(&names),
            self.name(about.session)
        ))
    }

    /// Whether any transaction was the victim of a deadlock.
    fn any_deadlock(&self) -> bool {
        (0..self.run.transactions.len()).any(|id| self.deadlock(TransactionId(id)).is_some())
    }

    /// Who tried again, and else who waited for whom.
    pub fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        let mut again = Vec::new();
        for (id, about) in self.run.transactions.iter().enumerate() {
            let next = self.run.transactions[id..].iter().any(|other| {
                (other.session, other.number, other.delivery, other.attempt)
                    == (
                        about.session,
                        about.number,
                        about.delivery,
                        about.attempt + 1,
                    )
            });
            if next {
                facts.extend(self.deadlock(TransactionId(id)));
                again.push(self.name(about.session));
            }
        }
        let again = distinct(again);
        match again.as_slice() {
            [] => {}
            [only] => facts.push(format!("{only} was told of the conflict and tried again")),
            several => facts.push(format!(
                "{} were told of the conflict and tried again",
                list(several)
            )),
        }
        let before = self.run.transactions.iter();
        let before = before.filter(|about| about.outcome == Outcome::AlreadyDone);
        for who in distinct(before.map(|about| self.name(about.session))) {
            facts.push(format!(
                "{who} found that its request had been carried out before"
            ));
        }
        let waits = self
            .run
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Blocked(wait) if !wait.blockers.is_empty() => {
                    Some((self.name(event.session), self.blockers(wait)))
                }
                _ => None,
            });
        let mut waits = distinct(waits);
        if again.is_empty() && !self.any_deadlock() {
            waits.truncate(2);
            let waits: Vec<String> = waits
                .iter()
                .map(|(who, whom)| format!("{who} waited for {whom}"))
                .collect();
            if !waits.is_empty() {
                facts.push(list(&waits));
            }
        }
        facts
    }
}

/// The condition name of a conflict, in words (manual, appendix A).
fn conflict_name(state: &str) -> &'static str {
    match state {
        "40001" => "serialization failure",
        "40P01" => "deadlock",
        _ => "lock not available",
    }
}
