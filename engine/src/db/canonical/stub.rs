//! What others can come to see of a session.

use crate::db::backend::{Backend, Open, OpenState, Waiting};
use crate::db::exec::Exec;
use crate::db::settings::Settings;
use crate::ids::Tick;
use crate::sql::ast::{AccessMode, Deferrable, IsolationLevel, Statement};
use std::sync::Arc;

/// As much of a backend as others can come to see.
pub(super) fn stub(backend: &Backend) -> Backend {
    let transaction = backend
        .transaction
        .as_ref()
        .filter(|open| open.xid.is_some() || open.serial.is_some());
    let transaction = transaction.map(|open| Open {
        isolation: IsolationLevel::ReadCommitted,
        access: AccessMode::ReadWrite,
        deferrable: Deferrable::No,
        xid: open.xid,
        savepoints: Vec::new(),
        snapshot: None,
        serial: open.serial,
        queried: false,
        commands: 0,
        state: OpenState::Explicit,
        began: Tick(0),
        deferred: Vec::new(),
        settings: Settings::default(),
    });
    let waiting = backend.waiting.as_ref().map(|waiting| Waiting {
        exec: Arc::new(Exec::new(
            Arc::new(Statement::Rollback),
            waiting.exec.started,
        )),
        for_what: waiting.for_what.clone(),
        since: waiting.since,
        checked: waiting.checked,
    });
    Backend {
        settings: match waiting {
            Some(_) => backend.settings.clone(),
            None => Settings::default(),
        },
        transaction,
        waiting,
        ..Backend::default()
    }
}
