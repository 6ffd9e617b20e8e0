//! Values.

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
    /// `text`, `varchar`
    Text(Arc<str>),
    /// `boolean`
    Boolean(bool),
}

/// The values of one version of a row, shared by all who look at it.
pub type Row = Arc<[Value]>;
