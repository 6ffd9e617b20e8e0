//! Traffic as bytes: what is to be simulated.

use super::bytes::{Reader, Writer};
use crate::load::{
    AtRetry, Burst, Choice, Costs, Faults, Locking, OnConflict, Order, Policy, Queue, Rate,
    Readers, Scope, Settings, Times,
};

/// Writes settings.
pub(super) fn write(settings: &Settings, out: &mut Writer) {
    let (total, rate) = match settings.rate {
        Rate::PerRow(rate) => (false, rate),
        Rate::Total(rate) => (true, rate),
    };
    out.flag(total)
        .real(rate)
        .real(settings.read_share)
        .option(settings.burst, |out, burst| {
            out.real(burst.at).number(burst.clients.into());
        })
        .number(settings.rows.into())
        .real(match settings.choice {
            Choice::Uniform => 0.0,
            Choice::Zipf(s) => s,
        })
        .number(settings.rows_each.into());
    match &settings.times {
        Times::Fixed(t) => out.number(0).real(*t),
        Times::Exponential { mean } => out.number(1).real(*mean),
        Times::LogNormal { mean, variation } => out.number(2).real(*mean).real(*variation),
        Times::Drawn(all) => out.number(3).list(all, |out, t| {
            out.real(*t);
        }),
    };
    out.flag(settings.at_retry == AtRetry::Keep);
    policy(&settings.policy, out);
    let client = &settings.on_conflict;
    out.option(client.retries, |out, retries| {
        out.number(retries.into());
    })
    .real(client.backoff)
    .flag(client.jitter);
    let (costs, faults) = (&settings.costs, &settings.faults);
    for real in [
        costs.lock_round_trip,
        costs.think,
        costs.retry,
        costs.commit,
        faults.crash,
        faults.duplicate,
        faults.hang,
        faults.hang_time,
    ] {
        out.real(real);
    }
    out.option(settings.connections, |out, connections| {
        out.number(connections.into());
    })
    .number(settings.seed);
}

/// A strategy: its place among all of them, and what it has beyond.
fn policy(policy: &Policy, out: &mut Writer) {
    let alike = |it: &Policy| std::mem::discriminant(it) == std::mem::discriminant(policy);
    let place = Policy::all().iter().position(alike);
    out.number(place.unwrap_or_default() as u64);
    if let Policy::LastWriteWins { skew } = policy {
        out.real(*skew);
    }
    if let Some(locking) = policy.locking() {
        out.flag(locking.order == Order::Sorted)
            .option(locking.timeout, |out, timeout| {
                out.real(timeout);
            })
            .real(locking.deadlock_timeout)
            .flag(locking.scope == Scope::All)
            .flag(locking.readers == Readers::Share)
            .flag(locking.queue == Queue::ReadersPass);
    }
}

/// Reads settings.
pub(super) fn read(from: &mut Reader<'_>) -> Option<Settings> {
    Some(Settings {
        rate: match (from.flag()?, from.real()?) {
            (false, rate) => Rate::PerRow(rate),
            (true, rate) => Rate::Total(rate),
        },
        read_share: from.real()?,
        burst: from.option(|from| {
            Some(Burst {
                at: from.real()?,
                clients: from.small()?,
            })
        })?,
        rows: from.small()?,
        choice: match from.real()? {
            0.0 => Choice::Uniform,
            s => Choice::Zipf(s),
        },
        rows_each: from.small()?,
        times: match from.number()? {
            0 => Times::Fixed(from.real()?),
            1 => Times::Exponential { mean: from.real()? },
            2 => Times::LogNormal {
                mean: from.real()?,
                variation: from.real()?,
            },
            3 => Times::Drawn(from.list(Reader::real)?),
            _ => return None,
        },
        at_retry: if from.flag()? {
            AtRetry::Keep
        } else {
            AtRetry::Redraw
        },
        policy: policy_of(from)?,
        on_conflict: OnConflict {
            retries: from.option(Reader::small)?,
            backoff: from.real()?,
            jitter: from.flag()?,
        },
        costs: Costs {
            lock_round_trip: from.real()?,
            think: from.real()?,
            retry: from.real()?,
            commit: from.real()?,
        },
        faults: Faults {
            crash: from.real()?,
            duplicate: from.real()?,
            hang: from.real()?,
            hang_time: from.real()?,
        },
        connections: from.option(Reader::small)?,
        seed: from.number()?,
    })
}

fn policy_of(from: &mut Reader<'_>) -> Option<Policy> {
    let mut policy = *Policy::all().get(from.size()?)?;
    match &mut policy {
        Policy::LastWriteWins { skew } => *skew = from.real()?,
        Policy::Pessimistic(locking) | Policy::UpsertLock(locking) => {
            *locking = Locking {
                order: if from.flag()? {
                    Order::Sorted
                } else {
                    Order::AsDrawn
                },
                timeout: from.option(Reader::real)?,
                deadlock_timeout: from.real()?,
                scope: if from.flag()? {
                    Scope::All
                } else {
                    Scope::Rows
                },
                readers: if from.flag()? {
                    Readers::Share
                } else {
                    Readers::Snapshot
                },
                queue: if from.flag()? {
                    Queue::ReadersPass
                } else {
                    Queue::FirstCome
                },
            };
        }
        _ => {}
    }
    Some(policy)
}
