//! `FROM`: relations side by side, joins, and which condition goes to which scan.

use super::bind::{Planner, rename};
use super::*;
use crate::db::expr::{
    Clause, KeyedTable, Node, Scope, ScopeColumn, Shown, bind as bind_expr, bind_condition,
};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{
    self, Call, CallArgs, Expr, FromItem, Ident, JoinCondition, TableAlias, TableRef,
};

/// A `FROM` under construction.
pub(super) struct FromBinder<'a, 'p> {
    pub planner: &'p Planner<'a>,
    pub outer: Option<&'p Scope<'p>>,
    pub columns: Vec<ScopeColumn>,
    pub relations: usize,
    /// The tables among the relations, by number, with the name they can be called by.
    pub tables: Vec<(usize, TableId, String)>,
    pub keyed: Vec<KeyedTable>,
}

impl<'a, 'p> FromBinder<'a, 'p> {
    pub fn new(planner: &'p Planner<'a>, outer: Option<&'p Scope<'p>>) -> Self {
        Self {
            planner,
            outer,
            columns: Vec::new(),
            relations: 0,
            tables: Vec::new(),
            keyed: Vec::new(),
        }
    }

    /// Items between commas: a cross join.
    pub fn items(&mut self, items: &[FromItem]) -> Result<Option<From>, SqlError> {
        let mut all: Option<From> = None;
        for item in items {
            let item = self.item(item)?;
            all = Some(match all {
                None => item,
                Some(left) => joined(left, JoinKind::Inner, item, Vec::new()),
            });
        }
        Ok(all)
    }

    fn item(&mut self, item: &FromItem) -> Result<From, SqlError> {
        match item {
            FromItem::Table(table) => self.named(table),
            FromItem::Query(select, alias) => {
                let query = self.planner.query(select, None)?;
                let names = query.projection.names.iter().cloned();
                let columns = names.zip(query.types()).collect();
                self.add(Source::Query(Box::new(query)), columns, alias)
            }
            FromItem::Values(rows, alias) => {
                let rows = self.values(rows)?;
                let types = rows.first().into_iter().flatten().map(|value| value.ty);
                let columns = types.enumerate();
                let columns = columns.map(|(at, ty)| (format!("column{}", at + 1), ty));
                let columns = columns.collect();
                self.add(Source::Values(rows), columns, alias)
            }
            FromItem::Function(call, alias) => self.function(call, alias.as_ref()),
            FromItem::Join(join) => self.join(join),
        }
    }

    fn named(&mut self, table: &TableRef) -> Result<From, SqlError> {
        let name = &table.name.name;
        let cte = self.planner.ctes.iter().rev().find(|cte| cte.name == *name);
        if let Some(cte) = cte {
            let alias = TableAlias {
                name: table.visible_name().clone(),
                columns: Vec::new(),
            };
            if cte.columns.is_empty() {
                let message = format!("WITH query \"{name}\" does not have a RETURNING clause");
                let error = SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
                return Err(error.at(table.name.span));
            }
            let (number, columns) = (cte.number, cte.columns.clone());
            return self.add(Source::Cte(number), columns, &alias);
        }
        self.table(table)
    }

    /// A table, never a member of `WITH`.
    pub fn table(&mut self, table: &TableRef) -> Result<From, SqlError> {
        let id = self
            .planner
            .db
            .table_named(&table.name, self.planner.session)?;
        let definition = self.planner.db.table(id);
        let columns: Vec<(String, Type)> = definition
            .columns
            .iter()
            .map(|column| (column.name.clone(), Type::from(column.ty)))
            .collect();
        let first = self.columns.len();
        let key = definition.primary_key();
        if !key.is_empty() {
            self.keyed.push(KeyedTable {
                key: key.iter().map(|column| first + column).collect(),
                columns: first..first + columns.len(),
            });
        }
        let visible = table.visible_name();
        self.tables.push((self.relations, id, visible.name.clone()));
        let alias = TableAlias {
            name: visible.clone(),
            columns: Vec::new(),
        };
        self.add(Source::Table(id), columns, &alias)
    }

