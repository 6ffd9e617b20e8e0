//! Transactions carried out one after the other, each alone.

use super::client::Variables;
use super::told::{Answer, Told};
use super::{Conflict, Outcome, PlannedId, SetupError, TableState, prepare, recorder};
use crate::db::answer::Progress;
use crate::db::expr::{
    Clause, EvalContext, Scope, bind_condition, is_true, substitute, substitute_expr,
};
use crate::db::{Database, Row, RowSet, SqlError};
use crate::ids::SessionId;
use crate::sql::ast::Statement;
use crate::strategy::{Plan, PlannedAction, RowCheck};
use std::sync::Arc;

/// A database on which transactions are carried out one after the other. A value: clone it to try another continuation.
#[derive(Clone, Debug)]
pub struct Serially {
    db: Database,
    variables: Vec<Variables>,
}

impl Serially {
    /// The database after the set-up.
    ///
    /// # Errors
    /// When a statement of the set-up fails.
    pub fn start(plan: &Plan) -> Result<Self, SetupError> {
        Ok(Self {
            db: prepare(plan)?,
            variables: vec![Variables::default(); plan.sessions.len()],
        })
    }

    /// Carries out these steps of one session as one transaction, alone, up to the first that fails or after which `goes_on`
    /// says no of the answers so far; a transaction that they leave open is rolled back. The session's host variables carry
    /// over.
    pub fn perform(
        &mut self,
        plan: &Plan,
        session: SessionId,
        steps: &[PlannedId],
        goes_on: &dyn Fn(&[Answer]) -> bool,
    ) -> Told {
        let mut answers = Vec::new();
        let mut outcome = Outcome::Open;
        for step in steps {
            match self.step(plan, session, *step, &mut answers) {
                Ok(Some(ended)) => outcome = ended,
                Ok(None) if answers.is_empty() || goes_on(&answers) => {}
                Ok(None) => break,
                Err(ended) => {
                    outcome = ended;
                    break;
                }
            }
        }
        if self.db.in_transaction(session) {
            self.db.submit(session, &Statement::Rollback);
        }
        Told { answers, outcome }
    }

    /// The session's client knows nothing any more.
    pub(crate) fn forget(&mut self, session: SessionId) {
        self.variables[session.0] = Variables::default();
    }

    /// The server.
    pub(crate) fn database(&self) -> &Database {
        &self.db
    }

    /// Lets a session know a result that it got in a transaction that was rolled back: the client keeps what it read.
    pub fn remember(&mut self, session: SessionId, result: &RowSet) {
        self.variables[session.0].bind(result);
    }

    /// The committed tables.
    #[must_use]
    pub fn tables(&self) -> Vec<TableState> {
        recorder::tables(&self.db)
    }

    /// The committed rows of each table, in the order in which they stand in its heap.
    #[must_use]
    pub fn contents(&self) -> Vec<Vec<Row>> {
        let rows = |table| {
            let values = |version| self.db.heap(table)[version].values.clone();
            self.db.committed(table).map(values).collect()
        };
        self.db.tables().map(rows).collect()
    }

    fn step(
        &mut self,
        plan: &Plan,
        session: SessionId,
        step: PlannedId,
        answers: &mut Vec<Answer>,
    ) -> Result<Option<Outcome>, Outcome> {
        let variables = &mut self.variables[session.0];
        let refused =
            |name: &str, variables: &Variables| Outcome::Refused(variables.why_unbound(name));
        match &plan.steps[step.0].action {
            // Who is alone has nobody to keep out, and nothing goes wrong.
            PlannedAction::Fault(_) | PlannedAction::Process(_) => Ok(None),
            PlannedAction::Require(require) => {
                let condition = substitute_expr(&require.condition, &|name| variables.get(name))
                    .map_err(|name| refused(&name, variables))?;
                let holds = bind_condition(&condition, &Scope::empty(), Clause::Where)
                    .and_then(|condition| is_true(&condition, &[], &EvalContext::default()))
                    .map_err(|error| Outcome::Refused(error.into_message()))?;
                answers.push(Answer::Require(holds));
                if holds {
                    Ok(None)
                } else {
                    Err(Outcome::Refused(require.reason.clone().unwrap_or_default()))
                }
            }
            PlannedAction::Sql { sql, check } => {
                let statement = substitute(&sql.statement, &|name| variables.get(name))
                    .map_err(|name| refused(&name, variables))?;
                let statement = Arc::new(statement);
                let answer = match self.db.submit_alone(session, Arc::clone(&statement)) {
                    Progress::Done(answer) => answer,
                    Progress::Failed(error) => {
                        answers.push(Answer::Error(error.clone()));
                        return Err(failure(error));
                    }
                    // What another keeps locked beyond its transaction.
                    Progress::Waiting(_) => return Err(Outcome::Open),
                };
                let touched = answer
                    .tag
                    .rsplit(' ')
                    .next()
                    .and_then(|count| count.parse::<u64>().ok());
                let rolled_back = answer.tag == "ROLLBACK";
                let granted = answer
                    .rows
                    .iter()
                    .flat_map(|rows| &rows.rows)
                    .flat_map(|row| row.iter())
                    .next()
                    == Some(&crate::db::Value::Boolean(true));
                match answer.rows {
                    Some(rows) => {
                        variables.bind(&rows);
                        answers.push(Answer::Rows(rows));
                    }
                    None => answers.push(Answer::Tag(answer.tag)),
                }
                match (check, touched) {
                    (RowCheck::VersionMatched, Some(0)) => {
                        return Err(Outcome::Conflict(Conflict::Version));
                    }
                    (RowCheck::GuardHeld(reason), Some(0)) => {
                        answers.push(Answer::Require(false));
                        return Err(Outcome::Refused(reason.clone().unwrap_or_default()));
                    }
                    (RowCheck::NewRequest, Some(0)) => return Err(Outcome::AlreadyDone),
                    (RowCheck::Granted, _) if !granted => {
                        return Err(Outcome::Conflict(Conflict::NotGranted));
                    }
                    _ => {}
                }
                Ok(match *statement {
                    _ if rolled_back => Some(Outcome::RolledBack),
                    Statement::Commit => Some(Outcome::Committed),
                    _ if !self.db.in_transaction(session) => Some(Outcome::Committed),
                    _ => None,
                })
            }
        }
    }
}

fn failure(error: SqlError) -> Outcome {
    if error.is_conflict() {
        Outcome::Conflict(Conflict::Server(error))
    } else {
        Outcome::Failed(error)
    }
}
