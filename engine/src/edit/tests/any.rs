//! Any edit of tables and rules, and what it must have done: for the property test of edits.

use super::super::*;
use proptest::prelude::*;

fn a_name() -> impl Strategy<Value = String> {
    let names = [
        "stock",
        "Account",
        "id",
        "order",
        "two words",
        "\"#x\"",
        "a:b",
        "",
        "# no",
        "ü",
    ];
    prop_oneof![
        prop::sample::select(names.to_vec()).prop_map(str::to_owned),
        "[a-c ]{1,3}"
    ]
}

fn a_value() -> impl Strategy<Value = String> {
    let values = [
        "1",
        "-2.5",
        "'text'",
        "it's",
        "NULL",
        "default",
        "",
        "two words",
        "1 --x",
        "now()",
        "# x",
        "1); x (",
    ];
    prop::sample::select(values.to_vec()).prop_map(str::to_owned)
}

pub(super) fn a_table_edit() -> impl Strategy<Value = TableEdit> {
    let table = || (0..3usize).prop_map(TablePlace);
    let column = || (0..4usize).prop_map(ColumnPlace);
    let row = || (0..4usize).prop_map(RowPlace);
    let ty = || {
        let types = [
            "int",
            "text",
            "numeric(4, 1)",
            "serial",
            "timestamp with time zone",
            "int UNIQUE",
            "no",
        ];
        prop::sample::select(types.to_vec()).prop_map(str::to_owned)
    };
    let constraint = || prop::sample::select(Constraint::ALL.to_vec());
    let change = prop_oneof![
        a_name().prop_map(ColumnChange::Rename),
        ty().prop_map(ColumnChange::Type),
        constraint().prop_map(ColumnChange::Set),
        constraint().prop_map(ColumnChange::Unset),
        prop::option::of(a_value()).prop_map(ColumnChange::Default),
    ];
    prop_oneof![
        a_name().prop_map(TableEdit::Add),
        (table(), a_name()).prop_map(|(table, name)| TableEdit::Rename(table, name)),
        table().prop_map(TableEdit::Remove),
        (table(), a_name(), ty()).prop_map(|(table, name, ty)| TableEdit::AddColumn {
            table,
            name,
            ty
        }),
        (table(), column(), change).prop_map(|(table, column, change)| {
            TableEdit::ChangeColumn {
                table,
                column,
                change,
            }
        }),
        (table(), column(), column()).prop_map(|(table, column, to)| TableEdit::MoveColumn {
            table,
            column,
            to
        }),
        (table(), column()).prop_map(|(table, column)| TableEdit::RemoveColumn { table, column }),
        table().prop_map(TableEdit::AddRow),
        (table(), row(), column(), a_value()).prop_map(|(table, row, column, value)| {
            TableEdit::SetCell {
                table,
                row,
                column,
                value,
            }
        }),
        (table(), row()).prop_map(|(table, row)| TableEdit::RemoveRow(table, row)),
    ]
}

pub(super) fn a_rule_edit() -> impl Strategy<Value = RuleEdit> {
    let rule = || (0..3usize).prop_map(RulePlace);
    let query = || {
        let queries = [
            "SELECT TRUE",
            "SELECT\n :failed = 0",
            "",
            "SELEC",
            "SELECT 1 -- one",
            "SELECT\n1 -- one\n",
        ];
        prop::sample::select(queries.to_vec()).prop_map(str::to_owned)
    };
    prop_oneof![
        (a_name(), query()).prop_map(|(name, query)| RuleEdit::Add { name, query }),
        (rule(), a_name()).prop_map(|(rule, name)| RuleEdit::Rename(rule, name)),
        (rule(), query()).prop_map(|(rule, query)| RuleEdit::SetQuery(rule, query)),
        rule().prop_map(RuleEdit::Remove),
        (rule(), rule()).prop_map(|(rule, to)| RuleEdit::Move(rule, to)),
    ]
}

/// The comments of a text, those after dashes as well, in no order: a column takes its own along.
pub(super) fn comments(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| {
        let at = line
            .find("-- ")
            .or_else(|| line.trim_start().starts_with('#').then(|| line.find('#'))?)?;
        Some(line[at..].trim_end())
    });
    let mut lines: Vec<&str> = lines.collect();
    lines.sort_unstable();
    lines
}

