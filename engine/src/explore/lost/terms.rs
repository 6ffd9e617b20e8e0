//! What the final values come to from a situation on, and in how many schedules.
//!
//! A term says of which end it is, and for each final value from which value of the situation it comes and what is added. What has
//! to do with one session is that session's *role* in it: that the first final value is what it has read, that what it takes goes
//! off the second. Sessions in the same situation can change roles, and as many schedules lead to the one as to the other; so a term
//! stands for all ways of giving its roles to those who are the same, with the number for each.

use super::super::count::Count;
use super::super::pool::Pool;
use super::expr::{Edge, Expr};
use super::share::{Share, orders, shares};
use super::{Lost, Node, few_in_order, sort_few};
use crate::collections::sort_by_key;

/// A part in a term: in which final value, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    /// The value comes from that which the session has under this number.
    Base(u16, u16),
    /// To the value is added what this list says of the session.
    Added(u16, u32),
}

impl Role {
    /// The number of the final value.
    pub fn value(self) -> usize {
        match self {
            Self::Base(value, _) | Self::Added(value, _) => value.into(),
        }
    }
}

/// The terms of a situation. A key has the number of the end; for each final value what is added to it, and the number from 1 of the shared
/// value that it comes from, or 0; and for each place the number of its roles, in order where sessions are the same.
pub(super) struct Terms {
    pub keys: Pool<Box<[i64]>>,
    /// How many schedules there are for each way of giving the roles.
    pub counts: Vec<Count>,
    /// In how many ways the roles can be given.
    pub ways: Vec<u64>,
    /// How likely these schedules are together, when everybody who has a move is equally likely to be next.
    pub likely: Vec<f64>,
    /// The fewest moves to the end.
    pub moves: Vec<u32>,
    /// The first of these: the number of the edge, and of the term after it.
    pub via: Vec<(u32, u32)>,
}

impl Terms {
    pub fn new() -> Self {
        Self {
            keys: Pool::new(),
            counts: Vec::new(),
            ways: Vec::new(),
            likely: Vec::new(),
            moves: Vec::new(),
            via: Vec::new(),
        }
    }

    /// The one term of an end with so many values that all share, and so many places.
    pub fn end(&mut self, end: u32, values: usize, places: usize) {
        let mut key = vec![i64::from(end)];
        for value in 1..=values {
            key.extend([0, value as i64]);
        }
        key.extend(std::iter::repeat_n(0, places));
        self.add(&key, &Count::from(1), 1, 1.0, 0, (0, 0));
    }

    /// Adds so many times so many schedules to a term.
    fn add(
        &mut self,
        key: &[i64],
        count: &Count,
        ways: u64,
        likely: f64,
        moves: u32,
        via: (u32, u32),
    ) {
        let number = self.keys.number_of(key) as usize;
        if number == self.counts.len() {
            self.counts.push(Count::default());
            self.ways.push(1);
            self.likely.push(0.0);
            self.moves.push(moves);
            self.via.push(via);
        }
        self.counts[number].add_times(count, ways);
        self.likely[number] += likely;
        if moves < self.moves[number] {
            (self.moves[number], self.via[number]) = (moves, via);
        }
    }
}

/// How many final values a key is of.
pub(super) fn values_of(key: &[i64], places: usize) -> usize {
    (key.len() - 1 - places) / 2
}

/// What is used again for each term.
#[derive(Default)]
pub(super) struct Scratch {
    /// The key of a term as it was before a move, but for the order of roles.
    pub key: Vec<i64>,
    /// The roles by place after it.
    pub after: Vec<u32>,
    /// Roles that are new at a place before it.
    more: Vec<(usize, Role)>,
    list: Vec<Role>,
}

