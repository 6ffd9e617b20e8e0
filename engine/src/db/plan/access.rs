//! How a table is searched: by a sequential scan, an index scan or a bitmap scan.
//!
//! It shows. Rows without `ORDER BY` come in the order of the scan, `FOR UPDATE` locks them in it, and under SERIALIZABLE a
//! sequential scan reads the whole table where an index scan reads one page of the index and the rows it leads to. So the
//! choice is made as PostgreSQL's planner makes it (`costsize.c`, `selfuncs.c`), by the costs of:
//!
//! | scan       | cost, with the default settings                                                   |
//! |------------|-----------------------------------------------------------------------------------|
//! | sequential | pages + rows * (0.01 + 0.0025 for each condition)                                 |
//! | index      | 4 for a page of the index, and 4 for each page of the table that it leads to      |
//! | bitmap     | the same, but pages of the table cost less the more of them are read              |
//!
//! A table that was never analyzed counts as ten pages full of rows, however small it is (`estimate_rel_size`); so `WHERE id =
//! 1` is an index scan there, and after `ANALYZE` of a few rows a sequential scan. Costs are in thousandths of a page.

use super::bind::Planner;
use super::{From, Query, Relation, Source};
use crate::db::catalog::{IndexKind, Statistics, TableDef};
use crate::db::expr::{Bound, Comparison, Function, Node, Sense};
use crate::db::settings::Setting;
use crate::sql::ast::{Direction, Nulls, SqlType};

/// How a table is searched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// All versions, in the order of the heap.
    Sequential,
    /// What an index leads to, in the order of its keys.
    Index(IndexAccess),
    /// What an index leads to, in the order of the heap.
    Bitmap(IndexAccess),
}

/// How an index is used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndexAccess {
    /// Its place among the table's indexes.
    pub index: usize,
    /// Which of the relation's filters are conditions on its keys, by place.
    pub conditions: Vec<usize>,
    /// In which direction it is read.
    pub direction: Direction,
}

/// Thousandths of the cost of reading one page in sequence.
type Cost = u64;

const RANDOM_PAGE: Cost = 4_000;
const ROW: Cost = 10;
const DISABLED: Cost = 10_000_000_000;

/// What the planner thinks that a table holds.
struct Size {
    pages: u64,
    rows: u64,
}

/// What an index can do for a scan.
struct Use {
    access: IndexAccess,
    /// How many rows it leads to, as estimated.
    rows: u64,
    /// Whether that is at most one, surely.
    single: bool,
}

