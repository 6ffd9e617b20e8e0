//! Functions that do something (manual, sections 9.16, 9.26 and 9.27).
//!
//! | name                                                             | arguments              |
//! |------------------------------------------------------------------|------------------------|
//! | `pg_sleep`                                                       | seconds                |
//! | `pg_advisory_lock`, `pg_advisory_xact_lock`, each with `_shared` | bigint; integer, integer |
//! | `pg_try_advisory_lock`, `pg_try_advisory_xact_lock`, likewise    | bigint; integer, integer |
//! | `pg_advisory_unlock`, `pg_advisory_unlock_shared`                | bigint; integer, integer |
//! | `pg_advisory_unlock_all`, `pg_backend_pid`, `txid_current`, `clock_timestamp` |           |
//! | `nextval`, `currval`                                             | name                   |
//! | `current_setting`; `set_config`                                  | name; name, value, local |

use super::bind::Binder;
use super::coerce::implicit;
use super::function::does_not_exist;
use super::{Advisory, AdvisoryScope, Bound, Node, Patience, Sharing, Volatile};
use crate::db::{SqlError, Type};
use crate::sql::ast::{Call, CallArgs, Expr};

/// The function of a name.
pub(super) fn named(name: &str) -> Option<Volatile> {
    Some(match name {
        "pg_sleep" => Volatile::Sleep,
        "pg_advisory_unlock" => Volatile::AdvisoryUnlock(Sharing::Exclusive),
        "pg_advisory_unlock_shared" => Volatile::AdvisoryUnlock(Sharing::Shared),
        "pg_advisory_unlock_all" => Volatile::AdvisoryUnlockAll,
        "nextval" => Volatile::NextValue,
        "currval" => Volatile::CurrentValue,
        "pg_backend_pid" => Volatile::BackendPid,
        "txid_current" | "pg_current_xact_id" => Volatile::TransactionId,
        "current_setting" => Volatile::CurrentSetting,
        "set_config" => Volatile::SetConfig,
        "clock_timestamp" => Volatile::Clock,
        _ => return advisory(name).map(Volatile::AdvisoryLock),
    })
}

/// `pg_[try_]advisory_[xact_]lock[_shared]`
fn advisory(name: &str) -> Option<Advisory> {
    let rest = name.strip_prefix("pg_")?;
    let (rest, patience) = match rest.strip_prefix("try_") {
        Some(rest) => (rest, Patience::Tries),
        None => (rest, Patience::Waits),
    };
    let rest = rest.strip_prefix("advisory_")?;
    let (rest, scope) = match rest.strip_prefix("xact_") {
        Some(rest) => (rest, AdvisoryScope::Transaction),
        None => (rest, AdvisoryScope::Session),
    };
    let sharing = match rest {
        "lock" => Sharing::Exclusive,
        "lock_shared" => Sharing::Shared,
        _ => return None,
    };
    Some(Advisory {
        sharing,
        scope,
        patience,
    })
}

impl Binder<'_> {
    pub(super) fn volatile(&mut self, call: &Call) -> Result<Bound, SqlError> {
        let args: &[Expr] = match &call.args {
            CallArgs::List(args) => args,
            CallArgs::Star | CallArgs::Distinct(_) => &[],
        };
        let name = call.name.name.as_str();
        let mut operands = Vec::with_capacity(args.len());
        for arg in args {
            operands.push(self.bind(arg)?);
        }
        let types: Vec<Type> = operands.iter().map(|bound| bound.ty).collect();
        let missing = || does_not_exist(name, &types, call);
        let Some(function) = named(name) else {
            return Err(missing());
        };
        let (wanted, ty): (&[Type], Type) = match (function, types.len()) {
            (Volatile::Sleep, 1) => (&[Type::Numeric], Type::Text),
            (Volatile::AdvisoryLock(advisory), 1 | 2) => {
                let ty = match advisory.patience {
                    Patience::Waits => Type::Text,
                    Patience::Tries => Type::Bool,
                };
                (advisory_key(types.len()), ty)
            }
            (Volatile::AdvisoryUnlock(_), 1 | 2) => (advisory_key(types.len()), Type::Bool),
            (Volatile::AdvisoryUnlockAll, 0) => (&[], Type::Text),
            (Volatile::NextValue | Volatile::CurrentValue, 1) => (&[Type::Text], Type::Int8),
            (Volatile::BackendPid, 0) => (&[], Type::Int4),
            (Volatile::TransactionId, 0) => (&[], Type::Int8),
            (Volatile::CurrentSetting, 1) => (&[Type::Text], Type::Text),
            (Volatile::SetConfig, 3) => (&[Type::Text, Type::Text, Type::Bool], Type::Text),
            (Volatile::Clock, 0) => (&[], Type::Timestamp),
            _ => return Err(missing()),
        };
        let mut converted = Vec::with_capacity(operands.len());
        for ((bound, wanted), arg) in operands.into_iter().zip(wanted).zip(args) {
            let fits = bound.ty == *wanted
                || bound.ty == Type::Unknown
                || (bound.ty.is_text() && wanted.is_text())
                || (bound.ty.is_number() && *wanted == Type::Numeric)
                || (bound.ty == Type::Int4 && *wanted == Type::Int8);
            if !fits {
                return Err(missing());
            }
            converted.push(implicit(bound, *wanted, arg)?);
        }
        Ok(Bound::new(Node::Volatile(function, converted), ty))
    }
}

/// One bigint, or two integers: two spaces of keys.
fn advisory_key(count: usize) -> &'static [Type] {
    if count == 1 {
        &[Type::Int8]
    } else {
        &[Type::Int4, Type::Int4]
    }
}
