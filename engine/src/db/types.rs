//! The types of expressions and what may become what (manual, chapter 10 and section 8).

use super::{SqlError, Value};
use crate::sql::ast::SqlType;

/// The type of an expression, without the length or precision that a column may add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `integer`
    Int4,
    /// `bigint`
    Int8,
    /// `numeric`
    Numeric,
    /// `text`
    Text,
    /// `character varying`: text with another name in messages.
    Varchar,
    /// `boolean`
    Bool,
    /// `timestamp without time zone`
    Timestamp,
    /// A quoted constant or NULL whose place has not given it a type.
    Unknown,
}

impl Type {
    /// The name that PostgreSQL uses in messages (`integer`, `character varying`).
    #[must_use]
    pub fn name(self) -> &'static str {
        todo!()
    }
}

impl From<SqlType> for Type {
    fn from(_ty: SqlType) -> Self {
        todo!()
    }
}

/// Converts a value to a column's type as an `INSERT` or `UPDATE` does. The value must be of a type for which an
/// assignment cast exists; that is checked when the expression is bound ([`super::expr::bind_assignment`]).
///
/// # Errors
/// 22003 out of range or too many digits, 22001 too long.
pub fn assign(_value: Value, _ty: SqlType) -> Result<Value, SqlError> {
    todo!()
}
