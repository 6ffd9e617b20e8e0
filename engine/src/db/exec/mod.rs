//! One statement, carried out until it is done or has to wait.
//!
//! A statement may have to wait anywhere: for a table before it begins, for a row in the middle of a join, for a key, in a
//! function it calls. What it has come to must be a value all the same, which can be copied, compared and gone on with. So a
//! statement is carried out by plain recursive code, and everything it *does*, and everything it looks at that others may
//! change meanwhile, goes into a log:
//!
//! ```text
//!   UPDATE stock SET quantity = quantity - 1 WHERE id = 42
//!
//!   lock the table                 log: done
//!   take a snapshot                log: done, the snapshot
//!   how does row 42 stand?         log: held by transaction 7
//!   wait for transaction 7         (stops here)
//! ```
//!
//! When the wait is over the statement is carried out again from its beginning; what stands in the log is not done again but
//! its outcome taken from there ([`Work::once`]), so it arrives where it stopped, in the same state: a snapshot sees the same
//! rows at any later time. Nothing else is kept between two runs. [`Exec`] is the log and the statement, plain data.
//!
//! The way of one row through an `UPDATE` (READ COMMITTED; manual, section 13.2.1, and `EvalPlanQual` in
//! `src/backend/executor/execMain.c`):
//!
//! ```text
//!   search finds version v (seen by the statement's snapshot, WHERE is true)
//!      |
//!   claim v --- held by another ---> wait, then look again
//!      |    \--- replaced meanwhile --> lock the newest version, WHERE still true?
//!      |                                  yes: claim it      no: next row (the lock stays)
//!   make the new version
//!      |
//!   is its key unique? --- another is inserting it ---> wait, then look again
//!      |
//!   next row
//! ```

mod foreign_key;
mod from;
mod functions;
mod index;
mod insert;
mod modify;
mod query;
mod rename;
mod row_lock;
mod scan;
mod serializable;
mod utility;

use super::answer::{Answer, Effects, RowSet, Until, WaitFor, WaitReason};
use super::catalog::TableId;
use super::database::Database;
use super::error::Stop;
use super::expr::{Projection, evaluate};
use super::heap::{Reads, Standing, View};
use super::lock::{Acquired, LockMode, Owner, Tag};
use super::plan::{Command, Cte, Query};
use super::xact::Xid;
use super::{Row, SqlError, SqlState, Timestamp, TupleId, Value, plan};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::{IsolationLevel, Statement};
pub use foreign_key::RowEvent;
pub use index::TAKEN_BACK;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A statement under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    statement: Arc<Statement>,
    /// The statement with its names settled, once its tables are locked.
    command: Option<Arc<Command>>,
    /// What it has done so far.
    log: Vec<Done>,
    /// How many times SSI was asked whether the statement may go on.
    asked: usize,
    /// When it was begun.
    pub started: Tick,
}

impl Hash for Exec {
    /// What a statement says is long, and tells few apart that what they have done does not.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.log.hash(state);
        self.started.hash(state);
    }
}

/// Something that was done, or seen at a moment that does not come back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Done {
    /// It was done.
    Nothing,
    /// A yes or no.
    Flag(bool),
    /// A version was made.
    Tuple(TableId, TupleId),
    /// A version was found, or none.
    Found(TableId, Option<TupleId>),
    /// A table was found.
    Table(TableId),
    /// An index was found, or none.
    Index(Option<(TableId, usize)>),
    /// A function gave this.
    Value(Value),
    /// The eyes to look with.
    View(View),
    /// A version stood so, and whether the transaction had a lock on it already.
    Standing(TableId, Standing, bool),
    /// What the newest version of a row is, or who is changing it.
    Newest(TableId, row_lock::Newest),
    /// Who has the same key.
    Rival(TableId, index::Rival),
}

/// How far a statement has come.
pub enum Flow {
    /// Done.
    Done(Answer),
    /// It has to wait; what it has done is in the [`Exec`].
    Wait(WaitFor),
}

