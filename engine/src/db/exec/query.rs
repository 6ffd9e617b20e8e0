//! `SELECT`: grouping, order, locks, limits.

use super::super::expr::{Accumulator, Bound, holds};
use super::*;
use crate::collections::sort_by;
use crate::db::plan::SortKey;
use crate::sql::ast::{Direction, Nulls, SetOperator};
use std::cmp::Ordering;

/// A row on its way to the result.
struct Candidate {
    key: Vec<Value>,
    row: Row,
    origins: Vec<Origin>,
}

impl<'w> Work<'w> {
    /// The rows of a query, as many as `most`.
    pub(super) fn query(&mut self, query: &Query, most: usize) -> Step<Vec<Row>> {
        let fixed = self.fixed.take();
        let rows = self.query_rows(query, most);
        self.fixed = fixed;
        rows
    }

    fn query_rows(&mut self, query: &Query, most: usize) -> Step<Vec<Row>> {
        self.declare(&query.with);
        let (offset, limit) = self.bounds(query)?;
        let limit = limit.min(most);
        if limit == 0 {
            return Ok(Vec::new());
        }
        if !query.marks.is_empty() {
            return self.locked_rows(query, offset, limit);
        }
        let end = offset.saturating_add(limit);
        let at_once = query.sort.is_empty()
            && !query.distinct
            && query.compound.is_empty()
            && !query.projection.is_grouped();
        let mut found = if query.projection.is_grouped() {
            self.groups(query)?
        } else {
            let mut found = Vec::new();
            self.each_candidate(query, &mut |_, candidate| {
                found.push(candidate);
                Ok(if at_once && found.len() >= end {
                    Go::Enough
                } else {
                    Go::On
                })
            })?;
            found
        };
        if query.distinct {
            keep_first(&mut found);
        }
        for (operator, other) in &query.compound {
            let others = self.query(other, usize::MAX)?;
            combine(*operator, &mut found, others);
        }
        if !query.compound.is_empty() {
            for candidate in &mut found {
                let columns = query.sort_columns.iter();
                candidate.key = columns
                    .map(|&column| candidate.row[column].clone())
                    .collect();
            }
        }
        sort_by(&mut found, |a, b| compare(&a.key, &b.key, &query.sort));
        let mut rows = Vec::new();
        for candidate in found.into_iter().skip(offset).take(limit) {
            self.note_reads(&candidate.origins);
            rows.push(candidate.row);
        }
        Ok(rows)
    }

