//! Scripts for psql, one a session, and one for the set-up.
//!
//! Where another session has to have its turn, a script waits for Enter; run without a terminal it goes on at once. Host variables
//! are psql's own, set by `\gset`.

use super::model::{Client, End, Kind, Model, Part};
use super::writer::Writer;
use super::{Sample, params};
use crate::scenario::SessionId;
use crate::strategy::{PlannedAction, PlannedStep, RowCheck};

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut setup = Writer::new("  ");
    setup.line("-- The tables. Run this first: psql -f setup.sql");
    for table in model.tables.iter().rev() {
        setup.line(&format!("DROP TABLE IF EXISTS {} CASCADE;", table.name));
    }
    for entry in &model.plan.setup {
        setup.line(&format!("{};", entry.sql.text));
    }
    let mut samples = vec![Sample {
        file: "setup.sql".to_owned(),
        text: setup.finish(),
    }];
    samples.extend(model.sessions.iter().map(|client| Sample {
        file: format!("{}.sql", client.name),
        text: script(model, client),
    }));
    samples
}

fn script(model: &Model<'_>, client: &Client<'_>) -> String {
    let mut out = Writer::new("  ");
    out.line(&format!(
        "-- What {} does. In a terminal of its own: psql -f {}.sql",
        client.label, client.name
    ));
    out.line(&format!("-- {}", model.on_conflict(client)));
    out.line("-- (psql does not try again by itself: run the script again.)");
    out.line("\\set ON_ERROR_STOP on");
    let level = client.plan.isolation;
    if level != crate::sql::ast::IsolationLevel::ReadCommitted {
        out.line(&format!("SET default_transaction_isolation = '{level}';"));
    }
    let mut last = None;
    for part in &client.parts {
        let (steps, begin, end) = match part {
            Part::Alone(step) => (vec![*step], None, None),
            Part::Block {
                isolation,
                steps,
                end,
            } => (steps.clone(), Some(isolation), Some(*end)),
        };
        out.blank();
        if let Some(isolation) = begin {
            pause(
                &mut out,
                model,
                client.id,
                steps.first().copied(),
                &mut last,
            );
            match isolation {
                Some(level) => out.line(&format!(
                    "BEGIN ISOLATION LEVEL {};",
                    level.to_string().to_ascii_uppercase()
                )),
                None => out.line("BEGIN;"),
            }
        }
        for step in steps {
            if begin.is_none() || last.is_some() {
                pause(&mut out, model, client.id, Some(step), &mut last);
            }
            self::step(&mut out, model, step, begin.is_some());
            last = Some(step.at.0);
        }
        match end {
            Some(End::Commit) => out.line("COMMIT;"),
            Some(End::Rollback) => out.line("ROLLBACK;"),
            Some(End::Never) => {
                out.line("-- No COMMIT: the transaction and its locks stay until the session ends.")
            }
            None => {}
        }
    }
    out.finish()
}

/// Lets another session have its turn, if one has steps between the last of this session and the next.
fn pause(
    out: &mut Writer,
    model: &Model<'_>,
    session: SessionId,
    next: Option<&PlannedStep>,
    last: &mut Option<u64>,
) {
    let Some(next) = next else {
        return;
    };
    let between = |step: &&PlannedStep| {
        step.session != session
            && step.at.0 < next.at.0
            && last.is_none_or(|last| step.at.0 > last)
            && matches!(step.action, PlannedAction::Sql { .. })
    };
    let mut others: Vec<&str> = Vec::new();
    for step in model.plan.steps.iter().filter(between) {
        let label = model.plan.sessions[step.session.0].display_name();
        if !others.contains(&label) {
            others.push(label);
        }
    }
    if !others.is_empty() {
        let others = others.join(" and ").replace('\'', "");
        out.line(&format!(
            "\\prompt 'Let {others} go on, then press Enter. ' go_on"
        ));
    }
    *last = Some(next.at.0);
}

fn step(out: &mut Writer, model: &Model<'_>, step: &PlannedStep, in_block: bool) {
    let give_up = |out: &mut Writer, reason: &str| {
        out.open("\\else");
        if in_block {
            out.line("ROLLBACK;");
        }
        out.line(&format!("\\echo '{}'", reason.replace('\'', "''")));
        out.line("\\quit");
        out.close("\\endif");
    };
    match &step.action {
        PlannedAction::Sql { sql, check } => {
            let text = with_variables(model, &sql.text);
            let bound = model.bound(&sql.statement);
            let gset = !bound.is_empty()
                && !bound.iter().any(|name| name == "?column?")
                && (model.is_used(step, &bound) || *check == RowCheck::Granted);
            out.line(&if gset {
                format!("{text} \\gset")
            } else {
                format!("{text};")
            });
            let touched = "SELECT :ROW_COUNT > 0 AS touched \\gset";
            match check {
                RowCheck::Any => {}
                RowCheck::Newest => {
                    out.line("-- No row: a newer write is stored, and this one is dropped.")
                }
                RowCheck::VersionMatched => {
                    out.line(touched);
                    out.line("\\if :touched");
                    give_up(out, "Conflict: the row has changed since it was read.");
                }
                RowCheck::GuardHeld(reason) => {
                    out.line(touched);
                    out.line("\\if :touched");
                    give_up(
                        out,
                        reason.as_deref().unwrap_or("The condition does not hold."),
                    );
                }
                RowCheck::NewRequest => {
                    out.line(touched);
                    out.line("\\if :touched");
                    give_up(out, "Carried out before: nothing to do.");
                }
                RowCheck::Granted => {
                    out.line("\\if :got_lock");
                    give_up(out, "Conflict: somebody else holds the lock.");
                }
            }
        }
        PlannedAction::Require(require) => {
            let condition = with_variables(model, &require.text);
            out.line(&format!("SELECT {condition} AS holds \\gset"));
            out.line("\\if :holds");
            let reason = require.reason.clone();
            give_up(
                out,
                &reason.unwrap_or_else(|| format!("{} is not so", require.text)),
            );
        }
        PlannedAction::Fault(fault) => out.line(&format!("-- {fault}: {}", fault.description())),
        PlannedAction::Process(call) => out.line(&format!(
            "-- {}: a lock in the memory of a process, which psql does not have.",
            call.as_str()
        )),
    }
}

/// psql puts values in as they are, so all but numbers and booleans need quotes.
fn with_variables(model: &Model<'_>, sql: &str) -> String {
    params::replace(sql, &mut |name| match model.kind(name) {
        Kind::Int | Kind::Decimal => format!(":{name}"),
        Kind::Bool | Kind::Text | Kind::Time => format!(":'{name}'"),
    })
}
