//! Go with `database/sql` and pgx.

use super::host::{self, Host, variable};
use super::model::{Client, End, Kind, Model, Part, camel, one_line, quote};
use super::writer::Writer;
use super::{Sample, params};
use crate::sql::ast::IsolationLevel;
use crate::strategy::{Hold, PlannedAction, PlannedStep, ProcessCall, ProcessLock, RowCheck};

const HELPERS: &str = include_str!("go/helpers.go");

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut out = Writer::new("\t");
    out.line("package shop");
    out.blank();
    out.open("import (");
    for package in ["context", "database/sql", "errors", "math/rand/v2"] {
        out.line(&quote(package));
    }
    if model.process_lock().is_some() {
        out.line("\"sync\"");
    }
    out.line("\"time\"");
    out.blank();
    out.line("\"github.com/jackc/pgx/v5/pgconn\"");
    out.close(")");
    out.blank();
    if let Some((lock, _)) = model.process_lock() {
        let (ty, note) = match lock {
            ProcessLock::Mutex => (
                "sync.Mutex",
                "Fair enough: a waiter of more than 1 ms goes next.",
            ),
            _ => (
                "sync.RWMutex",
                "A waiting writer holds up later readers. Go has no stamped lock.",
            ),
        };
        out.line("// Shared by all goroutines of this process, and unknown to any other.");
        out.line(&format!("// {note}"));
        out.line(&format!("var mu {ty}"));
        out.blank();
    }
    for client in &model.sessions {
        session(&mut out, model, client);
        out.blank();
    }
    let mut text = out.finish();
    text.push_str(HELPERS);
    vec![Sample {
        file: "shop.go".to_owned(),
        text,
    }]
}

fn session(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    let name = camel(&client.name);
    out.line(&format!("// {name} does what {} does.", client.label));
    out.line(&format!("// {}", model.on_conflict(client)));
    out.open(&format!(
        "func {name}(ctx context.Context, db *sql.DB) error {{"
    ));
    for variable in model.variables(client.id) {
        let ty = match model.kind(&variable) {
            Kind::Int => "int64",
            Kind::Decimal | Kind::Text => "string",
            Kind::Bool => "bool",
            Kind::Time => "time.Time",
        };
        out.line(&format!("var {} {ty}", camel(&variable)));
    }
    // Whether the process's lock is held: what is done under it is a function of its own, so that `defer` lets it go.
    let mut locked = false;
    for part in &client.parts {
        match part {
            Part::Alone(step) => match &step.action {
                PlannedAction::Process(ProcessCall::Lock(hold) | ProcessCall::Stamp(hold)) => {
                    let read = match (hold, model.process_lock()) {
                        (Hold::Read, Some((ProcessLock::ReadWrite | ProcessLock::Stamped, _))) => {
                            "R"
                        }
                        _ => "",
                    };
                    out.open("if err := func() error {");
                    out.line(&format!("mu.{read}Lock()\ndefer mu.{read}Unlock()"));
                    locked = true;
                }
                PlannedAction::Process(_) => unlock(out, &mut locked),
                _ => self::step(out, model, step, "db"),
            },
            Part::Block {
                isolation,
                steps,
                end,
            } => {
                let options = match isolation {
                    None => "nil",
                    Some(IsolationLevel::RepeatableRead) => {
                        "&sql.TxOptions{Isolation: sql.LevelRepeatableRead}"
                    }
                    Some(IsolationLevel::Serializable) => {
                        "&sql.TxOptions{Isolation: sql.LevelSerializable}"
                    }
                    Some(_) => "&sql.TxOptions{Isolation: sql.LevelReadUncommitted}",
                };
                out.open(&format!(
                    "if err := retry(ctx, {}, {}*time.Millisecond, func() error {{",
                    model.attempts(client),
                    model.pause(client)
                ));
                out.open(&format!(
                    "return inTx(ctx, db, {options}, func(tx *sql.Tx) error {{"
                ));
                for step in steps {
                    self::step(out, model, step, "tx");
                }
                match end {
                    End::Commit => out.line("return nil // commits"),
                    End::Rollback => out.line("return errRollback // as drawn"),
                    End::Never => {
                        out.line("select {} // never commits: the transaction and its locks stay");
                    }
                }
                out.close("})");
                out.up();
                out.open("}); err != nil {");
                out.line("return err");
                out.close("}");
            }
        }
    }
    unlock(out, &mut locked);
    out.line("return nil");
    out.close("}");
}

