//! Expressions, with the parentheses that they need.

use super::{List, clause};
use crate::sql::ast::{BinaryOp, Call, CallArgs, Expr, Literal, Quantifier, UnaryOp};
use std::fmt::{self, Display, Formatter};

/// How tightly a piece of text holds together; what is looser than its place asks for stands in parentheses. The order is
/// that of the parser's levels.
pub(super) type Tightness = u8;
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
pub(super) const TIGHTEST: Tightness = 10;

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
pub(super) struct Operand<'a>(pub &'a Expr, pub Tightness);

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
