//! `SELECT` and its clauses.

use super::{List, clause, list_clause, with};
use crate::sql::ast::{
    CommonTable, Direction, Distinct, Expr, FromItem, Join, JoinCondition, JoinKind, Locking,
    Nulls, OrderBy, Select, SelectItem, SetOperator, TableAlias, TableRef, WaitPolicy,
};
use std::fmt::{self, Display, Formatter};

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
