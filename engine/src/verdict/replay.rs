//! What the search for a serial order needs of a database, and when two answers are the same.

use crate::collections::{hash_of, sort_by_key};
use crate::db::{Row, RowSet};
use crate::ids::SessionId;
use crate::run::{
    Answer, Outcome, PlannedId, Run, Serially, TableState, Told, TransactionId, told,
};
use crate::sql::ast::{Expr, Literal, OrderBy, Select, SelectItem, Statement};
use crate::strategy::{Plan, PlannedAction};

/// A database on which transactions are carried out one after the other.
pub(super) trait Replay: Clone {
    /// Carries out the steps of one session as one transaction, alone, as long as `goes_on` says so of the answers so far.
    fn perform(
        &mut self,
        plan: &Plan,
        session: SessionId,
        steps: &[PlannedId],
        goes_on: &dyn Fn(&[Answer]) -> bool,
    ) -> Told;
    /// Lets a session know a result that it got elsewhere.
    fn remember(&mut self, session: SessionId, result: &RowSet);
    /// The committed tables.
    fn tables(&self) -> Vec<TableState>;
    /// The committed rows of each table, in the order in which they stand in its heap.
    fn contents(&self) -> Contents;
}

impl Replay for Serially {
    fn perform(
        &mut self,
        plan: &Plan,
        session: SessionId,
        steps: &[PlannedId],
        goes_on: &dyn Fn(&[Answer]) -> bool,
    ) -> Told {
        Serially::perform(self, plan, session, steps, goes_on)
    }

    fn remember(&mut self, session: SessionId, result: &RowSet) {
        Serially::remember(self, session, result);
    }

    fn tables(&self) -> Vec<TableState> {
        Serially::tables(self)
    }

    fn contents(&self) -> Contents {
        Serially::contents(self)
    }
}

/// Steps of one session that are one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// Whose.
    pub session: SessionId,
    /// Which steps.
    pub steps: Vec<PlannedId>,
    /// What the session read before, in transactions that were rolled back: no serial order has those, but the client
    /// keeps its host variables.
    pub known: Vec<RowSet>,
}

/// The steps that a transaction of a run made.
pub(super) fn job_of(run: &Run, id: TransactionId) -> Job {
    let about = &run.transactions[id.0];
    let mut steps = Vec::new();
    for event in run.events.get(about.first..=about.last).unwrap_or_default() {
        if let Some(step) = event.step.filter(|_| event.transaction == Some(id))
            && steps.last() != Some(&step)
        {
            steps.push(step);
        }
    }
    Job {
        session: about.session,
        steps,
        known: known_before(run, id),
    }
}

/// What a session read between its last committed transaction and this one.
fn known_before(run: &Run, id: TransactionId) -> Vec<RowSet> {
    let session = run.transactions[id.0].session;
    let number = run.transactions[id.0].number;
    let mut known = Vec::new();
    for earlier in (0..id.0).rev() {
        let about = &run.transactions[earlier];
        if about.session != session {
            continue;
        }
        if about.outcome == Outcome::Committed {
            break;
        }
        // A client that tries again goes back to what it knew before.
        let retried = run.transactions[earlier + 1..]
            .iter()
            .any(|other| (other.session, other.number) == (session, about.number));
        if about.number != number && !retried {
            let answers = told(run, TransactionId(earlier)).answers;
            known.extend(answers.into_iter().rev().filter_map(|answer| match answer {
                Answer::Rows(rows) => Some(rows),
                _ => None,
            }));
        }
    }
    known.reverse();
    known
}

/// The transactions that were planned, by session: what stands between `BEGIN` and `COMMIT` or `ROLLBACK`, and every
/// statement outside by itself.
pub(crate) fn planned(plan: &Plan) -> Vec<Vec<Job>> {
    let mut lanes: Vec<Vec<Job>> = vec![Vec::new(); plan.sessions.len()];
    let mut open = vec![false; plan.sessions.len()];
    for (index, step) in plan.steps.iter().enumerate() {
        let session = step.session;
        let (Some(lane), Some(open)) = (lanes.get_mut(session.0), open.get_mut(session.0)) else {
            continue;
        };
        let statement = match &step.action {
            PlannedAction::Sql { sql, .. } => Some(&sql.statement),
            _ => None,
        };
        let begins = matches!(statement, Some(Statement::Begin(_)));
        let ends = matches!(statement, Some(Statement::Commit | Statement::Rollback));
        if *open {
            if let Some(job) = lane.last_mut() {
                job.steps.push(PlannedId(index));
            }
            *open = !ends;
        } else if statement.is_some() && !ends {
            lane.push(Job {
                session,
                steps: vec![PlannedId(index)],
                known: Vec::new(),
            });
            *open = begins;
        }
    }
    lanes
}