/// The result of a part of a statement.
type Step<T> = Result<T, Stop>;

/// Whether more rows are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Enough,
}

/// Where the columns of a relation come from in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// From nowhere: an outer join found no partner, and all are NULL.
    Absent,
    /// From a version in a table.
    Tuple(TableId, TupleId),
    /// They were computed.
    Computed,
}

/// A row of `FROM` under construction: the columns of the relations so far, and where they come from.
#[derive(Clone, Debug, Default)]
struct Joined {
    values: Vec<Value>,
    origins: Vec<Origin>,
}

/// Who is shown each row of a `FROM`.
type Visitor<'v, 'w> = dyn FnMut(&mut Work<'w>, &Joined) -> Step<Go> + 'v;

/// One run through a statement.
struct Work<'a> {
    db: &'a mut Database,
    session: SessionId,
    exec: &'a mut Exec,
    /// How much of the log has been gone through.
    at: usize,
    /// How many of SSI's questions have been.
    asked: usize,
    /// With whose eyes it looks.
    view: View,
    isolation: IsolationLevel,
    now: Timestamp,
    /// The rows around the query that is being carried out, outermost first.
    outer: Vec<Vec<Value>>,
    /// The members of `WITH`, by number, with their rows once they are known.
    ctes: Vec<Declared>,
    /// The row that alone is looked at, when its newest versions are tested once more (`EvalPlanQual`).
    fixed: Option<Joined>,
    /// What queries without outer columns gave, by their address in the command.
    known: Vec<(usize, Arc<Vec<Row>>)>,
    /// Rows that were changed, for foreign keys.
    events: Vec<RowEvent>,
    effects: Effects,
    notices: Vec<String>,
}

/// A member of a `WITH` that can be read.
#[derive(Clone)]
struct Declared {
    cte: Arc<Cte>,
    /// Its rows, once it has been carried out.
    rows: Option<Arc<Vec<Row>>>,
}

/// What came of a command.
#[derive(Default)]
struct Outcome {
    rows: Vec<Row>,
    count: u64,
}

impl Exec {
    /// A statement at its beginning.
    #[must_use]
    pub fn new(statement: Arc<Statement>, started: Tick) -> Self {
        Self {
            statement,
            command: None,
            log: Vec::new(),
            asked: 0,
            started,
        }
    }

    /// Whether it is a `COMMIT` that tests what was deferred.
    #[must_use]
    pub fn is_commit(&self) -> bool {
        *self.statement == Statement::Commit
    }

    /// Takes note that what it waited for has come.
    pub fn wake(&mut self) {
        self.log.push(Done::Nothing);
    }

    /// Carries it out until it is done or has to wait.
    ///
    /// # Errors
    /// What the statement fails with.
    pub fn run(&mut self, session: SessionId, db: &mut Database) -> Result<Flow, SqlError> {
        let statement = Arc::clone(&self.statement);
        let (isolation, now) = db.transaction_facts(session);
        let view = db.latest_view(session);
        let mut work = Work {
            db,
            session,
            exec: self,
            at: 0,
            asked: 0,
            view,
            isolation,
            now,
            outer: Vec::new(),
            ctes: Vec::new(),
            fixed: None,
            known: Vec::new(),
            events: Vec::new(),
            effects: Effects::default(),
            notices: Vec::new(),
        };
        match work.statement(&statement) {
            Ok(mut answer) => {
                answer.effects = work.effects;
                let mut notices = work.notices;
                notices.append(&mut answer.notices);
                answer.notices = notices;
                Ok(Flow::Done(answer))
            }
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Wait(wait)) => Ok(Flow::Wait(*wait)),
        }
    }
}

