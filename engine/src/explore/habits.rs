//! Which habits of a plan let its states be told apart by less.

use crate::collections::Set;
use crate::db::Database;
use crate::db::canonical::Habits;
use crate::db::catalog::IndexKind;
use crate::ids::SessionId;
use crate::scenario::{Scenario, Sql};
use crate::sql::ast::{BinaryOp, Expr, IsolationLevel, RowLock, Select, SelectItem, Statement};
use crate::sql::visit;
use crate::strategy::{Plan, PlannedAction};

/// The functions and words that look at the clock.
const CLOCKS: [&str; 10] = [
    "now(",
    "current_timestamp",
    "localtimestamp",
    "current_date",
    "current_time",
    "localtime",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
];

/// The habits of a plan, on the database that its set-up made.
pub(super) fn habits(scenario: &Scenario, plan: &Plan, db: &Database) -> Habits {
    let texts = || {
        let setup = plan.setup.iter().map(|entry| entry.sql.text.as_str());
        let steps = plan.steps.iter().map(|step| step.action.text());
        setup.chain(steps).map(str::to_lowercase)
    };
    let says = |words: &[&str]| texts().any(|text| words.iter().any(|word| text.contains(word)));
    let sqls = || {
        plan.steps.iter().filter_map(|step| match &step.action {
            PlannedAction::Sql { sql, .. } => Some(sql),
            _ => None,
        })
    };
    let statements = || sqls().map(|sql| &sql.statement);
    let plain = |statement: &Statement| {
        matches!(
            statement,
            Statement::Begin(_)
                | Statement::Commit
                | Statement::Rollback
                | Statement::Select(_)
                | Statement::Insert(_)
                | Statement::Update(_)
                | Statement::Delete(_)
        )
    };
    let levels = || {
        let begins = statements().filter_map(|statement| match statement {
            Statement::Begin(modes) => modes.isolation,
            _ => None,
        });
        begins.chain(plan.clients.iter().map(|client| client.isolation))
    };
    // Settings may change the level by name.
    let sets_level = says(&["isolation"]);
    let rules_ask = asks_for_waits(scenario);
    let simple = says_nothing_of_old_versions(plan)
        && levels().all(|level| {
            level <= IsolationLevel::ReadCommitted && level > IsolationLevel::DirtyRead
        })
        && !sets_level
        && !says(&["references"]);
    let one_alarm = !says(&["timeout", "sleep"]);
    let one_row = simple && locks_one_row_at_a_time(plan, db);
    let no_circles = one_row
        && plan.lock_escalation.is_none()
        && !says(&["advisory", "sleep"])
        && has_no_circles(plan, db);
    let clause_waits = |statement: &Statement| matches!(statement, Statement::Select(select) if !select.locking.is_empty());
    let rules_say = |word: &&str| {
        let mut rules = scenario.expect.iter();
        rules.any(|rule| rule.query.text.to_ascii_lowercase().contains(*word))
    };
    Habits {
        one_row,
        one_alarm,
        by_key: one_row
            && sqls().all(|sql| is_told_in_no_order(sql, db))
            && !ORDERED.iter().any(rules_say),
        filters: simple.then(|| filtered_columns(plan, db)),
        no_circles,
        first_come: no_circles && one_alarm && !statements().any(clause_waits) && !rules_ask,
        locks_tables: plan.lock_escalation.is_some()
            || !statements().all(|statement| {
                plain(statement)
                    || matches!(
                        statement,
                        Statement::Savepoint(_)
                            | Statement::Release(_)
                            | Statement::RollbackTo(_)
                            | Statement::Set(_)
                            | Statement::SetTransaction(..)
                            | Statement::Show(_)
                    )
            }),
        forgets: levels().all(|level| level > IsolationLevel::DirtyWrite),
        keeps_age: sets_level
            || levels().any(|level| level == IsolationLevel::Serializable)
            || statements().any(|statement| matches!(statement, Statement::Savepoint(_))),
        keeps_time: says(&CLOCKS) || rules_ask,
    }
}

