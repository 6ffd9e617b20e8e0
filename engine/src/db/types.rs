//! The types of expressions and what may become what (manual, chapter 10 and section 8).

use super::{Numeric, SqlError, SqlState, Timestamp, Value};
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
        match self {
            Self::Int4 => "integer",
            Self::Int8 => "bigint",
            Self::Numeric => "numeric",
            Self::Text => "text",
            Self::Varchar => "character varying",
            Self::Bool => "boolean",
            Self::Timestamp => "timestamp without time zone",
            Self::Unknown => "unknown",
        }
    }

    /// How far up a number's type stands: int, bigint, numeric; `None` for what is no number.
    #[must_use]
    pub fn number_rank(self) -> Option<u8> {
        match self {
            Self::Int4 => Some(0),
            Self::Int8 => Some(1),
            Self::Numeric => Some(2),
            _ => None,
        }
    }

    /// Whether it is text under one of its names.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Varchar)
    }
}

impl From<SqlType> for Type {
    fn from(ty: SqlType) -> Self {
        match ty {
            SqlType::Int => Self::Int4,
            SqlType::BigInt => Self::Int8,
            SqlType::Numeric(_) => Self::Numeric,
            SqlType::Text => Self::Text,
            SqlType::Varchar(_) => Self::Varchar,
            SqlType::Boolean => Self::Bool,
            SqlType::Timestamp => Self::Timestamp,
        }
    }
}

fn out_of_range(ty: Type) -> SqlError {
    SqlError::new(
        SqlState::NUMERIC_OUT_OF_RANGE,
        format!("{} out of range", ty.name()),
    )
}

/// Converts a value to a type, as a cast does.
///
/// # Errors
/// 22003 out of range, 22P02 and its kin for a text that is not of the type.
pub fn convert(value: Value, ty: Type) -> Result<Value, SqlError> {
    Ok(match (ty, value) {
        (_, Value::Null) => Value::Null,
        (Type::Int4, Value::Int(number)) => Value::Int(number),
        (Type::Int4 | Type::Int8, Value::Boolean(value)) => Value::Int(i32::from(value)),
        (Type::Int4, value @ (Value::BigInt(_) | Value::Numeric(_))) => {
            let number = whole(&value).and_then(|number| i32::try_from(number).ok());
            Value::Int(number.ok_or_else(|| out_of_range(ty))?)
        }
        (Type::Int8, value @ (Value::Int(_) | Value::BigInt(_) | Value::Numeric(_))) => {
            Value::BigInt(whole(&value).ok_or_else(|| out_of_range(ty))?)
        }
        (Type::Numeric, value) if value.as_numeric().is_some() => {
            value.as_numeric().map_or(Value::Null, Value::Numeric)
        }
        (Type::Bool, Value::Int(number)) => Value::Boolean(number != 0),
        (Type::Bool, Value::Boolean(value)) => Value::Boolean(value),
        (Type::Timestamp, Value::Timestamp(timestamp)) => Value::Timestamp(timestamp),
        (Type::Text | Type::Varchar | Type::Unknown, Value::Text(text)) => Value::Text(text),
        (Type::Text | Type::Varchar | Type::Unknown, Value::Boolean(value)) => {
            Value::Text(if value { "true" } else { "false" }.into())
        }
        (Type::Text | Type::Varchar | Type::Unknown, value) => {
            Value::Text(value.to_text().unwrap_or_default().into())
        }
        (ty, Value::Text(text)) => from_text(&text, ty)?,
        (ty, value) => {
            let message = format!(
                "a value of another type stands where {} is wanted: {value:?}",
                ty.name()
            );
            return Err(SqlError::new(SqlState::DATATYPE_MISMATCH, message));
        }
    })
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Numeric(number) => number.to_i64(),
        value => value.as_integer(),
    }
}

/// Reads a text as a value of a type.
///
/// # Errors
/// 22P02, 22007 or 22008 when it is none, 22003 when it is out of range.
pub fn from_text(text: &str, ty: Type) -> Result<Value, SqlError> {
    let invalid = || {
        SqlError::new(
            SqlState::INVALID_TEXT,
            format!("invalid input syntax for type {}: \"{text}\"", ty.name()),
        )
    };
    Ok(match ty {
        Type::Int4 | Type::Int8 => {
            let trimmed = text.trim_ascii();
            let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid());
            }
            let too_large = || {
                let message = format!("value \"{text}\" is out of range for type {}", ty.name());
                SqlError::new(SqlState::NUMERIC_OUT_OF_RANGE, message)
            };
            match ty {
                Type::Int4 => Value::Int(trimmed.parse().map_err(|_| too_large())?),
                _ => Value::BigInt(trimmed.parse().map_err(|_| too_large())?),
            }
        }
        Type::Numeric => Value::Numeric(Numeric::parse(text)?),
        Type::Bool => Value::Boolean(boolean(text).ok_or_else(invalid)?),
        Type::Timestamp => Value::Timestamp(Timestamp::parse(text)?),
        Type::Text | Type::Varchar | Type::Unknown => Value::Text(text.into()),
    })
}

/// `true`, `yes`, `on`, `1`, their opposites, and unique beginnings of these (manual, section 8.6).
fn boolean(text: &str) -> Option<bool> {
    let word = text.trim_ascii().to_ascii_lowercase();
    let begins = |whole: &str, least: usize| word.len() >= least && whole.starts_with(&word);
    if begins("true", 1) || begins("yes", 1) || word == "on" || word == "1" {
        Some(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0" {
        Some(false)
    } else {
        None
    }
}

/// Converts a value to a column's type as an `INSERT` or `UPDATE` does. The value must be of a type for which an
/// assignment cast exists; that is checked when the expression is bound ([`super::expr::bind_assignment`]).
///
/// # Errors
/// 22003 out of range or too many digits, 22001 too long.
pub fn assign(value: Value, ty: SqlType) -> Result<Value, SqlError> {
    let value = convert(value, ty.into())?;
    match (ty, value) {
        (SqlType::Numeric(Some((precision, scale))), Value::Numeric(number)) => {
            number.coerce(precision, scale).map(Value::Numeric)
        }
        (SqlType::Varchar(length), Value::Text(text)) => {
            let length = length as usize;
            match text.char_indices().nth(length) {
                None => Ok(Value::Text(text)),
                // What is too long may be cut off if it is blank (manual, section 8.3).
                Some((end, _)) if text[end..].chars().all(|character| character == ' ') => {
                    Ok(Value::Text(text[..end].into()))
                }
                Some(_) => {
                    let message = format!("value too long for type character varying({length})");
                    Err(SqlError::new(SqlState("22001"), message))
                }
            }
        }
        (_, value) => Ok(value),
    }
}
