//! Where the set-up names a table or a column, so that another name can be written there.
//!
//! Only what defines and fills tables is followed: `CREATE TABLE` with its references, `CREATE INDEX`, and the head of an
//! `INSERT`. Queries are not: a name in them may mean several things, and the reader says where one no longer fits.

use crate::sql::Span;
use crate::sql::ast::{
    ColumnConstraint, ConflictTarget, CreateTable, Expr, Ident, References, Statement,
    TableConstraintKind,
};
use crate::sql::visit::{each_expr, walk};

/// Where a statement names a table.
pub(super) fn of_table(statement: &Statement, table: &str) -> Vec<Span> {
    let mut names: Vec<&Ident> = Vec::new();
    match statement {
        Statement::CreateTable(create) => {
            names.push(&create.name);
            names.extend(references(create).map(|to| &to.table));
        }
        Statement::CreateIndex(create) => names.push(&create.table),
        Statement::Insert(insert) => names.push(&insert.table.name),
        _ => {}
    }
    places(names, table)
}

/// Where a statement names a column of a table.
pub(super) fn of_column(statement: &Statement, table: &str, column: &str) -> Vec<Span> {
    let mut names: Vec<&Ident> = Vec::new();
    match statement {
        Statement::CreateTable(create) => {
            if create.name.name == table {
                names.extend(create.columns.iter().map(|column| &column.name));
                for constraint in &create.constraints {
                    match &constraint.kind {
                        // A constraint of one column that has a name of its own stands there too; its place is taken once.
                        TableConstraintKind::PrimaryKey(columns)
                        | TableConstraintKind::Unique(columns)
                        | TableConstraintKind::ForeignKey(columns, _) => names.extend(columns),
                        TableConstraintKind::Check(_) => {}
                    }
                }
                in_expressions(statement, &mut names);
            }
            for to in references(create) {
                if to.table.name == table {
                    names.extend(&to.columns);
                }
            }
        }
        Statement::CreateIndex(create) if create.table.name == table => {
            names.extend(&create.columns);
            in_expressions(statement, &mut names);
        }
        Statement::Insert(insert) if insert.table.name.name == table => {
            names.extend(&insert.columns);
            let on_conflict = insert.on_conflict.as_ref();
            if let Some(ConflictTarget::Columns(columns, _)) =
                on_conflict.and_then(|it| it.target.as_ref())
            {
                names.extend(columns);
            }
        }
        _ => {}
    }
    places(names, column)
}

fn in_expressions<'a>(statement: &'a Statement, names: &mut Vec<&'a Ident>) {
    each_expr(statement, &mut |expr| {
        walk(expr, &mut |expr| {
            if let Expr::Column { name, .. } = expr {
                names.push(name);
            }
        });
    });
}

/// The foreign keys of a table.
fn references(create: &CreateTable) -> impl Iterator<Item = &References> {
    let traits = create.columns.iter().flat_map(|column| &column.constraints);
    let inline = traits.filter_map(|it| match it {
        ColumnConstraint::References(to) => Some(to),
        _ => None,
    });
    let apart = create.constraints.iter().filter_map(|it| match &it.kind {
        TableConstraintKind::ForeignKey(_, to) => Some(to),
        _ => None,
    });
    inline.chain(apart)
}

fn places(names: Vec<&Ident>, wanted: &str) -> Vec<Span> {
    let mut places: Vec<Span> = Vec::new();
    for name in names {
        if name.name == wanted && places.iter().all(|place| place.start != name.span.start) {
            places.push(name.span);
        }
    }
    places
}
