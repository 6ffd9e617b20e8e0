//! What goes wrong with a client, its connection or its messages, and what the server makes of it.

use super::{Attempt, ClientNote, Scheduler};
use crate::ids::{SessionId, Tick};
use crate::run::client::Variables;
use crate::run::{Outcome, PlannedId};
use crate::scenario::Fault;

impl Scheduler<'_> {
    /// A fault happens. Each happens once: a request that is made again does not meet it a second time.
    pub(super) fn suffer(&mut self, session: SessionId, step: PlannedId, fault: Fault) {
        let client = &mut self.clients[session.0];
        client.ready = Tick(self.db.clock().0);
        if client.faults.contains(&step) {
            return;
        }
        client.faults.push(step);
        match fault {
            Fault::Crash => {
                self.note(session, step, ClientNote::Crashed);
                self.hang_up(session);
                self.clients[session.0].skip_to_restart(self.plan);
            }
            Fault::Restart => {
                // Who kills a process that hangs breaks its connection, too.
                self.hang_up(session);
                self.clients[session.0].variables = Variables::default();
                self.note(session, step, ClientNote::Restarted);
            }
            Fault::Hang => {
                self.note(session, step, ClientNote::Hung);
                self.clients[session.0].skip_to_restart(self.plan);
            }
            Fault::LoseReply => {
                self.note(session, step, ClientNote::ReplyLost);
                if let Some(request) = self.hang_up(session) {
                    self.note(session, step, ClientNote::SentAgain);
                    self.request_again(session, request);
                }
            }
            Fault::Redeliver => {
                self.note(session, step, ClientNote::Redelivered);
                if let Some(request) = self.clients[session.0].last.clone() {
                    self.request_again(session, request);
                }
            }
        }
    }

    /// The connection breaks: the server rolls back what was not committed. Returns the request that the client was at.
    fn hang_up(&mut self, session: SessionId) -> Option<Attempt> {
        let open = self.leave_transaction(session, Outcome::Lost);
        self.db.disconnect(session);
        self.let_go(session);
        open.or_else(|| self.clients[session.0].last.clone())
    }

    /// The same request is made once more, from its beginning.
    fn request_again(&mut self, session: SessionId, request: Attempt) {
        self.clients[session.0].delivery += 1;
        self.clients[session.0].ready = Tick(self.db.clock().0 + 1);
        self.begin_again(
            session,
            Attempt {
                number: 1,
                ..request
            },
        );
    }
}
