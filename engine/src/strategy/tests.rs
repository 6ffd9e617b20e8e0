//! Strategies, told as text: `golden/*.txt` hold a scenario, `---`, and the difference between what was drawn and what is
//! sent. With `ROWLOCK_UPDATE_GOLDEN=1` the differences are written anew.

use super::{LockOrder, LockWait, Plan, PlannedAction, Strategy, difference, plan};
use crate::db::Row;
use crate::run::{Outcome, Run, execute};
use crate::scenario::{OnConflict, Scenario, parse, read};
use crate::sql::ast::RowLock;
use crate::sql::parse_statement;
use proptest::prelude::*;
use std::path::Path;

#[test]
fn what_is_sent_is_what_the_golden_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/strategy/golden");
    let update = std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("there are golden files")
        .map(|entry| entry.expect("a file").path())
        .collect();
    names.sort();
    for path in names {
        let text = std::fs::read_to_string(&path).expect("a text");
        let (drawn, expected) = text.split_once("---\n").expect("a line `---`");
        let scenario = read(drawn).unwrap_or_else(|errors| panic!("{path:?}: {errors:?}"));
        let plan = plan(&scenario);
        is_sound(&plan, &path);
        let found = difference(&scenario, &plan);
        if update {
            std::fs::write(&path, format!("{drawn}---\n{found}")).expect("a file to write");
        } else if found != expected {
            wrong.push_str(&format!(
                "{path:?} says\n{expected}\nbut sent is\n{found}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is sent can be read, runs on its set-up, and is in the order of time.
fn is_sound(plan: &Plan, path: &Path) {
    for step in &plan.steps {
        if let PlannedAction::Sql { sql, .. } = &step.action {
            assert_eq!(
                parse_statement(&sql.text).as_ref(),
                Ok(&sql.statement),
                "{path:?}"
            );
        }
    }
    assert!(plan.steps.is_sorted_by_key(|step| step.at), "{path:?}");
    assert!(execute(plan).is_ok(), "{path:?}");
}

/// Steps for made-up sessions; `1` and `2` are keys of rows that are there.
const STEPS: &[&str] = &[
    "BEGIN",
    "BEGIN",
    "COMMIT",
    "COMMIT",
    "ROLLBACK",
    "SELECT quantity FROM stock WHERE id = 1",
    "SELECT quantity FROM stock WHERE id = 1",
    "SELECT quantity FROM stock WHERE id = 2",
    "SELECT quantity AS q FROM stock WHERE id = 2",
    "SELECT * FROM stock WHERE id = 1",
    "SELECT * FROM stock WHERE id = 2 FOR UPDATE",
    "SELECT id, quantity FROM stock WHERE quantity > 8",
    "SELECT quantity + 1 AS q FROM stock WHERE id = 1",
    "SELECT quantity AS q FROM stock WHERE 1 = id AND note = 'new'",
    "SELECT max(quantity) AS q FROM stock",
    "require :quantity > 8",
    "require :quantity >= :q",
    "require :q > 3 else 'too few'",
    "UPDATE stock SET quantity = :quantity - 1 WHERE id = 1",
    "UPDATE stock SET quantity = :quantity - 1 WHERE id = 1",
    "UPDATE stock SET quantity = :quantity + :q WHERE id = 2",
    "UPDATE stock SET quantity = :q * 2, note = 'q' WHERE id = 1 AND note = 'new'",
    "UPDATE stock SET quantity = quantity + 2 WHERE id = 2",
    "UPDATE stock AS s SET note = 'seen' WHERE s.id = 1",
    "UPDATE stock SET note = 'all'",
    "UPDATE stock SET quantity = :quantity + 1 WHERE id = :id",
    "INSERT INTO log (n) VALUES (:quantity)",
];
/// Steps after which a row may not be there: a client that takes no row for a conflict tells more than one that does not.
const REMOVALS: &[&str] = &[
    "DELETE FROM stock WHERE id = 1",
    "DELETE FROM stock WHERE id = 2 AND quantity = :quantity",
    "SELECT quantity FROM stock WHERE id = 3",
    "UPDATE stock SET quantity = :quantity - 1 WHERE id = 3",
];

fn made_up(steps: &[&str]) -> Scenario {
    let mut text = "\
setup:
  CREATE TABLE stock (id int PRIMARY KEY, quantity int, note text);
  CREATE TABLE log (n int);
  INSERT INTO stock VALUES (1, 10, 'new'), (2, 5, 'new');

timeline:
"
    .to_owned();
    for step in steps {
        text.push_str(&format!("  A: {step}\n"));
    }
    let mut scenario = parse(&text).expect("every step is of the subset");
    scenario.on_conflict = Some(OnConflict::Reject);
    scenario
}

/// Of each transaction whether it went through, and the final tables in the columns that were drawn. What follows a
/// transaction that did not may use what it read, and is left out.
fn outcome(run: &Run) -> (Vec<bool>, Option<Vec<Vec<Row>>>) {
    let tables = run.tables.iter().map(|table| {
        let drawn = |row: &Row| -> Row {
            let values = table.columns.iter().zip(row.iter());
            values
                .filter(|(name, _)| *name != "version")
                .map(|(_, value)| value.clone())
                .collect()
        };
        table.rows.iter().map(drawn).collect()
    });
    let committed = |outcome: &Outcome| matches!(outcome, Outcome::Committed);
    let mut committed: Vec<bool> = run
        .transactions
        .iter()
        .map(|transaction| committed(&transaction.outcome))
        .collect();
    match committed.iter().position(|committed| !committed) {
        Some(failed) => {
            committed.truncate(failed + 1);
            (committed, None)
        }
        None => (committed, Some(tables.collect())),
    }
}

fn does_the_same(scenario: &Scenario, strategy: Strategy) -> Result<(), TestCaseError> {
    let drawn = execute(&plan(scenario)).expect("the set-up is sound");
    let mut guarded = scenario.clone();
    guarded.strategy = strategy;
    let plan = plan(&guarded);
    let run = execute(&plan).expect("the set-up is sound");
    prop_assert_eq!(
        outcome(&drawn),
        outcome(&run),
        "{}\n{}",
        strategy,
        difference(&guarded, &plan)
    );
    Ok(())
}

const LOCKING: [(LockWait, LockOrder); 4] = [
    (LockWait::Block, LockOrder::AsDrawn),
    (LockWait::NoWait, LockOrder::AsDrawn),
    (LockWait::Block, LockOrder::ByKey),
    (LockWait::NoWait, LockOrder::ByKey),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A strategy guards against others. Alone, a session does the same under each.
    #[test]
    fn alone_a_session_does_the_same_under_every_strategy(
        steps in prop::collection::vec(prop::sample::select(STEPS), 1..12)
    ) {
        let mut steps = steps;
        steps.insert(0, "BEGIN");
        let scenario = made_up(&steps);
        does_the_same(&scenario, Strategy::ATOMIC)?;
        for order in [LockOrder::AsDrawn, LockOrder::ByKey] {
            let wait = LockWait::SkipLocked;
            does_the_same(&scenario, Strategy::Pessimistic { strength: RowLock::Update, wait, order })?;
        }
        if !steps.iter().any(|step| step.contains("AND")) {
            does_the_same(&scenario, Strategy::OPTIMISTIC)?;
        }
    }

    /// Also when rows vanish.
    #[test]
    fn alone_a_session_does_the_same_when_rows_vanish(
        steps in prop::collection::vec(
            prop::sample::select([STEPS, REMOVALS, REMOVALS].concat()), 1..12)
    ) {
        let scenario = made_up(&steps);
        does_the_same(&scenario, Strategy::ATOMIC)?;
        for (wait, order) in LOCKING {
            does_the_same(&scenario, Strategy::Pessimistic { strength: RowLock::Update, wait, order })?;
        }
    }
}
