//! The small words of the sentences: values, lists, names.

use crate::db::{Row, Value};
use crate::run::TableState;
use std::cmp::Ordering;

/// A value as SQL writes it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Numeric(_) => value.to_text().unwrap_or_default(),
        _ => format!("'{}'", value.to_text().unwrap_or_default()),
    }
}

/// `quantity = 10, sold = 0` of these columns; the table's columns give the names.
pub(super) fn cells(columns: &[String], which: &[usize], row: &Row) -> String {
    let cells = which.iter().filter_map(|&column| {
        let name = columns.get(column)?;
        Some(format!("{name} = {}", value(row.get(column)?)))
    });
    cells.collect::<Vec<_>>().join(", ")
}

/// The same, where the reader knows the column if it is only one: `9`.
pub(super) fn bare_cells(columns: &[String], which: &[usize], row: &Row) -> String {
    match which {
        [only] => row.get(*only).map(value).unwrap_or_default(),
        _ => cells(columns, which, row),
    }
}

/// The columns in which two rows differ.
pub(super) fn differing(a: &Row, b: &Row) -> Vec<usize> {
    (0..a.len().min(b.len()))
        .filter(|&column| a[column] != b[column])
        .collect()
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    joined(names, "and")
}

/// The same with another last word.
pub(super) fn joined<T: AsRef<str>>(names: &[T], last_word: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last_word} {}", first.join(", "), last.as_ref())
        }
    }
}

/// The names without repetition, in order of their first place.
pub(super) fn distinct<T: PartialEq>(names: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// An order of table contents that depends on nothing but the values.
pub(super) fn compare_tables(a: &[TableState], b: &[TableState]) -> Ordering {
    let rows = |tables: &[TableState]| -> Vec<Row> {
        tables.iter().flat_map(|table| table.rows.clone()).collect()
    };
    let (a, b) = (rows(a), rows(b));
    for (a, b) in a.iter().zip(&b) {
        for (a, b) in a.iter().zip(b.iter()) {
            let order = a.sql_cmp(b);
            if order != Ordering::Equal {
                return order;
            }
        }
    }
    a.len().cmp(&b.len())
}
