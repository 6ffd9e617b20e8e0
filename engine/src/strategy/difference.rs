//! What was drawn and what is sent, as a difference in plain text.
//!
//! ```text
//!   A: BEGIN
//! - A: SELECT quantity FROM stock WHERE id = 42
//! + A: SELECT quantity, version FROM stock WHERE id = 42
//!      reads the version too
//! ```

use super::plan::{Origin, Plan, PlannedAction, RowCheck};
use crate::scenario::{Action, Scenario, StepId};
use std::fmt::Write;

/// A plan beside the scenario it was made of: lines that stay begin with two blanks, what was drawn and is not sent with
/// `-`, what is sent and was not drawn with `+`, each with its reason below. Remarks follow at the end, after `!`.
#[must_use]
pub fn difference(scenario: &Scenario, plan: &Plan) -> String {
    let mut text = String::new();
    for (place, entry) in plan.setup.iter().enumerate() {
        if plan.setup_changed.contains(&place) {
            if let Some(drawn) = scenario.setup.get(place) {
                line(&mut text, '-', &one_line(&drawn.sql.text));
            }
            line(&mut text, '+', &one_line(&entry.sql.text));
        }
    }
    let mut dropped = plan.dropped.iter().peekable();
    let mut leave_out = |text: &mut String, before: Option<StepId>| {
        while let Some(gone) = dropped.next_if(|gone| before.is_none_or(|step| gone.step < step)) {
            line(text, '-', &drawn_line(scenario, gone.step));
            reason(text, &gone.why);
        }
    };
    for step in &plan.steps {
        leave_out(&mut text, Some(step.origin.step()));
        let session = &scenario.sessions[step.session.0].name;
        let sent = match &step.action {
            PlannedAction::Sql { sql, .. } => format!("{session}: {}", one_line(&sql.text)),
            PlannedAction::Process(call) => format!("{session}: {}", call.as_str()),
            PlannedAction::Require(_) | PlannedAction::Fault(_) => {
                drawn_line(scenario, step.origin.step())
            }
        };
        match &step.origin {
            Origin::Drawn(_) => line(&mut text, ' ', &sent),
            Origin::Changed { step, why } => {
                line(&mut text, '-', &drawn_line(scenario, *step));
                line(&mut text, '+', &sent);
                reason(&mut text, why);
            }
            Origin::Added { why, .. } => {
                line(&mut text, '+', &sent);
                reason(&mut text, why);
            }
        }
        if let PlannedAction::Sql { check, .. } = &step.action {
            match check {
                RowCheck::Any => {}
                RowCheck::VersionMatched => reason(&mut text, "no row: a version conflict"),
                RowCheck::Newest => reason(
                    &mut text,
                    "no row: a newer write is stored, this one is dropped",
                ),
                RowCheck::NewRequest => reason(&mut text, "no row: carried out before, stop here"),
                RowCheck::Granted => {
                    reason(&mut text, "not true: somebody else holds it, a conflict")
                }
                RowCheck::GuardHeld(None) => reason(&mut text, "no row: roll back"),
                RowCheck::GuardHeld(Some(why)) => {
                    reason(&mut text, &format!("no row: roll back, '{why}'"));
                }
            }
        }
    }
    leave_out(&mut text, None);
    for remark in &plan.remarks {
        line(&mut text, '!', remark);
    }
    text
}

fn line(text: &mut String, sign: char, line: &str) {
    let _ = writeln!(text, "{sign} {line}");
}

fn reason(text: &mut String, why: &str) {
    let _ = writeln!(text, "     {why}");
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn drawn_line(scenario: &Scenario, step: StepId) -> String {
    let drawn = &scenario.timeline[step.0];
    let session = &scenario.sessions[drawn.session.0].name;
    match &drawn.action {
        Action::Sql(sql) => format!("{session}: {}", one_line(&sql.text)),
        Action::Require(require) => {
            let reason = require.reason.as_ref();
            let otherwise = reason.map_or(String::new(), |reason| {
                format!(" else '{}'", reason.replace('\'', "''"))
            });
            format!("{session}: require {}{otherwise}", one_line(&require.text))
        }
        Action::Fault(fault) => format!("{session}: {fault}"),
    }
}
