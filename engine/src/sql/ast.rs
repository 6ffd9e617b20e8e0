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
    /// `CREATE INDEX`
    CreateIndex(CreateIndex),
    /// `DROP TABLE`
    DropTable(DropTable),
    /// `DROP INDEX`
    DropIndex(DropTable),
    /// `TRUNCATE`
    Truncate(Vec<Ident>),
    /// `ANALYZE`, `VACUUM`, `VACUUM ANALYZE`
    Maintain(Maintain),
    /// `INSERT`
    Insert(Insert),
    /// `SELECT`, `VALUES`, `TABLE`
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
    /// `SAVEPOINT name`
    Savepoint(Ident),
    /// `ROLLBACK TO SAVEPOINT name`
    RollbackTo(Ident),
    /// `RELEASE SAVEPOINT name`
    Release(Ident),
    /// `SET name = value`, `SET LOCAL`, `RESET name`
    Set(SetVariable),
    /// `SET TRANSACTION ...`, `SET SESSION CHARACTERISTICS AS TRANSACTION ...`
    SetTransaction(TransactionModes, SetScope),
    /// `SHOW name`
    Show(Ident),
    /// `LOCK TABLE`
    LockTable(LockTable),
    /// `PREPARE name AS statement`
    Prepare(Prepare),
    /// `EXECUTE name (args)`
    Execute(Execute),
    /// `DEALLOCATE name`; `None`: `ALL`
    Deallocate(Option<Ident>),
}

/// `CREATE [UNIQUE] INDEX [name] ON table (columns) [WHERE condition]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateIndex {
    /// Its name; PostgreSQL makes one up when there is none.
    pub name: Option<Ident>,
    /// Whether `UNIQUE` is written.
    pub unique: bool,
    /// The table.
    pub table: Ident,
    /// The columns, most significant first.
    pub columns: Vec<Ident>,
    /// The condition of a partial index.
    pub filter: Option<Expr>,
}

/// `DROP TABLE [IF EXISTS] names [CASCADE]`, `DROP INDEX` likewise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DropTable {
    /// What is dropped.
    pub names: Vec<Ident>,
    /// Whether a missing one is only worth a notice.
    pub if_exists: bool,
    /// Whether foreign keys that refer to it go as well.
    pub cascade: bool,
}

/// `ANALYZE`, `VACUUM`, `VACUUM ANALYZE`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Maintain {
    /// Whether `VACUUM` is written.
    pub vacuum: bool,
    /// Whether statistics are collected.
    pub analyze: bool,
    /// The tables; empty: all.
    pub tables: Vec<Ident>,
}

/// `SET [LOCAL] name = value`, `RESET name`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SetVariable {
    /// The setting, in lower case.
    pub name: Ident,
    /// Its value as text; `None`: `DEFAULT`, `RESET`.
    pub value: Option<String>,
    /// Until when.
    pub scope: SetScope,
}

/// How long a `SET` lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetScope {
    /// For the session (unless the transaction is rolled back).
    Session,
    /// Until the transaction ends: `SET LOCAL`, `SET TRANSACTION`.
    Local,
}

/// `LOCK TABLE names IN mode MODE [NOWAIT]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LockTable {
    /// The tables, locked one after the other.
    pub tables: Vec<Ident>,
    /// The mode.
    pub mode: TableLockMode,
    /// Whether `NOWAIT` is written.
    pub nowait: bool,
}

/// The table locks as they are written, weakest first (manual, section 13.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableLockMode {
    /// `ACCESS SHARE`
    AccessShare,
    /// `ROW SHARE`
    RowShare,
    /// `ROW EXCLUSIVE`
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`
    ShareUpdateExclusive,
    /// `SHARE`
    Share,
    /// `SHARE ROW EXCLUSIVE`
    ShareRowExclusive,
    /// `EXCLUSIVE`
    Exclusive,
    /// `ACCESS EXCLUSIVE`, the default
    AccessExclusive,
}

impl TableLockMode {
    /// The mode as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

/// `PREPARE name [(types)] AS statement`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prepare {
    /// Its name.
    pub name: Ident,
    /// The types of `$1`, `$2` ..., as far as they are written.
    pub types: Vec<SqlType>,
    /// The statement: SELECT, INSERT, UPDATE or DELETE.
    pub statement: Box<Statement>,
}

/// `EXECUTE name [(args)]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Execute {
    /// The prepared statement.
    pub name: Ident,
    /// Values for `$1`, `$2` ...
    pub args: Vec<Expr>,
}

