//! What is known of the drawn steps before any strategy: the rows each means, the host variables it uses and binds.

use super::keys::{Constant, Search};
use super::tables::{Table, tables};
use super::transactions::{Transaction, statement, transactions};
use crate::db::expr::output_name;
use crate::scenario::{Action, Scenario, StepId};
use crate::sql::ast::{Expr, Select, SelectItem, Statement};
use crate::sql::visit::{each_expr, walk};

/// The timeline, understood.
pub(super) struct Drawn<'a> {
    pub scenario: &'a Scenario,
    pub tables: Vec<Table>,
    pub transactions: Vec<Transaction>,
    facts: Vec<Facts>,
}

/// What is known of one step.
struct Facts {
    search: Option<Search>,
    /// The host variables it uses.
    used: Vec<String>,
    /// The host variables it binds, the last of a name winning.
    bound: Vec<Bound>,
}

/// A host variable that a statement binds.
pub(super) struct Bound {
    pub variable: String,
    /// The column of the statement's table whose value it takes; `None` for anything computed.
    pub column: Option<String>,
}

/// Whether two steps of one session mean the same row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// Both pin the same key.
    Same,
    /// It depends on values that only a run knows.
    Maybe,
    /// Other tables, or other constant keys.
    Never,
}

impl<'a> Drawn<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let tables = tables(&scenario.setup);
        let facts = scenario.timeline.iter().map(|step| match &step.action {
            Action::Sql(sql) => Facts {
                search: Search::of(&sql.statement, &tables),
                used: variables_in(&sql.statement),
                bound: bound_by(&sql.statement, &tables),
            },
            Action::Require(require) => Facts {
                search: None,
                used: variables_of(&require.condition),
                bound: Vec::new(),
            },
            Action::Fault(_) => Facts {
                search: None,
                used: Vec::new(),
                bound: Vec::new(),
            },
        });
        Self {
            facts: facts.collect(),
            transactions: transactions(scenario),
            scenario,
            tables,
        }
    }

    /// The statement that a step draws; `None` for a `require`.
    pub fn statement(&self, step: StepId) -> Option<&'a Statement> {
        statement(self.scenario, step)
    }

    /// The SELECT that a step draws.
    pub fn select(&self, step: StepId) -> Option<&'a Select> {
        match self.statement(step)? {
            Statement::Select(select) => Some(select),
            _ => None,
        }
    }

    /// The SELECT that a step draws, if it gives rows of its table, not a sum or count of them.
    pub fn row_select(&self, step: StepId) -> Option<&'a Select> {
        self.select(step).filter(|select| reads_rows(select))
    }

    /// Whether a step changes or removes rows that it finds.
    pub fn is_write(&self, step: StepId) -> bool {
        matches!(
            self.statement(step),
            Some(Statement::Update(_) | Statement::Delete(_))
        )
    }

    /// Whether any step changes or removes rows.
    pub fn has_writes(&self) -> bool {
        (0..self.facts.len()).any(|step| self.is_write(StepId(step)))
    }

    /// The table that a step inserts into.
    pub fn inserted_into(&self, step: StepId) -> Option<&Table> {
        match self.statement(step)? {
            Statement::Insert(insert) => self
                .tables
                .iter()
                .find(|table| table.name == insert.table.name.name),
            _ => None,
        }
    }

    /// Whether a transaction changes anything.
    pub fn changes_anything(&self, transaction: &Transaction) -> bool {
        let mut steps = transaction.steps.iter();
        steps.any(|step| {
            self.is_write(*step) || matches!(self.statement(*step), Some(Statement::Insert(_)))
        })
    }

    /// What a step's statement searches.
    pub fn search(&self, step: StepId) -> Option<&Search> {
        self.facts[step.0].search.as_ref()
    }

    /// The table that a step's statement searches.
    pub fn table(&self, step: StepId) -> Option<&Table> {
        self.search(step).map(|search| &self.tables[search.table])
    }

    /// The host variables that a step uses.
    pub fn used(&self, step: StepId) -> &[String] {
        &self.facts[step.0].used
    }

    /// The host variables that a step binds.
    pub fn bound(&self, step: StepId) -> &[Bound] {
        &self.facts[step.0].bound
    }

    /// What a step binds a variable to.
    pub fn binding(&self, step: StepId, variable: &str) -> Option<&Bound> {
        let bound = self.bound(step).iter().rev();
        bound.into_iter().find(|bound| bound.variable == variable)
    }

    /// The step of the same session whose value a variable has when `step` is sent.
    pub fn binder(&self, step: StepId, variable: &str) -> Option<StepId> {
        let session = self.scenario.timeline[step.0].session;
        (0..step.0)
            .rev()
            .map(StepId)
            .filter(|other| self.scenario.timeline[other.0].session == session)
            .find(|other| self.binding(*other, variable).is_some())
    }

    /// A host variable that a step of a transaction uses and an earlier transaction of the session read.
    pub fn read_earlier(&self, transaction: &Transaction, step: StepId) -> Option<&str> {
        let mut used = self.used(step).iter();
        let earlier = used.find(|variable| {
            self.binder(step, variable)
                .is_some_and(|binder| !transaction.steps.contains(&binder))
        });
        earlier.map(String::as_str)
    }

    /// Whether two steps of one session, the first before the second, mean the same row.
    pub fn meeting(&self, first: StepId, second: StepId) -> Meeting {
        let (Some(one), Some(other)) = (self.search(first), self.search(second)) else {
            return Meeting::Never;
        };
        if one.table != other.table {
            return Meeting::Never;
        }
        if self.is_found_by(first, second) {
            return Meeting::Same;
        }
        let (Some(key), Some(other_key)) = (&one.key, &other.key) else {
            return Meeting::Maybe;
        };
        if key == other_key && self.keeps_its_values(first, second, key) {
            return Meeting::Same;
        }
        match (one.constant_key(), other.constant_key()) {
            (Some(one), Some(other)) if one == other => Meeting::Same,
            (Some(one), Some(other)) if differ(&one, &other) => Meeting::Never,
            _ => Meeting::Maybe,
        }
    }

    /// `SELECT id ... LIMIT 1`, then `... WHERE id = :id`: whether a step's key is what a reading before it found. It has
    /// a value only if that reading found one row.
    pub fn is_found_by(&self, reading: StepId, step: StepId) -> bool {
        let (Some(table), Some(search)) = (self.table(step), self.search(step)) else {
            return false;
        };
        let found = |(name, value): (&String, &Expr)| match value {
            Expr::HostVariable(variable) => {
                self.binder(step, &variable.name) == Some(reading)
                    && self
                        .binding(reading, &variable.name)
                        .is_some_and(|bound| bound.column.as_ref() == Some(name))
            }
            _ => false,
        };
        let key = search.key.as_deref().unwrap_or_default();
        self.row_select(reading).is_some()
            && !key.is_empty()
            && table.key.iter().zip(key).all(found)
    }

    /// Whether two steps of one session search by the same condition, with the same values.
    pub fn same_search(&self, first: StepId, second: StepId) -> bool {
        match (self.search(first), self.search(second)) {
            (Some(one), Some(other)) => {
                one.table == other.table
                    && one.conditions == other.conditions
                    && self.keeps_its_values(first, second, &one.conditions)
            }
            _ => false,
        }
    }

    /// Whether the host variables in expressions of `first` have the same values when `second` is sent.
    pub fn keeps_its_values(&self, first: StepId, second: StepId, exprs: &[Expr]) -> bool {
        exprs.iter().flat_map(variables_of).all(|variable| {
            let (then, now) = (
                self.binder(first, &variable),
                self.binder(second, &variable),
            );
            then == now || now == Some(first) && self.binds_its_own_key(first, &variable)
        })
    }

    /// `SELECT id, ... WHERE id = :id` gives `:id` the value it has.
    fn binds_its_own_key(&self, step: StepId, variable: &str) -> bool {
        let column = self
            .binding(step, variable)
            .and_then(|bound| bound.column.as_deref());
        let (Some(table), Some(search)) = (self.table(step), self.search(step)) else {
            return false;
        };
        let mut keys = table.key.iter().zip(search.key.iter().flatten());
        keys.any(|(name, value)| {
            Some(name.as_str()) == column
                && matches!(value, Expr::HostVariable(used) if used.name == variable)
        })
    }
}