    fn add(
        &mut self,
        source: Source,
        mut columns: Vec<(String, Type)>,
        alias: &TableAlias,
    ) -> Result<From, SqlError> {
        rename(&mut columns, &alias.columns, &alias.name)?;
        let name = &alias.name.name;
        if !name.is_empty() && self.columns.iter().any(|column| column.table == *name) {
            let message = format!("table name \"{name}\" specified more than once");
            return Err(SqlError::new(SqlState::DUPLICATE_ALIAS, message).at(alias.name.span));
        }
        let relation = Relation {
            number: self.relations,
            first: self.columns.len(),
            width: columns.len(),
            source,
            filters: Vec::new(),
            access: Access::Sequential,
        };
        self.relations += 1;
        for (column, ty) in columns {
            self.columns.push(ScopeColumn {
                shown: Shown::Always,
                table: name.clone(),
                name: column,
                ty,
            });
        }
        Ok(From::Relation(relation))
    }

    fn values(&self, rows: &[Vec<Expr>]) -> Result<Vec<Vec<Bound>>, SqlError> {
        let scope = self.planner.scope(Vec::new(), self.outer);
        let mut bound: Vec<Vec<Bound>> = Vec::with_capacity(rows.len());
        for row in rows {
            if row.len() != rows[0].len() {
                let message = "VALUES lists must all be the same length";
                return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
            }
            let values = row
                .iter()
                .map(|value| bind_expr(value, &scope, Clause::Values));
            bound.push(values.collect::<Result<_, _>>()?);
        }
        Ok(bound)
    }

    fn function(&mut self, call: &Call, alias: Option<&TableAlias>) -> Result<From, SqlError> {
        let scope = self.planner.scope(self.columns.clone(), self.outer);
        let CallArgs::List(args) = &call.args else {
            return Err(not_simulated("this function in FROM"));
        };
        let name = call.name.name.as_str();
        let plain = TableAlias {
            name: call.name.clone(),
            columns: Vec::new(),
        };
        // A function's only column is called as the table is, unless its own name is listed.
        let table = alias.unwrap_or(&plain);
        let column = table.name.name.clone();
        if name != "generate_series" {
            let value = Expr::Call(call.clone());
            let value = bind_expr(&value, &scope, Clause::FromFunction)?;
            let columns = vec![(column, value.ty)];
            return self.add(Source::Scalar(value), columns, table);
        }
        let mut bound = Vec::with_capacity(args.len());
        for arg in args {
            bound.push(bind_expr(arg, &scope, Clause::FromFunction)?);
        }
        let whole = |bound: &Bound| matches!(bound.ty, Type::Int4 | Type::Int8);
        if !(2..=3).contains(&bound.len()) || !bound.iter().all(whole) {
            return Err(not_simulated("generate_series of anything but integers"));
        }
        let wide = bound.iter().any(|bound| bound.ty == Type::Int8);
        let ty = if wide { Type::Int8 } else { Type::Int4 };
        self.add(Source::Series(bound), vec![(column, ty)], table)
    }

    /// A function of the select list that gives rows. `*` does not mean its column.
    pub fn series_of_list(&mut self, call: &Call) -> Result<From, SqlError> {
        let from = self.function(call, None)?;
        if let Some(column) = self.columns.last_mut() {
            column.shown = Shown::Qualified;
        }
        Ok(from)
    }

    fn join(&mut self, join: &ast::Join) -> Result<From, SqlError> {
        let start = self.columns.len();
        let left = self.item(&join.left)?;
        let middle = self.columns.len();
        let right = self.item(&join.right)?;
        let on = match &join.on {
            JoinCondition::Cross => Vec::new(),
            JoinCondition::On(condition) => {
                // What is to the left of the whole join cannot be named in it.
                let mut columns = self.columns.clone();
                for column in &mut columns[..start] {
                    column.table = String::new();
                    column.name = String::new();
                }
                let scope = self.planner.scope(columns, self.outer);
                let bound = bind_condition(condition, &scope, Clause::JoinOn)?;
                bound.conjuncts().into_iter().cloned().collect()
            }
            JoinCondition::Using(names) => self.merge(names, start, middle, join.kind)?,
            JoinCondition::Natural => {
                let shown = |column: &&ScopeColumn| column.shown != Shown::Qualified;
                let right: Vec<&String> = self.columns[middle..]
                    .iter()
                    .filter(shown)
                    .map(|column| &column.name)
                    .collect();
                let common = self.columns[start..middle]
                    .iter()
                    .filter(shown)
                    .filter(|column| right.contains(&&column.name));
                let names: Vec<Ident> = common.map(|column| Ident::new(&column.name)).collect();
                self.merge(&names, start, middle, join.kind)?
            }
        };
        Ok(joined(left, join.kind, right, on))
    }

