//! What a client sends: statements, one by one or several at once.
//!
//! Statements that are sent together are carried out in turn; outside of a block they are one transaction (manual, section
//! 55.2.2.1). The first that fails ends the message.

use super::answer::{Answer, Progress, Until, WaitFor};
use super::backend::{Message, OpenState, Waiting};
use super::database::Database;
use super::exec::{Exec, Flow};
use super::expr::{Clause, EvalContext, Scope, bind as bind_expr, eval};
use super::lock::Owner;
use super::xact::Fate;
use super::{RowSet, SqlError, SqlState, Value};
use crate::ids::SessionId;
use crate::sql::ast::{
    Execute, Expr, IsolationLevel, Prepare, SetScope, SetVariable, Statement, TransactionModes,
};
use crate::sql::{Span, visit};
use std::sync::Arc;

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The answers to the statements that were carried out since it was last asked.
    pub answers: Vec<Answer>,
    /// What stopped it.
    pub end: BatchEnd,
}

/// What stopped a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchEnd {
    /// All is done.
    Done,
    /// A statement failed; those behind it are not carried out.
    Failed(SqlError),
    /// A statement waits.
    Waiting(WaitFor),
}

impl Batch {
    /// The same of a message of one statement.
    #[must_use]
    pub fn into_progress(mut self) -> Progress {
        match self.end {
            BatchEnd::Done => Progress::Done(Box::new(self.answers.pop().unwrap_or_default())),
            BatchEnd::Failed(error) => Progress::Failed(error),
            BatchEnd::Waiting(wait) => Progress::Waiting(wait),
        }
    }
}

impl Database {
    /// Carries a statement out, as far as it goes without waiting. The session must not have one that waits.
    pub fn submit(&mut self, session: SessionId, statement: &Statement) -> Progress {
        self.submit_shared(session, Arc::new(statement.clone()))
    }

    /// The same with a statement that need not be copied.
    pub fn submit_shared(&mut self, session: SessionId, statement: Arc<Statement>) -> Progress {
        self.send(session, [statement].into()).into_progress()
    }

    /// The same where nobody else does anything: it sleeps as long as it wants to, and gives up what it would have to wait for.
    pub fn submit_alone(&mut self, session: SessionId, statement: Arc<Statement>) -> Progress {
        let mut progress = self.submit_shared(session, statement);
        while let Progress::Waiting(wait) = &progress {
            let Until::Time(at) = wait.until else {
                self.cancel(session);
                break;
            };
            self.set_clock(at);
            match self.fire_timer(session) {
                Some(batch) => progress = batch.into_progress(),
                None => break,
            }
        }
        progress
    }

    /// Carries statements out that were sent together, as far as they go without waiting. One that the session has waiting is
    /// cancelled.
    pub fn send(&mut self, session: SessionId, statements: Arc<[Arc<Statement>]>) -> Batch {
        self.cancel(session);
        self.backends[session.0].message = Some(Message {
            statements,
            next: 0,
        });
        self.go_on(session, Vec::new())
    }

    /// Goes on with a statement whose wait is over; `None` if the session has none that waits.
    pub fn resume(&mut self, session: SessionId) -> Option<Batch> {
        let mut waiting = self.backends[session.0].waiting.take()?;
        Arc::make_mut(&mut waiting.exec).wake();
        let progress = self.carry_out(session, waiting.exec);
        Some(self.after(session, progress))
    }

    /// Goes on with a message after one of its statements.
    pub(super) fn after(&mut self, session: SessionId, progress: Progress) -> Batch {
        let stopped = |end| Batch {
            answers: Vec::new(),
            end,
        };
        match progress {
            Progress::Done(answer) => self.go_on(session, vec![*answer]),
            Progress::Failed(error) => {
                self.backends[session.0].message = None;
                stopped(BatchEnd::Failed(error))
            }
            Progress::Waiting(wait) => stopped(BatchEnd::Waiting(wait)),
        }
    }

