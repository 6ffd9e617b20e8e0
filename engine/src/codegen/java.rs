//! Java: JDBC, under the locks of `java.util.concurrent` where the strategy is one of them.

use super::host::{self, Host, variable};
use super::model::{Client, End, Kind, Model, Part, one_line, pascal, quote};
use super::writer::Writer;
use super::{Sample, params};
use crate::sql::ast::IsolationLevel;
use crate::strategy::{
    Fairness, Hold, PlannedAction, PlannedStep, ProcessCall, ProcessLock, RowCheck,
};

/// What every sample ends with.
pub(super) const HELPERS: &str = include_str!("java/Conflicts.java");

const JDBC: &str = "
/** A transaction on a connection of its own. */
final class Transactions {
    interface Work {
        void run(Connection connection) throws Exception;
    }

    static void run(DataSource source, int level, Work work) throws Exception {
        try (Connection connection = source.getConnection()) {
            connection.setTransactionIsolation(level);
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (Exception failure) {
                connection.rollback();
                throw failure;
            }
        }
    }
}
";

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut out = Writer::new("    ");
    out.line("package shop;\n");
    for import in [
        "java.sql.Connection",
        "java.sql.PreparedStatement",
        "java.sql.ResultSet",
        "java.sql.SQLException",
        "java.util.List",
        "java.util.concurrent.ThreadLocalRandom",
        "java.util.concurrent.locks.*",
        "javax.sql.DataSource",
    ] {
        out.line(&format!("import {import};"));
    }
    out.blank();
    if let Some((lock, fairness)) = model.process_lock() {
        let fair = match fairness {
            Fairness::Fair => "true",
            Fairness::Unfair => "",
        };
        out.line("/** The lock that all threads of this process share; other processes know nothing of it. */");
        out.open("final class Shared {");
        out.line(&match lock {
            ProcessLock::Mutex => {
                format!("static final ReentrantLock LOCK = new ReentrantLock({fair});")
            }
            ProcessLock::ReadWrite => {
                format!("static final ReadWriteLock LOCK = new ReentrantReadWriteLock({fair});")
            }
            ProcessLock::Stamped => "static final StampedLock LOCK = new StampedLock();".to_owned(),
        });
        out.close("}\n");
    }
    for client in &model.sessions {
        session(&mut out, model, client);
        out.blank();
    }
    let mut text = out.finish();
    text.push_str(JDBC.trim_start());
    text.push_str(HELPERS);
    vec![Sample {
        file: "Shop.java".to_owned(),
        text,
    }]
}

fn session(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    out.line(&format!(
        "/** What {} does. {} */",
        client.label.replace("*/", ""),
        model.on_conflict(client)
    ));
    out.open(&format!("final class {} {{", pascal(&client.name)));
    fields(out, model, client);
    out.line("private long stamp;\n");
    out.open("void run(DataSource source) throws Exception {");
    let mut held = None;
    for part in &client.parts {
        match part {
            Part::Alone(step) => match &step.action {
                PlannedAction::Process(call) => process(out, model, *call, &mut held),
                PlannedAction::Sql { .. } => {
                    out.open("try (Connection connection = source.getConnection()) {");
                    self::step(out, model, step);
                    out.close("}");
                }
                _ => self::step(out, model, step),
            },
            Part::Block {
                isolation,
                steps,
                end,
            } => {
                let level = match isolation {
                    None => "TRANSACTION_READ_COMMITTED",
                    Some(IsolationLevel::RepeatableRead) => "TRANSACTION_REPEATABLE_READ",
                    Some(IsolationLevel::Serializable) => "TRANSACTION_SERIALIZABLE",
                    Some(_) => "TRANSACTION_READ_UNCOMMITTED",
                };
                out.open(&format!(
                    "Conflicts.retry({}, {}, () -> Transactions.run(source, Connection.{level}, connection -> {{",
                    model.attempts(client),
                    model.pause(client)
                ));
                for step in steps {
                    self::step(out, model, step);
                }
                match end {
                    End::Commit => {}
                    End::Rollback => out.line("connection.rollback(); // as drawn"),
                    End::Never => out.line("Thread.currentThread().join(); // never commits: the transaction and its locks stay"),
                }
                out.close("}));");
            }
        }
    }
    let_go(out, &mut held);
    out.close("}");
    out.close("}");
}

