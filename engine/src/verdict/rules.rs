//! The rules of a scenario, asked of the final tables.

use super::RuleResult;
use crate::db::expr::substitute;
use crate::db::{Database, RowSet, Value};
use crate::run::{Run, TransactionId, ask};
use crate::scenario::{Rule, Scenario};

/// Asks every rule.
pub(super) fn ask_all(scenario: &Scenario, run: &Run) -> Vec<RuleResult> {
    let committed = (0..run.transactions.len())
        .filter(|&id| super::history::committed(run, TransactionId(id)))
        .count();
    let committed = Value::Int(i32::try_from(committed).unwrap_or(i32::MAX));
    scenario
        .expect
        .iter()
        .map(|rule| ask_one(rule, &run.database, &committed))
        .collect()
}

/// Whether a rule holds.
pub(super) fn holds(rule: &RuleResult) -> bool {
    rule.holds == Ok(true)
}

fn ask_one(rule: &Rule, database: &Database, committed: &Value) -> RuleResult {
    let known = |name: &str| (name == "committed").then(|| committed.clone());
    let (query, holds) = match substitute(&rule.query.statement, &known) {
        Err(name) => (
            rule.query.text.clone(),
            Err(format!(
                ":{name} has no value here; a rule knows only :committed."
            )),
        ),
        Ok(statement) => {
            let text = if statement == rule.query.statement {
                rule.query.text.clone()
            } else {
                statement.to_string()
            };
            let answer = match ask(database, &statement) {
                Ok(rows) => truth(&rows),
                Err(error) => Err(format!("The query fails: {error}.")),
            };
            (text, answer)
        }
    };
    RuleResult {
        name: rule.name.clone(),
        holds,
        query,
    }
}

/// The one boolean of a result.
fn truth(rows: &RowSet) -> Result<bool, String> {
    match rows.rows.as_slice() {
        [] => Err("The query finds no row.".to_owned()),
        [row] => match &**row {
            [Value::Boolean(truth)] => Ok(*truth),
            [Value::Null] => Err("The query gives NULL, neither true nor false.".to_owned()),
            [other] => Err(format!(
                "The query gives {}, which is neither true nor false.",
                super::words::value(other)
            )),
            more => Err(format!("The query gives {} columns, not one.", more.len())),
        },
        more => Err(format!("The query gives {} rows, not one.", more.len())),
    }
}
