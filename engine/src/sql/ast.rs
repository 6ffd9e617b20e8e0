//! The syntax tree.
//!
//! One type a clause, close to the words of the PostgreSQL manual (part VI, "SQL Commands"). Host variables stand in
//! expressions as [`Expr::HostVariable`] until a client puts their values in (`run::client`).

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

/// One SQL statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `INSERT`
    Insert(Insert),
    /// `SELECT`
    Select(Select),
    /// `UPDATE`
    Update(Update),
    /// `DELETE`
    Delete(Delete),
    /// `BEGIN`, `START TRANSACTION`
    Begin(TransactionModes),
    /// `COMMIT`, `END`
    Commit,
    /// `ROLLBACK`, `ABORT`
    Rollback,
}

/// `CREATE TABLE name (...)`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateTable {
    /// The new table.
    pub name: Ident,
    /// Its columns, in order.
    pub columns: Vec<ColumnDef>,
    /// Constraints that stand by themselves.
    pub constraints: Vec<TableConstraint>,
}

/// One column of a `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnDef {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: SqlType,
    /// `NOT NULL`, `DEFAULT` and the like, in the order written.
    pub constraints: Vec<ColumnConstraint>,
}

/// A column type. `int4`, `integer` and `serial`-like spellings are folded to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// `int`, 32 bits.
    Int,
    /// `bigint`, 64 bits.
    BigInt,
    /// `numeric`, `numeric(precision, scale)`, `decimal`.
    Numeric(Option<(u16, u16)>),
    /// `text`, and `varchar` without a length.
    Text,
    /// `varchar(n)`
    Varchar(u32),
    /// `boolean`
    Boolean,
    /// `timestamp` (without time zone).
    Timestamp,
}

/// What may follow a column's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ColumnConstraint {
    /// `NOT NULL`
    NotNull,
    /// `NULL`, which says nothing.
    Null,
    /// `DEFAULT expr`
    Default(Expr),
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `CHECK (expr)`
    Check(Expr),
}

/// A constraint of the whole table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableConstraint {
    /// `CONSTRAINT name`
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: TableConstraintKind,
}

/// What a table constraint demands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TableConstraintKind {
    /// `PRIMARY KEY (columns)`
    PrimaryKey(Vec<Ident>),
    /// `UNIQUE (columns)`
    Unique(Vec<Ident>),
    /// `CHECK (expr)`
    Check(Expr),
}

/// `INSERT INTO table (columns) source RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Insert {
    /// The table.
    pub table: Ident,
    /// The columns named; empty: all, in order.
    pub columns: Vec<Ident>,
    /// `VALUES` rows; an inner `None` is `DEFAULT`.
    pub rows: Vec<Vec<Option<Expr>>>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// `SELECT ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Select {
    /// The select list.
    pub items: Vec<SelectItem>,
    /// `FROM table [AS alias]`; `None`: a row of constants.
    pub from: Option<TableRef>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<OrderBy>,
    /// `LIMIT`
    pub limit: Option<Expr>,
    /// `OFFSET`
    pub offset: Option<Expr>,
    /// `FOR UPDATE` and its kin.
    pub locking: Option<Locking>,
}

/// A table in `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The table.
    pub name: Ident,
    /// `AS alias`
    pub alias: Option<Ident>,
}

/// One item of a select list or of `RETURNING`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SelectItem {
    /// `*`
    Star(Span),
    /// `expr [AS alias]`
    Expr {
        /// The value.
        expr: Expr,
        /// The name given to it.
        alias: Option<Ident>,
    },
}

/// One key of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderBy {
    /// The value (an integer literal means a column of the select list, a bare name may be an alias).
    pub expr: Expr,
    /// `ASC` (the default) or `DESC`.
    pub direction: Direction,
    /// `NULLS FIRST | LAST`; by default NULL sorts as larger than everything.
    pub nulls: Option<Nulls>,
}

/// Sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Where NULLs sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before everything.
    First,
    /// After everything.
    Last,
}

/// `FOR UPDATE [NOWAIT]` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locking {
    /// How strong.
    pub strength: RowLock,
    /// What to do when the row is locked.
    pub wait: WaitPolicy,
}

/// The four row locks, weakest first (manual, section 13.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowLock {
    /// `FOR KEY SHARE`
    KeyShare,
    /// `FOR SHARE`
    Share,
    /// `FOR NO KEY UPDATE`
    NoKeyUpdate,
    /// `FOR UPDATE`
    Update,
}