impl Lost {
    /// Works out the terms of a situation from those of the situations that it leads to; `None`: numbers are too large.
    #[cfg_attr(made_small, optimize(speed))]
    pub(super) fn gather(&mut self, level: usize, number: usize) -> Option<()> {
        let (above, below) = self.layers.split_at_mut(level + 1);
        let node = &mut above[level].nodes[number];
        let movable = f64::from(node.movable);
        let places = node.begin.len() - 1;
        let mut terms = std::mem::replace(&mut node.terms, Terms::new());
        for (at, edge) in node.edges.iter().enumerate() {
            let child = &below[0].nodes[edge.child as usize];
            let after = &child.terms;
            for term in 0..after.counts.len() {
                let mut put = |scratch: &mut Scratch, ways: u64| {
                    let ways = ways.checked_mul(edge.twins as u64)?;
                    sort_roles(&mut scratch.key, places, &node.groups);
                    let likely = after.likely[term] * ways as f64 / movable;
                    let moves = after.moves[term] + 1;
                    let via = (at as u32, term as u32);
                    terms.add(&scratch.key, &after.counts[term], ways, likely, moves, via);
                    Some(())
                };
                let (roles, scratch) = (&mut self.roles, &mut self.scratch);
                pull(node, edge, child, term as u32, roles, scratch, &mut put)?;
            }
        }
        if !node.edges.is_empty() {
            // So far a term has the schedules of all ways of giving its roles.
            for term in 0..terms.counts.len() {
                let all = ways_of(&terms.keys[term as u32], places, &node.groups)?;
                terms.ways[term] = all;
                if all > 1 {
                    terms.counts[term].scale(1, all);
                    terms.likely[term] /= all as f64;
                }
            }
            self.terms += terms.counts.len();
        }
        node.terms = terms;
        Some(())
    }
}

/// Shows a term as it was before a move in the scratch, once for each way of giving its roles that differs then, and how many ways are
/// this one.
#[cfg_attr(made_small, optimize(speed))]
pub(super) fn pull(
    node: &Node,
    edge: &Edge,
    child: &Node,
    term: u32,
    roles: &mut Pool<Box<[Role]>>,
    scratch: &mut Scratch,
    then: &mut dyn FnMut(&mut Scratch, u64) -> Option<()>,
) -> Option<()> {
    let key = &child.terms.keys[term];
    let places = edge.from.len();
    let first = key.len() - places;
    let all = child.terms.ways[term as usize];
    let given = shares_of(key, first, all, &edge.split, &edge.parts)?;
    scratch.after.clear();
    scratch
        .after
        .extend(key[first..].iter().map(|role| *role as u32));
    if given.is_empty() {
        before(node, edge, &key[..first], roles, scratch)?;
        return then(scratch, all);
    }
    for Share { gets, ways } in given {
        scratch.after.clone_from(&gets);
        before(node, edge, &key[..first], roles, scratch)?;
        then(scratch, ways)?;
    }
    Some(())
}

/// Puts into the scratch what a term was before a move that has these final values and the roles in the scratch after it.
#[cfg_attr(made_small, optimize(speed))]
fn before(
    node: &Node,
    edge: &Edge,
    values: &[i64],
    roles: &mut Pool<Box<[Role]>>,
    scratch: &mut Scratch,
) -> Option<()> {
    let Scratch {
        key,
        after,
        more,
        list,
    } = scratch;
    let here = &node.begin;
    let first = values.len();
    key.clear();
    key.extend_from_slice(values);
    key.extend(std::iter::repeat_n(0, after.len()));
    more.clear();
    for value in 0..(first - 1) / 2 {
        let shared = std::mem::take(&mut key[2 + 2 * value]);
        if shared > 0 {
            let expr = edge.after.shared.get(shared as usize - 1)?;
            replace(key, more, value as u16, expr, here);
        }
    }
    for (place, role) in after.iter().enumerate().filter(|(_, role)| **role != 0) {
        let from = edge.from[place];
        let Some(own) = edge.after.own(from) else {
            key[first + from] = i64::from(*role);
            continue;
        };
        for role in &roles[*role] {
            match role {
                Role::Added(..) => more.push((from, *role)),
                Role::Base(value, number) => {
                    let expr = own.get(usize::from(*number))?;
                    replace(key, more, *value, expr, here);
                }
            }
        }
    }
    sort_few(more);
    for at in 0..more.len() {
        let place = more[at].0;
        if at > 0 && more[at - 1].0 == place {
            continue;
        }
        list.clear();
        list.extend_from_slice(&roles[key[first + place] as u32]);
        let new = more[at..].iter().take_while(|it| it.0 == place);
        list.extend(new.map(|(_, role)| *role));
        sort_few(list);
        key[first + place] = i64::from(roles.number_of(list));
    }
    Some(())
}