/// Whether a rule asks how long somebody waited.
pub(super) fn asks_for_waits(scenario: &Scenario) -> bool {
    let mut rules = scenario.expect.iter();
    rules.any(|rule| {
        rule.query
            .text
            .to_ascii_lowercase()
            .contains(":longest_wait")
    })
}

/// Whether every statement that can wait for a row uses of a version that was replaced meanwhile nothing but the columns of its
/// condition: plain statements on a single table, which go on with the newest version.
fn says_nothing_of_old_versions(plan: &Plan) -> bool {
    plan.steps.iter().all(|step| {
        let PlannedAction::Sql { sql, .. } = &step.action else {
            return true;
        };
        let selects = sql.text.to_ascii_lowercase().matches("select").count();
        match &sql.statement {
            Statement::Begin(_) | Statement::Commit | Statement::Rollback | Statement::Set(_) => {
                true
            }
            Statement::Select(select) if select.locking.is_empty() => true,
            Statement::Select(select) => selects == 1 && is_plain(select),
            Statement::Update(update) => {
                selects == 0 && update.with.is_empty() && update.from.is_empty()
            }
            Statement::Delete(delete) => {
                selects == 0 && delete.with.is_empty() && delete.using.is_empty()
            }
            Statement::Insert(_) => {
                selects == 0 && !sql.text.to_ascii_lowercase().contains("conflict")
            }
            _ => false,
        }
    })
}

fn is_plain(select: &Select) -> bool {
    select.single_table().is_some()
        && select.with.is_empty()
        && select.compound.is_empty()
        && select.group_by.is_empty()
        && select.having.is_none()
        && select.order_by.is_empty()
        && select.limit.is_none()
        && select.offset.is_none()
        && select
            .locking
            .iter()
            .all(|locking| locking.strength != RowLock::KeyShare)
}

/// The condition of a statement that locks rows, with its table.
fn locking(statement: &Statement) -> Option<(&str, Option<&Expr>)> {
    match statement {
        Statement::Update(update) => Some((&update.table.name.name, update.filter.as_ref())),
        Statement::Delete(delete) => Some((&delete.table.name.name, delete.filter.as_ref())),
        Statement::Select(select) if !select.locking.is_empty() => {
            let table = select.single_table()?;
            Some((&table.name.name, select.filter.as_ref()))
        }
        _ => None,
    }
}

/// By table, the columns that some condition or index uses.
fn filtered_columns(plan: &Plan, db: &Database) -> Vec<Vec<bool>> {
    let mut names: Set<String> = Set::new();
    for step in &plan.steps {
        if let PlannedAction::Sql { sql, .. } = &step.action
            && let Some((_, Some(filter))) = locking(&sql.statement)
        {
            visit::walk(filter, &mut |expr| {
                if let Expr::Column { name, .. } = expr {
                    names.insert(name.name.clone());
                }
            });
        }
    }
    db.every_table()
        .map(|table| {
            let columns = table.columns.iter().enumerate();
            columns
                .map(|(place, column)| {
                    names.contains(&column.name)
                        // What was computed from an old version is computed again, and must not fail.
                        || column.not_null
                        || table
                            .indexes
                            .iter()
                            .any(|index| index.columns.contains(&place) || index.filter.is_some())
                })
                .collect()
        })
        .collect()
}

/// Words of queries that give one row, and another if the rows they are asked of stand in another order.
const ORDERED: [&str; 5] = ["limit", "offset", "fetch", "_agg", "distinct"];

/// Whether what a plain statement is answered is the same in whatever order the rows of its table stand.
fn is_told_in_no_order(sql: &Sql, db: &Database) -> bool {
    let Statement::Select(select) = &sql.statement else {
        return true;
    };
    if sql.text.to_ascii_lowercase().matches("select").count() > 1 {
        return false;
    }
    let Some(table) = select.single_table() else {
        return select.from.is_empty();
    };
    let one = |filter: &Expr| names_one_row(db, &table.name.name, filter);
    let adds_up = |item: &SelectItem| {
        let SelectItem::Expr { expr, .. } = item else {
            return false;
        };
        let mut adds = false;
        visit::walk(expr, &mut |expr| {
            adds |= matches!(expr, Expr::Call(call) if ["count", "sum", "min", "max"].contains(&call.name.name.as_str()));
        });
        adds
    };
    select.filter.as_ref().is_some_and(one)
        || select.group_by.is_empty()
            && !select.items.is_empty()
            && select.items.iter().all(adds_up)
}

