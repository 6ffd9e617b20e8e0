//! Statements: those of other files, and those about transactions, locks and the session.

use super::List;
use crate::sql::ast::{
    AccessMode, Deferrable, IsolationLevel, Maintain, SetScope, SetVariable, Statement,
    TransactionModes,
};
use std::fmt::{self, Display, Formatter};

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable(create) => create.fmt(f),
            Self::CreateIndex(create) => create.fmt(f),
            Self::DropTable(drop) => write!(f, "DROP TABLE {drop}"),
            Self::DropIndex(drop) => write!(f, "DROP INDEX {drop}"),
            Self::Truncate(names) => write!(f, "TRUNCATE {}", List(names)),
            Self::Maintain(maintain) => maintain.fmt(f),
            Self::Insert(insert) => insert.fmt(f),
            Self::Select(select) => select.fmt(f),
            Self::Update(update) => update.fmt(f),
            Self::Delete(delete) => delete.fmt(f),
            Self::Begin(modes) => write!(f, "BEGIN{modes}"),
            Self::Commit => f.write_str("COMMIT"),
            Self::Rollback => f.write_str("ROLLBACK"),
            Self::Savepoint(name) => write!(f, "SAVEPOINT {name}"),
            Self::RollbackTo(name) => write!(f, "ROLLBACK TO SAVEPOINT {name}"),
            Self::Release(name) => write!(f, "RELEASE SAVEPOINT {name}"),
            Self::Set(set) => set.fmt(f),
            Self::SetTransaction(modes, SetScope::Local) => write!(f, "SET TRANSACTION{modes}"),
            Self::SetTransaction(modes, SetScope::Session) => {
                write!(f, "SET SESSION CHARACTERISTICS AS TRANSACTION{modes}")
            }
            Self::Show(name) => write!(f, "SHOW {name}"),
            Self::LockTable(lock) => {
                let (tables, mode) = (List(&lock.tables), lock.mode.sql());
                let nowait = if lock.nowait { " NOWAIT" } else { "" };
                write!(f, "LOCK TABLE {tables} IN {mode} MODE{nowait}")
            }
            Self::Prepare(prepare) => {
                write!(f, "PREPARE {}", prepare.name)?;
                if !prepare.types.is_empty() {
                    write!(f, " ({})", List(&prepare.types))?;
                }
                write!(f, " AS {}", prepare.statement)
            }
            Self::Execute(execute) => {
                write!(f, "EXECUTE {}", execute.name)?;
                if execute.args.is_empty() {
                    Ok(())
                } else {
                    write!(f, " ({})", List(&execute.args))
                }
            }
            Self::Deallocate(Some(name)) => write!(f, "DEALLOCATE {name}"),
            Self::Deallocate(None) => f.write_str("DEALLOCATE ALL"),
        }
    }
}

impl Display for Maintain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.vacuum, self.analyze) {
            (true, true) => "VACUUM ANALYZE",
            (true, false) => "VACUUM",
            (false, _) => "ANALYZE",
        })?;
        if self.tables.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", List(&self.tables))
        }
    }
}

impl Display for SetVariable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let local = match self.scope {
            SetScope::Local => "LOCAL ",
            SetScope::Session => "",
        };
        match &self.value {
            Some(value) => {
                let value = value.replace('\'', "''");
                write!(f, "SET {local}{} = '{value}'", self.name)
            }
            None if self.scope == SetScope::Local => {
                write!(f, "SET LOCAL {} = DEFAULT", self.name)
            }
            None => write!(f, "RESET {}", self.name),
        }
    }
}

impl Display for TransactionModes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(isolation) = self.isolation {
            write!(f, " ISOLATION LEVEL {}", isolation.sql())?;
        }
        f.write_str(match self.access {
            Some(AccessMode::ReadOnly) => " READ ONLY",
            Some(AccessMode::ReadWrite) => " READ WRITE",
            None => "",
        })?;
        f.write_str(match self.deferrable {
            Some(Deferrable::Yes) => " DEFERRABLE",
            Some(Deferrable::No) => " NOT DEFERRABLE",
            None => "",
        })
    }
}

impl IsolationLevel {
    /// The level as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            // There is no SQL for it.
            Self::DirtyWrite | Self::DirtyRead | Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}
