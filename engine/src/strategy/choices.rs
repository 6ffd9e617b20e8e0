//! The options of a strategy, as a picker offers them.

use super::{
    Fairness, Guard, LockOrder, LockWait, Patience, ProcessLock, Sharing, Strategy, UpsertAction,
    VersionToken,
};
use crate::sql::ast::{RowLock, TableLockMode};

/// One option of a strategy, with everything that can be chosen for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name, for machines.
    pub id: &'static str,
    /// Its name, for people.
    pub label: &'static str,
    /// The words for each choice, and the whole strategy that has it.
    pub options: Vec<(String, Strategy)>,
}

impl Strategy {
    /// The options that it has, each with all its choices; the present one is among them.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        let mut add = |id, label, options: Vec<(&str, Strategy)>| {
            let options = options.into_iter();
            choices.push(Choice {
                id,
                label,
                options: options.map(|(words, it)| (words.to_owned(), it)).collect(),
            });
        };
        match *self {
            Self::Atomic { .. } => {
                let with = |guard| Self::Atomic { guard };
                let options = vec![
                    ("in the WHERE clause", with(Guard::Where)),
                    ("by the client", with(Guard::Client)),
                ];
                add("guard", "Checks are made", options);
            }
            Self::Optimistic { .. } => {
                let with = |token| Self::Optimistic { token };
                let options = vec![
                    ("a counter", with(VersionToken::Version)),
                    ("updated_at", with(VersionToken::UpdatedAt)),
                ];
                add("token", "Version", options);
            }
            Self::Pessimistic {
                strength,
                wait,
                order,
            } => {
                let with = |strength, wait, order| Self::Pessimistic {
                    strength,
                    wait,
                    order,
                };
                let strengths = [
                    RowLock::Update,
                    RowLock::NoKeyUpdate,
                    RowLock::Share,
                    RowLock::KeyShare,
                ];
                let options = strengths.map(|it| (it.clause(), with(it, wait, order)));
                add("lock-strength", "Row lock", options.to_vec());
                let timeout = match wait {
                    LockWait::Timeout(time) => time,
                    _ => 50,
                };
                let words = format!("wait at most {timeout} ms");
                let waits = vec![
                    ("wait", LockWait::Block),
                    ("nowait", LockWait::NoWait),
                    ("skip locked", LockWait::SkipLocked),
                    (words.as_str(), LockWait::Timeout(timeout)),
                ];
                let waits = waits.into_iter();
                let options = waits.map(|(words, it)| (words, with(strength, it, order)));
                add("lock-wait", "Locked row", options.collect());
                let options = vec![
                    ("as drawn", with(strength, wait, LockOrder::AsDrawn)),
                    ("by key", with(strength, wait, LockOrder::ByKey)),
                ];
                add("lock-order", "Lock order", options);
            }
            Self::Upsert { .. } => {
                let with = |action| Self::Upsert { action };
                let options = vec![
                    ("both", with(UpsertAction::Both)),
                    ("do nothing", with(UpsertAction::DoNothing)),
                    ("do update", with(UpsertAction::DoUpdate)),
                ];
                add("upsert-action", "On conflict", options);
            }
            Self::AdvisoryLock {
                sharing,
                patience,
                key,
            } => {
                let with = |sharing, patience, key| Self::AdvisoryLock {
                    sharing,
                    patience,
                    key,
                };
                let options = vec![
                    ("exclusive", with(Sharing::Exclusive, patience, key)),
                    ("shared", with(Sharing::Shared, patience, key)),
                ];
                add("advisory-sharing", "Lock", options);
                let options = vec![
                    ("wait", with(sharing, Patience::Wait, key)),
                    ("try", with(sharing, Patience::Try, key)),
                ];
                add("advisory-patience", "When taken", options);
                let one = key.unwrap_or(1);
                let words = format!("{one} for all");
                let options = vec![
                    ("the rows’ keys", with(sharing, patience, None)),
                    (words.as_str(), with(sharing, patience, Some(one))),
                ];
                add("advisory-key", "Key", options);
            }
            Self::TableLock { .. } => {
                let modes = [
                    TableLockMode::AccessShare,
                    TableLockMode::RowShare,
                    TableLockMode::RowExclusive,
                    TableLockMode::ShareUpdateExclusive,
                    TableLockMode::Share,
                    TableLockMode::ShareRowExclusive,
                    TableLockMode::Exclusive,
                    TableLockMode::AccessExclusive,
                ];
                let options = modes.map(|mode| (mode.sql(), Self::TableLock { mode }));
                add("table-mode", "Mode", options.to_vec());
            }
            Self::InProcess { lock, fairness } => {
                let with = |lock, fairness| Self::InProcess { lock, fairness };
                let options = vec![
                    ("mutex", with(ProcessLock::Mutex, fairness)),
                    ("read-write", with(ProcessLock::ReadWrite, fairness)),
                    ("stamped", with(ProcessLock::Stamped, fairness)),
                ];
                add("process-lock", "Lock", options);
                let options = vec![
                    ("unfair", with(lock, Fairness::Unfair)),
                    ("fair", with(lock, Fairness::Fair)),
                ];
                add("fairness", "Queue", options);
            }
            Self::None
            | Self::LastWriteWins
            | Self::UpsertLock
            | Self::Snapshot
            | Self::Serializable => {}
        }
        choices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_offered_once_and_the_present_one_is_among_them() {
        for strategy in Strategy::ALL {
            for choice in strategy.choices() {
                let present = choice.options.iter().filter(|(_, it)| *it == strategy);
                assert_eq!(present.count(), 1, "{strategy}: {}", choice.label);
                for (_, option) in &choice.options {
                    assert_eq!(option.to_string().parse(), Ok(*option));
                }
            }
        }
    }
}