/// Puts what a value was before a move in the place of a final value's base.
#[cfg_attr(made_small, optimize(speed))]
fn replace(
    key: &mut [i64],
    more: &mut Vec<(usize, Role)>,
    value: u16,
    expr: &Expr,
    here: &[usize],
) {
    key[1 + 2 * usize::from(value)] += expr.plus;
    let added = expr.added.iter();
    more.extend(added.map(|(place, kind)| (usize::from(*place), Role::Added(value, *kind))));
    match expr.base {
        None => {}
        Some(base) if base < here[0] => key[2 + 2 * usize::from(value)] = base as i64 + 1,
        Some(base) => {
            let place = here.partition_point(|begin| *begin <= base) - 1;
            more.push((place, Role::Base(value, (base - here[place]) as u16)));
        }
    }
}

/// Brings the roles of those who are the same into order.
pub(super) fn sort_roles(key: &mut [i64], places: usize, groups: &[Vec<usize>]) {
    let first = key.len() - places;
    for group in groups {
        few_in_order(group.len(), &mut |at| {
            let (one, two) = (first + group[at - 1], first + group[at]);
            let swap = key[one] > key[two];
            if swap {
                key.swap(one, two);
            }
            swap
        });
    }
}

/// In how many ways the roles of a term can be given to those who are the same.
fn ways_of(key: &[i64], places: usize, groups: &[Vec<usize>]) -> Option<u64> {
    let first = key.len() - places;
    let mut ways: u64 = 1;
    for group in groups {
        let role = |place: &usize| key[first + place] as u32;
        if group.iter().any(|place| role(place) != role(&group[0])) {
            let roles: Vec<u32> = group.iter().map(role).collect();
            ways = ways.checked_mul(orders(&roles)?)?;
        }
    }
    Some(ways)
}

/// Of groups of places whose sessions are the same, those in which not all are of one part.
pub(super) fn split(groups: &[Vec<usize>], parts: &[usize]) -> Vec<Vec<usize>> {
    let is_split = |group: &&Vec<usize>| group.iter().any(|it| parts[*it] != parts[group[0]]);
    groups.iter().filter(is_split).cloned().collect()
}

/// All ways, of which there are so many, of giving the roles of a term, which stand in its key from a place on, to those who are the same;
/// those are one that differ only within a part. Empty: all are as they stand. Only groups in which not all are of one part are
/// asked for.
#[cfg_attr(made_small, optimize(speed))]
pub(super) fn shares_of(
    key: &[i64],
    first: usize,
    ways: u64,
    groups: &[Vec<usize>],
    parts: &[usize],
) -> Option<Vec<Share>> {
    let role = |place: usize| key[first + place] as u32;
    let mut all: Vec<Share> = Vec::new();
    for group in groups {
        if group.iter().all(|place| role(*place) == role(group[0])) {
            continue;
        }
        if all.is_empty() {
            all.push(Share {
                gets: (0..key.len() - first).map(role).collect(),
                ways: 1,
            });
        }
        let roles: Vec<u32> = group.iter().map(|place| role(*place)).collect();
        let mut order = group.clone();
        sort_by_key(&mut order, |place| parts[*place]);
        let sizes = order.chunk_by(|one, two| parts[*one] == parts[*two]);
        let sizes: Vec<usize> = sizes.map(<[usize]>::len).collect();
        let shares = shares(&roles, &sizes)?;
        let mut more = Vec::with_capacity(all.len() * shares.len());
        for so_far in &all {
            for share in &shares {
                let mut gets = so_far.gets.clone();
                for (place, role) in order.iter().zip(&share.gets) {
                    gets[*place] = *role;
                }
                let ways = so_far.ways.checked_mul(share.ways)?;
                more.push(Share { gets, ways });
            }
        }
        all = more;
    }
    // The other groups have theirs besides.
    let here: u64 = all.iter().map(|share| share.ways).sum();
    for share in &mut all {
        share.ways *= ways / here;
    }
    Some(all)
}
