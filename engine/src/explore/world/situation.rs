//! Situations: states in which it is left open what the values are that are carried about, and who of those that are alike is who.
//!
//! Nothing that a step does depends on either, so a situation has moves as a state has, and they are found in the same tables.
//! What a move does to values is learned with it: where each comes from, and what is added, which may be another number for each
//! of those that are alike.
//!
//! Own parts of different sessions are one situation if they came to be in the same way: before the first move, by the same move
//! in the same shared part from own parts of one situation, under the same new names. That the engine does the same is asked of it for
//! each of them; if it does not, there are no situations.

use super::{
    ANONYMOUS, ANY_VALUES, Birth, Effect, HEAD, NOBODY, NOTHING, OwnFacts, SITUATION, World,
};
use crate::explore::carried::{From, MOST_VALUE, Source};

/// Where a value comes from in a move of a situation.
pub(in crate::explore) struct Shift {
    pub from: From,
    /// What is added, whoever moves.
    pub plus: i64,
    /// What is added besides, by who moves of those that are alike: the number of a list in [`World::kinds`].
    pub kind: Option<u32>,
}

/// Where the values come from in a move: those that all share, and those that the one who moved has to itself.
pub(in crate::explore) struct Shifts {
    pub shared: Vec<Shift>,
    pub own: Vec<Shift>,
}

/// A session in a state that is an end: what is remembered of it, by number, and whether it waits.
type Ending = (u32, bool);

impl World {
    /// Places whose sessions are taken as one: those that are alike, and those of each other class.
    pub fn families(&self) -> Vec<Vec<usize>> {
        let rest = self.places.iter().map(|class| class.clone().collect());
        let rest = rest.filter(|class: &Vec<usize>| !self.alike.contains(&class[0]));
        let alike = Some(self.alike.clone()).filter(|alike| !alike.is_empty());
        alike.into_iter().chain(rest).collect()
    }

    /// The list of own parts with marks in the same situation as one.
    fn kin(&mut self, marked: u32) -> Option<u32> {
        let known = self.kin_of[marked as usize];
        if known != NOBODY {
            return Some(known);
        }
        let class = self.marked_owns[marked].class;
        let alike = self.lanes.alike.contains(&class) && !self.alike.is_empty();
        let list: Vec<u32> = match self.births[marked as usize].0 {
            _ if !alike => vec![marked],
            Birth::First => {
                let classes = self.lanes.alike.iter();
                classes.map(|class| self.first_owns[*class]).collect()
            }
            Birth::Move(common, own) => {
                let kin = self.kin(own)?;
                self.moved(common, kin)?.1
            }
            Birth::Renamed(own, names) => {
                let kin = self.kin(own)?;
                let list = self.kin[kin].clone();
                list.iter()
                    .map(|own| self.rename_marked(*own, names))
                    .collect()
            }
            Birth::Deaf(own) => {
                let kin = self.kin(own)?;
                let list = self.kin[kin].clone();
                let deaf = list.iter().map(|own| self.learned_deaf(*own));
                let deaf: Option<Vec<u32>> = deaf.collect();
                let owns = deaf?.into_iter();
                owns.map(|at| self.learned[at as usize].own.0).collect()
            }
        };
        self.kin_of(list)
    }

    /// The number of a list of own parts with marks; `None` if one of them is in another.
    fn kin_of(&mut self, list: Vec<u32>) -> Option<u32> {
        let (number, _) = self.kin.number(list.into());
        for marked in self.kin[number].clone() {
            let kin = &mut self.kin_of[marked as usize];
            if *kin != NOBODY && *kin != number {
                return None;
            }
            *kin = number;
        }
        Some(number)
    }