fn differ(one: &[Constant], other: &[Constant]) -> bool {
    one.iter().zip(other).any(|(one, other)| one.differs(other))
}

/// The names of the host variables in an expression.
pub(super) fn variables_of(expr: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    walk(expr, &mut |expr| {
        if let Expr::HostVariable(name) = expr {
            names.push(name.name.clone());
        }
    });
    names
}

/// The names of the host variables in a statement.
pub(super) fn variables_in(statement: &Statement) -> Vec<String> {
    let mut names = Vec::new();
    each_expr(statement, &mut |expr| names.extend(variables_of(expr)));
    names
}

/// The select list or `RETURNING` list of a statement, with the name of its table.
pub(super) fn output_of(statement: &Statement) -> Option<(&str, &[SelectItem])> {
    match statement {
        Statement::Select(select) => {
            let table = select
                .single_table()
                .map_or("", |from| from.name.name.as_str());
            Some((table, &select.items))
        }
        Statement::Insert(insert) => Some((&insert.table.name.name, &insert.returning)),
        Statement::Update(update) => Some((&update.table.name.name, &update.returning)),
        Statement::Delete(delete) => Some((&delete.table.name.name, &delete.returning)),
        _ => None,
    }
}

fn bound_by(statement: &Statement, tables: &[Table]) -> Vec<Bound> {
    let Some((name, items)) = output_of(statement) else {
        return Vec::new();
    };
    let mut bound = Vec::new();
    for item in items {
        match item {
            SelectItem::Star(_) | SelectItem::TableStar(_) => {
                let table = tables.iter().find(|table| table.name == name);
                let columns = table.into_iter().flat_map(|table| &table.columns);
                bound.extend(columns.map(|column| Bound {
                    variable: column.name.clone(),
                    column: Some(column.name.clone()),
                }));
            }
            SelectItem::Expr { expr, alias } => bound.push(Bound {
                variable: alias
                    .as_ref()
                    .map_or_else(|| output_name(expr), |alias| alias.name.clone()),
                column: match expr {
                    Expr::Column { name, .. } => Some(name.name.clone()),
                    _ => None,
                },
            }),
        }
    }
    bound
}

/// Whether a SELECT gives rows of its table, and not a sum or count of them.
fn reads_rows(select: &Select) -> bool {
    const AGGREGATES: [&str; 8] = [
        "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every",
    ];
    let mut aggregate = false;
    for item in &select.items {
        if let SelectItem::Expr { expr, .. } = item {
            walk(expr, &mut |expr| {
                if let Expr::Call(call) = expr {
                    aggregate |= AGGREGATES.contains(&call.name.name.as_str());
                }
            });
        }
    }
    select.is_plain() && select.single_table().is_some() && !aggregate
}
