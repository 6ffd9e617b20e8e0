//! Schedules that are lost, counted from their ends.
//!
//! A schedule is lost once it is certain that no serial order gives what it will come to: somebody who will commit was told
//! what no order that is still open tells (see `orders`). Most beginnings of schedules are, and it is they that differ in countless
//! ways: in what everybody has read. But nobody will ask any more what was told. All that matters is what the tables will hold, and
//! of all that was read and written most is written over.
//!
//! So for a lost schedule only its *situation* is followed: who has come how far, and who waits for whom, not what the values are, nor
//! who of those that are alike is who. What becomes of values is worked out from the ends backwards. At an end the final value is
//! that in the table; before a COMMIT it was the writer's; before its UPDATE it was what it had read, less what it takes; and so on:
//!
//! ```text
//!   B has read, A has written, C is done          in 2 of 3 schedules the table will hold
//!     A commits, B writes, B commits                what B has read, less what B takes
//!     B waits, A commits, B commits                 the same
//!     ...
//! ```
//!
//! That is a [`Terms`] of the situation: in so many schedules the final values are these expressions. It holds for every state in that
//! situation, whatever was read and whoever is who. Where the walk comes to a lost state, its own values are put in, and for those of whom
//! it is not known who they are, as many of each choice as there are.
//!
//! Six cashiers who each take another amount have a million states. Of these 5,000 are not lost, and the others are in 1,700
//! situations, which the walk comes to in 10,000 states.
//!
//! # Where it is done
//!
//! Where there are values that are only carried about (`carried`), orders are remembered (`orders`), and no transaction is ever rolled
//! back or left open: else it is not certain that somebody will commit. Should one be after all, the walk begins anew without
//! this. Where all sessions do the same, values are few, and lost states are followed as others are.

mod enter;
mod expr;
mod share;
mod terms;

pub(super) use enter::Witness;

use super::count::Count;
use super::pool::Pool;
use super::world::{HEAD, World};
use expr::{After, Edge};
use terms::{Role, Terms};

/// The most terms before it is given up.
const MOST_TERMS: usize = 1_000_000;

/// Situations that are reached by so many moves.
struct Layer {
    situations: Pool<Box<[u32]>>,
    nodes: Vec<Node>,
    /// How many of them have their moves.
    expanded: usize,
}

/// A situation.
struct Node {
    /// How many sessions have a move.
    movable: u32,
    edges: Vec<Edge>,
    /// States of it that the walk has come to.
    entries: Vec<enter::Entry>,
    terms: Terms,
    /// Where the values of each place begin, those that all share before them, and their number at last.
    begin: Vec<usize>,
    /// Places whose sessions are the same, where there are several.
    groups: Vec<Vec<usize>>,
}

/// How sessions of an end are remembered, in order within each class, and the shared part with marks and without values.
type EndSituation = (u32, Box<[(u32, bool)]>);

/// All lost schedules.
pub(super) struct Lost {
    layers: Vec<Layer>,
    families: Vec<Vec<usize>>,
    roles: Pool<Box<[Role]>>,
    /// What of roles is added, by number of them and with the number of that.
    added: Vec<Option<u32>>,
    scratch: terms::Scratch,
    ends: Pool<EndSituation>,
    /// How many situations were met, how many states the walk has come to in them, and how many terms there are.
    met: usize,
    entered: usize,
    terms: usize,
    /// The layer whose terms are being worked out, from above; and the node in it.
    at: Option<(usize, usize)>,
    arrivals: enter::Arrivals,
}

impl Lost {
    pub fn new(world: &World) -> Self {
        let mut roles = Pool::new();
        // Number 0 is that a session has no part in it.
        roles.number_of(&[]);
        Self {
            layers: Vec::new(),
            families: world.families(),
            roles,
            added: Vec::new(),
            scratch: terms::Scratch::default(),
            ends: Pool::new(),
            met: 0,
            entered: 0,
            terms: 0,
            at: None,
            arrivals: enter::Arrivals::new(),
        }
    }

    /// How many situations were met.
    pub fn met(&self) -> usize {
        self.met
    }

    /// How much memory is taken, in bytes, roughly.
    pub fn bytes(&self) -> usize {
        600 * self.met + 160 * self.terms + 500 * self.entered + self.arrivals.bytes()
    }

    /// The number of a situation that is reached by so many moves, its places in order; which place came from which.
    #[cfg_attr(made_small, optimize(speed))]
    fn node(&mut self, world: &World, level: usize, situation: &mut [u32]) -> (u32, Vec<usize>) {
        let mut from: Vec<usize> = (0..situation.len() - HEAD).collect();
        for family in &self.families {
            few_in_order(family.len(), &mut |at| {
                let (one, two) = (family[at - 1], family[at]);
                let swap = situation[HEAD + one] > situation[HEAD + two];
                if swap {
                    situation.swap(HEAD + one, HEAD + two);
                    from.swap(one, two);
                }
                swap
            });
        }
        while self.layers.len() <= level {
            self.layers.push(Layer {
                situations: Pool::new(),
                nodes: Vec::new(),
                expanded: 0,
            });
        }
        let layer = &mut self.layers[level];
        let (number, new) = layer.situations.number((&*situation).into());
        if new {
            self.met += 1;
            let (shared, owns) = world.slots(situation);
            let mut begin = vec![shared];
            for own in owns {
                begin.push(begin[begin.len() - 1] + own);
            }
            let groups = groups(&self.families, situation);
            layer.nodes.push(Node {
                groups,
                movable: 0,
                edges: Vec::new(),
                entries: Vec::new(),
                terms: Terms::new(),
                begin,
            });
        }
        (number, from)
    }