    /// `USING (columns)`: each is shown once.
    fn merge(
        &mut self,
        names: &[Ident],
        start: usize,
        middle: usize,
        kind: JoinKind,
    ) -> Result<Vec<Bound>, SqlError> {
        let mut on = Vec::with_capacity(names.len());
        for name in names {
            let find = |range: std::ops::Range<usize>, side: &str| {
                range
                    .into_iter()
                    .find(|&place| {
                        let column = &self.columns[place];
                        column.shown != Shown::Qualified && column.name == name.name
                    })
                    .ok_or_else(|| {
                        let message = format!(
                            "column \"{}\" specified in USING clause does not exist in {side} table",
                            name.name
                        );
                        SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span)
                    })
            };
            let left = find(start..middle, "left")?;
            let right = find(middle..self.columns.len(), "right")?;
            let column = |place: usize| Bound::new(Node::Column(place), self.columns[place].ty);
            on.push(Bound::apply(
                crate::db::expr::Function::Compare(crate::db::expr::Comparison::Eq),
                vec![column(left), column(right)],
                Type::Bool,
            ));
            let hidden = if kind == JoinKind::Right { left } else { right };
            let kept = if kind == JoinKind::Right { right } else { left };
            self.columns[hidden].shown = Shown::Qualified;
            self.columns[kept].shown = Shown::Merged;
        }
        Ok(on)
    }
}

fn not_simulated(what: &str) -> SqlError {
    let message = format!("Rowlock does not simulate {what}");
    SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
}

pub(super) fn joined(left: From, kind: JoinKind, right: From, on: Vec<Bound>) -> From {
    From::Join(Box::new(Join {
        left,
        kind,
        right,
        on,
    }))
}

/// Gives each condition to the scan that has its last column, where it may be tested there already. What is left is tested on
/// whole rows.
pub(super) fn distribute(from: &mut From, conditions: Vec<Bound>) -> Vec<Bound> {
    let mut left = Vec::new();
    for condition in conditions {
        if let Some(condition) = push_down(from, condition) {
            left.push(condition);
        }
    }
    push_joins(from);
    left
}

/// Conditions of `ON` go down as well: those of an inner join to either side, those of a left join to the right.
fn push_joins(from: &mut From) {
    let From::Join(join) = from else { return };
    push_joins(&mut join.left);
    push_joins(&mut join.right);
    let mut kept = Vec::new();
    for condition in std::mem::take(&mut join.on) {
        let left_over = match join.kind {
            JoinKind::Inner => push_down(&mut join.right, condition)
                .and_then(|condition| push_down(&mut join.left, condition)),
            JoinKind::Left => push_down(&mut join.right, condition),
            JoinKind::Right | JoinKind::Full => Some(condition),
        };
        kept.extend(left_over);
    }
    join.on = kept;
}

fn push_down(from: &mut From, condition: Bound) -> Option<Bound> {
    match from {
        From::Relation(relation) => {
            let end = relation.first + relation.width;
            let columns = condition.columns();
            let last = columns.iter().max();
            let belongs = last.is_some_and(|last| (relation.first..end).contains(last));
            if belongs && condition.is_pure() {
                relation.filters.push(condition);
                return None;
            }
            Some(condition)
        }
        From::Join(join) => match join.kind {
            JoinKind::Inner => push_down(&mut join.right, condition)
                .and_then(|condition| push_down(&mut join.left, condition)),
            JoinKind::Left => push_down(&mut join.left, condition),
            JoinKind::Right | JoinKind::Full => Some(condition),
        },
    }
}