    fn go_on(&mut self, session: SessionId, mut answers: Vec<Answer>) -> Batch {
        while let Some(message) = &mut self.backends[session.0].message {
            let Some(statement) = message.statements.get(message.next).map(Arc::clone) else {
                break;
            };
            message.next += 1;
            let end = match self.one(session, statement) {
                Progress::Done(answer) => {
                    answers.push(*answer);
                    continue;
                }
                Progress::Failed(error) => {
                    self.backends[session.0].message = None;
                    BatchEnd::Failed(error)
                }
                Progress::Waiting(wait) => BatchEnd::Waiting(wait),
            };
            return Batch { answers, end };
        }
        let end = if self.state(session) == Some(OpenState::Message) {
            match self.one(session, Arc::new(Statement::Commit)) {
                Progress::Done(_) => BatchEnd::Done,
                Progress::Failed(error) => BatchEnd::Failed(error),
                Progress::Waiting(wait) => BatchEnd::Waiting(wait),
            }
        } else {
            BatchEnd::Done
        };
        if !matches!(end, BatchEnd::Waiting(_)) {
            self.backends[session.0].message = None;
        }
        Batch { answers, end }
    }

    fn is_sent_with_others(&self, session: SessionId) -> bool {
        let message = self.backends[session.0].message.as_ref();
        message.is_some_and(|message| message.statements.len() > 1)
    }

    /// One statement.
    fn one(&mut self, session: SessionId, statement: Arc<Statement>) -> Progress {
        let failed = self.state(session) == Some(OpenState::Failed);
        match &*statement {
            Statement::Commit if !self.backends_have_deferred(session) => {
                return self.commit(session);
            }
            Statement::Rollback => return self.rollback(session),
            Statement::RollbackTo(name) => {
                let done = self.roll_back_to(session, name);
                return self.control(session, done);
            }
            _ if failed => {
                return Progress::Failed(SqlError::new(
                    SqlState::IN_FAILED_TRANSACTION,
                    "current transaction is aborted, commands ignored until end of transaction block",
                ));
            }
            Statement::Begin(modes) => return self.begin(session, *modes),
            _ => {}
        }
        if self.backends[session.0].transaction.is_none() {
            let state = if self.is_sent_with_others(session) {
                OpenState::Message
            } else {
                OpenState::Single
            };
            self.open(session, TransactionModes::default(), state);
        }
        let done = match &*statement {
            Statement::Savepoint(name) => self.savepoint(session, name),
            Statement::Release(name) => self.release_savepoint(session, name),
            Statement::Set(set) => self.set_variable(session, set),
            Statement::SetTransaction(modes, scope) => {
                self.set_transaction(session, *modes, *scope)
            }
            Statement::Show(name) => self.show_variable(session, &name.name),
            Statement::Prepare(prepare) => self.prepare(session, prepare),
            Statement::Deallocate(name) => {
                let name = name.as_ref().map(|name| name.name.as_str());
                self.deallocate(session, name)
            }
            Statement::Execute(execute) => match self.prepared(session, execute) {
                Ok(statement) => return self.start(session, Arc::new(statement)),
                Err(error) => Err(error),
            },
            _ => return self.start(session, statement),
        };
        self.control(session, done)
    }

    /// After a statement that is carried out at once.
    fn control(&mut self, session: SessionId, done: Result<Answer, SqlError>) -> Progress {
        match done {
            Ok(answer) => self.finish(session, answer),
            Err(error) => self.fail(session, error),
        }
    }

    fn start(&mut self, session: SessionId, statement: Arc<Statement>) -> Progress {
        let exec = Arc::new(Exec::new(statement, self.clock));
        self.carry_out(session, exec)
    }