    /// Shows every row that meets the conditions, with what it gives and sorts by.
    fn each_candidate(
        &mut self,
        query: &Query,
        visit: &mut dyn FnMut(&mut Work<'w>, Candidate) -> Step<Go>,
    ) -> Step<()> {
        self.each_row(query, &mut |work, row| {
            let candidate = work.candidate(query, row)?;
            visit(work, candidate)
        })
    }

    fn candidate(&mut self, query: &Query, row: &Joined) -> Step<Candidate> {
        Ok(Candidate {
            key: self.values(&query.projection.order_by, &row.values)?,
            row: self.project(&query.projection, &row.values)?,
            origins: row.origins.clone(),
        })
    }

    fn each_row(&mut self, query: &Query, visit: &mut Visitor<'_, 'w>) -> Step<()> {
        let Some(from) = &query.from else {
            let row = Joined::default();
            if self.all_hold(&query.filter, &row.values)? {
                visit(self, &row)?;
            }
            return Ok(());
        };
        self.each(from, &mut Joined::default(), &mut |work, row| {
            if work.all_hold(&query.filter, &row.values)? {
                visit(work, row)
            } else {
                Ok(Go::On)
            }
        })?;
        Ok(())
    }

    pub(super) fn values(&mut self, bounds: &[Bound], row: &[Value]) -> Step<Vec<Value>> {
        let mut values = Vec::with_capacity(bounds.len());
        for bound in bounds {
            values.push(evaluate(bound, row, self)?);
        }
        Ok(values)
    }

    /// One row for each group; without `GROUP BY` all rows are one.
    fn groups(&mut self, query: &Query) -> Step<Vec<Candidate>> {
        struct Group {
            key: Vec<Value>,
            row: Vec<Value>,
            accumulators: Vec<Accumulator>,
        }
        let projection = &query.projection;
        let fresh = |key, row| Group {
            key,
            row,
            accumulators: projection.aggregates.iter().map(Accumulator::new).collect(),
        };
        let mut groups: Vec<Group> = Vec::new();
        if projection.groups.is_empty() {
            groups.push(fresh(Vec::new(), vec![Value::Null; query.width]));
        }
        self.each_row(query, &mut |work, row| {
            work.note_reads(&row.origins);
            let key = work.values(&projection.groups, &row.values)?;
            let place = match groups.iter().position(|group| equal(&group.key, &key)) {
                Some(place) => place,
                None => {
                    groups.push(fresh(key, row.values.clone()));
                    groups.len() - 1
                }
            };
            for accumulator in &mut groups[place].accumulators {
                accumulator.update(&row.values, work)?;
            }
            Ok(Go::On)
        })?;
        // PostgreSQL sorts or hashes them; sorted is the one order that can be relied on to be repeatable.
        sort_by(&mut groups, |a, b| by_value(&a.key, &b.key));
        let mut found = Vec::with_capacity(groups.len());
        for group in groups {
            let mut row = group.row;
            for accumulator in group.accumulators {
                row.push(accumulator.finish()?);
            }
            if let Some(having) = &projection.having
                && !holds(having, &row, self)?
            {
                continue;
            }
            found.push(Candidate {
                key: self.values(&projection.order_by, &row)?,
                row: self.project(projection, &row)?,
                origins: Vec::new(),
            });
        }
        Ok(found)
    }

    /// `FOR UPDATE` and its kin: rows are locked one by one, sorted beforehand if need be, until `LIMIT` is reached. A row that
    /// changed while it was waited for is looked at again, and its newest version given back.
    fn locked_rows(&mut self, query: &Query, offset: usize, limit: usize) -> Step<Vec<Row>> {
        let mut rows = Vec::new();
        let mut skipped = 0;
        if query.sort.is_empty() {
            self.each_row(query, &mut |work, row| {
                work.lock_and_emit(query, row.clone(), offset, &mut skipped, &mut rows)?;
                Ok(if rows.len() >= limit {
                    Go::Enough
                } else {
                    Go::On
                })
            })?;
            return Ok(rows);
        }
        let mut found: Vec<(Vec<Value>, Joined)> = Vec::new();
        self.each_row(query, &mut |work, row| {
            let key = work.values(&query.projection.order_by, &row.values)?;
            found.push((key, row.clone()));
            Ok(Go::On)
        })?;
        sort_by(&mut found, |a, b| compare(&a.0, &b.0, &query.sort));
        for (_, row) in found {
            self.lock_and_emit(query, row, offset, &mut skipped, &mut rows)?;
            if rows.len() >= limit {
                break;
            }
        }
        Ok(rows)
    }

    fn lock_and_emit(
        &mut self,
        query: &Query,
        row: Joined,
        offset: usize,
        skipped: &mut usize,
        rows: &mut Vec<Row>,
    ) -> Step<()> {
        let Some(row) = self.lock_marked(query, row)? else {
            return Ok(());
        };
        if *skipped < offset {
            *skipped += 1;
            return Ok(());
        }
        self.note_reads(&row.origins);
        rows.push(self.project(&query.projection, &row.values)?);
        Ok(())
    }

    /// Takes note of what the client was shown or the result was computed from.
    pub(super) fn note_reads(&mut self, origins: &[Origin]) {
        for origin in origins {
            if let Origin::Tuple(table, id) = origin {
                self.effects.reads.push((*table, *id));
            }
        }
    }

    /// `OFFSET` and `LIMIT` as numbers of rows.
    fn bounds(&mut self, query: &Query) -> Step<(usize, usize)> {
        let offset = self.bound(query.offset.as_ref(), "OFFSET", "2201X")?;
        let limit = self.bound(query.limit.as_ref(), "LIMIT", "2201W")?;
        Ok((offset.unwrap_or(0), limit.unwrap_or(usize::MAX)))
    }

    fn bound(
        &mut self,
        bound: Option<&Bound>,
        name: &str,
        state: &'static str,
    ) -> Step<Option<usize>> {
        let Some(bound) = bound else { return Ok(None) };
        let Some(number) = evaluate(bound, &[], self)?.as_integer() else {
            return Ok(None);
        };
        match usize::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => {
                let message = format!("{name} must not be negative");
                Err(SqlError::new(SqlState(state), message).into())
            }
        }
    }
}

fn equal(a: &[Value], b: &[Value]) -> bool {
    by_value(a, b) == Ordering::Equal
}

fn by_value(a: &[Value], b: &[Value]) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| a.sql_cmp(b));
    pairs.fold(Ordering::Equal, Ordering::then)
}

/// `DISTINCT`, and `UNION` without `ALL`: equal rows once. They come sorted, as groups do.
fn keep_first(found: &mut Vec<Candidate>) {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found.drain(..) {
        if !kept.iter().any(|other| equal(&other.row, &candidate.row)) {
            kept.push(candidate);
        }
    }
    sort_by(&mut kept, |a, b| by_value(&a.row, &b.row));
    *found = kept;
}

fn combine(operator: SetOperator, found: &mut Vec<Candidate>, others: Vec<Row>) {
    let candidate = |row| Candidate {
        key: Vec::new(),
        row,
        origins: Vec::new(),
    };
    match operator {
        SetOperator::UnionAll => found.extend(others.into_iter().map(candidate)),
        SetOperator::Union => {
            found.extend(others.into_iter().map(candidate));
            keep_first(found);
        }
        SetOperator::Intersect => {
            found.retain(|one| others.iter().any(|other| equal(&one.row, other)));
            keep_first(found);
        }
        SetOperator::Except => {
            found.retain(|one| !others.iter().any(|other| equal(&one.row, other)));
            keep_first(found);
        }
    }
}

/// The order of two rows under `ORDER BY`.
fn compare(a: &[Value], b: &[Value], sort: &[SortKey]) -> Ordering {
    for ((a, b), key) in a.iter().zip(b).zip(sort) {
        let nulls_first = key.nulls == Nulls::First;
        let order = match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) if nulls_first => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, true) if nulls_first => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if key.direction == Direction::Desc => b.sql_cmp(a),
            (false, false) => a.sql_cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