/// `CREATE TABLE name (...)`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateTable {
    /// The new table.
    pub name: Ident,
    /// Whether `IF NOT EXISTS` is written.
    pub if_not_exists: bool,
    /// Its columns, in order.
    pub columns: Vec<ColumnDef>,
    /// Constraints that stand by themselves.
    pub constraints: Vec<TableConstraint>,
    /// `AS query`: columns and rows come from there.
    pub query: Option<Box<Select>>,
}

impl CreateTable {
    /// The columns of its primary key, whether that stands at a column or apart; empty without one.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&str> {
        let inline = self
            .columns
            .iter()
            .filter(|column| column.constraints.contains(&ColumnConstraint::PrimaryKey))
            .map(|column| column.name.name.as_str());
        let apart = self
            .constraints
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                TableConstraintKind::PrimaryKey(columns) => Some(columns),
                _ => None,
            })
            .flatten()
            .map(|column| column.name.as_str());
        inline.chain(apart).collect()
    }
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
    /// `smallint`, 16 bits.
    SmallInt,
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
    /// `char(n)`, padded with blanks.
    Char(u32),
    /// `boolean`
    Boolean,
    /// `timestamp` (without time zone).
    Timestamp,
    /// `timestamp with time zone`; the session's time zone is UTC.
    TimestampTz,
    /// `date`
    Date,
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
    /// `REFERENCES table (column) ...`
    References(References),
    /// `serial`, `bigserial`, `GENERATED ... AS IDENTITY`: the next number of a sequence of its own by default.
    Serial,
}

/// `REFERENCES table [(columns)] [ON DELETE action] [ON UPDATE action] [DEFERRABLE [INITIALLY DEFERRED]]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct References {
    /// The table that is referred to.
    pub table: Ident,
    /// Its columns; empty: the primary key.
    pub columns: Vec<Ident>,
    /// What becomes of the referring row when the row it refers to is deleted.
    pub on_delete: ReferentialAction,
    /// What becomes of it when the key it refers to changes.
    pub on_update: ReferentialAction,
    /// When it is tested.
    pub timing: Timing,
}

/// What a foreign key does about a key that goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReferentialAction {
    /// An error, unless somebody mends it before the statement (or a deferred constraint's transaction) ends.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// The referring row goes, or changes, as well.
    Cascade,
    /// The referring columns become NULL.
    SetNull,
    /// The referring columns get their defaults.
    SetDefault,
}

/// When a foreign key is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Timing {
    /// At the end of each statement.
    #[default]
    NotDeferrable,
    /// At the end of each statement, unless `SET CONSTRAINTS` says otherwise.
    InitiallyImmediate,
    /// When the transaction commits.
    InitiallyDeferred,
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
    /// `FOREIGN KEY (columns) REFERENCES ...`
    ForeignKey(Vec<Ident>, References),
}

/// `WITH ... INSERT INTO table AS alias (columns) source ON CONFLICT ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Insert {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// The columns named; empty: all, in order.
    pub columns: Vec<Ident>,
    /// The rows.
    pub source: InsertSource,
    /// `ON CONFLICT`
    pub on_conflict: Option<OnConflict>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// Where the rows of an `INSERT` come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InsertSource {
    /// `VALUES` rows; an inner `None` is `DEFAULT`. One row without values is `DEFAULT VALUES`.
    Values(Vec<Vec<Option<Expr>>>),
    /// A query.
    Query(Box<Select>),
}

/// `ON CONFLICT [target] action`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OnConflict {
    /// Which conflicts are meant; `None`: any.
    pub target: Option<ConflictTarget>,
    /// What is done instead.
    pub action: ConflictAction,
}