/// The host variables, which outlive a transaction.
pub(super) fn fields(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    for name in model.variables(client.id) {
        let ty = match model.kind(&name) {
            Kind::Int => "long",
            Kind::Decimal => "java.math.BigDecimal",
            Kind::Text => "String",
            Kind::Bool => "boolean",
            Kind::Time => "java.time.OffsetDateTime",
        };
        out.line(&format!("private {ty} {};", variable(Host::Java, &name)));
    }
}

/// What is open around a critical section, and how it is closed.
type Held = Option<&'static str>;

fn process(out: &mut Writer, model: &Model<'_>, call: ProcessCall, held: &mut Held) {
    let lock = model.process_lock().map(|(lock, _)| lock);
    match (call, lock) {
        (ProcessCall::Stamp(hold), _) => {
            let lock = match hold {
                Hold::Write => "writeLock",
                Hold::Read => "readLock",
            };
            out.open("for (boolean locked = false; ; locked = true) {");
            out.line("final boolean again = locked;");
            out.line(&format!(
                "stamp = again ? Shared.LOCK.{lock}() : Shared.LOCK.tryOptimisticRead();"
            ));
            out.open("if (stamp == 0) {");
            out.line("continue; // somebody writes: take the lock");
            out.close("}");
            out.open("try {");
            *held = Some("stamped");
        }
        (ProcessCall::Lock(hold), lock) => {
            let (take, give) = match (lock, hold) {
                (Some(ProcessLock::Stamped), Hold::Read) => {
                    ("asReadLock().lock", "asReadLock().unlock")
                }
                (Some(ProcessLock::Stamped), Hold::Write) => {
                    ("asWriteLock().lock", "asWriteLock().unlock")
                }
                (Some(ProcessLock::ReadWrite), Hold::Read) => {
                    ("readLock().lock", "readLock().unlock")
                }
                (Some(ProcessLock::ReadWrite), Hold::Write) => {
                    ("writeLock().lock", "writeLock().unlock")
                }
                _ => ("lock", "unlock"),
            };
            out.line(&format!("Shared.LOCK.{take}();"));
            out.open("try {");
            *held = Some(give);
        }
        (ProcessCall::Unlock, _) => let_go(out, held),
        (ProcessCall::Validate | ProcessCall::Convert, _) => {}
    }
}

fn let_go(out: &mut Writer, held: &mut Held) {
    match held.take() {
        None => {}
        Some("stamped") => {
            out.line("break;");
            out.up();
            out.open("} catch (Conflicts.Conflict stale) {");
            out.open("if (again) {");
            out.line("throw stale;");
            out.close("}");
            out.up();
            out.open("} finally {");
            out.open("if (StampedLock.isLockStamp(stamp)) {");
            out.line("Shared.LOCK.unlock(stamp);");
            out.close("}");
            out.close("}");
            out.close("}");
        }
        Some(give) => {
            out.up();
            out.open("} finally {");
            out.line(&format!("Shared.LOCK.{give}();"));
            out.close("}");
        }
    }
}

