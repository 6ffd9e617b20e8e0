//! The types of expressions, and how a value of one becomes a value of another (manual, chapters 8 and 10).
//!
//! Which conversions there are, and where they happen by themselves, is a table in `expr::coerce`; here is what they do.

use super::{Numeric, SqlError, SqlState, Timestamp, Value};
use crate::sql::ast::SqlType;
use std::sync::Arc;

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
    /// `character(n)`: text whose trailing blanks do not count.
    Bpchar,
    /// `timestamp without time zone`
    Timestamp,
    /// `timestamp with time zone`
    TimestampTz,
    /// `date`
    Date,
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
            Self::Bpchar => "character",
            Self::Timestamp => "timestamp without time zone",
            Self::TimestampTz => "timestamp with time zone",
            Self::Date => "date",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is a number; the numbers are in the order in which they become one another.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int4 | Self::Int8 | Self::Numeric)
    }

    /// Whether it is text under one name or the other.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Varchar | Self::Bpchar)
    }

    /// Whether it is a date or a time.
    #[must_use]
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Timestamp | Self::TimestampTz | Self::Date)
    }

    /// Reads a value of this type from its text form.
    ///
    /// # Errors
    /// 22P02, 22007 when the text has another form; 22003, 22008 when the value is out of range.
    pub fn read(self, text: &str) -> Result<Value, SqlError> {
        match self {
            Self::Int4 => read_integer(text, self).map(Value::Int),
            Self::Int8 => read_integer(text, self).map(Value::BigInt),
            Self::Numeric => Numeric::parse(text).map(Value::Numeric),
            Self::Bool => read_boolean(text).map(Value::Boolean),
            Self::Timestamp => Timestamp::parse(text).map(Value::Timestamp),
            Self::TimestampTz => Timestamp::parse_utc(text).map(Value::TimestampTz),
            Self::Date => Timestamp::parse_date(text).map(Value::Date),
            Self::Text | Self::Varchar | Self::Bpchar | Self::Unknown => Ok(Value::from(text)),
        }
    }
}

impl From<SqlType> for Type {
    fn from(ty: SqlType) -> Self {
        match ty {
            SqlType::SmallInt | SqlType::Int => Self::Int4,
            SqlType::BigInt => Self::Int8,
            SqlType::Numeric(_) => Self::Numeric,
            SqlType::Text => Self::Text,
            SqlType::Varchar(_) => Self::Varchar,
            SqlType::Boolean => Self::Bool,
            SqlType::Timestamp => Self::Timestamp,
            SqlType::TimestampTz => Self::TimestampTz,
            SqlType::Date => Self::Date,
            SqlType::Char(_) => Self::Bpchar,
        }
    }
}

/// Why a value is converted. It matters where a text is too long for a `varchar(n)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cast {
    /// An operator wants it, or it is stored in a column: a text that is too long is an error.
    Assignment,
    /// `CAST(x AS type)`: a text that is too long is cut.
    Explicit,
}

/// Converts a value to a column's type as an `INSERT` or `UPDATE` does. The value must be of a type for which an
/// assignment cast exists; that is checked when the expression is bound ([`super::expr::bind_assignment`]).
///
/// # Errors
/// 22003 out of range or too many digits, 22001 too long.
pub fn assign(value: Value, ty: SqlType) -> Result<Value, SqlError> {
    cast(value, ty, Cast::Assignment)
}

