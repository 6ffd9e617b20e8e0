//! The rows of a `FROM`, one after the other: nested loops.

use super::super::expr::{Bound, holds};
use super::*;
use crate::db::plan::{From, Join, Relation, Source};
use crate::sql::ast::JoinKind;

impl<'w> Work<'w> {
    /// Shows every row of a `FROM` behind what is in `row` already.
    pub(super) fn each(
        &mut self,
        from: &From,
        row: &mut Joined,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        match from {
            From::Relation(relation) => self.each_of_relation(relation, row, visit),
            From::Join(join) => match join.kind {
                JoinKind::Inner => self.each_pair(join, row, visit),
                JoinKind::Left => self.each_pair_or_left(join, row, visit),
                JoinKind::Right | JoinKind::Full => self.each_of_outer(join, row, visit),
            },
        }
    }

    fn each_pair(
        &mut self,
        join: &Join,
        row: &mut Joined,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        self.each(&join.left, row, &mut |work, left| {
            let mut row = left.clone();
            work.each(&join.right, &mut row, &mut |work, both| {
                if work.all_hold(&join.on, &both.values)? {
                    visit(work, both)
                } else {
                    Ok(Go::On)
                }
            })
        })
    }

    fn each_pair_or_left(
        &mut self,
        join: &Join,
        row: &mut Joined,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        self.each(&join.left, row, &mut |work, left| {
            let mut partners = false;
            let mut row = left.clone();
            let go = work.each(&join.right, &mut row, &mut |work, both| {
                if work.all_hold(&join.on, &both.values)? {
                    partners = true;
                    visit(work, both)
                } else {
                    Ok(Go::On)
                }
            })?;
            if partners || go == Go::Enough {
                return Ok(go);
            }
            let mut row = left.clone();
            absent(&join.right, &mut row);
            visit(work, &row)
        })
    }

    /// `RIGHT` and `FULL` joins: all rows of the right side are there before the left side is begun.
    fn each_of_outer(
        &mut self,
        join: &Join,
        row: &mut Joined,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        let mut padded = row.clone();
        absent(&join.left, &mut padded);
        let (values, origins) = (padded.values.len(), padded.origins.len());
        let mut rights: Vec<(Joined, bool)> = Vec::new();
        self.each(&join.right, &mut padded, &mut |_, right| {
            let only = Joined {
                values: right.values[values..].to_vec(),
                origins: right.origins[origins..].to_vec(),
            };
            rights.push((only, false));
            Ok(Go::On)
        })?;
        let go = self.each(&join.left, row, &mut |work, left| {
            let mut partners = false;
            for (right, met) in &mut rights {
                let mut both = left.clone();
                both.values.extend_from_slice(&right.values);
                both.origins.extend_from_slice(&right.origins);
                if work.all_hold(&join.on, &both.values)? {
                    partners = true;
                    *met = true;
                    if visit(work, &both)? == Go::Enough {
                        return Ok(Go::Enough);
                    }
                }
            }
            if partners || join.kind == JoinKind::Right {
                return Ok(Go::On);
            }
            let mut row = left.clone();
            absent(&join.right, &mut row);
            visit(work, &row)
        })?;
        if go == Go::Enough {
            return Ok(go);
        }
        for (right, _) in rights.iter().filter(|(_, met)| !met) {
            let mut alone = row.clone();
            absent(&join.left, &mut alone);
            alone.values.extend_from_slice(&right.values);
            alone.origins.extend_from_slice(&right.origins);
            if visit(self, &alone)? == Go::Enough {
                return Ok(Go::Enough);
            }
        }
        Ok(Go::On)
    }

