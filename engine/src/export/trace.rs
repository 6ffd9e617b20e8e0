//! The trace of a run as JSON: what was sent and answered, how each transaction ended, the tables and the verdict.
//!
//! Sessions are named by their short names, events by their place in `events`, from 0.

use crate::db::{Row, RowSet, SqlError};
use crate::json::{Data, Fields, Json};
use crate::run::{Conflict, EventKind, LockTarget, Outcome, Reply, Run, TableState, Wait};
use crate::scenario::Scenario;
use crate::strategy::Plan;
use crate::verdict::{Serial, Verdict, VerdictKind};

/// The whole run as the text of one JSON object.
#[must_use]
pub fn trace_json(scenario: &Scenario, plan: &Plan, run: &Run, verdict: &Verdict) -> String {
    trace(scenario, plan, run, verdict).to_text()
}

/// The whole run as one object.
#[must_use]
pub fn trace(scenario: &Scenario, plan: &Plan, run: &Run, verdict: &Verdict) -> Data {
    let session = |id: crate::ids::SessionId| plan.sessions[id.0].name.as_str();
    let mut json = Json::default();
    json.object(|fields| {
        fields
            .string("title", &scenario.title)
            .string("strategy", &scenario.strategy.to_string())
            .string("isolation", &plan.isolation.to_string())
            .string("on_conflict", &plan.on_conflict.to_string())
            .boolean("correct", verdict.kind == VerdictKind::Correct)
            .field("anomalies", |json| {
                json.array(&verdict.anomalies, |json, anomaly| {
                    json.string(anomaly.name.as_str())
                });
            })
            .field("tables", |json| tables(json, &run.tables))
            .field("transactions", |json| {
                json.array(&run.transactions, |json, transaction| {
                    json.object(|fields| {
                        fields
                            .string("session", session(transaction.session))
                            .number("number", transaction.number)
                            .number("attempt", transaction.attempt)
                            .string("isolation", &transaction.isolation.to_string())
                            .number("first_event", transaction.first)
                            .number("last_event", transaction.last);
                        outcome(fields, &transaction.outcome);
                    });
                });
            })
            .field("verdict", |json| judgement(json, verdict))
            .field("events", |json| {
                json.array(&run.events, |json, event| {
                    json.object(|fields| {
                        fields
                            .number("at", event.at.0)
                            .string("session", session(event.session));
                        if let Some(transaction) = event.transaction {
                            fields.number("transaction", transaction.0);
                        }
                        if let Some(step) = event.step {
                            fields.number("step", plan.steps[step.0].origin.step().0);
                        }
                        kind(fields, &event.kind, &session);
                    });
                });
            });
    });
    json.finish()
}

fn kind<'a>(
    fields: &mut Fields,
    kind: &EventKind,
    session: &impl Fn(crate::ids::SessionId) -> &'a str,
) {
    match kind {
        EventKind::Sent { sql } => {
            fields.string("kind", "sent").string("sql", sql);
        }
        EventKind::Blocked(wait) => blocked(fields.string("kind", "blocked"), wait, session),
        EventKind::Replied(reply) => replied(fields.string("kind", "replied"), reply),
        EventKind::Failed(error) => {
            fields
                .string("kind", "failed")
                .field("error", |json| sql_error(json, error));
        }
        EventKind::RequireHeld { condition } => {
            fields
                .string("kind", "require held")
                .string("condition", condition);
        }
        EventKind::RequireFailed { condition, reason } => {
            fields
                .string("kind", "require failed")
                .string("condition", condition)
                .string("reason", reason);
        }
        EventKind::VersionConflict => {
            fields.string("kind", "version conflict");
        }
        EventKind::Unsendable { reason } => {
            fields.string("kind", "unsendable").string("reason", reason);
        }
        EventKind::Retry { attempt } => {
            fields.string("kind", "retry").number("attempt", attempt);
        }
        EventKind::Client(note) => {
            fields.string("kind", note.kind());
        }
        EventKind::GaveUp { reason } => {
            fields.string("kind", "gave up").string("reason", reason);
        }
    }
}

fn blocked<'a>(
    fields: &mut Fields,
    wait: &Wait,
    session: &impl Fn(crate::ids::SessionId) -> &'a str,
) {
    fields.field("wait", |json| {
        json.object(|fields| {
            target(fields, &wait.target);
            fields
                .string("lock", wait.strength.clause())
                .field("blockers", |json| {
                    json.array(&wait.blockers, |json, blocker| {
                        json.string(session(*blocker))
                    });
                });
        });
    });
}

fn target(fields: &mut Fields, target: &LockTarget) {
    if let LockTarget::Other { what } = target {
        fields.string("target", what);
        return;
    }
    let (what, table, key) = match target {
        LockTarget::Row { table, key, .. } => ("row", table, key),
        LockTarget::Key { table, key } => ("key", table, key),
        LockTarget::Other { .. } => return,
    };
    fields
        .string("target", what)
        .string("table", table)
        .string("key", key);
}

