//! What a new step says to begin with: a statement on the first table that there is, on its first row.

use crate::scenario::Scenario;
use crate::sql::ast::{
    ColumnConstraint, CreateTable, Expr, Ident, InsertSource, SqlType, Statement,
};

/// What can be put into a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// `BEGIN`
    Begin,
    /// `SELECT`
    Select,
    /// `UPDATE`
    Update,
    /// `INSERT`
    Insert,
    /// `DELETE`
    Delete,
    /// `INSERT ... ON CONFLICT DO UPDATE`
    Upsert,
    /// `SELECT ... FOR UPDATE`
    Lock,
    /// The client's own check.
    Require,
    /// `COMMIT`
    Commit,
    /// `ROLLBACK`
    Rollback,
}

impl Template {
    /// All, in the order of a palette.
    pub const ALL: [Self; 10] = [
        Self::Begin,
        Self::Select,
        Self::Update,
        Self::Insert,
        Self::Delete,
        Self::Upsert,
        Self::Lock,
        Self::Require,
        Self::Commit,
        Self::Rollback,
    ];

    /// The name on a palette.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Begin => "BEGIN",
            Self::Select => "SELECT",
            Self::Update => "UPDATE",
            Self::Insert => "INSERT",
            Self::Delete => "DELETE",
            Self::Upsert => "upsert",
            Self::Lock => "lock",
            Self::Require => "require",
            Self::Commit => "COMMIT",
            Self::Rollback => "ROLLBACK",
        }
    }

    /// The step that it makes in a scenario.
    #[must_use]
    pub fn text(self, scenario: &Scenario) -> String {
        self.text_on(None, scenario)
    }

    /// The same on a table of this name, where there is one.
    #[must_use]
    pub fn text_on(self, name: Option<&str>, scenario: &Scenario) -> String {
        let tables = || {
            let entries = scenario.setup.iter();
            entries.filter_map(|entry| match &entry.sql.statement {
                Statement::CreateTable(create) if !create.columns.is_empty() => Some(create),
                _ => None,
            })
        };
        let named = tables().find(|table| Some(table.name.name.as_str()) == name);
        let table = named.or_else(|| tables().next());
        match (self, table) {
            (Self::Begin, _) => "BEGIN".to_owned(),
            (Self::Commit, _) => "COMMIT".to_owned(),
            (Self::Rollback, _) => "ROLLBACK".to_owned(),
            (Self::Require, None) => "require 1 = 1 else 'not so'".to_owned(),
            (_, None) => "SELECT 1".to_owned(),
            (_, Some(table)) => self.on(table, scenario),
        }
    }

    fn on(self, table: &CreateTable, scenario: &Scenario) -> String {
        let name = &table.name;
        let columns = &table.columns;
        let key = columns
            .iter()
            .find(|it| it.constraints.contains(&ColumnConstraint::PrimaryKey));
        let key = key.unwrap_or(&columns[0]);
        let value = columns
            .iter()
            .find(|it| it.name.name != key.name.name)
            .unwrap_or(key);
        let row = first_row(table, scenario);
        let at = |column: &str| columns.iter().position(|it| it.name.name == column);
        let literal = |column: &str, ty: SqlType| {
            let known = at(column).and_then(|at| row.as_ref()?.get(at).cloned());
            known.unwrap_or_else(|| sample(ty).to_owned())
        };
        let of_key = literal(&key.name.name, key.ty);
        let condition = format!("{} = {of_key}", key.name);
        let changed = if is_number(value.ty) {
            format!("{0} = {0} - 1", value.name)
        } else {
            format!("{} = {}", value.name, literal(&value.name.name, value.ty))
        };
        let values: Vec<String> = columns
            .iter()
            .map(|it| literal(&it.name.name, it.ty))
            .collect();
        let values = values.join(", ");
        let primary = table.primary_key();
        let unique = if primary.is_empty() {
            key.name.to_string()
        } else {
            let names = primary.iter().map(|it| Ident::new(it).to_string());
            names.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Select => format!("SELECT {} FROM {name} WHERE {condition}", value.name),
            Self::Lock => format!(
                "SELECT {} FROM {name} WHERE {condition} FOR UPDATE",
                value.name
            ),
            Self::Update => format!("UPDATE {name} SET {changed} WHERE {condition}"),
            Self::Insert => format!("INSERT INTO {name} VALUES ({values})"),
            Self::Delete => format!("DELETE FROM {name} WHERE {condition}"),
            Self::Upsert => format!(
                "INSERT INTO {name} VALUES ({values}) ON CONFLICT ({unique}) DO UPDATE SET {0} = excluded.{0}",
                value.name
            ),
            _ => format!("require :{} >= 1 else 'not enough'", value.name),
        }
    }
}

/// The values of the first row that the set-up puts into a table.
fn first_row(table: &CreateTable, scenario: &Scenario) -> Option<Vec<String>> {
    scenario.setup.iter().find_map(|entry| {
        let Statement::Insert(insert) = &entry.sql.statement else {
            return None;
        };
        let InsertSource::Values(rows) = &insert.source else {
            return None;
        };
        if insert.table.name.name != table.name.name || !insert.columns.is_empty() {
            return None;
        }
        let constant = |value: &Option<Expr>| value.as_ref().map(ToString::to_string);
        rows.first()?.iter().map(constant).collect()
    })
}

fn is_number(ty: SqlType) -> bool {
    matches!(
        ty,
        SqlType::SmallInt | SqlType::Int | SqlType::BigInt | SqlType::Numeric(_)
    )
}

/// The same for a column whose type may not be known.
pub(super) fn sample_of(ty: Option<SqlType>) -> &'static str {
    ty.map_or("1", sample)
}

pub(super) fn sample(ty: SqlType) -> &'static str {
    match ty {
        ty if is_number(ty) => "1",
        // As the printer writes it.
        SqlType::Boolean => "TRUE",
        SqlType::Timestamp | SqlType::TimestampTz | SqlType::Date => "'2026-01-01'",
        _ => "'new'",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply};
    use crate::gallery::STORIES;
    use crate::scenario::{SessionId, read};

    #[test]
    fn what_a_palette_offers_can_be_put_into_every_story() {
        for story in STORIES {
            let scenario = read(story.text).expect("a story is sound");
            for template in Template::ALL {
                let text = template.text(&scenario);
                let edit = Edit::AddStep {
                    at: scenario.timeline.len(),
                    session: SessionId(0),
                    text: text.clone(),
                };
                let edited = apply(story.text, &edit);
                assert!(edited.is_ok(), "{}: {text}: {edited:?}", story.slug);
            }
        }
        let cashiers = read(STORIES[0].text).expect("a story is sound");
        assert_eq!(
            Template::Select.text(&cashiers),
            "SELECT quantity FROM stock WHERE id = 42"
        );
    }
}