    /// Finds the moves of a situation that is reached by so many moves, if there is one left without; whether there was.
    pub fn expand(&mut self, world: &mut World, level: usize) -> bool {
        let Some(layer) = self.layers.get_mut(level) else {
            return false;
        };
        let number = layer.expanded;
        if number == layer.nodes.len() {
            return false;
        }
        layer.expanded += 1;
        let situation = layer.situations[number as u32].clone();
        let places = situation.len() - HEAD;
        let movable = (0..places).filter(|place| world.has_move(&situation, *place));
        let movable: Vec<usize> = movable.collect();
        layer.nodes[number].movable = movable.len() as u32;
        for place in &movable {
            let groups = &self.layers[level].nodes[number].groups;
            let group = groups.iter().find(|group| group.contains(place));
            // One stands for all that are in the same situation.
            if group.is_some_and(|group| group[0] != *place) {
                continue;
            }
            let mover = (*place, group.map_or(1, Vec::len));
            let mut next = situation.to_vec();
            let acts = world.go_in(&mut next, *place);
            let node = &self.layers[level].nodes[number];
            let Some(after) = After::of(world, node, &acts) else {
                world.refuted = true;
                return true;
            };
            if world.refuted || world.escaped {
                return true;
            }
            let (child, from) = self.node(world, level + 1, &mut next);
            let nodes = &self.layers[level + 1].nodes;
            let node = &self.layers[level].nodes[number];
            let child = (child, &nodes[child as usize]);
            let edge = Edge::new(mover, (node, child), from, after);
            self.layers[level].nodes[number].edges.push(edge);
        }
        if movable.is_empty() {
            self.end(world, level, number, &situation);
        }
        true
    }

    /// A situation is an end: the final values are those that all share.
    fn end(&mut self, world: &mut World, level: usize, number: usize, situation: &[u32]) {
        let Some(mut endings) = world.endings(situation) else {
            world.refuted = true;
            return;
        };
        for family in &self.families {
            let first = endings[family[0]];
            let class = world.class_of[family[0]];
            let one_class = family.iter().all(|place| world.class_of[*place] == class);
            if !one_class && family.iter().any(|place| endings[*place] != first) {
                world.refuted = true;
                return;
            }
        }
        for class in &world.places {
            let class = &mut endings[class.clone()];
            sort_few(class);
        }
        let end = self.ends.number((situation[0], endings.into())).0;
        let node = &mut self.layers[level].nodes[number];
        node.terms.end(end, node.begin[0], node.begin.len() - 1);
        self.terms += 1;
    }

    /// Whether there are situations that are reached by so many moves.
    pub fn reaches(&self, level: usize) -> bool {
        level < self.layers.len()
    }

    /// Works out so many terms from the ends backwards; whether all are.
    pub fn settle(&mut self, world: &mut World, budget: &mut usize) -> bool {
        let mut at = self.at.unwrap_or((self.layers.len(), 0));
        while at.0 > 0 {
            let level = at.0 - 1;
            while at.1 < self.layers[level].nodes.len() {
                if *budget == 0 || world.refuted {
                    self.at = Some(at);
                    return false;
                }
                let before = self.terms;
                world.refuted |= self.gather(level, at.1).is_none();
                *budget = budget.saturating_sub(1 + self.terms - before);
                at.1 += 1;
                if self.terms > MOST_TERMS {
                    world.refuted = true;
                }
            }
            at = (level, 0);
        }
        self.at = Some(at);
        self.arrive(world, budget)
    }

    /// How many schedules there are at most in which the walk has come to a lost state; `None` where there is no telling.
    pub fn at_most(&self, world: &World, sum: &mut Count) -> Option<()> {
        for layer in &self.layers {
            for (number, node) in layer.nodes.iter().enumerate() {
                for entry in &node.entries {
                    let situation = &layer.situations[number as u32];
                    sum.add(&world.most_ways(situation, entry.ways.clone())?);
                }
            }
        }
        Some(())
    }
}

/// Sorts a handful; the standard library's sort has much code for each type.
fn sort_few<T: Ord>(items: &mut [T]) {
    few_in_order(items.len(), &mut |at| {
        let swap = items[at - 1] > items[at];
        if swap {
            items.swap(at - 1, at);
        }
        swap
    });
}

/// Brings so many into order; `swap` does so with one and the one before it if that is greater, and says whether it was.
#[inline]
fn few_in_order(count: usize, swap: &mut dyn FnMut(usize) -> bool) {
    for from in 1..count {
        for at in (1..=from).rev() {
            if !swap(at) {
                break;
            }
        }
    }
}

/// Places of a situation whose sessions are the same, where there are several.
fn groups(families: &[Vec<usize>], situation: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for family in families {
        // They stand in order.
        let same = |one: &usize, two: &usize| situation[HEAD + one] == situation[HEAD + two];
        let several = family.chunk_by(same).filter(|group| group.len() > 1);
        groups.extend(several.map(<[usize]>::to_vec));
    }
    groups
}
