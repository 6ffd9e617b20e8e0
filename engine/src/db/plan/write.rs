//! `INSERT`, `UPDATE` and `DELETE`.

use super::bind::Planner;
use super::from::{FromBinder, distribute};
use super::*;
use crate::db::catalog::TableDef;
use crate::db::expr::{
    Clause, Node, Scope, ScopeColumn, Shown, bind_assignment, bind_condition, bind_projection,
};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{
    self, Assignment, ConflictAction, ConflictTarget, Expr, FromItem, Ident, InsertSource,
    SelectItem, TableRef,
};

impl Planner<'_> {
    pub(super) fn update(&self, update: &ast::Update) -> Result<Modify, SqlError> {
        let (planner, with) = self.with(&update.with)?;
        planner.modify(
            with,
            ModifyKind::Update,
            (&update.table, &update.assignments),
            &update.from,
            update.filter.as_ref(),
            &update.returning,
        )
    }

    pub(super) fn delete(&self, delete: &ast::Delete) -> Result<Modify, SqlError> {
        let (planner, with) = self.with(&delete.with)?;
        planner.modify(
            with,
            ModifyKind::Delete,
            (&delete.table, &[]),
            &delete.using,
            delete.filter.as_ref(),
            &delete.returning,
        )
    }

    fn modify(
        &self,
        with: Vec<Cte>,
        kind: ModifyKind,
        (target, assignments): (&TableRef, &[Assignment]),
        others: &[FromItem],
        filter: Option<&Expr>,
        returning: &[SelectItem],
    ) -> Result<Modify, SqlError> {
        let mut binder = FromBinder::new(self, None);
        let first = binder.table(target)?;
        let table = binder.tables[0].1;
        let mut from = match binder.items(others)? {
            Some(others) => From::Join(Box::new(Join {
                left: first,
                kind: JoinKind::Inner,
                right: others,
                on: Vec::new(),
            })),
            None => first,
        };
        let relations = binder.relations;
        let scope = self.scope(std::mem::take(&mut binder.columns), None);
        let definition = self.db.table(table);
        let assignments = self.assignments(assignments, definition, &scope, Clause::UpdateSet)?;
        let filter = match filter {
            Some(filter) => Some(bind_condition(filter, &scope, Clause::Where)?),
            None => None,
        };
        let conditions = filter.iter().flat_map(Bound::conjuncts).cloned().collect();
        let filter = distribute(&mut from, conditions);
        self.choose_scans(&mut from);
        Ok(Modify {
            with,
            table,
            kind,
            from,
            width: scope.columns.len(),
            relations,
            filter,
            assignments,
            returning: bind_returning(returning, &scope)?,
        })
    }

    fn assignments(
        &self,
        assignments: &[Assignment],
        table: &TableDef,
        scope: &Scope<'_>,
        clause: Clause,
    ) -> Result<Vec<(usize, Option<Bound>)>, SqlError> {
        let mut bound: Vec<(usize, Option<Bound>)> = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let column = &assignment.column;
            let place = target_column(table, column)?;
            if bound.iter().any(|(other, _)| *other == place) {
                return Err(SqlError::new(
                    SqlState::SYNTAX_ERROR,
                    format!("multiple assignments to same column \"{}\"", column.name),
                )
                .at(column.span));
            }
            let value = match &assignment.value {
                Some(value) => {
                    let ty = table.columns[place].ty;
                    Some(bind_assignment(value, scope, clause, column, ty)?)
                }
                None => table.columns[place].default.clone(),
            };
            bound.push((place, value));
        }
        Ok(bound)
    }

    pub(super) fn insert(&self, insert: &ast::Insert) -> Result<Insert, SqlError> {
        let (planner, with) = self.with(&insert.with)?;
        planner.insert_body(insert, with)
    }

    fn insert_body(&self, insert: &ast::Insert, with: Vec<Cte>) -> Result<Insert, SqlError> {
        let table = self.db.table_named(&insert.table.name, self.session)?;
        let definition = self.db.table(table);
        let mut targets: Vec<usize> = Vec::new();
        for column in &insert.columns {
            let place = target_column(definition, column)?;
            if targets.contains(&place) {
                return Err(SqlError::new(
                    SqlState::DUPLICATE_COLUMN,
                    format!("column \"{}\" specified more than once", column.name),
                )
                .at(column.span));
            }
            targets.push(place);
        }
        let named = !targets.is_empty();
        if !named {
            targets = (0..definition.columns.len()).collect();
        }
        let source = match &insert.source {
            InsertSource::Values(rows) => {
                let mut bound = Vec::with_capacity(rows.len());
                for values in rows {
                    if rows[0].len() != values.len() {
                        let message = "VALUES lists must all be the same length";
                        return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
                    }
                    bound.push(self.values_row(values, &targets, named, definition)?);
                }
                InsertRows::Values(bound)
            }
            InsertSource::Query(select) => {
                let query = self.query(select, None)?;
                let types = query.types();
                fits(types.len(), targets.len(), named)?;
                let mut row: Vec<Option<Bound>> = defaults(definition);
                for (at, (&place, ty)) in targets.iter().zip(types).enumerate() {
                    let column = &definition.columns[place];
                    let value = Bound::new(Node::Column(at), ty);
                    let name = Ident::new(&column.name);
                    row[place] = Some(crate::db::expr::assign_bound(value, column.ty, &name)?);
                }
                InsertRows::Query(Box::new(query), row)
            }
        };
        let visible = insert.table.visible_name();
        let on_conflict = match &insert.on_conflict {
            Some(on_conflict) => Some(self.on_conflict(on_conflict, definition, &visible.name)?),
            None => None,
        };
        let scope = self.scope(columns_of(definition, &visible.name, Shown::Always), None);
        Ok(Insert {
            with,
            table,
            source,
            on_conflict,
            returning: bind_returning(&insert.returning, &scope)?,
        })
    }

    fn values_row(
        &self,
        values: &[Option<Expr>],
        targets: &[usize],
        named: bool,
        table: &TableDef,
    ) -> Result<Vec<Option<Bound>>, SqlError> {
        if !values.is_empty() {
            fits(values.len(), targets.len(), named)?;
        }
        let mut row = defaults(table);
        for (&place, value) in targets.iter().zip(values) {
            if let Some(value) = value {
                let column = &table.columns[place];
                let name = Ident::new(&column.name);
                let scope = self.scope(Vec::new(), None);
                let bound = bind_assignment(value, &scope, Clause::Values, &name, column.ty)?;
                row[place] = Some(bound);
            }
        }
        Ok(row)
    }

    fn on_conflict(
        &self,
        on_conflict: &ast::OnConflict,
        table: &TableDef,
        visible: &str,
    ) -> Result<OnConflict, SqlError> {
        let arbiters = match &on_conflict.target {
            None => (0..table.indexes.len())
                .filter(|&index| self.usable(table, index) && table.indexes[index].kind.is_unique())
                .collect(),
            Some(ConflictTarget::Constraint(name)) => {
                let found = (0..table.indexes.len()).find(|&index| {
                    let index_is = &table.indexes[index];
                    self.usable(table, index)
                        && index_is.kind.is_constraint()
                        && index_is.name == name.name
                });
                match found {
                    Some(index) => vec![index],
                    None => {
                        let message = format!(
                            "constraint \"{}\" for table \"{}\" does not exist",
                            name.name, table.name
                        );
                        return Err(
                            SqlError::new(SqlState::UNDEFINED_OBJECT, message).at(name.span)
                        );
                    }
                }
            }
            Some(ConflictTarget::Columns(names, filter)) => {
                self.inferred(names, filter.as_ref(), table)?
            }
        };
        let update = match &on_conflict.action {
            ConflictAction::Nothing => None,
            ConflictAction::Update {
                assignments,
                filter,
            } => {
                if on_conflict.target.is_none() {
                    let message =
                        "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                    return Err(SqlError::new(SqlState::SYNTAX_ERROR, message)
                        .with_hint("For example, ON CONFLICT (column_name)."));
                }
                let mut columns = columns_of(table, visible, Shown::Always);
                columns.extend(columns_of(table, "excluded", Shown::Always));
                let scope = self.scope(columns, None);
                Some(ConflictUpdate {
                    assignments: self.assignments(assignments, table, &scope, Clause::UpdateSet)?,
                    filter: match filter {
                        Some(filter) => Some(bind_condition(filter, &scope, Clause::Where)?),
                        None => None,
                    },
                })
            }
        };
        Ok(OnConflict { arbiters, update })
    }

    /// The unique indexes over exactly these columns (`infer_arbiter_indexes`).
    fn inferred(
        &self,
        names: &[Ident],
        filter: Option<&Expr>,
        table: &TableDef,
    ) -> Result<Vec<usize>, SqlError> {
        let mut wanted = Vec::with_capacity(names.len());
        for name in names {
            let place = table.column(&name.name).ok_or_else(|| {
                let message = format!("column \"{}\" does not exist", name.name);
                SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span)
            })?;
            if !wanted.contains(&place) {
                wanted.push(place);
            }
        }
        let scope = self.scope(columns_of(table, &table.name, Shown::Always), None);
        let filter = match filter {
            Some(filter) => Some(bind_condition(filter, &scope, Clause::IndexFilter)?),
            None => None,
        };
        let given: Vec<&Bound> = filter.iter().flat_map(Bound::conjuncts).collect();
        let matches = |index: &usize| {
            let index = &table.indexes[*index];
            let same = index.columns.len() == wanted.len()
                && index.columns.iter().all(|column| wanted.contains(column));
            let implied = index
                .filter
                .iter()
                .flat_map(Bound::conjuncts)
                .all(|condition| given.contains(&condition));
            index.kind.is_unique() && same && implied
        };
        let found: Vec<usize> = (0..table.indexes.len())
            .filter(|index| self.usable(table, *index) && matches(index))
            .collect();
        if found.is_empty() {
            return Err(SqlError::new(
                SqlState::INVALID_COLUMN_REFERENCE,
                "there is no unique or exclusion constraint matching the ON CONFLICT specification",
            ));
        }
        Ok(found)
    }

    /// Whether an index is there, as the session sees it.
    pub(super) fn usable(&self, table: &TableDef, index: usize) -> bool {
        let index = &table.indexes[index];
        self.db.is_there(index.created, index.dropped, self.session)
    }
}