/// Converts a value to a type, with its length or precision.
///
/// # Errors
/// As [`assign`], and what [`Type::read`] gives for a text that is cast to something else.
pub fn cast(value: Value, ty: SqlType, why: Cast) -> Result<Value, SqlError> {
    let value = match (value, Type::from(ty)) {
        (Value::Null, _) => return Ok(Value::Null),
        (Value::Int(value), Type::Int8) => Value::BigInt(i64::from(value)),
        (Value::Int(value), Type::Numeric) => Value::Numeric(value.into()),
        (Value::Int(value), Type::Bool) => Value::Boolean(value != 0),
        (Value::BigInt(value), Type::Int4) => narrow(value)?,
        (Value::BigInt(value), Type::Numeric) => Value::Numeric(value.into()),
        (Value::Numeric(value), Type::Int4) => match value.to_i64() {
            Some(value) => narrow(value)?,
            None => return Err(out_of_range(Type::Int4)),
        },
        (Value::Numeric(value), Type::Int8) => {
            Value::BigInt(value.to_i64().ok_or_else(|| out_of_range(Type::Int8))?)
        }
        (Value::Boolean(value), Type::Int4) => Value::Int(i32::from(value)),
        // Unlike psql's `t` and `f`.
        (Value::Boolean(value), Type::Text | Type::Varchar | Type::Bpchar) => {
            Value::from(if value { "true" } else { "false" })
        }
        (Value::Text(text), ty) if !ty.is_text() => ty.read(&text)?,
        (value @ Value::Text(_), _) => value,
        (Value::Timestamp(at) | Value::TimestampTz(at), Type::Date) => Value::Date(at.midnight()),
        (Value::Date(at) | Value::TimestampTz(at), Type::Timestamp) => Value::Timestamp(at),
        (Value::Date(at) | Value::Timestamp(at), Type::TimestampTz) => Value::TimestampTz(at),
        (value, Type::Text | Type::Varchar | Type::Bpchar) => {
            Value::Text(Arc::from(value.to_text().unwrap_or_default()))
        }
        (value, _) => value,
    };
    match (value, ty) {
        (Value::Numeric(value), SqlType::Numeric(Some((precision, scale)))) => {
            value.coerce(precision, scale).map(Value::Numeric)
        }
        (Value::Text(text), SqlType::Varchar(length)) => {
            fit(text, length, "character varying", why).map(Value::Text)
        }
        (Value::Text(text), SqlType::Char(length)) => {
            let text = fit(text, length, "character", why)?;
            let missing = (length as usize).saturating_sub(text.chars().count());
            let padding = " ".repeat(missing);
            Ok(Value::from([&*text, &padding].concat().as_str()))
        }
        (Value::Int(value), SqlType::SmallInt) if i16::try_from(value).is_err() => {
            let message = "smallint out of range";
            Err(SqlError::new(SqlState::NUMERIC_OUT_OF_RANGE, message))
        }
        (value, _) => Ok(value),
    }
}

/// The error of arithmetic and casts whose result does not fit the type.
#[must_use]
pub fn out_of_range(ty: Type) -> SqlError {
    SqlError::new(
        SqlState::NUMERIC_OUT_OF_RANGE,
        format!("{} out of range", ty.name()),
    )
}

fn narrow(value: i64) -> Result<Value, SqlError> {
    i32::try_from(value)
        .map(Value::Int)
        .map_err(|_| out_of_range(Type::Int4))
}

/// A text in a `varchar(length)`. Blanks that are too many do no harm (manual, section 8.3).
fn fit(text: Arc<str>, length: u32, ty: &str, why: Cast) -> Result<Arc<str>, SqlError> {
    let Some((end, _)) = text.char_indices().nth(length as usize) else {
        return Ok(text);
    };
    if why == Cast::Assignment && text[end..].bytes().any(|byte| byte != b' ') {
        return Err(SqlError::new(
            SqlState::STRING_TOO_LONG,
            format!("value too long for type {ty}({length})"),
        ));
    }
    Ok(Arc::from(&text[..end]))
}

fn read_integer<T: TryFrom<i128>>(text: &str, ty: Type) -> Result<T, SqlError> {
    let trimmed = text.trim_ascii();
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(text, ty));
    }
    trimmed
        .parse::<i128>()
        .ok()
        .and_then(|value| T::try_from(value).ok())
        .ok_or_else(|| {
            SqlError::new(
                SqlState::NUMERIC_OUT_OF_RANGE,
                format!("value \"{text}\" is out of range for type {}", ty.name()),
            )
        })
}

/// Any beginning of a word that is the beginning of no other.
fn read_boolean(text: &str) -> Result<bool, SqlError> {
    match text.trim_ascii().to_ascii_lowercase().as_str() {
        "t" | "tr" | "tru" | "true" | "y" | "ye" | "yes" | "on" | "1" => Ok(true),
        "f" | "fa" | "fal" | "fals" | "false" | "n" | "no" | "of" | "off" | "0" => Ok(false),
        _ => Err(invalid(text, Type::Bool)),
    }
}

fn invalid(text: &str, ty: Type) -> SqlError {
    SqlError::new(
        SqlState::INVALID_TEXT,
        format!("invalid input syntax for type {}: \"{text}\"", ty.name()),
    )
}