/// Which conflicts an `ON CONFLICT` means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConflictTarget {
    /// `(columns) [WHERE predicate of a partial index]`
    Columns(Vec<Ident>, Option<Expr>),
    /// `ON CONSTRAINT name`
    Constraint(Ident),
}

/// What an `ON CONFLICT` does instead of inserting.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConflictAction {
    /// `DO NOTHING`
    Nothing,
    /// `DO UPDATE SET ... [WHERE ...]`; the row that was proposed is called `excluded`.
    Update {
        /// `SET`
        assignments: Vec<Assignment>,
        /// `WHERE`
        filter: Option<Expr>,
    },
}

/// `name [(columns)] AS (statement)` of a `WITH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommonTable {
    /// Its name.
    pub name: Ident,
    /// Names for its columns; empty: those of the statement.
    pub columns: Vec<Ident>,
    /// SELECT, or INSERT, UPDATE, DELETE with RETURNING.
    pub statement: Box<Statement>,
}

/// `SELECT ...`, and `VALUES ...`, which has no items and one [`FromItem::Values`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Select {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// Whether equal rows are given back once.
    pub distinct: Distinct,
    /// The select list.
    pub items: Vec<SelectItem>,
    /// `FROM`, items between commas; empty: a row of constants.
    pub from: Vec<FromItem>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `GROUP BY`
    pub group_by: Vec<Expr>,
    /// `HAVING`
    pub having: Option<Expr>,
    /// `UNION ...` and the like, from left to right; what follows (`ORDER BY` and on) is of the whole.
    pub compound: Vec<(SetOperator, Select)>,
    /// `ORDER BY`
    pub order_by: Vec<OrderBy>,
    /// `LIMIT`
    pub limit: Option<Expr>,
    /// `OFFSET`
    pub offset: Option<Expr>,
    /// `FOR UPDATE` and its kin, as many as are written.
    pub locking: Vec<Locking>,
}

impl Select {
    /// The table, where it is all that `FROM` names and nothing is joined to it.
    #[must_use]
    pub fn single_table(&self) -> Option<&TableRef> {
        match &self.from[..] {
            [FromItem::Table(table)] => Some(table),
            _ => None,
        }
    }

    /// Whether it is `VALUES` alone, without order or limits.
    #[must_use]
    pub fn is_bare_values(&self) -> bool {
        self.items.is_empty()
            && self.is_plain_but_from()
            && self.order_by.is_empty()
            && self.limit.is_none()
            && self.offset.is_none()
            && self.locking.is_empty()
    }

    fn is_plain_but_from(&self) -> bool {
        self.with.is_empty()
            && self.distinct == Distinct::No
            && self.group_by.is_empty()
            && self.having.is_none()
            && self.compound.is_empty()
    }

    /// Whether it asks for nothing beyond items, one table, `WHERE`, `ORDER BY`, `LIMIT`, `OFFSET` and one locking clause
    /// over all: what strategies rewrite.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_plain_but_from()
            && self.from.len() <= 1
            && self
                .from
                .iter()
                .all(|item| matches!(item, FromItem::Table(_)))
            && self.locking.len() <= 1
            && self.locking.iter().all(|locking| locking.of.is_empty())
    }
}

/// Whether `DISTINCT` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Distinct {
    /// No.
    #[default]
    No,
    /// `SELECT DISTINCT`
    Rows,
}

/// What joins two queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// `UNION`
    Union,
    /// `UNION ALL`
    UnionAll,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

/// One item of `FROM`, `UPDATE ... FROM` or `DELETE ... USING`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FromItem {
    /// `table [AS alias]`, or a name of `WITH`.
    Table(TableRef),
    /// `(query) AS alias [(columns)]`
    Query(Box<Select>, TableAlias),
    /// `(VALUES (...), ...) AS alias [(columns)]`; the alias is empty in a bare `VALUES`.
    Values(Vec<Vec<Expr>>, TableAlias),
    /// `function(args) [AS alias [(columns)]]`: `generate_series`
    Function(Call, Option<TableAlias>),
    /// A join.
    Join(Box<Join>),
}