fn replied(fields: &mut Fields, reply: &Reply) {
    fields.string("tag", &reply.tag);
    if let Some(rows) = &reply.rows {
        fields.field("rows", |json| row_set(json, rows));
    }
    if !reply.notices.is_empty() {
        fields.field("notices", |json| {
            json.array(&reply.notices, |json, notice| json.string(notice))
        });
    }
    if !reply.reads.is_empty() {
        fields.field("reads", |json| {
            json.array(&reply.reads, |json, read| {
                json.object(|fields| {
                    fields
                        .string("table", &read.table)
                        .string("key", &read.key)
                        .number("row", read.row.0)
                        .number("version", read.version.0);
                });
            });
        });
    }
    if !reply.writes.is_empty() {
        fields.field("writes", |json| {
            json.array(&reply.writes, |json, write| {
                json.object(|fields| {
                    fields
                        .string("table", &write.table)
                        .string("key", &write.key)
                        .number("row", write.row.0);
                    for (name, version) in [("before", write.before), ("after", write.after)] {
                        if let Some(version) = version {
                            fields.number(name, version.0);
                        }
                    }
                    for (name, values) in [("old", &write.old), ("new", &write.new)] {
                        if let Some(values) = values {
                            fields.field(name, |json| row(json, values));
                        }
                    }
                });
            });
        });
    }
    if !reply.locked.is_empty() {
        fields.field("locked", |json| {
            json.array(&reply.locked, |json, lock| {
                json.object(|fields| {
                    target(fields, &lock.target);
                    fields.string("lock", lock.strength.clause());
                });
            });
        });
    }
}

fn row(json: &mut Json, values: &Row) {
    json.array(values.iter(), |json, value| json.data(value.to_data()));
}

fn row_set(json: &mut Json, rows: &RowSet) {
    json.array(&rows.rows, |json, values| {
        named_row(json, &rows.columns, values)
    });
}

fn named_row(json: &mut Json, columns: &[String], values: &Row) {
    json.object(|fields| {
        for (column, value) in columns.iter().zip(values.iter()) {
            fields.field(column, |json| json.data(value.to_data()));
        }
    });
}

pub(crate) fn tables(json: &mut Json, tables: &[TableState]) {
    json.object(|fields| {
        for table in tables {
            fields.field(&table.name, |json| {
                json.array(&table.rows, |json, values| {
                    named_row(json, &table.columns, values)
                });
            });
        }
    });
}

fn sql_error(json: &mut Json, error: &SqlError) {
    json.object(|fields| {
        fields
            .string("sqlstate", error.state.0)
            .string("message", &error.message);
        if let Some(detail) = &error.detail {
            fields.string("detail", detail);
        }
        if let Some(hint) = &error.hint {
            fields.string("hint", hint);
        }
    });
}

pub(crate) fn outcome(fields: &mut Fields, outcome: &Outcome) {
    fields.string("outcome", outcome.as_str());
    match outcome {
        Outcome::Refused(reason) => {
            fields.string("reason", reason);
        }
        Outcome::Conflict(Conflict::Version) => {
            fields.string("reason", "version conflict");
        }
        Outcome::Conflict(Conflict::Server(error)) | Outcome::Failed(error) => {
            fields.field("error", |json| sql_error(json, error));
        }
        Outcome::Conflict(Conflict::NotGranted) => {
            fields.string("reason", "lock not granted");
        }
        Outcome::Conflict(Conflict::Stamp) => {
            fields.string("reason", "stamp not good any more");
        }
        Outcome::Committed
        | Outcome::RolledBack
        | Outcome::AlreadyDone
        | Outcome::Lost
        | Outcome::Open => {}
    }
}

fn judgement(json: &mut Json, verdict: &Verdict) {
    json.object(|fields| {
        fields
            .string("kind", verdict.kind.as_str())
            .string("sentence", &verdict.sentence);
        match &verdict.serial {
            Serial::Yes(order) => {
                fields
                    .boolean("serial", true)
                    .field("serial_order", |json| {
                        json.array(order, |json, transaction| json.number(transaction));
                    });
            }
            Serial::No => {
                fields.boolean("serial", false);
            }
            Serial::Undecided => {
                fields.data("serial", Data::Null);
            }
        }
        fields
            .field("anomalies", |json| anomalies(json, verdict))
            .field("rules", |json| {
                json.array(&verdict.rules, |json, rule| {
                    json.object(|fields| {
                        fields
                            .string("name", &rule.name)
                            .string("query", &rule.query);
                        match &rule.holds {
                            Ok(holds) => fields.boolean("holds", *holds),
                            Err(error) => fields.boolean("holds", false).string("error", error),
                        };
                    });
                });
            })
            .field("serial_tables", |json| {
                json.array(&verdict.serial_tables, |json, state| tables(json, state));
            });
    });
}

/// What went wrong, with the events that prove it.
pub(crate) fn anomalies(json: &mut Json, verdict: &Verdict) {
    json.array(&verdict.anomalies, |json, anomaly| {
        json.object(|fields| {
            fields
                .string("name", anomaly.name.as_str())
                .string("sentence", &anomaly.sentence)
                .field("evidence", |json| {
                    json.array(&anomaly.evidence, |json, event| json.number(event));
                });
        });
    });
}
