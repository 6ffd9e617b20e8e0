//! Modes of a transaction, and `SHOW`, which shows them beside the settings.

use super::tagged;
use crate::db::answer::Answer;
use crate::db::database::Database;
use crate::db::{SqlError, SqlState};
use crate::ids::SessionId;
use crate::sql::ast::{AccessMode, Deferrable, SetScope, TransactionModes};

impl Database {
    pub(in crate::db) fn set_transaction(
        &mut self,
        session: SessionId,
        modes: TransactionModes,
        scope: SetScope,
    ) -> Result<Answer, SqlError> {
        let mut answer = tagged("SET");
        if scope == SetScope::Session {
            let settings = &mut self.backends[session.0].settings;
            if let Some(level) = modes.isolation {
                let name = "default_transaction_isolation";
                settings.set(name, Some(level.setting_name()), false)?;
            }
            if let Some(access) = modes.access {
                let on = access == AccessMode::ReadOnly;
                let value = if on { "on" } else { "off" };
                settings.set("default_transaction_read_only", Some(value), false)?;
            }
            if let Some(deferrable) = modes.deferrable {
                let on = deferrable == Deferrable::Yes;
                let value = if on { "on" } else { "off" };
                settings.set("default_transaction_deferrable", Some(value), false)?;
            }
            return Ok(answer);
        }
        if self.is_implicit(session) {
            let warning = "WARNING:  SET TRANSACTION can only be used in transaction blocks";
            answer.notices.push(warning.to_owned());
        }
        self.set_modes(session, modes)?;
        Ok(answer)
    }

    pub(in crate::db) fn set_modes(
        &mut self,
        session: SessionId,
        modes: TransactionModes,
    ) -> Result<(), SqlError> {
        let Some(open) = &mut self.backends[session.0].transaction else {
            return Ok(());
        };
        let too_late = |what: &str| {
            let message = format!("{what} must be called before any query");
            Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message))
        };
        if let Some(level) = modes.isolation
            && level != open.isolation
        {
            if open.queried {
                return too_late("SET TRANSACTION ISOLATION LEVEL");
            }
            if !open.savepoints.is_empty() {
                let message =
                    "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction";
                return Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message));
            }
            open.isolation = level;
        }
        if let Some(access) = modes.access {
            if access == AccessMode::ReadWrite
                && open.access == AccessMode::ReadOnly
                && open.queried
            {
                let message = "transaction read-write mode must be set before any query";
                return Err(SqlError::new(SqlState::ACTIVE_TRANSACTION, message));
            }
            open.access = access;
        }
        if let Some(deferrable) = modes.deferrable {
            if open.queried {
                return too_late("SET TRANSACTION [NOT] DEFERRABLE");
            }
            open.deferrable = deferrable;
        }
        Ok(())
    }

    /// What `SHOW` shows, the modes of the transaction included.
    pub(in crate::db) fn show(&self, session: SessionId, name: &str) -> Result<String, SqlError> {
        let backend = &self.backends[session.0];
        let open = backend.transaction.as_ref();
        let on_off = |on: bool| if on { "on" } else { "off" }.to_owned();
        Ok(match name {
            "transaction_isolation" => {
                let level = open.map_or(self.default_isolation(session), |open| open.isolation);
                level.setting_name().to_owned()
            }
            "transaction_read_only" => on_off(self.is_read_only(session)),
            "transaction_deferrable" => {
                on_off(open.is_some_and(|open| open.deferrable == Deferrable::Yes))
            }
            _ => return backend.settings.show(name),
        })
    }
}
