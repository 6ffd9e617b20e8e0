//! Errors as PostgreSQL reports them.

use super::answer::WaitFor;
use crate::sql::Span;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// An SQLSTATE, five characters (manual, appendix A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SqlState(pub &'static str);

impl SqlState {
    /// `serialization_failure`
    pub const SERIALIZATION_FAILURE: Self = Self("40001");
    /// `deadlock_detected`
    pub const DEADLOCK_DETECTED: Self = Self("40P01");
    /// `lock_not_available`
    pub const LOCK_NOT_AVAILABLE: Self = Self("55P03");
    /// `feature_not_supported`
    pub const FEATURE_NOT_SUPPORTED: Self = Self("0A000");
    /// `undefined_column`
    pub const UNDEFINED_COLUMN: Self = Self("42703");
    /// `undefined_table`
    pub const UNDEFINED_TABLE: Self = Self("42P01");
    /// `undefined_function`, for operators too
    pub const UNDEFINED_FUNCTION: Self = Self("42883");
    /// `datatype_mismatch`
    pub const DATATYPE_MISMATCH: Self = Self("42804");
    /// `numeric_value_out_of_range`
    pub const NUMERIC_OUT_OF_RANGE: Self = Self("22003");
    /// `division_by_zero`
    pub const DIVISION_BY_ZERO: Self = Self("22012");
    /// `invalid_text_representation`
    pub const INVALID_TEXT: Self = Self("22P02");
    /// `not_null_violation`
    pub const NOT_NULL_VIOLATION: Self = Self("23502");
    /// `unique_violation`
    pub const UNIQUE_VIOLATION: Self = Self("23505");
    /// `check_violation`
    pub const CHECK_VIOLATION: Self = Self("23514");
    /// `in_failed_sql_transaction`
    pub const IN_FAILED_TRANSACTION: Self = Self("25P02");
    /// `syntax_error`
    pub const SYNTAX_ERROR: Self = Self("42601");
    /// `duplicate_table`
    pub const DUPLICATE_TABLE: Self = Self("42P07");
    /// `duplicate_column`
    pub const DUPLICATE_COLUMN: Self = Self("42701");
    /// `ambiguous_column`
    pub const AMBIGUOUS_COLUMN: Self = Self("42702");
    /// `grouping_error`
    pub const GROUPING_ERROR: Self = Self("42803");
    /// `invalid_table_definition`
    pub const INVALID_TABLE_DEFINITION: Self = Self("42P16");
    /// `read_only_sql_transaction`
    pub const READ_ONLY_TRANSACTION: Self = Self("25006");
    /// `string_data_right_truncation`
    pub const STRING_TOO_LONG: Self = Self("22001");
    /// `invalid_datetime_format`
    pub const INVALID_DATETIME: Self = Self("22007");
    /// `datetime_field_overflow`
    pub const DATETIME_OVERFLOW: Self = Self("22008");
    /// `ambiguous_function`, for operators too
    pub const AMBIGUOUS_FUNCTION: Self = Self("42725");
    /// `cannot_coerce`
    pub const CANNOT_COERCE: Self = Self("42846");
    /// `wrong_object_type`
    pub const WRONG_OBJECT_TYPE: Self = Self("42809");
    /// `invalid_column_reference`
    pub const INVALID_COLUMN_REFERENCE: Self = Self("42P10");
    /// `cardinality_violation`
    pub const CARDINALITY: Self = Self("21000");
    /// `foreign_key_violation`
    pub const FOREIGN_KEY_VIOLATION: Self = Self("23503");
    /// `query_canceled`
    pub const QUERY_CANCELED: Self = Self("57014");
    /// `no_active_sql_transaction`
    pub const NO_ACTIVE_TRANSACTION: Self = Self("25P01");
    /// `invalid_savepoint_specification`
    pub const INVALID_SAVEPOINT: Self = Self("3B001");
    /// `undefined_object`
    pub const UNDEFINED_OBJECT: Self = Self("42704");
    /// `invalid_sql_statement_name`
    pub const INVALID_STATEMENT_NAME: Self = Self("26000");
    /// `duplicate_prepared_statement`
    pub const DUPLICATE_STATEMENT: Self = Self("42P05");
    /// `invalid_parameter_value`
    pub const INVALID_PARAMETER: Self = Self("22023");
    /// `dependent_objects_still_exist`
    pub const DEPENDENT_OBJECTS: Self = Self("2BP01");
    /// `invalid_foreign_key`
    pub const INVALID_FOREIGN_KEY: Self = Self("42830");
    /// `duplicate_alias`
    pub const DUPLICATE_ALIAS: Self = Self("42712");
    /// `object_not_in_prerequisite_state`
    pub const NOT_IN_STATE: Self = Self("55000");
    /// `active_sql_transaction`
    pub const ACTIVE_TRANSACTION: Self = Self("25001");
    /// `internal_error`
    pub const INTERNAL: Self = Self("XX000");
}

/// An error that a statement ended with. Almost every function of the database may return one, so it is a single word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SqlError(Box<ErrorData>);

/// What an error says (PostgreSQL's `ErrorData`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ErrorData {
    /// Its class.
    pub state: SqlState,
    /// The primary message.
    pub message: String,
    /// The `DETAIL` line.
    pub detail: Option<String>,
    /// The `HINT` line.
    pub hint: Option<String>,
    /// The place in the statement it speaks of, where there is one.
    pub span: Option<Span>,
}

impl Deref for SqlError {
    type Target = ErrorData;

    fn deref(&self) -> &ErrorData {
        &self.0
    }
}

impl DerefMut for SqlError {
    fn deref_mut(&mut self) -> &mut ErrorData {
        &mut self.0
    }
}

impl SqlError {
    /// An error with a primary message alone.
    #[must_use]
    pub fn new(state: SqlState, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorData {
            state,
            message: message.into(),
            detail: None,
            hint: None,
            span: None,
        }))
    }

    /// Its primary message alone.
    #[must_use]
    pub fn into_message(self) -> String {
        self.0.message
    }

    /// The same with a `DETAIL`.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same with a `HINT`.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Whether another transaction was the cause, so that trying again may succeed: 40001, 40P01, 55P03.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        [
            SqlState::SERIALIZATION_FAILURE,
            SqlState::DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ]
        .contains(&self.state)
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.state.0)
    }
}

impl std::error::Error for SqlError {}

/// Why a statement does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It failed.
    Error(SqlError),
    /// It has to wait first.
    Wait(Box<WaitFor>),
}

impl From<SqlError> for Stop {
    fn from(error: SqlError) -> Self {
        Self::Error(error)
    }
}

impl Stop {
    /// The error; where nothing can be waited for, a wait is one.
    #[must_use]
    pub fn into_error(self) -> SqlError {
        match self {
            Self::Error(error) => error,
            Self::Wait(_) => SqlError::new(SqlState::INTERNAL, "nothing can be waited for here"),
        }
    }
}