/// What a row holds where nothing is said: the defaults.
fn defaults(table: &TableDef) -> Vec<Option<Bound>> {
    table
        .columns
        .iter()
        .map(|column| column.default.clone())
        .collect()
}

fn fits(given: usize, wanted: usize, named: bool) -> Result<(), SqlError> {
    let message = if given > wanted {
        "INSERT has more expressions than target columns"
    } else if named && given < wanted {
        "INSERT has more target columns than expressions"
    } else {
        return Ok(());
    };
    Err(SqlError::new(SqlState::SYNTAX_ERROR, message))
}

pub(super) fn columns_of(table: &TableDef, alias: &str, shown: Shown) -> Vec<ScopeColumn> {
    let columns = table.columns.iter().map(|column| ScopeColumn {
        shown,
        table: alias.to_owned(),
        name: column.name.clone(),
        ty: Type::from(column.ty),
    });
    columns.collect()
}

fn bind_returning(items: &[SelectItem], scope: &Scope<'_>) -> Result<Option<Projection>, SqlError> {
    if items.is_empty() {
        return Ok(None);
    }
    bind_projection(items, &[], scope, Clause::Returning).map(Some)
}

fn target_column(table: &TableDef, column: &Ident) -> Result<usize, SqlError> {
    table.column(&column.name).ok_or_else(|| {
        SqlError::new(
            SqlState::UNDEFINED_COLUMN,
            format!(
                "column \"{}\" of relation \"{}\" does not exist",
                column.name, table.name
            ),
        )
        .at(column.span)
    })
}