impl Planner<'_> {
    /// Chooses for every scan of a query.
    pub(super) fn choose_access(&self, query: &mut Query) {
        let plain = query.relations == 1
            && !query.projection.is_grouped()
            && !query.distinct
            && query.compound.is_empty();
        let order: Vec<(usize, Direction)> = if plain { order_of(query) } else { Vec::new() };
        let limited = query.limit.is_some();
        if let Some(from) = &mut query.from {
            self.choose(from, &order, limited);
        }
    }

    /// Chooses for every scan of an `UPDATE` or `DELETE`.
    pub(super) fn choose_scans(&self, from: &mut From) {
        self.choose(from, &[], false);
    }

    fn choose(&self, from: &mut From, order: &[(usize, Direction)], limited: bool) -> bool {
        match from {
            From::Relation(relation) => self.choose_scan(relation, true, order, limited),
            From::Join(join) => {
                let single = self.choose(&mut join.left, &[], false);
                let From::Relation(relation) = &mut join.right else {
                    return self.choose(&mut join.right, &[], false) && single;
                };
                // An index is asked again for every row of the left side, which pays if there is but one.
                self.choose_scan(relation, single, &[], false) && single
            }
        }
    }

    /// Returns whether the scan finds one row at most.
    fn choose_scan(
        &self,
        relation: &mut Relation,
        by_left: bool,
        order: &[(usize, Direction)],
        limited: bool,
    ) -> bool {
        let Source::Table(table) = relation.source else {
            return false;
        };
        let table = self.db.table(table);
        let size = size_of(table);
        let seq_off = self.is_off(Setting::EnableSeqscan);
        let filters = relation.filters.len() as u64;
        let sequential = size.pages * 1_000
            + size.rows * ROW
            + size.rows * filters * 5 / 2
            + if seq_off { DISABLED } else { 0 };
        let sort = if order.is_empty() {
            0
        } else {
            sort_cost(estimate(relation, &size))
        };
        let mut best = (sequential + sort, Access::Sequential, false);
        for index in 0..table.indexes.len() {
            if !self.usable(table, index) {
                continue;
            }
            let Some(mut found) = index_use(table, index, relation, by_left, &size) else {
                continue;
            };
            let sorted = in_order(table, index, relation, order);
            if let Some(direction) = sorted {
                found.access.direction = direction;
            }
            if found.access.conditions.is_empty() && (sorted.is_none() || order.is_empty()) {
                continue;
            }
            let pages = pages_fetched(found.rows, size.pages);
            let descent = 150;
            let entries = RANDOM_PAGE + found.rows * 15 / 2 + descent;
            let off = |setting| if self.is_off(setting) { DISABLED } else { 0 };
            let mut heap = pages * RANDOM_PAGE + found.rows * ROW;
            if limited && sorted.is_some() && found.access.conditions.is_empty() {
                heap = RANDOM_PAGE;
            }
            let mut scan = entries + heap + off(Setting::EnableIndexscan);
            if sorted.is_none() {
                scan += sort;
            }
            let by_page = bitmap_page_cost(pages, size.pages);
            let bitmap = entries
                + pages * by_page
                + found.rows * (ROW + filters * 5 / 2)
                + sort
                + off(Setting::EnableBitmapscan)
                + 1;
            if scan < best.0 {
                best = (scan, Access::Index(found.access.clone()), found.single);
            }
            if !found.access.conditions.is_empty() && !found.single && bitmap < best.0 {
                best = (bitmap, Access::Bitmap(found.access), found.single);
            }
        }
        relation.access = best.1;
        best.2
    }

    fn is_off(&self, setting: Setting) -> bool {
        !self.db.setting_is_on(self.session, setting)
    }
}

/// `estimate_rel_size`: what was counted, or ten pages of rows of the usual width.
fn size_of(table: &TableDef) -> Size {
    if let Some(Statistics { pages, rows }) = table.statistics {
        return Size {
            pages: pages as u64,
            rows: (rows as u64).max(1),
        };
    }
    let width: u64 = table
        .columns
        .iter()
        .map(|column| match column.ty {
            SqlType::Boolean => 1,
            SqlType::Int => 4,
            SqlType::BigInt | SqlType::Timestamp => 8,
            _ => 32,
        })
        .sum();
    let per_row = (width.next_multiple_of(8)) + 24 + 4;
    Size {
        pages: 10,
        rows: 10 * (8168 / per_row),
    }
}

/// What a condition on a column says, seen from an index.
enum Test {
    Equal,
    /// One of so many.
    Among(u64),
    Range,
}

/// What a condition says about one column of the relation; `None` when an index cannot use it.
fn test_of(relation: &Relation, condition: &Bound, by_left: bool) -> Option<(usize, Test)> {
    let own = relation.first..relation.first + relation.width;
    let Node::Apply(function, operands) = &condition.node else {
        return None;
    };
    let column = |bound: &Bound| match &bound.node {
        Node::Column(place) if own.contains(place) => Some(place - relation.first),
        _ => None,
    };
    let free = |bound: &Bound| {
        let columns = bound.columns();
        !columns.iter().any(|place| own.contains(place)) && (by_left || columns.is_empty())
    };
    match (function, &operands[..]) {
        (Function::Compare(comparison), [left, right]) => {
            let place = match (column(left), column(right)) {
                (Some(place), _) if free(right) => place,
                (_, Some(place)) if free(left) => place,
                _ => return None,
            };
            let test = match comparison {
                Comparison::Eq => Test::Equal,
                Comparison::NotEq => return None,
                _ => Test::Range,
            };
            Some((place, test))
        }
        (Function::IsNull(Sense::Plain), [operand]) => {
            column(operand).map(|place| (place, Test::Among(1)))
        }
        (Function::In(Sense::Plain), [left, list @ ..]) if list.iter().all(free) => {
            column(left).map(|place| (place, Test::Among(list.len() as u64)))
        }
        _ => None,
    }
}

