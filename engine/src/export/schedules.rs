//! What all schedules come to, as JSON.
//!
//! Counts are strings of decimal digits, since they may be larger than a number of JSON bears. Sessions are named by their
//! short names.

use super::trace::{outcome, tables};
use crate::explore::{Completeness, OutcomeKind, Report, moves};
use crate::json::Json;
use crate::scenario::Scenario;
use crate::strategy::Plan;

/// The report as one JSON object.
#[must_use]
pub fn report_json(scenario: &Scenario, plan: &Plan, report: &Report) -> String {
    let mut json = Json::default();
    json.object(|fields| {
        fields
            .string("title", &scenario.title)
            .string("strategy", &scenario.strategy.to_string())
            .string("isolation", &plan.isolation.to_string())
            .string("on_conflict", &plan.on_conflict.to_string())
            .string("interleavings", &report.interleavings.to_string())
            .boolean("exact", report.completeness == Completeness::All);
        if let Completeness::Bounds { open, at_most } = &report.completeness {
            fields.number("probability_not_followed", open);
            if let Some(at_most) = at_most {
                fields.string("interleavings_at_most", &at_most.to_string());
            }
        }
        fields
            .number("states", report.states)
            .string(
                "correct",
                &report.sum(OutcomeKind::is_correct).0.to_string(),
            )
            .field("outcomes", |json| {
                json.array(&report.outcomes, |json, kind| one(json, plan, kind));
            });
    });
    json.finish().to_text()
}

fn one(json: &mut Json, plan: &Plan, kind: &OutcomeKind) {
    let name = |session: usize| plan.sessions[session].name.as_str();
    json.object(|fields| {
        fields
            .string("count", &kind.count.to_string())
            .number("share", kind.share)
            .number("probability", kind.likely)
            .boolean("correct", kind.is_correct())
            .string("verdict", kind.verdict.as_str())
            .field("anomalies", |json| {
                json.array(&kind.anomalies, |json, anomaly| {
                    json.string(anomaly.as_str())
                });
            })
            .string("sentence", &kind.sentence)
            .boolean("deadlock", kind.has_deadlock())
            .field("rules", |json| {
                json.array(&kind.rules, |json, rule| {
                    json.object(|fields| {
                        fields.string("name", &rule.name);
                        match &rule.holds {
                            Ok(holds) => fields.boolean("holds", *holds),
                            Err(error) => fields.string("error", error),
                        };
                    });
                });
            })
            .field("tables", |json| tables(json, &kind.tables))
            .field("transactions", |json| {
                let ends = kind.sessions.iter().enumerate().flat_map(|(session, end)| {
                    end.transactions.iter().map(move |ended| (session, ended))
                });
                json.array(ends, |json, (session, ended)| {
                    json.object(|fields| {
                        fields.string("session", name(session));
                        outcome(fields, ended);
                    });
                });
            })
            .field("waiting", |json| {
                let waiting = kind
                    .sessions
                    .iter()
                    .enumerate()
                    .filter(|(_, end)| end.waits);
                json.array(waiting, |json, (session, _)| json.string(name(session)));
            })
            .field("schedule", |json| {
                json.array(&kind.schedule, |json, session| json.string(name(session.0)));
            })
            .field("steps", |json| {
                json.array(moves(plan, &kind.schedule), |json, (session, step)| {
                    let text = plan.steps[step.0].action.text();
                    json.string(&format!("{}: {text}", name(session.0)));
                });
            });
    });
}