/// Whether a session was told the same; if not, the first answer that differs.
pub(crate) fn same_told(plan: &Plan, job: &Job, a: &Told, b: &Told) -> Result<(), usize> {
    let answers = a.answers.iter().zip(&b.answers).enumerate();
    for (place, (a, b)) in answers {
        if !same_answer(plan, job, place, a, b) {
            return Err(place);
        }
    }
    let shorter = a.answers.len().min(b.answers.len());
    if a.answers.len() != b.answers.len() {
        Err(shorter)
    } else if a.outcome != b.outcome {
        Err(shorter.saturating_sub(1))
    } else {
        Ok(())
    }
}

/// Whether two answers at one place of a transaction tell the same.
pub(super) fn same_answer(plan: &Plan, job: &Job, place: usize, a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::Rows(a), Answer::Rows(b)) => {
            let step = job.steps.get(place);
            let ordered = || step.is_some_and(|&step| order_is_told(plan, step));
            a.columns == b.columns && (a.rows == b.rows || !ordered() && same_bag(&a.rows, &b.rows))
        }
        _ => a == b,
    }
}

/// Whether the order of a statement's result rows says something that the rows do not. Without `ORDER BY` PostgreSQL owes
/// no order; by columns that are shown, the rows themselves say their order, up to ties, of which it owes none either.
fn order_is_told(plan: &Plan, step: PlannedId) -> bool {
    let PlannedAction::Sql { sql, .. } = &plan.steps[step.0].action else {
        return false;
    };
    let Statement::Select(select) = &sql.statement else {
        return false;
    };
    !select.order_by.iter().all(|key| is_shown(key, select))
}

fn is_shown(key: &OrderBy, select: &Select) -> bool {
    match &key.expr {
        Expr::Literal(Literal::Number(_), _) => true,
        Expr::Column { name, .. } => select.items.iter().any(|item| match item {
            SelectItem::Star(_) | SelectItem::TableStar(_) => true,
            SelectItem::Expr {
                alias: Some(alias), ..
            } => alias.name == name.name,
            SelectItem::Expr { expr, alias: None } => {
                matches!(expr, Expr::Column { name: shown, .. } if shown.name == name.name)
            }
        }),
        _ => false,
    }
}

/// Whether two lists hold the same rows, each as often, in any order.
fn same_bag(a: &[Row], b: &[Row]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut left: Vec<&Row> = a.iter().collect();
    b.iter()
        .all(|row| match left.iter().position(|other| *other == row) {
            Some(place) => {
                left.swap_remove(place);
                true
            }
            None => false,
        })
}

/// The rows of some tables.
pub(crate) type Contents = Vec<Vec<Row>>;

/// The same rows in an order of their own, for comparing: equal for equal sets of rows.
pub(crate) fn in_any_order(contents: Contents) -> Contents {
    let in_order = |rows: Vec<Row>| {
        // Any fixed order does; only rows that share a hash may stand either way, and then two equal states count as two.
        let mut rows: Vec<_> = rows.into_iter().map(|row| (hash_of(&row), row)).collect();
        sort_by_key(&mut rows, |(hash, _)| *hash);
        rows.into_iter().map(|(_, row)| row).collect()
    };
    contents.into_iter().map(in_order).collect()
}

/// Whether two sets of tables hold the same rows.
pub(super) fn same_tables(a: &[TableState], b: &[TableState]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.rows == b.rows || same_bag(&a.rows, &b.rows))
}

/// Whether it matters where in the heap a row stands: only to a statement that takes some of the rows it could.
pub(crate) fn place_matters(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| match &step.action {
        PlannedAction::Sql { sql, .. } => matches!(
            &sql.statement,
            Statement::Select(select) if select.limit.is_some() || select.offset.is_some()
        ),
        _ => false,
    })
}
