//! Values.
//!
//! A [`Value`] is what one column of one row holds. Equality and hash are structural, so that states of the database
//! can be compared and counted: `1.0` and `1.00` are different values here although SQL's `=` holds between them, and
//! NULL equals NULL. SQL's own comparison is [`Value::sql_cmp`], which knows nothing of NULL being unknown either; that
//! belongs to the operators (`db::expr`).

use super::{Numeric, Timestamp};
use crate::sql::{Span, ast};
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
        Some(match self {
            Self::Null => return None,
            Self::Int(number) => number.to_string(),
            Self::BigInt(number) => number.to_string(),
            Self::Numeric(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Boolean(true) => "t".to_owned(),
            Self::Boolean(false) => "f".to_owned(),
            Self::Timestamp(timestamp) => timestamp.to_string(),
        })
    }

    /// The constant that a client pastes into a statement where `:name` stands: numbers bare, texts and timestamps
    /// quoted, `NULL`, `TRUE`, `FALSE`.
    #[must_use]
    pub fn to_literal(&self) -> ast::Expr {
        use ast::{Expr, Literal, UnaryOp};
        let literal = |literal| Expr::Literal(literal, Span::default());
        let number = |text: String| match text.strip_prefix('-') {
            Some(digits) => Expr::Unary(
                UnaryOp::Minus,
                Box::new(literal(Literal::Number(digits.to_owned()))),
            ),
            None => literal(Literal::Number(text)),
        };
        match self {
            Self::Null => literal(Literal::Null),
            Self::Int(value) => number(value.to_string()),
            Self::BigInt(value) => number(value.to_string()),
            Self::Numeric(value) => number(value.to_string()),
            Self::Text(text) => literal(Literal::String(text.to_string())),
            Self::Boolean(value) => literal(Literal::Boolean(*value)),
            Self::Timestamp(timestamp) => literal(Literal::String(timestamp.to_string())),
        }
    }

    /// The value as JSON: numbers bare, texts and timestamps as strings.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Int(_) | Self::BigInt(_) | Self::Numeric(_) => self.to_text().unwrap_or_default(),
            Self::Text(_) | Self::Timestamp(_) => {
                let mut json = crate::export::Json::default();
                json.string(&self.to_text().unwrap_or_default());
                json.finish()
            }
        }
    }

    /// How SQL orders two values of comparable types, text by its bytes. NULL equals NULL and sorts after everything,
    /// as `ORDER BY` and unique indexes have it; values of types that do not compare are ordered by type.
    #[must_use]
    pub fn sql_cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Self::Timestamp(left), Self::Timestamp(right)) => left.cmp(right),
            _ => match (
                self.as_integer(),
                other.as_integer(),
                self.as_numeric(),
                other.as_numeric(),
            ) {
                (Some(left), Some(right), ..) => left.cmp(&right),
                (_, _, Some(left), Some(right)) => left.sql_cmp(&right),
                _ => self.type_order().cmp(&other.type_order()),
            },
        }
    }

    /// The value of an `int` or `bigint`.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(i64::from(*number)),
            Self::BigInt(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of a number of any type.
    #[must_use]
    pub fn as_numeric(&self) -> Option<Numeric> {
        match self {
            Self::Numeric(number) => Some(number.clone()),
            _ => self.as_integer().map(Numeric::from),
        }
    }

    fn type_order(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Int(_) | Self::BigInt(_) | Self::Numeric(_) => 1,
            Self::Text(_) => 2,
            Self::Timestamp(_) => 3,
            Self::Null => 4,
        }
    }
}
