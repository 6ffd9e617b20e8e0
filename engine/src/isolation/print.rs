//! A result set as libpq prints it (`PQprint` of `fe-print.c`, with header, alignment and `|`).
//!
//! Widths are bytes. A column is put to the right if every value in it looks like a number, whatever its type: digits,
//! points, `e`, `E`, `-` and blanks, with no `e` in front and a digit at the end. A column without values does so too.

use crate::db::RowSet;

/// A result set as text; nothing at all where there are no columns.
#[must_use]
pub fn print(set: &RowSet) -> String {
    if set.columns.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = set
        .rows
        .iter()
        .map(|row| {
            let text = |value: &crate::db::Value| value.to_text().unwrap_or_default();
            row.iter().map(text).collect()
        })
        .collect();
    let columns: Vec<Column> = (0..set.columns.len())
        .map(|column| Column::of(&set.columns[column], rows.iter().map(|row| &row[column])))
        .collect();
    let dashes: Vec<String> = columns
        .iter()
        .map(|column| "-".repeat(column.width))
        .collect();
    let mut text = line(&columns, &set.columns);
    text.push_str(&dashes.join("+"));
    text.push('\n');
    for row in &rows {
        text.push_str(&line(&columns, row));
    }
    let plural = if rows.len() == 1 { "" } else { "s" };
    text.push_str(&format!("({} row{plural})\n\n", rows.len()));
    text
}

struct Column {
    /// In bytes.
    width: usize,
    side: Side,
}

enum Side {
    Left,
    Right,
}

impl Column {
    fn of<'a>(name: &str, values: impl Iterator<Item = &'a String>) -> Self {
        let mut column = Self {
            width: name.len(),
            side: Side::Right,
        };
        for value in values.filter(|value| !value.is_empty()) {
            column.width = column.width.max(value.len());
            if !looks_like_a_number(value) {
                column.side = Side::Left;
            }
        }
        column
    }
}

fn looks_like_a_number(value: &str) -> bool {
    let number = |byte: u8| byte.is_ascii_digit() || b".Ee -".contains(&byte);
    value.bytes().all(number)
        && !value.starts_with(['E', 'e'])
        && value.ends_with(|last: char| last.is_ascii_digit())
}

fn line(columns: &[Column], values: &[String]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .zip(values)
        .map(|(column, value)| {
            let blanks = " ".repeat(column.width.saturating_sub(value.len()));
            match column.side {
                Side::Left => format!("{value}{blanks}"),
                Side::Right => format!("{blanks}{value}"),
            }
        })
        .collect();
    format!("{}\n", cells.join("|"))
}