fn unlock(out: &mut Writer, locked: &mut bool) {
    if std::mem::take(locked) {
        out.line("return nil");
        out.up();
        out.open("}(); err != nil {");
        out.line("return err");
        out.close("}");
    }
}

fn step(out: &mut Writer, model: &Model<'_>, step: &PlannedStep, on: &str) {
    match &step.action {
        PlannedAction::Sql { sql, check } => {
            let mut arguments = String::new();
            let mut count = 0;
            let text = params::replace(&one_line(&sql.text), &mut |name| {
                count += 1;
                arguments.push_str(&format!(", {}", variable(Host::Go, name)));
                format!("${count}")
            });
            let text = if text.contains('`') {
                quote(&text)
            } else {
                format!("`{text}`")
            };
            let bound = model.bound(&sql.statement);
            if *check == RowCheck::Granted {
                out.line("var gotLock bool");
                out.open(&format!(
                    "if err := {on}.QueryRowContext(ctx, {text}{arguments}).Scan(&gotLock); err != nil {{"
                ));
                out.line("return err");
                out.up();
                out.open("} else if !gotLock {");
                out.line("return errConflict // somebody else holds the lock");
                out.close("}");
                return;
            }
            if model.is_used(step, &bound) {
                let targets: Vec<String> = bound
                    .iter()
                    .map(|name| format!("&{}", variable(Host::Go, name)))
                    .collect();
                out.open(&format!(
                    "if err := {on}.QueryRowContext(ctx, {text}{arguments}).Scan({}); err != nil {{",
                    targets.join(", ")
                ));
                out.line("return err");
                out.close("}");
                return;
            }
            let failure = match check {
                RowCheck::Any | RowCheck::Newest => None,
                RowCheck::VersionMatched => {
                    Some("errConflict // the row has changed since it was read".to_owned())
                }
                RowCheck::NewRequest => {
                    Some("errDone // carried out before: nothing to do".to_owned())
                }
                RowCheck::GuardHeld(reason) => {
                    let reason = reason.as_deref().unwrap_or("the condition does not hold");
                    Some(format!("errors.New({})", quote(reason)))
                }
                RowCheck::Granted => None,
            };
            match failure {
                None => {
                    if *check == RowCheck::Newest {
                        out.line("// No row: a newer write is stored, and this one is dropped.");
                    }
                    out.open(&format!(
                        "if _, err := {on}.ExecContext(ctx, {text}{arguments}); err != nil {{"
                    ));
                    out.line("return err");
                    out.close("}");
                }
                Some(failure) => {
                    out.open(&format!(
                        "if rows, err := exec(ctx, {on}, {text}{arguments}); err != nil {{"
                    ));
                    out.line("return err");
                    out.up();
                    out.open("} else if rows == 0 {");
                    out.line(&format!("return {failure}"));
                    out.close("}");
                }
            }
        }
        PlannedAction::Require(require) => {
            let reason = require.reason.clone();
            let reason = reason.unwrap_or_else(|| format!("{} is not so", require.text));
            match host::expression(model, Host::Go, &require.condition, None) {
                Some(condition) => {
                    out.open(&format!("if !({condition}) {{"));
                    out.line(&format!("return errors.New({})", quote(&reason)));
                    out.close("}");
                }
                None => out.line(&format!(
                    "// Go has no words for: require {}",
                    one_line(&require.text)
                )),
            }
        }
        PlannedAction::Fault(fault) => {
            out.line(&format!("// {fault}: {}", fault.description()));
        }
        // Go has no stamped lock: the mutex is held for all of it.
        PlannedAction::Process(_) => {}
    }
}
