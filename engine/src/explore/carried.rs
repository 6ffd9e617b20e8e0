//! Values that steps carry about and never look at.
//!
//! A counter that is read, made smaller and written back is the same story whether it stands at 10 or at 7: no condition, no
//! index and no constraint asks for it. What is learned of moves (see `world`) is learned with *marks* in the place of such values,
//! and says where each value comes from:
//!
//! ```text
//!   UPDATE stock SET quantity = :quantity - 1    the new version's value is that of the variable, less 1
//! ```
//!
//! Marks are numbers so far apart that what became of one by adding a constant of the plan still tells which it was. Which columns
//! may be marked is read off the plan, and only where its statements are of the simplest kinds; a value that comes near the end of
//! its type is not for this, and the walk begins anew without marks.

use super::memory::Memory;
use crate::collections::Set;
use crate::db::{Database, Row, RowSet, Value};
use crate::run::{Answer, Client, Variables};
use crate::sql::ast::{BinaryOp, Distinct, Expr, Literal, SelectItem, SqlType, Statement, UnaryOp};
use crate::sql::visit;
use crate::strategy::{Plan, PlannedAction};
use std::sync::Arc;

/// How far apart marks are.
const UNIT: i64 = 1 << 20;
/// The first mark of values that all share, and of those that a session has to itself, in units; as many marks each as lie between.
const FIRST_SHARED: i64 = 512;
const FIRST_OWN: i64 = 1024;
const END: i64 = 1536;
/// The largest sum of constants that an expression adds to a mark.
const MOST_ADDED: i64 = 1 << 18;
/// The largest value that is carried; adding a plan's constants to it stays within an `int`.
pub(super) const MOST_VALUE: i64 = 1 << 30;
/// The most variables; as many bits as a mask has.
const MOST_VARIABLES: usize = 32;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Which value it was.
    pub from: From,
    /// What was added.
    pub plus: i64,
}

/// Which value it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// None: it is a constant.
    Nowhere,
    /// One that all share, by number.
    Shared(u32),
    /// One that the session has to itself, by number.
    Own(u32),
}

impl Source {
    /// A constant.
    pub fn constant(value: i64) -> Self {
        Self {
            from: From::Nowhere,
            plus: value,
        }
    }

    /// A value that the session has to itself, by number.
    pub fn own(number: usize) -> Self {
        Self {
            from: From::Own(number as u32),
            plus: 0,
        }
    }

    /// What a mark came from, after something was added; `None`: there are more than can be told apart.
    pub fn of(marked: i64) -> Option<Self> {
        let unit = (marked + UNIT / 2).div_euclid(UNIT);
        let plus = marked - unit * UNIT;
        let from = match unit {
            0 => From::Nowhere,
            FIRST_SHARED..FIRST_OWN => From::Shared((unit - FIRST_SHARED) as u32),
            FIRST_OWN..END => From::Own((unit - FIRST_OWN) as u32),
            _ => return None,
        };
        Some(Self { from, plus })
    }

    /// The value; `None` if it is too large to be carried.
    #[inline]
    pub fn value(self, shared: &[i64], own: &[i64]) -> Option<i64> {
        let value = match self.from {
            From::Nowhere => self.plus,
            From::Shared(number) => shared.get(number as usize)? + self.plus,
            From::Own(number) => own.get(number as usize)? + self.plus,
        };
        (value.abs() <= MOST_VALUE).then_some(value)
    }
}

/// The mark of a value that all share.
pub(super) fn shared_mark(number: usize) -> Option<i64> {
    let unit = FIRST_SHARED + number as i64;
    (unit < FIRST_OWN).then_some(unit * UNIT)
}

/// The mark of a value that a session has to itself.
pub(super) fn own_mark(number: usize) -> Option<i64> {
    let unit = FIRST_OWN + number as i64;
    (unit < END).then_some(unit * UNIT)
}

