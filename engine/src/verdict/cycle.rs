//! Cycles of the dependency graph, and Adya's classes of them.
//!
//! Every cycle lies in a strongly connected component. Of each component the worst kind of cycle that it has is given,
//! and of that kind a smallest one, as Elle does it (Kingsbury and Alvaro 2020): first cycles of writes alone, then
//! those in which information flows only forward, then those with a single anti-dependency, then the rest.

use super::graph::{Basis, Dependency, DependencyKind, Graph};
use crate::collections::Map;
use crate::run::TransactionId;
use std::collections::VecDeque;

/// Adya's classes, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CycleClass {
    /// Writes alone: the writes of two transactions are interleaved.
    G0,
    /// Writes and reads, no anti-dependency: information flows in a circle.
    G1c,
    /// Exactly one anti-dependency: one transaction saw another one half.
    GSingle,
    /// Two or more anti-dependencies, on rows.
    G2Item,
    /// Two or more anti-dependencies, one of them at least on a search.
    G2,
}

impl CycleClass {
    /// Adya's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::G0 => "G0",
            Self::G1c => "G1c",
            Self::GSingle => "G-single",
            Self::G2Item => "G2-item",
            Self::G2 => "G2",
        }
    }
}

/// A cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Its class.
    pub class: CycleClass,
    /// Its arrows (places in [`Graph::edges`]); each starts where the one before ends, the first where the last ends.
    pub edges: Vec<usize>,
}

impl Graph {
    /// One cycle for each strongly connected component that has any: of the worst class, and of that the smallest.
    #[must_use]
    pub fn cycles(&self) -> Vec<Cycle> {
        self.components()
            .iter()
            .filter(|component| component.len() > 1)
            .filter_map(|component| self.worst_cycle(component))
            .collect()
    }

    /// The strongly connected components in topological order: no arrow goes from a later to an earlier one. Among
    /// components that could stand either way, those that committed first come first.
    #[must_use]
    pub fn components(&self) -> Vec<Vec<TransactionId>> {
        self.components_with(&[])
    }

    /// The same with further arrows.
    pub(super) fn components_with(
        &self,
        more: &[(TransactionId, TransactionId)],
    ) -> Vec<Vec<TransactionId>> {
        let place: Map<_, _> = self.nodes.iter().zip(0..).map(|(&n, i)| (n, i)).collect();
        let mut into = vec![Vec::new(); self.nodes.len()];
        let arrows = self.edges.iter().map(|edge| (edge.from, edge.to));
        for (from, to) in arrows.chain(more.iter().copied()) {
            if let (Some(&from), Some(&to)) = (place.get(&from), place.get(&to)) {
                into[to].push(from);
            }
        }
        let mut tarjan = Tarjan {
            into: &into,
            index: vec![None; into.len()],
            low: vec![0; into.len()],
            stacked: vec![false; into.len()],
            stack: Vec::new(),
            next: 0,
            found: Vec::new(),
        };
        for node in 0..into.len() {
            if tarjan.index[node].is_none() {
                tarjan.visit(node);
            }
        }
        // Following arrows backwards, a component is complete after all that must come before it.
        tarjan
            .found
            .into_iter()
            .map(|mut component| {
                crate::collections::sort_by(&mut component, Ord::cmp);
                component.into_iter().map(|node| self.nodes[node]).collect()
            })
            .collect()
    }

    /// The worst cycle among some transactions, and of its class a smallest one.
    pub(super) fn worst_cycle(&self, component: &[TransactionId]) -> Option<Cycle> {
        let inside =
            |edge: &Dependency| component.contains(&edge.from) && component.contains(&edge.to);
        let edges: Vec<usize> = (0..self.edges.len())
            .filter(|&edge| inside(&self.edges[edge]))
            .collect();
        let only = |keep: &dyn Fn(&Dependency) -> bool| -> Vec<usize> {
            edges
                .iter()
                .copied()
                .filter(|&edge| keep(&self.edges[edge]))
                .collect()
        };
        let anti = |edge: &Dependency| edge.kind == DependencyKind::ReadWrite;
        let writes = only(&|edge| edge.kind == DependencyKind::WriteWrite);
        let forward = only(&|edge| !anti(edge));
        let backward = only(&anti);
        let items = only(&|edge| edge.basis == Basis::Item);
        let search = [
            (&writes, &writes),
            (&forward, &forward),
            (&backward, &forward),
            (&items, &items),
            (&edges, &edges),
        ];
        search.iter().find_map(|(starts, rest)| {
            let cycle = self.smallest_cycle(starts, rest)?;
            Some(Cycle {
                class: self.class(&cycle),
                edges: cycle,
            })
        })
    }

    /// A smallest cycle of one arrow of `starts` and otherwise arrows of `rest`.
    fn smallest_cycle(&self, starts: &[usize], rest: &[usize]) -> Option<Vec<usize>> {
        let mut best: Option<Vec<usize>> = None;
        for &start in starts {
            let edge = &self.edges[start];
            let Some(path) = self.path(edge.to, edge.from, rest) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| path.len() + 1 < best.len()) {
                let mut cycle = vec![start];
                cycle.extend(path);
                best = Some(cycle);
            }
        }
        best
    }

    /// A shortest path along some arrows.
    fn path(&self, from: TransactionId, to: TransactionId, along: &[usize]) -> Option<Vec<usize>> {
        let mut reached: Map<TransactionId, usize> = Map::new();
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for &edge in along {
                let next = &self.edges[edge];
                if next.from != node || next.to == from || reached.contains_key(&next.to) {
                    continue;
                }
                reached.insert(next.to, edge);
                if next.to == to {
                    let mut path = Vec::new();
                    let mut at = to;
                    while at != from {
                        let edge = *reached.get(&at)?;
                        path.push(edge);
                        at = self.edges[edge].from;
                    }
                    path.reverse();
                    return Some(path);
                }
                queue.push_back(next.to);
            }
        }
        None
    }

    /// The class of a cycle.
    #[must_use]
    pub fn class(&self, cycle: &[usize]) -> CycleClass {
        let edges = || cycle.iter().map(|&edge| &self.edges[edge]);
        let count = |kind| edges().filter(|edge| edge.kind == kind).count();
        match count(DependencyKind::ReadWrite) {
            0 if count(DependencyKind::WriteRead) == 0 => CycleClass::G0,
            0 => CycleClass::G1c,
            1 => CycleClass::GSingle,
            _ if edges().all(|edge| edge.basis == Basis::Item) => CycleClass::G2Item,
            _ => CycleClass::G2,
        }
    }
}

/// Tarjan's algorithm (1972), along arrows taken backwards.
struct Tarjan<'g> {
    into: &'g [Vec<usize>],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    stacked: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Tarjan<'_> {
    fn visit(&mut self, node: usize) {
        let index = self.next;
        self.next += 1;
        self.index[node] = Some(index);
        self.low[node] = index;
        self.stack.push(node);
        self.stacked[node] = true;
        for &before in &self.into[node] {
            match self.index[before] {
                None => {
                    self.visit(before);
                    self.low[node] = self.low[node].min(self.low[before]);
                }
                Some(seen) if self.stacked[before] => {
                    self.low[node] = self.low[node].min(seen);
                }
                Some(_) => {}
            }
        }
        if self.low[node] == index {
            let mut component = Vec::new();
            while let Some(member) = self.stack.pop() {
                self.stacked[member] = false;
                component.push(member);
                if member == node {
                    break;
                }
            }
            self.found.push(component);
        }
    }
}