fn index_use(
    table: &TableDef,
    place: usize,
    relation: &Relation,
    by_left: bool,
    size: &Size,
) -> Option<Use> {
    let index = &table.indexes[place];
    // A partial index serves only a search that asks for its condition.
    let shifted = |condition: &Bound| condition.shifted(relation.first);
    let implied = index
        .filter
        .iter()
        .flat_map(Bound::conjuncts)
        .all(|condition| relation.filters.contains(&shifted(condition)));
    if !implied {
        return None;
    }
    let mut conditions = Vec::new();
    let mut share = 1_000_000;
    let mut equal = 0;
    'columns: for (at, column) in index.columns.iter().enumerate() {
        let mut narrowed = false;
        let mut ranges = 0;
        for (number, filter) in relation.filters.iter().enumerate() {
            let Some((tested, test)) = test_of(relation, filter, by_left) else {
                continue;
            };
            if tested != *column {
                continue;
            }
            conditions.push(number);
            match test {
                Test::Equal => {
                    share = share * 5 / 1_000;
                    equal += usize::from(!narrowed);
                    narrowed = true;
                }
                Test::Among(count) => {
                    share = share * 5 * count / 1_000;
                    narrowed = true;
                }
                Test::Range => ranges += 1,
            }
        }
        share = match ranges {
            0 => share,
            1 => share / 3,
            _ => share * 5 / 1_000,
        };
        if !narrowed || equal <= at {
            break 'columns;
        }
    }
    let single = index.kind != IndexKind::Plain && equal == index.columns.len();
    let rows = if single {
        1
    } else {
        (size.rows * share / 1_000_000).max(1)
    };
    conditions.sort_unstable();
    Some(Use {
        access: IndexAccess {
            index: place,
            conditions,
            direction: Direction::Asc,
        },
        rows,
        single,
    })
}

fn estimate(relation: &Relation, size: &Size) -> u64 {
    let mut rows = size.rows;
    for filter in &relation.filters {
        rows = match test_of(relation, filter, true) {
            Some((_, Test::Equal)) => rows * 5 / 1_000,
            Some((_, Test::Among(count))) => rows * 5 * count / 1_000,
            _ => rows / 3,
        };
    }
    rows.max(1)
}

/// Comparing rows until they are sorted: n log n comparisons of 0.005 each.
fn sort_cost(rows: u64) -> Cost {
    let rows = rows.max(2);
    rows * u64::from(rows.ilog2() + 1) * 5
}

/// How many pages so many rows are on, if they lie anywhere (`index_pages_fetched`, after Mackert and Lohman).
fn pages_fetched(rows: u64, pages: u64) -> u64 {
    if pages <= 1 {
        return 1;
    }
    let fetched = (2 * pages * rows).div_ceil(2 * pages + rows);
    fetched.clamp(1, pages)
}

/// What each of so many pages costs when they are read in order: between a random and a sequential read.
fn bitmap_page_cost(fetched: u64, pages: u64) -> Cost {
    if fetched < 2 || pages == 0 {
        return RANDOM_PAGE;
    }
    let share = (fetched * 1_000_000 / pages).isqrt();
    RANDOM_PAGE - 3_000 * share.min(1_000) / 1_000
}

/// The keys of `ORDER BY`, where they are columns that sort as an index does.
fn order_of(query: &Query) -> Vec<(usize, Direction)> {
    let mut order = Vec::new();
    for (key, sort) in query.projection.order_by.iter().zip(&query.sort) {
        let natural = match sort.direction {
            Direction::Asc => Nulls::Last,
            Direction::Desc => Nulls::First,
        };
        match key.node {
            Node::Column(place) if sort.nulls == natural => order.push((place, sort.direction)),
            _ => return Vec::new(),
        }
    }
    order
}

/// The direction in which reading an index gives the wanted order, if it does.
fn in_order(
    table: &TableDef,
    index: usize,
    relation: &Relation,
    order: &[(usize, Direction)],
) -> Option<Direction> {
    let direction = order.first()?.1;
    let columns = &table.indexes[index].columns;
    let mut wanted = order.iter();
    for column in columns {
        match wanted.next() {
            None => break,
            Some((place, way)) if *place == relation.first + column && *way == direction => {}
            Some(_) => return None,
        }
    }
    // Behind a unique key nothing is left to sort.
    let rest = wanted.next().is_some() && table.indexes[index].kind == IndexKind::Plain;
    (!rest).then_some(direction)
}
