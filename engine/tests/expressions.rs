//! Expressions held against a real PostgreSQL 15: `tests/expressions/*.txt` are cases with its answers, recorded by
//! `record.sh`; here ours must be the same to the letter, with result type, SQLSTATE, message, DETAIL and HINT.
//!
//! Where Rowlock deliberately differs, the case stands in [`DIFFERENT`] with what is said instead; and what is
//! double precision there is refused here.

use rowlock_engine::db::answer::Progress;
use rowlock_engine::db::expr::{Clause, EvalContext, Scope, bind_projection, eval};
use rowlock_engine::db::{Database, SqlError, Type, Value};
use rowlock_engine::ids::SessionId;
use rowlock_engine::sql::ast::{IsolationLevel, SelectItem, Statement};
use rowlock_engine::sql::{parse_expression, parse_script, parse_statement};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What Rowlock answers where it is meant not to answer as PostgreSQL.
const DIFFERENT: &[(&str, &str)] = &[
    // What an INSERT would find in its own table is not looked at.
    (
        "INSERT INTO t (i) VALUES (i)",
        "ERROR: 42703: column \"i\" does not exist",
    ),
];

const CONTEXT: EvalContext = EvalContext {
    now: rowlock_engine::db::Timestamp(0),
};

/// The tables that the cases speak of.
fn setup() -> Database {
    let mut db = Database::new(&["session".to_owned()], IsolationLevel::ReadCommitted);
    let script = include_str!("expressions/setup.sql");
    for (statement, _) in parse_script(script).expect("the set-up can be read") {
        let progress = db.submit(SessionId(0), &statement);
        assert!(matches!(progress, Progress::Done(_)), "{progress:?}");
    }
    db
}

/// The columns of `t`, and its one row.
fn scope_of_t(db: &Database) -> (Scope<'static>, Vec<Value>) {
    let table = db.tables().next().expect("t is there");
    let columns = &db.table(table).columns;
    let scope = Scope::table(
        "t",
        columns
            .iter()
            .map(|column| (column.name.as_str(), Type::from(column.ty))),
    );
    let row = db.committed(table).next().expect("it has a row");
    (scope, db.heap(table)[row].values.to_vec())
}

fn shown(value: &Value) -> String {
    value.to_text().unwrap_or_else(|| "NULL".to_owned())
}

fn told(error: &SqlError) -> String {
    let mut text = format!("ERROR: {}: {}", error.state.0, error.message);
    for (label, line) in [("DETAIL", &error.detail), ("HINT", &error.hint)] {
        if let Some(line) = line {
            let _ = write!(text, " ~ {label}: {line}");
        }
    }
    text
}

/// The type and value of an expression on the one row of t.
fn value_of(expr: &str, db: &Database) -> Result<String, String> {
    let expr = parse_expression(expr).map_err(|error| format!("not of the subset: {error}"))?;
    let items = [SelectItem::Expr { expr, alias: None }];
    let (scope, row) = scope_of_t(db);
    let found = || -> Result<String, SqlError> {
        let projection = bind_projection(&items, &[], &scope, Clause::SelectList)?;
        let column = &projection.columns[0];
        let value = eval(column, &row, &CONTEXT)?;
        Ok(format!("{} {}", column.ty.name(), shown(&value)))
    };
    Ok(found().unwrap_or_else(|error| told(&error)))
}

/// The name of a result column and its type.
fn name_of(expr: &str, db: &Database) -> Result<String, String> {
    let expr = parse_expression(expr).map_err(|error| format!("not of the subset: {error}"))?;
    let items = [SelectItem::Expr { expr, alias: None }];
    let projection = bind_projection(&items, &[], &scope_of_t(db).0, Clause::SelectList)
        .map_err(|error| told(&error))?;
    let ty = projection.columns[0].ty.name();
    Ok(format!("{} {ty}", projection.names[0]))
}

/// The rows that a statement gives back, in a transaction that is rolled back.
fn rows_of(statement: &str, db: &Database) -> Result<String, String> {
    let statement =
        parse_statement(statement).map_err(|error| format!("not of the subset: {error}"))?;
    let mut db = db.clone();
    let session = SessionId(0);
    db.submit(session, &Statement::Begin(Default::default()));
    Ok(match db.submit(session, &statement) {
        Progress::Failed(error) => told(&error),
        Progress::Done(answer) => {
            let rows: Vec<String> = answer
                .rows
                .unwrap_or_default()
                .rows
                .iter()
                .map(|row| row.iter().map(shown).collect::<Vec<_>>().join(", "))
                .collect();
            rows.join(" ~ ")
        }
        Progress::Waiting(_) => "waits".to_owned(),
    })
}

#[test]
fn answers_are_those_of_postgresql() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expressions");
    let db = setup();
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let (mut cases, mut wrong) = (0, String::new());
    for path in files {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let form = text.lines().next();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with("--") {
                continue;
            }
            let (case, expected) = line
                .split_once(" -->")
                .expect("every case has its answer: run record.sh");
            let expected = DIFFERENT
                .iter()
                .find(|(different, _)| *different == case)
                .map_or(expected.trim(), |(_, ours)| ours);
            let ours = match form {
                Some("-- statements") => rows_of(case, &db),
                Some("-- names") => name_of(case, &db),
                _ => value_of(case, &db),
            };
            let ours = ours.unwrap_or_else(|error| error);
            cases += 1;
            // What would be floating point is refused.
            let refused =
                expected.starts_with("double precision") && ours.starts_with("ERROR: 0A000");
            if ours != expected && !refused {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let _ = write!(
                    wrong,
                    "\n{file}:{}: {case}\n  PostgreSQL: {expected}\n  ours:       {ours}",
                    number + 1
                );
            }
        }
    }
    assert!(cases > 800, "only {cases} cases were found");
    assert!(wrong.is_empty(), "{wrong}");
}
