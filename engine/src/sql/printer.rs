//! Syntax tree to text: key words in capitals, names quoted and parentheses set only where they must be.
//!
//! What is printed parses to the same tree.

use super::ast::{
    AccessMode, BinaryOp, Call, CallArgs, ColumnConstraint, ColumnDef, CreateTable, Delete,
    Direction, Expr, Ident, Insert, IsolationLevel, Literal, Locking, Nulls, OrderBy, Select,
    SelectItem, SqlType, Statement, TableConstraint, TableConstraintKind, TableRef,
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
            Self::Insert(insert) => insert.fmt(f),
            Self::Select(select) => select.fmt(f),
            Self::Update(update) => update.fmt(f),
            Self::Delete(delete) => delete.fmt(f),
            Self::Begin(modes) => write!(f, "BEGIN{modes}"),
            Self::Commit => f.write_str("COMMIT"),
            Self::Rollback => f.write_str("ROLLBACK"),
        }
    }
}

impl Display for TransactionModes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(isolation) = self.isolation {
            write!(f, " ISOLATION LEVEL {}", isolation.sql())?;
        }
        match self.access {
            Some(AccessMode::ReadOnly) => f.write_str(" READ ONLY"),
            Some(AccessMode::ReadWrite) => f.write_str(" READ WRITE"),
            None => Ok(()),
        }
    }
}

impl IsolationLevel {
    /// The level as SQL has it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

impl Display for CreateTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE TABLE {} ({}", self.name, List(&self.columns))?;
        if !self.columns.is_empty() && !self.constraints.is_empty() {
            f.write_str(", ")?;
        }
        write!(f, "{})", List(&self.constraints))
    }
}

impl Display for ColumnDef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.ty)?;
        self.constraints
            .iter()
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
        }
    }
}

impl Display for SqlType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Numeric(None) => f.write_str("numeric"),
            Self::Numeric(Some((precision, scale))) => write!(f, "numeric({precision}, {scale})"),
            Self::Text => f.write_str("text"),
            Self::Varchar(length) => write!(f, "varchar({length})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Timestamp => f.write_str("timestamp"),
        }
    }
}

impl Display for Insert {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "INSERT INTO {}", self.table)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", List(&self.columns))?;
        }
        if self.rows.iter().all(Vec::is_empty) {
            f.write_str(" DEFAULT VALUES")?;
        } else {
            for (index, row) in self.rows.iter().enumerate() {
                let values: Vec<ValueOrDefault<'_>> = row.iter().map(ValueOrDefault).collect();
                write!(
                    f,
                    "{} ({})",
                    if index == 0 { " VALUES" } else { "," },
                    List(&values)
                )?;
            }
        }
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for Select {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT {}", List(&self.items))?;
        clause(f, "FROM", self.from.as_ref())?;
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "ORDER BY", &self.order_by)?;
        clause(f, "LIMIT", self.limit.as_ref())?;
        clause(f, "OFFSET", self.offset.as_ref())?;
        self.locking
            .map_or(Ok(()), |locking| write!(f, " {locking}"))
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
        f.write_str(match self.wait {
            WaitPolicy::Block => "",
            WaitPolicy::NoWait => " NOWAIT",
            WaitPolicy::SkipLocked => " SKIP LOCKED",
        })
    }
}

impl Display for Update {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "UPDATE {} SET ", self.table)?;
        for (index, assignment) in self.assignments.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(
                f,
                "{comma}{} = {}",
                assignment.column,
                ValueOrDefault(&assignment.value)
            )?;
        }
        clause(f, "WHERE", self.filter.as_ref())?;
        list_clause(f, "RETURNING", &self.returning)
    }
}

impl Display for Delete {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "DELETE FROM {}", self.table)?;
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
            Self::InList { .. } | Self::Between { .. } => MEMBERSHIP,
            Self::Literal(..) | Self::Column { .. } | Self::HostVariable(_) => TIGHTEST,
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