/// Whether each statement that locks rows names one, by its key, and changes nothing that has to be unique.
fn locks_one_row_at_a_time(plan: &Plan, db: &Database) -> bool {
    plan.steps.iter().all(|step| {
        let PlannedAction::Sql { sql, .. } = &step.action else {
            return true;
        };
        if let Statement::Update(update) = &sql.statement {
            let keys = |column: &str| is_unique(db, &update.table.name.name, column);
            if update.assignments.iter().any(|it| keys(&it.column.name)) {
                return false;
            }
        }
        match locking(&sql.statement) {
            None => true,
            Some((table, filter)) => filter.is_some_and(|filter| names_one_row(db, table, filter)),
        }
    })
}

/// Whether no circle of sessions that wait for each other's rows can come to be, where each statement locks one row: each session locks
/// one at most, at once as strongly as it ever will, and inserts none.
fn has_no_circles(plan: &Plan, db: &Database) -> bool {
    (0..plan.sessions.len()).map(SessionId).all(|session| {
        let mut only: Option<(&str, Option<String>)> = None;
        let mut steps = plan.steps.iter().filter(|step| step.session == session);
        steps.all(|step| {
            let PlannedAction::Sql { sql, .. } = &step.action else {
                return !matches!(step.action, PlannedAction::Process(_));
            };
            if matches!(sql.statement, Statement::Insert(_)) {
                return false;
            }
            let Some((table, Some(filter))) = locking(&sql.statement) else {
                return true;
            };
            // Another condition beside the key may be there.
            let row = (table, key_of(db, table, filter).map(ToString::to_string));
            match &only {
                Some(before) => *before == row,
                None => {
                    only = Some(row);
                    is_strong(&sql.statement)
                }
            }
        })
    })
}

/// Whether a statement that locks a row locks it as strongly as can be; a change of one that names it by its key does.
fn is_strong(statement: &Statement) -> bool {
    let Statement::Select(select) = statement else {
        return true;
    };
    let mut locking = select.locking.iter();
    locking.all(|locking| locking.strength == RowLock::Update)
}

/// Whether a column decides whether a row may be there beside others.
fn is_unique(db: &Database, table: &str, column: &str) -> bool {
    let mut tables = db.every_table().filter(|it| it.name == table);
    tables.any(|it| {
        let mut unique = it
            .indexes
            .iter()
            .filter(|index| index.kind != IndexKind::Plain);
        let is_it = |place: &usize| it.columns[*place].name == column;
        unique.any(|index| index.filter.is_some() || index.columns.iter().any(is_it))
    })
}

fn is_key(db: &Database, table: &str, column: &str) -> bool {
    db.every_table().any(|definition| {
        definition.name == table
            && definition
                .primary_key()
                .iter()
                .any(|&key| definition.columns[key].name == column)
    })
}

fn names_one_row(db: &Database, table: &str, filter: &Expr) -> bool {
    key_of(db, table, filter).is_some()
}

/// The constant in `key = constant`, alone or with other conditions beside it.
fn key_of<'a>(db: &Database, table: &str, filter: &'a Expr) -> Option<&'a Expr> {
    match filter {
        Expr::Binary(one, BinaryOp::And, two) => {
            key_of(db, table, one).or_else(|| key_of(db, table, two))
        }
        Expr::Binary(one, BinaryOp::Eq, two) => {
            let Expr::Column { name, .. } = &**one else {
                return None;
            };
            let alone = db
                .every_table()
                .any(|definition| definition.name == table && definition.primary_key().len() == 1);
            let constant = matches!(&**two, Expr::Literal(..));
            (alone && constant && is_key(db, table, &name.name)).then_some(&**two)
        }
        _ => None,
    }
}