impl Work<'_> {
    fn statement(&mut self, statement: &Statement) -> Step<Answer> {
        if let Some(answer) = self.utility(statement)? {
            return Ok(answer);
        }
        if self.isolation >= IsolationLevel::RepeatableRead {
            self.look_now()?;
        }
        for table in plan::tables_of(statement) {
            self.lock_named_table(&table.name, table.mode)?;
        }
        self.look_now()?;
        let command = match &self.exec.command {
            Some(command) => Arc::clone(command),
            None => {
                let command = Arc::new(plan::bind(statement, &*self.db, self.session)?);
                self.may_write(command.write_name())?;
                self.exec.command = Some(Arc::clone(&command));
                command
            }
        };
        // Such a statement waits for nothing from here on, so what it sees cannot change under it.
        let dirty = match &*command {
            Command::Select(query) => {
                self.isolation <= IsolationLevel::DirtyRead && query.marks.is_empty()
            }
            Command::Modify(_) => self.isolation == IsolationLevel::DirtyWrite,
            Command::Insert(_) => false,
        };
        if dirty {
            self.view.reads = Reads::Dirty;
        }
        let outcome = self.command(&command)?;
        self.unread_ctes()?;
        self.fire()?;
        let tag = match &*command {
            Command::Select(_) => format!("SELECT {}", outcome.rows.len()),
            Command::Insert(_) => format!("INSERT 0 {}", outcome.count),
            Command::Modify(modify) => match modify.kind {
                plan::ModifyKind::Update => format!("UPDATE {}", outcome.count),
                plan::ModifyKind::Delete => format!("DELETE {}", outcome.count),
            },
        };
        Ok(Answer {
            tag,
            rows: command.result().map(|projection| RowSet {
                columns: projection.names.clone(),
                rows: outcome.rows,
            }),
            ..Answer::default()
        })
    }

    fn command(&mut self, command: &Command) -> Step<Outcome> {
        match command {
            Command::Select(query) => Ok(Outcome {
                rows: self.query(query, usize::MAX)?,
                count: 0,
            }),
            Command::Insert(insert) => self.insert(insert),
            Command::Modify(modify) => self.modify(modify),
        }
    }

    /// Makes the members of a `WITH` known.
    fn declare(&mut self, with: &[Cte]) {
        for cte in with {
            self.ctes.retain(|other| other.cte.number != cte.number);
            self.ctes.push(Declared {
                cte: Arc::new(cte.clone()),
                rows: None,
            });
        }
    }

    /// The rows of a member of `WITH`, which is carried out when it is first read.
    fn cte(&mut self, number: usize) -> Step<Arc<Vec<Row>>> {
        let of = |declared: &&mut Declared| declared.cte.number == number;
        let Some(declared) = self.ctes.iter_mut().find(of) else {
            return Err(internal("a member of WITH is not there").into());
        };
        if let Some(rows) = &declared.rows {
            return Ok(Arc::clone(rows));
        }
        let cte = Arc::clone(&declared.cte);
        let fixed = self.fixed.take();
        let outcome = self.command(&cte.command);
        self.fixed = fixed;
        let rows = Arc::new(outcome?.rows);
        if let Some(declared) = self.ctes.iter_mut().find(of) {
            declared.rows = Some(Arc::clone(&rows));
        }
        Ok(rows)
    }

    /// Members of `WITH` that change something are carried out though nobody reads them (manual, section 7.8.4).
    fn unread_ctes(&mut self) -> Step<()> {
        let is_unread = |declared: &&Declared| {
            declared.rows.is_none() && !matches!(declared.cte.command, Command::Select(_))
        };
        let unread: Vec<usize> = self
            .ctes
            .iter()
            .filter(is_unread)
            .map(|declared| declared.cte.number)
            .collect();
        for number in unread {
            self.cte(number)?;
        }
        Ok(())
    }

    /// 25006 for what a read-only transaction may not do.
    fn may_write(&self, name: Option<&str>) -> Result<(), SqlError> {
        match name {
            Some(name) if self.db.is_read_only(self.session) => Err(SqlError::new(
                SqlState::READ_ONLY_TRANSACTION,
                format!("cannot execute {name} in a read-only transaction"),
            )),
            _ => Ok(()),
        }
    }

    /// Takes the snapshot that the statement looks with: its own, or that of the transaction.
    fn look_now(&mut self) -> Step<()> {
        if self.isolation >= IsolationLevel::RepeatableRead {
            self.safe_snapshot()?;
        }
        let done = self.once(&mut |work| Ok(Done::View(work.db.view(work.session))))?;
        if let Done::View(view) = done {
            self.view = view;
        }
        Ok(())
    }

    /// Does something, unless the log says that it is done; then its outcome is what it was.
    fn once(&mut self, act: &mut dyn FnMut(&mut Self) -> Step<Done>) -> Step<Done> {
        let done = match self.exec.log.get(self.at) {
            Some(done) => done.clone(),
            None => {
                let done = act(self)?;
                self.exec.log.push(done.clone());
                done
            }
        };
        self.at += 1;
        Ok(done)
    }

    /// The same for what has no outcome.
    fn act(&mut self, act: &mut dyn FnMut(&mut Self)) -> Step<()> {
        self.once(&mut |work| {
            act(work);
            Ok(Done::Nothing)
        })?;
        Ok(())
    }

    /// Asks SSI something, once.
    fn ask(&mut self, question: &mut dyn FnMut(&mut Self) -> Result<(), SqlError>) -> Step<()> {
        self.asked += 1;
        if self.asked > self.exec.asked {
            self.exec.asked = self.asked;
            question(self)?;
        }
        Ok(())
    }

    /// Gets a lock of the lock table, in its turn.
    fn queue(
        &mut self,
        (tag, mode): (Tag, LockMode),
        owner: Owner,
        version: Option<(TableId, TupleId)>,
        reason: WaitReason,
    ) -> Step<()> {
        self.once(
            &mut |work| match work.db.locks.acquire(work.session, tag, mode, owner) {
                Acquired::Granted => Ok(Done::Nothing),
                Acquired::MustWait => Err(Stop::Wait(Box::new(WaitFor {
                    until: Until::Granted(tag, mode),
                    version,
                    reason,
                }))),
                Acquired::Deadlock(edges) => Err(work.db.deadlock_error(&edges).into()),
            },
        )?;
        Ok(())
    }

    /// Waits for a transaction to end (`XactLockTableWait`).
    fn wait_for_end(
        &mut self,
        mut xid: Xid,
        version: (TableId, TupleId),
        reason: WaitReason,
    ) -> Step<()> {
        loop {
            let lock = (Tag::Transaction(xid), LockMode::Share);
            let owner = self.db.owner(self.session);
            self.queue(lock, owner, Some(version), reason)?;
            let over = self.once(&mut |work| {
                work.db.release(work.session, lock.0, lock.1);
                Ok(Done::Flag(!work.db.transactions.is_running(xid)))
            })?;
            if over == Done::Flag(true) {
                return Ok(());
            }
            // The part of a transaction behind a savepoint that was released: the whole is what counts now.
            xid = self.db.transactions.top(xid);
        }
    }

    /// Whether the statement may go on with versions that its snapshot does not see.
    fn follows_changes(&self) -> bool {
        self.isolation <= IsolationLevel::ReadCommitted
    }

    /// The number of the session's whole transaction, if it has one.
    fn me(&self) -> Option<Xid> {
        self.db.top_xid(self.session)
    }

    /// The row that a select list makes of a row.
    fn project(&mut self, projection: &Projection, row: &[Value]) -> Step<Row> {
        let mut values = Vec::with_capacity(projection.columns.len());
        for column in &projection.columns {
            values.push(evaluate(column, row, self)?);
        }
        Ok(values.into())
    }
}

fn internal(message: &str) -> SqlError {
    SqlError::new(SqlState::INTERNAL, message)
}