impl RowLock {
    /// The clause that asks for it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::KeyShare => "FOR KEY SHARE",
            Self::Share => "FOR SHARE",
            Self::NoKeyUpdate => "FOR NO KEY UPDATE",
            Self::Update => "FOR UPDATE",
        }
    }
}

/// What a locking clause does about a row that is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitPolicy {
    /// Wait for it.
    Block,
    /// Fail with 55P03.
    NoWait,
    /// Leave the row out.
    SkipLocked,
}

/// `UPDATE table SET ... WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Update {
    /// The table.
    pub table: TableRef,
    /// `SET column = expr`; a `None` value is `DEFAULT`.
    pub assignments: Vec<Assignment>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// `column = expr`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// The column.
    pub column: Ident,
    /// Its new value; `None` is `DEFAULT`.
    pub value: Option<Expr>,
}

/// `DELETE FROM table WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delete {
    /// The table.
    pub table: TableRef,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// What may follow `BEGIN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TransactionModes {
    /// `ISOLATION LEVEL ...`
    pub isolation: Option<IsolationLevel>,
    /// `READ ONLY` (`Some(true)`) or `READ WRITE` (`Some(false)`).
    pub access: Option<AccessMode>,
}

/// `READ ONLY` or `READ WRITE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessMode {
    /// Writes are refused with 25006.
    ReadOnly,
    /// The default.
    ReadWrite,
}

/// The isolation levels (manual, section 13.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IsolationLevel {
    /// Accepted by PostgreSQL, and the same as READ COMMITTED there.
    ReadUncommitted,
    /// A new snapshot for each statement.
    #[default]
    ReadCommitted,
    /// One snapshot for the transaction; first updater wins.
    RepeatableRead,
    /// Serializable snapshot isolation.
    Serializable,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A constant.
    Literal(Literal, Span),
    /// `column` or `table.column`
    Column {
        /// The table or alias before the dot.
        table: Option<Ident>,
        /// The column.
        name: Ident,
    },
    /// `:name`, a variable of the session that sends the statement.
    HostVariable(Ident),
    /// `-x`, `+x`, `NOT x`
    Unary(UnaryOp, Box<Expr>),
    /// `x op y`
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `x IS [NOT] NULL`
    IsNull {
        /// The value tested.
        expr: Box<Expr>,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// `x IS [NOT] TRUE | FALSE | UNKNOWN`; `None` is `UNKNOWN`.
    IsBool {
        /// The value tested.
        expr: Box<Expr>,
        /// What it is compared with.
        value: Option<bool>,
        /// `IS NOT`
        negated: bool,
    },
    /// `x IS [NOT] DISTINCT FROM y`
    IsDistinct {
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
        /// `IS NOT DISTINCT FROM`
        negated: bool,
    },
    /// `x [NOT] IN (a, b, ...)`
    InList {
        /// The value looked for.
        expr: Box<Expr>,
        /// Where it is looked for; never empty.
        list: Vec<Expr>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x [NOT] BETWEEN low AND high`
    Between {
        /// The value tested.
        expr: Box<Expr>,
        /// Lower bound, included.
        low: Box<Expr>,
        /// Upper bound, included.
        high: Box<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// `CASE [operand] WHEN ... THEN ... [ELSE ...] END`
    Case {
        /// The value compared with each `WHEN`, if there is one.
        operand: Option<Box<Expr>>,
        /// `WHEN a THEN b`; never empty.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `name(args)`, `count(*)`
    Call(Call),
    /// `CAST(x AS type)`, `x::type`
    Cast(Box<Expr>, SqlType),
}

/// A function or aggregate call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The function.
    pub name: Ident,
    /// Its arguments.
    pub args: CallArgs,
}

/// What stands between the parentheses of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CallArgs {
    /// `(*)`
    Star,
    /// `(a, b)`
    List(Vec<Expr>),
    /// `(DISTINCT a)`
    Distinct(Vec<Expr>),
}

/// A constant as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// Digits with an optional point and exponent, kept as written: its size decides its type (manual, 4.1.2.6).
    Number(String),
    /// `'text'`, of no type until its place gives it one (manual, 10.2).
    String(String),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `NOT`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `=`
    Eq,
    /// `<>`, `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
    /// `||`
    Concat,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}
