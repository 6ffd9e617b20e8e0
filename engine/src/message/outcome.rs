//! How a run ended, for programs: each transaction, the final tables, the verdict with what proves it, who waited.

use crate::export::{Subject, anomalies, outcome as ending, tables};
use crate::json::{Data, Json};
use crate::run::{EventKind, LockTarget};
use crate::verdict::VerdictKind;
use crate::work::{Known, Schedules};

/// What is known of all schedules, once every one was counted. In decimal digits, as many as it takes: programs that count in
/// floating point round beyond 2^53.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// How many there are.
    pub schedules: String,
    /// How many of them break a rule or are not serializable.
    pub wrong: String,
}

impl Counts {
    /// From what was counted; `None` while only bounds are known.
    #[must_use]
    pub fn of(report: &Schedules) -> Option<Self> {
        (report.known == Known::All).then(|| Self {
            schedules: report.interleavings.clone(),
            wrong: report.wrong.count.clone(),
        })
    }
}

/// The outcome as an object; `counts` where all schedules are known.
#[must_use]
pub fn outcome(subject: &Subject<'_>, counts: Option<&Counts>) -> Data {
    let (plan, run, verdict) = (subject.plan, subject.run, subject.verdict);
    let name = |id: crate::ids::SessionId| plan.sessions[id.0].name.as_str();
    let mut json = Json::default();
    json.object(|fields| {
        fields
            .string("title", &subject.scenario.title)
            .string("strategy", &subject.scenario.strategy.to_string())
            .string("isolation", &plan.isolation.to_string())
            .boolean("correct", verdict.kind == VerdictKind::Correct)
            .string("verdict", verdict.kind.as_str())
            .string("sentence", &verdict.sentence)
            .field("anomalies", |json| anomalies(json, verdict))
            .field("transactions", |json| {
                json.array(&run.transactions, |json, transaction| {
                    json.object(|fields| {
                        fields
                            .string("session", name(transaction.session))
                            .number("number", transaction.number)
                            .number("attempt", transaction.attempt);
                        ending(fields, &transaction.outcome);
                    });
                });
            })
            .field("waits", |json| {
                let waits = run.events.iter().enumerate();
                let waits = waits.filter_map(|(place, event)| match &event.kind {
                    EventKind::Blocked(wait) => Some((place, event.session, wait)),
                    _ => None,
                });
                json.array(waits, |json, (place, session, wait)| {
                    json.object(|fields| {
                        let target = match &wait.target {
                            LockTarget::Row { table, key, .. } | LockTarget::Key { table, key } => {
                                format!("{table} {key}")
                            }
                            LockTarget::Other { what } => what.clone(),
                        };
                        fields
                            .number("event", place)
                            .string("session", name(session))
                            .string("target", &target)
                            .field("blockers", |json| {
                                json.array(&wait.blockers, |json, blocker| {
                                    json.string(name(*blocker))
                                });
                            });
                    });
                });
            })
            .field("tables", |json| tables(json, &run.tables));
        if let Some(counts) = counts {
            fields.field("counts", |json| {
                json.object(|fields| {
                    fields
                        .number("schedules", &counts.schedules)
                        .number("wrong", &counts.wrong);
                });
            });
        }
    });
    json.finish()
}
