//! Values.
//!
//! A [`Value`] is what one column of one row holds. Equality and hash are structural, so that states of the database
//! can be compared and counted: `1.0` and `1.00` are different values here although SQL's `=` holds between them, and
//! NULL equals NULL. SQL's own comparison is [`Value::sql_cmp`], which knows nothing of NULL being unknown either; that
//! belongs to the operators (`db::expr`).

use super::{Numeric, Timestamp};
use crate::json::Data;
use crate::sql::Span;
use crate::sql::ast::{Expr, Literal, UnaryOp};
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
    /// `timestamp` with time zone; the zone is UTC
    TimestampTz(Timestamp),
    /// `date`: its midnight
    Date(Timestamp),
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
        Some(match self {
            Self::Null => return None,
            Self::Int(value) => value.to_string(),
            Self::BigInt(value) => value.to_string(),
            Self::Numeric(value) => value.to_string(),
            Self::Text(value) => value.to_string(),
            Self::Boolean(true) => "t".to_owned(),
            Self::Boolean(false) => "f".to_owned(),
            Self::Timestamp(value) => value.to_string(),
            Self::TimestampTz(value) => format!("{value}+00"),
            Self::Date(value) => value.date_text(),
        })
    }

    /// The constant that a client pastes into a statement where `:name` stands: numbers bare, texts and timestamps
    /// quoted, `NULL`, `TRUE`, `FALSE`.
    #[must_use]
    pub fn to_literal(&self) -> Expr {
        let literal = match self {
            Self::Null => Literal::Null,
            Self::Boolean(value) => Literal::Boolean(*value),
            Self::Text(value) => Literal::String(value.to_string()),
            Self::Timestamp(_) | Self::TimestampTz(_) | Self::Date(_) => {
                Literal::String(self.to_text().unwrap_or_default())
            }
            Self::Int(_) | Self::BigInt(_) | Self::Numeric(_) => {
                let text = self.to_text().unwrap_or_default();
                if let Some(size) = text.strip_prefix('-') {
                    let size = Expr::Literal(Literal::Number(size.to_owned()), Span::default());
                    return Expr::Unary(UnaryOp::Minus, Box::new(size));
                }
                Literal::Number(text)
            }
        };
        Expr::Literal(literal, Span::default())
    }

    /// The value as JSON has it: numbers as such, texts and timestamps as strings.
    #[must_use]
    pub fn to_data(&self) -> Data {
        let text = || self.to_text().unwrap_or_default();
        match self {
            Self::Null => Data::Null,
            Self::Boolean(value) => Data::Flag(*value),
            Self::Int(_) | Self::BigInt(_) => Data::Number(text()),
            // NaN and the infinities are no numbers of JSON.
            Self::Numeric(_) if text().ends_with(|end: char| end.is_ascii_digit()) => {
                Data::Number(text())
            }
            Self::Numeric(_) => Data::Text(text()),
            Self::Text(_) | Self::Timestamp(_) | Self::TimestampTz(_) | Self::Date(_) => {
                Data::Text(text())
            }
        }
    }

    /// How SQL orders two values of comparable types, text by its bytes. NULL equals NULL and sorts after everything,
    /// as `ORDER BY` and unique indexes have it; values of types that do not compare are ordered by type.
    #[must_use]
    pub fn sql_cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.cmp(right),
            (Self::BigInt(left), Self::BigInt(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (
                Self::Timestamp(left) | Self::TimestampTz(left) | Self::Date(left),
                Self::Timestamp(right) | Self::TimestampTz(right) | Self::Date(right),
            ) => left.cmp(right),
            _ => match (self.as_numeric(), other.as_numeric()) {
                (Some(left), Some(right)) => left.sql_cmp(&right),
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }

    /// The value of an `int` or `bigint`.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(i64::from(*value)),
            Self::BigInt(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a number of any type.
    #[must_use]
    pub fn as_numeric(&self) -> Option<Numeric> {
        match self {
            Self::Numeric(value) => Some(value.clone()),
            _ => self.as_integer().map(Numeric::from),
        }
    }

    /// The order of types that do not compare; NULL is last.
    fn rank(&self) -> u8 {
        match self {
            Self::Int(_) | Self::BigInt(_) | Self::Numeric(_) => 0,
            Self::Text(_) => 1,
            Self::Boolean(_) => 2,
            Self::Timestamp(_) | Self::TimestampTz(_) | Self::Date(_) => 3,
            Self::Null => 4,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use crate::db::Numeric;

    #[test]
    fn a_value_takes_three_words() {
        assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
    }

    #[test]
    fn a_client_pastes_constants() {
        let pasted = |value: Value| value.to_literal().to_string();
        assert_eq!(pasted(Value::Int(-7)), "-7");
        assert_eq!(pasted(Value::from("it's")), "'it''s'");
        assert_eq!(pasted(Value::Null), "NULL");
        assert_eq!(pasted(Value::Boolean(true)), "TRUE");
        let price = Numeric::parse("12.50").map(Value::Numeric);
        assert_eq!(price.map(pasted).as_deref(), Ok("12.50"));
    }

    #[test]
    fn json_escapes_what_it_must() {
        assert_eq!(
            Value::from("a\"b\\\n\u{1}").to_data().to_text(),
            r#""a\"b\\\n\u0001""#
        );
        assert_eq!(Value::Null.to_data().to_text(), "null");
        assert_eq!(Value::BigInt(-3).to_data().to_text(), "-3");
    }
}