/// A table edit does to the tables what it says, and nothing to the others.
pub(super) fn assert_tables(edit: &TableEdit, before: &Scenario, after: &Scenario) {
    let (old, new) = (tables(before), tables(after));
    match edit {
        TableEdit::Add(_) => {
            assert_eq!(new.len(), old.len() + 1);
            assert_eq!(new[..old.len()], old);
        }
        TableEdit::Remove(table) => {
            assert_eq!(new.len() + 1, old.len());
            for (place, kept) in old
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != table.0)
            {
                assert_eq!(new[place - usize::from(place > table.0)], *kept);
            }
        }
        TableEdit::Rename(table, _) => {
            assert_eq!(new.len(), old.len());
            assert_eq!(new[table.0].rows, old[table.0].rows);
        }
        TableEdit::AddRow(table) => {
            let (old, new) = (&old[table.0], &new[table.0]);
            assert_eq!(new.rows[..old.rows.len()], old.rows);
            assert_eq!(new.rows.len(), old.rows.len() + 1);
        }
        TableEdit::RemoveRow(table, row) => {
            let mut rows = old[table.0].rows.clone();
            rows.remove(row.0);
            assert_eq!(new[table.0].rows, rows);
        }
        TableEdit::SetCell {
            table, row, column, ..
        } => {
            let (old, new) = (&old[table.0], &new[table.0]);
            assert_eq!(
                (&new.columns, new.rows.len()),
                (&old.columns, old.rows.len())
            );
            for (number, (old, new)) in old.rows.iter().zip(&new.rows).enumerate() {
                for (place, (old, new)) in old.cells.iter().zip(&new.cells).enumerate() {
                    let is_it = number == row.0 && place == column.0;
                    let now_said = old.is_none() && new.as_deref() == Some("DEFAULT");
                    assert!(is_it || old == new || now_said, "{old:?} {new:?}");
                }
            }
        }
        TableEdit::AddColumn { table, .. } => {
            let (old, new) = (&old[table.0], &new[table.0]);
            let count = old.columns.len();
            assert_eq!(new.columns[..count], old.columns);
            assert_eq!(new.columns.len(), count + 1);
            for row in &new.rows {
                assert_eq!(row.cells[count].as_deref(), Some("NULL"));
            }
        }
        TableEdit::RemoveColumn { table, column } => {
            let (old, new) = (&old[table.0], &new[table.0]);
            let mut columns = old.columns.clone();
            columns.remove(column.0);
            assert_eq!(new.columns, columns);
            assert_eq!(new.rows.len(), old.rows.len());
        }
        TableEdit::MoveColumn { table, column, to } => {
            let (old, new) = (&old[table.0], &new[table.0]);
            let to = to.0.min(old.columns.len() - 1);
            assert_eq!(new.columns[to], old.columns[column.0]);
            for (old, new) in old.rows.iter().zip(&new.rows) {
                let said = |cell: &Option<String>| cell.clone().unwrap_or("DEFAULT".to_owned());
                assert_eq!(said(&new.cells[to]), said(&old.cells[column.0]));
            }
        }
        TableEdit::ChangeColumn {
            table,
            column,
            change,
        } => {
            let (old, new) = (&old[table.0], &new[table.0]);
            assert_eq!(
                (new.columns.len(), &new.rows),
                (old.columns.len(), &old.rows)
            );
            let now = &new.columns[column.0];
            match change {
                ColumnChange::Set(it) => assert!(now.constraints.contains(it)),
                ColumnChange::Unset(it) => assert!(!now.constraints.contains(it)),
                ColumnChange::Type(ty) => assert_eq!(now.ty, *ty),
                ColumnChange::Default(it) => assert_eq!(now.default.is_some(), it.is_some()),
                ColumnChange::Rename(_) => {
                    assert_eq!(now.constraints, old.columns[column.0].constraints);
                }
            }
        }
    }
}

pub(super) const TABLES: &str = "\
# Kept.
setup:
  # The stock.
  CREATE TABLE stock (
    id int PRIMARY KEY, -- the key
    n int NOT NULL DEFAULT 1 UNIQUE,
    -- the name
    name text, PRIMARY KEY (n) -- of it
  ); CREATE TABLE b (x int /* one */, y text DEFAULT NULL);
  INSERT INTO stock VALUES (1, 2), -- first
  # within
    (2, 3)
    ;
  -- second
  INSERT INTO b (y) VALUES ('a'), ('b'); INSERT INTO b SELECT 1
";
