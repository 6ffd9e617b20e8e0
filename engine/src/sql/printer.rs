//! Syntax tree to text: key words in capitals, names quoted and parentheses set only where they must be.
//!
//! What is printed parses to the same tree.

use super::ast::{
    AccessMode, Assignment, BinaryOp, Call, CallArgs, ColumnConstraint, ColumnDef, CommonTable,
    ConflictAction, ConflictTarget, CreateIndex, CreateTable, Deferrable, Delete, Direction,
    Distinct, DropTable, Expr, FromItem, Ident, Insert, InsertSource, IsolationLevel, Join,
    JoinCondition, JoinKind, Literal, Locking, Maintain, Nulls, OnConflict, OrderBy, Quantifier,
    References, ReferentialAction, Select, SelectItem, SetOperator, SetScope, SetVariable, SqlType,
    Statement, TableAlias, TableConstraint, TableConstraintKind, TableRef, Timing,
    TransactionModes, UnaryOp, Update, WaitPolicy,
};
use super::lexer::is_plain_name;
use super::parser::is_reserved;
use std::fmt::{self, Display, Formatter};

/// Items with commas between them.
struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

/// A value, or `DEFAULT`.
struct ValueOrDefault<'a>(&'a Option<Expr>);

impl Display for ValueOrDefault<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("DEFAULT"),
        }
    }
}

/// A key word before something that may be absent.
fn clause(f: &mut Formatter<'_>, word: &str, value: Option<&impl Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, " {word} {value}"))
}

fn list_clause<T: Display>(f: &mut Formatter<'_>, word: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        Ok(())
    } else {
        write!(f, " {word} {}", List(items))
    }
}

impl Display for Ident {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_plain_name(&self.name) && !is_reserved(&self.name) {
            f.write_str(&self.name)
        } else {
            write!(f, "\"{}\"", self.name.replace('"', "\"\""))
        }
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable(create) => create.fmt(f),
            Self::CreateIndex(create) => create.fmt(f),
            Self::DropTable(drop) => write!(f, "DROP TABLE {drop}"),
            Self::DropIndex(drop) => write!(f, "DROP INDEX {drop}"),
            Self::Truncate(names) => write!(f, "TRUNCATE {}", List(names)),
            Self::Maintain(maintain) => maintain.fmt(f),
            Self::Insert(insert) => insert.fmt(f),
            Self::Select(select) => select.fmt(f),
            Self::Update(update) => update.fmt(f),
            Self::Delete(delete) => delete.fmt(f),
            Self::Begin(modes) => write!(f, "BEGIN{modes}"),
            Self::Commit => f.write_str("COMMIT"),
            Self::Rollback => f.write_str("ROLLBACK"),
            Self::Savepoint(name) => write!(f, "SAVEPOINT {name}"),
            Self::RollbackTo(name) => write!(f, "ROLLBACK TO SAVEPOINT {name}"),
            Self::Release(name) => write!(f, "RELEASE SAVEPOINT {name}"),
            Self::Set(set) => set.fmt(f),
            Self::SetTransaction(modes, SetScope::Local) => write!(f, "SET TRANSACTION{modes}"),
            Self::SetTransaction(modes, SetScope::Session) => {
                write!(f, "SET SESSION CHARACTERISTICS AS TRANSACTION{modes}")
            }
            Self::Show(name) => write!(f, "SHOW {name}"),
            Self::LockTable(lock) => {
                let (tables, mode) = (List(&lock.tables), lock.mode.sql());
                let nowait = if lock.nowait { " NOWAIT" } else { "" };
                write!(f, "LOCK TABLE {tables} IN {mode} MODE{nowait}")
            }
            Self::Prepare(prepare) => {
                write!(f, "PREPARE {}", prepare.name)?;
                if !prepare.types.is_empty() {
                    write!(f, " ({})", List(&prepare.types))?;
                }
                write!(f, " AS {}", prepare.statement)
            }
            Self::Execute(execute) => {
                write!(f, "EXECUTE {}", execute.name)?;
                if execute.args.is_empty() {
                    Ok(())
                } else {
                    write!(f, " ({})", List(&execute.args))
                }
            }
            Self::Deallocate(Some(name)) => write!(f, "DEALLOCATE {name}"),
            Self::Deallocate(None) => f.write_str("DEALLOCATE ALL"),
        }
    }
}

impl Display for CreateIndex {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.unique {
            "CREATE UNIQUE INDEX"
        } else {
            "CREATE INDEX"
        })?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        write!(f, " ON {} ({})", self.table, List(&self.columns))?;
        clause(f, "WHERE", self.filter.as_ref())
    }
}