    fn carry_out(&mut self, session: SessionId, mut exec: Arc<Exec>) -> Progress {
        match Arc::make_mut(&mut exec).run(session, self) {
            Ok(Flow::Done(answer)) if exec.is_commit() => {
                self.forget_deferred(session);
                match self.commit(session) {
                    Progress::Done(mut done) => {
                        done.effects = answer.effects;
                        Progress::Done(done)
                    }
                    other => other,
                }
            }
            Ok(Flow::Done(answer)) => self.finish(session, answer),
            Ok(Flow::Wait(for_what)) => {
                if let Until::Granted(..) = for_what.until {
                    debug_assert!(self.locks.waiting(session).is_some(), "it queues somewhere");
                }
                self.backends[session.0].waiting = Some(Waiting {
                    exec,
                    for_what: for_what.clone(),
                    since: self.clock,
                    checked: false,
                });
                Progress::Waiting(for_what)
            }
            // A COMMIT that fails ends the transaction all the same.
            Err(error) if exec.is_commit() => {
                self.end(session, Fate::Aborted);
                Progress::Failed(error)
            }
            Err(error) => self.fail(session, error),
        }
    }

    /// After a statement that was carried out.
    fn finish(&mut self, session: SessionId, answer: Answer) -> Progress {
        if let Some(open) = &mut self.backends[session.0].transaction {
            open.commands += 1;
            if open.state == OpenState::Single {
                if self.backends_have_deferred(session) {
                    return match self.start(session, Arc::new(Statement::Commit)) {
                        Progress::Done(_) => Progress::Done(Box::new(answer)),
                        other => other,
                    };
                }
                if let Progress::Failed(error) = self.commit(session) {
                    return Progress::Failed(error);
                }
            }
        }
        Progress::Done(Box::new(answer))
    }

    /// After a statement that failed: the transaction, or what is behind its last savepoint, is rolled back at once, though its
    /// block goes on until the client ends it (`AbortCurrentTransaction`).
    pub(super) fn fail(&mut self, session: SessionId, error: SqlError) -> Progress {
        self.backends[session.0].waiting = None;
        let Some(open) = &mut self.backends[session.0].transaction else {
            return Progress::Failed(error);
        };
        match open.state {
            OpenState::Single | OpenState::Message => self.end(session, Fate::Aborted),
            OpenState::Explicit | OpenState::Failed if open.savepoints.is_empty() => {
                let mut open = open.clone();
                self.end(session, Fate::Aborted);
                open.state = OpenState::Failed;
                open.xid = None;
                open.snapshot = None;
                open.serial = None;
                open.deferred.clear();
                self.backends[session.0].transaction = Some(open);
            }
            OpenState::Explicit | OpenState::Failed => {
                open.state = OpenState::Failed;
                let level = open.savepoints.len();
                self.undo_level(session, level - 1);
            }
        }
        Progress::Failed(error)
    }

    // ---- settings ----

    fn set_variable(&mut self, session: SessionId, set: &SetVariable) -> Result<Answer, SqlError> {
        let mut answer = Answer {
            tag: if set.value.is_some() { "SET" } else { "RESET" }.to_owned(),
            ..Answer::default()
        };
        let local = set.scope == SetScope::Local;
        if local && self.state(session) == Some(OpenState::Single) {
            let warning = "WARNING:  SET LOCAL can only be used in transaction blocks";
            answer.notices.push(warning.to_owned());
        }
        self.set(session, &set.name.name, set.value.as_deref(), local)?;
        Ok(answer)
    }

    /// Sets a setting of a session, those of its transaction included.
    pub(super) fn set(
        &mut self,
        session: SessionId,
        name: &str,
        value: Option<&str>,
        local: bool,
    ) -> Result<(), SqlError> {
        let mut modes = TransactionModes::default();
        match (name, value) {
            ("transaction_isolation", Some(value)) => {
                modes.isolation = Some(IsolationLevel::named(value).ok_or_else(|| {
                    let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
                    SqlError::new(SqlState::INVALID_PARAMETER, message)
                })?);
            }
            ("transaction_read_only", Some(value)) => {
                modes.access = Some(if matches!(value, "on" | "true" | "1") {
                    crate::sql::ast::AccessMode::ReadOnly
                } else {
                    crate::sql::ast::AccessMode::ReadWrite
                });
            }
            _ => return self.backends[session.0].settings.set(name, value, local),
        }
        self.set_modes(session, modes)
    }