    /// The places in what was learned of moves of all that are in a situation, and what their own parts are then; `None` if they
    /// do not do the same.
    fn moved(&mut self, common: u32, kin: u32) -> Option<(Vec<u32>, Vec<u32>)> {
        let list = self.kin[kin].clone();
        let places = list.iter().map(|own| self.learned_move(common, *own));
        let places: Option<Vec<u32>> = places.collect();
        let places = places?;
        let learned = |place: &u32| &self.learned[*place as usize];
        let first = learned(places.first()?);
        let from = |one: &[Source], two: &[Source]| {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.from == two.from)
        };
        let same = places.iter().map(learned).all(|it| {
            (it.common.0, it.names) == (first.common.0, first.names)
                && from(&it.common.1, &first.common.1)
                && from(&it.own.1, &first.own.1)
        });
        let owns = places.iter().map(|place| learned(place).own.0).collect();
        same.then_some((places, owns))
    }

    /// What a move does in a situation.
    pub(super) fn situation_effect(&mut self, common: u32, own: u32) -> Effect {
        let effect = self.find_situation_effect(common, own);
        self.refuted |= effect.is_none();
        effect.unwrap_or(Effect {
            common,
            own,
            ..Effect::default()
        })
    }

    fn find_situation_effect(&mut self, common: u32, own: u32) -> Option<Effect> {
        let (places, owns) = self.moved(self.commons[common].0, self.owns[own].1)?;
        let learned = &self.learned[*places.first()? as usize];
        let (common, names) = (learned.common.0, learned.names);
        let kin = self.kin_of(owns)?;
        Some(Effect {
            common: self.common_with(common, ANY_VALUES),
            own: self.situation(kin)?,
            names,
            committed: NOTHING,
        })
    }

    /// A situation under new names.
    pub(super) fn situation_renamed(&mut self, own: u32, names: u32) -> u32 {
        let list = self.kin[self.owns[own].1].clone();
        let list = list
            .iter()
            .map(|own| self.rename_marked(*own, names))
            .collect();
        let renamed = self.kin_of(list).and_then(|kin| self.situation(kin));
        self.refuted |= renamed.is_none();
        renamed.unwrap_or(own)
    }

    /// The own part that is the situation of these; `None` if it can be seen from outside which of them it is.
    fn situation(&mut self, kin: u32) -> Option<u32> {
        let (number, new) = self.owns.number((SITUATION, kin));
        if new {
            let list = self.kin[kin].clone();
            let facts = list.iter().map(|marked| {
                let memory = self.marked_owns[*marked].memory.clone();
                self.facts(*marked, memory)
            });
            let facts: Vec<OwnFacts> = facts.collect();
            let key = |it: &OwnFacts| (it.actor, it.due, it.pending, it.memory, it.left);
            let first = *facts.first()?;
            self.own_facts.push(OwnFacts {
                beginning: 0,
                reach: super::Reach::All,
                ..first
            });
            let counts = list.iter().map(|marked| self.births[*marked as usize].1);
            let counts: Vec<usize> = counts.collect();
            if facts.iter().any(|it| key(it) != key(&first))
                || counts.iter().any(|it| *it != counts[0])
            {
                return None;
            }
        }
        Some(number)
    }

    /// The situation that a state is, its sessions at their places; `None` if there is none.
    pub fn situation_of(&mut self, state: &[u32]) -> Option<Vec<u32>> {
        let mut situation = state.to_vec();
        situation[0] = self.common_with(self.commons[state[0]].0, ANY_VALUES);
        for own in &mut situation[HEAD..] {
            *own = match self.situations.get(*own, 0) {
                Some(known) => known,
                None => {
                    let found = self.find_situation(*own)?;
                    self.situations.insert(*own, 0, found);
                    found
                }
            };
        }
        Some(situation)
    }

    fn find_situation(&mut self, own: u32) -> Option<u32> {
        let (mut marked, members) = self.owns[own];
        if marked == ANONYMOUS {
            let members = self.members[members].clone();
            let marks = members.iter().map(|member| match *member {
                NOBODY => NOBODY,
                member => self.owns[member].0,
            });
            let marks: Vec<u32> = marks.collect();
            marked = *marks.iter().find(|it| **it != NOBODY)?;
            let kin = self.kin(marked)?;
            let fits = |(it, mark): (&u32, &u32)| *mark == NOBODY || mark == it;
            let list = &self.kin[kin];
            if list.len() != marks.len() || !list.iter().zip(&marks).all(fits) {
                return None;
            }
        }
        let kin = self.kin(marked)?;
        self.situation(kin)
    }

    /// The values that all share in a state; `None`: one is so large that what will be added to it may not fit.
    pub fn shared_values(&self, state: &[u32]) -> Option<&[i64]> {
        small(&self.values[self.commons[state[0]].1])
    }

    /// The values that somebody has to itself; `None` if they depend on who it is, or one is so large that what will be added to it
    /// may not fit.
    pub fn own_values(&self, own: u32) -> Option<&[i64]> {
        let (marked, mut values) = self.owns[own];
        if marked == ANONYMOUS {
            let members = self.members[values].iter();
            let mut members = members.filter(|member| **member != NOBODY);
            values = self.owns[*members.next()?].1;
            if members.any(|member| self.owns[*member].1 != values) {
                return None;
            }
        }
        small(&self.values[values])
    }

    /// How many values all share in a situation, and how many somebody in one has to itself.
    pub fn slots(&self, situation: &[u32]) -> (usize, Vec<usize>) {
        let own = |own: &u32| self.births[self.kin[self.owns[*own].1][0] as usize].1;
        (
            self.slots_shared(situation[0]),
            situation[HEAD..].iter().map(own).collect(),
        )
    }

    /// How many values all share in a situation with this shared part.
    pub fn slots_shared(&self, common: u32) -> usize {
        self.common_slots[self.commons[common].0 as usize]
    }

    /// The session at a place of a situation makes its move: what it does, and what follows from it, in that order: who acts, in
    /// which shared part and from which own part.
    pub fn go_in(&mut self, situation: &mut [u32], place: usize) -> Vec<(usize, u32, u32)> {
        self.trace = Some(Vec::new());
        self.refuted |= self.go(situation, place).is_err();
        self.trace.take().unwrap_or_default()
    }

    /// Where the values come from in a move of a situation.
    pub fn shifts(&mut self, common: u32, own: u32) -> Option<&Shifts> {
        let known = match self.shifts_of.get(common, own) {
            Some(known) => known,
            None => {
                let shifts = self.find_shifts(common, own)?;
                self.shifts.push(shifts);
                let number = self.shifts.len() as u32 - 1;
                self.shifts_of.insert(common, own, number);
                number
            }
        };
        self.shifts.get(known as usize)
    }

    fn find_shifts(&mut self, common: u32, own: u32) -> Option<Shifts> {
        let (places, _) = self.moved(self.commons[common].0, self.owns[own].1)?;
        let learned = places.iter().map(|place| &self.learned[*place as usize]);
        let shared: Vec<&[Source]> = learned.clone().map(|it| &*it.common.1).collect();
        let own: Vec<&[Source]> = learned.map(|it| &*it.own.1).collect();
        let kinds = &mut self.kinds;
        let mut shifts = |all: Vec<&[Source]>| -> Vec<Shift> {
            let first = all[0].iter().enumerate();
            let shifts = first.map(|(at, source)| {
                let plus: Vec<i64> = all.iter().map(|it| it[at].plus).collect();
                let differ = plus.iter().any(|plus| *plus != source.plus);
                Shift {
                    from: source.from,
                    plus: if differ { 0 } else { source.plus },
                    kind: differ.then(|| kinds.number_of(&plus)),
                }
            });
            shifts.collect()
        };
        Some(Shifts {
            shared: shifts(shared),
            own: shifts(own),
        })
    }

    /// What is added by one of those that are alike, in a list of [`Shift::kind`].
    pub fn added_by(&self, kind: u32, member: usize) -> i64 {
        self.kinds[kind].get(member).copied().unwrap_or_default()
    }

    /// What is remembered of the sessions of a situation that is an end; `None` if a transaction is open.
    pub fn endings(&self, situation: &[u32]) -> Option<Vec<Ending>> {
        let endings = (0..self.class_of.len()).map(|place| {
            let ending = self.memory(situation, place);
            let closed = self.memories[ending.0].open.is_none() && !ending.1;
            closed.then_some(ending)
        });
        endings.collect()
    }

    /// The shared part of a situation with these values.
    pub fn common_of(&mut self, situation: u32, values: &[i64]) -> u32 {
        let values = self.values.number_of(values);
        self.common_with(self.commons[situation].0, values)
    }
}

/// Values to which can be added what a plan has to add.
fn small(values: &[i64]) -> Option<&[i64]> {
    let is_small = values.iter().all(|value| value.abs() <= MOST_VALUE / 2);
    is_small.then_some(values)
}