impl Display for DropTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        List(&self.names).fmt(f)?;
        f.write_str(if self.cascade { " CASCADE" } else { "" })
    }
}

impl Display for Maintain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.vacuum, self.analyze) {
            (true, true) => "VACUUM ANALYZE",
            (true, false) => "VACUUM",
            (false, _) => "ANALYZE",
        })?;
        if self.tables.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", List(&self.tables))
        }
    }
}

impl Display for SetVariable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let local = match self.scope {
            SetScope::Local => "LOCAL ",
            SetScope::Session => "",
        };
        match &self.value {
            Some(value) => {
                let value = value.replace('\'', "''");
                write!(f, "SET {local}{} = '{value}'", self.name)
            }
            None if self.scope == SetScope::Local => {
                write!(f, "SET LOCAL {} = DEFAULT", self.name)
            }
            None => write!(f, "RESET {}", self.name),
        }
    }
}

impl Display for TransactionModes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(isolation) = self.isolation {
            write!(f, " ISOLATION LEVEL {}", isolation.sql())?;
        }
        f.write_str(match self.access {
            Some(AccessMode::ReadOnly) => " READ ONLY",
            Some(AccessMode::ReadWrite) => " READ WRITE",
            None => "",
        })?;
        f.write_str(match self.deferrable {
            Some(Deferrable::Yes) => " DEFERRABLE",
            Some(Deferrable::No) => " NOT DEFERRABLE",
            None => "",
        })
    }
}

impl IsolationLevel {
    /// The level as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            // There is no SQL for it.
            Self::DirtyWrite | Self::DirtyRead | Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

impl Display for CreateTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let exists = if self.if_not_exists {
            "IF NOT EXISTS "
        } else {
            ""
        };
        write!(f, "CREATE TABLE {exists}{}", self.name)?;
        if let Some(query) = &self.query {
            return write!(f, " AS {query}");
        }
        write!(f, " ({}", List(&self.columns))?;
        if !self.columns.is_empty() && !self.constraints.is_empty() {
            f.write_str(", ")?;
        }
        write!(f, "{})", List(&self.constraints))
    }
}

impl Display for ColumnDef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_serial = |constraint: &&ColumnConstraint| **constraint == ColumnConstraint::Serial;
        let serial = self
            .constraints
            .iter()
            .any(|constraint| is_serial(&constraint));
        match (serial, self.ty) {
            (true, SqlType::SmallInt) => write!(f, "{} smallserial", self.name)?,
            (true, SqlType::BigInt) => write!(f, "{} bigserial", self.name)?,
            (true, _) => write!(f, "{} serial", self.name)?,
            (false, ty) => write!(f, "{} {ty}", self.name)?,
        }
        self.constraints
            .iter()
            .filter(|constraint| !is_serial(constraint))
            .try_for_each(|constraint| write!(f, " {constraint}"))
    }
}

impl Display for ColumnConstraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("NOT NULL"),
            Self::Null => f.write_str("NULL"),
            Self::Default(value) => write!(f, "DEFAULT {}", Operand(value, TIGHTEST)),
            Self::PrimaryKey => f.write_str("PRIMARY KEY"),
            Self::Unique => f.write_str("UNIQUE"),
            Self::Check(condition) => write!(f, "CHECK ({condition})"),
            Self::References(references) => references.fmt(f),
            Self::Serial => Ok(()),
        }
    }
}

impl Display for References {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "REFERENCES {}", self.table)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        for (word, action) in [("DELETE", self.on_delete), ("UPDATE", self.on_update)] {
            if action != ReferentialAction::NoAction {
                write!(f, " ON {word} {}", action.sql())?;
            }
        }
        f.write_str(match self.timing {
            Timing::NotDeferrable => "",
            Timing::InitiallyImmediate => " DEFERRABLE",
            Timing::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        })
    }
}

impl ReferentialAction {
    /// The action as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

impl Display for TableConstraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "CONSTRAINT {name} ")?;
        }
        match &self.kind {
            TableConstraintKind::PrimaryKey(columns) => {
                write!(f, "PRIMARY KEY ({})", List(columns))
            }
            TableConstraintKind::Unique(columns) => write!(f, "UNIQUE ({})", List(columns)),
            TableConstraintKind::Check(condition) => write!(f, "CHECK ({condition})"),
            TableConstraintKind::ForeignKey(columns, references) => {
                write!(f, "FOREIGN KEY ({}) {references}", List(columns))
            }
        }
    }
}