    fn show_variable(&mut self, session: SessionId, name: &str) -> Result<Answer, SqlError> {
        let value = self.show(session, name)?;
        Ok(Answer {
            tag: "SHOW".to_owned(),
            rows: Some(RowSet {
                columns: vec![name.to_owned()],
                rows: vec![vec![Value::from(value.as_str())].into()],
            }),
            ..Answer::default()
        })
    }

    // ---- prepared statements ----

    fn prepare(&mut self, session: SessionId, prepare: &Prepare) -> Result<Answer, SqlError> {
        let name = &prepare.name.name;
        let prepared = &mut self.backends[session.0].prepared;
        if prepared.iter().any(|(other, _)| other == name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(SqlError::new(SqlState::DUPLICATE_STATEMENT, message));
        }
        prepared.push((name.clone(), Arc::new(prepare.clone())));
        Ok(Answer {
            tag: "PREPARE".to_owned(),
            ..Answer::default()
        })
    }

    fn deallocate(&mut self, session: SessionId, name: Option<&str>) -> Result<Answer, SqlError> {
        let prepared = &mut self.backends[session.0].prepared;
        match name {
            None => prepared.clear(),
            Some(name) => {
                let place = prepared.iter().position(|(other, _)| other == name);
                prepared.remove(place.ok_or_else(|| no_such_statement(name))?);
            }
        }
        Ok(Answer {
            tag: "DEALLOCATE".to_owned(),
            ..Answer::default()
        })
    }

    /// A prepared statement with values for its parameters.
    fn prepared(&self, session: SessionId, execute: &Execute) -> Result<Statement, SqlError> {
        let name = &execute.name.name;
        let prepared = &self.backends[session.0].prepared;
        let Some((_, prepare)) = prepared.iter().find(|(other, _)| other == name) else {
            return Err(no_such_statement(name));
        };
        let mut statement = (*prepare.statement).clone();
        let mut wanted = 0;
        visit::each_expr_mut(&mut statement, &mut |outer| {
            visit::walk_mut(outer, &mut |expr| {
                if let Expr::Parameter(number, _) = expr {
                    wanted = wanted.max(usize::from(*number));
                }
            });
        });
        let wanted = wanted.max(prepare.types.len());
        if execute.args.len() != wanted {
            let message = format!("wrong number of parameters for prepared statement \"{name}\"");
            let detail = format!(
                "Expected {wanted} parameters but got {}.",
                execute.args.len()
            );
            return Err(SqlError::new(SqlState::SYNTAX_ERROR, message).with_detail(detail));
        }
        let mut values = Vec::with_capacity(wanted);
        for (place, arg) in execute.args.iter().enumerate() {
            let value = match arg {
                Expr::Literal(..) => arg.clone(),
                _ => {
                    let bound = bind_expr(arg, &Scope::empty(), Clause::Execute)?;
                    eval(&bound, &[], &EvalContext::default())?.to_literal()
                }
            };
            values.push(match prepare.types.get(place) {
                Some(ty) => Expr::Cast(Box::new(value), *ty),
                None => value,
            });
        }
        let nothing = Expr::Literal(crate::sql::ast::Literal::Null, Span::default());
        visit::each_expr_mut(&mut statement, &mut |outer| {
            visit::walk_mut(outer, &mut |expr| {
                if let Expr::Parameter(number, _) = expr {
                    let value = usize::from(*number)
                        .checked_sub(1)
                        .and_then(|at| values.get(at));
                    *expr = value.cloned().unwrap_or_else(|| nothing.clone());
                }
            });
        });
        Ok(statement)
    }

    /// A session hangs up: its transaction is rolled back, and everything it holds is let go.
    pub fn disconnect(&mut self, session: SessionId) {
        self.end(session, Fate::Aborted);
        let woken = self.locks.release_all(session, &|_: Owner| true);
        self.woken.extend(woken);
        self.backends[session.0] = super::backend::Backend {
            default_isolation: self.backends[session.0].default_isolation,
            ..Default::default()
        };
    }
}

fn no_such_statement(name: &str) -> SqlError {
    let message = format!("prepared statement \"{name}\" does not exist");
    SqlError::new(SqlState::INVALID_STATEMENT_NAME, message)
}
