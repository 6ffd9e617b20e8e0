//! Calls on the lock that the threads of one process share.

use super::{ClientNote, Scheduler, Setback};
use crate::ids::SessionId;
use crate::run::{EventKind, LockTarget, PlannedId, Wait, locks};
use crate::sql::ast::RowLock;
use crate::strategy::{Fairness, Hold, Plan, ProcessCall, Strategy};

/// Whether a session's lock is fair.
pub(crate) fn fairness(plan: &Plan, session: SessionId) -> Fairness {
    match plan.clients[session.0].strategy {
        Strategy::InProcess { fairness, .. } => fairness,
        _ => Fairness::default(),
    }
}

impl Scheduler<'_> {
    /// A session makes a call.
    pub(super) fn call(&mut self, session: SessionId, step: PlannedId, call: ProcessCall) {
        match call {
            ProcessCall::Lock(hold) => self.lock(session, step, hold),
            ProcessCall::Unlock => self.let_go(session),
            ProcessCall::Stamp(hold) => {
                let client = &mut self.clients[session.0];
                let again = client.retry.as_ref().is_some_and(|retry| retry.number > 1);
                client.stamp = self.process.stamp().filter(|_| !again);
                // While somebody writes there is no stamp to be had.
                if client.stamp.is_some() && !self.process.waits(session) {
                    self.note(session, step, ClientNote::Stamped);
                } else {
                    self.lock(session, step, hold);
                }
            }
            ProcessCall::Validate => {
                if let Some(stamp) = self.clients[session.0].stamp {
                    if self.process.stamp() == Some(stamp) {
                        self.note(session, step, ClientNote::StampGood);
                    } else {
                        self.stamp_is_bad(session, step);
                    }
                }
            }
            ProcessCall::Convert => {
                let Some(stamp) = self.clients[session.0].stamp else {
                    return;
                };
                let good = self.process.stamp() == Some(stamp)
                    && self.process.others(session).is_empty()
                    && self.process.take(session, Hold::Write, Fairness::Unfair);
                if good {
                    self.note(session, step, ClientNote::Locked(Hold::Write));
                } else {
                    self.stamp_is_bad(session, step);
                }
            }
        }
    }

    fn stamp_is_bad(&mut self, session: SessionId, step: PlannedId) {
        self.note(session, step, ClientNote::StampBad);
        self.set_back(session, step, Setback::Stamp);
    }

    /// Takes the lock, or waits for it: then the same step comes up again when it is free.
    fn lock(&mut self, session: SessionId, step: PlannedId, hold: Hold) {
        let fairness = fairness(self.plan, session);
        let waited = self.process.waits(session);
        if self.process.take(session, hold, fairness) {
            self.note(session, step, ClientNote::Locked(hold));
            return;
        }
        self.clients[session.0].next -= 1;
        if !waited {
            let wait = Wait {
                target: LockTarget::Other {
                    what: "the process's lock".to_owned(),
                },
                strength: match hold {
                    Hold::Write => RowLock::Update,
                    Hold::Read => RowLock::Share,
                },
                blockers: self.process.blockers(session),
                held: self
                    .process
                    .holders()
                    .iter()
                    .map(locks::process_hold)
                    .collect(),
            };
            self.record(session, Some(step), EventKind::Blocked(wait));
        }
    }

    /// Lets the lock go, if the session holds it.
    pub(super) fn let_go(&mut self, session: SessionId) {
        self.clients[session.0].stamp = None;
        if self.process.release(session, self.db.clock()) {
            self.record(session, None, EventKind::Client(ClientNote::Unlocked));
        }
    }
}