impl Display for SqlType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallInt => f.write_str("smallint"),
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Numeric(None) => f.write_str("numeric"),
            Self::Numeric(Some((precision, scale))) => write!(f, "numeric({precision}, {scale})"),
            Self::Text => f.write_str("text"),
            Self::Varchar(length) => write!(f, "varchar({length})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Char(length) => write!(f, "char({length})"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampTz => f.write_str("timestamptz"),
            Self::Date => f.write_str("date"),
        }
    }
}

impl Display for Insert {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "INSERT INTO {}", self.table)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        match &self.source {
            InsertSource::Query(query) => write!(f, " {query}")?,
            InsertSource::Values(rows) if rows.iter().all(Vec::is_empty) => {
                f.write_str(" DEFAULT VALUES")?;
            }
            InsertSource::Values(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    let values: Vec<ValueOrDefault<'_>> = row.iter().map(ValueOrDefault).collect();
                    let word = if index == 0 { " VALUES" } else { "," };
                    write!(f, "{word} ({})", List(&values))?;
                }
            }
        }
        if let Some(on_conflict) = &self.on_conflict {
            on_conflict.fmt(f)?;
        }
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for OnConflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(" ON CONFLICT")?;
        match &self.target {
            None => {}
            Some(ConflictTarget::Constraint(name)) => write!(f, " ON CONSTRAINT {name}")?,
            Some(ConflictTarget::Columns(columns, filter)) => {
                write!(f, " ({})", List(columns))?;
                clause(f, "WHERE", filter.as_ref())?;
            }
        }
        match &self.action {
            ConflictAction::Nothing => f.write_str(" DO NOTHING"),
            ConflictAction::Update {
                assignments,
                filter,
            } => {
                write!(f, " DO UPDATE SET {}", List(assignments))?;
                clause(f, "WHERE", filter.as_ref())
            }
        }
    }
}

/// `WITH ...` and the blank behind it.
fn with(f: &mut Formatter<'_>, members: &[CommonTable]) -> fmt::Result {
    if members.is_empty() {
        return Ok(());
    }
    write!(f, "WITH {} ", List(members))
}

impl Display for CommonTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        write!(f, " AS ({})", self.statement)
    }
}

impl Display for Select {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        match (&self.items[..], &self.from[..]) {
            ([], [FromItem::Values(rows, _)]) => write!(f, "VALUES {}", Rows(rows))?,
            _ => {
                let distinct = match self.distinct {
                    Distinct::No => "",
                    Distinct::Rows => "DISTINCT ",
                };
                write!(f, "SELECT {distinct}{}", List(&self.items))?;
                list_clause(f, "FROM", &self.from)?;
            }
        }
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "GROUP BY", &self.group_by)?;
        clause(f, "HAVING", self.having.as_ref())?;
        for (operator, other) in &self.compound {
            let word = match operator {
                SetOperator::Union => "UNION",
                SetOperator::UnionAll => "UNION ALL",
                SetOperator::Intersect => "INTERSECT",
                SetOperator::Except => "EXCEPT",
            };
            let ends = !other.order_by.is_empty()
                || other.limit.is_some()
                || other.offset.is_some()
                || !other.locking.is_empty()
                || !other.with.is_empty()
                || !other.compound.is_empty();
            if ends {
                write!(f, " {word} ({other})")?;
            } else {
                write!(f, " {word} {other}")?;
            }
        }
        list_clause(f, "ORDER BY", &self.order_by)?;
        clause(f, "LIMIT", self.limit.as_ref())?;
        clause(f, "OFFSET", self.offset.as_ref())?;
        self.locking
            .iter()
            .try_for_each(|locking| write!(f, " {locking}"))
    }
}

/// Rows of a `VALUES`.
struct Rows<'a>(&'a [Vec<Expr>]);

impl Display for Rows<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, row) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}({})", List(row))?;
        }
        Ok(())
    }
}

impl Display for FromItem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => table.fmt(f),
            Self::Query(query, alias) => write!(f, "({query}) {alias}"),
            Self::Values(rows, alias) => write!(f, "(VALUES {}) {alias}", Rows(rows)),
            Self::Function(call, alias) => {
                call.fmt(f)?;
                alias.as_ref().map_or(Ok(()), |alias| write!(f, " {alias}"))
            }
            Self::Join(join) => join.fmt(f),
        }
    }
}

impl Display for TableAlias {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "AS {}", self.name)?;
        if self.columns.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", List(&self.columns))
        }
    }
}

