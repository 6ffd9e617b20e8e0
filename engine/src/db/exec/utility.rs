//! Statements that change or lock tables rather than rows: `LOCK TABLE`, `TRUNCATE`, `CREATE`, `DROP`.

use super::*;
use crate::sql::ast::{CreateIndex, CreateTable, DropTable, Ident, LockTable, Maintain};

impl Work<'_> {
    /// Carries out what is no query and no change of rows; `None`: it is one.
    pub(super) fn utility(&mut self, statement: &Statement) -> Step<Option<Answer>> {
        let tag = match statement {
            Statement::LockTable(lock) => self.lock_tables(lock)?,
            Statement::Truncate(names) => self.truncate(names)?,
            Statement::CreateTable(create) => self.create_table(create)?,
            Statement::CreateIndex(create) => self.create_index(create)?,
            Statement::DropTable(drop) => self.drop_tables(drop)?,
            Statement::DropIndex(drop) => self.drop_indexes(drop)?,
            Statement::Maintain(maintain) => self.maintain(maintain)?,
            Statement::Commit => {
                self.fire_deferred()?;
                "COMMIT".to_owned()
            }
            _ => return Ok(None),
        };
        Ok(Some(Answer {
            tag,
            ..Answer::default()
        }))
    }

    /// Locks a table by its name. Should the name mean another table when the lock is had, that one is locked
    /// (`RangeVarGetRelidExtended`).
    pub(super) fn lock_named_table(&mut self, name: &Ident, mode: LockMode) -> Step<TableId> {
        loop {
            let table = self.named(name)?;
            self.lock_table(table, mode)?;
            if self.named(name)? == table {
                return Ok(table);
            }
        }
    }

    fn named(&mut self, name: &Ident) -> Step<TableId> {
        let found =
            self.once(&mut |work| Ok(Done::Table(work.db.table_named(name, work.session)?)))?;
        match found {
            Done::Table(table) => Ok(table),
            _ => Err(internal("the log does not fit the statement").into()),
        }
    }

    /// Locks a table until the transaction ends.
    pub(super) fn lock_table(&mut self, table: TableId, mode: LockMode) -> Step<()> {
        if mode == LockMode::AccessExclusive {
            // It is written to the log under the transaction's number (`LogAccessExclusiveLockPrepare`).
            self.act(&mut |work| {
                work.db.number(work.session);
            })?;
        }
        let owner = self.db.owner(self.session);
        let reason = WaitReason::Table(table, mode);
        self.queue((Tag::Table(table), mode), owner, None, reason)
    }

    fn lock_tables(&mut self, lock: &LockTable) -> Step<String> {
        let mode = LockMode::from(lock.mode);
        if self.db.is_implicit(self.session) {
            let message = "LOCK TABLE can only be used in transaction blocks";
            return Err(SqlError::new(SqlState::NO_ACTIVE_TRANSACTION, message).into());
        }
        for name in &lock.tables {
            if lock.nowait {
                let table = self.named(name)?;
                let free = self.once(&mut |work| {
                    let tag = Tag::Table(table);
                    Ok(Done::Flag(work.db.locks.is_free(work.session, tag, mode)))
                })?;
                if free == Done::Flag(false) {
                    let message = format!("could not obtain lock on relation \"{}\"", name.name);
                    return Err(SqlError::new(SqlState::LOCK_NOT_AVAILABLE, message).into());
                }
            }
            self.lock_named_table(name, mode)?;
        }
        Ok("LOCK TABLE".to_owned())
    }

    fn truncate(&mut self, names: &[Ident]) -> Step<String> {
        self.may_write(Some("TRUNCATE TABLE"))?;
        let mut tables = Vec::new();
        for name in names {
            tables.push(self.lock_named_table(name, LockMode::AccessExclusive)?);
        }
        for &table in &tables {
            for (child, _) in self.db.referring(table) {
                if !tables.contains(&child) {
                    return Err(SqlError::new(
                        SqlState::FEATURE_NOT_SUPPORTED,
                        "cannot truncate a table referenced in a foreign key constraint",
                    )
                    .into());
                }
            }
        }
        for table in tables {
            self.write_all(table)?;
            self.act(&mut |work| {
                let xid = work.db.number(work.session);
                work.db.heap_mut(table).truncate(xid);
            })?;
        }
        Ok("TRUNCATE TABLE".to_owned())
    }

    fn create_table(&mut self, create: &CreateTable) -> Step<String> {
        self.may_write(Some("CREATE TABLE"))?;
        if create.if_not_exists {
            let there = self.once(&mut |work| {
                let found = work.db.table_named(&create.name, work.session);
                Ok(Done::Flag(found.is_ok()))
            })?;
            if there == Done::Flag(true) {
                self.notices.push(format!(
                    "NOTICE:  relation \"{}\" already exists, skipping",
                    create.name.name
                ));
                return Ok("CREATE TABLE".to_owned());
            }
        }
        let Some(query) = &create.query else {
            self.once(&mut |work| {
                work.db.create_table(work.session, create)?;
                Ok(Done::Nothing)
            })?;
            return Ok("CREATE TABLE".to_owned());
        };
        let select = Statement::Select((**query).clone());
        for table in plan::tables_of(&select) {
            self.lock_named_table(&table.name, table.mode)?;
        }
        self.look_now()?;
        let command = Arc::new(plan::bind(&select, &*self.db, self.session)?);
        let rows = self.command(&command)?.rows;
        let count = rows.len();
        if let Some(projection) = command.result() {
            self.once(&mut |work| {
                let command = work.view.command;
                work.db
                    .create_table_as(work.session, create, projection, &rows, command)?;
                Ok(Done::Nothing)
            })?;
        }
        Ok(format!("SELECT {count}"))
    }

    fn create_index(&mut self, create: &CreateIndex) -> Step<String> {
        self.may_write(Some("CREATE INDEX"))?;
        let table = self.lock_named_table(&create.table, LockMode::Share)?;
        self.once(&mut |work| {
            work.db.create_index(work.session, table, create)?;
            Ok(Done::Nothing)
        })?;
        Ok("CREATE INDEX".to_owned())
    }

    fn drop_tables(&mut self, drop: &DropTable) -> Step<String> {
        self.may_write(Some("DROP TABLE"))?;
        let mut tables = Vec::new();
        for name in &drop.names {
            let there = self.once(&mut |work| {
                Ok(Done::Flag(work.db.table_named(name, work.session).is_ok()))
            })?;
            if there == Done::Flag(true) {
                tables.push(self.lock_named_table(name, LockMode::AccessExclusive)?);
            } else if drop.if_exists {
                self.notices.push(format!(
                    "NOTICE:  table \"{}\" does not exist, skipping",
                    name.name
                ));
            } else {
                let message = format!("table \"{}\" does not exist", name.name);
                return Err(SqlError::new(SqlState::UNDEFINED_TABLE, message).into());
            }
        }
        for &table in &tables {
            for (child, _) in self.db.referring(table) {
                if !tables.contains(&child) && !drop.cascade {
                    let message = format!(
                        "cannot drop table {} because other objects depend on it",
                        self.db.table(table).name
                    );
                    return Err(SqlError::new(SqlState::DEPENDENT_OBJECTS, message)
                        .with_hint("Use DROP ... CASCADE to drop the dependent objects too.")
                        .into());
                }
            }
        }
        for table in tables {
            self.write_all(table)?;
            self.act(&mut |work| work.db.drop_table(work.session, table))?;
        }
        Ok("DROP TABLE".to_owned())
    }

    fn drop_indexes(&mut self, drop: &DropTable) -> Step<String> {
        self.may_write(Some("DROP INDEX"))?;
        for name in &drop.names {
            let found = self
                .once(&mut |work| Ok(Done::Index(work.db.index_named(&name.name, work.session))))?;
            let Done::Index(Some((table, place))) = found else {
                if drop.if_exists {
                    let name = &name.name;
                    self.notices.push(format!(
                        "NOTICE:  index \"{name}\" does not exist, skipping"
                    ));
                    continue;
                }
                let message = format!("index \"{}\" does not exist", name.name);
                return Err(SqlError::new(SqlState::UNDEFINED_OBJECT, message).into());
            };
            self.lock_table(table, LockMode::AccessExclusive)?;
            self.act(&mut |work| work.db.drop_index(work.session, table, place))?;
        }
        Ok("DROP INDEX".to_owned())
    }

    fn maintain(&mut self, maintain: &Maintain) -> Step<String> {
        let tables: Vec<TableId> = if maintain.tables.is_empty() {
            self.db.tables_seen(self.session)
        } else {
            let mut tables = Vec::new();
            for name in &maintain.tables {
                let mode = LockMode::ShareUpdateExclusive;
                tables.push(self.lock_named_table(name, mode)?);
            }
            tables
        };
        self.act(&mut |work| {
            for table in &tables {
                work.db.count_rows(*table);
            }
        })?;
        Ok(if maintain.vacuum { "VACUUM" } else { "ANALYZE" }.to_owned())
    }
}