    fn each_of_relation(
        &mut self,
        relation: &Relation,
        row: &mut Joined,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        if let Some(fixed) = &self.fixed {
            let origin = fixed.origins.get(relation.number).copied();
            let end = relation.first + relation.width;
            let values = match origin {
                None | Some(Origin::Absent) => return Ok(Go::On),
                Some(Origin::Tuple(table, id)) => self.db.heap(table)[id].values.to_vec(),
                Some(Origin::Computed) => fixed.values[relation.first..end].to_vec(),
            };
            return self.offer(
                relation,
                row,
                &values,
                origin.unwrap_or(Origin::Absent),
                visit,
            );
        }
        let rows: Vec<Row> = match &relation.source {
            Source::Table(table) => {
                for id in self.search(relation, *table, &row.values)? {
                    let values = Row::clone(&self.db.heap(*table)[id].values);
                    let origin = Origin::Tuple(*table, id);
                    if self.offer(relation, row, &values, origin, visit)? == Go::Enough {
                        return Ok(Go::Enough);
                    }
                }
                return Ok(Go::On);
            }
            Source::Query(query) => self.query(query, usize::MAX)?,
            Source::Cte(number) => self.cte(*number)?.to_vec(),
            Source::Values(list) => {
                let mut rows = Vec::with_capacity(list.len());
                for bound in list {
                    let mut values = Vec::with_capacity(bound.len());
                    for value in bound {
                        values.push(evaluate(value, &row.values, self)?);
                    }
                    rows.push(values.into());
                }
                rows
            }
            Source::Scalar(value) => {
                let value = evaluate(value, &row.values, self)?;
                vec![Row::from(vec![value])]
            }
            Source::Series(args) => self.series(args, &row.values)?,
        };
        for values in rows {
            if self.offer(relation, row, &values, Origin::Computed, visit)? == Go::Enough {
                return Ok(Go::Enough);
            }
        }
        Ok(Go::On)
    }

    /// Shows one row of a relation, if it meets the relation's conditions.
    fn offer(
        &mut self,
        relation: &Relation,
        row: &mut Joined,
        values: &[Value],
        origin: Origin,
        visit: &mut Visitor<'_, 'w>,
    ) -> Step<Go> {
        row.values.extend_from_slice(values);
        row.origins.push(origin);
        let go = match self.all_hold(&relation.filters, &row.values) {
            Ok(true) => visit(self, row),
            Ok(false) => Ok(Go::On),
            Err(stop) => Err(stop),
        };
        row.values.truncate(relation.first);
        row.origins.pop();
        go
    }

    /// Whether conditions all hold on a row.
    pub(super) fn all_hold(&mut self, conditions: &[Bound], row: &[Value]) -> Step<bool> {
        for condition in conditions {
            if !holds(condition, row, self)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `generate_series`
    fn series(&mut self, args: &[Bound], row: &[Value]) -> Step<Vec<Row>> {
        /// More rows than this are a mistake, or too much for a playground.
        const MOST: usize = 100_000;
        let mut numbers = Vec::with_capacity(args.len());
        let mut wide = false;
        for arg in args {
            let value = evaluate(arg, row, self)?;
            wide |= matches!(value, Value::BigInt(_));
            match value.as_integer() {
                Some(number) => numbers.push(number),
                None => return Ok(Vec::new()),
            }
        }
        let (Some(&from), Some(&to)) = (numbers.first(), numbers.get(1)) else {
            return Ok(Vec::new());
        };
        let step = numbers.get(2).copied().unwrap_or(1);
        if step == 0 {
            let message = "step size cannot equal zero";
            return Err(SqlError::new(SqlState::INVALID_PARAMETER, message).into());
        }
        let mut rows: Vec<Row> = Vec::new();
        let mut at = from;
        while (step > 0 && at <= to) || (step < 0 && at >= to) {
            if rows.len() == MOST {
                let message = "Rowlock simulates series of up to 100000 rows";
                return Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message).into());
            }
            let value = match i32::try_from(at) {
                Ok(small) if !wide => Value::Int(small),
                _ => Value::BigInt(at),
            };
            rows.push(vec![value].into());
            match at.checked_add(step) {
                Some(next) => at = next,
                None => break,
            }
        }
        Ok(rows)
    }

    /// Tests a row once more, with the versions that `row` names and no others (`EvalPlanQual`); `None` if it is no result any
    /// more.
    pub(super) fn recheck(
        &mut self,
        from: &From,
        filter: &[Bound],
        row: Joined,
    ) -> Step<Option<Joined>> {
        let before = self.fixed.replace(row);
        let mut found = None;
        let tested = self.each(from, &mut Joined::default(), &mut |work, row| {
            if !work.all_hold(filter, &row.values)? {
                return Ok(Go::On);
            }
            found = Some(row.clone());
            Ok(Go::Enough)
        });
        self.fixed = before;
        tested?;
        Ok(found)
    }
}

/// Fills a row up with NULLs for a side of a join that has no partner.
fn absent(side: &From, row: &mut Joined) {
    side.each_relation(&mut |relation| {
        let end = row.values.len() + relation.width;
        row.values.resize(end, Value::Null);
        row.origins.push(Origin::Absent);
    });
}
