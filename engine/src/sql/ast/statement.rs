//! Statements: those of other files, and those about transactions, locks and the session.

use super::{
    CreateIndex, CreateTable, Delete, DropTable, Expr, Ident, Insert, Select, SqlType, Update,
};

/// One SQL statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `CREATE INDEX`
    CreateIndex(CreateIndex),
    /// `DROP TABLE`
    DropTable(DropTable),
    /// `DROP INDEX`
    DropIndex(DropTable),
    /// `TRUNCATE`
    Truncate(Vec<Ident>),
    /// `ANALYZE`, `VACUUM`, `VACUUM ANALYZE`
    Maintain(Maintain),
    /// `INSERT`
    Insert(Insert),
    /// `SELECT`, `VALUES`, `TABLE`
    Select(Select),
    /// `UPDATE`
    Update(Update),
    /// `DELETE`
    Delete(Delete),
    /// `BEGIN`, `START TRANSACTION`
    Begin(TransactionModes),
    /// `COMMIT`, `END`
    Commit,
    /// `ROLLBACK`, `ABORT`
    Rollback,
    /// `SAVEPOINT name`
    Savepoint(Ident),
    /// `ROLLBACK TO SAVEPOINT name`
    RollbackTo(Ident),
    /// `RELEASE SAVEPOINT name`
    Release(Ident),
    /// `SET name = value`, `SET LOCAL`, `RESET name`
    Set(SetVariable),
    /// `SET TRANSACTION ...`, `SET SESSION CHARACTERISTICS AS TRANSACTION ...`
    SetTransaction(TransactionModes, SetScope),
    /// `SHOW name`
    Show(Ident),
    /// `LOCK TABLE`
    LockTable(LockTable),
    /// `PREPARE name AS statement`
    Prepare(Prepare),
    /// `EXECUTE name (args)`
    Execute(Execute),
    /// `DEALLOCATE name`; `None`: `ALL`
    Deallocate(Option<Ident>),
}

/// `ANALYZE`, `VACUUM`, `VACUUM ANALYZE`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Maintain {
    /// Whether `VACUUM` is written.
    pub vacuum: bool,
    /// Whether statistics are collected.
    pub analyze: bool,
    /// The tables; empty: all.
    pub tables: Vec<Ident>,
}

/// `SET [LOCAL] name = value`, `RESET name`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SetVariable {
    /// The setting, in lower case.
    pub name: Ident,
    /// Its value as text; `None`: `DEFAULT`, `RESET`.
    pub value: Option<String>,
    /// Until when.
    pub scope: SetScope,
}

/// How long a `SET` lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetScope {
    /// For the session (unless the transaction is rolled back).
    Session,
    /// Until the transaction ends: `SET LOCAL`, `SET TRANSACTION`.
    Local,
}

/// `LOCK TABLE names IN mode MODE [NOWAIT]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LockTable {
    /// The tables, locked one after the other.
    pub tables: Vec<Ident>,
    /// The mode.
    pub mode: TableLockMode,
    /// Whether `NOWAIT` is written.
    pub nowait: bool,
}

/// The table locks as they are written, weakest first (manual, section 13.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableLockMode {
    /// `ACCESS SHARE`
    AccessShare,
    /// `ROW SHARE`
    RowShare,
    /// `ROW EXCLUSIVE`
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`
    ShareUpdateExclusive,
    /// `SHARE`
    Share,
    /// `SHARE ROW EXCLUSIVE`
    ShareRowExclusive,
    /// `EXCLUSIVE`
    Exclusive,
    /// `ACCESS EXCLUSIVE`, the default
    AccessExclusive,
}

impl TableLockMode {
    /// The mode as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

/// `PREPARE name [(types)] AS statement`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prepare {
    /// Its name.
    pub name: Ident,
    /// The types of `$1`, `$2` ..., as far as they are written.
    pub types: Vec<SqlType>,
    /// The statement: SELECT, INSERT, UPDATE or DELETE.
    pub statement: Box<Statement>,
}

/// `EXECUTE name [(args)]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Execute {
    /// The prepared statement.
    pub name: Ident,
    /// Values for `$1`, `$2` ...
    pub args: Vec<Expr>,
}

/// What may follow `BEGIN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TransactionModes {
    /// `ISOLATION LEVEL ...`
    pub isolation: Option<IsolationLevel>,
    /// `READ ONLY` (`Some(true)`) or `READ WRITE` (`Some(false)`).
    pub access: Option<AccessMode>,
    /// `DEFERRABLE` or `NOT DEFERRABLE`
    pub deferrable: Option<Deferrable>,
}

/// Whether a `SERIALIZABLE READ ONLY` transaction waits for a safe snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deferrable {
    /// `DEFERRABLE`
    Yes,
    /// `NOT DEFERRABLE`
    No,
}

/// `READ ONLY` or `READ WRITE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessMode {
    /// Writes are refused with 25006.
    ReadOnly,
    /// The default.
    ReadWrite,
}

/// The isolation levels (manual, section 13.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IsolationLevel {
    /// The same as `DirtyRead`, and a change does not wait for others of the row. No level of any database: even READ UNCOMMITTED
    /// keeps write locks.
    DirtyWrite,
    /// Queries see what has not been committed. No level of PostgreSQL: it cannot be asked for in SQL.
    DirtyRead,
    /// Accepted by PostgreSQL, and the same as READ COMMITTED there.
    ReadUncommitted,
    /// A new snapshot for each statement.
    #[default]
    ReadCommitted,
    /// One snapshot for the transaction; first updater wins.
    RepeatableRead,
    /// Serializable snapshot isolation.
    Serializable,
}
