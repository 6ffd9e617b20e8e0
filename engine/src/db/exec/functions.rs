//! What expressions of a statement ask of it: rows around them, queries within them, functions that do something.

use super::super::expr::{Advisory, AdvisoryScope, Env, Patience, Sharing, Volatile};
use super::super::lock::AdvisoryKey;
use super::*;

impl Env for Work<'_> {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn outer(&self, depth: usize, place: usize) -> Option<Value> {
        let at = self.outer.len().checked_sub(depth)?;
        self.outer.get(at)?.get(place).cloned()
    }

    fn rows(&mut self, query: &Query, row: &[Value], most: usize) -> Step<Vec<Row>> {
        let address = std::ptr::from_ref(query) as usize;
        if let Some((_, rows)) = self.known.iter().find(|(known, _)| *known == address) {
            return Ok(rows.to_vec());
        }
        // A query that asks nothing of the row around it is carried out once, and in full.
        let most = if query.correlated { most } else { usize::MAX };
        self.outer.push(row.to_vec());
        let rows = self.query(query, most);
        self.outer.pop();
        let rows = rows?;
        if !query.correlated {
            self.known.push((address, Arc::new(rows.clone())));
        }
        Ok(rows)
    }

    fn call(&mut self, function: Volatile, args: Vec<Value>) -> Step<Value> {
        let strict = !matches!(function, Volatile::SetConfig);
        if strict && args.iter().any(Value::is_null) {
            return Ok(Value::Null);
        }
        match function {
            Volatile::Sleep => self.sleep(&args),
            Volatile::AdvisoryLock(advisory) => self.advisory_lock(advisory, &args),
            Volatile::AdvisoryUnlock(sharing) => self.advisory_unlock(sharing, &args),
            Volatile::AdvisoryUnlockAll => {
                self.act(&mut |work| work.db.unlock_all_advisory(work.session))?;
                Ok(Value::from(""))
            }
            Volatile::BackendPid => Ok(Value::Int(10_001 + self.session.0 as i32)),
            Volatile::Clock => self.value(&mut |work| Ok(Value::Timestamp(work.db.wall_clock()))),
            Volatile::TransactionId => self.value(&mut |work| {
                work.db.number(work.session);
                let top = work.me().map_or(0, |xid| xid.0);
                Ok(Value::BigInt(i64::from(top)))
            }),
            Volatile::NextValue => {
                let name = args[0].to_text().unwrap_or_default();
                self.value(&mut |work| work.db.next_value(work.session, &name))
            }
            Volatile::CurrentValue => {
                let name = args[0].to_text().unwrap_or_default();
                self.value(&mut |work| work.db.current_value(work.session, &name))
            }
            Volatile::CurrentSetting => {
                let name = args[0].to_text().unwrap_or_default();
                self.value(&mut |work| {
                    let shown = work.db.show(work.session, &name)?;
                    Ok(Value::from(shown.as_str()))
                })
            }
            Volatile::SetConfig => {
                let texts: Vec<String> = args.iter().filter_map(Value::to_text).collect();
                let [name, value, local] = &texts[..] else {
                    return Ok(Value::Null);
                };
                self.value(&mut |work| {
                    let local = local == "t";
                    work.db.set(work.session, name, Some(value), local)?;
                    Ok(Value::from(value.as_str()))
                })
            }
        }
    }
}

impl Work<'_> {
    /// Something whose value is another when it is asked again.
    fn value(&mut self, act: &mut dyn FnMut(&mut Self) -> Result<Value, SqlError>) -> Step<Value> {
        match self.once(&mut |work| Ok(Done::Value(act(work)?)))? {
            Done::Value(value) => Ok(value),
            _ => Err(internal("the log does not fit the statement").into()),
        }
    }

    fn sleep(&mut self, args: &[Value]) -> Step<Value> {
        let seconds = args
            .first()
            .and_then(Value::as_numeric)
            .unwrap_or_else(|| 0.into());
        let milliseconds = seconds
            .mul(&1_000.into())
            .ok()
            .and_then(|product| product.to_i64())
            .unwrap_or(0)
            .max(0);
        self.once(&mut |work| {
            if milliseconds == 0 {
                return Ok(Done::Nothing);
            }
            let until = Tick(work.db.clock().0 + milliseconds as u64);
            Err(Stop::Wait(Box::new(WaitFor {
                until: Until::Time(until),
                version: None,
                reason: WaitReason::Sleep,
            })))
        })?;
        Ok(Value::from(""))
    }

    fn advisory_lock(&mut self, advisory: Advisory, args: &[Value]) -> Step<Value> {
        let key = key_of(args);
        let mode = mode_of(advisory.sharing);
        let owner = match advisory.scope {
            AdvisoryScope::Session => Owner::Session,
            AdvisoryScope::Transaction => self.db.owner(self.session),
        };
        let tag = Tag::Advisory(key);
        if advisory.patience == Patience::Tries {
            return self.value(&mut |work| {
                let free = work.db.locks.is_free(work.session, tag, mode);
                if free {
                    work.db.locks.acquire(work.session, tag, mode, owner);
                }
                Ok(Value::Boolean(free))
            });
        }
        self.queue((tag, mode), owner, None, WaitReason::Advisory(key, mode))?;
        Ok(Value::from(""))
    }

    fn advisory_unlock(&mut self, sharing: Sharing, args: &[Value]) -> Step<Value> {
        let key = key_of(args);
        let mode = mode_of(sharing);
        let value = self.value(&mut |work| {
            let owned = work.db.unlock_advisory(work.session, key, mode);
            Ok(Value::Boolean(owned))
        })?;
        if value == Value::Boolean(false) {
            self.notices.push(format!(
                "WARNING:  you don't own a lock of type {}",
                mode.name()
            ));
        }
        Ok(value)
    }
}

fn mode_of(sharing: Sharing) -> LockMode {
    match sharing {
        Sharing::Exclusive => LockMode::Exclusive,
        Sharing::Shared => LockMode::Share,
    }
}

fn key_of(args: &[Value]) -> AdvisoryKey {
    let number = |at: usize| args.get(at).and_then(Value::as_integer).unwrap_or(0);
    if args.len() == 2 {
        AdvisoryKey::Pair(number(0) as i32, number(1) as i32)
    } else {
        AdvisoryKey::Single(number(0))
    }
}
