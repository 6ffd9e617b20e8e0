//! Strategies: how plain transactions, as drawn, are guarded.
//!
//! A strategy is a pure function from a [`Scenario`] to a [`Plan`]: the statements that each session really sends and
//! what its client does on a conflict. The plan says of each statement where it came from and why, so that a reader can
//! see both as a difference. A strategy that cannot express what was drawn leaves it and says so; it never changes the
//! meaning silently. One file a strategy.

mod advisory;
mod atomic;
mod build;
mod by_key;
mod choices;
mod difference;
mod draft;
mod drawn;
mod explanation;
mod in_process;
mod isolated;
mod keys;
mod last_write_wins;
mod locking;
mod none;
mod optimistic;
mod options;
mod pessimistic;
mod plan;
mod raised;
mod serializable;
mod snapshot;
mod table_lock;
mod tables;
mod transactions;
mod upsert;
mod upsert_lock;
mod version;

#[cfg(test)]
mod tests;

pub use difference::difference;

pub use choices::Choice;
pub use explanation::Explanation;
pub use options::{
    Fairness, Guard, LockOrder, LockWait, Patience, ProcessLock, Sharing, Strategy, UpsertAction,
    VersionToken,
};
pub use plan::{
    ClientPlan, Dropped, Hold, Origin, Plan, PlannedAction, PlannedStep, ProcessCall, RowCheck,
};
pub use raised::{Raised, raised};

use crate::scenario::{Scenario, SessionId};

/// What is really sent under the scenario's strategy, and under those that sessions have of their own.
#[must_use]
pub fn plan(scenario: &Scenario) -> Plan {
    let mut drawn = drawn::Drawn::new(scenario);
    let mut draft = draft::Draft::new(scenario);
    let mut strategies = Vec::new();
    for session in (0..scenario.sessions.len()).map(SessionId) {
        let own = scenario.strategy_of(session);
        if !strategies.contains(&own) {
            strategies.push(own);
        }
    }
    if scenario.lock_escalation.is_some() {
        draft.remark(
            "Not PostgreSQL: after so many row locks the database locks the whole table, as SQL Server and Db2 do."
                .to_owned(),
        );
    }
    let all = std::mem::take(&mut drawn.transactions);
    for strategy in &strategies {
        let its =
            |about: &&transactions::Transaction| scenario.strategy_of(about.session) == *strategy;
        drawn.transactions = all.iter().filter(its).cloned().collect();
        apply(*strategy, &mut draft, &drawn);
    }
    if let ([strategy], true) = (
        strategies.as_slice(),
        draft.is_as_drawn() && drawn.has_writes(),
    ) {
        draft.remark(nothing_to_do(*strategy).to_owned());
    }
    draft.finish()
}

/// What a strategy makes of the transactions of the sessions that have it.
fn apply(strategy: Strategy, draft: &mut draft::Draft<'_>, drawn: &drawn::Drawn<'_>) {
    match strategy {
        Strategy::None => none::apply(draft),
        Strategy::LastWriteWins => last_write_wins::apply(draft, drawn),
        Strategy::Atomic { guard } => atomic::apply(draft, drawn, guard),
        Strategy::Optimistic { token } => {
            optimistic::apply(draft, drawn, token);
            draft.remark_on_earlier_readings(drawn);
        }
        Strategy::Pessimistic {
            strength,
            wait,
            order,
        } => {
            pessimistic::apply(draft, drawn, strength, wait, order);
            draft.remark_on_earlier_readings(drawn);
        }
        Strategy::Upsert { action } => upsert::apply(draft, drawn, action),
        Strategy::UpsertLock => {
            upsert_lock::apply(draft, drawn);
            draft.remark_on_earlier_readings(drawn);
        }
        Strategy::Snapshot => snapshot::apply(draft, drawn),
        Strategy::Serializable => serializable::apply(draft, drawn),
        Strategy::AdvisoryLock {
            sharing,
            patience,
            key,
        } => advisory::apply(draft, drawn, sharing, patience, key),
        Strategy::TableLock { mode } => table_lock::apply(draft, drawn, mode),
        Strategy::InProcess { lock, .. } => in_process::apply(draft, drawn, lock),
    }
}

/// Why a strategy leaves everything as drawn, where it has nothing else to say.
fn nothing_to_do(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::None => "",
        Strategy::Atomic { .. } => {
            "No write computes from a value read before, so there is no arithmetic to move: all is sent as drawn."
        }
        Strategy::Optimistic { .. } => {
            "No transaction reads a row before it writes it, so there is no version to compare: all is sent as drawn."
        }
        Strategy::Pessimistic { .. } => {
            "No transaction reads a row unlocked before it writes it, and a write locks its row by itself: all is sent as drawn."
        }
        Strategy::Snapshot | Strategy::Serializable => {
            "No transaction begins with BEGIN, and a statement alone sees one snapshot anyway: all is sent as drawn."
        }
        _ => "There is nothing here that this strategy could guard: all is sent as drawn.",
    }
}
