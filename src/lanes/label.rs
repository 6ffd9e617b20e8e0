//! What fits on a step's chip, and what the step says in full.

use rowlock_engine::scenario::Action;
use rowlock_engine::sql::ast::Statement;

/// The step as it is written after the session's name.
pub(super) fn written(action: &Action) -> String {
    action.to_string()
}

/// What fits on a chip.
pub(super) fn label(action: &Action) -> &'static str {
    match action {
        Action::Require(_) => "require",
        Action::Fault(fault) => fault.as_str(),
        Action::Sql(sql) => match &sql.statement {
            Statement::Begin(_) => "BEGIN",
            Statement::Commit => "COMMIT",
            Statement::Rollback => "ROLLBACK",
            Statement::Select(select) if !select.locking.is_empty() => "LOCK",
            Statement::Select(_) => "SELECT",
            Statement::Insert(insert) if insert.on_conflict.is_some() => "UPSERT",
            Statement::Insert(_) => "INSERT",
            Statement::Update(_) => "UPDATE",
            Statement::Delete(_) => "DELETE",
            Statement::Savepoint(_) => "SAVEPOINT",
            Statement::RollbackTo(_) => "ROLLBACK TO",
            Statement::Release(_) => "RELEASE",
            Statement::Set(_) | Statement::SetTransaction(..) => "SET",
            Statement::Show(_) => "SHOW",
            Statement::LockTable(_) => "LOCK TABLE",
            Statement::Truncate(_) => "TRUNCATE",
            Statement::Prepare(_) => "PREPARE",
            Statement::Execute(_) => "EXECUTE",
            Statement::Deallocate(_) => "DEALLOCATE",
            Statement::Maintain(_) => "ANALYZE",
            Statement::CreateTable(_) | Statement::CreateIndex(_) => "CREATE",
            Statement::DropTable(_) | Statement::DropIndex(_) => "DROP",
        },
    }
}