impl Display for Join {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let natural = if self.on == JoinCondition::Natural {
            "NATURAL "
        } else {
            ""
        };
        let kind = match (self.kind, &self.on) {
            (JoinKind::Inner, JoinCondition::Cross) => "CROSS JOIN",
            (JoinKind::Inner, _) => "JOIN",
            (JoinKind::Left, _) => "LEFT JOIN",
            (JoinKind::Right, _) => "RIGHT JOIN",
            (JoinKind::Full, _) => "FULL JOIN",
        };
        write!(f, "{} {natural}{kind} ", self.left)?;
        match &self.right {
            right @ FromItem::Join(_) => write!(f, "({right})")?,
            right => right.fmt(f)?,
        }
        match &self.on {
            JoinCondition::Cross | JoinCondition::Natural => Ok(()),
            JoinCondition::On(condition) => write!(f, " ON {condition}"),
            JoinCondition::Using(columns) => write!(f, " USING ({})", List(columns)),
        }
    }
}

impl Display for TableRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)?;
        clause(f, "AS", self.alias.as_ref())
    }
}

impl Display for SelectItem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Star(_) => f.write_str("*"),
            Self::TableStar(table) => write!(f, "{table}.*"),
            Self::Expr { expr, alias } => {
                expr.fmt(f)?;
                clause(f, "AS", alias.as_ref())
            }
        }
    }
}

impl Display for OrderBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)?;
        if self.direction == Direction::Desc {
            f.write_str(" DESC")?;
        }
        f.write_str(match self.nulls {
            None => "",
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
        })
    }
}

impl Display for Locking {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.strength.clause())?;
        list_clause(f, "OF", &self.of)?;
        f.write_str(match self.wait {
            WaitPolicy::Block => "",
            WaitPolicy::NoWait => " NOWAIT",
            WaitPolicy::SkipLocked => " SKIP LOCKED",
        })
    }
}

impl Display for Assignment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.column, ValueOrDefault(&self.value))
    }
}

impl Display for Update {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "UPDATE {} SET {}", self.table, List(&self.assignments))?;
        list_clause(f, "FROM", &self.from)?;
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for Delete {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        with(f, &self.with)?;
        write!(f, "DELETE FROM {}", self.table)?;
        list_clause(f, "USING", &self.using)?;
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "RETURNING", &self.returning)
    }
}

/// How tightly a piece of text holds together; what is looser than its place asks for stands in parentheses. The order is
/// that of the parser's levels.
type Tightness = u8;
const OR: Tightness = 0;
const AND: Tightness = 1;
const NOT: Tightness = 2;
const IS: Tightness = 3;
const COMPARISON: Tightness = 4;
const MEMBERSHIP: Tightness = 5;
const OTHER: Tightness = 6;
const ADDITIVE: Tightness = 7;
const MULTIPLICATIVE: Tightness = 8;
const UNARY: Tightness = 9;
const TIGHTEST: Tightness = 10;

impl BinaryOp {
    fn tightness(self) -> Tightness {
        match self {
            Self::Or => OR,
            Self::And => AND,
            Self::Eq | Self::NotEq | Self::Lt | Self::LtEq | Self::Gt | Self::GtEq => COMPARISON,
            Self::Concat => OTHER,
            Self::Plus | Self::Minus => ADDITIVE,
            Self::Multiply | Self::Divide | Self::Modulo => MULTIPLICATIVE,
        }
    }

