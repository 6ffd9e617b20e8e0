//! Values.
//!
//! A [`Value`] is what one column of one row holds. Equality and hash are structural, so that states of the database
//! can be compared and counted: `1.0` and `1.00` are different values here although SQL's `=` holds between them, and
//! NULL equals NULL. SQL's own comparison is [`Value::sql_cmp`], which knows nothing of NULL being unknown either; that
//! belongs to the operators (`db::expr`).

use super::{Numeric, Timestamp};
use crate::sql::ast;
use std::cmp::Ordering;
use std::sync::Arc;

/// A value of one column in one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Unknown, of any type.
    Null,
    /// `int`
    Int(i32),
    /// `bigint`
    BigInt(i64),
    /// `numeric`
    Numeric(Numeric),
    /// `text`, `varchar`
    Text(Arc<str>),
    /// `boolean`
    Boolean(bool),
    /// `timestamp` without time zone
    Timestamp(Timestamp),
}

/// The values of one version of a row, shared by all who look at it.
pub type Row = Arc<[Value]>;

impl Value {
    /// Whether this is NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What psql shows (`t` and `f` for booleans); `None` for NULL.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        todo!()
    }

    /// The constant that a client pastes into a statement where `:name` stands: numbers bare, texts and timestamps
    /// quoted, `NULL`, `TRUE`, `FALSE`.
    #[must_use]
    pub fn to_literal(&self) -> ast::Expr {
        todo!()
    }

    /// The value as JSON: numbers bare, texts and timestamps as strings.
    #[must_use]
    pub fn to_json(&self) -> String {
        todo!()
    }

    /// How SQL orders two values of comparable types, text by its bytes. NULL equals NULL and sorts after everything,
    /// as `ORDER BY` and unique indexes have it; values of types that do not compare are ordered by type.
    #[must_use]
    pub fn sql_cmp(&self, _other: &Self) -> Ordering {
        todo!()
    }
}