/// `left JOIN right ON condition`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Join {
    /// Left side.
    pub left: FromItem,
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// Right side.
    pub right: FromItem,
    /// What partners have in common.
    pub on: JoinCondition,
}

/// Which rows without a partner are kept, filled up with NULLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// None: `JOIN`, `INNER JOIN`, `CROSS JOIN`.
    Inner,
    /// Those of the left side: `LEFT JOIN`.
    Left,
    /// Those of the right side: `RIGHT JOIN`.
    Right,
    /// Those of both: `FULL JOIN`.
    Full,
}

/// What partners of a join have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum JoinCondition {
    /// Nothing: `CROSS JOIN`.
    Cross,
    /// `ON condition`
    On(Expr),
    /// `USING (columns)`
    Using(Vec<Ident>),
    /// `NATURAL`: the columns that have the same name.
    Natural,
}

/// `AS name [(columns)]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableAlias {
    /// The name.
    pub name: Ident,
    /// Names for the columns, as many as are written.
    pub columns: Vec<Ident>,
}

/// A table in `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The table.
    pub name: Ident,
    /// `AS alias`
    pub alias: Option<Ident>,
}

impl TableRef {
    /// The name by which columns are qualified.
    #[must_use]
    pub fn visible_name(&self) -> &Ident {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// One item of a select list or of `RETURNING`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SelectItem {
    /// `*`
    Star(Span),
    /// `table.*`
    TableStar(Ident),
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

/// `FOR UPDATE [OF tables] [NOWAIT]` and its kin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locking {
    /// How strong.
    pub strength: RowLock,
    /// The tables whose rows are locked; empty: all.
    pub of: Vec<Ident>,
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

/// `WITH ... UPDATE table SET ... FROM ... WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Update {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// `SET column = expr`; a `None` value is `DEFAULT`.
    pub assignments: Vec<Assignment>,
    /// `FROM`
    pub from: Vec<FromItem>,
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

/// `WITH ... DELETE FROM table USING ... WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delete {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// `USING`
    pub using: Vec<FromItem>,
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
    /// `DEFERRABLE` or `NOT DEFERRABLE`
    pub deferrable: Option<Deferrable>,
}

/// Whether a `SERIALIZABLE READ ONLY` transaction waits for a safe snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deferrable {
    /// `DEFERRABLE`
    Yes,
    /// `NOT DEFERRABLE`
    No,
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
    /// The same as `DirtyRead`, and a change does not wait for others of the row. No level of any database: even READ UNCOMMITTED
    /// keeps write locks.
    DirtyWrite,
    /// Queries see what has not been committed. No level of PostgreSQL: it cannot be asked for in SQL.
    DirtyRead,
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
    /// `$1`, a parameter of a prepared statement; counted from 1.
    Parameter(u16, Span),
    /// `(a, b)` or `ROW(a, b)`: compared column by column.
    Row(Vec<Expr>),
    /// `(SELECT ...)`: one value.
    Subquery(Box<Select>),
    /// `EXISTS (SELECT ...)`
    Exists(Box<Select>),
    /// `x [NOT] IN (SELECT ...)`
    InSubquery {
        /// The value looked for.
        expr: Box<Expr>,
        /// Where it is looked for.
        query: Box<Select>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x op ANY | ALL (SELECT ...)`
    Quantified {
        /// Left side.
        left: Box<Expr>,
        /// A comparison.
        op: BinaryOp,
        /// Whether one or every row must meet it.
        quantifier: Quantifier,
        /// Right side.
        query: Box<Select>,
    },
    /// `x [NOT] [I]LIKE pattern`
    Like {
        /// The text.
        expr: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `ILIKE`
        ignore_case: bool,
        /// `NOT LIKE`
        negated: bool,
    },
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

/// `ANY` or `ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ANY`, `SOME`
    Any,
    /// `ALL`
    All,
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
