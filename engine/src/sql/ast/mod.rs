//! The syntax tree.
//!
//! One type a clause, close to the words of the PostgreSQL manual (part VI, "SQL Commands"). Host variables stand in
//! expressions as [`Expr::HostVariable`] until a client puts their values in (`run::client`).

mod ddl;
mod expr;
mod query;
mod statement;
mod write;

pub use ddl::{
    ColumnConstraint, ColumnDef, CreateIndex, CreateTable, DropTable, References,
    ReferentialAction, SqlType, TableConstraint, TableConstraintKind, Timing,
};
pub use expr::{BinaryOp, Call, CallArgs, Expr, Literal, Quantifier, UnaryOp};
pub use query::{
    CommonTable, Direction, Distinct, FromItem, Join, JoinCondition, JoinKind, Locking, Nulls,
    OrderBy, RowLock, Select, SelectItem, SetOperator, TableAlias, TableRef, WaitPolicy,
};
pub use statement::{
    AccessMode, Deferrable, Execute, IsolationLevel, LockTable, Maintain, Prepare, SetScope,
    SetVariable, Statement, TableLockMode, TransactionModes,
};
pub use write::{
    Assignment, ConflictAction, ConflictTarget, Delete, Insert, InsertSource, OnConflict, Update,
};

use super::Span;

/// A name as PostgreSQL sees it: folded to lower case unless it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ident {
    /// The name after folding.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

impl Ident {
    /// A name that stands nowhere, for statements made by a strategy.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            span: Span::default(),
        }
    }
}