    /// The operator as it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Eq => "=",
            Self::NotEq => "<>",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
            Self::Concat => "||",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

impl Expr {
    fn tightness(&self) -> Tightness {
        match self {
            Self::Binary(_, op, _) => op.tightness(),
            Self::Unary(UnaryOp::Not, _) => NOT,
            Self::Unary(..) => UNARY,
            Self::IsNull { .. } | Self::IsBool { .. } | Self::IsDistinct { .. } => IS,
            Self::InList { .. }
            | Self::Between { .. }
            | Self::InSubquery { .. }
            | Self::Like { .. } => MEMBERSHIP,
            Self::Quantified { .. } => COMPARISON,
            Self::Literal(..) | Self::Column { .. } | Self::HostVariable(_) => TIGHTEST,
            Self::Parameter(..) | Self::Row(_) | Self::Subquery(_) | Self::Exists(_) => TIGHTEST,
            Self::Case { .. } | Self::Call(_) | Self::Cast(..) => TIGHTEST,
        }
    }
}

/// An expression at a place that asks for a tightness.
struct Operand<'a>(&'a Expr, Tightness);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.tightness() < self.1 {
            write!(f, "({})", self.0)
        } else {
            self.0.fmt(f)
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal, _) => literal.fmt(f),
            Self::Column {
                table: Some(table),
                name,
            } => write!(f, "{table}.{name}"),
            Self::Column { table: None, name } => name.fmt(f),
            Self::HostVariable(name) => write!(f, ":{}", name.name),
            Self::Unary(UnaryOp::Not, operand) => write!(f, "NOT {}", Operand(operand, NOT)),
            Self::Unary(op, operand) => {
                f.write_str(if *op == UnaryOp::Minus { "-" } else { "+" })?;
                // `--` would begin a comment.
                let operand = Operand(operand, UNARY).to_string();
                if operand.starts_with(['-', '+']) {
                    write!(f, "({operand})")
                } else {
                    f.write_str(&operand)
                }
            }
            Self::Binary(left, op, right) => {
                let tightness = op.tightness();
                // All associate to the left but comparisons, which do not associate.
                let left_asks = if tightness == COMPARISON {
                    tightness + 1
                } else {
                    tightness
                };
                let right = Operand(right, tightness + 1);
                write!(f, "{} {} {right}", Operand(left, left_asks), op.symbol())
            }
            Self::IsNull { expr, negated } => {
                write!(f, "{} IS {}NULL", Operand(expr, IS), not(*negated))
            }
            Self::IsBool {
                expr,
                value,
                negated,
            } => {
                let value = match value {
                    Some(true) => "TRUE",
                    Some(false) => "FALSE",
                    None => "UNKNOWN",
                };
                write!(f, "{} IS {}{value}", Operand(expr, IS), not(*negated))
            }
            Self::IsDistinct {
                left,
                right,
                negated,
            } => {
                let right = Operand(right, COMPARISON);
                write!(
                    f,
                    "{} IS {}DISTINCT FROM {right}",
                    Operand(left, IS),
                    not(*negated)
                )
            }
            Self::InList {
                expr,
                list,
                negated,
            } => {
                write!(
                    f,
                    "{} {}IN ({})",
                    Operand(expr, OTHER),
                    not(*negated),
                    List(list)
                )
            }
            Self::Between {
                expr,
                low,
                high,
                negated,
            } => {
                let (low, high) = (Operand(low, OTHER), Operand(high, OTHER));
                write!(
                    f,
                    "{} {}BETWEEN {low} AND {high}",
                    Operand(expr, OTHER),
                    not(*negated)
                )
            }
            Self::Case {
                operand,
                branches,
                otherwise,
            } => {
                f.write_str("CASE")?;
                if let Some(operand) = operand {
                    write!(f, " {operand}")?;
                }
                for (when, then) in branches {
                    write!(f, " WHEN {when} THEN {then}")?;
                }
                clause(f, "ELSE", otherwise.as_ref())?;
                f.write_str(" END")
            }
            Self::Parameter(number, _) => write!(f, "${number}"),
            Self::Row(items) if items.len() > 1 => write!(f, "({})", List(items)),
            Self::Row(items) => write!(f, "ROW({})", List(items)),
            Self::Subquery(query) => write!(f, "({query})"),
            Self::Exists(query) => write!(f, "EXISTS ({query})"),
            Self::InSubquery {
                expr,
                query,
                negated,
            } => {
                let expr = Operand(expr, OTHER);
                write!(f, "{expr} {}IN ({query})", not(*negated))
            }
            Self::Quantified {
                left,
                op,
                quantifier,
                query,
            } => {
                let word = match quantifier {
                    Quantifier::Any => "ANY",
                    Quantifier::All => "ALL",
                };
                let left = Operand(left, COMPARISON + 1);
                write!(f, "{left} {} {word} ({query})", op.symbol())
            }
            Self::Like {
                expr,
                pattern,
                ignore_case,
                negated,
            } => {
                let word = if *ignore_case { "ILIKE" } else { "LIKE" };
                let (expr, pattern) = (Operand(expr, OTHER), Operand(pattern, OTHER));
                write!(f, "{expr} {}{word} {pattern}", not(*negated))
            }
            Self::Call(call) => call.fmt(f),
            Self::Cast(expr, ty) => write!(f, "CAST({expr} AS {ty})"),
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.args {
            CallArgs::List(args) if args.is_empty() && self.name.name == "current_timestamp" => {
                f.write_str("CURRENT_TIMESTAMP")
            }
            CallArgs::List(args) if args.is_empty() && self.name.name == "current_date" => {
                f.write_str("CURRENT_DATE")
            }
            CallArgs::Star => write!(f, "{}(*)", self.name),
            CallArgs::List(args) => write!(f, "{}({})", self.name, List(args)),
            CallArgs::Distinct(args) => write!(f, "{}(DISTINCT {})", self.name, List(args)),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::Number(number) => f.write_str(number),
            Self::String(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}