fn step(out: &mut Writer, model: &Model<'_>, step: &PlannedStep) {
    match &step.action {
        PlannedAction::Sql { sql, check } => {
            let mut names: Vec<String> = Vec::new();
            let text = params::replace(&one_line(&sql.text), &mut |name| {
                names.push(variable(Host::Java, name));
                "?".to_owned()
            });
            out.open(&format!(
                "try (PreparedStatement statement = connection.prepareStatement({})) {{",
                quote(&text)
            ));
            for (place, name) in names.iter().enumerate() {
                out.line(&format!("statement.setObject({}, {name});", place + 1));
            }
            let bound = model.bound(&sql.statement);
            if *check == RowCheck::Granted {
                out.line("ResultSet row = statement.executeQuery();");
                failing(out, "!row.next() || !row.getBoolean(1)", check);
            } else if model.is_used(step, &bound) {
                out.line("ResultSet row = statement.executeQuery();");
                out.open("if (!row.next()) {");
                out.line("throw new IllegalStateException(\"no row\");");
                out.close("}");
                for (place, name) in bound
                    .iter()
                    .enumerate()
                    .filter(|(_, name)| *name != "?column?")
                {
                    let place = place + 1;
                    let get = match model.kind(name) {
                        Kind::Int => format!("getLong({place})"),
                        Kind::Decimal => format!("getBigDecimal({place})"),
                        Kind::Text => format!("getString({place})"),
                        Kind::Bool => format!("getBoolean({place})"),
                        Kind::Time => format!("getObject({place}, java.time.OffsetDateTime.class)"),
                    };
                    out.line(&format!("{} = row.{get};", variable(Host::Java, name)));
                }
            } else if !bound.is_empty() || *check == RowCheck::Any {
                out.line("statement.execute();");
            } else {
                failing(out, "statement.executeUpdate() == 0", check);
            }
            out.close("}");
        }
        PlannedAction::Process(ProcessCall::Validate) => {
            out.open("if (!Shared.LOCK.validate(stamp)) {");
            out.line("throw new Conflicts.Conflict(\"somebody has written since the stamp\");");
            out.close("}");
        }
        PlannedAction::Process(ProcessCall::Convert) => {
            out.line("long write = Shared.LOCK.tryConvertToWriteLock(stamp);");
            out.open("if (write == 0) {");
            out.line("throw new Conflicts.Conflict(\"somebody has written since the stamp\");");
            out.close("}");
            out.line("stamp = write;");
        }
        _ => other(out, model, step),
    }
}

/// What is no statement.
pub(super) fn other(out: &mut Writer, model: &Model<'_>, step: &PlannedStep) {
    match &step.action {
        PlannedAction::Require(require) => {
            let reason = require.reason.clone();
            let reason = reason.unwrap_or_else(|| format!("{} is not so", require.text));
            match host::expression(model, Host::Java, &require.condition, None) {
                Some(condition) => {
                    out.open(&format!("if (!({condition})) {{"));
                    out.line(&format!(
                        "throw new IllegalStateException({});",
                        quote(&reason)
                    ));
                    out.close("}");
                }
                None => out.line(&format!(
                    "// Java has no words for: require {}",
                    one_line(&require.text)
                )),
            }
        }
        PlannedAction::Fault(fault) => out.line(&format!("// {fault}: {}", fault.description())),
        PlannedAction::Process(call) => out.line(&format!("// {}", call.as_str())),
        PlannedAction::Sql { .. } => {}
    }
}

/// What the client does when a statement touched no row.
pub(super) fn failing(out: &mut Writer, failed: &str, check: &RowCheck) {
    let thrown = match check {
        RowCheck::Any => return,
        RowCheck::Newest => {
            out.line("statement.executeUpdate(); // no row: a newer write is stored, and this one is dropped");
            return;
        }
        RowCheck::VersionMatched => {
            "Conflicts.Conflict(\"the row has changed since it was read\")".to_owned()
        }
        RowCheck::NewRequest => "Conflicts.AlreadyDone()".to_owned(),
        RowCheck::Granted => "Conflicts.Conflict(\"somebody else holds the lock\")".to_owned(),
        RowCheck::GuardHeld(reason) => {
            let reason = reason.as_deref().unwrap_or("the condition does not hold");
            format!("IllegalStateException({})", quote(reason))
        }
    };
    out.open(&format!("if ({failed}) {{"));
    out.line(&format!("throw new {thrown};"));
    out.close("}");
}
