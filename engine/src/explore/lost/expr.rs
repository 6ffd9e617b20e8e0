//! What a value was before a move.
//!
//! A value that is only carried about is, before each move, one of the values that are there then, plus constants: numbers that a
//! step adds, which may be another for each session of those that are alike.

use super::super::carried::From;
use super::super::world::{Shift, World};
use super::Node;
use super::terms::split;

/// A value, by what it was: one of the values of a situation, and what is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expr {
    /// The number of the value among those of the situation; none: a constant.
    pub base: Option<usize>,
    /// What is added, whoever is who.
    pub plus: i64,
    /// What else is added: for each, by the session at a place, a list of numbers by who that is.
    pub added: Vec<(u8, u32)>,
}

/// A move of a situation.
pub(super) struct Edge {
    /// Who moves, one for all in the same situation, and how many these are.
    pub mover: usize,
    pub twins: usize,
    /// The situation that it leads to, by number in the next layer.
    pub child: u32,
    /// For each place there, the place before.
    pub from: Vec<usize>,
    /// What the values are that were changed.
    pub after: After,
    /// For each place there, the same for those that were the same before, but for who moves.
    pub parts: Vec<usize>,
    /// Groups there, if not all were the same before.
    pub split: Vec<Vec<usize>>,
}

/// What the values are after acts: those that all share, and those that sessions have to themselves who acted, by their places before.
/// All others have the values that they had.
#[derive(Default)]
pub(super) struct After {
    pub shared: Vec<Expr>,
    pub owns: Vec<(usize, Vec<Expr>)>,
}

impl Edge {
    /// A move of one for all in a group, between two situations.
    pub fn new(
        (mover, twins): (usize, usize),
        (node, child): (&Node, (u32, &Node)),
        from: Vec<usize>,
        after: After,
    ) -> Self {
        // A number for each that is alone, and smaller ones for groups.
        let alone = node.groups.len();
        let part = |place: &usize| {
            let group = node.groups.iter().position(|group| group.contains(place));
            group.filter(|_| *place != mover).unwrap_or(alone + place)
        };
        let parts: Vec<usize> = from.iter().map(part).collect();
        Self {
            mover,
            twins,
            child: child.0,
            split: split(&child.1.groups, &parts),
            from,
            after,
            parts,
        }
    }
}

impl Expr {
    /// What a value is that has stayed.
    fn of(base: usize) -> Self {
        Self {
            base: Some(base),
            ..Self::default()
        }
    }

    /// What it is after a shift by the session at a place, where those that all share and those that it has to itself are these.
    fn shifted(shift: &Shift, place: usize, shared: &[Self], owns: &[Self]) -> Option<Self> {
        let mut expr = match shift.from {
            From::Nowhere => Self::default(),
            From::Shared(number) => shared.get(number as usize)?.clone(),
            From::Own(number) => owns.get(number as usize)?.clone(),
        };
        expr.plus += shift.plus;
        if let Some(kind) = shift.kind {
            expr.added.push((u8::try_from(place).ok()?, kind));
        }
        Some(expr)
    }
}

impl After {
    /// What the values are after acts in a situation.
    pub fn of(world: &mut World, node: &Node, acts: &[(usize, u32, u32)]) -> Option<Self> {
        let mut after = Self {
            shared: (0..node.begin[0]).map(Expr::of).collect(),
            owns: Vec::new(),
        };
        for (place, common, own) in acts {
            let shifts = world.shifts(*common, *own)?;
            let at = after.owns.iter().position(|(it, _)| it == place);
            let at = at.unwrap_or_else(|| {
                let bases = node.begin[*place]..node.begin[place + 1];
                after.owns.push((*place, bases.map(Expr::of).collect()));
                after.owns.len() - 1
            });
            let owns = &after.owns[at].1;
            let shifted = |shift| Expr::shifted(shift, *place, &after.shared, owns);
            let shared: Option<Vec<Expr>> = shifts.shared.iter().map(shifted).collect();
            let own: Option<Vec<Expr>> = shifts.own.iter().map(shifted).collect();
            (after.shared, after.owns[at].1) = (shared?, own?);
        }
        Some(after)
    }

    /// What the values of the session are that was at a place, if it acted.
    pub fn own(&self, place: usize) -> Option<&[Expr]> {
        let own = self.owns.iter().find(|(it, _)| *it == place);
        own.map(|(_, exprs)| &exprs[..])
    }
}