/// The number in a value, if it is one that can be carried.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(i64::from(*number)),
        Value::BigInt(number) => Some(*number),
        _ => None,
    }
}

/// Puts another number in.
fn put(value: &mut Value, new: i64) {
    match value {
        Value::Int(number) => *number = new as i32,
        Value::BigInt(number) => *number = new,
        _ => {}
    }
}

/// What is carried: columns and the host variables of the same names.
#[derive(Clone, Debug, Default)]
pub(super) struct Carried {
    names: Vec<String>,
    /// By table and column.
    pub columns: Vec<Vec<bool>>,
    /// By step, which of the names it uses as variables, as bits.
    used: Vec<u32>,
}

impl Carried {
    /// What a plan's steps carry about.
    pub fn of(plan: &Plan, db: &Database) -> Self {
        Self::found(plan, db).unwrap_or_default()
    }

    fn found(plan: &Plan, db: &Database) -> Option<Self> {
        let mut looked_at: Set<String> = Set::new();
        let mut ties: Vec<(String, String)> = Vec::new();
        for step in &plan.steps {
            match &step.action {
                PlannedAction::Sql { sql, .. } => {
                    uses(&sql.statement, &mut looked_at, &mut ties)?;
                }
                PlannedAction::Require(require) => all_names(&require.condition, &mut looked_at)?,
                PlannedAction::Fault(_) | PlannedAction::Process(_) => {}
            }
        }
        let mut names: Set<String> = Set::new();
        for table in db.every_table() {
            for (place, column) in table.columns.iter().enumerate() {
                let plain = matches!(column.ty, SqlType::Int | SqlType::BigInt)
                    && table.checks.is_empty()
                    && table.foreign_keys.is_empty()
                    && table
                        .indexes
                        .iter()
                        .all(|index| !index.columns.contains(&place) && index.filter.is_none());
                if plain {
                    names.insert(column.name.clone());
                } else {
                    looked_at.insert(column.name.clone());
                }
            }
        }
        for (table, definition) in db.tables().zip(db.every_table()) {
            for (_, version) in db.heap(table).iter() {
                for (value, column) in version.values.iter().zip(&definition.columns) {
                    if number(value).is_some_and(|number| number.abs() > MOST_VALUE) {
                        looked_at.insert(column.name.clone());
                    }
                }
            }
        }
        // What goes into something that is looked at, or comes from it, is not carried either.
        loop {
            let before = looked_at.len();
            for (one, two) in &ties {
                if looked_at.contains(one) || looked_at.contains(two) {
                    looked_at.insert(one.clone());
                    looked_at.insert(two.clone());
                }
            }
            if looked_at.len() == before {
                break;
            }
        }
        let names: Vec<String> = names
            .iter()
            .filter(|name| !looked_at.contains(*name))
            .cloned()
            .collect();
        if names.len() > MOST_VARIABLES {
            return None;
        }
        let is_one = |name: &String| names.contains(name);
        let columns = db.every_table().map(|table| {
            let columns = table.columns.iter();
            columns.map(|column| is_one(&column.name)).collect()
        });
        let columns = columns.collect();
        let used = plan.steps.iter().map(|step| {
            let PlannedAction::Sql { sql, .. } = &step.action else {
                return 0;
            };
            let mut used = 0;
            visit::each_expr(&sql.statement, &mut |outer| {
                visit::walk(outer, &mut |expr| {
                    if let Expr::HostVariable(variable) = expr
                        && let Some(place) = names.iter().position(|it| *it == variable.name)
                    {
                        used |= 1 << place;
                    }
                });
            });
            used
        });
        let used = used.collect();
        Some(Self {
            names,
            columns,
            used,
        })
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Shows each value in the rows of an answer, to be changed.
    fn each_of_rows(&self, rows: &mut RowSet, visit: &mut dyn FnMut(&mut i64)) {
        let carried = |column: &String| self.names.contains(column);
        if !rows.columns.iter().any(carried) {
            return;
        }
        let columns: Vec<bool> = rows.columns.iter().map(carried).collect();
        for row in &mut rows.rows {
            each_of_row(row, &columns, visit);
        }
    }

    /// Shows each value in what a session was told.
    pub fn each_of_answers(&self, answers: &mut [Answer], visit: &mut dyn FnMut(&mut i64)) {
        for answer in answers {
            if let Answer::Rows(rows) = answer {
                self.each_of_rows(rows, visit);
            }
        }
    }

    /// Shows each value in what is remembered.
    pub fn each_of_memory(&self, memory: &mut Memory, visit: &mut dyn FnMut(&mut i64)) {
        for past in memory.pasts.iter_mut().chain(&mut memory.open) {
            self.each_of_answers(&mut past.answers, visit);
        }
    }

    fn each_variable(&self, variables: &mut Variables, visit: &mut dyn FnMut(usize, &mut i64)) {
        variables.each_mut(&mut |name, value| {
            if let Some(place) = self.names.iter().position(|it| it == name)
                && let Some(mut number) = number(value)
            {
                visit(place, &mut number);
                put(value, number);
            }
        });
    }

    /// Puts marks in the place of all values that a session has to itself, and says where they come from: first by variable, then
    /// in the order of their places. `None`: there are too many.
    pub fn mark_own(
        &self,
        client: &mut Client,
        memory: &mut Memory,
        source: &dyn Fn(i64) -> Option<Source>,
    ) -> Option<Vec<Source>> {
        if self.is_empty() {
            return Some(Vec::new());
        }
        let sent = client
            .pending
            .as_ref()
            .map_or(0, |pending| self.used[pending.step.0]);
        // A statement under way has its variables in it.
        let mut sources: Vec<Option<Source>> = (0..self.names.len())
            .map(|place| {
                Some(match sent >> place & 1 {
                    1 => Source::own(place),
                    _ => Source::constant(0),
                })
            })
            .collect();
        let mut all_there = true;
        self.each_variable(&mut client.variables, &mut |place, value| {
            sources[place] = source(*value);
            match own_mark(place) {
                Some(mark) => *value = mark,
                None => all_there = false,
            }
        });
        let mut mark = |value: &mut i64| {
            sources.push(source(*value));
            match own_mark(sources.len() - 1) {
                Some(mark) => *value = mark,
                None => all_there = false,
            }
        };
        self.each_of_memory(memory, &mut mark);
        let current = client.current.as_mut().map(|current| &mut current.attempt);
        for attempt in current
            .into_iter()
            .chain(&mut client.retry)
            .chain(&mut client.last)
        {
            self.each_variable(&mut attempt.variables, &mut |_, value| mark(value));
        }
        let sources: Option<Vec<Source>> = sources.into_iter().collect();
        sources.filter(|_| all_there)
    }

    /// What is remembered, with these values in the place of marks.
    pub fn memory(&self, marked: &Memory, values: &[i64]) -> Memory {
        let mut memory = marked.clone();
        let mut values = values.iter().skip(self.names.len());
        self.each_of_memory(&mut memory, &mut |value| {
            *value = values.next().copied().unwrap_or_default();
        });
        memory
    }
}

/// Shows each value of a row, to be changed.
pub(super) fn each_of_row(row: &mut Row, columns: &[bool], visit: &mut dyn FnMut(&mut i64)) {
    let is_there = row
        .iter()
        .zip(columns)
        .any(|(value, carried)| *carried && number(value).is_some());
    if !is_there {
        return;
    }
    let mut values = row.to_vec();
    for (value, _) in values.iter_mut().zip(columns).filter(|it| *it.1) {
        if let Some(mut number) = number(value) {
            visit(&mut number);
            put(value, number);
        }
    }
    *row = Arc::from(values);
}

/// Every name in an expression is looked at; `None` if there is more in it than names and operators.
fn all_names(expr: &Expr, names: &mut Set<String>) -> Option<()> {
    let mut plain = true;
    visit::walk(expr, &mut |expr| match expr {
        Expr::Column { name, .. } | Expr::HostVariable(name) => {
            names.insert(name.name.clone());
        }
        Expr::Literal(..) | Expr::Unary(..) | Expr::Binary(..) | Expr::IsNull { .. } => {}
        _ => plain = false,
    });
    plain.then_some(())
}

/// Which names a statement looks at, and which it ties together, one being computed from the other; `None`: it is of a kind of
/// which that is not known.
fn uses(
    statement: &Statement,
    looked_at: &mut Set<String>,
    ties: &mut Vec<(String, String)>,
) -> Option<()> {
    match statement {
        Statement::Begin(_)
        | Statement::Commit
        | Statement::Rollback
        | Statement::Savepoint(_)
        | Statement::RollbackTo(_)
        | Statement::Release(_) => Some(()),
        Statement::Select(select) => {
            let plain = select.from.len() <= 1
                && (select.from.is_empty() || select.single_table().is_some())
                && select.with.is_empty()
                && select.distinct == Distinct::No
                && select.group_by.is_empty()
                && select.having.is_none()
                && select.compound.is_empty()
                && select.order_by.is_empty()
                && select.limit.is_none()
                && select.offset.is_none();
            if !plain {
                return None;
            }
            for item in &select.items {
                match item {
                    SelectItem::Expr {
                        expr: Expr::Column { .. },
                        alias: None,
                    } => {}
                    SelectItem::Expr { expr, alias } => {
                        all_names(expr, looked_at)?;
                        looked_at.extend(alias.iter().map(|alias| alias.name.clone()));
                    }
                    SelectItem::Star(_) | SelectItem::TableStar(_) => {}
                }
            }
            select
                .filter
                .iter()
                .try_for_each(|it| all_names(it, looked_at))
        }
        Statement::Update(update) => {
            if !update.with.is_empty() || !update.from.is_empty() || !update.returning.is_empty() {
                return None;
            }
            for assignment in &update.assignments {
                let column = &assignment.column.name;
                let value = assignment.value.as_ref()?;
                match added_to(value) {
                    Some((Some(name), _)) => ties.push((column.clone(), name.to_owned())),
                    Some((None, _)) => {}
                    None => {
                        looked_at.insert(column.clone());
                        all_names(value, looked_at)?;
                    }
                }
            }
            update
                .filter
                .iter()
                .try_for_each(|it| all_names(it, looked_at))
        }
        Statement::Delete(delete) => {
            if !delete.with.is_empty() || !delete.using.is_empty() || !delete.returning.is_empty() {
                return None;
            }
            delete
                .filter
                .iter()
                .try_for_each(|it| all_names(it, looked_at))
        }
        _ => None,
    }
}

/// The one name in an expression that adds constants to it, or takes them off, if there is a name, and how much that can come to.
fn added_to(expr: &Expr) -> Option<(Option<&str>, i64)> {
    let found = match expr {
        Expr::Column { name, .. } | Expr::HostVariable(name) => (Some(name.name.as_str()), 0),
        Expr::Unary(UnaryOp::Minus, inner) => {
            let (name, sum) = added_to(inner)?;
            (None, name.is_none().then_some(sum)?)
        }
        Expr::Binary(one, op @ (BinaryOp::Plus | BinaryOp::Minus), two) => {
            let (one, two) = (added_to(one)?, added_to(two)?);
            let name = match (one.0, two.0) {
                (name, None) => name,
                (None, name) if *op == BinaryOp::Plus => name,
                _ => return None,
            };
            (name, one.1 + two.1)
        }
        Expr::Literal(Literal::Number(digits), _) => (None, digits.parse().ok()?),
        _ => return None,
    };
    (found.1 <= MOST_ADDED).then_some(found)
}
